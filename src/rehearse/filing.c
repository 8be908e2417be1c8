/* One request, filed by the pages as a person without a script does it: from the form's first page to the confirmation.
 * A page that refuses is filled again with other answers. */
#include "rehearse/internal.h"

enum { STEPS_MOST = 300, REFUSALS_MOST = 24, NEWEST = 1 };

struct filing_walk {
    struct form_run *run;
    const struct plan *plan;
    struct browser *browser;
    struct arena *arena;
    struct filler filler;
    struct wishes wishes; /* of the plan, then those that pages were found to need */
    str base;             /* « /demarches/SLUG/ » */
    int refused;          /* how many times in a row this page refused */
    int page_refused;     /* of these, without naming a field */
    size_t page;          /* index + 1 of the page that is shown; 0: another */
};

/* « /demarches/SLUG/3/ »: 3. */
static size_t page_of(const struct filing_walk *walk, str url)
{
    str path, query, number, rest;
    int64_t index;
    str_cut(url, '?', &path, &query);
    if (!str_starts(path, walk->base))
        return 0;
    str_cut(str_slice(path, walk->base.len, path.len), '/', &number, &rest);
    return str_to_int64(number, &index) && index > 0 && (size_t)index <= walk->run->form->page_count ? (size_t)index
                                                                                                     : 0;
}

static const struct page_form *form_of(const struct filing_walk *walk, const struct page *page)
{
    for (size_t i = 0; i < page->forms.len; i++)
        if (str_starts(page->forms.at[i].action, walk->base))
            return &page->forms.at[i];
    return NULL;
}

/* « Continuer sans compte ». */
static str way_on(const struct filing_walk *walk, const struct page *page)
{
    for (size_t i = 0; i < page->links.len; i++)
        if (page_of(walk, page->links.at[i].url) == 1 ||
            (str_starts(page->links.at[i].url, walk->base) && str_ends(page->links.at[i].url, STR("/commencer/"))))
            return page->links.at[i].url;
    return STR_EMPTY;
}

struct draft_found {
    struct arena *arena;
    str token;
    struct draft draft;
};

static bool find_draft(struct tx *tx, void *arg, struct err *err)
{
    struct draft_found *found = arg;
    return draft_find(tx, found->arena, found->token, instant_now(), &found->draft, err);
}

/* The page as a whole refuses: what it has been told is in the draft, and its conditions say what they want. */
static bool find_way_out(struct filing_walk *walk)
{
    struct form_run *run = walk->run;
    struct draft_found found = {.arena = walk->arena};
    found.token = browser_cookie(walk->browser, walk->arena,
                                 str_fmt(walk->arena, "brouillon-%.*s", STR_ARG(run->form->slug)).ptr);
    if (walk->page == 0 || !store_read(run->stage->site->store, find_draft, &found, NULL))
        return false;
    size_t fixed = walk->plan->wishes.len;
    struct aim aim = {.page = &run->form->pages[walk->page - 1], .to_leave = true, .fixed = fixed};
    if (!solve(run, &aim, found.draft.answers, (uint64_t)walk->refused, &walk->wishes))
        return false;
    for (size_t i = fixed; i < walk->wishes.len; i++)
        filler_forgive(&walk->filler, walk->wishes.at[i].field);
    return true;
}

/* Of the fields that the page says are wrong, another answer is tried; where it names none, what its conditions want,
 * then drawn ones. */
static bool take_refusal(struct filing_walk *walk, const struct page *page)
{
    bool names_one = false;
    for (size_t i = 0; i < page->fields.len; i++) {
        if (page->fields.at[i].error.len == 0 || page->fields.at[i].is_unseen)
            continue;
        names_one = true;
        filler_refuse(&walk->filler, page->fields.at[i].id);
    }
    if (!names_one && find_way_out(walk))
        walk->page_refused = 0;
    else
        walk->page_refused += !names_one;
    bool is_meant = walk->plan->wishes.len > 0 && walk->page_refused > 1; /* what is wished is what it refuses */
    return !is_meant && ++walk->refused <= REFUSALS_MOST;
}

static struct filler filler_now(const struct filing_walk *walk)
{
    struct filler filler = walk->filler;
    if (walk->page_refused > 0) {
        filler.style = STYLE_VARIED;
        filler.seed += (uint64_t)walk->page_refused;
    }
    return filler;
}

static void note_page(struct filing_walk *walk, const struct answer *answer)
{
    size_t page = page_of(walk, answer->url);
    if (page > 0)
        walk->run->pages[page - 1] = true;
    if (page != walk->page) {
        walk->page = page;
        walk->refused = walk->page_refused = 0;
    }
    run_note_page(walk->run, &answer->page);
}

static str title_of_page(const struct filing_walk *walk)
{
    return walk->page > 0 ? walk->run->form->pages[walk->page - 1].label : STR_EMPTY;
}

/* Fills and sends the form of the page, or follows its link. False: there is nothing to go on with. */
static bool step(struct filing_walk *walk, struct answer *answer)
{
    const struct page_form *form = form_of(walk, &answer->page);
    if (form == NULL) {
        str url = way_on(walk, &answer->page);
        if (url.len > 0)
            *answer = browser_get(walk->browser, walk->arena, url);
        else
            run_error(walk->run, "stuck", answer->url, "rien ne mène plus loin : « %.*s »",
                      STR_ARG(answer->page.title));
        return url.len > 0;
    }
    if (answer->status == 422 && !take_refusal(walk, &answer->page)) {
        run_refusal(walk->run, title_of_page(walk), answer->page.error_summary);
        return false;
    }
    struct filler filler = filler_now(walk);
    struct sent_values values = {0};
    form = search_lists(walk->browser, &filler, form, answer);
    if (form == NULL)
        return true; /* another page, or a failure: it is looked at as any other */
    run_note_page(walk->run, &answer->page);
    fill_form(&filler, form, NULL, &values);
    if (walk->run->steps != NULL)
        steps_add(walk->run->steps, answer->url, form, &values);
    struct page_form sent = *form; /* the answer's page goes with it */
    *answer = browser_send(walk->browser, walk->arena, &sent, &values);
    return true;
}

/* The path ends there on purpose: it is noted, and the page answered otherwise. False: nothing else is meant to pass.
 */
static bool leave_stop(struct filing_walk *walk, struct answer *answer)
{
    size_t page = page_of(walk, answer->url);
    if (page == 0 || !str_ends(answer->url, STR("/arret/")))
        return true;
    run_stop(walk->run, walk->run->form->pages[page - 1].label, answer->page.title);
    if (!take_refusal(walk, &answer->page))
        return false;
    *answer = browser_get(walk->browser, walk->arena, str_fmt(walk->arena, "%.*s%zu/", STR_ARG(walk->base), page));
    return true;
}

static bool is_confirmation(const struct filing_walk *walk, const struct answer *answer)
{
    return answer->elsewhere.len > 0 ||
           str_starts(answer->url, str_fmt(walk->arena, "%.*smerci/", STR_ARG(walk->base))) ||
           !str_starts(answer->url, walk->base);
}

static bool walk_pages(struct filing_walk *walk)
{
    struct answer answer =
        browser_get(walk->browser, walk->arena, str_fmt(walk->arena, "%.*scommencer/", STR_ARG(walk->base)));
    for (int i = 0; i < STEPS_MOST; i++) {
        if (answer.status == 410 || answer.status == 403) {
            walk->run->closed = str_dup(walk->run->arena, answer.page.title);
            return false;
        }
        if (run_failed(walk->run, &answer, walk->page > 0 ? "en remplissant une page" : "en commençant"))
            return false;
        if (i > 0 && is_confirmation(walk, &answer))
            return true;
        note_page(walk, &answer);
        if (!leave_stop(walk, &answer))
            return false;
        if (!step(walk, &answer))
            return false;
    }
    run_error(walk->run, "stuck", walk->base, "pas de fin après %d pages", STEPS_MOST);
    return false;
}

/* The newest of the form is the one: there is one at a time. */
static bool find_filed(struct form_run *run, struct arena *arena, int64_t *id)
{
    struct place place;
    struct err err = {0};
    struct actor actor = {.is_agent = true, .is_admin = true};
    struct dossier_query query = {.actor = &actor, .form = run->form->slug, .limit = NEWEST};
    struct dossier_page lines = {0};
    stage_place(run->stage, arena, &place);
    if (!dossier_list(&place.dossiers, &query, &lines, &err) || lines.lines.len == 0 || lines.lines.at[0].id == *id)
        return false;
    *id = lines.lines.at[0].id;
    return true;
}

static void keep_answers(struct form_run *run, struct arena *arena, int64_t id)
{
    struct place place;
    struct dossier *dossier;
    stage_place(run->stage, arena, &place);
    if (dossier_load(&place.dossiers, id, &dossier, NULL))
        run->answers = json_keep(run->arena, json_deep_copy(dossier->answers));
}

/* What is wished of a field that the account fills is the account's: it may be locked on the page. */
static json_t *known_of(struct filing_walk *walk)
{
    json_t *known = json_keep(walk->arena, json_object());
    for (size_t i = 0; i < walk->wishes.len; i++) {
        const struct field *field = field_by_id(&walk->run->form->fields, walk->wishes.at[i].field);
        if (field != NULL && field->prefill == PREFILL_USER)
            json_set_str(known, field->prefill_user, walk->wishes.at[i].value);
    }
    return known;
}

static bool sign_in(struct filing_walk *walk, struct filed *filed)
{
    struct err err = {0};
    const struct str_views *contexts = &walk->run->form->contexts;
    str context = contexts->len > 0 ? contexts->at[0] : STR_EMPTY;
    if (!walk->plan->has_account)
        return true;
    if (stage_resident(walk->run->stage, walk->arena, known_of(walk), &filed->account, &err) &&
        stage_sign_in(walk->run->stage, walk->browser, filed->account, context, &err))
        return true;
    run_error(walk->run, "store", STR_EMPTY, "%s", err.message);
    return false;
}

/* What it took to get through is known to the next. */
static void keep_wishes(struct filing_walk *walk)
{
    struct form_run *run = walk->run;
    run->needed.len = 0;
    for (size_t i = walk->plan->wishes.len; i < walk->wishes.len; i++)
        *vec_push(run->arena, &run->needed) =
            (struct wish){str_dup(run->arena, walk->wishes.at[i].field), str_dup(run->arena, walk->wishes.at[i].value)};
}

static void learn(struct filing_walk *walk)
{
    filler_learn(&walk->filler, &walk->run->learnt[walk->plan->style]);
    keep_wishes(walk);
}

static void set_wishes(struct filing_walk *walk)
{
    for (size_t i = 0; i < walk->plan->wishes.len; i++)
        *vec_push(walk->arena, &walk->wishes) = walk->plan->wishes.at[i];
    for (size_t i = 0; i < walk->run->needed.len; i++)
        *vec_push(walk->arena, &walk->wishes) = walk->run->needed.at[i];
}

static bool go(struct filing_walk *walk, struct filed *filed)
{
    struct form_run *run = walk->run;
    if (!sign_in(walk, filed))
        return false;
    if (!walk_pages(walk)) {
        if (run->filed.len == 0 && walk->plan->wishes.len == 0)
            keep_wishes(walk); /* an account that has them may pass */
        return false;
    }
    if (run->is_crowd) {
        learn(walk);
        return true;
    }
    if (!find_filed(run, walk->arena, &filed->id)) {
        run_error(run, "stuck", walk->base, "les pages vont à leur fin, mais aucune demande n’est déposée");
        return false;
    }
    keep_answers(run, walk->arena, filed->id);
    learn(walk);
    return true;
}

bool file_one(struct form_run *run, const struct plan *plan, struct filed *filed)
{
    struct arena *arena = arena_new();
    struct map refusals = map_new(arena);
    const struct field_list *const lists[] = {&run->form->fields};
    struct filing_walk walk = {.run = run, .plan = plan, .browser = stage_browser(run->stage), .arena = arena};
    walk.filler = (struct filler){.arena = arena,
                                  .style = plan->style,
                                  .seed = plan->seed,
                                  .wishes = &walk.wishes,
                                  .lists = lists,
                                  .list_count = 1,
                                  .refusals = &refusals,
                                  .learnt = &run->learnt[plan->style]};
    walk.base = str_fmt(arena, "/demarches/%.*s/", STR_ARG(run->form->slug));
    set_wishes(&walk);
    *filed = (struct filed){.id = run->filed.len > 0 ? run->filed.at[run->filed.len - 1].id : 0};
    run->tried++;
    bool ok = go(&walk, filed);
    run->requests += browser_requests(walk.browser);
    browser_free(walk.browser);
    arena_free(arena);
    return ok;
}

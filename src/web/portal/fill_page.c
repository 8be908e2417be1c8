/* The pages of a form: showing one, and leaving it, which saves the draft. */
#include "web/portal/filling.h"

/* « Étape 2 sur 4 », counted over the pages that come now, and the name of the next. */
static void set_steps(struct request *request, struct filling *filling, size_t page, struct value_dict *out)
{
    int64_t number = 0, total = 0;
    str next = STR_EMPTY;
    for (size_t i = 0; i < filling->form->page_count; i++) {
        if (!form_page_comes(filling->form, i, &filling->context) && i != page)
            continue;
        total++;
        if (i <= page)
            number++;
        else if (next.len == 0)
            next = filling->form->pages[i].label;
    }
    if (next.len == 0 && filling->form->has_confirmation)
        next = STR("Vérifier vos réponses");
    page_set(request, out, "step", value_int(number));
    page_set(request, out, "steps", value_int(total + filling->form->has_confirmation));
    page_set_text(request, out, "next_step", next);
}

/* The last page of a form whose answers are not shown for checking: it is sent from there. */
static bool sends(struct filling *filling, size_t page)
{
    return !filling->form->has_confirmation && form_next_page(filling->form, page, &filling->context) == SIZE_MAX;
}

static bool has_mistake(const struct field_errors *errors)
{
    for (size_t i = 0; errors != NULL && i < errors->len; i++)
        if (!errors->at[i].is_revealed)
            return true;
    return false;
}

static void show_page(struct request *request, struct filling *filling, size_t page, const struct field_errors *errors)
{
    const struct form_page *shown = &filling->form->pages[page];
    size_t previous = form_previous_page(filling->form, page, &filling->context);
    struct value_dict *out = page_new(request);
    page_set_text(request, out, "form_name", filling->form->name);
    page_set_text(request, out, "title", shown->label.len > 0 ? shown->label : filling->form->name);
    page_set_text(request, out, "action", filling_page_url(request, filling->form, page));
    page_set(request, out, "revision",
             value_int(filling->draft.revision + (errors != NULL))); /* it is saved with them */
    page_set_text(request, out, "live_url",
                  str_fmt(request->arena, "/demarches/%.*s/%zu/direct/", STR_ARG(filling->form->slug), page + 1));
    page_set_text(request, out, "back_url",
                  previous == SIZE_MAX ? filling_url(request, filling->form, "")
                                       : filling_page_url(request, filling->form, previous));
    page_set_text(request, out, "retour", request_query(request, "retour"));
    set_steps(request, filling, page, out);
    page_set(request, out, "errors", filling_errors(request, errors));
    page_set(request, out, "has_mistake", value_bool(has_mistake(errors)));
    page_set(request, out, "fields",
             fields_view(&shown->fields, &filling->context, filling->draft.answers, errors, true));
    if (!filling->has_draft) {
        page_set_text(request, out, "draft_token", filling->draft.token);
        page_set_text(request, out, "opened", filling_opened(request, &filling->draft));
    }
    brake_set_trap(request, filling, out);
    page_set(request, out, "unfit", filling->unfit);
    filling_set_entry(request, filling, out);
    page_set(request, out, "sends", value_bool(sends(filling, page)));
    page_show(request, has_mistake(errors) ? 422 : 200, "portal/page.html", out);
}

static void get_page(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling) || !filling_begin_anew_if_filed(request, &filling))
        return;
    size_t page = filling_page_number(request, &filling), most = filling_furthest(&filling);
    if (page == SIZE_MAX) {
        response_error(request, 404, NULL);
        return;
    }
    if (most == SIZE_MAX)
        most = 0;
    if (page > most || !form_page_comes(filling.form, page, &filling.context)) {
        filling_lead_to_page(request, &filling, most);
        return;
    }
    if (!filling_has_place(request, &filling))
        return;
    form_page_open(filling.form, page, &filling.context, filling.draft.answers);
    show_page(request, &filling, page, NULL);
}

/* ---- Leaving a page ---- */

/* What is to be done after the draft is saved. */
struct leaving {
    struct arena *arena;
    struct draft draft;
    const struct form *form;
    size_t page;
    instant now;
    str next; /* empty: the page is shown again, and stands as the answer already */
};

/* Where another tab, or a first click, was faster: the answers of this page go into what is kept now. */
static bool merge_draft(struct tx *tx, struct leaving *leaving, struct err *err)
{
    struct draft kept;
    if (!draft_find(tx, leaving->arena, leaving->draft.token, leaving->now, &kept, err))
        return false;
    answers_carry(&leaving->form->pages[leaving->page].fields, leaving->draft.answers, kept.answers);
    if (kept.page < leaving->draft.page)
        kept.page = leaving->draft.page;
    return draft_save(tx, &kept, err);
}

static bool save_draft(struct tx *tx, void *arg, struct err *err)
{
    struct leaving *leaving = arg;
    if (draft_save(tx, &leaving->draft, err))
        return true;
    return err->code == ERR_CONFLICT && merge_draft(tx, leaving, err);
}

static void draft_was_saved(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct leaving *leaving = arg;
    if (!ok && err->code == ERR_CONFLICT) { /* it was sent meanwhile: its page knows */
        response_redirect(request, filling_page_url(request, leaving->form, leaving->page));
        return;
    }
    if (!ok) {
        show_failure(request, err);
        return;
    }
    filling_keep(request, leaving->form, &leaving->draft);
    if (leaving->next.len > 0)
        response_redirect(request, leaving->next);
}

static void save_page(struct request *request, struct filling *filling, size_t page, str next)
{
    struct leaving *leaving = arena_new_of(request->arena, struct leaving);
    *leaving = (struct leaving){request->arena, filling->draft, filling->form, page, request->now, next};
    request_commit(request, visit_of(request)->site->store, save_draft, leaving, draft_was_saved);
}

static str next_url(struct request *request, struct filling *filling, size_t page)
{
    bool goes_back = str_eq(request_form(request, "retour"), STR("verifier")) && filling->draft.page > (int)page;
    size_t next = form_next_page(filling->form, page, &filling->context);
    if (request_form(request, "plus-tard").len > 0)
        return filling_url(request, filling->form, "plus-tard/");
    if (next == SIZE_MAX || goes_back)
        return filling_url(request, filling->form, "verifier/");
    return filling_page_url(request, filling->form, next);
}

/* Answers of other pages that have to be corrected are shown on the check page, whatever the form says. */
static bool may_send(struct filling *filling, size_t page)
{
    struct field_errors errors = {0};
    size_t first;
    return sends(filling, page) && form_stopped_page(filling->form, &filling->context) == SIZE_MAX &&
           form_check(filling->form, &filling->context, filling->draft.answers, &errors, &first);
}

/* What comes after a page that stops can't be reached, though it was before. */
static bool stops(struct request *request, struct filling *filling, size_t page)
{
    bool leaves = request_form(request, "plus-tard").len > 0;
    if (form_page_stop(filling->form, page, &filling->context) == NULL)
        return false;
    if (filling->draft.page >= (int)page)
        filling->draft.page = (int)page - 1;
    save_page(request, filling, page,
              leaves ? next_url(request, filling, page) : filling_stop_url(request, filling, page));
    return true;
}

static void leave_page(struct request *request, struct filling *filling, size_t page)
{
    if (stops(request, filling, page))
        return;
    if (filling->draft.page < (int)page)
        filling->draft.page = (int)page;
    if (request_form(request, "envoyer").len > 0 && may_send(filling, page) &&
        brake_looks(request, filling, NULL) == BRAKE_OFF)
        filling_send(request, filling, false);
    else
        save_page(request, filling, page, next_url(request, filling, page));
}

/* What was typed, and the files above all, is kept with its mistakes: sending checks every page again. */
static void show_again(struct request *request, struct filling *filling, size_t page, const struct field_errors *errors)
{
    show_page(request, filling, page, errors);
    save_page(request, filling, page, STR_EMPTY);
}

/* A row more, or one less: kept, and the page again, whatever lacks still. */
static void change_rows(struct request *request, struct filling *filling, size_t page, const struct posted *posted,
                        str control)
{
    struct field_errors errors = {0}; /* told when the page is left */
    const char *back = str_eq(request_form(request, "retour"), STR("verifier")) ? "?retour=verifier" : "";
    form_page_read(filling->form, page, &filling->context, posted, filling->draft.answers, &errors);
    save_page(request, filling, page,
              str_fmt(request->arena, "%.*s%s#%.*s", STR_ARG(filling_page_url(request, filling->form, page)), back,
                      STR_ARG(control)));
}

/* What a list was searched for: the page again, with what was found, whatever lacks still. */
static void search_list(struct request *request, struct filling *filling, size_t page, const struct posted *posted)
{
    struct field_errors unheeded = {0}, none = {0};
    struct posted typed = *posted;
    typed.stays = true;
    form_page_read(filling->form, page, &filling->context, &typed, filling->draft.answers, &unheeded);
    show_again(request, filling, page, &none);
}

/* A file that goes as soon as it is chosen (files.js): kept, and the page again, with what is wrong with it alone. */
static void join_file(struct request *request, struct filling *filling, size_t page, const struct posted *posted,
                      str control)
{
    struct field_errors found = {0}, of_file = {0};
    struct posted chosen = *posted;
    chosen.stays = true;
    form_page_read(filling->form, page, &filling->context, &chosen, filling->draft.answers, &found);
    for (size_t i = 0; i < found.len; i++)
        if (str_eq(found.at[i].control, control))
            *vec_push(request->arena, &of_file) = found.at[i];
    show_again(request, filling, page, &of_file);
}

static void post_page(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling) || filling_was_filed(request, &filling))
        return;
    size_t page = filling_page_number(request, &filling), most = filling_furthest(&filling);
    if (page == SIZE_MAX || most == SIZE_MAX || page > most || page < filling.pages.first) {
        filling_lead_to_page(request, &filling, most);
        return;
    }
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    struct field_errors errors = {0};
    filling_touch(request, &filling);
    str control;
    if (posted_changes_rows(posted, request->arena, &control)) {
        change_rows(request, &filling, page, posted, control);
        return;
    }
    filling.context.posted = posted;
    if (posted_searches(posted)) {
        search_list(request, &filling, page, posted);
        return;
    }
    if (request_form(request, "joindre").len > 0) {
        join_file(request, &filling, page, posted, request_form(request, "joindre"));
        return;
    }
    if (form_page_read(filling.form, page, &filling.context, posted, filling.draft.answers, &errors) ||
        request_form(request, "plus-tard").len > 0)
        leave_page(request, &filling, page);
    else
        show_again(request, &filling, page, &errors);
}

const struct route fill_page_routes[] = {
    {HTTP_GET, "/demarches/{slug}/{n:int}/", 0, RIGHT_PUBLIC, BODY_NONE, get_page},
    {HTTP_POST, "/demarches/{slug}/{n:int}/", 0, RIGHT_PUBLIC, BODY_UPLOADS, post_page},
};
const size_t fill_page_route_count = sizeof fill_page_routes / sizeof *fill_page_routes;

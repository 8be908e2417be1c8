/* Following what was filed through its workflow: whatever a page offers to the agent or to who filed is pressed, what
 * waits for a time is waited for, until nothing new is left. A status that still has something untried is gone back to
 * by filing again and taking the same steps. */
#include "rehearse/treat.h"

enum { STEPS_MOST = 40, PRESSES_MOST = 1200, REPLAYS_MOST = 200, GLOBALS_MOST = 2 };

/* ---- Statuses and what leads out of them ---- */

static struct spot *spot_of(struct following *following, str status)
{
    struct walk *walk = following->walk;
    struct form_run *run = following->run;
    for (size_t i = 0; i < walk->spots.len; i++)
        if (str_eq(walk->spots.at[i].status->id, status))
            return &walk->spots.at[i];
    const struct workflow_status *known = workflow_status_find(run->workflow, status);
    if (known == NULL)
        return NULL;
    struct spot *spot = vec_push(run->arena, &walk->spots);
    *spot = (struct spot){.status = known, .filed = following->filed};
    for (size_t i = 0; i < following->path.len; i++)
        *vec_push(run->arena, &spot->path) = following->path.at[i];
    return spot;
}

static struct edge *edge_of(struct spot *spot, enum who who, str value)
{
    for (size_t i = 0; i < spot->edges.len; i++)
        if (spot->edges.at[i].who == who && str_eq(spot->edges.at[i].value, value))
            return &spot->edges.at[i];
    return NULL;
}

bool edge_is_global(const struct edge *edge)
{
    static const str starts[] = {STR_INIT("globale:"), STR_INIT("global:"), STR_INIT("hooks/")};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(edge->value, starts[i]))
            return true;
    return false;
}

static struct tally *tally_of(struct following *following, const struct edge *edge)
{
    struct arena *arena = following->run->arena;
    if (!edge_is_global(edge))
        return arena_new_of(arena, struct tally);
    str key = str_fmt(arena, "%d %.*s", (int)edge->who, STR_ARG(edge->value));
    struct tally *tally = map_get(&following->walk->globals, key);
    if (tally == NULL) {
        tally = arena_new_of(arena, struct tally);
        map_set(&following->walk->globals, key, tally);
    }
    return tally;
}

static struct edge *note_edge(struct following *following, enum who who, str value, str label, str url, int wanted)
{
    struct arena *arena = following->run->arena;
    struct edge *edge = edge_of(following->spot, who, value);
    if (edge == NULL) {
        edge = vec_push(arena, &following->spot->edges);
        *edge = (struct edge){
            .who = who, .value = str_dup(arena, value), .label = str_dup(arena, label), .url = str_dup(arena, url)};
        edge->tally = tally_of(following, edge);
    }
    if (edge->wanted < wanted)
        edge->wanted = wanted;
    return edge;
}

/* A page that asks something is answered in several ways, then with each choice. */
static int ways_to_answer(const struct page_form *form)
{
    int choices = choices_most(form);
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        if (control->field.len > 0 && !control->is_unseen && control->kind != CONTROL_HIDDEN)
            return VARIANTS + (choices > 2 ? choices : 0); /* of two, these ways take both */
    }
    return 1;
}

/* A global action with a page of its own, or answers that may be changed. */
static void note_link(struct following *following, enum who who, const struct link *link)
{
    enum { EDITS_WANTED = 2 };
    struct arena *arena = following->arena;
    str own = following->urls[who], edit = str_fmt(arena, "%.*smodifier/?action=", STR_ARG(own)), action, rest;
    if (str_starts(link->url, edit)) {
        str value = str_fmt(arena, "modifier:%.*s", STR_ARG(str_slice(link->url, edit.len, link->url.len)));
        str url = str_slice(link->url, own.len, link->url.len);
        note_edge(following, who, value, link->text, url, EDITS_WANTED)->is_edit = true;
    } else if (str_starts(link->url, STR("?globale="))) {
        str_cut(str_slice(link->url, STR("?globale=").len, link->url.len), '#', &action, &rest);
        http_decode_path(arena, action, &action);
        note_edge(following, who, str_fmt(arena, "globale:%.*s", STR_ARG(action)), link->text, link->url, 1);
    }
}

static void note_page(struct following *following, enum who who)
{
    const struct page *page = &following->pages[who].page;
    const struct page_form *form = act_form(page, following->urls[who]);
    for (size_t i = 0; form != NULL && i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        if (control->kind == CONTROL_BUTTON && control->field.len == 0)
            note_edge(following, who, control->value, control->label, STR_EMPTY, ways_to_answer(form));
    }
    for (size_t i = 0; i < page->links.len; i++)
        note_link(following, who, &page->links.at[i]);
}

static void note_timers(struct following *following)
{
    struct waiting_jobs jobs = timers_of(following);
    for (size_t i = 0; i < jobs.len; i++) {
        str name = timer_name(following, &jobs.at[i]);
        note_edge(following, WHO_TIME, name, name, STR_EMPTY, 1);
    }
}

/* What its call brings is compared with some values, or is none of them. */
static void note_triggers(struct following *following)
{
    enum { CALLS_MOST = 6 };
    struct triggers_seen seen = triggers_of(following);
    for (size_t i = 0; i < seen.len; i++) {
        size_t ways;
        payload_of(following->arena, following->run, seen.at[i], 0, &ways);
        int wanted = ways < CALLS_MOST ? (int)ways + 1 : CALLS_MOST;
        note_edge(following, WHO_PROGRAM, seen.at[i], seen.at[i], STR_EMPTY, wanted);
    }
}

/* ---- What happened ---- */

static void note_fault(struct following *following, str text)
{
    struct walk *walk = following->walk;
    str status = following->spot != NULL ? following->spot->status->name : STR_EMPTY;
    str key = str_fmt(following->run->arena, "%.*s|%.*s", STR_ARG(status), STR_ARG(text));
    if (map_get(&walk->faults_known, key) != NULL)
        return;
    map_set(&walk->faults_known, key, walk);
    json_t *one = json_object();
    json_set_str(one, STR("status"), status);
    json_set_str(one, STR("text"), text);
    json_array_append_new(walk->faults, one);
}

static void note_history(struct following *following)
{
    const struct history *history = &following->dossier->history;
    for (; following->history < history->len; following->history++) {
        const json_t *parts = entry_parts(&history->at[following->history]);
        str status = history->at[following->history].status;
        if (status.len > 0 && map_get(&following->walk->reached, status) == NULL)
            map_set(&following->walk->reached, str_dup(following->run->arena, status), following->walk);
        for (size_t i = 0; i < json_array_size(parts); i++) {
            const json_t *part = json_array_get(parts, i);
            if (str_eq(json_str(part, "type"), STR("error")))
                note_fault(following, json_str(part, "text"));
        }
    }
}

/* ---- One dossier ---- */

static bool open_browsers(struct following *following)
{
    struct form_run *run = following->run;
    struct err err = {0};
    int64_t account = following->filed.account;
    if (!stage_sign_in(run->stage, following->browsers[WHO_AGENT], run->stage->agent, STR_EMPTY, &err) ||
        (account != 0 && !stage_sign_in(run->stage, following->browsers[WHO_SUBMITTER], account, STR_EMPTY, &err))) {
        run_error(run, "store", STR_EMPTY, "%s", err.message);
        return false;
    }
    return true;
}

/* Who has no account gives the number and the address. */
static void track(struct following *following)
{
    struct browser *browser = following->browsers[WHO_SUBMITTER];
    struct answer answer = browser_get(browser, following->arena, STR("/suivre/"));
    const struct page_form *form = page_form_to(&answer.page, STR("/suivre/"));
    if (form != NULL) {
        struct wishes wishes = {0};
        *vec_push(following->arena, &wishes) = (struct wish){STR("numero"), following->dossier->code};
        *vec_push(following->arena, &wishes) = (struct wish){STR("courriel"), following->dossier->email};
        struct map refusals = map_new(following->arena);
        struct filler filler = {.arena = following->arena, .wishes = &wishes, .refusals = &refusals};
        struct sent_values values = {0};
        fill_form(&filler, form, NULL, &values);
        answer = browser_send(browser, following->arena, form, &values);
    }
    if (!str_eq(answer.url, following->urls[WHO_SUBMITTER]))
        run_error(following->run, "stuck", STR("/suivre/"), "le numéro et l’adresse n’ouvrent pas la demande : %.*s",
                  STR_ARG(answer.page.error_summary));
}

static bool load(struct following *following)
{
    struct place place;
    struct err err = {0};
    stage_place(following->run->stage, following->arena, &place);
    if (!dossier_load(&place.dossiers, following->filed.id, &following->dossier, &err) ||
        following->dossier->is_removed)
        return false;
    following->spot = spot_of(following, following->dossier->status);
    note_history(following);
    return following->spot != NULL;
}

/* What forgets its submitter opens to them no more. */
static bool is_theirs(const struct dossier *dossier)
{
    return !dossier->is_anonymised && !json_is_true(json_get(dossier->marks, STR("unlinked")));
}

static void open_pages(struct following *following)
{
    following->pages[WHO_SUBMITTER] = (struct answer){0};
    const char *const doing[2] = {"en ouvrant la demande à l’agent", "en ouvrant la demande à la personne"};
    for (int who = 0; who < (is_theirs(following->dossier) ? 2 : 1); who++) {
        following->pages[who] = browser_get(following->browsers[who], following->arena, following->urls[who]);
        if (!run_failed(following->run, &following->pages[who], doing[who]))
            note_page(following, (enum who)who);
    }
    note_timers(following);
    note_triggers(following);
}

/* Whether something new may come of it. Global actions are there in every status: twice is enough of each. */
static bool is_untried(const struct edge *edge)
{
    return edge->pressed < edge->wanted && (!edge_is_global(edge) || edge->tally->done < GLOBALS_MOST);
}

/* What was never taken comes before what was taken with other answers, and that before other answers of servers. */
enum rank { RANK_FRESH, RANK_UNTRIED, RANK_SPOILT, RANK_NONE };

static enum rank rank_of(const struct edge *edge)
{
    if (is_untried(edge))
        return edge->tally->done == 0 ? RANK_FRESH : RANK_UNTRIED;
    return edge->tally->calls && edge->tally->spoilt < TURNS - 1 ? RANK_SPOILT : RANK_NONE;
}

static bool has_link(const struct page *page, str own, str url)
{
    for (size_t i = 0; i < page->links.len; i++) {
        str link = page->links.at[i].url;
        if (str_eq(str_starts(link, own) ? str_slice(link, own.len, link.len) : link, url))
            return true;
    }
    return false;
}

static bool is_offered_now(struct following *following, const struct edge *edge)
{
    if (edge->who == WHO_PROGRAM)
        return true; /* it was seen in this status */
    if (edge->who == WHO_TIME)
        return timer_find(following, edge->value, NULL);
    const struct page *page = &following->pages[edge->who].page;
    const struct page_form *form = act_form(page, following->urls[edge->who]);
    return edge->url.len > 0 ? has_link(page, following->urls[edge->who], edge->url)
                             : form != NULL && act_button(form, edge->value) != NULL;
}

static int next_spoilt(struct tally *tally)
{
    do
        tally->spoilt++;
    while (tally->spoilt < TURNS - 1 && calls_is_repeated(tally->spoilt));
    return tally->spoilt;
}

/* What is next: the step that is to be taken again, else the first of the best; and what other servers answer then.
 * NULL: nothing is left. */
static struct edge *choose(struct following *following, const struct steps *prefix, int *answers)
{
    struct spot *spot = following->spot;
    if (prefix != NULL && following->path.len < prefix->len) {
        const struct step *step = &prefix->at[following->path.len];
        struct edge *edge = edge_of(spot, step->who, step->value);
        *answers = step->answers;
        if (edge != NULL && is_offered_now(following, edge))
            return edge;
    }
    struct edge *best = NULL;
    for (size_t i = 0; i < spot->edges.len; i++) {
        struct edge *edge = &spot->edges.at[i];
        if (rank_of(edge) < (best == NULL ? RANK_NONE : rank_of(best)) && is_offered_now(following, edge))
            best = edge;
    }
    if (best != NULL)
        *answers = rank_of(best) < RANK_SPOILT ? ANSWER_HOPED : next_spoilt(best->tally);
    return best;
}

static void note_arrival(struct following *following, struct spot *from, size_t edge_index)
{
    struct edge *edge = &from->edges.at[edge_index];
    str status = following->spot->status->id;
    for (size_t i = 0; i < edge->leads_to.len; i++)
        if (str_eq(edge->leads_to.at[i], status))
            return;
    *vec_push(following->run->arena, &edge->leads_to) = status;
}

static bool press_answered(struct following *following, struct edge *edge, int answers)
{
    following->has_called = false;
    calls_answer(answers);
    bool ok = press(following, edge);
    calls_answer(ANSWER_HOPED);
    edge->pressed++;
    edge->tally->done++;
    edge->tally->calls = edge->tally->calls || following->has_called;
    *vec_push(following->run->arena, &following->path) = (struct step){edge->who, edge->value, answers};
    return ok;
}

static bool take_step(struct following *following, const struct steps *prefix)
{
    int answers;
    open_pages(following);
    struct edge *edge = choose(following, prefix, &answers);
    if (edge == NULL || following->walk->presses++ > PRESSES_MOST)
        return false;
    size_t edge_index = (size_t)(edge - following->spot->edges.at);
    size_t from = (size_t)(following->spot - following->walk->spots.at);
    bool is_time = edge->who == WHO_TIME, ok = press_answered(following, edge, answers);
    const struct spot *left = &following->walk->spots.at[from];
    if (!load(following)) {
        if (ok)
            note_gone(following, left, &left->edges.at[edge_index]);
        return false;
    }
    if (ok)
        note_arrival(following, &following->walk->spots.at[from], edge_index);
    return !is_time || open_browsers(following);
}

static void make_urls(struct following *following)
{
    const char *folder = following->filed.account != 0 ? "mon-compte/demandes" : "suivre";
    str code = following->dossier->code;
    following->urls[WHO_AGENT] = str_fmt(following->arena, "/agents/demandes/%.*s/", STR_ARG(code));
    following->urls[WHO_SUBMITTER] = str_fmt(following->arena, "/%s/%.*s/", folder, STR_ARG(code));
}

/* What its filing began: calls of its first statuses, answered as this filing shall have it. */
static bool start(struct following *following)
{
    stage_set_ahead(0);
    calls_answer(following->filed.answers);
    run_due(following);
    calls_answer(ANSWER_HOPED);
    return load(following) && open_browsers(following);
}

/* True where other servers were asked before anybody could act, and this was not seen of that status. */
static bool follow(struct form_run *run, const struct filed *filed, const struct steps *prefix)
{
    struct following following = {.run = run, .walk = run->walk, .arena = arena_new(), .filed = *filed};
    following.browsers[WHO_AGENT] = stage_browser(run->stage);
    following.browsers[WHO_SUBMITTER] = stage_browser(run->stage);
    bool is_start = false;
    if (start(&following)) {
        is_start = following.has_called && map_get(&run->walk->starts, following.dossier->status) == NULL;
        if (is_start)
            map_set(&run->walk->starts, str_dup(run->arena, following.dossier->status), run->walk);
        make_urls(&following);
        if (filed->account == 0 && is_theirs(following.dossier))
            track(&following);
        for (int i = 0; i < STEPS_MOST && !run_is_over(run) && take_step(&following, prefix); i++)
            ;
    }
    timers_let_go(&following);
    for (int who = 0; who < 2; who++) {
        run->requests += browser_requests(following.browsers[who]);
        browser_free(following.browsers[who]);
    }
    stage_set_ahead(0);
    arena_free(following.arena);
    return is_start;
}

/* ---- All of them ---- */

static enum rank rank_of_spot(const struct spot *spot)
{
    enum rank best = RANK_NONE;
    for (size_t i = 0; i < spot->edges.len; i++)
        best = rank_of(&spot->edges.at[i]) < best ? rank_of(&spot->edges.at[i]) : best;
    return best;
}

static int *visits_of(struct form_run *run, struct map *visits, const struct spot *spot)
{
    int *count = map_get(visits, spot->status->id);
    if (count == NULL) {
        count = arena_new_of(run->arena, int);
        map_set(visits, spot->status->id, count);
    }
    return count;
}

/* The status with the best that is left; NULL: none. Each is gone back to a few times at the most. */
static const struct spot *untried(struct form_run *run, struct map *visits)
{
    enum { VISITS_MOST = 20 };
    const struct spot *best = NULL;
    for (size_t i = 0; i < run->walk->spots.len; i++) {
        const struct spot *spot = &run->walk->spots.at[i];
        bool is_better = rank_of_spot(spot) < (best == NULL ? RANK_NONE : rank_of_spot(best));
        if (is_better && *visits_of(run, visits, spot) < VISITS_MOST)
            best = spot;
    }
    if (best != NULL)
        ++*visits_of(run, visits, best);
    return best;
}

static void file_again(struct form_run *run, size_t plan, int answers, const struct steps *path)
{
    struct filed filed;
    if (!file_one(run, &run->plans.at[plan], &filed))
        return;
    filed.plan = plan;
    filed.answers = answers;
    *vec_push(run->arena, &run->filed) = filed;
    follow(run, &filed, path);
}

static bool has_wanted(const struct form_run *run)
{
    return run->wanted.len > 0 && map_get(&run->walk->reached, run->wanted) != NULL;
}

static void go_back(struct form_run *run)
{
    struct map visits = map_new(run->arena);
    for (int i = 0; i < REPLAYS_MOST && !run_is_over(run) && run->walk->presses < PRESSES_MOST; i++) {
        const struct spot *spot = untried(run, &visits);
        if (spot == NULL || (has_wanted(run) && rank_of_spot(spot) != RANK_FRESH))
            return;
        struct steps path = spot->path;
        file_again(run, spot->filed.plan, spot->filed.answers, &path);
    }
}

/* Calls that a filing makes by itself are answered in each way too. */
static void follow_new(struct form_run *run, const struct filed *filed)
{
    if (!follow(run, filed, NULL))
        return;
    for (int answers = ANSWER_HOPED + 1; answers < TURNS && !run_is_over(run); answers++)
        if (!calls_is_repeated(answers))
            file_again(run, filed->plan, answers, NULL);
}

/* Statuses that a walk before it reached, and what went wrong, are known to the next. */
static void begin_walk(struct form_run *run)
{
    const struct walk *before = run->walk;
    struct walk *walk = arena_new_of(run->arena, struct walk);
    *walk = (struct walk){.globals = map_new(run->arena), .starts = map_new(run->arena)};
    if (before != NULL)
        walk->reached = before->reached;
    else
        walk->reached = run->known != NULL ? map_copy(run->arena, run->known) : map_new(run->arena);
    walk->faults_known = before != NULL ? before->faults_known : map_new(run->arena);
    walk->faults = before != NULL ? before->faults : json_keep(run->arena, json_array());
    run->walk = walk;
}

void treat_all(struct form_run *run)
{
    begin_walk(run);
    if (run->workflow == NULL)
        return;
    for (size_t i = 0, count = run->filed.len; i < count && !run_is_over(run); i++) {
        struct filed filed = run->filed.at[i];
        follow_new(run, &filed);
    }
    go_back(run);
}

/* The walk of before is the one that is told: this one only adds to what was reached. */
static void end_walk(struct form_run *run, struct walk *before)
{
    before->reached = run->walk->reached;
    before->faults_known = run->walk->faults_known;
    run->walk = before;
}

static bool follow_plan(struct form_run *run, size_t plan)
{
    struct filed filed;
    if (!file_one(run, &run->plans.at[plan], &filed))
        return false;
    filed.plan = plan;
    *vec_push(run->arena, &run->filed) = filed;
    follow_new(run, &filed);
    return true;
}

void treat_again(struct form_run *run)
{
    enum { PLANS_MOST = 12 };
    struct walk *before = run->walk;
    size_t done = 0;
    begin_walk(run);
    for (size_t i = 0; i < run->plans.len && done < PLANS_MOST && !run_is_over(run); i++)
        done += follow_plan(run, i);
    go_back(run);
    end_walk(run, before);
}

void treat_last(struct form_run *run)
{
    struct walk *before = run->walk;
    begin_walk(run);
    if (follow_plan(run, run->plans.len - 1))
        go_back(run);
    if (before != NULL)
        end_walk(run, before);
}

const struct map *treat_reached(const struct form_run *run)
{
    return &run->walk->reached;
}

/* What was done to a request and why: to agents in sentences, to administrators with the conditions and what they read.
 */
#include "web/office/cards.h"

#include "fetch/fetch.h"

static str began_text(str began)
{
    static const struct {
        const char *began, *text;
    } texts[] = {{"filed", "La demande a été déposée"},
                 {"button", "Une action de la page a été choisie"},
                 {"edit", "Les réponses ont été modifiées"},
                 {"global", "Une action globale a été lancée"},
                 {"timer", "Une échéance est arrivée"},
                 {"global-timer", "L’échéance d’une action globale est arrivée"},
                 {"trigger", "Un autre programme a appelé"},
                 {"hook", "Un autre programme a appelé"},
                 {"called", "Un autre service a répondu, ou un document a été fait"},
                 {"rewrite", "Le circuit d’un autre dossier l’a modifiée"},
                 {"mail", "Le bouton d’un courriel a été pressé"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_eq(began, str_of(texts[i].began)))
            return str_of(texts[i].text);
    return STR_EMPTY;
}

static struct value steps_value(struct request *request, const struct traced_entry *entry)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < entry->steps.len; i++) {
        const struct traced_step *step = &entry->steps.at[i];
        struct value_dict *dict = page_new(request);
        struct value_list *values = value_list_new(request->arena);
        for (size_t k = 0; k < step->values.len; k++) {
            struct value_dict *value = page_new(request);
            page_set_text(request, value, "name", step->values.at[k].name);
            page_set_text(request, value, "text", step->values.at[k].text);
            page_set(request, value, "is_kept", value_bool(step->values.at[k].is_kept));
            value_list_add(request->arena, values, value_dict(value));
        }
        page_set_text(request, dict, "place", step->place);
        page_set_text(request, dict, "what", step->what);
        page_set(request, dict, "has_condition", value_bool(step->has_condition));
        page_set(request, dict, "is_skipped", value_bool(step->is_skipped));
        page_set_text(request, dict, "type", step->type);
        page_set_text(request, dict, "id", step->id);
        page_set_text(request, dict, "condition", step->condition);
        page_set(request, dict, "values", value_list(values));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* A job that is known no more has done its work. */
static void set_outcome(struct request *request, const struct traced_sending *sending, const struct failed_jobs *jobs,
                        const struct actor *actor, struct value_dict *dict)
{
    const struct failed_job *job = NULL;
    for (size_t i = 0; i < jobs->len && job == NULL; i++)
        if (sending->job.len > 0 && str_eq(jobs->at[i].job.key, sending->job))
            job = &jobs->at[i];
    bool has_failed = job != NULL && job->died != 0;
    page_set(request, dict, "has_left", value_bool(job == NULL && sending->job.len > 0));
    page_set(request, dict, "has_failed", value_bool(has_failed));
    page_set(request, dict, "waits", value_bool(job != NULL && !has_failed));
    if (job != NULL && actor->is_admin)
        page_set_text(request, dict, "error", job->error);
}

static struct value sent_value(struct request *request, const struct traced_entry *entry,
                               const struct failed_jobs *jobs, const struct actor *actor)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < entry->sent.len; i++) {
        const struct traced_sending *sending = &entry->sent.at[i];
        struct value_dict *dict = page_new(request);
        page_set(request, dict, "is_mail", value_bool(sending->is_mail));
        page_set(request, dict, "is_call", value_bool(sending->is_call));
        page_set_text(request, dict, "text", sending->text);
        page_set(request, dict, "to", value_from_json(request->arena, sending->to));
        set_outcome(request, sending, jobs, actor, dict);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* Calls that have not been answered yet, or never will be: how often they were tried, and what came of it. */
static struct value calls_value(struct request *request, const struct failed_jobs *jobs)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < jobs->len; i++) {
        const struct failed_job *call = &jobs->at[i];
        const json_t *payload = json_parse(request->arena, call->job.payload, NULL);
        if (!str_starts(call->job.key, STR("call:")) || !str_eq(call->job.kind, STR(CALL_JOB_KIND)))
            continue;
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "method", json_str(payload, "method"));
        page_set_text(request, dict, "url", fetch_mask_url(request->arena, json_str(payload, "url")));
        page_set(request, dict, "attempts", value_int(call->job.attempts));
        page_set_text(request, dict, "error", call->error);
        page_set(request, dict, "has_failed", value_bool(call->died != 0));
        if (call->died == 0 && call->error.len > 0)
            page_set(request, dict, "next", instant_value(call->next));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value entries_value(struct request *request, const struct traced_entries *entries,
                                  const struct failed_jobs *jobs, const struct actor *actor)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < entries->len; i++) {
        const struct traced_entry *entry = &entries->at[i];
        struct value_dict *dict = page_new(request);
        page_set(request, dict, "at", instant_value(entry->at));
        page_set_text(request, dict, "author", entry->author_name);
        page_set_text(request, dict, "status", entry->status);
        page_set_text(request, dict, "began", began_text(entry->began));
        page_set(request, dict, "version", value_int(entry->version));
        page_set(request, dict, "steps", steps_value(request, entry));
        page_set(request, dict, "is_cut", value_bool(entry->is_cut));
        page_set(request, dict, "sent", sent_value(request, entry, jobs, actor));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* what: « Demande ABC-DEF-G ». */
static void show_of(struct request *request, const struct dossier *dossier, const struct actor *actor, str what)
{
    struct traced_entries entries;
    struct failed_jobs jobs;
    struct err err = {0};
    if (!dossier_read_trace(place_of(request), dossier, actor, &entries, &jobs, &err)) {
        show_failure(request, &err);
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "what", what);
    page_set_text(request, page, "back", dossier_path(request, dossier, true));
    page_set(request, page, "is_admin", value_bool(actor->is_admin));
    page_set(request, page, "is_anonymised", value_bool(dossier->is_anonymised));
    if (actor->is_admin)
        page_set(request, page, "calls", calls_value(request, &jobs));
    page_set(request, page, "entries", entries_value(request, &entries, &jobs, actor));
    page_show(request, 200, "office/trace.html", page);
}

static void show(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier *dossier;
    if (!dossier_find_by_code(place_of(request), request_path_param(request, "code"), &dossier, NULL) ||
        !dossier_is_visible(place_of(request), dossier, &actor)) {
        response_error(request, 404, NULL);
        return;
    }
    str code = dossier_code_shown(request->arena, dossier->code);
    show_of(request, dossier, &actor, str_fmt(request->arena, "Demande %.*s", STR_ARG(code)));
}

static void show_card(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = card_model(request);
    struct dossier *card = form != NULL ? card_open(request, form, &actor) : NULL;
    if (card != NULL)
        show_of(request, card, &actor,
                str_fmt(request->arena, "%.*s, fiche %lld", STR_ARG(form->name), (long long)card->sequence));
}

const struct route trace_routes[] = {
    {HTTP_GET, "/agents/demandes/{code}/trace/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, show},
    {HTTP_GET, "/agents/fiches/{slug}/{n:int}/trace/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, show_card},
};
const size_t trace_route_count = sizeof trace_routes / sizeof *trace_routes;

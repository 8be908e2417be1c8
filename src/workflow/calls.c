/* Calls of other servers, and documents. The engine asks nobody and makes none: it gives a job (« workflow.call » with
 * the whole request, « workflow.document »), and the actions that follow wait. When the exchange is over, an event
 * (EVENT_CALLED) brings its outcome, and they go on.
 *
 * The dossier remembers its calls in marks.calls, in their order, each
 *   {token, at: « status/ID » or « global/ID », action: id, first: token of the call that its event began with,
 *    state: absent (not tried yet) « failed » (tried again by itself) « dead » (given up), has_left: the dossier is
 *    elsewhere since: nothing goes on, is_document: nobody is asked, a document is made, pressed_by: for whom}
 * and where the last event that a call ended led the person, in marks.lead: {first, url}.
 *
 * They leave in their order: the job of the first that is not given up is due, those of the others are parked. */
#include "workflow/model.h"

#include "calls/calls.h"

static json_t *calls_of(const struct dossier *dossier)
{
    return json_get(dossier->marks, STR("calls"));
}

static str key_of(struct engine *engine, str token)
{
    return str_fmt(engine->arena, "call:%lld:%.*s", (long long)engine->dossier->id, STR_ARG(token));
}

static bool has_state(const json_t *entry, const char *state)
{
    return str_eq(json_str(entry, "state"), str_of(state));
}

/* The one whose turn it is; NULL: none. */
static json_t *first_of(const struct dossier *dossier)
{
    json_t *calls = calls_of(dossier);
    for (size_t i = 0; i < json_array_size(calls); i++)
        if (!has_state(json_array_get(calls, i), "dead"))
            return json_array_get(calls, i);
    return NULL;
}

/* ---- Asking ---- */

static json_t *payload_of(const struct action *action, const struct call_request *request)
{
    json_t *payload = json_object();
    json_set_str(payload, STR("method"), request->method);
    json_set_str(payload, STR("url"), request->url);
    json_set_str(payload, STR("body"), request->body);
    json_set_str(payload, STR("signature_key"), request->signature_key);
    json_set(payload, STR("milliseconds"), json_integer(request->milliseconds));
    if (str_eq(json_str(action->json, "response_type"), STR("attachment"))) {
        str varname = json_str(action->json, "varname");
        json_set_str(payload, STR("file"), varname.len ? varname : STR("document"));
    }
    return payload;
}

json_t *engine_suspend(struct engine *engine, const struct action *action, str kind, json_t *payload)
{
    str token = str_fmt(engine->arena, "%lld", (long long)store_new_id());
    if (str_is_empty(engine->change->call))
        engine->change->call = token;
    json_t *calls = calls_of(engine->dossier), *entry = json_object();
    if (!calls) {
        calls = json_array();
        json_set(engine->dossier->marks, STR("calls"), calls);
    }
    json_set_str(entry, STR("token"), token);
    json_set_str(entry, STR("at"), engine->place);
    json_set_str(entry, STR("action"), action->id);
    json_set_str(entry, STR("first"), engine->change->call);
    json_array_append_new(calls, entry);

    json_set(payload, STR("dossier"), json_integer(engine->dossier->id));
    json_set_str(payload, STR("call"), token);
    engine_add_job(engine, kind, key_of(engine, token), payload, JOB_PARKED);
    engine->change->jobs.at[engine->change->jobs.len - 1].is_remote = true;
    engine->is_halted = true;
    return entry;
}

void engine_call(struct engine *engine, const struct action *action, const struct call_request *request)
{
    engine_suspend(engine, action, STR(CALL_JOB_KIND), payload_of(action, request));
}

/* ---- What came back ---- */

static json_t *find_call(struct engine *engine, str token, size_t *index)
{
    json_t *calls = calls_of(engine->dossier);
    for (size_t i = 0; i < json_array_size(calls); i++) {
        *index = i;
        if (str_eq(json_str(json_array_get(calls, i), "token"), token))
            return json_array_get(calls, i);
    }
    return NULL;
}

/* Where the action stands; the length of the list where it is gone. */
static size_t index_of(const struct actions *actions, str id)
{
    size_t index = 0;
    while (index < actions->len && !str_eq(actions->at[index].id, id))
        index++;
    return index;
}

const json_t *calls_entry(struct engine *engine, str token)
{
    size_t index;
    return find_call(engine, token, &index);
}

const struct action *calls_action(struct engine *engine, str token)
{
    size_t index;
    const struct global_action *global;
    const json_t *entry = find_call(engine, token, &index);
    const struct actions *actions = entry ? actions_at(engine->workflow, json_str(entry, "at"), &global) : NULL;
    size_t at = actions ? index_of(actions, json_str(entry, "action")) : 0;
    if (!actions || at == actions->len)
        return NULL;
    if (!global)
        loop_resume(engine, engine_status(engine));
    return &actions->at[at];
}

static void note_failure(struct engine *engine, json_t *entry)
{
    bool is_last = engine->event->outcome->is_last, is_known = json_str(entry, "state").len > 0;
    if (is_last && !has_state(entry, "dead")) {
        json_set_str(entry, STR("state"), STR("dead"));
        engine_add_error(engine, STR("L’appel n’est plus tenté : il est parmi les travaux abandonnés, d’où il peut "
                                     "être relancé."));
        is_known = false;
    } else if (!is_known) {
        json_set_str(entry, STR("state"), STR("failed"));
    }
    engine->change->call_end = is_known ? CALL_TRIED_AGAIN : CALL_FAILED;
}

static void go_on(struct engine *engine, enum call_verdict verdict, const struct actions *actions,
                  const struct global_action *global, size_t from)
{
    if (verdict == CALL_JUMP) {
        engine_follow(engine);
    } else if (verdict == CALL_GO_ON && global) {
        global_run(engine, global, from);
    } else if (verdict == CALL_GO_ON && actions) {
        engine_run_status(engine, from);
    }
}

static void keep_lead(struct engine *engine)
{
    if (str_is_empty(engine->change->redirect_url))
        return;
    json_t *lead = json_object();
    json_set_str(lead, STR("first"), engine->change->call);
    json_set_str(lead, STR("url"), engine->change->redirect_url);
    json_set(engine->dossier->marks, STR("lead"), lead);
}

void calls_return(struct engine *engine)
{
    size_t index;
    json_t *entry = find_call(engine, engine->event->action, &index);
    if (!entry)
        return;
    const struct global_action *global;
    const struct actions *actions = actions_at(engine->workflow, json_str(entry, "at"), &global);
    size_t at = actions ? index_of(actions, json_str(entry, "action")) : 0;
    enum call_verdict verdict = CALL_STOP;
    const struct action *action = actions && at < actions->len ? &actions->at[at] : NULL;
    if (action && action->type && action->type->receive)
        verdict = action->type->receive(engine, action, engine->event->outcome, json_str(entry, "state").len > 0);
    else
        engine_add_error(engine, STR("L’action qui attendait cette réponse n’existe plus."));
    if (verdict == CALL_AGAIN) {
        note_failure(engine, entry);
        return;
    }
    bool has_left = json_bool(entry, "has_left");
    engine->change->call = str_dup(engine->arena, json_str(entry, "first"));
    engine->change->call_end = CALL_ENDED;
    json_array_remove(calls_of(engine->dossier), index);
    if (has_left)
        engine->target = NULL;
    else
        go_on(engine, verdict, actions, global, at + 1);
    keep_lead(engine);
}

/* ---- Their turns ---- */

void calls_leave(struct engine *engine)
{
    json_t *calls = calls_of(engine->dossier);
    for (size_t i = 0; i < json_array_size(calls); i++)
        json_set(json_array_get(calls, i), STR("has_left"), json_true());
}

void calls_settle(struct engine *engine)
{
    const json_t *first = first_of(engine->dossier);
    if (!first)
        return;
    str key = key_of(engine, json_str(first, "token"));
    struct job_list *jobs = &engine->change->jobs;
    for (size_t i = 0; i < jobs->len; i++)
        if (str_eq(jobs->at[i].key, key)) {
            jobs->at[i].due = engine->now;
            return;
        }
    *vec_push(engine->arena, &engine->change->released) = key;
}

void calls_forget(struct engine *engine)
{
    const json_t *calls = calls_of(engine->dossier);
    for (size_t i = 0; i < json_array_size(calls); i++)
        engine_cancel_job(engine, key_of(engine, json_str(json_array_get(calls, i), "token")));
    json_object_del(engine->dossier->marks, "calls");
    json_object_del(engine->dossier->marks, "lead");
}

/* ---- What a page says ---- */

bool calls_are_awaited(const struct dossier *dossier)
{
    const json_t *first = first_of(dossier);
    return first && str_is_empty(json_str(first, "state")) && !json_bool(first, "has_left");
}

bool calls_are_tried_again(const struct dossier *dossier)
{
    const json_t *first = first_of(dossier);
    return first && has_state(first, "failed");
}

bool workflow_makes_document(const struct dossier *dossier)
{
    const json_t *first = first_of(dossier);
    return first && json_bool(first, "is_document");
}

bool workflow_call_is_awaited(const struct dossier *dossier, str call)
{
    return calls_are_awaited(dossier) && str_eq(json_str(first_of(dossier), "first"), call);
}

str workflow_call_leads_to(const struct dossier *dossier, str call)
{
    const json_t *lead = json_get(dossier->marks, STR("lead"));
    return call.len && str_eq(json_str(lead, "first"), call) ? json_str(lead, "url") : STR_EMPTY;
}

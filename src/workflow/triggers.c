/* Triggers of global actions: who may start one by hand, and when time starts one. */
#include "workflow/model.h"

static bool status_suits(const struct status *status, const struct names *statuses)
{
    if (!statuses->len)
        return true;
    for (size_t i = 0; i < statuses->len; i++) {
        str name = statuses->at[i];
        bool waits = status->shown.is_waitpoint, ends = status->shown.is_endpoint;
        if (str_eq(name, status->shown.id) || (str_eq(name, STR("_waitpoint_status")) && waits && !ends) ||
            (str_eq(name, STR("_endpoint_status")) && ends) ||
            (str_eq(name, STR("_transition_status")) && !waits && !ends))
            return true;
    }
    return false;
}

/* w.c.s.: a manual trigger without roles is nobody's. */
bool trigger_suits(struct engine *engine, const struct trigger *trigger)
{
    const struct status *status = engine_status(engine);
    return trigger->kind == TRIGGER_MANUAL && trigger->roles.len && status &&
           status_suits(status, &trigger->statuses) && names_include(engine, engine->actor, &trigger->roles);
}

/* ---- Time ---- */

static bool first_arrival(const struct engine *engine, str status, instant *at)
{
    const struct history *history = &engine->dossier->history;
    for (size_t i = 0; i < history->len; i++)
        if (str_eq(history->at[i].status, status)) {
            *at = history->at[i].at;
            return true;
        }
    return false;
}

static bool latest_arrival(const struct engine *engine, str status, instant *at)
{
    const struct history *history = &engine->dossier->history;
    for (size_t i = history->len; i > 0; i--)
        if (str_eq(history->at[i - 1].status, status)) {
            *at = history->at[i - 1].at;
            return true;
        }
    return false;
}

static bool template_anchor(struct engine *engine, const struct trigger *trigger, instant *at)
{
    struct datetime local;
    if (!trigger->anchor_template ||
        !value_to_datetime(engine->arena, template_value(trigger->anchor_template, &engine->render), &local))
        return false;
    *at = instant_from_local(local);
    return true;
}

/* When it came to its end: to the first of the endpoints that it has not left since. */
static bool end_arrival(const struct engine *engine, instant *at)
{
    const struct history *history = &engine->dossier->history;
    bool found = false;
    for (size_t i = history->len; i > 0; i--) {
        str id = history->at[i - 1].status;
        const struct workflow_status *status = id.len ? workflow_status_find(engine->workflow, id) : NULL;
        if (id.len && !(status && status->is_endpoint))
            break;
        if (id.len)
            *at = history->at[i - 1].at;
        found |= id.len > 0;
    }
    return found;
}

/* A trigger that names no status means the one where the dossier is. */
static bool status_arrival(const struct engine *engine, bool is_first, str named, instant *at)
{
    str id = named.len ? named : engine->dossier->status;
    const struct workflow_status *status = workflow_status_find(engine->workflow, id);
    if (!status || (engine->dossier->is_final && !(named.len && status->is_endpoint)))
        return false;
    return is_first ? first_arrival(engine, id, at) : latest_arrival(engine, id, at);
}

/* What the delay is counted from; false while it has not happened. w.c.s. leaves dossiers alone that are over, unless
 * the trigger looks at their end, or at the coming to an endpoint that it names. */
static bool anchor_of(struct engine *engine, const struct trigger *trigger, instant *at)
{
    const struct dossier *dossier = engine->dossier;
    str anchor = trigger->anchor;
    if (dossier->is_anonymised)
        return false;
    if (str_eq(anchor, STR("finalized")))
        return dossier->is_final && end_arrival(engine, at);
    if (str_eq(anchor, STR("1st-arrival")))
        return status_arrival(engine, true, trigger->anchor_first, at);
    if (str_eq(anchor, STR("latest-arrival")))
        return status_arrival(engine, false, trigger->anchor_latest, at);
    if (dossier->is_final)
        return false;
    if (str_eq(anchor, STR("template")))
        return template_anchor(engine, trigger, at);
    if (str_eq(anchor, STR(ANCHOR_SILENCE)) || str_eq(anchor, STR(ANCHOR_DOCUMENTS)))
        return clock_anchor(engine, anchor, at);
    *at = dossier->received;
    return str_eq(anchor, STR("creation"));
}

bool trigger_due(struct engine *engine, const struct trigger *trigger, instant *due)
{
    enum { DAYS_MOST = 36525 };
    int64_t days;
    if (!str_to_int64(str_trim(engine_text(engine, trigger->timeout)), &days) || days > DAYS_MOST || days < -DAYS_MOST)
        return false;
    if (!anchor_of(engine, trigger, due))
        return false;
    *due += days * INSTANT_DAY;
    return true;
}

str trigger_key(struct engine *engine, const struct global_action *global, const struct trigger *trigger)
{
    return str_fmt(engine->arena, "%.*s/%.*s", STR_ARG(global->id), STR_ARG(trigger->id));
}

static json_t *mark(struct engine *engine, str name)
{
    json_t *object = json_get(engine->dossier->marks, name);
    if (!object) {
        object = json_object();
        json_set(engine->dossier->marks, name, object);
    }
    return object;
}

/* Sets, moves or takes back the timer of one trigger: marks.armed remembers what the store holds. */
static void settle(struct engine *engine, const struct global_action *global, const struct trigger *trigger)
{
    str key = trigger_key(engine, global, trigger);
    if (json_get(mark(engine, STR("fired")), key))
        return;
    json_t *armed = mark(engine, STR("armed"));
    instant due, before = json_integer_value(json_get(armed, key));
    if (!trigger_due(engine, trigger, &due))
        due = 0;
    bool is_this = engine->event->kind == EVENT_GLOBAL_TIMER && str_eq(engine->event->action, key);
    if (due == before && !is_this)
        return;
    str job_key = str_fmt(engine->arena, "global:%lld:%.*s", (long long)engine->dossier->id, STR_ARG(key));
    engine_cancel_job(engine, job_key);
    json_set(armed, key, json_integer(due));
    if (!due)
        return;
    json_t *payload = json_pack("{s:I}", "dossier", (json_int_t)engine->dossier->id);
    json_set_str(payload, STR("action"), key);
    engine_add_job(engine, STR("workflow.global"), job_key, payload, due > engine->now ? due : engine->now);
}

void triggers_settle(struct engine *engine)
{
    for (size_t i = 0; i < engine->workflow->globals.len; i++) {
        const struct global_action *global = &engine->workflow->globals.at[i];
        for (size_t k = 0; k < global->triggers.len; k++)
            if (global->triggers.at[k].kind == TRIGGER_TIMEOUT)
                settle(engine, global, &global->triggers.at[k]);
    }
}

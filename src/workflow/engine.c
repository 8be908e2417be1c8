/* The engine: runs the actions of a status in their order until one jumps, goes to the next status, and so on, on a
 * working copy of the dossier. */
#include "workflow/model.h"

static json_t *object_or_new(struct arena *arena, json_t *copy)
{
    return json_keep(arena, copy ? copy : json_object());
}

/* The working copy: what the engine may change is its own, the texts and the old entries are shared. Answers and data
 * are put in and taken out whole, so their values are shared too; marks are lists that grow. */
static struct dossier *copy_dossier(struct arena *arena, const struct dossier *dossier)
{
    struct dossier *copy = arena_new_of(arena, struct dossier);
    *copy = *dossier;
    copy->answers = object_or_new(arena, json_copy(dossier->answers));
    copy->data = object_or_new(arena, json_copy(dossier->data));
    copy->marks = object_or_new(arena, json_deep_copy(dossier->marks));
    copy->history = (struct history){0};
    for (size_t i = 0; i < dossier->history.len; i++)
        *vec_push(arena, &copy->history) = dossier->history.at[i];
    return copy;
}

void engine_start(struct engine *engine, const struct workflow_context *context, const struct dossier *dossier)
{
    *engine = (struct engine){
        .context = context,
        .workflow = context->workflow,
        .arena = context->arena,
        .now = context->now ? context->now : instant_now(),
        .dossier = copy_dossier(context->arena, dossier),
        .first_new_entry = dossier->history.len,
        .place = str_fmt(context->arena, "status/%.*s", STR_ARG(dossier->status)),
    };
    engine->render = (struct render){
        .arena = context->arena,
        .scope = context->scope(context->data, engine->dossier),
        .site = context->site,
        .now = engine->now,
        .log = &engine->log,
    };
}

const struct status *engine_status(const struct engine *engine)
{
    return workflow_status_get(engine->workflow, engine->dossier->status);
}

bool action_applies(struct engine *engine, const struct action *action)
{
    if (action->condition_is_broken)
        return false;
    return !action->condition || template_holds(action->condition, &engine->render);
}

bool action_is_for_actor(struct engine *engine, const struct action *action)
{
    return names_include(engine, engine->actor, &action->by);
}

str engine_text(struct engine *engine, const struct template *text)
{
    return text ? template_text(text, &engine->render) : STR_EMPTY;
}

/* ---- The entry of this event ---- */

static struct history_entry *last_entry(struct engine *engine);

/* What was done belongs to the entry that was open when it was. */
static void close_trace(struct engine *engine)
{
    struct history_entry *entry = last_entry(engine);
    bool is_blank = !entry || (str_is_empty(entry->status) && json_array_size(entry_parts(entry)) == 0);
    if (is_blank && !engine->trace.has_done)
        return;
    json_t *part = trace_take(engine);
    if (part)
        engine_add_part(engine, part);
}

void engine_open_entry(struct engine *engine, enum history_author author, const struct actor *actor)
{
    if (last_entry(engine))
        close_trace(engine);
    *vec_push(engine->arena, &engine->dossier->history) = (struct history_entry){
        .id = store_new_id(),
        .at = engine->now,
        .author = author,
        .account = actor ? actor->account : 0,
        .author_name = actor ? actor->name : STR_EMPTY,
        .parts = history_parts_new(engine->arena, json_array()),
    };
}

static struct history_entry *last_entry(struct engine *engine)
{
    struct history *history = &engine->dossier->history;
    return history->len > engine->first_new_entry ? &history->at[history->len - 1] : NULL;
}

void engine_add_part(struct engine *engine, json_t *part)
{
    if (!last_entry(engine))
        engine_open_entry(engine, AUTHOR_PROGRAM, NULL);
    /* Entries of this event hold lists that the engine itself made. */
    json_array_append_new((json_t *)(uintptr_t)entry_parts(last_entry(engine)), part);
}

void engine_add_error(struct engine *engine, str text)
{
    json_t *part = JSON_PART("error");
    json_set_str(part, STR("text"), text);
    engine_add_part(engine, part);
}

json_t *link_part(const struct dossier *dossier, str varname)
{
    json_t *part = JSON_PART("link");
    json_set(part, STR("dossier"), json_integer(dossier->id));
    json_set_str(part, STR("form"), dossier->form);
    json_set_str(part, STR("varname"), varname);
    return part;
}

/* An entry in which nothing happened is not kept. */
static void drop_empty_entry(struct engine *engine)
{
    struct history_entry *entry = last_entry(engine);
    if (entry && str_is_empty(entry->status) && json_array_size(entry_parts(entry)) == 0)
        engine->dossier->history.len--;
}

void engine_set_data(struct engine *engine, str key, json_t *value)
{
    json_set(engine->dossier->data, key, value);
}

/* ---- Jobs ---- */

void engine_add_job(struct engine *engine, str kind, str key, json_t *payload, instant due)
{
    *vec_push(engine->arena, &engine->change->jobs) = (struct job){
        .kind = kind, .key = key, .payload = json_text(engine->arena, json_keep(engine->arena, payload)), .due = due};
}

void engine_cancel_job(struct engine *engine, str key)
{
    *vec_push(engine->arena, &engine->change->cancelled) = key;
}

str timer_key(struct engine *engine, str status, str action)
{
    return str_fmt(engine->arena, "timer:%lld:%.*s:%.*s", (long long)engine->dossier->id, STR_ARG(status),
                   STR_ARG(action));
}

void engine_cancel_timers(struct engine *engine, const struct status *status)
{
    if (!status)
        return;
    for (size_t i = 0; i < status->actions.len; i++)
        if (jump_is_timed(&status->actions.at[i]))
            engine_cancel_job(engine, timer_key(engine, status->shown.id, status->actions.at[i].id));
}

/* ---- Moving ---- */

/* w.c.s.: a jump may leave a marker on the status it leaves; « _previous » goes to the last one marked. */
static const struct status *pop_marked(struct engine *engine)
{
    json_t *stack = json_get(engine->dossier->marks, STR("previous"));
    size_t count = json_array_size(stack);
    if (!count)
        return NULL;
    const struct status *status = workflow_status_get(engine->workflow, json_str_of(json_array_get(stack, count - 1)));
    json_array_remove(stack, count - 1);
    return status;
}

static void push_marked(struct engine *engine)
{
    json_t *stack = json_get(engine->dossier->marks, STR("previous"));
    if (!stack) {
        stack = json_array();
        json_set(engine->dossier->marks, STR("previous"), stack);
    }
    json_array_append_new(stack, json_from_str(engine->dossier->status));
}

/* w.c.s.: read as form_jumps, where the action has an identifier. */
static void note_jump(struct engine *engine, const struct action *action)
{
    str identifier = json_str(action->json, "identifier");
    if (!identifier.len)
        return;
    json_t *part = JSON_PART("jump");
    json_set_str(part, STR("name"), identifier);
    engine_add_part(engine, part);
}

void engine_jump(struct engine *engine, const struct action *action)
{
    engine_jump_to(engine, action, action->target);
}

void engine_jump_to(struct engine *engine, const struct action *action, str to)
{
    if (str_is_empty(to))
        return;
    bool goes_back = str_eq(to, STR("_previous"));
    const struct status *target = goes_back ? pop_marked(engine) : workflow_status_get(engine->workflow, to);
    if (!target) {
        engine_add_error(engine, str_fmt(engine->arena, "%.*s : le statut visé n’existe pas.", STR_ARG(action->where)));
        return;
    }
    if (action->marks_status)
        push_marked(engine);
    note_jump(engine, action);
    engine->target = target;
}

void engine_arrive(struct engine *engine)
{
    struct dossier *dossier = engine->dossier;
    struct history_entry *entry = last_entry(engine);
    if (!entry || !str_is_empty(entry->status))
        engine_open_entry(engine, AUTHOR_PROGRAM, NULL);
    last_entry(engine)->status = engine->target->shown.id;

    engine_cancel_timers(engine, engine_status(engine));
    calls_leave(engine);
    dossier->status = engine->target->shown.id;
    dossier->arrived = engine->now;
    dossier->is_final = engine->target->shown.is_endpoint;
    engine->target = NULL;
    engine->has_arrived = true;
}

void engine_note_inert(struct engine *engine, const struct action *action)
{
    json_t *part = JSON_PART("inert");
    json_set_str(part, STR("action"), action->type_name);
    json_set_str(part, STR("name"), action->where);
    engine_add_part(engine, part);
    log_line(LOG_WARNING, "workflow.inert", "workflow=\"%.*s\" where=\"%.*s\" dossier=%lld",
             STR_ARG(engine->workflow->slug), STR_ARG(action->where), (long long)engine->dossier->id);
}

bool engine_run_actions(struct engine *engine, const struct actions *actions, size_t from)
{
    for (size_t i = from; i < actions->len && !engine->is_stopped && !engine->is_halted; i++) {
        const struct action *action = &actions->at[i];
        if (action->type && !action->type->perform)
            continue;
        bool applies = action_applies(engine, action);
        trace_step(engine, action, applies);
        if (!applies)
            continue;
        if (!action->type) {
            engine_note_inert(engine, action);
            continue;
        }
        action->type->perform(engine, action);
        /* w.c.s.: a jump to where the dossier already is goes nowhere, the next actions run. */
        if (engine->target && engine->target != engine_status(engine))
            return true;
        engine->target = NULL;
    }
    return false;
}

static bool run_actions_of(struct engine *engine, const struct status *status, size_t from)
{
    return status->loop_items ? loop_run(engine, status, from) : engine_run_actions(engine, &status->actions, from);
}

void engine_run_status(struct engine *engine, size_t from)
{
    for (; !engine->is_stopped; from = 0) {
        const struct status *status = engine_status(engine);
        engine->place = str_fmt(engine->arena, "status/%.*s", STR_ARG(engine->dossier->status));
        if (!status || !run_actions_of(engine, status, from))
            return;
        if (++engine->change->jumps > WORKFLOW_JUMPS_MOST) {
            engine->target = NULL;
            engine_add_error(engine, STR("Le circuit tourne en rond : il s’est arrêté après 100 sauts."));
            log_line(LOG_ERROR, "workflow.loop", "workflow=\"%.*s\" status=\"%.*s\" dossier=%lld",
                     STR_ARG(engine->workflow->slug), STR_ARG(status->shown.id), (long long)engine->dossier->id);
            return;
        }
        engine_arrive(engine);
    }
}

void engine_follow(struct engine *engine)
{
    if (!engine->target)
        return;
    engine->change->jumps = 1;
    engine_arrive(engine);
    engine_run_status(engine, 0);
}

/* ---- The end of an event ---- */

static void add_once(struct arena *arena, struct str_list *list, str item)
{
    for (size_t i = 0; i < list->len; i++)
        if (str_eq(list->at[i], item))
            return;
    *vec_push(arena, list) = item;
}

static void add_roles(struct engine *engine, str name, struct str_list *list)
{
    struct str_list roles = {0};
    roles_of_name(engine, name, &roles);
    for (size_t i = 0; i < roles.len; i++)
        add_once(engine->arena, list, roles.at[i]);
}

/* Who has something to do: those named by the choices and forms of the status, in a dossier that is not over. */
static void collect_waiting(struct engine *engine)
{
    const struct status *status = engine_status(engine);
    if (!status || status->shown.is_endpoint || engine->dossier->is_anonymised)
        return;
    for (size_t i = 0; i < status->actions.len; i++) {
        const struct action *action = &status->actions.at[i];
        if (!action->type || !action->type->claims_work || !action_applies(engine, action))
            continue;
        for (size_t k = 0; k < action->by.len; k++) {
            if (str_eq(action->by.at[k], STR("_submitter")))
                add_once(engine->arena, &engine->change->waiting, action->by.at[k]);
            else
                add_roles(engine, action->by.at[k], &engine->change->waiting);
        }
    }
}

static void collect_concerned(struct engine *engine)
{
    const struct workflow_functions *functions = &engine->workflow->functions;
    for (size_t i = 0; i < functions->len; i++)
        add_roles(engine, functions->at[i].id, &engine->change->concerned);
    if (!functions->len)
        add_roles(engine, STR("_receiver"), &engine->change->concerned);
    for (size_t i = 0; i < engine->change->waiting.len; i++)
        if (!str_eq(engine->change->waiting.at[i], STR("_submitter")))
            add_once(engine->arena, &engine->change->concerned, engine->change->waiting.at[i]);
}

void workflow_roles(const struct workflow_context *context, const struct dossier *dossier, struct str_list *waiting,
                    struct str_list *concerned)
{
    struct engine engine;
    struct change change = {0};
    engine_start(&engine, context, dossier);
    engine.change = &change;
    collect_waiting(&engine);
    collect_concerned(&engine);
    *waiting = change.waiting;
    *concerned = change.concerned;
}

static void settle_timers(struct engine *engine)
{
    const struct status *status = engine_status(engine);
    if (!engine->has_arrived || !status)
        return;
    for (size_t i = 0; i < status->actions.len; i++) {
        const struct action *action = &status->actions.at[i];
        if (action->type && action->type->settle && !action->condition_is_broken)
            action->type->settle(engine, action);
    }
}

void engine_log_faults(struct engine *engine)
{
    for (size_t i = 0; i < engine->log.len; i++)
        log_line(LOG_WARNING, "workflow.fault", "workflow=\"%.*s\" where=\"%.*s\" line=%d column=%d fault=\"%.*s\"",
                 STR_ARG(engine->workflow->slug), STR_ARG(engine->log.at[i].template_name), engine->log.at[i].line,
                 engine->log.at[i].column, STR_ARG(engine->log.at[i].message));
}

void engine_settle(struct engine *engine)
{
    close_trace(engine);
    drop_empty_entry(engine);
    engine_log_faults(engine);
    struct dossier *dossier = engine->dossier;
    struct change *change = engine->change;
    for (size_t i = engine->first_new_entry; i < dossier->history.len; i++)
        *vec_push(engine->arena, &change->entries) = dossier->history.at[i];
    change->after = dossier;
    change->is_removed = dossier->is_removed;
    if (!dossier->is_removed) {
        settle_timers(engine);
        triggers_settle(engine);
        collect_waiting(engine);
        collect_concerned(engine);
        calls_settle(engine);
    } else {
        engine_cancel_timers(engine, engine_status(engine));
        calls_forget(engine);
    }
    dossier->updated = engine->now;
    dossier->revision++;
}

/* What the engine did and why: each entry of the history that an event makes gains a part of type « trace » with the
 * actions that ran and those whose condition did not hold, in their order. It is chained with the entry, erased with
 * it, and costs no statement of its own. What an action is called and what its condition says is read from the version
 * of the circuit, which is kept; the values that the condition read are not to be had again, so they are written. */
#include "workflow/model.h"

enum { STEPS_MOST = 200, VALUES_MOST = 20, VALUE_MOST = 200 };

/* ---- Values ---- */

static bool is_password(const struct engine *engine, str name)
{
    const struct field_list *fields = engine->context->form_fields;
    for (size_t i = 0; fields && i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (str_eq(field->type_name, STR("password")) && field->varname.len &&
            str_starts(name, str_fmt(engine->arena, "form_var_%.*s", STR_ARG(field->varname))))
            return true;
    }
    return false;
}

/* What the whole site knows (its variables and what hangs on them, queries, other servers) is no part of the dossier:
 * it may be a secret, and reading it again may cost. Only the dossier's own names are kept with their values. */
static bool is_of_dossier(str name)
{
    return (str_starts(name, STR("form_")) && !str_starts(name, STR("form_objects"))) ||
           str_starts(name, STR("status_loop"));
}

static json_t *value_kept(struct engine *engine, str name)
{
    if (!is_of_dossier(name))
        return json_null();
    if (is_password(engine, name))
        return json_string("•••");
    struct value value = value_plain(engine->arena, value_lookup(engine->arena, engine->render.scope, name));
    if (value.kind == VALUE_OBJECT || value.kind == VALUE_UNDEFINED)
        return json_string("");
    return json_from_str(utf8_slice(value_str(engine->arena, value), 0, VALUE_MOST));
}

static json_t *values_of(struct engine *engine, const struct template *condition)
{
    struct template_names names = template_names(condition);
    json_t *values = json_object();
    for (size_t i = 0; i < names.len && i < VALUES_MOST; i++)
        json_set(values, names.at[i].path, value_kept(engine, names.at[i].path));
    return values;
}

/* ---- Writing ---- */

void trace_begin(struct engine *engine)
{
    static const char *const kinds[] = {
        [EVENT_FILED] = "filed",     [EVENT_SUBMIT] = "button", [EVENT_EDIT] = "edit",
        [EVENT_GLOBAL] = "global",   [EVENT_TIMER] = "timer",   [EVENT_GLOBAL_TIMER] = "global-timer",
        [EVENT_TRIGGER] = "trigger", [EVENT_HOOK] = "hook",     [EVENT_CALLED] = "called",
        [EVENT_REWRITE] = "rewrite", [EVENT_BUTTON] = "mail",   [EVENT_MAIL_LEFT] = NULL,
        [EVENT_UPGRADE] = NULL};
    engine->trace =
        (struct trace){.began = kinds[engine->event->kind], .steps = json_keep(engine->arena, json_array())};
}

void trace_step(struct engine *engine, const struct action *action, bool is_done)
{
    if (!engine->trace.steps || engine->trace.count++ >= STEPS_MOST)
        return;
    json_t *step = json_object();
    json_set_str(step, STR("in"), engine->place);
    json_set_str(step, STR("action"), action->id);
    json_set_str(step, STR("type"), action->type_name);
    if (!is_done)
        json_set(step, STR("skipped"), json_true());
    if (action->condition)
        json_set(step, STR("values"), values_of(engine, action->condition));
    json_array_append_new(engine->trace.steps, step);
    engine->trace.has_done |= is_done;
}

json_t *trace_take(struct engine *engine)
{
    struct trace *trace = &engine->trace;
    if (!trace->steps || !json_array_size(trace->steps))
        return NULL;
    json_t *part = JSON_PART("trace");
    json_set(part, STR("version"), json_integer(engine->workflow->version));
    if (trace->began)
        json_set_str(part, STR("began"), str_of(trace->began));
    json_set(part, STR("steps"), json_incref(trace->steps));
    if (trace->count > STEPS_MOST)
        json_set(part, STR("cut"), json_true());
    trace->steps = json_keep(engine->arena, json_array());
    trace->began = NULL;
    trace->has_done = false;
    return part;
}

/* ---- Reading ---- */

/* The action of a step in the version that ran it; NULL: it is lost. */
static const struct action *action_of(const struct workflow *workflow, str place, str id)
{
    const struct global_action *global;
    return workflow ? action_find(actions_at(workflow, place, &global), id) : NULL;
}

static str place_name(const struct workflow *workflow, str place)
{
    str kind, name;
    if (!workflow || !str_cut(place, '/', &kind, &name))
        return place;
    const struct global_action *global = str_eq(kind, STR("global")) ? global_find(workflow, name) : NULL;
    const struct workflow_status *status = workflow_status_find(workflow, name);
    return global ? global->name : status ? status->name : name;
}

/* A way out is told by where it leads. */
static str what_of(struct engine *engine, const struct workflow *workflow, const struct action *action)
{
    struct arena *arena = engine->arena;
    bool is_choice = str_eq(action->type_name, STR("choice"));
    if (!is_choice && !str_starts(action->type_name, STR("jump")))
        return outline_deed(arena, action, STR_EMPTY);
    const struct workflow_status *to = workflow_status_find(workflow, action->target);
    str target = str_eq(action->target, STR("_previous")) ? STR("le statut d’avant") : to ? to->name : action->target;
    if (is_choice)
        return str_fmt(arena, "Bouton « %.*s »", STR_ARG(json_str(action->json, "label")));
    return str_fmt(arena, "Passage à « %.*s »", STR_ARG(target));
}

static bool place_may_be_known(struct engine *engine, const struct workflow *workflow, str place,
                               const struct actor *actor)
{
    str kind, name;
    str_cut(place, '/', &kind, &name);
    const struct workflow_status *status =
        workflow && str_eq(kind, STR("status")) ? workflow_status_find(workflow, name) : NULL;
    return actor->is_admin || !status || status_may_be_known(engine, status, actor);
}

static void read_values(struct arena *arena, const json_t *values, struct traced_step *out)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)values, key, value) * vec_push(arena, &out->values) =
        (struct traced_value){str_of(key), json_str_of(value), !json_is_null(value)};
}

static void read_step(struct engine *engine, const struct workflow *workflow, const json_t *step,
                      const struct actor *actor, struct traced_entry *out)
{
    str place = json_str(step, "in"), id = json_str(step, "action"), type = json_str(step, "type");
    const struct action *action = action_of(workflow, place, id);
    if (!place_may_be_known(engine, workflow, place, actor))
        return;
    struct traced_step *traced = vec_push(engine->arena, &out->steps);
    *traced = (struct traced_step){.place = place_name(workflow, place),
                                   .what = action && str_eq(action->type_name, type) ? what_of(engine, workflow, action)
                                                                                     : type,
                                   .has_condition = json_get(step, STR("values")) != NULL,
                                   .is_skipped = json_bool(step, "skipped")};
    if (!actor->is_admin)
        return;
    traced->type = type;
    traced->id = id;
    traced->condition = action && action->condition ? json_str(action->json, "condition") : STR_EMPTY;
    read_values(engine->arena, json_dict(step, "values"), traced);
}

/* The circuit that the dossier followed before an entry of its history, where that entry led to another; else later. */
static str circuit_before(const struct history_entry *entry, str later)
{
    const json_t *parts = entry_parts(entry);
    for (size_t k = 0; k < json_array_size(parts); k++) {
        str from = json_str(json_array_get(parts, k), "from_workflow");
        if (from.len)
            return from;
    }
    return later;
}

/* Of each entry. */
static const str *circuits_of(const struct engine *engine, const struct dossier *dossier)
{
    str *circuits = arena_array_of(engine->arena, str, dossier->history.len + 1);
    circuits[dossier->history.len] = engine->workflow->slug;
    for (size_t i = dossier->history.len; i > 0; i--)
        circuits[i - 1] = circuit_before(&dossier->history.at[i - 1], circuits[i]);
    return circuits;
}

static const struct workflow *version_of(const struct trace_reading *reading, const struct engine *engine, str circuit,
                                         int64_t version)
{
    bool is_now = str_eq(circuit, engine->workflow->slug) && version == engine->workflow->version;
    return is_now ? engine->workflow : reading->version(reading->data, circuit, version);
}

static void read_part(struct engine *engine, const struct trace_reading *reading, str circuit, const json_t *part,
                      struct traced_entry *out)
{
    str type = json_str(part, "type");
    bool is_mail = str_eq(type, STR("mail"));
    if (is_mail || str_eq(type, STR("sms"))) {
        *vec_push(engine->arena, &out->sent) =
            (struct traced_sending){.is_mail = is_mail,
                                    .text = json_str(part, is_mail ? "subject" : "text"),
                                    .to = json_list(part, "to"),
                                    .job = json_str(part, "job")};
        return;
    }
    if (str_eq(type, STR("call")) && reading->actor->is_admin)
        *vec_push(engine->arena, &out->sent) = (struct traced_sending){.is_call = true, .text = json_str(part, "text")};
    if (!str_eq(type, STR("trace")))
        return;
    const struct workflow *workflow = version_of(reading, engine, circuit, json_int(part, "version"));
    const json_t *steps = json_list(part, "steps");
    out->began = json_str(part, "began").len ? json_str(part, "began") : out->began;
    out->version = json_int(part, "version");
    out->is_cut = json_bool(part, "cut");
    for (size_t i = 0; i < json_array_size(steps); i++)
        read_step(engine, workflow, json_array_get(steps, i), reading->actor, out);
}

void workflow_read_trace(const struct workflow_context *context, const struct dossier *dossier,
                         const struct trace_reading *reading, struct traced_entries *out)
{
    struct engine engine = engine_reader(context, dossier, reading->actor);
    const str *circuits = circuits_of(&engine, dossier);
    for (size_t i = 0; i < dossier->history.len; i++) {
        const struct history_entry *entry = &dossier->history.at[i];
        struct traced_entry traced = {.at = entry->at, .author = entry->author, .author_name = entry->author_name};
        const struct workflow_status *status = workflow_status_find(context->workflow, entry->status);
        if (status && status_may_be_known(&engine, status, reading->actor))
            traced.status = status->name;
        const json_t *parts = entry_parts(entry);
        for (size_t k = 0; k < json_array_size(parts); k++)
            read_part(&engine, reading, circuits[i], json_array_get(parts, k), &traced);
        if (traced.steps.len || traced.sent.len || traced.status.len)
            *vec_push(context->arena, out) = traced;
    }
}

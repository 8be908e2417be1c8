/* What happens to a dossier, kind by kind: filed, a button pressed, a date come, a call from outside. */
#include "workflow/model.h"

static void note_maker(struct engine *engine, const struct dossier *maker)
{
    json_t *part = link_part(maker, STR_EMPTY);
    json_set(part, STR("is_origin"), json_true());
    json_set_str(part, STR("text"),
                 str_fmt(engine->arena, "Créée par le circuit d’une autre (n° %lld-%lld)",
                         (long long)maker->form_number, (long long)maker->sequence));
    engine_add_part(engine, part);
}

static bool file(struct engine *engine)
{
    const struct status *first = &engine->workflow->statuses.at[0];
    const struct dossier *maker = engine->event->maker;
    enum history_author author = engine->actor->is_agent ? AUTHOR_AGENT : AUTHOR_SUBMITTER;
    bool by_nobody = maker && !engine->actor->is_submitter && !engine->actor->is_agent;
    engine_open_entry(engine, by_nobody ? AUTHOR_PROGRAM : author, engine->actor);
    if (maker)
        note_maker(engine, maker);
    engine->dossier->status = STR_EMPTY;
    engine->target = first;
    engine_arrive(engine);
    engine_run_status(engine, 0);
    return true;
}

static enum history_author author_of(const struct actor *actor)
{
    return actor->is_agent ? AUTHOR_AGENT : AUTHOR_SUBMITTER;
}

/* ---- A button of the page ---- */

static bool is_active(struct engine *engine, const struct action *action)
{
    return action->type && action->type->is_interactive && action_is_for_actor(engine, action) &&
           action_applies(engine, action);
}

static bool ignores_errors(const struct action *pressed)
{
    return pressed && json_bool(pressed->json, "ignore_form_errors");
}

static bool check_posted(struct engine *engine, const struct actions *actions, struct err *err)
{
    const struct event *event = engine->event;
    for (size_t i = 0; i < event->form_count; i++) {
        if (!event->forms[i].has_errors)
            continue;
        err_set(err, ERR_INVALID, "Corrigez les réponses signalées, puis envoyez de nouveau.");
        err->field = event->forms[i].action;
        return false;
    }
    for (size_t i = 0; i < actions->len; i++) {
        const struct action *action = &actions->at[i];
        const char *message = action->type && action->type->lacks ? action->type->lacks(engine, action) : NULL;
        if (!message || !is_active(engine, action))
            continue;
        err_set(err, ERR_INVALID, "%s", message);
        err->field = action->id;
        return false;
    }
    return true;
}

/* Comments and sub-forms are recorded wherever they stand among the actions; then the button decides, or else the jumps
 * « on submit », of which the last that applies wins, as in w.c.s. */
static void record_posted(struct engine *engine, const struct actions *actions)
{
    for (size_t i = 0; i < actions->len; i++) {
        const struct action *action = &actions->at[i];
        if (action->type && action->type->submit && is_active(engine, action))
            action->type->submit(engine, action);
    }
}

static void jump_on_submit(struct engine *engine, const struct actions *actions)
{
    const struct action *last = NULL;
    for (size_t i = 0; i < actions->len; i++)
        if (str_eq(actions->at[i].type_name, STR("jumponsubmit")) && actions->at[i].target.len &&
            action_applies(engine, &actions->at[i]))
            last = &actions->at[i];
    if (!last)
        return;
    trace_step(engine, last, true);
    engine_jump(engine, last);
}

static bool find_pressed(struct engine *engine, const struct actions *actions, const struct action **pressed,
                         struct err *err)
{
    *pressed = NULL;
    if (str_is_empty(engine->event->action))
        return true;
    const struct action *action = action_find(actions, engine->event->action);
    if (!action || !action->type || !action->type->press)
        return err_set(err, ERR_NOT_FOUND, "Cette action n’existe pas ou plus.");
    if (!is_active(engine, action))
        return err_set(err, ERR_FORBIDDEN, "Vous ne pouvez pas faire cette action.");
    *pressed = action;
    return true;
}

/* The plain button takes part only where a comment or a form is offered. */
static bool may_submit(struct engine *engine, const struct actions *actions)
{
    for (size_t i = 0; i < actions->len; i++)
        if (actions->at[i].type && actions->at[i].type->submit && is_active(engine, &actions->at[i]))
            return true;
    return false;
}

static bool submit(struct engine *engine, struct err *err)
{
    const struct status *status = engine_status(engine);
    if (!status)
        return err_set(err, ERR_NOT_FOUND, "Le statut de cette demande n’existe plus.");
    const struct actions *actions = &status->actions;
    const struct action *pressed;
    if (!find_pressed(engine, actions, &pressed, err))
        return false;
    if (!pressed && !may_submit(engine, actions))
        return err_set(err, ERR_FORBIDDEN, "Vous ne pouvez rien ajouter à cette demande pour le moment.");
    if (!ignores_errors(pressed) && !check_posted(engine, actions, err))
        return false;

    engine_open_entry(engine, author_of(engine->actor), engine->actor);
    record_posted(engine, actions);
    engine->place = str_fmt(engine->arena, "status/%.*s", STR_ARG(status->shown.id));
    if (pressed) {
        trace_step(engine, pressed, true);
        pressed->type->press(engine, pressed);
    } else {
        jump_on_submit(engine, actions);
    }
    engine_follow(engine);
    return true;
}

/* ---- The answers, changed ---- */

/* What is new, for the history. */
json_t *edit_part(struct engine *engine, const struct field_list *fields, const json_t *before_all,
                  const json_t *answers)
{
    json_t *changed = json_array(), *part = JSON_PART("edit");
    json_set_str(part, STR("text"), STR("Réponses modifiées"));
    json_set(part, STR("fields"), changed);
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        str before = field_display(field, engine->arena, before_all);
        str after = field_display(field, engine->arena, answers);
        if (!field->type || str_eq(before, after))
            continue;
        json_t *row = json_object();
        json_set_str(row, STR("label"), field->label_text);
        json_set_str(row, STR("value"), after);
        json_set_str(row, STR("before"), before);
        json_array_append_new(changed, row);
    }
    return part;
}

static bool edit(struct engine *engine, struct err *err)
{
    const struct status *status = engine_status(engine);
    const struct action *action = status ? action_find(&status->actions, engine->event->action) : NULL;
    const struct field_list *fields = engine->context->form_fields;
    if (!action || !str_eq(action->type_name, STR("editable")) || !fields || !engine->event->answers)
        return err_set(err, ERR_NOT_FOUND, "Cette action n’existe pas ou plus.");
    if (!is_active(engine, action))
        return err_set(err, ERR_FORBIDDEN, "Vous ne pouvez pas faire cette action.");

    engine_open_entry(engine, author_of(engine->actor), engine->actor);
    engine_add_part(engine, edit_part(engine, fields, engine->dossier->answers, engine->event->answers));
    answers_carry(fields, engine->event->answers, engine->dossier->answers);
    engine_jump(engine, action);
    engine_follow(engine);
    return true;
}

/* ---- Changed by another ---- */

static void give_to(struct engine *engine, const struct owner *owner)
{
    struct dossier *dossier = engine->dossier;
    json_t *part = JSON_PART("function");
    str name = owner->name.len ? owner->name : STR("personne");
    dossier->account = owner->account;
    dossier->submitter_name = owner->name;
    dossier->email = owner->email;
    json_set_str(part, STR("text"), str_fmt(engine->arena, "Associée à %.*s", STR_ARG(name)));
    engine_add_part(engine, part);
}

static bool rewrite(struct engine *engine)
{
    const struct event *event = engine->event;
    const struct field_list *fields = engine->context->form_fields;
    engine_open_entry(engine, AUTHOR_PROGRAM, NULL);
    if (event->answers && fields) {
        engine_add_part(engine, edit_part(engine, fields, engine->dossier->answers, event->answers));
        json_object_clear(engine->dossier->answers);
        json_object_update(engine->dossier->answers, (json_t *)(uintptr_t)event->answers);
    }
    if (event->owner)
        give_to(engine, event->owner);
    return true;
}

/* ---- Global actions ---- */

str global_place(struct arena *arena, const struct global_action *global)
{
    return str_fmt(arena, "global/%.*s", STR_ARG(global->id));
}

void global_run(struct engine *engine, const struct global_action *global, size_t from)
{
    engine->place = global_place(engine->arena, global);
    if (engine_run_actions(engine, &global->actions, from))
        engine_follow(engine);
}

void global_start(struct engine *engine, const struct global_action *global)
{
    json_t *part = JSON_PART("global");
    json_set_str(part, STR("action"), global->id);
    json_set_str(part, STR("name"), global->name);
    engine_add_part(engine, part);
    global_run(engine, global, 0);
}

const struct global_action *global_find(const struct workflow *workflow, str id)
{
    for (size_t i = 0; i < workflow->globals.len; i++)
        if (str_eq(workflow->globals.at[i].id, id))
            return &workflow->globals.at[i];
    return NULL;
}

const struct actions *actions_at(const struct workflow *workflow, str place, const struct global_action **global)
{
    str kind, id;
    str_cut(place, '/', &kind, &id);
    *global = str_eq(kind, STR("global")) ? global_find(workflow, id) : NULL;
    if (*global)
        return &(*global)->actions;
    const struct status *status = str_eq(kind, STR("status")) ? workflow_status_get(workflow, id) : NULL;
    return status ? &status->actions : NULL;
}

const struct action *action_find(const struct actions *actions, str id)
{
    for (size_t i = 0; actions && i < actions->len; i++)
        if (str_eq(actions->at[i].id, id))
            return &actions->at[i];
    return NULL;
}

static bool may_start(struct engine *engine, const struct global_action *global)
{
    for (size_t i = 0; i < global->triggers.len; i++)
        if (trigger_suits(engine, &global->triggers.at[i]))
            return true;
    return false;
}

static bool start_global(struct engine *engine, struct err *err)
{
    const struct global_action *global = global_find(engine->workflow, engine->event->action);
    if (!global)
        return err_set(err, ERR_NOT_FOUND, "Cette action n’existe pas ou plus.");
    if (!may_start(engine, global))
        return err_set(err, ERR_FORBIDDEN, "Vous ne pouvez pas faire cette action.");
    if (!check_posted(engine, &global->actions, err))
        return false;
    engine_open_entry(engine, author_of(engine->actor), engine->actor);
    engine->place = global_place(engine->arena, global);
    record_posted(engine, &global->actions);
    global_start(engine, global);
    return true;
}

/* ---- A date has come ---- */

enum { RETRY_SECONDS = 3600 };

static void set_timer_again(struct engine *engine, const struct action *action, instant due)
{
    str key = timer_key(engine, engine->dossier->status, action->id);
    engine_cancel_job(engine, key);
    json_t *payload = json_pack("{s:I}", "dossier", (json_int_t)engine->dossier->id);
    json_set_str(payload, STR("status"), engine->dossier->status);
    json_set_str(payload, STR("action"), action->id);
    engine_add_job(engine, STR("workflow.timer"), key, payload, due);
}

/* w.c.s. looks again and again at a jump whose condition does not hold yet: here, every hour. */
static bool run_timer(struct engine *engine)
{
    const struct status *status = engine_status(engine);
    if (!status || !str_eq(status->shown.id, engine->event->status) || engine->dossier->is_anonymised)
        return true;
    const struct action *action = action_find(&status->actions, engine->event->action);
    instant due;
    if (!action || !jump_is_timed(action) || !jump_due(engine, action, &due))
        return true;
    if (due > engine->now) {
        set_timer_again(engine, action, due);
        return true;
    }
    if (!action_applies(engine, action)) {
        set_timer_again(engine, action, engine->now + RETRY_SECONDS * INSTANT_SECOND);
        return true;
    }
    trace_step(engine, action, true);
    engine_jump(engine, action);
    engine_follow(engine);
    return true;
}

static const struct trigger *find_trigger(struct engine *engine, const struct global_action **global)
{
    str action, id;
    str_cut(engine->event->action, '/', &action, &id);
    *global = global_find(engine->workflow, action);
    if (!*global)
        return NULL;
    for (size_t i = 0; i < (*global)->triggers.len; i++)
        if (str_eq((*global)->triggers.at[i].id, id))
            return &(*global)->triggers.at[i];
    return NULL;
}

/* A trigger fires once for a dossier. */
static bool run_global_timer(struct engine *engine)
{
    const struct global_action *global;
    const struct trigger *trigger = find_trigger(engine, &global);
    instant due;
    if (!trigger || trigger->kind != TRIGGER_TIMEOUT || !trigger_due(engine, trigger, &due) || due > engine->now)
        return true;
    json_t *fired = json_get(engine->dossier->marks, STR("fired"));
    if (!fired) {
        fired = json_object();
        json_set(engine->dossier->marks, STR("fired"), fired);
    }
    if (json_get(fired, engine->event->action))
        return true;
    json_set(fired, engine->event->action, json_integer(engine->now));
    global_start(engine, global);
    return true;
}

/* ---- A call from outside ---- */

/* w.c.s.: form_trigger_NAME_content … */
static void note_call(struct engine *engine, const char *kind)
{
    const struct actor *actor = engine->actor;
    json_t *part = JSON_PART("trigger");
    json_set_str(part, STR("name"), engine->event->action);
    json_set_str(part, STR("kind"), str_of(kind));
    json_set_str(part, STR("caller"), actor->signed_by.len ? actor->signed_by : actor->name);
    if (engine->event->payload)
        json_set(part, STR("content"), json_deep_copy(engine->event->payload));
    engine_add_part(engine, part);
}

/* w.c.s.: the members of an object become data of the circuit by their own names; anything else, under the trigger's.
 * Names with a leading underscore are the circuit's own. */
static void keep_members(struct engine *engine)
{
    const json_t *payload = engine->event->payload;
    const char *key;
    json_t *value;
    if (payload && !json_is_object(payload))
        engine_set_data(engine, engine->event->action, json_deep_copy(payload));
    json_object_foreach((json_t *)(uintptr_t)payload, key, value)
    {
        if (key[0] != '_')
            engine_set_data(engine, str_of(key), json_deep_copy(value));
    }
}

static bool refuse_caller(struct err *err)
{
    return err_set(err, ERR_FORBIDDEN, "Ce déclencheur n’est pas permis à cet appelant.");
}

/* w.c.s.: a signed call needs no right where the definition names none; whoever else needs one. */
static bool may_trigger(struct engine *engine, const struct action *action)
{
    return action->by.len ? action_is_for_actor(engine, action) : engine->actor->signed_by.len > 0;
}

static bool trigger_jump(struct engine *engine, struct err *err)
{
    const struct status *status = engine_status(engine);
    const struct action *action = NULL;
    bool is_awaited = false;
    for (size_t i = 0; status && i < status->actions.len && !action; i++) {
        const struct action *one = &status->actions.at[i];
        if (!jump_has_trigger(one, engine->event->action))
            continue;
        if (!may_trigger(engine, one))
            return refuse_caller(err);
        is_awaited = true;
        action = action_applies(engine, one) ? one : NULL;
    }
    if (!action)
        return is_awaited ? err_set(err, ERR_FORBIDDEN, "La condition de ce déclencheur n’est pas remplie.")
                          : err_set(err, ERR_NOT_FOUND, "Ce déclencheur n’est pas attendu là où en est la demande.");
    note_call(engine, "jump");
    keep_members(engine);
    engine_jump(engine, action);
    engine_follow(engine);
    return true;
}

static bool is_called(const struct trigger *trigger, str identifier)
{
    return trigger->kind == TRIGGER_CALL && identifier.len && str_eq(trigger->identifier, identifier);
}

/* Without roles, whoever the caller let in. */
static bool call_hook(struct engine *engine, struct err *err)
{
    const struct global_action *called = NULL;
    bool is_known = false;
    for (size_t i = 0; i < engine->workflow->globals.len && !called; i++) {
        const struct global_action *global = &engine->workflow->globals.at[i];
        for (size_t k = 0; k < global->triggers.len && !called; k++) {
            if (!is_called(&global->triggers.at[k], engine->event->action))
                continue;
            is_known = true;
            called = names_include(engine, engine->actor, &global->triggers.at[k].roles) ? global : NULL;
        }
    }
    if (!called)
        return is_known ? refuse_caller(err) : err_set(err, ERR_NOT_FOUND, "Le circuit n’a pas ce déclencheur.");
    note_call(engine, "global");
    if (engine->event->payload)
        engine_set_data(engine, engine->event->action, json_deep_copy(engine->event->payload));
    global_start(engine, called);
    return true;
}

static bool call(struct engine *engine, struct err *err)
{
    if (engine->dossier->is_anonymised)
        return err_set(err, ERR_NOT_FOUND, "Cette demande est anonymisée : rien n’y est plus attendu.");
    return engine->event->kind == EVENT_HOOK ? call_hook(engine, err) : trigger_jump(engine, err);
}

static void add_jumps(struct engine *engine, struct workflow_calls *out)
{
    const struct status *status = engine_status(engine);
    for (size_t i = 0; status && i < status->actions.len; i++) {
        const struct action *action = &status->actions.at[i];
        str name = json_str(action->json, "trigger");
        if (jump_has_trigger(action, name) && may_trigger(engine, action) && action_applies(engine, action))
            *vec_push(engine->arena, out) = (struct workflow_call){name, true};
    }
}

void workflow_callable(const struct workflow_context *context, const struct dossier *dossier, const struct actor *actor,
                       struct workflow_calls *out)
{
    struct engine engine;
    if (dossier->is_anonymised)
        return;
    engine_start(&engine, context, dossier);
    engine.actor = actor;
    for (size_t i = 0; i < engine.workflow->globals.len; i++)
        for (size_t k = 0; k < engine.workflow->globals.at[i].triggers.len; k++) {
            const struct trigger *trigger = &engine.workflow->globals.at[i].triggers.at[k];
            if (is_called(trigger, trigger->identifier) && names_include(&engine, actor, &trigger->roles))
                *vec_push(engine.arena, out) = (struct workflow_call){trigger->identifier, false};
        }
    add_jumps(&engine, out);
}

static void tell_of_mail(struct engine *engine)
{
    json_t *part = JSON_PART("mail-error");
    json_set_str(part, STR("text"), engine->event->action);
    engine_add_part(engine, part);
}

static bool happen(struct engine *engine, struct err *err)
{
    switch (engine->event->kind) {
    case EVENT_FILED:
        return file(engine);
    case EVENT_SUBMIT:
        return submit(engine, err);
    case EVENT_EDIT:
        return edit(engine, err);
    case EVENT_GLOBAL:
        return start_global(engine, err);
    case EVENT_TIMER:
        return run_timer(engine);
    case EVENT_GLOBAL_TIMER:
        return run_global_timer(engine);
    case EVENT_TRIGGER:
    case EVENT_HOOK:
        return call(engine, err);
    case EVENT_CALLED:
        calls_return(engine);
        return true;
    case EVENT_REWRITE:
        return rewrite(engine);
    case EVENT_BUTTON:
        return button_press(engine, err);
    case EVENT_MAIL_LEFT:
        tell_of_mail(engine);
        return true;
    case EVENT_UPGRADE:
        return upgrade_run(engine, err);
    }
    return err_set(err, ERR_INTERNAL, "Événement inconnu.");
}

bool workflow_perform(const struct workflow_context *context, const struct dossier *dossier, const struct event *event,
                      struct change *change, struct err *err)
{
    *change = (struct change){.revision_before = dossier->revision};
    bool is_by_person = event->kind == EVENT_SUBMIT || event->kind == EVENT_EDIT || event->kind == EVENT_GLOBAL;
    if (is_by_person && event->status.len && !str_eq(event->status, dossier->status))
        return err_set(err, ERR_CONFLICT, "Cette demande a changé d’étape entre-temps. Relisez-la avant de continuer.");
    if ((is_by_person || event->kind == EVENT_UPGRADE) && calls_are_awaited(dossier))
        return err_set(err, ERR_CONFLICT,
                       "Un échange avec un autre service, ou un document, est en cours. Réessayez dans un instant.");
    if (dossier->is_removed)
        return err_set(err, ERR_NOT_FOUND, "Cette demande n’existe pas ou plus.");

    struct engine engine;
    engine_start(&engine, context, dossier);
    engine.event = event;
    engine.actor = &event->actor;
    engine.change = change;
    trace_begin(&engine);
    if (!happen(&engine, err))
        return false;
    engine_settle(&engine);
    return true;
}

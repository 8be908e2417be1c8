/* A dossier goes on with another version of its circuit, or with another circuit. It stays where it stands, or in the
 * status that was chosen to stand for its own. Nothing runs; its timers are those that it would have there, counted
 * from when it came. */
#include "workflow/model.h"

str workflow_status_since(const json_t *statuses, str id)
{
    str since = json_str_of(json_get(statuses, id));
    return since.len ? since : id;
}

static json_t *part_of(struct engine *engine, const struct status *target)
{
    const struct event *event = engine->event;
    json_t *part = JSON_PART("upgrade");
    const struct status *old = event->before ? workflow_status_get(event->before, engine->dossier->status) : NULL;
    bool moves = old && !str_eq(old->shown.name, target->shown.name);
    long long version = (long long)engine->workflow->version;
    bool is_other = !str_eq(engine->dossier->workflow, engine->workflow->slug);
    str text = is_other ? str_fmt(engine->arena, "Suit désormais le circuit « %.*s », version %lld",
                                  STR_ARG(engine->workflow->name), version)
                        : str_fmt(engine->arena, "Suit désormais la version %lld du circuit", version);
    if (moves)
        text = str_fmt(engine->arena, "%.*s : « %.*s » y devient « %.*s »", STR_ARG(text), STR_ARG(old->shown.name),
                       STR_ARG(target->shown.name));
    json_set_str(part, STR("text"), text);
    if (is_other)
        json_set_str(part, STR("from_workflow"), engine->dossier->workflow);
    json_set(part, STR("from"), json_integer(engine->dossier->workflow_version));
    json_set(part, STR("to"), json_integer(engine->workflow->version));
    if (json_object_size(event->statuses))
        json_set(part, STR("statuses"), json_deep_copy(event->statuses));
    if (json_array_size(event->files))
        json_set(part, STR("files"), json_deep_copy(event->files));
    return part;
}

/* Those to go back to, without the ones that there are no more. */
static void carry_previous(struct engine *engine)
{
    const json_t *before = json_get(engine->dossier->marks, STR("previous"));
    json_t *after = json_array();
    for (size_t i = 0; i < json_array_size(before); i++) {
        str id = workflow_status_since(engine->event->statuses, json_str_of(json_array_get(before, i)));
        if (workflow_status_get(engine->workflow, id))
            json_array_append_new(after, json_from_str(id));
    }
    json_set(engine->dossier->marks, STR("previous"), after);
}

static void remove_dossier(struct engine *engine, const struct status *before)
{
    engine_cancel_timers(engine, before);
    engine->dossier->is_removed = true;
    engine->is_stopped = true;
}

bool upgrade_run(struct engine *engine, struct err *err)
{
    const struct event *event = engine->event;
    struct dossier *dossier = engine->dossier;
    const struct status *before = event->before ? workflow_status_get(event->before, dossier->status) : NULL;
    if (event->removes) {
        remove_dossier(engine, before);
        return true;
    }
    const struct status *target =
        workflow_status_get(engine->workflow, workflow_status_since(event->statuses, dossier->status));
    if (!target)
        return err_set(err, ERR_INVALID, "Le statut « %.*s » n’a pas de suite dans ce circuit.",
                       STR_ARG(dossier->status));
    engine_open_entry(engine, engine->actor->account ? AUTHOR_AGENT : AUTHOR_PROGRAM, engine->actor);
    engine_add_part(engine, part_of(engine, target));
    if (!str_eq(dossier->status, target->shown.id))
        dossier->history.at[dossier->history.len - 1].status = target->shown.id;
    engine_cancel_timers(engine, before);
    json_set(dossier->marks, STR("armed"), json_object()); /* the timers of global actions are set anew */
    carry_previous(engine);
    dossier->workflow = engine->workflow->slug;
    dossier->workflow_version = engine->workflow->version;
    dossier->status = target->shown.id;
    dossier->is_final = target->shown.is_endpoint;
    engine->has_arrived = true;
    return true;
}

void workflow_carry_history(struct dossier *dossier)
{
    struct history *history = &dossier->history;
    for (struct part_walk walk = {.dossier = dossier, .type = "upgrade"}; next_part(&walk);) {
        const json_t *statuses = json_dict(walk.part, "statuses");
        for (size_t before = 0; statuses && before < walk.entries; before++)
            history->at[before].status = workflow_status_since(statuses, history->at[before].status);
    }
}

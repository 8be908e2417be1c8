#include "rehearse/ways.h"

/* Members of an action that name a status: where it leads, and where an answer of another server does. */
static const char *const keys[] = {"status",        "action_on_app_error", "action_on_4xx",
                                   "action_on_5xx", "action_on_bad_data",  "action_on_network_errors"};

static int index_of(const struct workflow *workflow, str id)
{
    for (size_t i = 0; i < workflow_status_count(workflow); i++)
        if (id.len > 0 && str_eq(workflow_status_at(workflow, i)->id, id))
            return (int)i;
    return -1;
}

str way_condition(const json_t *action, bool *is_foreign)
{
    const json_t *condition = json_object_get(action, "condition");
    if (is_foreign != NULL)
        *is_foreign = json_is_object(condition);
    return str_trim(json_is_object(condition) ? json_str(condition, "value") : json_str_of(condition));
}

bool jump_is_immediate(const struct workflow *workflow, const json_t *action)
{
    str mode = json_str(action, "mode");
    bool waits = str_eq(mode, STR("timeout")) || str_eq(mode, STR("trigger")) ||
                 (!str_eq(mode, STR("immediate")) &&
                  (json_object_get(action, "timeout") != NULL || json_str(action, "trigger").len > 0));
    return str_eq(json_str(action, "type"), STR("jump")) && !waits &&
           index_of(workflow, json_str(action, "status")) >= 0;
}

bool jump_is_certain(const struct workflow *workflow, const json_t *action)
{
    return jump_is_immediate(workflow, action) && way_condition(action, NULL).len == 0;
}

bool action_waits_for_server(const json_t *action)
{
    static const char *const types[] = {"webservice_call", "geolocate"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(json_str(action, "type"), str_of(types[i])))
            return true;
    return false;
}

static enum way_taken taken_by(const struct workflow *workflow, const json_t *action, const char *key)
{
    if (!str_eq(str_of(key), STR("status")) || jump_is_immediate(workflow, action))
        return WAY_RUN;
    return str_eq(json_str(action, "type"), STR("jump")) ? WAY_WAITED : WAY_PRESSED;
}

static void add_actions(struct arena *arena, const struct workflow *workflow, struct way way, struct ways *out)
{
    const json_t *actions = json_list(way.place, "actions");
    for (way.index = 0; way.index < json_array_size(actions); way.index++) {
        way.action = json_array_get(actions, way.index);
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            way.key = keys[k];
            way.to = index_of(workflow, json_str(way.action, keys[k]));
            way.taken = taken_by(workflow, way.action, keys[k]);
            if (way.to >= 0)
                *vec_push(arena, out) = way;
        }
    }
}

void ways_of(struct arena *arena, const struct workflow *workflow, struct ways *out)
{
    const json_t *document = workflow_document(workflow);
    const json_t *statuses = json_list(document, "statuses"), *globals = json_list(document, "global_actions");
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const json_t *status = json_array_get(statuses, i);
        struct way way = {.from = index_of(workflow, json_str(status, "id")), .place = status};
        add_actions(arena, workflow, way, out);
        way.to = index_of(workflow, json_str(status, "after_loop_status"));
        way.key = "after_loop_status";
        if (way.to >= 0 && json_str(status, "loop_items_template").len > 0)
            *vec_push(arena, out) = way;
    }
    for (size_t i = 0; i < json_array_size(globals); i++)
        add_actions(arena, workflow, (struct way){.from = WAY_FROM_ANYWHERE, .place = json_array_get(globals, i)}, out);
}

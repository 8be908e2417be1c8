/* A status that removes the dossier as it arrives leaves nothing to read it from: what was pressed or waited for says
 * that it was reached. */
#include "rehearse/treat.h"

static const json_t *with_id(const json_t *list, str id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_str(json_array_get(list, i), "id"), id))
            return json_array_get(list, i);
    return NULL;
}

static bool removes(const json_t *status)
{
    const json_t *actions = json_list(status, "actions");
    for (size_t i = 0; i < json_array_size(actions); i++)
        if (str_eq(json_str(json_array_get(actions, i), "type"), STR("remove")))
            return true;
    return false;
}

/* « choix:3 », « timer:2:3 »: the action's id stands last. */
void note_gone(struct following *following, const struct spot *from, const struct edge *edge)
{
    const json_t *statuses = json_list(workflow_document(following->run->workflow), "statuses");
    str kind, id, rest;
    str_cut(edge->value, ':', &kind, &id);
    if (str_eq(kind, STR("timer")))
        str_cut(id, ':', &rest, &id);
    const json_t *left = with_id(statuses, from->status->id), *action = with_id(json_list(left, "actions"), id);
    str target = json_str(action, "status");
    bool is_button = str_eq(kind, STR("choix")) || str_eq(kind, STR("timer"));
    if (is_button && removes(with_id(statuses, target)))
        map_set(&following->walk->reached, str_dup(following->run->arena, target), following->walk);
}

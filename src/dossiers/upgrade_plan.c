/* Which requests follow an older version of a circuit, and where each status of theirs goes on in the one in service.
 */
#include "dossiers/tables.h"

static const char select_groups[] =
    "SELECT form, workflow_version, status, MAX(status_name), COUNT(*) FROM dossier WHERE " UPGRADE_OLD
    " GROUP BY form, workflow_version, status ORDER BY form, workflow_version, status";

struct planning {
    struct arena *arena;
    struct upgrade_plan *plan;
};

static bool read_groups(struct tx *tx, void *arg, struct err *err)
{
    const struct planning *planning = arg;
    struct upgrade_plan *plan = planning->plan;
    plan->groups.len = 0;
    struct rows rows = tx_query(tx, select_groups, P_TEXT("workflow", workflow_slug(plan->workflow)),
                                P_INT("version", workflow_version(plan->workflow)));
    while (rows_next(&rows))
        *vec_push(planning->arena, &plan->groups) =
            (struct upgrade_group){.form = rows_copy(&rows, planning->arena, 0),
                                   .version = rows_int(&rows, 1),
                                   .status = rows_copy(&rows, planning->arena, 2),
                                   .status_name = rows_copy(&rows, planning->arena, 3),
                                   .count = rows_int(&rows, 4)};
    return rows_end(&rows, err);
}

static void decide(const struct workflow *workflow, const json_t *chosen, struct upgrade_group *group)
{
    str id = json_str_of(json_get(chosen, group->status));
    group->is_removed = str_eq(id, UPGRADE_REMOVE);
    group->target = workflow_status_find(workflow, id.len ? id : group->status);
    if (id.len || group->target)
        return;
    struct remapped remapped = workflow_remapped(workflow, group->status);
    group->target = remapped.status;
    group->asks_removal = remapped.kind == REMAPPED_REMOVED;
}

static bool check_chosen(const struct workflow *workflow, const json_t *chosen, struct err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)chosen, key, value)
    {
        str id = json_str_of(value);
        if (!workflow_status_find(workflow, id) && !str_eq(id, UPGRADE_REMOVE))
            return err_set(err, ERR_INVALID, "« %.*s » n’est pas un statut du circuit en service.", STR_ARG(id));
    }
    return true;
}

bool upgrade_make_plan(const struct dossier_place *place, str workflow, const json_t *chosen, struct upgrade_plan *out,
                       struct err *err)
{
    const struct dossier_definitions *definitions = place->definitions;
    *out = (struct upgrade_plan){.workflow = definitions->workflow(definitions->data, workflow, 0),
                                 .statuses = json_keep(place->arena, json_object())};
    if (!out->workflow)
        return err_set(err, ERR_NOT_FOUND, "Il n’y a pas de circuit « %.*s » en service.", STR_ARG(workflow));
    struct planning planning = {place->arena, out};
    if (!check_chosen(out->workflow, chosen, err) || !store_read(place->store, read_groups, &planning, err))
        return false;
    for (size_t i = 0; i < out->groups.len; i++) {
        struct upgrade_group *group = &out->groups.at[i];
        decide(out->workflow, chosen, group);
        out->count += group->count;
        out->removed += group->is_removed ? group->count : 0;
        if (group->is_removed)
            json_set_str(out->statuses, group->status, UPGRADE_REMOVE);
        else if (!group->target)
            out->lacking += group->count;
        else if (!str_eq(group->target->id, group->status))
            json_set_str(out->statuses, group->status, group->target->id);
    }
    return true;
}

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

/* w.c.s.: {status, action: « reassign-ID » or « remove »}. Nothing is removed by a definition: that is to be chosen. */
static str remapped(const struct workflow *workflow, str status)
{
    const json_t *list = json_list(workflow_document(workflow), "status_remapping");
    str to = STR_EMPTY;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        str action = json_str(one, "action"), reassign = STR("reassign-");
        if (str_eq(json_str(one, "status"), status) && str_starts(action, reassign))
            to = str_slice(action, reassign.len, action.len);
    }
    return to;
}

static const struct workflow_status *target_of(const struct workflow *workflow, const json_t *chosen, str status)
{
    str id = json_str_of(json_get(chosen, status));
    if (id.len)
        return workflow_status_find(workflow, id);
    const struct workflow_status *same = workflow_status_find(workflow, status);
    return same ? same : workflow_status_find(workflow, remapped(workflow, status));
}

static bool check_chosen(const struct workflow *workflow, const json_t *chosen, struct err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)chosen, key, value)
    {
        str id = json_str_of(value);
        if (!workflow_status_find(workflow, id))
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
        group->target = target_of(out->workflow, chosen, group->status);
        out->count += group->count;
        if (!group->target)
            out->lacking += group->count;
        else if (!str_eq(group->target->id, group->status))
            json_set_str(out->statuses, group->status, group->target->id);
    }
    return true;
}

/* Which requests follow an older version of a circuit, or another circuit than their form has now, and where each
 * status of theirs goes on in the one in service. */
#include "dossiers/tables.h"

static const char select_groups[] =
    "SELECT form, workflow, workflow_version, status, MAX(status_name), COUNT(*) FROM dossier WHERE " UPGRADE_OLD
    " GROUP BY form, workflow, workflow_version, status ORDER BY form, workflow, workflow_version, status";

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
                                   .workflow = rows_copy(&rows, planning->arena, 1),
                                   .version = rows_int(&rows, 2),
                                   .status = rows_copy(&rows, planning->arena, 3),
                                   .status_name = rows_copy(&rows, planning->arena, 4),
                                   .count = rows_int(&rows, 5)};
    return rows_end(&rows, err);
}

static void decide(const struct dossier_place *place, const struct upgrade_plan *plan, struct upgrade_group *group)
{
    const struct dossier_definitions *definitions = place->definitions;
    const struct form *form = definitions->form(definitions->data, group->form, 0);
    const struct workflow *before = definitions->workflow(definitions->data, group->workflow, group->version);
    struct upgrade_target target =
        upgrade_target_of(place->arena, form, before, plan->workflow, plan->chosen, group->status);
    group->workflow_name = before ? workflow_name(before) : group->workflow;
    group->key = upgrade_choice_key(place->arena, before, plan->workflow, group->status);
    group->target = target.status;
    group->is_removed = target.is_removed;
    group->asks_removal = target.asks_removal;
    group->is_asked = target.is_asked;
}

/* Those of forms that have this circuit. */
static void keep_concerned(const struct dossier_place *place, struct upgrade_plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->groups.len; i++)
        if (upgrade_concerns(place, plan->workflow, plan->groups.at[i].form, plan->groups.at[i].workflow))
            plan->groups.at[kept++] = plan->groups.at[i];
    plan->groups.len = kept;
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
                                 .chosen = chosen ? chosen : json_keep(place->arena, json_object())};
    if (!out->workflow)
        return err_set(err, ERR_NOT_FOUND, "Il n’y a pas de circuit « %.*s » en service.", STR_ARG(workflow));
    struct planning planning = {place->arena, out};
    if (!check_chosen(out->workflow, chosen, err) || !store_read(place->store, read_groups, &planning, err))
        return false;
    keep_concerned(place, out);
    for (size_t i = 0; i < out->groups.len; i++) {
        struct upgrade_group *group = &out->groups.at[i];
        decide(place, out, group);
        out->count += group->count;
        out->removed += group->is_removed ? group->count : 0;
        out->lacking += group->is_removed || group->target ? 0 : group->count;
    }
    return true;
}

/* Where a status goes on: in the next version of its circuit, or in another circuit that the form has meanwhile. */
#include "dossiers/tables.h"

static bool is_other(const struct workflow *before, const struct workflow *workflow)
{
    return before && !str_eq(workflow_slug(before), workflow_slug(workflow));
}

str upgrade_choice_key(struct arena *arena, const struct workflow *before, const struct workflow *workflow, str status)
{
    if (!is_other(before, workflow))
        return status;
    return str_fmt(arena, "%.*s/%.*s", STR_ARG(workflow_slug(before)), STR_ARG(status));
}

static str mapped(const json_t *migration, str status)
{
    const json_t *list = json_list(migration, "statuses");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_str(json_array_get(list, i), "old"), status))
            return json_str(json_array_get(list, i), "new");
    return STR_EMPTY;
}

/* As the form's migrations say, from circuit to circuit, in their order; empty: they do not. */
static str migrated(const struct form *form, str from, str to, str status)
{
    for (size_t i = 0; form && i < json_array_size(form->migrations) && status.len; i++) {
        const json_t *one = json_array_get(form->migrations, i);
        if (!str_eq(json_str(one, "old_workflow"), from))
            continue;
        from = json_str(one, "new_workflow");
        status = mapped(one, status);
    }
    return str_eq(from, to) ? status : STR_EMPTY;
}

static struct upgrade_target target_by_id(const struct workflow *workflow, str id)
{
    struct upgrade_target target = {.status = workflow_status_find(workflow, id)};
    if (target.status)
        return target;
    struct remapped remapped = workflow_remapped(workflow, id);
    return (struct upgrade_target){.status = remapped.status, .asks_removal = remapped.kind == REMAPPED_REMOVED};
}

/* Ids of two circuits mean nothing to each other: names do. Two of one name say nothing. */
static const struct workflow_status *find_by_name(const struct workflow *workflow, str name)
{
    const struct workflow_status *found = NULL;
    for (size_t i = 0; i < workflow_status_count(workflow); i++) {
        const struct workflow_status *status = workflow_status_at(workflow, i);
        if (!str_eq(status->name, name))
            continue;
        if (found)
            return NULL;
        found = status;
    }
    return found;
}

static struct upgrade_target target_in_other(const struct form *form, const struct workflow *before,
                                             const struct workflow *workflow, str status)
{
    const struct workflow_status *old = workflow_status_find(before, status);
    str id = migrated(form, workflow_slug(before), workflow_slug(workflow), status);
    struct upgrade_target target = {0};
    if (id.len)
        target = target_by_id(workflow, id);
    if (!target.status && !target.asks_removal && old)
        target.status = find_by_name(workflow, old->name);
    return target;
}

struct upgrade_target upgrade_target_of(struct arena *arena, const struct form *form, const struct workflow *before,
                                        const struct workflow *workflow, const json_t *chosen, str status)
{
    str id = json_str_of(json_get(chosen, upgrade_choice_key(arena, before, workflow, status)));
    struct upgrade_target target =
        is_other(before, workflow) ? target_in_other(form, before, workflow, status) : target_by_id(workflow, status);
    target.is_asked = is_other(before, workflow) ? !target.status : !workflow_status_find(workflow, status);
    if (!id.len)
        return target;
    return (struct upgrade_target){.status = workflow_status_find(workflow, id),
                                   .is_removed = str_eq(id, UPGRADE_REMOVE),
                                   .is_asked = target.is_asked};
}

bool upgrade_concerns(const struct dossier_place *place, const struct workflow *workflow, str form, str followed)
{
    const struct dossier_definitions *definitions = place->definitions;
    if (str_eq(followed, workflow_slug(workflow)))
        return true;
    const struct form *now = definitions->form(definitions->data, form, 0);
    const struct workflow *of_form = now ? definitions->workflow_of(definitions->data, now) : NULL;
    return of_form && str_eq(workflow_slug(of_form), workflow_slug(workflow));
}

/* What became of statuses that were deleted: w.c.s. notes it with the circuit, {status, action: « reassign-ID », «
 * remove » or « nothing », at}, and where the circuit is installed elsewhere carries the list out in its order, so that
 * one may lead on to another. « nothing » says that there was nothing to move where it was deleted. */
#include "workflow/model.h"

static const str reassign = STR_INIT("reassign-");

static const json_t *remapping_of(const struct workflow *workflow)
{
    return json_list(workflow->document, "status_remapping");
}

struct remapped workflow_remapped(const struct workflow *workflow, str status)
{
    const json_t *list = remapping_of(workflow);
    str at = status;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        str action = json_str(one, "action");
        if (!str_eq(json_str(one, "status"), at))
            continue;
        if (str_eq(action, STR("remove")))
            return (struct remapped){.kind = REMAPPED_REMOVED};
        if (str_starts(action, reassign))
            at = str_slice(action, reassign.len, action.len);
    }
    const struct workflow_status *to = str_eq(at, status) ? NULL : workflow_status_find(workflow, at);
    return (struct remapped){to ? REMAPPED_TO : REMAPPED_NOWHERE, to};
}

void compiler_remapping(struct compiler *compiler)
{
    const struct workflow *workflow = compiler->workflow;
    const json_t *list = remapping_of(workflow);
    compiler->where = STR("statuts supprimés");
    for (size_t i = 0; i < json_array_size(list); i++) {
        str status = json_str(json_array_get(list, i), "status");
        bool leads_on = str_starts(json_str(json_array_get(list, i), "action"), reassign);
        if (leads_on && !workflow_status_find(workflow, status) &&
            workflow_remapped(workflow, status).kind == REMAPPED_NOWHERE)
            compiler_report(compiler, true, "Le statut où continuent les demandes en « %.*s » n’existe pas.",
                            STR_ARG(status));
    }
}

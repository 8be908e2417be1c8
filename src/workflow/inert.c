/* What a workflow may ask that does not run yet: each is kept, and told by the report. */
#include "workflow/model.h"

#include "definition/definition.h"

static const struct definition_inert of_workflows[] = {
    {NULL, "status_remapping", NULL, "wf:status-remapping",
     "Les demandes en cours ne passent pas encore d’un statut supprimé à un autre."},
};

static const struct definition_inert of_actions[] = {
    {"create_formdata", "draft_edit_operation_mode", "single", "create_formdata:draft_edit_operation_mode",
     "Le brouillon se remplit encore depuis sa première page, pas sur une page seule."},
    {"create_formdata", "draft_edit_operation_mode", "partial", "create_formdata:draft_edit_operation_mode",
     "Le brouillon se remplit encore depuis sa première page, pas depuis celle qui est nommée."},
    {"export_to_model", "push_to_portfolio", NULL, "export_to_model:portfolio",
     "Le document n’est pas encore déposé dans le porte-documents de la personne."},
};

static void report_all(struct compiler *compiler, const json_t *json, const struct definition_inert *table,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!definition_asks(json, &table[i]))
            continue;
        compiler_report(compiler, false, "%s", table[i].message);
        compiler_construct(compiler, str_of(table[i].construct));
    }
}

void compiler_inert_workflow(struct compiler *compiler, const json_t *json)
{
    report_all(compiler, json, of_workflows, sizeof of_workflows / sizeof *of_workflows);
}

void compiler_inert_action(struct compiler *compiler, const json_t *json)
{
    report_all(compiler, json, of_actions, sizeof of_actions / sizeof *of_actions);
}

/* What an action may ask that does not run yet: each is kept, and told by the report. */
#include "workflow/model.h"

#include "definition/definition.h"

static const struct definition_inert of_actions[] = {
    {"export_to_model", "push_to_portfolio", NULL, "export_to_model:portfolio",
     "Le document n’est pas encore déposé dans le porte-documents de la personne."},
};

void compiler_inert_action(struct compiler *compiler, const json_t *json)
{
    for (size_t i = 0; i < sizeof of_actions / sizeof *of_actions; i++) {
        if (!definition_asks(json, &of_actions[i]))
            continue;
        compiler_report(compiler, false, "%s", of_actions[i].message);
        compiler_construct(compiler, str_of(of_actions[i].construct));
    }
}

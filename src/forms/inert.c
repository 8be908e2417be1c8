/* What a form or a field may ask that does not run yet: each is kept, and told by the report. */
#include "forms/field.h"

#include "definition/definition.h"

static const struct definition_inert of_forms[] = {
    {NULL, "lateral_template", NULL, "form:lateral_template", "le texte latéral n’est pas encore montré"},
    {NULL, "submission_lateral_template", NULL, "form:submission_lateral_template",
     "le texte latéral de la saisie n’est pas encore montré"},
};

/* What only requests of residents would do: cards have no residents. */
static const struct definition_inert of_requests[] = {
    {NULL, "has_captcha", NULL, "form:has_captcha", "le test contre les robots n’est pas encore posé"},
    {NULL, "tracking_code_verify_fields", NULL, "form:tracking_code_verify_fields",
     "aucune réponse n’est encore demandée avec le code de suivi"},
};

static const struct definition_inert of_fields[] = {
    {"block", "total_row", NULL, "tablerows:total_row", "le total des colonnes n’est pas montré"},
    {"file", "allow_portfolio_picking", NULL, "file:portfolio", "le porte-documents n’est pas encore proposé"},
    {"item", "display_mode", "autocomplete", "item:display_mode=autocomplete", "les choix sont montrés en liste"},
    {"items", "display_mode", "autocomplete", "items:display_mode=autocomplete", "les choix sont des cases à cocher"},
};

static void report_all(struct compiling *compiling, const json_t *json, const struct definition_inert *table,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (definition_asks(json, &table[i]))
            compiling_report(compiling, str_of(table[i].construct), table[i].message, false);
}

void compiling_inert_form(struct compiling *compiling, const json_t *json, bool is_card)
{
    report_all(compiling, json, of_forms, sizeof of_forms / sizeof *of_forms);
    if (!is_card)
        report_all(compiling, json, of_requests, sizeof of_requests / sizeof *of_requests);
}

void compiling_inert_field(struct compiling *compiling, const json_t *json)
{
    report_all(compiling, json, of_fields, sizeof of_fields / sizeof *of_fields);
}

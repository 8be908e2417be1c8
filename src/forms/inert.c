/* What a field may ask that does not run yet: each is kept, and told by the report. */
#include "forms/field.h"

#include "definition/definition.h"

static const struct definition_inert of_fields[] = {
    {"file", "allow_portfolio_picking", NULL, "file:portfolio", "le porte-documents n’est pas encore proposé"},
};

static void report_all(struct compiling *compiling, const json_t *json, const struct definition_inert *table,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (definition_asks(json, &table[i]))
            compiling_report(compiling, str_of(table[i].construct), table[i].message, false);
}

void compiling_inert_field(struct compiling *compiling, const json_t *json)
{
    report_all(compiling, json, of_fields, sizeof of_fields / sizeof *of_fields);
}

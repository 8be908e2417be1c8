/* The table of field types: what the compiler, the importer's report and the check read. */
#include "forms/field.h"

static const struct field_type *const types[] = {
    &field_address, &field_block,  &field_bool,     &field_comment, &field_computed, &field_date,
    &field_email,   &field_file,   &field_item,     &field_items,   &field_map,      &field_numeric,
    &field_page,    &field_string, &field_subtitle, &field_text,    &field_title,    NULL,
};

const struct field_type *field_type_find(str name)
{
    for (const struct field_type *const *type = types; *type != NULL; type++)
        if (str_eq(name, str_of((*type)->name)))
            return *type;
    return NULL;
}

bool field_type_runs(str type)
{
    return field_type_find(type) != NULL;
}

const char *const *field_types(void)
{
    static const char *const names[] = {"address", "block",  "bool",     "comment", "computed", "date",
                                        "email",   "file",   "item",     "items",   "map",      "numeric",
                                        "page",    "string", "subtitle", "text",    "title",    NULL};
    return names;
}

/* The table of field types: what the compiler, the importer's report and the check read. */
#include "forms/field.h"

static const struct field_type *const types[] = {
    &field_address, &field_block,  &field_bool,     &field_comment, &field_computed,   &field_date,  &field_email,
    &field_file,    &field_item,   &field_items,    &field_map,     &field_numeric,    &field_page,  &field_password,
    &field_ranked,  &field_string, &field_subtitle, &field_text,    &field_time_range, &field_title,
};
enum { TYPE_COUNT = sizeof types / sizeof *types };

const struct field_type *field_type_find(str name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq(name, str_of(types[i]->name)))
            return types[i];
    return NULL;
}

bool field_type_runs(str type)
{
    return field_type_find(type) != NULL;
}

const char *field_type_name(size_t index)
{
    return index < TYPE_COUNT ? types[index]->name : NULL;
}

bool field_is_secret(const struct field *field)
{
    return field->type != NULL && field->type->is_secret;
}

/* A block's rows from what a template gave. */
#include "forms/rows.h"

/* Fields by their names; a name that the block does not have is passed over, as in w.c.s. */
static void set_row(const struct field *field, const struct form_context *context, struct value given, json_t *answers,
                    size_t index)
{
    struct row row = row_of(field, context, answers, index, str_fmt(context->arena, "%zu", index));
    for (size_t i = 0; i < row.fields.len; i++) {
        const struct field *own = &row.fields.at[i];
        if (own->varname.len == 0)
            continue;
        struct value value = value_get(context->arena, given, own->varname);
        if (value.kind != VALUE_UNDEFINED)
            field_set(own, &row.context, value, row.answers);
    }
}

static void append(const struct field *field, const struct form_context *context, struct value given, json_t *rows)
{
    if (json_array_size(rows) >= ROWS_MOST)
        return;
    json_t *row = json_object();
    json_array_append_new(rows, row);
    set_row(field, context, given, row, json_array_size(rows) - 1);
}

static void set_block_value(const struct field *field, const struct form_context *context,
                            const struct block_value *given, json_t *rows)
{
    size_t count = json_array_size(rows);
    if (given->merges && count > 0) {
        size_t index = given->merges_last ? count - 1 : (size_t)given->merge_index;
        bool is_there = given->merges_last || (given->merge_index >= 0 && index < count);
        if (is_there && given->rows->len > 0)
            set_row(field, context, given->rows->at[0], json_array_get(rows, index), index);
        return;
    }
    if (!given->appends)
        json_array_clear(rows);
    for (size_t i = 0; i < given->rows->len; i++)
        append(field, context, given->rows->at[i], rows);
}

/* Rows of the same block are taken as they are, of any other by the names of its fields. */
static bool set_rows(const struct field *field, const struct form_context *context, struct value value, json_t *rows)
{
    const struct field *from;
    const json_t *stored = rows_behind(value, &from);
    const struct value_list *items;
    if (stored != NULL && field_block_of(from) == field_block_of(field)) {
        json_t *copy = json_deep_copy(stored);
        json_array_clear(rows);
        json_array_extend(rows, copy);
        json_decref(copy);
        return true;
    }
    struct value plain = value.kind == VALUE_OBJECT && stored != NULL ? value : value_plain(context->arena, value);
    if ((plain.kind != VALUE_LIST && plain.kind != VALUE_OBJECT) || !value_items(context->arena, plain, &items))
        return false;
    json_array_clear(rows);
    for (size_t i = 0; i < items->len; i++)
        if (items->at[i].kind == VALUE_DICT || items->at[i].kind == VALUE_OBJECT)
            append(field, context, items->at[i], rows);
    return true;
}

void rows_set(const struct field *field, const struct form_context *context, struct value value, json_t *answers)
{
    const struct block_value *given = block_value_of(value);
    const json_t *before = answer_of(field, answers);
    json_t *rows = json_is_array(before) ? json_deep_copy(before) : json_array();
    bool is_set = false;
    if (given != NULL)
        set_block_value(field, context, given, rows);
    else
        is_set = set_rows(field, context, value, rows);
    if (given == NULL && !is_set) {
        field_tell_unfit(field, context, value);
        json_array_clear(rows);
    }
    field_remove(field, answers);
    if (json_array_size(rows) == 0) {
        json_decref(rows);
        return;
    }
    answer_set(field, answers, rows);
    rows_complete(field, context, answers);
}

/* ---- One field of all the rows ---- */

static bool set_in_rows(const struct field *field, const struct form_context *context, str id, struct value value,
                        json_t *answers)
{
    const struct block *block = field_block_of(field);
    const json_t *before = answer_of(field, answers);
    if (block == NULL || field_by_id(&block->fields, id) == NULL)
        return false;
    json_t *rows = json_is_array(before) ? json_deep_copy(before) : json_array();
    if (json_array_size(rows) == 0)
        json_array_append_new(rows, json_object());
    for (size_t i = 0; i < json_array_size(rows); i++) {
        struct row row = row_of(field, context, json_array_get(rows, i), i, str_fmt(context->arena, "%zu", i));
        field_set(field_by_id(&row.fields, id), &row.context, value, row.answers);
    }
    answer_set(field, answers, rows);
    rows_complete(field, context, answers);
    return true;
}

bool fields_set(const struct field_list *fields, const struct form_context *context, str id, struct value value,
                json_t *answers)
{
    str own, within;
    bool is_within = str_cut(id, '$', &own, &within);
    const struct field *field = field_by_id(fields, own);
    if (field == NULL || field->type == NULL)
        return false;
    if (is_within)
        return set_in_rows(field, context, within, value, answers);
    field_set(field, context, value, answers);
    return true;
}

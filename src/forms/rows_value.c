/* What templates see of a block: its rows by number, in loops, by the filters of lists; in a text, its line. A row that
 * holds nothing is not seen. */
#include "forms/rows.h"

struct block_rows {
    const struct field *field;
    const struct answers_view *view;
    struct VEC_OF(struct value) at;
};

static struct value row_value(const struct block *block, const struct answers_view *outer, struct arena *arena,
                              const json_t *answers)
{
    struct answers_view *view = arena_new_of(arena, struct answers_view);
    const struct field_list **lists = arena_array_of(arena, const struct field_list *, 1);
    lists[0] = &block->fields;
    *view = (struct answers_view){lists, 1, answers, outer->file_url, outer->cards};
    return answers_value(view);
}

static str line_of(const struct block_rows *rows)
{
    return json_str_of(answer_beside(rows->field, rows->view->answers, "_display"));
}

/* w.c.s.: what has rows is true, whatever they say in a line. */
static struct value rows_plain(const struct value_object *object, struct arena *arena)
{
    const struct block_rows *rows = object->self;
    (void)arena;
    str line = line_of(rows);
    return value_text(rows->at.len > 0 && line.len == 0 ? STR("---") : line);
}

static size_t rows_length(const struct value_object *object, struct arena *arena)
{
    (void)arena;
    return ((const struct block_rows *)object->self)->at.len;
}

static bool rows_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    const struct block_rows *rows = object->self;
    (void)arena;
    if (index >= rows->at.len)
        return false;
    *out = rows->at.at[index];
    return true;
}

static bool rows_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct block_rows *rows = object->self;
    if (str_eq(key, STR("raw")))
        *out = (struct value){.kind = VALUE_OBJECT, .object = *object};
    else if (str_eq(key, STR("display")))
        *out = value_text(line_of(rows));
    else
        return str_eq(key, STR("var")) && rows_item(object, arena, 0, out); /* Publik: of a block that has one row */
    return true;
}

/* ---- Filters ---- */

/* w.c.s.: the data of a field as they are, ids of choices and not their texts. */
static struct value cell(struct arena *arena, struct value row, str key)
{
    struct value found = value_lookup(arena, row, key);
    if (found.kind != VALUE_OBJECT)
        return found.kind == VALUE_UNDEFINED ? VALUE_OF_NONE : found;
    struct value raw = value_get(arena, found, STR("raw"));
    return raw.kind == VALUE_UNDEFINED ? value_plain(arena, found) : raw;
}

static struct value column(const struct block_rows *rows, struct arena *arena, str key)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < rows->at.len; i++)
        value_list_add(arena, list, cell(arena, rows->at.at[i], key));
    return value_list(list);
}

/* « a, b:new »: those fields of each row, under their new names. */
static struct value columns(const struct block_rows *rows, struct arena *arena, str keys)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < rows->at.len; i++) {
        struct value_dict *dict = value_dict_new(arena);
        for (str part, rest = keys; str_next(&rest, ',', &part);) {
            str key, name;
            bool is_renamed = str_cut(str_trim(part), ':', &key, &name);
            key = str_trim(key);
            if (key.len > 0)
                value_dict_set(arena, dict, is_renamed ? str_trim(name) : key, cell(arena, rows->at.at[i], key));
        }
        value_list_add(arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* Of old tables, counted from 1: a column is a field of each row. */
static bool table_part(const struct block_rows *rows, struct arena *arena, bool is_column, struct value arg,
                       struct value *out)
{
    const struct block *block = field_block_of(rows->field);
    struct decimal number;
    size_t most = is_column ? block->fields.len : rows->at.len;
    if (!value_to_decimal(arena, arg, &number))
        return false;
    double at = decimal_to_double(number);
    struct value_list *list = value_list_new(arena);
    *out = value_list(list);
    if (at < 1 || at > (double)most)
        return at >= 1;
    size_t index = (size_t)at - 1;
    if (is_column)
        *out = column(rows, arena, block->fields.at[index].varname);
    for (size_t i = 0; !is_column && i < block->fields.len; i++)
        value_list_add(arena, list, cell(arena, rows->at.at[index], block->fields.at[i].varname));
    return true;
}

static bool rows_filter(const struct value_object *object, struct arena *arena, str name, struct value arg,
                        struct value *out)
{
    const struct block_rows *rows = object->self;
    if (str_eq(name, STR("getlist")))
        *out = column(rows, arena, value_to_text(arena, value_plain(arena, arg), STR("fr")));
    else if (str_eq(name, STR("getlistdict")))
        *out = columns(rows, arena, value_to_text(arena, value_plain(arena, arg), STR("fr")));
    else
        return (str_eq(name, STR("get_table_column")) || str_eq(name, STR("get_table_row"))) &&
               table_part(rows, arena, str_eq(name, STR("get_table_column")), arg, out);
    return true;
}

static const struct value_object_type rows_type = {
    .name = "rows",
    .get = rows_get,
    .plain = rows_plain,
    .length = rows_length,
    .item = rows_item,
    .filter = rows_filter,
};

struct value rows_value(const struct field *field, const struct answers_view *view, struct arena *arena)
{
    struct block_rows *rows = arena_new_of(arena, struct block_rows);
    const json_t *row;
    size_t i;
    *rows = (struct block_rows){.field = field, .view = view};
    json_array_foreach(answer_of(field, view->answers), i, row)
    {
        if (row_counts(field, row))
            *vec_push(arena, &rows->at) = row_value(field_block_of(field), view, arena, row);
    }
    return value_object(&rows_type, rows);
}

const json_t *rows_behind(struct value value, const struct field **field)
{
    if (value.kind != VALUE_OBJECT || value.object.type != &rows_type)
        return NULL;
    const struct block_rows *rows = value.object.self;
    *field = rows->field;
    return answer_of(rows->field, rows->view->answers);
}

/* Rows of a block: how many there may be, what they are called, the names that they read, and how they read in a line.
 */
#include "forms/rows.h"

/* ---- How many ---- */

static size_t number_of(const struct template *template, const struct form_context *context, size_t usual)
{
    if (template == NULL)
        return usual;
    struct render render = context_render(context);
    struct decimal number;
    if (!value_to_decimal(context->arena, value_text(template_text(template, &render)), &number))
        return usual;
    double whole = decimal_to_double(number);
    return whole <= 0 ? 0 : whole >= ROWS_MOST ? ROWS_MOST : (size_t)whole;
}

struct rows_bounds rows_bounds(const struct field *field, const struct form_context *context)
{
    const struct block_params *params = field->params;
    struct rows_bounds bounds = {.most = number_of(params->most, context, 1),
                                 .least = number_of(params->least, context, 0),
                                 .shown = number_of(params->shown, context, 1)};
    if (bounds.most == 0)
        bounds.most = 1;
    if (bounds.shown > bounds.most)
        bounds.shown = bounds.most;
    return bounds;
}

size_t rows_most_known(const struct field *field, const struct form_context *context)
{
    const struct block_params *params = field->params;
    return number_of(params->most, context, params->most == NULL ? 1 : 0);
}

/* ---- One row ---- */

struct row_scope {
    struct value outer, var;
    str own_name; /* Publik, before block_var: SLUG_var */
    size_t index;
};

static struct value counter(struct arena *arena, size_t index)
{
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("index"), value_int((int64_t)index + 1));
    value_dict_set(arena, dict, STR("index0"), value_int((int64_t)index));
    return value_dict(dict);
}

static bool row_scope_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct row_scope *scope = object->self;
    if (str_eq(key, STR("block_var")) || str_eq(key, scope->own_name))
        *out = scope->var;
    else if (str_eq(key, STR("block_counter")))
        *out = counter(arena, scope->index);
    else
        *out = value_get(arena, scope->outer, key);
    return out->kind != VALUE_UNDEFINED;
}

static const struct value_object_type row_scope_type = {.name = "noms d’une ligne", .get = row_scope_get};

static struct value row_names(const struct block *block, const struct form_context *context, const json_t *answers,
                              size_t index)
{
    struct arena *arena = context->arena;
    struct answers_view *view = arena_new_of(arena, struct answers_view);
    const struct field_list **lists = arena_array_of(arena, const struct field_list *, 1);
    lists[0] = &block->fields;
    *view = (struct answers_view){lists, 1, answers, context->file_url};
    struct row_scope *scope = arena_new_of(arena, struct row_scope);
    *scope = (struct row_scope){.outer = context->scope, .var = answers_value(view), .index = index};
    if (block->slug.len > 0)
        scope->own_name = str_fmt(arena, "%.*s_var", STR_ARG(str_replace(arena, block->slug, STR("-"), STR("_"))));
    return value_object(&row_scope_type, scope);
}

struct row row_of(const struct field *field, const struct form_context *context, json_t *answers, size_t index, str key)
{
    const struct block *block = field_block_of(field);
    struct arena *arena = context->arena;
    struct field *fields = arena_array_of(arena, struct field, block->fields.len);
    for (size_t i = 0; i < block->fields.len; i++) {
        fields[i] = block->fields.at[i];
        fields[i].control =
            str_fmt(arena, "%.*s-%.*s-%.*s", STR_ARG(field->control), STR_ARG(key), STR_ARG(fields[i].id));
        fields[i].marker = str_fmt(arena, "%.*s-vu", STR_ARG(fields[i].control));
    }
    if (!json_is_object(answers))
        answers = json_keep(arena, json_object());
    struct row row = {.answers = answers, .fields = {fields, block->fields.len}, .context = *context};
    row.context.scope = row_names(block, context, answers, index);
    return row;
}

str row_title(const struct field *field, struct arena *arena, size_t index, bool is_single)
{
    const struct block_params *params = field->params;
    str label = str_trim(field->label_text), own = json_str_of(json_array_get(params->row_labels, index));
    if (own.len > 0)
        return own;
    if (is_single)
        return label;
    if (params->noun.len > 0)
        label = str_fmt(arena, "%.*s%.*s", STR_ARG(utf8_upper(arena, utf8_slice(params->noun, 0, 1))),
                        STR_ARG(utf8_slice(params->noun, 1, params->noun.len)));
    return str_fmt(arena, "%.*s %zu", STR_ARG(label.len > 0 ? label : STR("Ligne")), index + 1);
}

bool row_is_empty(const struct block *block, const json_t *row)
{
    for (size_t i = 0; i < block->fields.len; i++) {
        const struct field *field = &block->fields.at[i];
        if (field->type != NULL && field->type->is_typed && field_is_answered(field, row))
            return false;
    }
    return true;
}

bool rows_are_fixed(const struct field *field)
{
    return json_array_size(((const struct block_params *)field->params)->row_labels) > 0;
}

bool row_counts(const struct field *field, const json_t *row)
{
    return rows_are_fixed(field) || !row_is_empty(field_block_of(field), row);
}

/* ---- In a line ---- */

static str row_line(const struct block *block, const struct form_context *context, const json_t *answers, size_t index)
{
    str digest = STR_EMPTY;
    if (block->digest != NULL) {
        struct form_context within = *context;
        within.scope = row_names(block, context, answers, index);
        struct render render = context_render(&within);
        digest = str_trim(template_text(block->digest, &render));
    }
    if (digest.len > 0)
        return digest;
    struct buf line = buf_new(context->arena, 1 << 16);
    for (size_t i = 0; i < block->fields.len; i++) {
        const struct field *field = &block->fields.at[i];
        if (field->type == NULL || !field_is_answered(field, answers))
            continue;
        if (line.len > 0)
            buf_add_char(&line, ' ');
        buf_add(&line, field_display(field, context->arena, answers));
    }
    return buf_str(&line);
}

void rows_complete(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct block *block = field_block_of(field);
    const json_t *rows = answer_of(field, answers), *row;
    struct buf lines = buf_new(context->arena, 1 << 20);
    size_t i, written = 0;
    json_array_foreach(rows, i, row)
    {
        if (row_is_empty(block, row))
            continue;
        buf_fmt(&lines, "%s%.*s", written > 0 ? ", " : "", STR_ARG(row_line(block, context, row, written)));
        written++;
    }
    answer_set_beside(field, answers, "_display", written == 0 ? NULL : json_from_str(buf_str(&lines)));
}

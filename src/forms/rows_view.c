/* What page templates are given of a block's rows. */
#include "forms/rows.h"

static void set(struct arena *arena, struct value_dict *dict, const char *key, struct value value)
{
    value_dict_set(arena, dict, str_of(key), value);
}

/* The fields of a row, each told that it stands in one. */
static struct value fields_of(const struct row *row, const struct field_errors *errors, bool hidden)
{
    struct arena *arena = row->context.arena;
    struct value views = fields_view(&row->fields, &row->context, row->answers, errors, hidden);
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < views.list->len; i++) {
        struct value_dict *dict = value_dict_copy(arena, views.list->at[i].dict);
        set(arena, dict, "in_block", value_bool(true));
        value_list_add(arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value row_view(const struct field *field, const struct form_context *context, json_t *answers,
                             size_t index, const struct field_errors *errors, bool hidden, bool is_single)
{
    struct arena *arena = context->arena;
    struct value_dict *dict = value_dict_new(arena);
    str key = str_fmt(arena, "%zu", index);
    struct row row = row_of(field, context, answers, index, key);
    set(arena, dict, "key", value_text(key));
    set(arena, dict, "name", value_text(str_fmt(arena, "%.*s-%zu", STR_ARG(field->control), index)));
    set(arena, dict, "legend", value_text(row_title(field, arena, index, is_single)));
    set(arena, dict, "fields", fields_of(&row, errors, hidden));
    return value_dict(dict);
}

void rows_view(const struct field *field, const struct form_context *context, json_t *answers,
               const struct field_errors *errors, bool hidden, struct value_dict *out)
{
    const struct block_params *params = field->params;
    struct arena *arena = context->arena;
    struct rows_bounds bounds = rows_bounds(field, context);
    const json_t *stored = answer_of(field, answers);
    size_t count = json_is_array(stored) ? json_array_size(stored) : bounds.shown;
    bool is_single = bounds.most == 1 && count <= 1;
    struct value_list *rows = value_list_new(arena);
    for (size_t i = 0; i < count; i++)
        value_list_add(arena, rows, row_view(field, context, json_array_get(stored, i), i, errors, hidden, is_single));
    set(arena, out, "rows", value_list(rows));
    set(arena, out, "is_single", value_bool(is_single));
    set(arena, out, "label_display", value_text(params->label_display));
    set(arena, out, "may_add", value_bool(count < bounds.most));
    set(arena, out, "may_remove", value_bool(count > bounds.most || (params->may_remove && count > 1)));
    set(arena, out, "add_label", value_text(params->add_label.len > 1 ? params->add_label : STR("Ajouter une ligne")));
    set(arena, out, "remove_label", value_text(params->remove_label.len > 0 ? params->remove_label : STR("Retirer")));
}

/* Rows of any of the shapes that definitions and servers write, as choices. */
#include "sources/source.h"

/* One row: a text, [id, text], or {"id", "text", …}. Numbers are taken as texts. */
static str text_of_node(struct arena *arena, const json_t *node)
{
    if (json_is_string(node))
        return json_str_of(node);
    if (json_is_integer(node))
        return str_fmt(arena, "%lld", (long long)json_integer_value(node));
    return json_is_null(node) || node == NULL ? STR_EMPTY : json_text(arena, node);
}

static const json_t *row_of(struct arena *arena, str id, str text)
{
    json_t *row = json_keep(arena, json_object());
    json_set_str(row, STR("id"), id);
    json_set_str(row, STR("text"), text);
    return row;
}

static bool choice_of(struct arena *arena, const json_t *node, struct choice *out)
{
    if (json_is_object(node)) {
        const json_t *id = json_object_get(node, "id"), *text = json_object_get(node, "text");
        if (id == NULL && text == NULL)
            return false;
        *out = (struct choice){.id = text_of_node(arena, id != NULL ? id : text),
                               .text = text_of_node(arena, text != NULL ? text : id),
                               .is_disabled = json_is_true(json_object_get(node, "disabled")),
                               .row = node};
        return true;
    }
    bool is_pair = json_is_array(node) && json_array_size(node) >= 1;
    if (!is_pair && !json_is_string(node) && !json_is_number(node))
        return false;
    const json_t *id = is_pair ? json_array_get(node, 0) : node;
    const json_t *text = is_pair && json_array_size(node) > 1 ? json_array_get(node, 1) : id;
    *out = (struct choice){.id = text_of_node(arena, id), .text = text_of_node(arena, text)};
    out->row = row_of(arena, out->id, out->text);
    return true;
}

struct choices choices_from_json(struct arena *arena, const json_t *list)
{
    struct choices choices = {0};
    size_t index;
    json_t *node;
    json_array_foreach(list, index, node)
    {
        struct choice choice;
        if (index < CHOICES_MOST && choice_of(arena, node, &choice))
            *vec_push(arena, &choices) = choice;
    }
    return choices;
}

const struct choice *choice_find(const struct choices *choices, str id)
{
    for (size_t i = 0; i < choices->len; i++)
        if (str_eq(choices->at[i].id, id))
            return &choices->at[i];
    return NULL;
}

struct value choices_value(struct arena *arena, const struct choices *choices)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < choices->len; i++)
        value_list_add(arena, list, value_from_json(arena, choices->at[i].row));
    return value_list(list);
}

/* items: several choices of a list. */
#include "forms/fields/choice.h"

static json_t *read_items(const struct field *field, const struct form_context *context, const struct posted *posted,
                          str *error)
{
    str control = field->control;
    json_t *list = json_array();
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, control) && posted->values[i].value.len > 0)
            json_array_append_new(list, json_from_str(posted->values[i].value));
    const struct choice *typed = search_read(field, context, posted, json_array_size(list) > 0, error);
    if (typed != NULL)
        json_array_append_new(list, json_from_str(typed->id));
    if (json_array_size(list) > 0)
        return list;
    json_decref(list);
    return NULL;
}

static str check_count(const struct choice_params *params, struct arena *arena, size_t count)
{
    if (params->most > 0 && count > (size_t)params->most)
        return str_fmt(arena, "Choisissez %lld réponse%s au maximum.", (long long)params->most,
                       params->most > 1 ? "s" : "");
    if (params->least > 0 && count < (size_t)params->least)
        return str_fmt(arena, "Choisissez au moins %lld réponse%s.", (long long)params->least,
                       params->least > 1 ? "s" : "");
    return STR_EMPTY;
}

/* The whole list is read once; of one that is searched, each choice by itself. */
static const struct choice *choice_in(const struct field *field, const struct form_context *context,
                                      const json_t *answers, const struct choices *list, str id)
{
    const struct choice *choice = choice_find(list, id);
    bool is_long = choice == NULL && choice_mode_is(field, "autocomplete");
    return is_long ? choice_by_id(field, context, answers, id) : choice;
}

static struct choices list_of(const struct field *field, const struct form_context *context)
{
    return choice_is_searched(field, context) ? (struct choices){0} : choice_list(field, context);
}

static str refusal_of(const struct field *field, const struct form_context *context)
{
    return choice_mode_is(field, "autocomplete") && choice_is_away(field, context)
               ? STR("La liste ne répond pas : vos choix n’ont pas pu être vérifiés. Choisissez à nouveau, ou "
                     "continuez sans répondre.")
               : STR("Un choix n’est plus proposé. Choisissez à nouveau.");
}

static str check_items(const struct field *field, const struct form_context *context, json_t *answers)
{
    struct arena *arena = context->arena;
    struct choices choices = list_of(field, context);
    const json_t *ids = answer_of(field, answers);
    size_t count = json_array_size(ids);
    if (choice_mode_is(field, "autocomplete") && count > CHOICES_TAKEN_MOST)
        return str_fmt(arena, "Choisissez %d réponses au maximum.", CHOICES_TAKEN_MOST);
    if (choices.len == 0 && choice_was_checked(field, answers) && choice_is_away(field, context))
        return check_count(field->params, arena, count);
    json_t *rows = json_keep(arena, json_array());
    struct buf display = buf_new(arena, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        const struct choice *choice = choice_in(field, context, answers, &choices, json_str_of(json_array_get(ids, i)));
        if (choice == NULL || choice->is_disabled) {
            field_remove(field, answers);
            return refusal_of(field, context);
        }
        if (display.len > 0)
            buf_add(&display, STR(", "));
        buf_add(&display, choice->text);
        json_array_append_new(rows, json_deep_copy(choice->row));
    }
    answer_set_beside(field, answers, "_display", json_from_str(buf_str(&display)));
    answer_set_beside(field, answers, "_structured", json_incref(rows));
    return check_count(field->params, arena, count);
}

static void view_items(const struct field *field, const struct form_context *context, const json_t *answers,
                       struct value_dict *out)
{
    struct choices all = choice_list_shown(field, context);
    if (search_view(field, context, &all, answers, out))
        return;
    bool has_images = choice_mode_is(field, "images");
    value_dict_set(context->arena, out, STR("widget"), value_text(has_images ? STR("images") : STR("checkboxes")));
    if (has_images)
        choice_set_image_size(field, context->arena, out);
    value_dict_set(context->arena, out, STR("is_multiple"), value_bool(true));
    value_dict_set(context->arena, out, STR("is_group"), value_bool(true));
    value_dict_set(context->arena, out, STR("choices"), choice_views(field, context, &all, answers, out));
}

static str display_items(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str_of(answer_beside(field, answers, "_display"));
}

static void add_meant(const struct field *field, const struct form_context *context, str text, json_t *ids)
{
    const struct choice *choice = choice_meant(field, context, text);
    if (choice != NULL)
        json_array_append_new(ids, json_from_str(choice->id));
}

static json_t *items_from_value(const struct field *field, const struct form_context *context, struct value value)
{
    json_t *ids = json_array();
    if (value.kind == VALUE_TEXT)
        for (str part, rest = value.text; str_next(&rest, ',', &part);)
            add_meant(field, context, str_trim(part), ids);
    for (size_t i = 0; value.kind == VALUE_LIST && i < value.list->len; i++)
        add_meant(field, context,
                  value_to_text(context->arena, value_plain(context->arena, value.list->at[i]), STR("fr")), ids);
    if (json_array_size(ids) > 0)
        return ids;
    json_decref(ids);
    return NULL;
}

static str missing_items(const struct field *field, struct arena *arena)
{
    return str_fmt(arena, "Choisissez au moins une réponse à « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

const struct field_type field_items = {
    .name = "items",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = choice_compile,
    .read = read_items,
    .check = check_items,
    .view = view_items,
    .display = display_items,
    .value = field_value_shown,
    .from_value = items_from_value,
    .missing = missing_items,
    .offers = field_offers_choices,
    .suggest = search_suggest,
};

/* What is proposed while one types: the choices of a long list, or texts that may be taken. */
#include "forms/rows.h"

bool posted_searches(const struct posted *posted)
{
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, STR("chercher")) && posted->values[i].value.len > 0)
            return true;
    return false;
}

static bool suggest_in(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                       json_t *answers, str control, struct suggested *out);

static bool suggest_in_rows(const struct field *field, const struct form_context *context, const struct posted *posted,
                            json_t *answers, str control, struct suggested *out)
{
    const json_t *rows = answer_of(field, answers);
    struct str_views keys = rows_posted(field, context->arena, posted);
    for (size_t i = 0; i < keys.len && i < json_array_size(rows); i++) {
        struct row row = row_of(field, context, json_array_get(rows, i), i, keys.at[i]);
        if (suggest_in(&row.fields, &row.context, posted, row.answers, control, out))
            return true;
    }
    return false;
}

static bool suggest_in(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                       json_t *answers, str control, struct suggested *out)
{
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        bool is_it = str_eq(field->control, control), is_block = field->type == &field_block;
        bool is_around = is_block && str_starts(control, field->control);
        if (field->type == NULL || !(is_it || is_around) || !field_is_visible(field, context))
            continue;
        if (is_around && suggest_in_rows(field, context, posted, answers, control, out))
            return true;
        if (is_it && field->type->suggest != NULL)
            return field->type->suggest(field, context, posted, out);
    }
    return false;
}

static json_t *choices_json(const struct choices *choices)
{
    json_t *list = json_array();
    for (size_t i = 0; i < choices->len; i++) {
        json_t *one = json_object();
        json_set_str(one, STR("id"), choices->at[i].id);
        json_set_str(one, STR("text"), choices->at[i].text);
        json_array_append_new(list, one);
    }
    return list;
}

static str status_of(struct arena *arena, const struct suggested *found)
{
    if (found->is_free && found->choices.len == 0) /* what is typed is as good */
        return STR_EMPTY;
    return found->fails ? STR("La recherche ne répond pas pour le moment. Vous pouvez continuer sans y répondre, ou "
                              "réessayer plus tard.")
                        : suggested_status(arena, found->typed, found->choices.len);
}

json_t *fields_suggest(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                       json_t *answers, str control)
{
    struct field_errors unheeded = {0};
    struct suggested found = {0};
    struct posted typed = *posted;
    typed.is_typing = true;
    fields_read(fields, context, &typed, answers, &unheeded); /* lists may follow what else is typed */
    if (!suggest_in(fields, context, posted, answers, control, &found))
        return NULL;
    json_t *out = json_keep(context->arena, json_object());
    json_object_set_new(out, "choices", choices_json(&found.choices));
    if (found.fails && !found.is_free)
        json_object_set_new(out, "trouble", json_true());
    json_set_str(out, STR("status"), status_of(context->arena, &found));
    return out;
}

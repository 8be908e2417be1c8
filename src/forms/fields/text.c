/* text: several lines. */
#include "forms/field.h"

struct text_params {
    int64_t most, rows;
};

static int64_t number_of(const json_t *json, const char *key)
{
    int64_t number = json_int(json, key);
    if (number == 0)
        str_to_int64(json_str(json, key), &number);
    return number;
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct text_params *params = arena_new_of(compiling->arena, struct text_params);
    params->most = number_of(field->json, "maxlength");
    params->rows = number_of(field->json, "rows");
    return params;
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    str text, control = field->control;
    *error = posted_problem(posted, control);
    if (!posted_text(context, posted, control, &text) || text.len == 0)
        return NULL;
    return json_from_str(text);
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct text_params *params = field->params;
    size_t length = utf8_length(json_str_of(answer_of(field, answers)));
    if (params->most == 0 || length <= (size_t)params->most)
        return STR_EMPTY;
    return str_fmt(context->arena, "Supprimez %zu caractères : la limite est de %lld.", length - (size_t)params->most,
                   (long long)params->most);
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    (void)answers;
    const struct text_params *params = field->params;
    value_dict_set(context->arena, out, STR("rows"), value_int(params->rows > 0 ? params->rows : 5));
    if (params->most > 0)
        value_dict_set(context->arena, out, STR("maxlength"), value_int(params->most));
}

static str missing(const struct field *field, struct arena *arena)
{
    return str_fmt(arena, "Écrivez %.*s.", STR_ARG(label_in_sentence(field, arena)));
}

const struct field_type field_text = {
    .name = "text",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .missing = missing,
};

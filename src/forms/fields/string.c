/* string: one line of text, with an optional validation. */
#include "forms/field.h"

struct string_params {
    int64_t most; /* characters, 0: no bound */
    const struct validation *validation;
    const struct source *suggestions; /* NULL: none */
};

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct string_params *params = arena_new_of(compiling->arena, struct string_params);
    params->most = json_int(field->json, "maxlength");
    if (params->most == 0)
        str_to_int64(json_str(field->json, "maxlength"), &params->most);
    if (json_dict(field->json, "source") != NULL)
        params->suggestions = compiling_choices(compiling, field);
    params->validation = validation_compile(compiling, json_dict(field->json, "validation"));
    return params;
}

static json_t *read_text(const struct field *field, const struct form_context *context, const struct posted *posted,
                         str *error)
{
    str text, control = field->control;
    *error = posted_problem(posted, control);
    if (!posted_text(context, posted, control, &text) || text.len == 0)
        return NULL;
    return json_from_str(str_replace(context->arena, text, STR("\n"), STR(" ")));
}

static str too_long(struct arena *arena, const struct field *field, int64_t most, str text)
{
    size_t length = utf8_length(text);
    if (most == 0 || length <= (size_t)most)
        return STR_EMPTY;
    return str_fmt(arena, "« %.*s » doit contenir %lld caractères ou moins. Vous en avez saisi %zu.",
                   STR_ARG(str_trim(field->label_text)), (long long)most, length);
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct string_params *params = field->params;
    str text = json_str_of(answer_of(field, answers));
    str error = too_long(context->arena, field, params->most, text);
    if (error.len > 0 || params->validation == NULL)
        return error;
    str kept = text;
    error = validation_run(params->validation, context, &kept);
    if (error.len == 0 && !str_eq(kept, text))
        answer_set(field, answers, json_from_str(kept));
    return error;
}

/* A short list is there at once; any other is asked while one types. Anything else may be typed. */
static void view_suggestions(const struct source *source, const struct form_context *context, struct value_dict *out)
{
    enum { SHOWN_MOST = 100 };
    struct render render = context_render(context);
    struct choices choices = {0};
    if (!source_is_searched(source, context->sources))
        choices = source_choices(source, context->sources, &render);
    struct value_list *texts = value_list_new(context->arena);
    for (size_t i = 0; i < choices.len && choices.len <= SHOWN_MOST; i++)
        value_list_add(context->arena, texts, value_text(choices.at[i].text));
    value_dict_set(context->arena, out, STR("suggestions"), value_list(texts));
    value_dict_set(context->arena, out, STR("suggests"), value_bool(true));
}

static bool suggest(const struct field *field, const struct form_context *context, const struct posted *posted,
                    struct suggested *out)
{
    const struct string_params *params = field->params;
    struct render render = context_render(context);
    str typed = STR_EMPTY;
    if (params->suggestions == NULL)
        return false;
    posted_text(context, posted, field->control, &typed);
    out->typed = utf8_slice(typed, 0, TYPED_MOST);
    out->is_free = true;
    out->choices =
        source_search(params->suggestions, context->sources, &render, out->typed, CHOICES_FOUND_MOST, &out->fails);
    return true;
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    (void)answers;
    const struct string_params *params = field->params;
    if (params->suggestions != NULL)
        view_suggestions(params->suggestions, context, out);
    if (params->most > 0)
        value_dict_set(context->arena, out, STR("maxlength"), value_int(params->most));
    str mode = validation_input_mode(params->validation);
    if (mode.len > 0)
        value_dict_set(context->arena, out, STR("inputmode"), value_text(mode));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    const struct string_params *params = field->params;
    return validation_shown(params->validation, arena, json_str_of(answer_of(field, answers)));
}

static str indexed(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str_of(answer_of(field, answers));
}

static str words(const struct field *field, struct arena *arena, const json_t *answers)
{
    const struct string_params *params = field->params;
    return validation_words(params->validation, arena, json_str_of(answer_of(field, answers)));
}

/* A telephone number of the account comes in the form that the field keeps. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    const struct string_params *params = field->params;
    str text = value_to_text(context->arena, value, STR("fr"));
    return json_from_str(validation_kept(params->validation, context->arena, text));
}

const struct field_type field_string = {
    .name = "string",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read_text,
    .check = check,
    .view = view,
    .display = display,
    .indexed = indexed,
    .words = words,
    .from_value = from_value,
    .suggest = suggest,
};

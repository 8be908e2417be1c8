/* numeric: an exact number, whole unless the definition says otherwise. */
#include "forms/field.h"

struct numeric_params {
    bool is_whole, has_least, has_most;
    struct decimal least, most;
};

/* A number, or a decimal text; null means none. */
static bool bound_of(struct arena *arena, const json_t *json, const char *key, struct decimal *out)
{
    const json_t *node = json_object_get(json, key);
    if (json_is_integer(node)) {
        *out = decimal_from_int(json_integer_value(node));
        return true;
    }
    if (json_is_real(node))
        return decimal_from_double(json_real_value(node), out);
    return json_is_string(node) && decimal_parse(str_replace(arena, json_str_of(node), STR(","), STR(".")), out);
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct numeric_params *params = arena_new_of(compiling->arena, struct numeric_params);
    params->is_whole = !json_is_false(json_object_get(field->json, "restrict_to_integers"));
    params->has_least = bound_of(compiling->arena, field->json, "min_value", &params->least);
    if (json_object_get(field->json, "min_value") == NULL) { /* w.c.s.: nothing below 0 unless asked */
        params->least = decimal_from_int(0);
        params->has_least = true;
    }
    params->has_most = bound_of(compiling->arena, field->json, "max_value", &params->most);
    return params;
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    str text;
    struct decimal number;
    if (!posted_text(context, posted, field->control, &text) || text.len == 0)
        return NULL;
    bool has_exponent = str_contains(text, STR("e")) || str_contains(text, STR("E"));
    if (has_exponent || !decimal_parse_typed(context->arena, text, &number)) {
        *error = STR("Saisissez un nombre, par exemple 2.");
        return json_from_str(text);
    }
    return json_from_str(decimal_text(context->arena, number));
}

static bool is_whole(struct decimal number)
{
    return decimal_cmp(number, decimal_round(number, 0, DECIMAL_DOWN)) == 0;
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct numeric_params *params = field->params;
    struct arena *arena = context->arena;
    struct decimal number;
    if (!decimal_parse(json_str_of(answer_of(field, answers)), &number))
        return STR("Saisissez un nombre, par exemple 2.");
    if (params->is_whole && !is_whole(number))
        return STR("Saisissez un nombre entier, sans virgule.");
    bool too_small = params->has_least && decimal_cmp(number, params->least) < 0;
    bool too_large = params->has_most && decimal_cmp(number, params->most) > 0;
    if (too_small && params->has_most)
        return str_fmt(arena, "Le nombre doit être entre %.*s et %.*s.", STR_ARG(decimal_text(arena, params->least)),
                       STR_ARG(decimal_text(arena, params->most)));
    if (too_small)
        return str_fmt(arena, "Le nombre doit être %.*s ou plus.", STR_ARG(decimal_text(arena, params->least)));
    if (too_large)
        return str_fmt(arena, "Le nombre doit être %.*s ou moins.", STR_ARG(decimal_text(arena, params->most)));
    return STR_EMPTY;
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct numeric_params *params = field->params;
    value_dict_set(context->arena, out, STR("inputmode"),
                   value_text(params->is_whole ? STR("numeric") : STR("decimal")));
    value_dict_set(context->arena, out, STR("value"),
                   value_text(str_replace(context->arena, json_str_of(answer_of(field, answers)), STR("."), STR(","))));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    return str_replace(arena, json_str_of(answer_of(field, answers)), STR("."), STR(","));
}

static struct value value(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct decimal number;
    str text = json_str_of(answer_of(field, answers));
    return decimal_parse(text, &number) ? value_decimal(arena, number) : VALUE_OF_NONE;
}

static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    struct decimal number;
    str text = value_to_text(context->arena, value, STR("en"));
    return decimal_parse_typed(context->arena, text, &number) ? json_from_str(decimal_text(context->arena, number))
                                                              : NULL;
}

const struct field_type field_numeric = {
    .name = "numeric",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_NUMBER,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .value = value,
    .from_value = from_value,
};

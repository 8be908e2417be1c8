/* Validations of a line of text: Publik's (w.c.s. ValidationWidget) and ours, found by name, compiled, run. */
#include "forms/validations/validation.h"

static const struct validation_type *const tables[] = {
    validations_of_numbers, validations_of_phones,      validations_of_places,
    validations_of_bank,    validations_of_identifiers, validations_of_web,
};

static const struct validation_type *type_at(size_t index)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct validation_type *type = tables[i]; type->name != NULL; type++)
            if (index-- == 0)
                return type;
    return NULL;
}

static const struct validation_type *type_find(str name)
{
    const struct validation_type *type = NULL;
    for (size_t i = 0; (type = type_at(i)) != NULL && !str_eq(name, str_of(type->name)); i++)
        ;
    return type;
}

const char *validation_type(size_t index)
{
    static const char *const others[] = {"regex", "django"};
    const struct validation_type *type;
    size_t count = 0;
    while ((type = type_at(count)) != NULL && count < index)
        count++;
    if (type != NULL)
        return type->name;
    return index - count < 2 ? others[index - count] : NULL;
}

bool validation_type_runs(str type)
{
    return type_find(type) != NULL || str_eq(type, STR("regex")) || str_eq(type, STR("django"));
}

/* ---- Compiling and running ---- */

static void free_regex(void *regex)
{
    pcre2_code_free(regex);
}

static void compile_regex(struct compiling *compiling, struct validation *validation, str pattern)
{
    int error;
    PCRE2_SIZE at;
    validation->regex = pcre2_compile((PCRE2_SPTR)(pattern.len == 0 ? "" : pattern.ptr), pattern.len,
                                      PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &at, NULL);
    if (validation->regex == NULL)
        compiling_report(compiling, STR("validation:regex"), "l’expression rationnelle est fausse : tout est accepté",
                         true);
    else
        arena_defer(compiling->arena, free_regex, validation->regex);
}

/* A text, or a number. */
static str bound_of(struct arena *arena, const json_t *json, const char *key)
{
    const json_t *bound = json_object_get(json, key);
    return json_is_string(bound) || bound == NULL ? json_str_of(bound)
                                                  : value_to_text(arena, value_from_json(arena, bound), STR("en"));
}

const struct validation *validation_compile(struct compiling *compiling, const json_t *json)
{
    str type = json_str(json, "type"), value = json_str(json, "value");
    if (json == NULL || type.len == 0)
        return NULL;
    struct validation *validation = arena_new_of(compiling->arena, struct validation);
    validation->type = type_find(type);
    validation->message = json_str(json, "error_message");
    validation->least = bound_of(compiling->arena, json, "min");
    validation->most = bound_of(compiling->arena, json, "max");
    validation->countries = json_str(json, "countries");
    validation->commune = json_str(json, "commune");
    if (str_eq(type, STR("regex")))
        compile_regex(compiling, validation, value);
    else if (str_eq(type, STR("django")))
        validation->django = compiling_text(compiling, value, TEMPLATE_CONDITION, "validation");
    else if (validation->type == NULL)
        compiling_report(compiling, str_fmt(compiling->arena, "validation:%.*s", STR_ARG(type)),
                         "cette vérification n’est pas encore faite : tout est accepté", false);
    return validation;
}

/* w.c.s.: the whole text must match, alternatives tried in turn. What takes too long does not match. */
static bool regex_holds(const pcre2_code *regex, str text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex, NULL);
    pcre2_set_match_limit(limits, 200000);
    pcre2_set_depth_limit(limits, 10000);
    int found = pcre2_match(regex, (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr), text.len, 0, 0, data, limits);
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    return found >= 0;
}

static bool value_get_alone(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct value *pair = object->self; /* the text, then the names around it */
    if (str_eq(key, STR("value"))) {
        *out = pair[0];
        return true;
    }
    *out = value_lookup(arena, pair[1], key);
    return out->kind != VALUE_UNDEFINED;
}

static bool django_holds(const struct template *condition, const struct form_context *context, str text)
{
    static const struct value_object_type with_value = {.name = "validation", .get = value_get_alone};
    struct value pair[2] = {value_text(text), context->scope};
    struct render render = context_render(context);
    render.scope = value_object(&with_value, pair);
    return template_holds(condition, &render);
}

static bool holds(const struct validation *validation, const struct form_context *context, str *text)
{
    if (validation->regex != NULL)
        return regex_holds(validation->regex, *text);
    if (validation->django != NULL)
        return django_holds(validation->django, context, *text);
    return validation->type == NULL || validation->type->holds(context->arena, text);
}

str validation_run(const struct validation *validation, const struct form_context *context, str *text)
{
    const struct validation_type *type = validation->type;
    str error = STR_EMPTY;
    if (!holds(validation, context, text))
        error = type != NULL ? str_of(type->message) : STR("Cette réponse n’a pas la forme attendue. Vérifiez-la.");
    else if (type != NULL && type->limits != NULL)
        error = type->limits(validation, context, *text);
    return error.len > 0 && validation->message.len > 0 ? validation->message : error;
}

str validation_kept(const struct validation *validation, struct arena *arena, str text)
{
    if (validation != NULL && validation->type != NULL)
        validation->type->holds(arena, &text);
    return text;
}

str validation_input_mode(const struct validation *validation)
{
    return validation == NULL || validation->type == NULL ? STR_EMPTY : str_of(validation->type->input_mode);
}

/* Only what is in the kept form can be shown in another: an answer may be older than the validation. */
static bool is_kept_form(const struct validation *validation, struct arena *arena, str text)
{
    return str_eq(validation_kept(validation, arena, text), text) && validation->type->holds(arena, &text);
}

str validation_shown(const struct validation *validation, struct arena *arena, str kept)
{
    if (validation == NULL || validation->type == NULL || validation->type->shown == NULL ||
        !is_kept_form(validation, arena, kept))
        return kept;
    return validation->type->shown(arena, kept);
}

str validation_words(const struct validation *validation, struct arena *arena, str kept)
{
    const struct validation_type *type = validation == NULL ? NULL : validation->type;
    if (type == NULL || !is_kept_form(validation, arena, kept))
        return STR_EMPTY;
    if (type->words != NULL)
        return type->words(arena, kept);
    return type->shown != NULL ? kept : STR_EMPTY;
}

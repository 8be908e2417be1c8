/* bool: one box to tick. */
#include "forms/field.h"

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    (void)error;
    str text;
    bool ticked = posted_text(context, posted, field->control, &text) && text.len > 0;
    return json_boolean(ticked);
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    value_dict_set(context->arena, out, STR("checked"), value_bool(json_is_true(answer_of(field, answers))));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_is_true(answer_of(field, answers)) ? STR("Oui") : STR("Non");
}

static struct value value(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return value_bool(json_is_true(answer_of(field, answers))); /* w.c.s.: never None */
}

static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    if (value.kind != VALUE_TEXT)
        return json_boolean(value_is_true(context->arena, value));
    str text = utf8_fold(context->arena, value.text);
    bool is_false = text.len == 0 || str_eq(text, STR("false")) || str_eq(text, STR("non")) || str_eq(text, STR("0")) ||
                    str_eq(text, STR("no")) || str_eq(text, STR("none"));
    return json_boolean(!is_false);
}

static str missing(const struct field *field, struct arena *arena)
{
    return str_fmt(arena, "Cochez la case « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

const struct field_type field_bool = {
    .name = "bool",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_OPTIONAL,
    .read = read,
    .view = view,
    .display = display,
    .value = value,
    .from_value = from_value,
    .missing = missing,
};

/* text: several lines, plain or with some form (rich.h). A rich answer is kept as clean HTML. */
#include "forms/field.h"

#include "forms/rich.h"

struct text_params {
    int64_t most, rows;
    bool is_rich;
    enum rich_kind kind;
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
    str mode = json_str(field->json, "display_mode");
    params->kind = str_eq(mode, STR("rich")) ? RICH_FULL : RICH_BASIC;
    params->is_rich = str_eq(mode, STR("rich")) || str_eq(mode, STR("basic-rich"));
    return params;
}

/* The editor sends HTML alone; the plain control sends its text and the HTML that it was made of, which holds where the
 * text was left as it was. */
static str posted_rich(const struct field *field, const struct form_context *context, const struct posted *posted)
{
    const struct text_params *params = field->params;
    struct arena *arena = context->arena;
    str html = STR_EMPTY, text = STR_EMPTY;
    posted_text(context, posted, str_fmt(arena, "%.*s-html", STR_ARG(field->control)), &html);
    html = rich_clean(arena, html, params->kind);
    if (!posted_text(context, posted, field->control, &text) || str_eq(text, rich_plain(arena, html)))
        return html;
    return rich_clean(arena, rich_from_plain(arena, text), params->kind);
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    const struct text_params *params = field->params;
    str text = STR_EMPTY, control = field->control;
    *error = posted_problem(posted, control);
    if (params->is_rich)
        text = posted_rich(field, context, posted);
    else
        posted_text(context, posted, control, &text);
    return text.len == 0 ? NULL : json_from_str(text);
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    const struct text_params *params = field->params;
    str text = json_str_of(answer_of(field, answers));
    return params->is_rich ? rich_plain(arena, text) : text;
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct text_params *params = field->params;
    size_t length = utf8_length(display(field, context->arena, answers));
    if (params->most == 0 || length <= (size_t)params->most)
        return STR_EMPTY;
    size_t excess = length - (size_t)params->most;
    return str_fmt(context->arena, "Supprimez %zu caractère%s : la limite est de %lld.", excess, excess > 1 ? "s" : "",
                   (long long)params->most);
}

/* Clean once more: what is kept may be older than the rules. Empty: it is plain text. */
static str html(const struct field *field, struct arena *arena, const json_t *answers)
{
    const struct text_params *params = field->params;
    return params->is_rich ? rich_clean(arena, json_str_of(answer_of(field, answers)), params->kind) : STR_EMPTY;
}

static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    const struct text_params *params = field->params;
    if (!params->is_rich || !str_eq(key, STR("html")))
        return false;
    *out = value_html(html(field, arena, view->answers));
    return true;
}

/* HTML of a template is cleaned as a person's is; a text becomes paragraphs. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    const struct text_params *params = field->params;
    str text = value_to_text(context->arena, value, STR("fr"));
    if (params->is_rich)
        text = rich_clean(context->arena, str_contains(text, STR("</")) ? text : rich_from_plain(context->arena, text),
                          params->kind);
    return text.len == 0 ? NULL : json_from_str(text);
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct text_params *params = field->params;
    if (params->is_rich) {
        str kind = params->kind == RICH_FULL ? STR("rich") : STR("basic-rich");
        value_dict_set(context->arena, out, STR("rich"), value_text(kind));
        value_dict_set(context->arena, out, STR("html"), value_html(html(field, context->arena, answers)));
        value_dict_set(context->arena, out, STR("source"), value_text(html(field, context->arena, answers)));
        value_dict_set(context->arena, out, STR("value"), value_text(display(field, context->arena, answers)));
    }
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
    .display = display,
    .html = html,
    .value = field_value_shown,
    .attribute = attribute,
    .from_value = from_value,
    .missing = missing,
};

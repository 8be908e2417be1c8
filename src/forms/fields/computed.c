/* computed: a value that a template gives, never shown nor typed. */
#include "forms/field.h"

#include "forms/computed.h"

struct computed_params {
    const struct template *template; /* NULL: nothing to compute */
    bool is_frozen;                  /* computed once, at its first page */
    const struct source *source;     /* gives _display and _structured; may be NULL */
};

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct computed_params *params = arena_new_of(compiling->arena, struct computed_params);
    params->template = compiling_text(compiling, json_str(field->json, "value_template"), TEMPLATE_TEXT, "valeur");
    params->is_frozen = json_bool(field->json, "freeze_on_initial_value");
    if (json_dict(field->json, "source") != NULL)
        params->source = compiling_choices(compiling, field);
    return params;
}

static void set_row(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct computed_params *params = field->params;
    struct render render = context_render(context);
    struct choice choice;
    str id = json_str_of(answer_of(field, answers));
    bool has = source_choice(params->source, context->sources, &render, id, STR_EMPTY, &choice);
    answer_set_beside(field, answers, "_display", has ? json_from_str(choice.text) : NULL);
    answer_set_beside(field, answers, "_structured", has ? json_deep_copy(choice.row) : NULL);
}

/* w.c.s.: longer texts are no value. */
enum { TEXT_MOST = 100000 };

static json_t *compute(const struct template *template, const struct form_context *context)
{
    struct render render = context_render(context);
    struct value value = value_plain(context->arena, template_value(template, &render));
    if (value.kind == VALUE_NONE || value.kind == VALUE_UNDEFINED ||
        (value.kind == VALUE_TEXT && (value.text.len == 0 || value.text.len > TEXT_MOST)))
        return NULL;
    return json_incref(value_to_json(context->arena, value));
}

/* One that is frozen at nothing keeps null, so that it is not computed again. */
void computed_update(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct computed_params *params = field->params;
    if (params->template == NULL || (params->is_frozen && answer_of(field, answers) != NULL))
        return;
    json_t *answer = compute(params->template, context);
    answer_set(field, answers, answer == NULL && params->is_frozen ? json_null() : answer);
    if (params->source != NULL)
        set_row(field, context, answers);
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    const json_t *beside = answer_beside(field, answers, "_display");
    if (beside != NULL)
        return json_str_of(beside);
    return value_to_text(arena, value_from_json(arena, answer_of(field, answers)), STR("fr"));
}

static bool live_attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                           struct value *out)
{
    const struct computed_params *params = field->params;
    bool is_live = str_eq(key, STR("live")) && params->source != NULL && view->cards != NULL;
    str cards = is_live ? source_cards(params->source, view->cards->sources) : STR_EMPTY;
    if (cards.len > 0)
        *out = view->cards->live(view->cards->data, arena, cards, json_str_of(answer_of(field, view->answers)));
    return cards.len > 0;
}

const struct field_type field_computed = {
    .name = "computed",
    .holds_answer = true,
    .index = INDEX_TEXT,
    .compile = compile,
    .display = display,
    .attribute = live_attribute,
};

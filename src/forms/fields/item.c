/* item: one choice of a list. */
#include "forms/fields/choice.h"

#include "forms/fields/timetable.h"
#include "forms/position.h"

static json_t *read_item(const struct field *field, const struct form_context *context, const struct posted *posted,
                         str *error)
{
    str id = STR_EMPTY;
    posted_text(context, posted, field->control, &id);
    const struct choice *typed = search_read(field, context, posted, id.len > 0, error);
    if (typed != NULL)
        id = typed->id;
    return id.len == 0 || error->len > 0 ? NULL : json_from_str(id);
}

/* What to say of a choice that the list has not. */
static str refusal_of(const struct field *field, const struct form_context *context)
{
    if (choice_mode_is(field, "timetable"))
        return STR("Ce créneau vient d’être pris. Choisissez-en un autre.");
    if (choice_is_away(field, context))
        return STR("La liste ne répond pas : votre choix n’a pas pu être vérifié. Choisissez à nouveau, ou continuez "
                   "sans répondre.");
    return STR("Ce choix n’est plus proposé. Choisissez-en un autre.");
}

static str check_item(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct choice *choice = choice_by_id(field, context, answers, json_str_of(answer_of(field, answers)));
    if (choice == NULL && choice_was_checked(field, answers) && choice_is_away(field, context))
        return STR_EMPTY;
    if (choice == NULL || choice->is_disabled) {
        field_remove(field, answers);
        return refusal_of(field, context);
    }
    answer_set_beside(field, answers, "_display", json_from_str(choice->text));
    answer_set_beside(field, answers, "_structured", json_deep_copy(choice->row));
    return STR_EMPTY;
}

static bool set_days(const struct field *field, const struct form_context *context, const struct choices *all,
                     const json_t *answers, struct value_dict *out)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    str from = params->earliest == NULL ? STR_EMPTY : template_text(params->earliest, &render);
    str chosen = json_str_of(answer_of(field, answers));
    struct value days = timetable_days(field, context->arena, all, chosen, from);
    if (days.kind == VALUE_LIST)
        value_dict_set(context->arena, out, STR("days"), days);
    return days.kind == VALUE_LIST;
}

/* A mode that the choices can't be shown in (no moment, no position) gives the radio buttons that it stands on. */
static str widget_of_item(const struct field *field, const struct form_context *context, const struct choices *all,
                          const json_t *answers, struct value_dict *out)
{
    const struct choice_params *params = field->params;
    if (str_eq(params->display_mode, STR("images"))) {
        choice_set_image_size(field, context->arena, out);
        return STR("images");
    }
    if (str_eq(params->display_mode, STR("timetable")))
        return set_days(field, context, all, answers, out) ? STR("timetable") : STR("radio");
    if (str_eq(params->display_mode, STR("map"))) {
        map_view(context, out);
        return STR("choices-map");
    }
    return str_eq(params->display_mode, STR("radio")) ? STR("radio") : STR("select");
}

static void view_item(const struct field *field, const struct form_context *context, const json_t *answers,
                      struct value_dict *out)
{
    const struct choice_params *params = field->params;
    struct choices all = choice_list_shown(field, context);
    if (search_view(field, context, &all, answers, out))
        return;
    str widget = widget_of_item(field, context, &all, answers, out);
    bool is_group = !str_eq(widget, STR("select"));
    value_dict_set(context->arena, out, STR("widget"), value_text(widget));
    value_dict_set(context->arena, out, STR("is_group"), value_bool(is_group)); /* controls under one legend */
    value_dict_set(context->arena, out, STR("choices"), choice_views(field, context, &all, answers, out));
    value_dict_set(context->arena, out, STR("hint_is_first_option"),
                   value_bool(params->hint_is_first_option && !is_group));
}

static str display_item(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    const json_t *display = answer_beside(field, answers, "_display");
    return json_str_of(display != NULL ? display : answer_of(field, answers));
}

static json_t *item_from_value(const struct field *field, const struct form_context *context, struct value value)
{
    const struct choice *choice = choice_meant(field, context, value_to_text(context->arena, value, STR("fr")));
    return choice == NULL ? NULL : json_from_str(choice->id);
}

static str missing_item(const struct field *field, struct arena *arena)
{
    const struct choice_params *params = field->params;
    if (str_eq(params->display_mode, STR("timetable")))
        return STR("Choisissez un créneau.");
    return str_fmt(arena, "Choisissez une réponse à « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

/* The card that was chosen, as it is now. */
static bool live_attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                           struct value *out)
{
    const struct choice_params *params = field->params;
    bool is_live = str_eq(key, STR("live")) && view->cards != NULL;
    str cards = is_live ? source_cards(params->source, view->cards->sources) : STR_EMPTY;
    if (cards.len > 0)
        *out = view->cards->live(view->cards->data, arena, cards, json_str_of(answer_of(field, view->answers)));
    return cards.len > 0;
}

const struct field_type field_item = {
    .name = "item",
    .attribute = live_attribute,
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = choice_compile,
    .read = read_item,
    .check = check_item,
    .view = view_item,
    .display = display_item,
    .value = field_value_shown,
    .from_value = item_from_value,
    .missing = missing_item,
    .offers = field_offers_choices,
    .suggest = search_suggest,
};

/* item: one choice of a list; items: several. */
#include "forms/field.h"

#include "forms/fields/timetable.h"
#include "forms/position.h"

#include <string.h>

struct choice_params {
    const struct source *source;
    str display_mode;
    bool hint_is_first_option, shows_disabled;
    int64_t least, most;             /* items: how many; 0: no bound */
    const struct template *earliest; /* timetable: the day to open on; NULL: the first */
    int64_t image_width, image_height;
};

static int64_t count_of(const json_t *json, const char *key)
{
    int64_t count = json_int(json, key);
    if (count == 0)
        str_to_int64(json_str(json, key), &count);
    return count;
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct choice_params *params = arena_new_of(compiling->arena, struct choice_params);
    params->source = compiling_choices(compiling, field);
    params->display_mode = json_str(field->json, "display_mode");
    params->hint_is_first_option = !json_is_false(json_object_get(field->json, "use_hint_as_first_option"));
    params->shows_disabled = json_bool(field->json, "display_disabled_items");
    params->least = count_of(field->json, "min_choices");
    params->most = count_of(field->json, "max_choices");
    params->earliest =
        compiling_text(compiling, json_str(field->json, "initial_date_alignment"), TEMPLATE_TEXT, "première date");
    str width, height;
    if (str_cut(json_str(field->json, "image_desktop_size"), 'x', &width, &height) &&
        (!str_to_int64(width, &params->image_width) || !str_to_int64(height, &params->image_height)))
        params->image_width = 0;
    return params;
}

static bool source_is_away(const struct field *field, const struct form_context *context)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    return source_fails(params->source, context->sources, &render);
}

static struct choices choices_of(const struct field *field, const struct form_context *context)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    return source_choices(params->source, context->sources, &render);
}

bool field_fixed_choices(const struct field *field, const struct source_finder *sources, struct choices *out)
{
    const struct choice_params *params = field->params;
    return (field->type == &field_item || field->type == &field_items) && source_fixed(params->source, sources, out);
}

bool field_offers_choices(const struct field *field, const struct form_context *context)
{
    struct choices choices = choices_of(field, context);
    for (size_t i = 0; i < choices.len; i++)
        if (!choices.at[i].is_disabled)
            return true;
    return false;
}

/* By id, else by text: what templates and prefilled values give. */
static const struct choice *choice_meant(const struct choices *choices, str text)
{
    const struct choice *choice = choice_find(choices, text);
    for (size_t i = 0; choice == NULL && i < choices->len; i++)
        if (str_eq(choices->at[i].text, text))
            choice = &choices->at[i];
    return choice;
}

static json_t *copy_of(const json_t *row)
{
    return json_deep_copy(row);
}

/* ---- item ---- */

static json_t *read_item(const struct field *field, const struct form_context *context, const struct posted *posted,
                         str *error)
{
    (void)error;
    str id;
    if (!posted_text(context, posted, field->control, &id) || id.len == 0)
        return NULL;
    return json_from_str(id);
}

/* NULL: the list has none of this id. */
static const struct choice *choice_of(const struct field *field, const struct form_context *context, str id)
{
    const struct choice_params *params = field->params;
    struct choice *found = arena_new_of(context->arena, struct choice);
    struct render render = context_render(context);
    return source_choice(params->source, context->sources, &render, id, STR_EMPTY, found) ? found : NULL;
}

/* The list that it was chosen from had it: it holds while nobody answers for the list. */
static bool was_checked(const struct field *field, const json_t *answers)
{
    return answer_beside(field, answers, "_structured") != NULL;
}

static str check_item(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct choice *choice = choice_of(field, context, json_str_of(answer_of(field, answers)));
    if (choice == NULL && was_checked(field, answers) && source_is_away(field, context))
        return STR_EMPTY;
    if (choice == NULL || choice->is_disabled) {
        field_remove(field, answers);
        const struct choice_params *params = field->params;
        return str_eq(params->display_mode, STR("timetable"))
                   ? STR("Ce créneau vient d’être pris. Choisissez-en un autre.")
                   : STR("Ce choix n’est plus proposé. Choisissez-en un autre.");
    }
    answer_set_beside(field, answers, "_display", json_from_str(choice->text));
    answer_set_beside(field, answers, "_structured", copy_of(choice->row));
    return STR_EMPTY;
}

/* Of the row, where it is an address of the web. Another server's must be let through by the page's policy. */
static void set_image(const struct form_context *context, struct value_dict *dict, const json_t *row)
{
    str image = json_str(row, "image_url");
    if (image.len == 0)
        image = json_str(row, "image");
    if (!str_starts(image, STR("https://")) && !str_starts(image, STR("http://")) && !str_starts(image, STR("/")))
        return;
    value_dict_set(context->arena, dict, STR("image"), value_text(image));
    context_shows_image(context, image);
}

/* Of a row: « lat » and « lon », or the geometry of a GeoJSON point (longitude first). */
static bool position_of_row(struct arena *arena, const json_t *row, struct position *out)
{
    const json_t *point = json_list(json_dict(row, "geometry"), "coordinates");
    if (json_array_size(point) < 2)
        return position_of_value(arena, value_from_json(arena, row), out);
    *out = (struct position){json_number_value(json_array_get(point, 1)), json_number_value(json_array_get(point, 0))};
    return true;
}

static void set_position(const struct form_context *context, struct value_dict *dict, const json_t *row)
{
    struct position position;
    if (position_of_row(context->arena, row, &position))
        value_dict_set(context->arena, dict, STR("position"), value_text(position_text(context->arena, position)));
}

static void set_image_size(const struct choice_params *params, struct arena *arena, struct value_dict *out)
{
    if (params->image_width <= 0 || params->image_height <= 0)
        return;
    value_dict_set(arena, out, STR("image_width"), value_int(params->image_width));
    value_dict_set(arena, out, STR("image_height"), value_int(params->image_height));
}

/* What was chosen from the list while it could be read. */
static struct choices chosen_choices(const struct field *field, const struct form_context *context,
                                     const json_t *answers)
{
    const json_t *rows = answer_beside(field, answers, "_structured");
    json_t *list = json_keep(context->arena, json_array());
    if (json_is_object(rows))
        json_array_append(list, (json_t *)(uintptr_t)rows);
    return choices_from_json(context->arena, json_is_array(rows) ? rows : list);
}

/* The choices as pages show them; and a sentence where there are none because nobody answers for the list. */
static struct value choice_views(const struct field *field, const struct form_context *context, const json_t *answers,
                                 struct value_dict *out)
{
    const struct choice_params *params = field->params;
    const json_t *chosen = answer_of(field, answers);
    struct arena *arena = context->arena;
    struct choices choices = choices_of(field, context);
    struct value_list *list = value_list_new(arena);
    if (choices.len == 0 && source_is_away(field, context)) {
        choices = chosen_choices(field, context, answers);
        value_dict_set(arena, out, STR("trouble"),
                       value_text(STR("Cette liste ne peut pas être affichée pour le moment. Vous pouvez continuer "
                                      "sans y répondre, ou réessayer plus tard.")));
    }
    for (size_t i = 0; i < choices.len; i++) {
        const struct choice *choice = &choices.at[i];
        if (choice->is_disabled && !params->shows_disabled)
            continue;
        bool is_chosen = json_is_string(chosen) && str_eq(json_str_of(chosen), choice->id);
        for (size_t j = 0; json_is_array(chosen) && j < json_array_size(chosen); j++)
            is_chosen = is_chosen || str_eq(json_str_of(json_array_get(chosen, j)), choice->id);
        struct value_dict *dict = value_dict_new(arena);
        value_dict_set(arena, dict, STR("id"), value_text(choice->id));
        value_dict_set(arena, dict, STR("text"), value_text(choice->text));
        value_dict_set(arena, dict, STR("chosen"), value_bool(is_chosen));
        value_dict_set(arena, dict, STR("disabled"), value_bool(choice->is_disabled));
        if (str_eq(params->display_mode, STR("images")))
            set_image(context, dict, choice->row);
        if (str_eq(params->display_mode, STR("map")))
            set_position(context, dict, choice->row);
        value_list_add(arena, list, value_dict(dict));
    }
    return value_list(list);
}

static bool set_days(const struct field *field, const struct form_context *context, const json_t *answers,
                     struct value_dict *out)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    struct choices choices = choices_of(field, context);
    str from = params->earliest == NULL ? STR_EMPTY : template_text(params->earliest, &render);
    str chosen = json_str_of(answer_of(field, answers));
    struct value days = timetable_days(field, context->arena, &choices, chosen, from);
    if (days.kind == VALUE_LIST)
        value_dict_set(context->arena, out, STR("days"), days);
    return days.kind == VALUE_LIST;
}

/* A mode that the choices can't be shown in (no moment, no position) gives the radio buttons that it stands on. */
static str widget_of_item(const struct field *field, const struct form_context *context, const json_t *answers,
                          struct value_dict *out)
{
    const struct choice_params *params = field->params;
    if (str_eq(params->display_mode, STR("images"))) {
        set_image_size(params, context->arena, out);
        return STR("images");
    }
    if (str_eq(params->display_mode, STR("timetable")))
        return set_days(field, context, answers, out) ? STR("timetable") : STR("radio");
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
    str widget = widget_of_item(field, context, answers, out);
    bool is_group = !str_eq(widget, STR("select"));
    value_dict_set(context->arena, out, STR("widget"), value_text(widget));
    value_dict_set(context->arena, out, STR("is_group"), value_bool(is_group)); /* controls under one legend */
    value_dict_set(context->arena, out, STR("choices"), choice_views(field, context, answers, out));
    value_dict_set(context->arena, out, STR("hint_is_first_option"),
                   value_bool(params->hint_is_first_option && !is_group));
}

static str display_item(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    const json_t *display = answer_beside(field, answers, "_display");
    return json_str_of(display != NULL ? display : answer_of(field, answers));
}

/* w.c.s.: a list field stands for what people read; _raw is the id. */
static struct value item_value(const struct field *field, struct arena *arena, const json_t *answers)
{
    return field_has_answer(field, answers) ? value_text(display_item(field, arena, answers)) : VALUE_OF_NONE;
}

static json_t *item_from_value(const struct field *field, const struct form_context *context, struct value value)
{
    struct choices choices = choices_of(field, context);
    const struct choice *choice = choice_meant(&choices, value_to_text(context->arena, value, STR("fr")));
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
    .compile = compile,
    .read = read_item,
    .check = check_item,
    .view = view_item,
    .display = display_item,
    .value = item_value,
    .from_value = item_from_value,
    .missing = missing_item,
    .offers = field_offers_choices,
};

/* ---- items ---- */

static json_t *read_items(const struct field *field, const struct form_context *context, const struct posted *posted,
                          str *error)
{
    (void)context;
    (void)error;
    str control = field->control;
    json_t *list = json_array();
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, control) && posted->values[i].value.len > 0)
            json_array_append_new(list, json_from_str(posted->values[i].value));
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

static str check_items(const struct field *field, const struct form_context *context, json_t *answers)
{
    struct arena *arena = context->arena;
    struct choices choices = choices_of(field, context);
    const json_t *ids = answer_of(field, answers);
    if (choices.len == 0 && was_checked(field, answers) && source_is_away(field, context))
        return check_count(field->params, arena, json_array_size(ids));
    json_t *rows = json_keep(arena, json_array());
    struct buf display = buf_new(arena, 1 << 20);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const struct choice *choice = choice_find(&choices, json_str_of(json_array_get(ids, i)));
        if (choice == NULL || choice->is_disabled) {
            field_remove(field, answers);
            return STR("Un choix n’est plus proposé. Choisissez à nouveau.");
        }
        if (display.len > 0)
            buf_add(&display, STR(", "));
        buf_add(&display, choice->text);
        json_array_append_new(rows, copy_of(choice->row));
    }
    size_t count = json_array_size(ids);
    answer_set_beside(field, answers, "_display", json_from_str(buf_str(&display)));
    answer_set_beside(field, answers, "_structured", json_incref(rows));
    return check_count(field->params, arena, count);
}

static void view_items(const struct field *field, const struct form_context *context, const json_t *answers,
                       struct value_dict *out)
{
    const struct choice_params *params = field->params;
    bool has_images = str_eq(params->display_mode, STR("images"));
    value_dict_set(context->arena, out, STR("widget"), value_text(has_images ? STR("images") : STR("checkboxes")));
    if (has_images)
        set_image_size(params, context->arena, out);
    value_dict_set(context->arena, out, STR("is_multiple"), value_bool(true));
    value_dict_set(context->arena, out, STR("is_group"), value_bool(true));
    value_dict_set(context->arena, out, STR("choices"), choice_views(field, context, answers, out));
}

static str display_items(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str_of(answer_beside(field, answers, "_display"));
}

static struct value items_value(const struct field *field, struct arena *arena, const json_t *answers)
{
    return field_has_answer(field, answers) ? value_text(display_items(field, arena, answers)) : VALUE_OF_NONE;
}

static json_t *items_from_value(const struct field *field, const struct form_context *context, struct value value)
{
    struct choices choices = choices_of(field, context);
    json_t *ids = json_array();
    if (value.kind == VALUE_TEXT) {
        for (str part, rest = value.text; str_next(&rest, ',', &part);) {
            const struct choice *choice = choice_meant(&choices, str_trim(part));
            if (choice != NULL)
                json_array_append_new(ids, json_from_str(choice->id));
        }
    } else if (value.kind == VALUE_LIST) {
        for (size_t i = 0; i < value.list->len; i++) {
            str text = value_to_text(context->arena, value_plain(context->arena, value.list->at[i]), STR("fr"));
            const struct choice *choice = choice_meant(&choices, text);
            if (choice != NULL)
                json_array_append_new(ids, json_from_str(choice->id));
        }
    }
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
    .compile = compile,
    .read = read_items,
    .check = check_items,
    .view = view_items,
    .display = display_items,
    .value = items_value,
    .from_value = items_from_value,
    .missing = missing_items,
    .offers = field_offers_choices,
};

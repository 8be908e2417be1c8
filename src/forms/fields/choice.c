/* What item and items share: their list, one choice of it, and how a page shows it. */
#include "forms/fields/choice.h"

#include "forms/position.h"

static int64_t count_of(const json_t *json, const char *key)
{
    int64_t count = json_int(json, key);
    if (count == 0)
        str_to_int64(json_str(json, key), &count);
    return count;
}

const void *choice_compile(struct compiling *compiling, const struct field *field)
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

bool choice_mode_is(const struct field *field, const char *mode)
{
    const struct choice_params *params = field->params;
    return str_eq(params->display_mode, str_of(mode));
}

bool choice_is_away(const struct field *field, const struct form_context *context)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    return source_fails(params->source, context->sources, &render);
}

struct choices choice_list(const struct field *field, const struct form_context *context)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    return source_choices(params->source, context->sources, &render);
}

bool choice_is_searched(const struct field *field, const struct form_context *context)
{
    const struct choice_params *params = field->params;
    return choice_mode_is(field, "autocomplete") && source_is_searched(params->source, context->sources);
}

struct choices choice_list_shown(const struct field *field, const struct form_context *context)
{
    bool is_searched = !context->lists_whole && choice_is_searched(field, context);
    return is_searched ? (struct choices){0} : choice_list(field, context);
}

bool field_fixed_choices(const struct field *field, const struct source_finder *sources, struct choices *out)
{
    const struct choice_params *params = field->params;
    return (field->type == &field_item || field->type == &field_items) && source_fixed(params->source, sources, out);
}

/* Of a list that is only searched nothing is known before one searches. */
bool field_offers_choices(const struct field *field, const struct form_context *context)
{
    if (choice_is_searched(field, context))
        return !choice_is_away(field, context);
    struct choices choices = choice_list(field, context);
    for (size_t i = 0; i < choices.len; i++)
        if (!choices.at[i].is_disabled)
            return true;
    return false;
}

static const struct choice *choice_called(const struct choices *choices, str text)
{
    for (size_t i = 0; i < choices->len; i++)
        if (str_eq(choices->at[i].text, text))
            return &choices->at[i];
    return NULL;
}

static bool find_choice(const struct field *field, const struct form_context *context, str id, str hint,
                        struct choice *out)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    return source_choice(params->source, context->sources, &render, id, hint, out);
}

const struct choice *choice_meant(const struct field *field, const struct form_context *context, str text)
{
    const struct choice_params *params = field->params;
    if (choice_is_searched(field, context)) {
        struct choice *found = arena_new_of(context->arena, struct choice);
        struct render render = context_render(context);
        if (text.len == 0 || find_choice(field, context, text, STR_EMPTY, found))
            return text.len == 0 ? NULL : found;
        struct choices choices =
            source_search(params->source, context->sources, &render, text, CHOICES_FOUND_MOST, NULL);
        return choice_called(&choices, text);
    }
    struct choices choices = choice_list(field, context);
    const struct choice *choice = choice_find(&choices, text);
    return choice != NULL ? choice : choice_called(&choices, text);
}

const struct choice *choice_by_id(const struct field *field, const struct form_context *context, const json_t *answers,
                                  str id)
{
    struct choice *found = arena_new_of(context->arena, struct choice);
    const struct choice_params *params = field->params;
    struct choices chosen = choice_chosen(field, context, answers);
    const struct choice *before = choice_find(&chosen, id);
    if (find_choice(field, context, id, before == NULL ? STR_EMPTY : before->text, found))
        return found;
    str hints[CHOICES_HINTS_MOST];
    bool is_searched = source_is_searched(params->source, context->sources);
    size_t count = is_searched ? search_hints(context, context->posted, field->control, hints) : 0;
    for (size_t i = 0; i < count; i++)
        if (find_choice(field, context, id, hints[i], found))
            return found;
    return NULL;
}

bool choice_was_checked(const struct field *field, const json_t *answers)
{
    return answer_beside(field, answers, "_structured") != NULL;
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

void choice_set_image_size(const struct field *field, struct arena *arena, struct value_dict *out)
{
    const struct choice_params *params = field->params;
    if (params->image_width <= 0 || params->image_height <= 0)
        return;
    value_dict_set(arena, out, STR("image_width"), value_int(params->image_width));
    value_dict_set(arena, out, STR("image_height"), value_int(params->image_height));
}

struct choices choice_chosen(const struct field *field, const struct form_context *context, const json_t *answers)
{
    const json_t *rows = answer_beside(field, answers, "_structured");
    json_t *list = json_keep(context->arena, json_array());
    if (json_is_object(rows))
        json_array_append(list, (json_t *)(uintptr_t)rows);
    return choices_from_json(context->arena, json_is_array(rows) ? rows : list);
}

static bool is_chosen(const json_t *answer, str id)
{
    for (size_t i = 0; i < json_array_size(answer); i++)
        if (str_eq(json_str_of(json_array_get(answer, i)), id))
            return true;
    return json_is_string(answer) && str_eq(json_str_of(answer), id);
}

struct value choice_view(const struct field *field, const struct form_context *context, const struct choice *choice,
                         bool is_chosen)
{
    struct arena *arena = context->arena;
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("id"), value_text(choice->id));
    value_dict_set(arena, dict, STR("text"), value_text(choice->text));
    value_dict_set(arena, dict, STR("chosen"), value_bool(is_chosen));
    value_dict_set(arena, dict, STR("disabled"), value_bool(choice->is_disabled));
    if (choice_mode_is(field, "images"))
        set_image(context, dict, choice->row);
    if (choice_mode_is(field, "map"))
        set_position(context, dict, choice->row);
    return value_dict(dict);
}

struct value choice_views(const struct field *field, const struct form_context *context, const struct choices *all,
                          const json_t *answers, struct value_dict *out)
{
    const struct choice_params *params = field->params;
    struct arena *arena = context->arena;
    struct choices choices = *all;
    struct value_list *list = value_list_new(arena);
    if (choices.len == 0 && choice_is_away(field, context)) {
        choices = choice_chosen(field, context, answers);
        value_dict_set(arena, out, STR("trouble"), value_text(STR(CHOICES_AWAY)));
    }
    for (size_t i = 0; i < choices.len; i++) {
        const struct choice *choice = &choices.at[i];
        if (!choice->is_disabled || params->shows_disabled)
            value_list_add(arena, list,
                           choice_view(field, context, choice, is_chosen(answer_of(field, answers), choice->id)));
    }
    return value_list(list);
}

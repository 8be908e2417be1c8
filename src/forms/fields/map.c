/* map: a place, pointed at on a map or told in words. The answer is its position, « lat;lon », with what the person
 * called it beside it (_display); of who gives an address alone, the address. */
#include "forms/field.h"

#include "forms/position.h"

struct map_params {
    int64_t zoom, least_zoom, most_zoom; /* 0: the site's */
    struct position position;            /* where the map begins */
    bool has_position;
    bool begins_where_person_is;
    const struct template *begins_at; /* NULL: none */
    bool must_be_inside;              /* of the site's area */
};

static int64_t zoom_of(const json_t *json, const char *key)
{
    int64_t zoom = json_int(json, key);
    if (zoom == 0)
        str_to_int64(json_str(json, key), &zoom);
    return zoom >= 1 && zoom <= 22 ? zoom : 0;
}

/* {"lat", "lon"}, or « lat;lon » of old definitions. */
static bool position_of_json(struct arena *arena, const json_t *json, struct position *out)
{
    return json != NULL && position_of_value(arena, value_from_json(arena, json), out);
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct map_params *params = arena_new_of(compiling->arena, struct map_params);
    const json_t *json = field->json;
    str initial = json_str(json, "initial_position");
    params->zoom = zoom_of(json, "initial_zoom");
    params->least_zoom = zoom_of(json, "min_zoom");
    params->most_zoom = zoom_of(json, "max_zoom");
    params->has_position =
        position_of_json(compiling->arena, json_object_get(json, "default_position"), &params->position);
    params->begins_where_person_is = str_starts(initial, STR("geoloc")) || json_bool(json, "init_with_geoloc");
    params->begins_at = compiling_text(compiling, json_str(json, "position_template"), TEMPLATE_TEXT, "position");
    params->must_be_inside = json_bool(json, "inside_area");
    return params;
}

/* The place as it came, made one answer by check. */
static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    struct arena *arena = context->arena;
    str position = STR_EMPTY, address = STR_EMPTY;
    str beside = str_fmt(arena, "%.*s-adresse", STR_ARG(field->control));
    *error = posted_problem(posted, beside);
    posted_text(context, posted, field->control, &position);
    posted_text(context, posted, beside, &address);
    struct position place;
    if (position.len > 0 && !position_parse(position, &place)) {
        *error = STR("Saisissez des coordonnées comme 45.7640;4.8357, ou l’adresse seule.");
        return json_from_str(position);
    }
    if (position.len == 0)
        return address.len == 0 ? NULL : json_from_str(utf8_slice(address, 0, 500));
    json_t *answer = json_object();
    json_set_str(answer, STR("position"), position_text(arena, place));
    json_set_str(answer, STR("address"), utf8_slice(address, 0, 500));
    return answer;
}

static void settle(const struct field *field, json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    if (!json_is_object(answer))
        return;
    str address = json_str(answer, "address");
    answer_set_beside(field, answers, "_display", address.len > 0 ? json_from_str(address) : NULL);
    answer_set(field, answers, json_from_str(json_str(answer, "position")));
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct map_params *params = field->params;
    struct position position;
    settle(field, answers);
    const json_t *area = json_dict(context->map, "area");
    if (!params->must_be_inside || !position_parse(json_str_of(answer_of(field, answers)), &position) ||
        position_is_inside(position, json_dict(area, "geometry")))
        return STR_EMPTY;
    str name = json_str(area, "name");
    return str_fmt(context->arena, "Ce point est hors %.*s.", STR_ARG(name.len > 0 ? name : STR("de la métropole")));
}

static str address_of(const struct field *field, const json_t *answers)
{
    struct position position;
    str text = json_str_of(answer_of(field, answers));
    return position_parse(text, &position) ? json_str_of(answer_beside(field, answers, "_display")) : text;
}

static bool beginning_of(const struct map_params *params, const struct form_context *context, struct position *out)
{
    struct render render = context_render(context);
    if (params->begins_at != NULL && position_of_value(context->arena, template_value(params->begins_at, &render), out))
        return true;
    *out = params->position;
    return params->has_position;
}

static void set(const struct form_context *context, struct value_dict *out, const char *key, struct value value)
{
    value_dict_set(context->arena, out, str_of(key), value);
}

static void view_zooms(const struct map_params *params, const struct form_context *context, struct value_dict *out)
{
    if (params->zoom > 0)
        set(context, out, "zoom", value_int(params->zoom));
    if (params->least_zoom > 0)
        set(context, out, "least_zoom", value_int(params->least_zoom));
    if (params->most_zoom > 0)
        set(context, out, "most_zoom", value_int(params->most_zoom));
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct map_params *params = field->params;
    struct position place, beginning;
    str text = json_str_of(answer_of(field, answers));
    bool has_place = position_parse(text, &place);
    map_view(context, out);
    view_zooms(params, context, out);
    if (beginning_of(params, context, &beginning))
        set(context, out, "centre", value_text(position_text(context->arena, beginning)));
    set(context, out, "is_group", value_bool(true));
    set(context, out, "geolocated", value_bool(params->begins_where_person_is));
    set(context, out, "asks_position", value_bool(field->prefill == PREFILL_GEOLOCATION));
    set(context, out, "address", value_text(address_of(field, answers)));
    set(context, out, "value", value_text(has_place ? text : STR_EMPTY));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    str address = address_of(field, answers);
    return address.len > 0 ? address : json_str_of(answer_of(field, answers));
}

static struct value value(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return field_has_answer(field, answers) ? value_text(json_str_of(answer_of(field, answers))) : VALUE_OF_NONE;
}

static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    (void)arena;
    struct position position;
    if (!position_parse(json_str_of(answer_of(field, view->answers)), &position))
        return false;
    if (str_eq(key, STR("lat")))
        *out = value_float(position.lat);
    else if (str_eq(key, STR("lon")) || str_eq(key, STR("lng")))
        *out = value_float(position.lon);
    else
        return false;
    return true;
}

/* A text that is no position is an address. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    struct position position;
    if (position_of_value(context->arena, value, &position))
        return json_from_str(position_text(context->arena, position));
    value = value_plain(context->arena, value);
    return value.kind == VALUE_TEXT && value.text.len > 0 ? json_from_str(value.text) : NULL;
}

static struct value picture(const struct field *field, const struct form_context *context, const json_t *answers)
{
    const struct map_params *params = field->params;
    struct position position;
    if (!position_parse(json_str_of(answer_of(field, answers)), &position))
        return VALUE_OF_NONE;
    return map_picture(context, position, params->zoom > 14 ? (int)params->zoom : 16);
}

static str missing(const struct field *field, struct arena *arena)
{
    (void)field;
    (void)arena;
    return STR("Indiquez le lieu : adresse ou carte.");
}

const struct field_type field_map = {
    .name = "map",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .value = value,
    .attribute = attribute,
    .from_value = from_value,
    .picture = picture,
    .missing = missing,
};

#include "forms/position.h"

#include <math.h>

static bool member(struct arena *arena, struct value value, const char *key, double *out)
{
    struct value at = value_plain(arena, value_get(arena, value, str_of(key)));
    struct decimal number;
    if (!value_to_decimal(arena, at, &number))
        return false;
    *out = decimal_to_double(number);
    return true;
}

bool position_of_value(struct arena *arena, struct value value, struct position *out)
{
    value = value_plain(arena, value);
    if (value.kind == VALUE_TEXT)
        return position_parse(value.text, out);
    return value.kind == VALUE_DICT && member(arena, value, "lat", &out->lat) &&
           (member(arena, value, "lon", &out->lon) || member(arena, value, "lng", &out->lon)) &&
           position_is_on_earth(*out);
}

static bool position_of_answer(const struct field *field, const json_t *answers, struct position *out)
{
    const json_t *parts = answer_beside(field, answers, "_structured");
    const json_t *lat = json_object_get(parts, "lat"), *lon = json_object_get(parts, "lon");
    if (field->type == &field_map)
        return position_parse(json_str_of(answer_of(field, answers)), out);
    if (field->type != &field_address || lat == NULL || lon == NULL)
        return false;
    *out = (struct position){json_number_value(lat), json_number_value(lon)};
    return position_is_on_earth(*out);
}

bool fields_position(const struct field_list *fields, const json_t *answers, struct position *out)
{
    for (size_t i = 0; i < fields->len; i++)
        if (position_of_answer(&fields->at[i], answers, out))
            return true;
    return false;
}

/* ---- Areas ---- */

static double coordinate(const json_t *point, size_t index)
{
    return json_number_value(json_array_get(point, index));
}

/* How often a ray to the east crosses the ring: an odd number of times from inside. */
static bool is_in_ring(struct position p, const json_t *ring)
{
    bool inside = false;
    size_t count = json_array_size(ring);
    for (size_t i = 0, j = count - 1; i < count; j = i++) {
        double x1 = coordinate(json_array_get(ring, i), 0), y1 = coordinate(json_array_get(ring, i), 1);
        double x2 = coordinate(json_array_get(ring, j), 0), y2 = coordinate(json_array_get(ring, j), 1);
        if ((y1 > p.lat) != (y2 > p.lat) && p.lon < (x2 - x1) * (p.lat - y1) / (y2 - y1) + x1)
            inside = !inside;
    }
    return inside;
}

/* The first ring bounds it, the others are holes. */
static bool is_in_polygon(struct position position, const json_t *rings)
{
    bool inside = is_in_ring(position, json_array_get(rings, 0));
    for (size_t i = 1; inside && i < json_array_size(rings); i++)
        inside = !is_in_ring(position, json_array_get(rings, i));
    return inside;
}

bool position_is_inside(struct position position, const json_t *geometry)
{
    str type = json_str(geometry, "type");
    const json_t *coordinates = json_list(geometry, "coordinates");
    if (str_eq(type, STR("Polygon")))
        return is_in_polygon(position, coordinates);
    if (!str_eq(type, STR("MultiPolygon")))
        return true;
    for (size_t i = 0; i < json_array_size(coordinates); i++)
        if (is_in_polygon(position, json_array_get(coordinates, i)))
            return true;
    return false;
}

/* ---- Maps ---- */

/* The French mapping agency's plan, open to all without a key. */
static const char tiles_default[] =
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";

enum { TILE = 256, PICTURE_WIDTH = 480, PICTURE_HEIGHT = 240, ZOOM_MOST = 19 };

static str tiles_of(const json_t *map)
{
    str tiles = json_str(map, "tiles");
    return tiles.len > 0 ? tiles : str_of(tiles_default);
}

static str tile_url(struct arena *arena, str pattern, int zoom, int64_t x, int64_t y)
{
    str url = str_replace(arena, pattern, STR("{z}"), str_fmt(arena, "%d", zoom));
    url = str_replace(arena, url, STR("{x}"), str_fmt(arena, "%lld", (long long)x));
    return str_replace(arena, url, STR("{y}"), str_fmt(arena, "%lld", (long long)y));
}

static void add_tile(const struct form_context *context, struct value_list *tiles, int zoom, int64_t x, int64_t y,
                     int64_t left, int64_t top)
{
    struct arena *arena = context->arena;
    int64_t count = INT64_C(1) << zoom;
    if (y < 0 || y >= count)
        return;
    struct value_dict *tile = value_dict_new(arena);
    str url = tile_url(arena, tiles_of(context->map), zoom, (x % count + count) % count, y);
    value_dict_set(arena, tile, STR("url"), value_text(url));
    value_dict_set(arena, tile, STR("x"), value_int(left));
    value_dict_set(arena, tile, STR("y"), value_int(top));
    value_list_add(arena, tiles, value_dict(tile));
}

/* Web Mercator: the pixel of a position on the whole map at a zoom. */
static void pixel_of(struct position position, int zoom, int64_t *x, int64_t *y)
{
    double size = TILE * (double)(INT64_C(1) << zoom), lat = fmin(fmax(position.lat, -85.05), 85.05);
    double sine = sin(lat * M_PI / 180);
    *x = (int64_t)((position.lon + 180) / 360 * size);
    *y = (int64_t)((0.5 - log((1 + sine) / (1 - sine)) / (4 * M_PI)) * size);
}

static int64_t floor_to_tile(int64_t pixel)
{
    return pixel >= 0 ? pixel / TILE : -((TILE - 1 - pixel) / TILE);
}

struct value map_picture(const struct form_context *context, struct position position, int zoom)
{
    struct arena *arena = context->arena;
    struct value_list *tiles = value_list_new(arena);
    int64_t x, y;
    zoom = zoom < 1 || zoom > ZOOM_MOST ? 16 : zoom;
    pixel_of(position, zoom, &x, &y);
    int64_t left = x - PICTURE_WIDTH / 2, top = y - PICTURE_HEIGHT / 2;
    for (int64_t row = floor_to_tile(top); row * TILE < top + PICTURE_HEIGHT; row++)
        for (int64_t column = floor_to_tile(left); column * TILE < left + PICTURE_WIDTH; column++)
            add_tile(context, tiles, zoom, column, row, column * TILE - left, row * TILE - top);
    context_shows_image(context, tiles_of(context->map));
    struct value_dict *picture = value_dict_new(arena);
    value_dict_set(arena, picture, STR("width"), value_int(PICTURE_WIDTH));
    value_dict_set(arena, picture, STR("height"), value_int(PICTURE_HEIGHT));
    value_dict_set(arena, picture, STR("x"), value_int(PICTURE_WIDTH / 2));
    value_dict_set(arena, picture, STR("y"), value_int(PICTURE_HEIGHT / 2));
    value_dict_set(arena, picture, STR("tiles"), value_list(tiles));
    return value_dict(picture);
}

static int64_t number_or(const json_t *json, const char *key, int64_t otherwise)
{
    int64_t number = json_int(json, key);
    if (number == 0 && !str_to_int64(json_str(json, key), &number))
        number = 0;
    return number > 0 ? number : otherwise;
}

void map_view(const struct form_context *context, struct value_dict *out)
{
    struct arena *arena = context->arena;
    str attribution = json_str(context->map, "attribution");
    struct position centre = {46.6, 2.4}; /* France as a whole, where the site says nothing */
    bool has_centre = position_parse(json_str(context->map, "position"), &centre);
    value_dict_set(arena, out, STR("tiles"), value_text(tiles_of(context->map)));
    value_dict_set(arena, out, STR("attribution"), value_text(attribution.len > 0 ? attribution : STR("© IGN")));
    value_dict_set(arena, out, STR("most_zoom"), value_int(number_or(context->map, "max_zoom", ZOOM_MOST)));
    value_dict_set(arena, out, STR("least_zoom"), value_int(1));
    value_dict_set(arena, out, STR("zoom"), value_int(number_or(context->map, "zoom", has_centre ? 13 : 5)));
    value_dict_set(arena, out, STR("centre"), value_text(position_text(arena, centre)));
    context_shows_image(context, tiles_of(context->map));
}

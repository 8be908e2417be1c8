/* The bytes of a geocoder, as addresses. */
#include "geocoder/geocoder.h"

/* addok's properties under our names: « name » is the street of a house or a street, and the commune of a commune. */
static json_t *as_ours(const json_t *feature)
{
    const json_t *said = json_dict(feature, "properties"),
                 *point = json_list(json_dict(feature, "geometry"), "coordinates");
    static const char *const same[] = {"label", "street", "postcode", "city", "citycode", "id"};
    json_t *ours = json_object();
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        json_set_str(ours, str_of(same[i]), json_str(said, same[i]));
    json_set_str(ours, STR("number"), json_str(said, "housenumber"));
    str type = json_str(said, "type");
    bool is_place = str_eq(type, STR("street")) || str_eq(type, STR("locality"));
    if (is_place && json_str(said, "street").len == 0)
        json_set_str(ours, STR("street"), json_str(said, "name"));
    if (str_eq(type, STR("municipality")) && json_str(said, "city").len == 0)
        json_set_str(ours, STR("city"), json_str(said, "name"));
    if (json_array_size(point) >= 2) { /* longitude first */
        json_set(ours, STR("lon"), json_incref(json_array_get(point, 0)));
        json_set(ours, STR("lat"), json_incref(json_array_get(point, 1)));
    }
    return ours;
}

static double score_of(const json_t *feature)
{
    double score = json_number_value(json_object_get(json_dict(feature, "properties"), "score"));
    return score >= 0 && score <= 1 ? score : 0;
}

bool geocoder_read(struct arena *arena, const json_t *answer, struct addresses *out)
{
    const json_t *features = json_list(answer, "features");
    if (features == NULL)
        return false;
    for (size_t i = 0; i < json_array_size(features) && out->len < GEOCODER_ADDRESSES_MOST; i++) {
        const json_t *feature = json_array_get(features, i);
        struct address address;
        if (!address_from_json(arena, json_keep(arena, as_ours(feature)), &address) || address.city.len == 0)
            continue;
        address.score = score_of(feature);
        *vec_push(arena, out) = address;
    }
    return true;
}

/* What a page that is being filled asks about places: the browser talks to us, and we to the geocoder. Posted, with the
 * page's own token: what is typed stands in no log, and nobody else's pages ask through us. */
#include "web/visit.h"

static struct geocoder geocoder_for(struct request *request)
{
    struct visit *visit = visit_of(request);
    return geocoder_of(request->arena, visit->site->settings, &visit->place.session);
}

static str status_of(struct request *request, bool has_answered, size_t count)
{
    if (!has_answered)
        return STR("La recherche d’adresses ne répond pas. Saisissez l’adresse vous-même.");
    if (count == 0)
        return STR("Aucune adresse trouvée. Vous pouvez la saisir vous-même.");
    return count == 1 ? STR("1 adresse.") : str_fmt(request->arena, "%zu adresses.", count);
}

/* {"choices": [{"id", "text", "address": {…}}], "status": "3 adresses."}, with "trouble": true where nobody answered.
 */
static void answer(struct request *request, bool has_answered, const struct addresses *addresses)
{
    json_t *json = json_keep(request->arena, json_object()), *choices = json_array();
    for (size_t i = 0; i < addresses->len; i++) {
        json_t *choice = json_object();
        json_set_str(choice, STR("id"), str_fmt(request->arena, "%zu", i));
        json_set_str(choice, STR("text"), addresses->at[i].label);
        json_t *address = address_to_json(&addresses->at[i]);
        json_set_str(address, STR("country"), STR("France")); /* whose address base it is */
        json_set(choice, STR("address"), address);
        json_array_append_new(choices, choice);
    }
    json_set(json, STR("choices"), choices);
    json_set_str(json, STR("status"), status_of(request, has_answered, addresses->len));
    if (!has_answered)
        json_set(json, STR("trouble"), json_true());
    response_json(request, 200, json);
}

/* « champ » is the id of the control that is typed in: its own value, or that of a map's address. */
static str typed(struct request *request)
{
    str control = request_form(request, "champ");
    str of_map = request_form(request, str_fmt(request->arena, "%.*s-adresse", STR_ARG(control)).ptr);
    return of_map.len > 0 ? of_map : request_form(request, str_z(request->arena, control));
}

static void search(struct request *request)
{
    struct geocoder geocoder = geocoder_for(request);
    struct addresses found = {0};
    bool is_municipality = str_eq(request_query(request, "type"), STR("municipality"));
    bool ok = geocoder_search(&geocoder, typed(request), is_municipality ? ADDRESS_MUNICIPALITY : ADDRESS_ANY, &found);
    answer(request, ok, &found);
}

static void reverse(struct request *request)
{
    struct position position;
    if (!position_parse(request_form(request, "position"), &position)) {
        response_error(request, 400, NULL);
        return;
    }
    struct geocoder geocoder = geocoder_for(request);
    struct addresses found = {0};
    bool ok = geocoder_reverse(&geocoder, position, &found);
    answer(request, ok, &found);
}

const struct route places_routes[] = {
    {HTTP_POST, "/adresses/", 0, RIGHT_PUBLIC, BODY_UPLOADS, search},
    {HTTP_POST, "/adresses/position/", 0, RIGHT_PUBLIC, BODY_FORM, reverse},
};
const size_t places_route_count = sizeof places_routes / sizeof *places_routes;

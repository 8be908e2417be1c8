/* The places that a dossier is known at. */
#include "dossiers/tables.h"

/* w.c.s.: a circuit that locates its dossiers gives their form a place. */
const json_t *places_declared(struct arena *arena, const struct form *form, const struct workflow *workflow)
{
    const json_t *places = json_dict(form->json, "geolocations");
    if (json_object_size(places) || !workflow || !workflow_geolocates(workflow))
        return places;
    return json_keep(arena, json_pack("{s:s}", "base", ""));
}

/* Where a dossier is: what an action of its circuit found, else its first map or address, read from the answers as they
 * are now, so that it follows them. */
#include "dossiers/tables.h"

bool place_of_dossier(const struct form *form, const struct dossier *dossier, const json_t *answers,
                      struct position *out)
{
    return (dossier && position_parse(json_str(dossier->marks, "position"), out)) ||
           (answers && fields_position(&form->fields, answers, out));
}

/* w.c.s.: a circuit that locates its dossiers gives their form a place. */
const json_t *places_declared(struct arena *arena, const struct form *form, const struct workflow *workflow)
{
    const json_t *places = json_dict(form->json, "geolocations");
    if (json_object_size(places) || !workflow || !workflow_geolocates(workflow))
        return places;
    return json_keep(arena, json_pack("{s:s}", "base", ""));
}

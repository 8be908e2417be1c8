/* Asking the geocoder where an address is, where a workflow said so. */
#include "installation/run_geocodes.h"

static void ask(struct place *place, str address, struct call_outcome *outcome)
{
    struct arena *arena = place->dossiers.arena;
    struct geocoder geocoder = geocoder_of(arena, place->site->settings, &place->session);
    struct addresses found;
    outcome->is_last |= geocoder.url.len == 0;
    if (geocoder.url.len == 0)
        outcome->problem = STR("les réglages du site ne nomment pas de géocodeur.");
    else if (!geocoder_search(&geocoder, address, ADDRESS_ANY, &found))
        outcome->problem = STR("le géocodeur n’a pas répondu.");
    else if (found.len > 0 && found.at[0].has_position) /* the best first */
        outcome->body = position_text(arena, found.at[0].position);
}

bool geocode_run_job(struct place *place, const struct job *job, struct err *err)
{
    const json_t *payload = json_parse(place->dossiers.arena, job->payload, err);
    struct call_outcome outcome = {.is_last = job->attempts + 1 >= GEOCODE_ATTEMPTS};
    if (payload == NULL)
        return false;
    ask(place, json_str(payload, "address"), &outcome);
    place->dossiers.now = 0; /* the exchange took its time */
    return dossier_called(&place->dossiers, job, json_str(payload, "call"), &outcome, err);
}

bool geocode_give_up(struct place *place, const struct job *job, struct err *err)
{
    const json_t *payload = json_parse(place->dossiers.arena, job->payload, err);
    struct call_outcome outcome = {.problem = STR("la recherche a été commencée plusieurs fois sans jamais aboutir."),
                                   .is_last = true};
    return payload != NULL && dossier_called(&place->dossiers, job, json_str(payload, "call"), &outcome, err);
}

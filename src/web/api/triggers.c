/* A call from outside to a request or a card: « jump/trigger/NAME », « hooks/IDENTIFIER », at each of its addresses. */
#include "web/api/subjects.h"

static void was_triggered(struct request *request, const struct change *change)
{
    json_t *json = json_keep(request->arena, json_pack("{s:i}", "err", 0));
    if (request_path_param(request, "trigger").len > 0)
        json_set(json, STR("url"), change->redirect_url.len > 0 ? json_from_str(change->redirect_url) : json_null());
    response_json(request, 200, json);
}

/* Computed over the request as it is, and written if it still is so: called twice at once, one of the two finds that
 * nothing is awaited any more. */
static void trigger(struct request *request, enum event_kind kind, str name)
{
    struct dossier *dossier;
    if (!api_find_dossier(request, &dossier))
        return;
    struct change *change = arena_new_of(request->arena, struct change);
    struct event event = {
        .kind = kind, .actor = api_actor_on(request, dossier), .action = name, .payload = request->json};
    struct err err = {0};
    if (dossier_perform_prepare(place_of(request), dossier, &event, change, &err))
        api_commit(request, dossier_form(place_of(request), dossier), change, false, was_triggered);
    else
        show_failure(request, &err);
}

static void jump(struct request *request)
{
    trigger(request, EVENT_TRIGGER, request_path_param(request, "trigger"));
}

static void hook(struct request *request)
{
    trigger(request, EVENT_HOOK, request_path_param(request, "hook"));
}

static const char any_body[] = "{\"description\": \"Gardé dans la demande (form_workflow_data_…, form_trigger_…)\"}";

#define JUMP(address, is_alias)                                                                                        \
    {                                                                                                                  \
        HTTP_POST, address "jump/trigger/{trigger}/", jump, "Fait passer au statut qui attend ce déclencheur", NULL,   \
            any_body, is_alias                                                                                         \
    }
#define HOOK(address, is_alias)                                                                                        \
    {                                                                                                                  \
        HTTP_POST, address "hooks/{hook}/", hook, "Lance l’action globale qui a cet identifiant", NULL, any_body,      \
            is_alias                                                                                                   \
    }
#define BOTH(address, is_alias) JUMP(address, is_alias), HOOK(address, is_alias)

/* Behind form_api_url; behind form_url and form_url_backoffice; behind these as Publik had them. */
const struct api_operation trigger_operations[] = {
    BOTH("/api/forms/{slug}/{n:int}/", false),
    BOTH("/api/cards/{slug}/{id}/", false),
    BOTH("/suivre/{code}/", true),
    BOTH("/mon-compte/demandes/{code}/", true),
    BOTH("/agents/demandes/{code}/", true),
    BOTH("/agents/fiches/{slug}/{n:int}/", true),
    BOTH("/backoffice/management/{slug}/{n:int}/", true),
    BOTH("/backoffice/data/{slug}/{id}/", true),
    BOTH("/{slug}/{n:int}/", true),
    BOTH("/{category}/{slug}/{n:int}/", true),
    {0},
};

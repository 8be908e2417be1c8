/* What the API answers with, in w.c.s.'s shapes. */
#include "web/api/api.h"

bool api_is_asked(const struct request *request)
{
    return str_starts(request->path, STR("/api/")) || (request->route != NULL && request->route->right == RIGHT_API);
}

static const struct refusal {
    int status;
    const char *title, *code, *sentence;
} refusals[] = {
    {400, "Invalid request", "invalid-request", "La demande n’est pas comprise."},
    {401, "Access denied", "access-unauthorized", "Il faut dire qui demande."},
    {403, "Access denied", "access-denied", "Cet appel n’est pas permis."},
    {404, "Page not found", "not-found", "Il n’y a rien à cette adresse."},
    {405, "Method not allowed", "method-not-allowed", "Cette méthode n’est pas permise ici."},
    {409, "Conflict", "conflict", "Cela a changé entre-temps : relisez avant de recommencer."},
    {410, "Gone", "gone", "Cette démarche est fermée."},
    {413, "Payload too large", "too-large", "Le contenu est trop long."},
    {415, "Unsupported media type", "unsupported-media-type", "Le contenu doit être du JSON (application/json)."},
    {429, "Too many requests", "too-many-requests", "Trop d’essais : attendez avant de recommencer."},
    {503, "Service unavailable", "unavailable", "Le service ne répond pas pour le moment : recommencez plus tard."},
    {500, "Technical error", "technical-error", "Le service a rencontré un problème."},
};

static const struct refusal *refusal_of(int status)
{
    size_t count = sizeof refusals / sizeof *refusals;
    for (size_t i = 0; i < count; i++)
        if (refusals[i].status == status)
            return &refusals[i];
    return &refusals[count - 1];
}

void api_error(struct request *request, int status, const char *code, const struct err *err)
{
    const struct refusal *refusal = refusal_of(status);
    bool is_told = err != NULL && err->message[0] != '\0' && err->code != ERR_UNAVAILABLE;
    json_t *json = json_keep(request->arena, json_pack("{s:i}", "err", 1));
    json_set_str(json, STR("err_class"), str_of(refusal->title));
    json_set_str(json, STR("err_code"), str_of(code != NULL ? code : refusal->code));
    json_set_str(json, STR("err_desc"), str_of(is_told ? err->message : refusal->sentence));
    if (request->id.len > 0)
        json_set_str(json, STR("request"), request->id);
    response_json(request, status, json);
}

void api_refuse(struct request *request, const char *sentence)
{
    struct err err = {0};
    err_set(&err, ERR_FORBIDDEN, "%s", sentence);
    api_error(request, 403, NULL, &err);
}

void api_data(struct request *request, json_t *data)
{
    json_t *json = json_keep(request->arena, json_pack("{s:i}", "err", 0));
    json_set(json, STR("data"), data);
    response_json(request, 200, json);
}

/* ---- What is written ---- */

struct committing {
    struct dossier_write write;
    struct change *change;
    void (*then)(struct request *request, const struct change *change);
};

static bool apply(struct tx *tx, void *arg, struct err *err)
{
    struct committing *committing = arg;
    return dossier_apply(tx, &committing->write, err);
}

static void was_committed(struct request *request, void *arg, bool ok, const struct err *err)
{
    const struct committing *committing = arg;
    if (!ok && err->code == ERR_CONFLICT && request_run_again(request))
        return;
    if (ok)
        committing->then(request, committing->change);
    else
        show_failure(request, err);
}

void api_commit(struct request *request, const struct form *form, struct change *change, bool is_new,
                void (*then)(struct request *request, const struct change *change))
{
    struct committing *committing = arena_new_of(request->arena, struct committing);
    *committing = (struct committing){.change = change, .then = then};
    committing->write = dossier_write_make(place_of(request), form, change, is_new);
    request_commit(request, visit_of(request)->site->store, apply, committing, was_committed);
}

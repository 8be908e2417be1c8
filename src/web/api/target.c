/* Which request or card an address of the API means. */
#include "web/api/api.h"

bool api_is_of_cards(const struct request *request)
{
    static const char *const beginnings[] = {"/api/cards/", "/agents/fiches/", "/backoffice/data/"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (str_starts(request->path, str_of(beginnings[i])))
            return true;
    return false;
}

const struct form *api_form(struct request *request)
{
    struct catalogue *catalogue = visit_of(request)->catalogue;
    str slug = request_path_param(request, "slug");
    return api_is_of_cards(request) ? catalogue_card(catalogue, slug, 0) : catalogue_form(catalogue, slug, 0);
}

/* w.c.s.: a card is called by its identifier, where its model gives it one; our own pages count them. */
static bool find_card(struct request *request, struct dossier **out, struct err *err)
{
    str key = form_key(request->arena, true, request_path_param(request, "slug")),
        id = request_path_param(request, "id");
    if (request_path_param(request, "n").len > 0)
        return dossier_find_by_sequence(place_of(request), key, request_path_int(request, "n"), out, err);
    return dossier_find_by_identifier(place_of(request), key, id, out, err);
}

static bool find(struct request *request, struct dossier **out, struct err *err)
{
    str code = request_path_param(request, "code"), slug = request_path_param(request, "slug");
    if (code.len > 0)
        return dossier_find_by_code(place_of(request), code, out, err);
    if (api_is_of_cards(request))
        return find_card(request, out, err);
    return dossier_find_by_sequence(place_of(request), slug, request_path_int(request, "n"), out, err);
}

bool api_find_dossier(struct request *request, struct dossier **out)
{
    struct err err = {0};
    if (find(request, out, &err))
        return true;
    api_error(request, err.code == ERR_UNAVAILABLE ? 503 : 404, NULL, &err);
    return false;
}

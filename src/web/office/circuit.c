/* A circuit on a page, as a picture and as a table: to administrators as it is in service, to agents with the path that
 * a request took. */
#include "picture/picture.h"
#include "web/visit.h"

static str role_name(void *data, str slug)
{
    const struct role *role = site_role(data, slug);
    return role != NULL ? role->name : STR_EMPTY;
}

static struct role_names names_of(struct request *request)
{
    return (struct role_names){(void *)(uintptr_t)visit_of(request)->site, role_name};
}

static struct value ways_value(struct request *request, const struct outline *outline,
                               const struct outline_place *place)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < place->ways.len; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "what", picture_way(request->arena, &place->ways.at[i]));
        page_set_text(request, dict, "target", picture_target(outline, &place->ways.at[i]));
        page_set(request, dict, "is_taken", value_bool(place->ways.at[i].is_taken));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value places_value(struct request *request, const struct outline *outline,
                                 const struct outline_places *places)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < places->len; i++) {
        const struct outline_place *place = &places->at[i];
        struct value_dict *dict = page_new(request);
        struct value_list *does = value_list_new(request->arena);
        for (size_t k = 0; k < place->does.len; k++)
            value_list_add(request->arena, does, value_text(place->does.at[k]));
        page_set_text(request, dict, "name", place->name);
        page_set_text(request, dict, "visit", picture_visit(request->arena, place));
        page_set(request, dict, "is_end", value_bool(place->is_end));
        page_set(request, dict, "does", value_list(does));
        page_set(request, dict, "ways", ways_value(request, outline, place));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* Where it can't be drawn, the table is there. */
static void show_outline(struct request *request, const struct outline *outline, struct value_dict *page)
{
    str svg;
    struct err err = {0};
    if (picture_draw(request->arena, outline, &svg, &err))
        page_set(request, page, "drawing", value_html(svg));
    else
        page_set_text(request, page, "problem", str_dup(request->arena, str_of(err.message)));
    page_set_text(request, page, "name", outline->name);
    page_set(request, page, "statuses", places_value(request, outline, &outline->statuses));
    page_set(request, page, "globals", places_value(request, outline, &outline->globals));
    page_show(request, 200, "office/circuit.html", page);
}

static void show_in_service(struct request *request)
{
    str slug = request_path_param(request, "nom");
    const struct workflow *workflow = catalogue_workflow(visit_of(request)->catalogue, slug, 0);
    if (workflow == NULL) {
        response_error(request, 404, NULL);
        return;
    }
    struct role_names names = names_of(request);
    struct outline outline;
    workflow_outline(request->arena, workflow, &names, &outline);
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "upgrade_url",
                  str_fmt(request->arena, "/administration/circuits/%.*s/passage/", STR_ARG(slug)));
    show_outline(request, &outline, page);
}

static void show_of_dossier(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct role_names names = names_of(request);
    struct outline outline;
    struct dossier *dossier;
    if (!dossier_find_by_code(place_of(request), request_path_param(request, "code"), &dossier, NULL) ||
        !dossier_is_visible(place_of(request), dossier, &actor) ||
        !dossier_outline(place_of(request), dossier, &actor, &names, &outline)) {
        response_error(request, 404, NULL);
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "code", dossier_code_shown(request->arena, dossier->code));
    page_set_text(request, page, "back", dossier_path(request, dossier, true));
    show_outline(request, &outline, page);
}

const struct route circuit_routes[] = {
    {HTTP_GET, "/administration/circuits/{nom}/", ROUTE_WORKER, RIGHT_ADMIN, BODY_NONE, show_in_service},
    {HTTP_GET, "/agents/demandes/{code}/circuit/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, show_of_dossier},
};
const size_t circuit_route_count = sizeof circuit_routes / sizeof *circuit_routes;

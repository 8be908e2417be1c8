/* The agents' office: one request, its files, notes between agents. */
#include "web/copy.h"
#include "web/edit.h"

static struct dossier *open_visible(struct request *request, const struct actor *actor)
{
    struct dossier *dossier;
    if (!dossier_find_by_code(place_of(request), request_path_param(request, "code"), &dossier, NULL) ||
        !dossier_is_visible(place_of(request), dossier, actor)) {
        response_error(request, 404, NULL);
        return NULL;
    }
    return dossier;
}

static struct value notes_value(struct request *request, const struct dossier *dossier)
{
    struct dossier_notes notes = {0};
    struct value_list *list = value_list_new(request->arena);
    dossier_read_notes(place_of(request), dossier->id, &notes, NULL);
    for (size_t i = 0; i < notes.len; i++) {
        struct value_dict *dict = page_new(request);
        page_set(request, dict, "at", instant_value(notes.at[i].at));
        page_set_text(request, dict, "author", notes.at[i].author);
        page_set_text(request, dict, "text", notes.at[i].text);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void set_side_text(struct request *request, const struct dossier *dossier, struct value_dict *page)
{
    const struct form *form = dossier_form(place_of(request), dossier);
    if (form == NULL || form->lateral == NULL)
        return;
    struct form_context context = visit_form_context(request, form, dossier->answers, dossier);
    page_set(request, page, "side_text", value_html(form_side_text(form, &context, false)));
}

static void show_dossier(struct request *request, struct dossier *dossier, const struct actor *actor,
                         const struct dossier_reply *reply)
{
    struct value_dict *page = page_new(request);
    dossier_fill_page(request, dossier, actor, page, reply);
    page_set_text(request, page, "action", dossier_path(request, dossier, true));
    page_set(request, page, "notes", notes_value(request, dossier));
    set_side_text(request, dossier, page);
    page_show(request, reply->status, "office/request.html", page);
}

static void show(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier *dossier = open_visible(request, &actor);
    if (dossier != NULL && !calling_settle(request, &dossier, dossier_path(request, dossier, true)))
        show_dossier(request, dossier, &actor, &(struct dossier_reply){.status = 200});
}

static void act(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier *dossier = open_visible(request, &actor);
    if (dossier != NULL)
        dossier_post_action(request, dossier, &actor, dossier_path(request, dossier, true), show_dossier);
}

static void change(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier *dossier = open_visible(request, &actor);
    if (dossier != NULL)
        edit_dossier(request, dossier, &actor, dossier_path(request, dossier, true), "office/edit.html");
}

static void note(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct actor actor = visit_actor(request, true, false);
    struct dossier *dossier = open_visible(request, &actor);
    struct err err = {0};
    str text = str_trim(request_form(request, "note"));
    if (dossier == NULL)
        return;
    if (text.len > 0 && !dossier_add_note(place_of(request), dossier->id, visit->account.id, actor.name, text, &err)) {
        show_failure(request, &err);
        return;
    }
    response_redirect(request, dossier_path(request, dossier, true));
}

static void file(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier *dossier = open_visible(request, &actor);
    if (dossier != NULL)
        send_dossier_file(request, dossier, &actor, request_path_param(request, "blob"));
}

static void files(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct dossier *dossier = open_visible(request, &actor);
    if (dossier != NULL)
        send_all_files(request, dossier);
}

static void give_copy(struct request *request, void (*give)(struct request *, const struct copy *))
{
    struct actor actor = visit_actor(request, true, false);
    const struct dossier *dossier = open_visible(request, &actor);
    if (dossier == NULL)
        return;
    str back = dossier_path(request, dossier, true);
    give(request, &(struct copy){dossier, &actor, true, back});
}

static void show_copy(struct request *request)
{
    give_copy(request, copy_show);
}

static void send_copy(struct request *request)
{
    give_copy(request, copy_send);
}

const struct route office_routes[] = {
    {HTTP_GET, "/agents/demandes/{code}/", 0, RIGHT_AGENT, BODY_NONE, show},
    {HTTP_POST, "/agents/demandes/{code}/", 0, RIGHT_AGENT, BODY_UPLOADS, act},
    {HTTP_GET, "/agents/demandes/{code}/modifier/", 0, RIGHT_AGENT, BODY_NONE, change},
    {HTTP_POST, "/agents/demandes/{code}/modifier/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, change},
    {HTTP_POST, "/agents/demandes/{code}/modifier/direct/", 0, RIGHT_AGENT, BODY_UPLOADS, change},
    {HTTP_POST, "/agents/demandes/{code}/note/", ROUTE_WORKER, RIGHT_AGENT, BODY_FORM, note},
    {HTTP_GET, "/agents/demandes/{code}/copie/", 0, RIGHT_AGENT, BODY_NONE, show_copy},
    {HTTP_GET, "/agents/demandes/{code}/copie/pdf/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, send_copy},
    {HTTP_GET, "/agents/demandes/{code}/fichiers/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, files},
    {HTTP_GET, "/agents/demandes/{code}/fichiers/{blob}/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, file},
};
const size_t office_route_count = sizeof office_routes / sizeof *office_routes;

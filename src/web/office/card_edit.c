/* The agents' office: entering a card, and changing its answers. */
#include "web/edit.h"
#include "web/office/cards.h"

#define PAGE "office/edit.html"

/* ---- A new card ---- */

static bool begin_new(struct request *request, struct editing *editing)
{
    *editing = (struct editing){.form = card_model(request),
                                .actor = visit_actor(request, true, false),
                                .label = STR("Ajouter une fiche"),
                                .page = PAGE};
    if (editing->form == NULL)
        return false;
    if (!dossier_may_be_entered(editing->form, &editing->actor)) {
        response_error(request, 403, NULL);
        return false;
    }
    editing->last = editing->form->page_count - 1;
    editing->path = card_list_path(request, editing->form, "");
    editing_begin(request, editing, NULL);
    return true;
}

static void get_new(struct request *request)
{
    struct editing editing;
    if (begin_new(request, &editing))
        editing_open(request, &editing);
}

static void post_new(struct request *request)
{
    struct editing editing;
    struct err err = {0};
    const struct dossier *card;
    if (!begin_new(request, &editing) || !editing_read(request, &editing))
        return;
    struct filing filing = {.form = editing.form, .answers = editing.answers, .agent = editing.actor.account};
    if (!dossier_file(place_of(request), &filing, &card, NULL, &err)) {
        editing_show_refused(request, &editing, &err);
        return;
    }
    visit_flash(request, "success", STR("La fiche est enregistrée."));
    bool is_visible = dossier_is_visible(place_of(request), card, &editing.actor) && !card->is_removed;
    response_redirect(request, is_visible ? dossier_path(request, card, true) : editing.path);
}

static void live_new(struct request *request)
{
    struct editing editing;
    if (begin_new(request, &editing))
        editing_live(request, &editing);
}

/* ---- Changing one ---- */

static void change(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = card_model(request);
    struct dossier *card = form == NULL ? NULL : card_open(request, form, &actor);
    if (card != NULL)
        edit_dossier(request, card, &actor, dossier_path(request, card, true), PAGE);
}

const struct route card_edit_routes[] = {
    {HTTP_GET, "/agents/fiches/{slug}/ajouter/", 0, RIGHT_AGENT, BODY_NONE, get_new},
    {HTTP_POST, "/agents/fiches/{slug}/ajouter/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, post_new},
    {HTTP_POST, "/agents/fiches/{slug}/ajouter/direct/", 0, RIGHT_AGENT, BODY_UPLOADS, live_new},
    {HTTP_GET, "/agents/fiches/{slug}/{n:int}/modifier/", 0, RIGHT_AGENT, BODY_NONE, change},
    {HTTP_POST, "/agents/fiches/{slug}/{n:int}/modifier/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, change},
    {HTTP_POST, "/agents/fiches/{slug}/{n:int}/modifier/direct/", 0, RIGHT_AGENT, BODY_UPLOADS, change},
};
const size_t card_edit_route_count = sizeof card_edit_routes / sizeof *card_edit_routes;

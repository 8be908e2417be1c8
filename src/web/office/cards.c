/* The agents' office: card models, the cards of one, one card. */
#include "web/office/cards.h"

#include "web/office/list.h"

const struct form *card_model(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = catalogue_card(visit_of(request)->catalogue, request_path_param(request, "slug"), 0);
    if (form != NULL &&
        (dossier_form_is_listed(place_of(request), form, &actor) || dossier_may_be_entered(form, &actor)))
        return form;
    response_error(request, 404, NULL);
    return NULL;
}

struct dossier *card_open(struct request *request, const struct form *form, const struct actor *actor)
{
    struct dossier *card;
    int64_t number = request_path_int(request, "n");
    if (dossier_find_by_sequence(place_of(request), form->key, number, &card, NULL) &&
        dossier_is_visible(place_of(request), card, actor))
        return card;
    response_error(request, 404, NULL);
    return NULL;
}

str card_list_path(struct request *request, const struct form *form, const char *rest)
{
    return str_fmt(request->arena, "/agents/fiches/%.*s/%s", STR_ARG(form->slug), rest);
}

/* ---- The models ---- */

static void models(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct catalogue_forms *cards = catalogue_cards(visit_of(request)->catalogue);
    struct value_list *list = value_list_new(request->arena);
    struct value_dict *page = page_new(request);
    for (size_t i = 0; i < cards->len; i++) {
        const struct form *form = cards->at[i];
        bool is_listed = dossier_form_is_listed(place_of(request), form, &actor);
        if (!is_listed && !dossier_may_be_entered(form, &actor))
            continue;
        struct value_dict *dict = page_new(request);
        struct dossier_query query = {.actor = &actor, .form = form->key};
        page_set_text(request, dict, "name", form->name);
        page_set_text(request, dict, "url", card_list_path(request, form, ""));
        list_set_count(request, &query, dict);
        value_list_add(request->arena, list, value_dict(dict));
    }
    page_set(request, page, "models", value_list(list));
    page_show(request, 200, "office/card_models.html", page);
}

/* ---- The cards of one ---- */

static struct value lines_value(struct request *request, const struct form *form, const struct dossier_page *lines,
                                const struct value *cells)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < lines->lines.len; i++) {
        const struct dossier_line *line = &lines->lines.at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "url",
                      str_fmt(request->arena, "%.*s%lld/", STR_ARG(card_list_path(request, form, "")),
                              (long long)line->sequence));
        page_set(request, dict, "id", value_int(line->id));
        page_set_text(request, dict, "identifier", line->identifier);
        page_set_text(request, dict, "summary", line->summary);
        page_set_text(request, dict, "status", line->status_name);
        page_set(request, dict, "is_final", value_bool(line->is_final));
        page_set(request, dict, "updated", instant_value(line->updated));
        if (cells != NULL)
            page_set(request, dict, "cells", cells[i]);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

void card_query(struct request *request, const struct form *form, const struct actor *actor,
                struct dossier_query *query)
{
    str sort = request_query(request, "tri");
    *query = (struct dossier_query){.actor = actor,
                                    .form = form->key,
                                    .search = utf8_slice(str_trim(request_query(request, "q")), 0, 200),
                                    .sort = str_eq(sort, STR("anciennes"))   ? DOSSIER_OLDEST
                                            : str_eq(sort, STR("modifiees")) ? DOSSIER_LAST_UPDATED
                                                                             : DOSSIER_NEWEST,
                                    .cursor = request_query(request, "suite")};
    const struct custom_view *view = office_view(request, form);
    if (view != NULL)
        dossier_query_use_view(place_of(request), query, view);
}

static void list(struct request *request)
{
    const struct form *form = card_model(request);
    if (form == NULL)
        return;
    struct actor actor = visit_actor(request, true, false);
    struct dossier_query query;
    card_query(request, form, &actor, &query);
    struct dossier_page lines = {0};
    struct err err = {0};
    if (!dossier_list(place_of(request), &query, &lines, &err)) {
        show_failure(request, &err);
        return;
    }
    struct value_dict *page = page_new(request);
    const struct value *cells;
    if (!office_columns(request, form, query.view, &lines, page, &cells))
        return;
    page_set_text(request, page, "model", form->name);
    page_set(request, page, "description", value_html(form->description));
    page_set_text(request, page, "list_path", card_list_path(request, form, ""));
    page_set(request, page, "may_add", value_bool(dossier_may_be_entered(form, &actor)));
    page_set_text(request, page, "q", request_query(request, "q"));
    page_set_text(request, page, "tri", request_query(request, "tri"));
    page_set(request, page, "lines", lines_value(request, form, &lines, cells));
    office_set_views(request, form, query.view, page);
    mass_set_list(request, form, &actor, card_list_path(request, form, ""), page);
    list_set_pages(request, lines.next, page);
    list_set_count(request, &query, page);
    page_show(request, 200, "office/cards.html", page);
}

/* ---- One card ---- */

static void show_card(struct request *request, struct dossier *card, const struct actor *actor,
                      const struct dossier_reply *reply)
{
    const struct form *form = dossier_form(place_of(request), card);
    struct value_dict *page = page_new(request);
    str title = value_to_text(
        request->arena,
        value_lookup(request->arena, dossier_scope(place_of(request), form, NULL, card), STR("form_digest")),
        STR("fr"));
    dossier_fill_page(request, card, actor, page, reply);
    page_set_text(request, page, "title",
                  title.len > 0
                      ? title
                      : str_fmt(request->arena, "%.*s, fiche %.*s", STR_ARG(form->name), STR_ARG(card->identifier)));
    page_set_text(request, page, "identifier", card->identifier);
    page_set_text(request, page, "action", dossier_path(request, card, true));
    page_set_text(request, page, "list_path", card_list_path(request, form, ""));
    page_set(request, page, "updated", instant_value(card->updated));
    page_show(request, reply->status, "office/card.html", page);
}

static void show(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = card_model(request);
    struct dossier *card = form == NULL ? NULL : card_open(request, form, &actor);
    if (card != NULL && !calling_settle(request, &card, dossier_path(request, card, true)))
        show_card(request, card, &actor, &(struct dossier_reply){.status = 200});
}

static void act(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = card_model(request);
    struct dossier *card = form == NULL ? NULL : card_open(request, form, &actor);
    if (card != NULL)
        dossier_post_action(request, card, &actor, dossier_path(request, card, true), show_card);
}

static void file(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = card_model(request);
    struct dossier *card = form == NULL ? NULL : card_open(request, form, &actor);
    if (card != NULL)
        send_dossier_file(request, card, &actor, request_path_param(request, "blob"));
}

static void files(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *form = card_model(request);
    const struct dossier *card = form == NULL ? NULL : card_open(request, form, &actor);
    if (card != NULL)
        send_all_files(request, card);
}

const struct route cards_routes[] = {
    {HTTP_GET, "/agents/fiches/", 0, RIGHT_AGENT, BODY_NONE, models},
    {HTTP_GET, "/agents/fiches/{slug}/", 0, RIGHT_AGENT, BODY_NONE, list},
    {HTTP_GET, "/agents/fiches/{slug}/{n:int}/", 0, RIGHT_AGENT, BODY_NONE, show},
    {HTTP_POST, "/agents/fiches/{slug}/{n:int}/", 0, RIGHT_AGENT, BODY_UPLOADS, act},
    {HTTP_GET, "/agents/fiches/{slug}/{n:int}/fichiers/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, files},
    {HTTP_GET, "/agents/fiches/{slug}/{n:int}/fichiers/{blob}/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, file},
};
const size_t cards_route_count = sizeof cards_routes / sizeof *cards_routes;

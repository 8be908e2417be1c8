/* A person's requests, on every site they have used; one request; drafts; notices. */
#include "web/copy.h"
#include "web/edit.h"

/* Lines of one site, under its name. */
static struct value site_requests(struct request *request, const struct site *site)
{
    struct visit *visit = visit_of(request);
    struct place place;
    struct dossier_page lines = {0};
    place_make(&place, visit->installation, visit->estate, site, request->arena, &visit->account);
    place_ask_nobody(&place);
    if (!dossier_list_of_account(&place.dossiers, visit->account.id, STR_EMPTY, 100, &lines, NULL))
        return VALUE_OF_NONE;
    bool is_here = site == visit->site;
    str prefix =
        str_fmt(request->arena, "%.*s/mon-compte/demandes/",
                STR_ARG(is_here ? STR_EMPTY : installation_site_url(visit->installation, request->arena, site)));
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "name", site->name);
    page_set(request, dict, "lines", dossier_lines_value(request, &lines, prefix, NULL));
    page_set(request, dict, "count", value_int((int64_t)lines.lines.len));
    return value_dict(dict);
}

static struct value all_requests(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct value_list *list = value_list_new(request->arena);
    str *slugs = NULL;
    size_t count = 0;
    account_sites(visit->installation->people, request->arena, visit->account.id, &slugs, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct site *site = sites_by_slug(&visit->estate->sites, slugs[i]);
        struct value value = site == NULL ? VALUE_OF_NONE : site_requests(request, site);
        if (value.kind != VALUE_NONE)
            value_list_add(request->arena, list, value);
    }
    return value_list(list);
}

static struct value list_drafts(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct value_list *list = value_list_new(request->arena);
    struct drafts drafts = {0};
    visit_drafts(request, &drafts, NULL);
    for (size_t i = 0; i < drafts.len; i++) {
        const struct draft *draft = &drafts.at[i];
        const struct form *form = catalogue_form(visit->catalogue, draft->form, 0);
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "name", form == NULL ? draft->form : form->name);
        page_set_text(request, dict, "url", draft_path(request->arena, draft->token));
        page_set_text(request, dict, "token", draft->token);
        page_set(request, dict, "updated", instant_value(draft->updated));
        page_set(request, dict, "expires", date_value(draft->expires));
        page_set(request, dict, "is_open", value_bool(form != NULL && form_is_open(form, request->now, NULL)));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value list_notices(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct value_list *list = value_list_new(request->arena);
    struct dossier_notices notices = {0};
    dossier_read_notices(place_of(request), visit->account.id, 10, &notices, NULL);
    for (size_t i = 0; i < notices.len; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "title", notices.at[i].title);
        page_set_text(request, dict, "body", notices.at[i].body);
        page_set_text(request, dict, "url", notices.at[i].url);
        page_set_text(request, dict, "origin", notices.at[i].origin);
        page_set(request, dict, "at", instant_value(notices.at[i].at));
        page_set(request, dict, "is_read", value_bool(notices.at[i].is_read));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void dashboard(struct request *request)
{
    struct value_dict *page = page_new(request);
    page_set(request, page, "sites", all_requests(request));
    page_set(request, page, "drafts", list_drafts(request));
    page_set(request, page, "notices", list_notices(request));
    page_show(request, 200, "account/dashboard.html", page);
}

static void requests(struct request *request)
{
    struct value_dict *page = page_new(request);
    page_set(request, page, "sites", all_requests(request));
    page_show(request, 200, "account/requests.html", page);
}

static void drafts(struct request *request)
{
    struct value_dict *page = page_new(request);
    page_set(request, page, "drafts", list_drafts(request));
    page_show(request, 200, "account/drafts.html", page);
}

struct draft_removal {
    struct arena *arena;
    str token;
    int64_t account;
    instant now;
};

static bool remove_draft(struct tx *tx, void *arg, struct err *err)
{
    const struct draft_removal *removal = arg;
    struct draft draft;
    if (!draft_find(tx, removal->arena, removal->token, removal->now, &draft, err))
        return false;
    if (draft.account != removal->account)
        return err_set(err, ERR_NOT_FOUND, "Ce brouillon n’existe plus.");
    return draft_delete(tx, draft.id, err);
}

static void draft_was_removed(struct request *request, void *arg, bool ok, const struct err *err)
{
    (void)arg;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    visit_flash(request, "success", STR("Le brouillon est effacé."));
    response_redirect(request, STR("/mon-compte/brouillons/"));
}

static void delete_draft(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct draft_removal *removal = arena_new_of(request->arena, struct draft_removal);
    *removal =
        (struct draft_removal){request->arena, request_form(request, "brouillon"), visit->account.id, request->now};
    request_commit(request, visit->site->store, remove_draft, removal, draft_was_removed);
}

/* ---- One request ---- */

static struct dossier *open_own(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct dossier *dossier;
    struct err err = {0};
    if (!dossier_find_by_code(place_of(request), request_path_param(request, "code"), &dossier, &err) ||
        dossier->account != visit->account.id) {
        response_error(request, 404, NULL); /* somebody else's is as if it were not */
        return NULL;
    }
    return dossier;
}

static str own_url(struct request *request, const struct dossier *dossier)
{
    return str_fmt(request->arena, "/mon-compte/demandes/%.*s/", STR_ARG(dossier->code));
}

static void show_dossier(struct request *request, struct dossier *dossier, const struct actor *actor,
                         const struct dossier_reply *reply)
{
    struct value_dict *page = page_new(request);
    dossier_fill_page(request, dossier, actor, page, reply);
    page_set_text(request, page, "action", own_url(request, dossier));
    page_show(request, reply->status, "account/request.html", page);
}

static void show_own(struct request *request)
{
    struct dossier *dossier = open_own(request);
    if (dossier == NULL)
        return;
    if (calling_settle(request, &dossier, own_url(request, dossier)))
        return;
    struct actor actor = visit_actor(request, false, true);
    show_dossier(request, dossier, &actor, &(struct dossier_reply){.status = 200});
}

static void act_own(struct request *request)
{
    struct dossier *dossier = open_own(request);
    if (dossier == NULL)
        return;
    struct actor actor = visit_actor(request, false, true);
    dossier_post_action(request, dossier, &actor, own_url(request, dossier), show_dossier);
}

static void change(struct request *request)
{
    struct dossier *dossier = open_own(request);
    struct actor actor = visit_actor(request, false, true);
    if (dossier != NULL)
        edit_dossier(request, dossier, &actor, own_url(request, dossier), "account/edit.html");
}

static void own_file(struct request *request)
{
    struct dossier *dossier = open_own(request);
    struct actor actor = visit_actor(request, false, true);
    if (dossier != NULL)
        send_dossier_file(request, dossier, &actor, request_path_param(request, "blob"));
}

static void give_copy(struct request *request, void (*give)(struct request *, const struct copy *))
{
    const struct dossier *dossier = open_own(request);
    if (dossier == NULL)
        return;
    struct actor actor = visit_actor(request, false, true);
    str back = own_url(request, dossier);
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

const struct route requests_routes[] = {
    {HTTP_GET, "/mon-compte/", 0, RIGHT_ACCOUNT, BODY_NONE, dashboard},
    {HTTP_GET, "/mon-compte/demandes/", 0, RIGHT_ACCOUNT, BODY_NONE, requests},
    {HTTP_GET, "/mon-compte/brouillons/", 0, RIGHT_ACCOUNT, BODY_NONE, drafts},
    {HTTP_POST, "/mon-compte/brouillons/", 0, RIGHT_ACCOUNT, BODY_FORM, delete_draft},
    {HTTP_GET, "/mon-compte/demandes/{code}/", 0, RIGHT_ACCOUNT, BODY_NONE, show_own},
    {HTTP_POST, "/mon-compte/demandes/{code}/", 0, RIGHT_ACCOUNT, BODY_UPLOADS, act_own},
    {HTTP_GET, "/mon-compte/demandes/{code}/modifier/", 0, RIGHT_ACCOUNT, BODY_NONE, change},
    {HTTP_POST, "/mon-compte/demandes/{code}/modifier/", ROUTE_WORKER, RIGHT_ACCOUNT, BODY_UPLOADS, change},
    {HTTP_POST, "/mon-compte/demandes/{code}/modifier/direct/", 0, RIGHT_ACCOUNT, BODY_UPLOADS, change},
    {HTTP_GET, "/mon-compte/demandes/{code}/copie/", 0, RIGHT_ACCOUNT, BODY_NONE, show_copy},
    {HTTP_GET, "/mon-compte/demandes/{code}/copie/pdf/", ROUTE_WORKER, RIGHT_ACCOUNT, BODY_NONE, send_copy},
    {HTTP_GET, "/mon-compte/demandes/{code}/fichiers/{blob}/", ROUTE_WORKER, RIGHT_ACCOUNT, BODY_NONE, own_file},
};
const size_t requests_route_count = sizeof requests_routes / sizeof *requests_routes;

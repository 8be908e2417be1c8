/* What a person filed or began: /api/user/forms, /api/user/drafts; and a request by its code, /api/code/. */
#include "web/api/listing.h"
#include "web/api/shapes.h"
#include "web/api/subjects.h"

enum { LISTED_MOST = 1000 };

/* False: the answer is made. w.c.s. answers 200 with « err » where nobody is named. */
static bool has_person(struct request *request)
{
    struct err err = {0};
    if (visit_of(request)->is_signed_in)
        return true;
    err_set(&err, ERR_FORBIDDEN, "Aucune personne n’est nommée : « email » ou « NameID » manque.");
    api_error(request, visit_of(request)->caller.kind == CALLER_SIGNED ? 200 : 403, "missing-user", &err);
    return false;
}

/* ---- Drafts ---- */

static json_t *draft_json(struct request *request, const struct form *form, const struct draft *draft)
{
    json_t *json = json_object();
    json_set_str(json, STR("name"), form->name);
    json_set_str(json, STR("title"), str_fmt(request->arena, "%.*s (brouillon)", STR_ARG(form->name)));
    json_set_str(json, STR("url"), visit_draft_url(request, draft));
    json_set_str(json, STR("datetime"), api_moment(request->arena, draft->created));
    json_set_str(json, STR("last_update_time"), api_moment(request->arena, draft->updated));
    json_set_str(json, STR("status"), STR("Brouillon"));
    json_set_str(json, STR("form_status"), STR("Brouillon"));
    json_set_str(json, STR("form_name"), form->name);
    json_set_str(json, STR("form_slug"), form->slug);
    json_set(json, STR("form_number"), json_null());
    json_set(json, STR("form_number_raw"), json_null());
    json_set(json, STR("draft"), json_true());
    json_set(json, STR("readable"), json_true());
    return json;
}

static bool add_drafts(struct request *request, json_t *list, struct err *err)
{
    const struct visit *visit = visit_of(request);
    struct drafts drafts = {0};
    if (!visit_drafts(request, &drafts, err))
        return false;
    for (size_t i = 0; i < drafts.len; i++) {
        const struct draft *draft = &drafts.at[i];
        const struct form *form = catalogue_form(visit->catalogue, draft->form, 0);
        if (form != NULL && draft->agent == 0 && form_is_open(form, request->now, NULL))
            json_array_append_new(list, draft_json(request, form, draft));
    }
    return true;
}

/* ---- Requests ---- */

static bool is_asked(const struct request *request, const struct dossier *dossier)
{
    str status = request_query(request, "status");
    if (str_eq(status, STR("open")))
        return !dossier->is_final;
    return !str_eq(status, STR("done")) || dossier->is_final;
}

static json_t *own_json(struct request *request, const struct dossier *dossier, const struct actor *actor)
{
    json_t *json = api_minimal_json(place_of(request), dossier, actor, true);
    json_set(json, STR("readable"), json_true());
    return json;
}

static bool read_own(struct request *request, struct dossier_list *dossiers, struct err *err)
{
    const struct visit *visit = visit_of(request);
    struct dossier_page page = {0};
    int64_t ids[LISTED_MOST];
    size_t count = 0;
    do {
        if (!dossier_list_of_account(place_of(request), visit->account.id, page.next, 200, &page, err))
            return false;
        for (size_t i = 0; i < page.lines.len && count < LISTED_MOST; i++)
            ids[count++] = page.lines.at[i].id;
    } while (page.next.len > 0 && count < LISTED_MOST);
    return dossier_load_several(place_of(request), ids, count, dossiers, err);
}

/* w.c.s.: oldest first unless sort=desc. */
static bool add_requests(struct request *request, json_t *list, struct err *err)
{
    struct dossier_list dossiers = {0};
    struct actor actor = api_actor(request);
    bool is_newest_first = str_eq(request_query(request, "sort"), STR("desc"));
    if (!read_own(request, &dossiers, err))
        return false;
    dossier_read_histories(place_of(request), &dossiers);
    for (size_t i = 0; i < dossiers.len; i++) {
        const struct dossier *dossier = dossiers.at[is_newest_first ? i : dossiers.len - 1 - i];
        if (dossier != NULL && is_asked(request, dossier))
            json_array_append_new(list, own_json(request, dossier, &actor));
    }
    return true;
}

static void show(struct request *request, bool with_requests, bool with_drafts)
{
    struct err err = {0};
    if (!has_person(request))
        return;
    json_t *list = json_keep(request->arena, json_array());
    if ((!with_requests || add_requests(request, list, &err)) && (!with_drafts || add_drafts(request, list, &err)))
        api_data(request, json_incref(list));
    else
        show_failure(request, &err);
}

static void forms(struct request *request)
{
    show(request, true, api_flag(request, "include-drafts", false));
}

static void drafts(struct request *request)
{
    show(request, false, true);
}

/* ---- By its code ---- */

static void code(struct request *request)
{
    struct dossier *dossier;
    const struct visit *visit = visit_of(request);
    bool may =
        visit->caller.kind == CALLER_SIGNED || (visit->caller.kind == CALLER_ACCESS && visit->membership.count == 0);
    if (!may) {
        api_refuse(request, "Un code se demande par un appel signé.");
        return;
    }
    if (!api_find_dossier(request, &dossier))
        return;
    bool is_office = api_flag(request, "backoffice", false);
    str url = is_office ? dossier_url_backoffice(place_of(request), dossier) : dossier_url(place_of(request), dossier);
    json_t *json = json_keep(request->arena, json_pack("{s:i}", "err", 0));
    json_set_str(json, STR("url"), url);
    json_set_str(json, STR("load_url"), url);
    response_json(request, 200, json);
}

static const struct api_parameter of_forms[] = {{"sort", "desc : la plus récente d’abord"},
                                                {"status", "all, open, done"},
                                                {"include-drafts", "on : les brouillons aussi"},
                                                {0}};

const struct api_operation mine_operations[] = {
    {HTTP_GET, "/api/user/forms", forms, "Les demandes de la personne pour qui l’appel est fait", of_forms},
    {HTTP_GET, "/api/user/drafts", drafts, "Ses brouillons"},
    {HTTP_GET, "/api/code/{code}", code, "Où est la demande qui a ce numéro de suivi"},
    {0},
};

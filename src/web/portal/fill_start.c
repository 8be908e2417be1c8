/* Starting a form, leaving it for later, taking it up again elsewhere. */
#include "web/portal/filling.h"

/* One draft found again rather than five begun. */
static void offer_draft(struct request *request, struct filling *filling)
{
    struct value_dict *page = page_new(request);
    size_t furthest = filling_furthest(filling);
    page_set_text(request, page, "form_name", filling->form->name);
    page_set(request, page, "updated", instant_value(filling->draft.updated));
    page_set(request, page, "expires", date_value(filling->draft.expires));
    page_set_text(request, page, "go_on_url",
                  filling_page_url(request, filling->form, furthest == SIZE_MAX ? 0 : furthest));
    page_set_text(request, page, "anew_url", filling_url(request, filling->form, "recommencer/"));
    page_set_text(request, page, "back_url", filling_url(request, filling->form, ""));
    page_show(request, 200, "portal/resume.html", page);
}

static void start(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling) || !filling_begin_anew_if_filed(request, &filling))
        return;
    if (filling.has_draft && json_object_size(filling.draft.answers) > 0) {
        offer_draft(request, &filling);
        return;
    }
    if (visit_of(request)->is_signed_in || filling.has_draft) {
        response_redirect(request, filling_page_url(request, filling.form, 0));
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", filling_page_url(request, filling.form, 0));
    page_set_text(request, page, "back_url", filling_url(request, filling.form, ""));
    page_show(request, 200, "portal/start.html", page);
}

static bool delete_draft(struct tx *tx, void *arg, struct err *err)
{
    const struct filling *filling = arg;
    return draft_delete(tx, filling->draft.id, err);
}

static void was_deleted(struct request *request, void *arg, bool ok, const struct err *err)
{
    const struct filling *filling = arg;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    response_cookie(request, filling_cookie(request, filling->form), STR_EMPTY, -1);
    response_redirect(request, filling_page_url(request, filling->form, 0));
}

static void begin_anew(struct request *request)
{
    struct filling *filling = arena_new_of(request->arena, struct filling);
    if (!filling_open(request, filling))
        return;
    if (!filling->has_draft || filling->draft.filed.len > 0)
        response_redirect(request, filling_page_url(request, filling->form, 0));
    else
        request_commit(request, visit_of(request)->site->store, delete_draft, filling, was_deleted);
}

static void later(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", filling_page_url(request, filling.form, filling_furthest(&filling)));
    page_set(request, page, "expires", date_value(filling.draft.expires));
    page_set_text(request, page, "resume_url", visit_draft_url(request, &filling.draft));
    page_show(request, 200, "portal/later.html", page);
}

/* A link that brings a draft to another device. */
static void resume(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct draft draft;
    struct err err = {0};
    struct draft_reading reading = {
        .arena = request->arena, .token = request_path_param(request, "token"), .now = request->now, .out = &draft};
    if (!store_read(visit->site->store, draft_read, &reading, &err)) {
        show_failure(request, &err);
        return;
    }
    if ((draft.account != 0 || draft.agent != 0) && !visit->is_signed_in) {
        response_redirect(request, str_fmt(request->arena, "/connexion/?suite=%.*s",
                                           STR_ARG(draft_path(request->arena, draft.token))));
        return;
    }
    const struct form *form = catalogue_form(visit->catalogue, draft.form, 0);
    bool is_theirs = draft_is_theirs(visit, &draft);
    if (form == NULL || !is_theirs) {
        response_error(request, is_theirs ? 410 : 403, NULL);
        return;
    }
    filling_keep(request, form, &draft);
    int next = draft.page + 1 < (int)form->page_count ? draft.page + 1 : draft.page;
    response_redirect(request, filling_page_url(request, form, (size_t)next));
}

const struct route fill_start_routes[] = {
    {HTTP_GET, "/demarches/{slug}/commencer/", 0, RIGHT_PUBLIC, BODY_NONE, start},
    {HTTP_POST, "/demarches/{slug}/recommencer/", 0, RIGHT_PUBLIC, BODY_FORM, begin_anew},
    {HTTP_GET, "/demarches/{slug}/plus-tard/", 0, RIGHT_PUBLIC, BODY_NONE, later},
    {HTTP_GET, "/reprendre/{token}/", 0, RIGHT_PUBLIC, BODY_NONE, resume},
};
const size_t fill_start_route_count = sizeof fill_start_routes / sizeof *fill_start_routes;

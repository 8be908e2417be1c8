/* Starting a form, leaving it for later, taking it up again elsewhere. */
#include "web/portal/filling.h"

static void start(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    filling_begin_anew_if_filed(request, &filling);
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

static void later(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", filling_page_url(request, filling.form, filling_furthest(&filling)));
    page_set(request, page, "expires", date_value(filling.draft.expires));
    page_set_text(request, page, "resume_url",
                  str_fmt(request->arena, "%.*s/reprendre/%.*s/", STR_ARG(place_of(request)->base_url),
                          STR_ARG(filling.draft.token)));
    page_show(request, 200, "portal/later.html", page);
}

/* A link that brings a draft to another device. */
static void resume(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct draft draft;
    struct err err = {0};
    struct draft_reading reading = {request->arena, request_path_param(request, "token"), request->now, &draft};
    if (!store_read(visit->site->store, draft_read, &reading, &err)) {
        show_failure(request, &err);
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
    {HTTP_GET, "/demarches/{slug}/plus-tard/", 0, RIGHT_PUBLIC, BODY_NONE, later},
    {HTTP_GET, "/reprendre/{token}/", 0, RIGHT_PUBLIC, BODY_NONE, resume},
};
const size_t fill_start_route_count = sizeof fill_start_routes / sizeof *fill_start_routes;

/* After a button or a filing that has another server asked, or a document made: the page waits a while, so that
 * normally it shows what came of it, or leads on to where that says. */
#include "web/visit.h"

#include <time.h>

enum { LOOKS_MOST = 100, LOOK_MILLISECONDS = 50 };

str calling_path(struct request *request, str path, const struct change *change)
{
    if (change->call.len == 0)
        return path;
    const char *sign = str_contains(path, STR("?")) ? "&" : "?";
    return str_fmt(request->arena, "%.*s%sappel=%.*s", STR_ARG(path), sign, STR_ARG(change->call));
}

/* On a thread that may wait. */
static void wait_for_call(struct request *request, str call, struct dossier **dossier)
{
    const struct timespec look = {.tv_nsec = LOOK_MILLISECONDS * 1000000L};
    for (int i = 0; i < LOOKS_MOST && workflow_call_is_awaited(*dossier, call); i++) {
        nanosleep(&look, NULL);
        if (!dossier_load(place_of(request), (*dossier)->id, dossier, NULL))
            return;
    }
}

bool calling_settle(struct request *request, struct dossier **dossier, str path)
{
    str call = request_query(request, "appel");
    if (call.len == 0)
        return false;
    if (workflow_call_is_awaited(*dossier, call) && jobs_run_alone(visit_of(request)->installation->jobs)) {
        if (!visit_may_wait(request))
            return true;
        wait_for_call(request, call, dossier);
    }
    if (workflow_call_is_awaited(*dossier, call))
        return false;
    str lead = workflow_call_leads_to(*dossier, call);
    if (lead.len == 0 && path.len == 0)
        return false;
    response_redirect(request, lead.len > 0 ? lead : path);
    return true;
}

void calling_fill_page(struct request *request, const struct dossier *dossier, bool is_calling, bool is_called_again,
                       struct value_dict *page)
{
    page_set(request, page, "is_calling", value_bool(is_calling));
    page_set(request, page, "is_making", value_bool(workflow_makes_document(dossier)));
    page_set(request, page, "is_called_again", value_bool(is_called_again));
    str query = request->query.len > 0 ? str_fmt(request->arena, "?%.*s", STR_ARG(request->query)) : STR_EMPTY;
    page_set_text(request, page, "look_again_url",
                  request->method == HTTP_GET
                      ? str_fmt(request->arena, "%.*s%.*s", STR_ARG(request->path), STR_ARG(query))
                      : request->path);
}

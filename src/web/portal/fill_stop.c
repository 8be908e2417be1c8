/* The page that ends the path of who answered that the service is not for them. Nothing is filed; the answers stay in
 * the draft, so that who answered wrongly goes back. */
#include "web/portal/filling.h"

str filling_stop_url(struct request *request, const struct filling *filling, size_t page)
{
    return str_fmt(request->arena, "%.*sarret/", STR_ARG(filling_page_url(request, filling->form, page)));
}

bool filling_is_stopped(struct request *request, const struct filling *filling)
{
    size_t page = form_stopped_page(filling->form, &filling->context);
    if (page == SIZE_MAX)
        return false;
    response_redirect(request, filling_stop_url(request, filling, page));
    return true;
}

static void show(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    size_t page = filling_page_number(request, &filling), most = filling_furthest(&filling);
    bool is_reached = page != SIZE_MAX && most != SIZE_MAX && page <= most && filling.draft.filed.len == 0;
    const struct page_stop *stop = is_reached ? form_page_stop(filling.form, page, &filling.context) : NULL;
    if (stop == NULL) {
        filling_lead_to_page(request, &filling, most);
        return;
    }
    struct value_dict *out = page_new(request);
    page_set_text(request, out, "form_name", filling.form->name);
    page_set_text(request, out, "back_url", filling_page_url(request, filling.form, page));
    page_set(request, out, "stop", page_stop_value(stop, &filling.context));
    filling_set_entry(request, &filling, out);
    page_show(request, 200, "portal/stop.html", out);
}

const struct route fill_stop_routes[] = {
    {HTTP_GET, "/demarches/{slug}/{n:int}/arret/", 0, RIGHT_PUBLIC, BODY_NONE, show},
};
const size_t fill_stop_route_count = sizeof fill_stop_routes / sizeof *fill_stop_routes;

/* The agents' office: the list of a form's requests, as it is filtered, as a file. */
#include "exports/exports.h"

#include "web/office/list.h"

static enum piece next_piece(void *arg, struct arena *arena, struct buf *out)
{
    struct err err = {0};
    bool is_last = false;
    if (!export_next(arg, arena, out, &is_last, &err)) {
        log_err("export", &err);
        return PIECE_BROKEN;
    }
    return is_last ? PIECE_LAST : PIECE_MORE;
}

static void export(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct actor actor = visit_actor(request, true, false);
    struct dossier_query query;
    enum export_format format;
    list_query(request, &actor, &query);
    const struct form *form = catalogue_form(visit->catalogue, query.form, 0);
    str ending = request_path_param(request, "format");
    if (form == NULL || !export_format_called(ending, &format)) {
        response_error(request, 404, NULL);
        return;
    }
    str day = date_iso(request->arena, datetime_local(request->now).date);
    log_line(LOG_INFO, "export", "site=%.*s account=%lld form=%.*s format=%.*s", STR_ARG(visit->site->slug),
             (long long)actor.account, STR_ARG(form->slug), STR_ARG(ending));
    response_stream(request, export_media_type(format),
                    str_fmt(request->arena, "%.*s-%.*s.%.*s", STR_ARG(form->slug), STR_ARG(day), STR_ARG(ending)),
                    next_piece, export_begin(place_of(request), form, &query, format));
}

const struct route export_routes[] = {
    {HTTP_GET, "/agents/demandes/export/{format}/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, export},
};
const size_t export_route_count = sizeof export_routes / sizeof *export_routes;

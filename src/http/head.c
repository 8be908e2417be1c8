/* A request at the door: its route, whether it may pass, whether its body is one that the route takes. What is refused
 * here is refused before a byte of the body is kept. */
#include "http/internal.h"

void exchange_name(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (request->id.len == 0)
        request->id = random_text(request->arena, 8, STR("23456789ABCDEFGHJKLMNPQRSTUVWXYZ"));
}

void exchange_refuse(struct exchange *exchange, int status, const struct err *err)
{
    exchange_name(exchange);
    response_error(&exchange->request, status, err);
}

static void refuse_method(struct exchange *exchange, unsigned allowed)
{
    response_header(&exchange->request, "Allow",
                    allowed == HTTP_POST  ? STR("POST")
                    : allowed == HTTP_GET ? STR("GET, HEAD")
                                          : STR("GET, HEAD, POST"));
    exchange_refuse(exchange, 405, NULL);
}

/* A path without its last slash leads to the page with it. */
static bool redirect_to_slash(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (request->method != HTTP_GET || str_ends(request->path, STR("/")))
        return false;
    str path = request->path;
    unsigned others;
    request->path = str_fmt(request->arena, "%.*s/", STR_ARG(path));
    bool exists = route_find(exchange->server->routes, request, &others) != NULL;
    request->path_params.len = 0;
    request->path = path;
    if (!exists || str_starts(path, STR("//")))
        return false;
    str uri = str_of(exchange->uri), raw_path, query;
    bool has_query = str_cut(uri, '?', &raw_path, &query);
    response_redirect(request, has_query ? str_fmt(request->arena, "%.*s/?%.*s", STR_ARG(raw_path), STR_ARG(query))
                                         : str_fmt(request->arena, "%.*s/", STR_ARG(raw_path)));
    request->response.status = 301;
    return true;
}

static bool find_route(struct exchange *exchange)
{
    unsigned others;
    struct request *request = &exchange->request;
    request->route = route_find(exchange->server->routes, request, &others);
    if (request->route != NULL)
        return true;
    if (others != 0)
        refuse_method(exchange, others);
    else if (!redirect_to_slash(exchange))
        exchange_refuse(exchange, 404, NULL);
    return false;
}

/* A body that comes with GET means nothing (RFC 9110 §9.3.1); a server in front may take it for the next request. */
static bool has_no_body(struct exchange *exchange)
{
    str length = request_header(&exchange->request, "Content-Length");
    bool has_body = (length.len > 0 && !str_eq(length, STR("0"))) ||
                    request_header(&exchange->request, "Transfer-Encoding").len > 0;
    exchange->answers_now = has_body;
    return !has_body || body_refuse(exchange, 400, NULL);
}

/* Another method than GET, HEAD and POST. */
static void refuse_unknown_method(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    unsigned others;
    request->method = HTTP_GET;
    unsigned allowed = route_find(exchange->server->routes, request, &others) != NULL ? HTTP_GET : 0U;
    request->method = HTTP_POST;
    allowed |= route_find(exchange->server->routes, request, &others) != NULL ? HTTP_POST : 0U;
    if (allowed == 0)
        exchange_refuse(exchange, 404, NULL);
    else
        refuse_method(exchange, allowed);
}

bool exchange_take_head(struct exchange *exchange, const char *method, const char *version)
{
    struct request *request = &exchange->request;
    const struct http_app *app = exchange->server->app;
    int refused = request_read_head(exchange, method, version);
    if (refused == 405)
        refuse_unknown_method(exchange);
    else if (refused != 0)
        exchange_refuse(exchange, refused, NULL);
    bool goes_on = refused == 0 && (request->method == HTTP_POST || has_no_body(exchange)) && find_route(exchange);
    if (!goes_on) {
        exchange->answers_now = exchange->answers_now || refused != 0;
        return false;
    }
    if (app->guard != NULL && !app->all_on_workers && !(request->route->flags & ROUTE_WORKER) &&
        !exchange_run_guard(exchange))
        return false;
    return request->method == HTTP_GET || body_start(exchange);
}

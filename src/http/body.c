/* A body as it comes: of the type that the route takes, within its bounds, cut up at its end. */
#include "http/internal.h"

static size_t body_most(const struct exchange *exchange)
{
    const struct http_limits *limits = &exchange->server->app->limits;
    return exchange->is_multipart ? limits->upload_bytes + limits->body_bytes : limits->body_bytes;
}

/* The content type that a route's body must have. */
static bool body_fits(struct exchange *exchange, const struct media_type *type)
{
    exchange->is_multipart = str_eq(type->essence, STR("multipart/form-data"));
    switch (exchange->request.route->body) {
    case BODY_FORM:
    case BODY_UPLOADS:
        return exchange->is_multipart || str_eq(type->essence, STR("application/x-www-form-urlencoded"));
    case BODY_JSON:
        return str_eq(type->essence, STR("application/json"));
    default:
        return false;
    }
}

bool body_refuse(struct exchange *exchange, int status, const struct err *err)
{
    exchange->must_close = true;
    exchange_refuse(exchange, status, err);
    return false;
}

bool body_start(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct http_app *app = exchange->server->app;
    str type_text = request_header(request, "Content-Type"), length_text = request_header(request, "Content-Length");
    struct media_type type;
    int64_t length = 0;
    http_parse_media_type(request->arena, type_text, &type);
    bool fits = body_fits(exchange, &type);
    if (length_text.len > 0 && (!str_to_int64(length_text, &length) || (size_t)length > body_most(exchange)))
        return body_refuse(exchange, 413, NULL);
    bool has_body = length > 0 || request_header(request, "Transfer-Encoding").len > 0;
    bool needs_none = request->route->body == BODY_JSON && !has_body; /* programs name a type for a body that is none */
    if (!fits && !needs_none && (type_text.len > 0 || has_body))
        return body_refuse(exchange, 415, NULL);
    exchange->is_multipart = exchange->is_multipart && fits;
    exchange->body = buf_new(request->arena, app->limits.body_bytes);
    if (!exchange->is_multipart)
        return true;
    exchange->multipart = multipart_new(request->arena, &type, app->upload_folder, &app->limits, &exchange->body_err);
    return exchange->multipart != NULL || body_refuse(exchange, 400, &exchange->body_err);
}

bool body_take(struct exchange *exchange, str bytes)
{
    exchange->received += bytes.len;
    if (exchange->received > body_most(exchange))
        exchange->body_error = 413;
    if (exchange->body_error != 0)
        return exchange->received <= 2 * body_most(exchange);
    if (exchange->multipart != NULL) {
        if (!multipart_feed(exchange->multipart, bytes, &exchange->body_err))
            exchange->body_error = exchange->body_err.code == ERR_TOO_LARGE     ? 413
                                   : exchange->body_err.code == ERR_UNAVAILABLE ? 503
                                                                                : 400;
        return true;
    }
    buf_add(&exchange->body, bytes);
    return true;
}

int body_finish(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (exchange->body_error != 0)
        return exchange->body_error;
    if (request->method == HTTP_GET)
        return 0;
    if (exchange->multipart != NULL)
        return multipart_end(exchange->multipart, &request->form, &request->uploads, &exchange->body_err) ? 0 : 400;
    str body = buf_str(&exchange->body);
    if (request->route->body == BODY_JSON && str_is_empty(str_trim(body)))
        return 0;
    if (request->route->body == BODY_JSON) {
        request->json = json_parse(request->arena, body, &exchange->body_err);
        return request->json != NULL ? 0 : 400;
    }
    return http_parse_urlencoded(request->arena, body, exchange->server->app->limits.params, &request->form) ? 0 : 400;
}

size_t body_drained_most(const struct exchange *exchange)
{
    const struct http_limits *limits = &exchange->server->app->limits;
    return 4 * (limits->upload_bytes + limits->body_bytes);
}

bool body_is_drained(const struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    int64_t length = 0;
    str length_text = request_header(request, "Content-Length");
    bool fits =
        length_text.len == 0 || (str_to_int64(length_text, &length) && (uint64_t)length <= body_drained_most(exchange));
    return fits && !exchange->answers_now && request_header(request, "Expect").len == 0;
}

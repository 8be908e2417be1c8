/* Answers: what handlers make, and how the server sends them. */
#include "http/internal.h"

#include <string.h>
#include <unistd.h>

void response_text(struct request *request, int status, str type, str body)
{
    request->response.status = status;
    request->response.type = type;
    request->response.body = body;
}

void response_html(struct request *request, int status, str html)
{
    response_text(request, status, STR("text/html; charset=utf-8"), html);
}

void response_json(struct request *request, int status, const json_t *json)
{
    response_text(request, status, STR("application/json"), json_text(request->arena, json));
}

static bool has_control(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            return true;
    return false;
}

void response_header(struct request *request, const char *name, str value)
{
    if (!has_control(value))
        *vec_push(request->arena, &request->response.headers) = (struct http_param){str_of(name), value};
}

void response_redirect(struct request *request, str url)
{
    response_text(request, 303, STR("text/html; charset=utf-8"), STR_EMPTY);
    response_header(request, "Location", has_control(url) ? STR("/") : url);
}

/* Pictures, PDF and plain text may be shown; whatever could run is saved. */
static bool may_be_shown(str type)
{
    static const char *const types[] = {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(type, str_of(types[i])))
            return true;
    return false;
}

static void add_disposition(struct request *request, const char *how, str name)
{
    struct buf encoded = buf_new(request->arena, 4096);
    buf_add_url(&encoded, name);
    response_header(request, "Content-Disposition",
                    str_fmt(request->arena, "%s; filename*=UTF-8''%.*s", how, STR_ARG(buf_str(&encoded))));
}

void response_save_as(struct request *request, str name)
{
    add_disposition(request, "attachment", name);
    response_header(request, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
}

void response_file(struct request *request, int fd, int64_t size, str type, str name)
{
    bool is_shown = may_be_shown(type);
    response_text(request, 200, is_shown ? type : STR("application/octet-stream"), STR_EMPTY);
    request->response.fd = fd;
    request->response.fd_size = size;
    add_disposition(request, is_shown ? "inline" : "attachment", name);
    response_header(request, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
}

void response_cookie(struct request *request, const char *name, str value, int64_t seconds)
{
    bool is_https = request->exchange->server->app->is_https;
    str age = seconds == 0  ? STR_EMPTY
              : seconds < 0 ? STR("; Max-Age=0")
                            : str_fmt(request->arena, "; Max-Age=%lld", (long long)seconds);
    response_header(request, "Set-Cookie",
                    str_fmt(request->arena, "%s%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%.*s",
                            is_https ? "__Host-" : "", name, STR_ARG(value), is_https ? "; Secure" : "", STR_ARG(age)));
}

void response_forget(struct request *request)
{
    if (request->response.fd >= 0)
        close(request->response.fd);
    stream_end(request->response.stream);
    request->response = (struct response){.fd = -1};
}

void response_error(struct request *request, int status, const struct err *err)
{
    const struct http_app *app = request->exchange->server->app;
    if (status == 503)
        response_header(request, "Retry-After", STR("5"));
    if (app->error_page != NULL)
        app->error_page(request, status, err);
    if (request->response.status == 0)
        response_text(request, status, STR("text/plain; charset=utf-8"), STR("Erreur\n"));
}

bool response_not_modified(struct request *request, str etag)
{
    response_header(request, "ETag", etag);
    if (!str_eq(request_header(request, "If-None-Match"), etag))
        return false;
    response_text(request, 304, STR_EMPTY, STR_EMPTY);
    return true;
}

/* ---- Sending ---- */

static bool is_set(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->headers.len; i++)
        if (str_eq_nocase(response->headers.at[i].name, str_of(name)))
            return true;
    return false;
}

#define POLICY(servers)                                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:" servers "; connect-src 'self'; "   \
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"

static const char csp[] = POLICY("");

void response_allow_images(struct request *request, str servers)
{
    response_header(request, "Content-Security-Policy", str_fmt(request->arena, POLICY("%.*s"), STR_ARG(servers)));
}

static void add_security_headers(const struct exchange *exchange, struct MHD_Response *sent)
{
    const struct response *response = &exchange->request.response;
    if (!is_set(response, "Content-Security-Policy"))
        MHD_add_response_header(sent, "Content-Security-Policy", csp);
    MHD_add_response_header(sent, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(sent, "Referrer-Policy", "same-origin");
    MHD_add_response_header(sent, "Cross-Origin-Opener-Policy", "same-origin");
    MHD_add_response_header(sent, "Cross-Origin-Resource-Policy", "same-origin");
    if (!is_set(response, "Cache-Control"))
        MHD_add_response_header(sent, "Cache-Control", response->is_public ? "public, max-age=60" : "no-store");
    if (exchange->server->app->is_https)
        MHD_add_response_header(sent, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
}

static void add_headers(const struct exchange *exchange, struct MHD_Response *sent)
{
    struct arena *arena = exchange->request.arena;
    const struct response *response = &exchange->request.response;
    if (response->type.len > 0)
        MHD_add_response_header(sent, "Content-Type", str_z(arena, response->type));
    for (size_t i = 0; i < response->headers.len; i++)
        MHD_add_response_header(sent, str_z(arena, response->headers.at[i].name),
                                str_z(arena, response->headers.at[i].value));
    add_security_headers(exchange, sent);
    if (exchange->must_close || atomic_load(&exchange->server->draining))
        MHD_add_response_header(sent, "Connection", "close");
}

enum MHD_Result response_send(struct exchange *exchange)
{
    struct response *response = &exchange->request.response;
    struct MHD_Response *sent;
    if (response->stream != NULL) {
        sent = stream_response(response->stream);
    } else if (response->fd >= 0) {
        sent = MHD_create_response_from_fd64((uint64_t)response->fd_size, response->fd);
        response->fd = -1;
    } else { /* the body lives until the request is done with: no copy */
        sent = MHD_create_response_from_buffer(response->body.len, (void *)(uintptr_t)response->body.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    }
    if (sent == NULL)
        return MHD_NO;
    add_headers(exchange, sent);
    exchange->stage = STAGE_SENT;
    enum MHD_Result result = MHD_queue_response(exchange->connection, (unsigned)response->status, sent);
    MHD_destroy_response(sent);
    return result;
}

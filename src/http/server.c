/* The server: a request from its first byte to its last, on the library's event loops. */
#include "http/internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const struct http_limits http_limits_default = {
    .header_bytes = (size_t)32 * 1024,
    .url_bytes = (size_t)8 * 1024,
    .params = 1000,
    .body_bytes = 2 << 20,
    .upload_bytes = 25 << 20,
    .uploads = 30,
    .header_seconds = 15,
    .body_seconds = 180,
    .idle_seconds = 30,
    .connections = 4096,
    .connections_per_address = 0,
    .workers = 8,
    .queue = 512,
};

/* ---- A request's memory: kept from one request to the next on the same loop ---- */

static pthread_key_t spare_key;
static pthread_once_t spare_once = PTHREAD_ONCE_INIT;

static void free_spare(void *arena)
{
    arena_free(arena);
}

static void make_spare_key(void)
{
    pthread_key_create(&spare_key, free_spare);
}

static struct arena *arena_take(void)
{
    pthread_once(&spare_once, make_spare_key);
    struct arena *spare = pthread_getspecific(spare_key);
    pthread_setspecific(spare_key, NULL);
    return spare != NULL ? spare : arena_new();
}

static void arena_give(struct arena *arena)
{
    if (pthread_getspecific(spare_key) != NULL) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    pthread_setspecific(spare_key, arena);
}

/* The library cuts a query up in the small memory of the connection, and says nothing at all where that is too small.
 * It gets one that is not to be cut: request.c reads our own copy. */
static void hide_query(char *uri)
{
    for (char *at = uri; (at = strpbrk(at, "?&")) != NULL;)
        *at = '/';
}

/* The first word of a new request: its target, as it came. */
static void *begin_exchange(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct http_server *server = arg;
    struct arena *arena = arena_take();
    size_t length = strlen(uri);
    struct exchange *exchange = arena_alloc(arena, sizeof *exchange + length);
    memcpy(exchange->uri, uri, length + 1);
    hide_query((char *)(uintptr_t)uri);
    exchange->server = server;
    exchange->connection = connection;
    struct request *request = &exchange->request;
    *request = (struct request){.arena = arena, .exchange = exchange, .app = server->app->app, .now = instant_now()};
    request->response.fd = -1;
    atomic_fetch_add(&server->under_way, 1);
    return exchange;
}

static void end_exchange(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    (void)arg;
    (void)connection;
    (void)code;
    struct exchange *exchange = *context;
    if (exchange == NULL)
        return;
    struct http_server *server = exchange->server;
    if (server->app->done != NULL)
        server->app->done(&exchange->request);
    multipart_free(exchange->multipart);
    if (exchange->request.response.fd >= 0)
        close(exchange->request.response.fd);
    watch_set(exchange->peer, server->app->limits.idle_seconds);
    arena_give(exchange->request.arena);
    atomic_fetch_sub(&server->under_way, 1);
    *context = NULL;
}

/* ---- The head ---- */

static str new_id(struct arena *arena)
{
    return random_text(arena, 8, STR("23456789ABCDEFGHJKLMNPQRSTUVWXYZ"));
}

static void refuse(struct exchange *exchange, int status, const struct err *err)
{
    struct request *request = &exchange->request;
    if (request->id.len == 0)
        request->id = new_id(request->arena);
    response_error(request, status, err);
}

static void refuse_method(struct exchange *exchange, unsigned allowed)
{
    response_header(&exchange->request, "Allow",
                    allowed == HTTP_POST  ? STR("POST")
                    : allowed == HTTP_GET ? STR("GET, HEAD")
                                          : STR("GET, HEAD, POST"));
    refuse(exchange, 405, NULL);
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
        refuse(exchange, 404, NULL);
    return false;
}

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

/* What comes after the head of a request that is refused is not read: the connection closes behind the answer. */
static bool refuse_body(struct exchange *exchange, int status, const struct err *err)
{
    exchange->must_close = true;
    refuse(exchange, status, err);
    return false;
}

static bool start_body(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct http_app *app = exchange->server->app;
    str type_text = request_header(request, "Content-Type"), length_text = request_header(request, "Content-Length");
    struct media_type type;
    int64_t length = 0;
    http_parse_media_type(request->arena, type_text, &type);
    bool fits = body_fits(exchange, &type);
    if (length_text.len > 0 && (!str_to_int64(length_text, &length) || (size_t)length > body_most(exchange)))
        return refuse_body(exchange, 413, NULL);
    if (!fits && (type_text.len > 0 || length > 0 || request_header(request, "Transfer-Encoding").len > 0))
        return refuse_body(exchange, 415, NULL);
    exchange->body = buf_new(request->arena, app->limits.body_bytes);
    if (!exchange->is_multipart)
        return true;
    exchange->multipart = multipart_new(request->arena, &type, app->upload_folder, &app->limits, &exchange->body_err);
    return exchange->multipart != NULL || refuse_body(exchange, 400, &exchange->body_err);
}

/* A body that comes with GET means nothing (RFC 9110 §9.3.1); a server in front may take it for the next request. */
static bool has_no_body(struct exchange *exchange)
{
    str length = request_header(&exchange->request, "Content-Length");
    bool has_body = (length.len > 0 && !str_eq(length, STR("0"))) ||
                    request_header(&exchange->request, "Transfer-Encoding").len > 0;
    return !has_body || refuse_body(exchange, 400, NULL);
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
        refuse(exchange, 404, NULL);
    else
        refuse_method(exchange, allowed);
}

/* True where the body, if any, is to be read; false where the response is made. */
static bool take_head(struct exchange *exchange, const char *method, const char *version)
{
    struct request *request = &exchange->request;
    const struct http_app *app = exchange->server->app;
    int refused = request_read_head(exchange, method, version);
    if (refused == 405)
        refuse_unknown_method(exchange);
    else if (refused != 0)
        refuse(exchange, refused, NULL);
    bool goes_on = refused == 0 && (request->method == HTTP_POST || has_no_body(exchange)) && find_route(exchange);
    if (!goes_on) {
        exchange->must_close = exchange->must_close || refused != 0 || request->method == HTTP_POST;
        return false;
    }
    if (app->guard != NULL && !app->all_on_workers && !(request->route->flags & ROUTE_WORKER) && !app->guard(request)) {
        exchange->must_close = request->method == HTTP_POST;
        return false;
    }
    return request->method == HTTP_GET || start_body(exchange);
}

/* ---- The body ---- */

/* What is wrong is said once the body is there; false where it goes on far beyond what was allowed. */
static bool take_body(struct exchange *exchange, str bytes)
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

static int finish_body(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (exchange->body_error != 0)
        return exchange->body_error;
    if (request->method == HTTP_GET)
        return 0;
    if (exchange->multipart != NULL)
        return multipart_end(exchange->multipart, &request->form, &request->uploads, &exchange->body_err) ? 0 : 400;
    str body = buf_str(&exchange->body);
    if (request->route->body == BODY_JSON) {
        request->json = json_parse(request->arena, body, &exchange->body_err);
        return request->json != NULL ? 0 : 400;
    }
    return http_parse_urlencoded(request->arena, body, exchange->server->app->limits.params, &request->form) ? 0 : 400;
}

/* ---- The handler ---- */

void exchange_run_handler(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct http_app *app = exchange->server->app;
    bool guarded_late = app->all_on_workers || (request->route->flags & ROUTE_WORKER);
    if (guarded_late && app->guard != NULL && !app->guard(request))
        return;
    if (request->method == HTTP_POST && app->check_form != NULL && !app->check_form(request))
        return;
    request->route->handler(request);
    if (request->response.status == 0 && exchange->commit_fn == NULL)
        response_error(request, 500, NULL);
}

static void committed(void *arg, bool ok, const struct err *err)
{
    struct exchange *exchange = arg;
    exchange->commit_then(&exchange->request, exchange->commit_arg, ok, err);
    exchange->stage = STAGE_ANSWER;
    MHD_resume_connection(exchange->connection);
}

static bool run_commit(struct tx *tx, void *arg, struct err *err)
{
    struct exchange *exchange = arg;
    return exchange->commit_fn(tx, exchange->commit_arg, err);
}

void request_commit(struct request *request, struct store *store, store_fn fn, void *arg, request_then then)
{
    struct exchange *exchange = request->exchange;
    if (request->on_worker) {
        struct err err = {0};
        bool ok = store_write(store, fn, arg, &err);
        then(request, arg, ok, &err);
        return;
    }
    exchange->commit_fn = fn;
    exchange->commit_arg = arg;
    exchange->commit_then = then;
    exchange->stage = STAGE_SUSPENDED;
    MHD_suspend_connection(exchange->connection);
    store_write_later(store, run_commit, exchange, committed);
}

static enum MHD_Result run(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    int refused = finish_body(exchange);
    if (refused != 0) {
        refuse(exchange, refused, exchange->body_err.code != ERR_NONE ? &exchange->body_err : NULL);
        return response_send(exchange);
    }
    request->id = new_id(request->arena);
    request->on_worker = exchange->server->app->all_on_workers || (request->route->flags & ROUTE_WORKER);
    if (request->on_worker) {
        if (workers_take(exchange->server, exchange))
            return MHD_YES;
        response_header(request, "Retry-After", STR("2"));
        refuse(exchange, 503, NULL);
        return response_send(exchange);
    }
    exchange_run_handler(exchange);
    return exchange->commit_fn != NULL ? MHD_YES : response_send(exchange);
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **context)
{
    (void)arg;
    (void)url;
    struct exchange *exchange = *context;
    switch (exchange->stage) {
    case STAGE_NEW:
        exchange->connection = connection;
        exchange->peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
        watch_set(exchange->peer, exchange->server->app->limits.body_seconds);
        exchange->stage = STAGE_BODY;
        if (take_head(exchange, method, version))
            return MHD_YES;
        if (exchange->must_close) /* an answer at the first call makes the library close behind it */
            return response_send(exchange);
        exchange->stage = STAGE_ANSWER;
        return MHD_YES;
    case STAGE_BODY:
        if (*upload_size > 0) {
            bool goes_on = take_body(exchange, (str){upload, *upload_size});
            *upload_size = 0;
            return goes_on ? MHD_YES : MHD_NO;
        }
        watch_set(exchange->peer, 0);
        return run(exchange);
    case STAGE_ANSWER:
        *upload_size = 0;
        return response_send(exchange);
    default:
        *upload_size = 0;
        return MHD_YES;
    }
}

/* ---- Starting and stopping ---- */

static void stay_silent(void *arg, const char *format, va_list args)
{
    (void)arg;
    (void)format;
    (void)args; /* a client that goes away is no event */
}

static size_t keep_escaped(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg;
    (void)connection;
    return strlen(text); /* request.c decodes, once, and checks */
}

static bool socket_address(const char *address, int port, struct sockaddr_in *four, struct err *err)
{
    *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, address, &four->sin_addr) == 1 ||
           err_set(err, ERR_INVALID, "%s is no IPv4 address to listen on.", address);
}

static unsigned loop_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 16 ? 16 : (unsigned)cores;
}

struct http_server *http_start(const struct http_app *app, const char *address, int port, struct err *err)
{
    struct sockaddr_in where;
    if (!socket_address(address, port, &where, err))
        return NULL;
    struct arena *arena = arena_new();
    struct http_server *server = arena_new_of(arena, struct http_server);
    server->arena = arena;
    server->app = app;
    server->routes = route_table_new(arena, app->routes, app->route_count);
    workers_start(server);
    watch_start(server);
    unsigned loops = loop_count();
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, (uint16_t)port, NULL, NULL,
        handle, server, MHD_OPTION_SOCK_ADDR, &where, MHD_OPTION_THREAD_POOL_SIZE, loops > 1 ? loops : 0U,
        MHD_OPTION_EXTERNAL_LOGGER, stay_silent, NULL, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_NOTIFY_CONNECTION, watch_connection, server,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        2 * app->limits.header_bytes, MHD_OPTION_CONNECTION_LIMIT, app->limits.connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, app->limits.connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)app->limits.idle_seconds, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_END);
    if (server->daemon == NULL) {
        err_set(err, ERR_UNAVAILABLE, "Cannot listen on %s:%d: is the port taken?", address, port);
        atomic_store(&server->stopping, true);
        workers_stop(server);
        watch_stop(server);
        arena_free(arena);
        return NULL;
    }
    server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return server;
}

int http_port(const struct http_server *server)
{
    return server->port;
}

void http_stop(struct http_server *server)
{
    MHD_socket listening = MHD_quiesce_daemon(server->daemon);
    for (int i = 0; i < 1000 && atomic_load(&server->under_way) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    atomic_store(&server->stopping, true);
    workers_stop(server);
    MHD_stop_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    watch_stop(server);
    arena_free(server->arena);
}

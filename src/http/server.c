/* The server: a request from its first byte to its last, on the library's event loops. */
#include "http/internal.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STOP_SECONDS = 10 };

/* The library gives a connection twice header_bytes. Beyond 32 KiB it maps them: all connections then begin at the same
 * place of a page, push one another out of the processor's cache, and a request costs a tenth more. */
const struct http_limits http_limits_default = {
    .header_bytes = (size_t)16 * 1024,
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
    .waiters = 16,
    .queue = 512,
};

/* ---- A request's memory: kept from one request to the next on the same loop ---- */

enum { SPARE_MOST = 64 }; /* requests that wait for a commit hold theirs together */

struct spares {
    struct arena *at[SPARE_MOST];
    size_t count;
};

static pthread_key_t spares_key;
static pthread_once_t spares_once = PTHREAD_ONCE_INIT;

static void free_spares(void *data)
{
    struct spares *spares = data;
    while (spares->count > 0)
        arena_free(spares->at[--spares->count]);
    free(spares);
}

static void make_spares_key(void)
{
    pthread_key_create(&spares_key, free_spares);
}

static struct spares *spares_of_thread(void)
{
    pthread_once(&spares_once, make_spares_key);
    struct spares *spares = pthread_getspecific(spares_key);
    if (spares != NULL)
        return spares;
    spares = calloc(1, sizeof *spares);
    if (spares == NULL)
        abort();
    pthread_setspecific(spares_key, spares);
    return spares;
}

static struct arena *arena_take(void)
{
    struct spares *spares = spares_of_thread();
    return spares->count > 0 ? spares->at[--spares->count] : arena_new();
}

static void arena_give(struct arena *arena)
{
    struct spares *spares = spares_of_thread();
    if (spares->count == SPARE_MOST) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    spares->at[spares->count++] = arena;
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
    stream_end(exchange->request.response.stream);
    watch_set(exchange->peer, server->app->limits.idle_seconds);
    arena_give(exchange->request.arena);
    atomic_fetch_sub(&server->under_way, 1);
    *context = NULL;
}

bool server_enter(struct http_server *server)
{
    atomic_fetch_add(&server->suspended, 1); /* before it is looked at: the stop waits for it, or is seen */
    if (!atomic_load(&server->stopping))
        return true;
    server_leave(server);
    return false;
}

void server_leave(struct http_server *server)
{
    atomic_fetch_sub(&server->suspended, 1);
}

void exchange_suspend(struct exchange *exchange)
{
    if (exchange->stage != STAGE_SENT)
        exchange->stage = STAGE_SUSPENDED;
    atomic_fetch_add(&exchange->server->suspended, 1);
    MHD_suspend_connection(exchange->connection);
}

void exchange_resume(struct exchange *exchange)
{
    struct http_server *server = exchange->server; /* the exchange may end at once */
    if (exchange->stage != STAGE_SENT)
        exchange->stage = STAGE_ANSWER;
    MHD_resume_connection(exchange->connection);
    atomic_fetch_sub(&server->suspended, 1);
}

static enum MHD_Result answer_head(struct exchange *exchange)
{
    if (body_is_drained(exchange)) {
        exchange->stage = STAGE_ANSWER;
        return MHD_YES;
    }
    exchange->must_close = true;
    return response_send(exchange); /* an answer at the first call makes the library close behind it */
}

/* ---- The handler ---- */

/* The guard and the handlers may take what they could not read for what is not there: such an answer is not given. */
static bool refuse_if_store_was_away(struct exchange *exchange)
{
    struct err err;
    if (!store_was_away(&err) || exchange->is_committed || exchange->request.response.status >= 500)
        return false;
    response_forget(&exchange->request);
    exchange_refuse(exchange, 503, &err);
    return true;
}

bool exchange_run_guard(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    store_was_away(NULL); /* another request's */
    bool may_go_on = exchange->server->app->guard(request);
    return !refuse_if_store_was_away(exchange) && may_go_on;
}

/* Once a loop has handed a commit over, the exchange belongs to other threads. */
void exchange_run_handler(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct http_app *app = exchange->server->app;
    bool on_worker = request->on_worker;
    bool guarded_late = app->all_on_workers || (request->route->flags & ROUTE_WORKER) || request->may_wait;
    if (guarded_late && app->guard != NULL && !exchange_run_guard(exchange))
        return;
    if (request->method == HTTP_POST && app->check_form != NULL && !app->check_form(request))
        return;
    store_was_away(NULL);
    request->route->handler(request);
    if (exchange->must_wait || (!on_worker && exchange->commit_fn != NULL))
        return;
    refuse_if_store_was_away(exchange);
    if (request->response.status == 0)
        response_error(request, 500, NULL);
}

/* The exchange is suspended. */
void exchange_hand_over(struct exchange *exchange, struct worker_pool *pool)
{
    exchange->request.on_worker = true;
    if (workers_queue(pool, exchange))
        return;
    exchange_refuse(exchange, 503, NULL);
    exchange_resume(exchange);
}

void request_wait_elsewhere(struct request *request)
{
    request->exchange->must_wait = !request->may_wait;
}

static bool takes_another_run(struct exchange *exchange)
{
    bool again = exchange->runs_again;
    exchange->runs_again = false;
    return again;
}

static void committed(void *arg, bool ok, const struct err *err)
{
    struct exchange *exchange = arg;
    exchange->commit_then(&exchange->request, exchange->commit_arg, ok, err);
    if (!takes_another_run(exchange)) {
        exchange_resume(exchange);
        return;
    }
    exchange_hand_over(exchange, &exchange->server->workers);
}

bool request_run_again(struct request *request)
{
    enum { RUNS_MOST = 5 };
    struct exchange *exchange = request->exchange;
    exchange->runs_again = exchange->runs++ < RUNS_MOST;
    return exchange->runs_again;
}

static bool run_commit(struct tx *tx, void *arg, struct err *err)
{
    struct exchange *exchange = arg;
    return exchange->commit_fn(tx, exchange->commit_arg, err);
}

void request_commit(struct request *request, struct store *store, store_fn fn, void *arg, request_then then)
{
    struct exchange *exchange = request->exchange;
    if (exchange->must_wait || refuse_if_store_was_away(exchange)) /* it may rest on what could not be read */
        return;
    if (request->on_worker) {
        struct err err = {0};
        exchange->is_committed = store_write(store, fn, arg, &err);
        then(request, arg, exchange->is_committed, &err);
        if (takes_another_run(exchange))
            request->route->handler(request);
        return;
    }
    exchange->commit_fn = fn;
    exchange->commit_arg = arg;
    exchange->commit_then = then;
    exchange_suspend(exchange);
    store_write_later(store, run_commit, exchange, committed);
}

static enum MHD_Result run(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    int refused = body_finish(exchange);
    if (refused != 0) {
        exchange_refuse(exchange, refused, exchange->body_err.code != ERR_NONE ? &exchange->body_err : NULL);
        return response_send(exchange);
    }
    exchange_name(exchange);
    bool has_files = request->uploads.len > 0; /* to be written, and looked at */
    if (exchange->server->app->all_on_workers || (request->route->flags & ROUTE_WORKER) || has_files) {
        exchange_suspend(exchange);
        exchange_hand_over(exchange, &exchange->server->workers);
        return MHD_YES;
    }
    exchange_run_handler(exchange);
    if (exchange->must_wait) {
        exchange_suspend(exchange);
        exchange_hand_over(exchange, &exchange->server->waiters);
        return MHD_YES;
    }
    return exchange->commit_fn != NULL ? MHD_YES : response_send(exchange);
}

static enum MHD_Result run_unless_stopping(struct exchange *exchange)
{
    struct http_server *server = exchange->server; /* the exchange may be a worker's then */
    if (!server_enter(server)) {
        exchange_refuse(exchange, 503, NULL);
        return response_send(exchange);
    }
    enum MHD_Result result = run(exchange);
    server_leave(server);
    return result;
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
        return exchange_take_head(exchange, method, version) ? MHD_YES : answer_head(exchange);
    case STAGE_BODY:
        if (*upload_size > 0) {
            bool goes_on = body_take(exchange, (str){upload, *upload_size});
            *upload_size = 0;
            return goes_on ? MHD_YES : MHD_NO;
        }
        watch_set(exchange->peer, 0);
        return run_unless_stopping(exchange);
    case STAGE_ANSWER:
        exchange->received += *upload_size;
        if (*upload_size == 0)
            return response_send(exchange);
        *upload_size = 0;
        return exchange->received <= body_drained_most(exchange) ? MHD_YES : MHD_NO;
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

/* Who comes while the server stops is turned away at once, and may go to another. MHD_quiesce_daemon would let them
 * wait; and it takes the listening socket from a loop that may be doing the same, at which the library aborts. */
static enum MHD_Result accept_unless_draining(void *arg, const struct sockaddr *address, socklen_t size)
{
    (void)address;
    (void)size;
    const struct http_server *server = arg;
    return atomic_load(&server->draining) ? MHD_NO : MHD_YES;
}

static size_t keep_escaped(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg;
    (void)connection;
    return strlen(text); /* request.c decodes, once, and checks */
}

/* One a core that this process may use: two on one core would only wait for each other. */
static unsigned loop_count(void)
{
    cpu_set_t cores;
    int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    return count < 1 ? 1 : count > 16 ? 16 : (unsigned)count;
}

struct http_server *http_start(const struct http_app *app, int listening, struct err *err)
{
    struct arena *arena = arena_new();
    struct http_server *server = arena_new_of(arena, struct http_server);
    server->arena = arena;
    server->app = app;
    server->routes = route_table_new(arena, app->routes, app->route_count);
    if (app->upload_folder != NULL)
        uploads_sweep(app->upload_folder);
    workers_start(server);
    watch_start(server);
    unsigned loops = loop_count();
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, accept_unless_draining, server,
        handle, server, MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_THREAD_POOL_SIZE, loops > 1 ? loops : 0U,
        MHD_OPTION_EXTERNAL_LOGGER, stay_silent, NULL, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_NOTIFY_CONNECTION, watch_connection, server,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        2 * app->limits.header_bytes, MHD_OPTION_CONNECTION_LIMIT, app->limits.connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, app->limits.connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)app->limits.idle_seconds, MHD_OPTION_END);
    if (server->daemon == NULL) {
        err_set(err, ERR_UNAVAILABLE, "Le serveur ne démarre pas : la mémoire ou les fils d’exécution manquent.");
        atomic_store(&server->stopping, true);
        workers_stop(server);
        watch_stop(server);
        arena_free(arena);
        return NULL;
    }
    return server;
}

/* True once so many are none, or after so many seconds. */
static bool wait_for_none(const _Atomic int *count, int seconds)
{
    for (int i = 0; i < seconds * 100 && atomic_load(count) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return atomic_load(count) == 0;
}

/* The library aborts where a connection is still suspended when it stops: a commit always ends, by the store's own
 * bounds, and is waited for; and no other is suspended by then (server_enter). */
void http_stop(struct http_server *server)
{
    atomic_store(&server->draining, true);
    wait_for_none(&server->under_way, STOP_SECONDS);
    atomic_store(&server->stopping, true);
    workers_stop(server);
    while (!wait_for_none(&server->suspended, STOP_SECONDS))
        log_line(LOG_WARNING, "http.stop", "commits_under_way=%d", atomic_load(&server->suspended));
    MHD_stop_daemon(server->daemon); /* closes the listening socket */
    watch_stop(server);
    arena_free(server->arena);
}

/* Private to http/. */
#ifndef GUICHET_HTTP_INTERNAL_H
#define GUICHET_HTTP_INTERNAL_H

#include "http/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* A connection, for the watch on slow ones. */
struct peer {
    struct peer *next, **link;
    int fd;
    _Atomic instant deadline;
};

enum stage {
    STAGE_NEW,       /* the head is there */
    STAGE_BODY,      /* the body comes */
    STAGE_SUSPENDED, /* a worker or the store has it */
    STAGE_ANSWER,    /* the response is made */
    STAGE_SENT,      /* the library has it; a worker makes the next piece of a body now and then */
};

/* What the server knows of a request beyond what handlers see. */
struct exchange {
    struct request request;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct peer *peer;
    enum stage stage;
    struct exchange *next; /* in the workers' queue, or among the free ones */
    /* The body while it comes. */
    bool is_multipart;
    size_t received;
    struct buf body;
    struct multipart *multipart;
    int body_error; /* status, 0: none; the rest of the body is thrown away */
    struct err body_err;
    bool must_close;  /* the connection, behind the answer */
    bool answers_now; /* where the body ends can't be known, or there is none that counts */
    /* A commit that is waited for. */
    store_fn commit_fn;
    void *commit_arg;
    request_then commit_then;
    bool is_committed; /* on disk: nothing may say otherwise */
    bool runs_again;   /* the handler, since the commit failed */
    bool must_wait;    /* the handler runs again where it may */
    int runs;          /* so far, of those */
    char uri[1];       /* as it came; more bytes follow */
};

/* Threads that take exchanges from one bounded queue. */
struct worker_pool {
    struct http_server *server;
    bool may_wait; /* its threads are for what waits for other servers */
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct exchange *first, **last;
    int queued, count;
    pthread_t *threads;
};

struct http_server {
    const struct http_app *app;
    struct MHD_Daemon *daemon;
    struct route_table *routes;
    struct arena *arena;
    _Atomic bool draining; /* each answer is the last of its connection */
    _Atomic bool stopping;
    _Atomic int suspended; /* exchanges that a worker or the store has, and loops that may suspend one */
    struct worker_pool workers, waiters;
    /* watch.c */
    pthread_mutex_t peers_lock;
    struct peer *peers;
    pthread_t watch;
    _Atomic int under_way;
};

/* route.c */
struct route_table *route_table_new(struct arena *arena, const struct route *routes, size_t count);
/* The route of a path; NULL where none has it. *other_methods: of the routes that have the path with another method. */
const struct route *route_find(const struct route_table *table, struct request *request, unsigned *other_methods);

/* request.c: reads the head into the request; a status where it must be refused, else 0. */
int request_read_head(struct exchange *exchange, const char *method, const char *version);

/* head.c */
/* The number that an error page quotes and the log carries, once. */
void exchange_name(struct exchange *exchange);
void exchange_refuse(struct exchange *exchange, int status, const struct err *err);
/* True where the body, if any, is to be read; false where the response is made. */
bool exchange_take_head(struct exchange *exchange, const char *method, const char *version);

/* body.c */
/* False where the response is made. */
bool body_start(struct exchange *exchange);
/* Refuses it, and closes the connection behind the answer; false. */
bool body_refuse(struct exchange *exchange, int status, const struct err *err);
/* What is wrong is said once the body is there; false where it goes on far beyond what was allowed. */
bool body_take(struct exchange *exchange, str bytes);
/* A status where it must be refused, else 0. */
int body_finish(struct exchange *exchange);
/* A browser that is still sending when the connection closes shows no answer at all. So what comes with a request that
 * was refused by its head is read first, and thrown away; not where it is far too much, or waits for our word. */
bool body_is_drained(const struct exchange *exchange);
size_t body_drained_most(const struct exchange *exchange);

/* parameters.c */
enum quoting { QUOTING_HTTP, QUOTING_FORM };
/* The next « name=value » of what stands behind a header value's first « ; »; the name in lower case. */
bool parameter_next(struct arena *arena, str *rest, enum quoting quoting, struct http_param *out);
/* A word of HTTP's grammar (RFC 9110 §5.6.2): the name of a header, one half of a media type. */
bool http_is_token(str text);
/* No control character but a tab (RFC 9110 §5.5). */
bool http_is_field_value(str value);

/* response.c */
enum MHD_Result response_send(struct exchange *exchange);
/* Forgets the answer that was made. */
void response_forget(struct request *request);

/* Content-Disposition: the browser saves it under this name. */
void response_save_as(struct request *request, str name);

/* stream.c */
void stream_make_piece(struct stream *stream);
struct MHD_Response *stream_response(struct stream *stream);
/* Frees what the last piece lay in; NULL is allowed. */
void stream_end(struct stream *stream);

/* workers.c */
void workers_start(struct http_server *server);
void workers_stop(struct http_server *server);
/* Takes a suspended exchange, to run its handler and resume it; false where the queue is full. */
bool workers_queue(struct worker_pool *pool, struct exchange *exchange);

/* watch.c */
void watch_start(struct http_server *server);
void watch_stop(struct http_server *server);
void watch_connection(void *server, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code);
void watch_set(struct peer *peer, int seconds);

/* server.c */
void exchange_run_handler(struct exchange *exchange);
/* Has the handler of a suspended exchange run on a thread of the pool; 503 where too many wait for one. */
void exchange_hand_over(struct exchange *exchange, struct worker_pool *pool);
/* Whether the request may go on; false: the answer is made. */
bool exchange_run_guard(struct exchange *exchange);
/* Whether the event loop may still suspend an exchange: not once the server stops. Whoever got true leaves. */
bool server_enter(struct http_server *server);
void server_leave(struct http_server *server);
/* Between these two somebody else than the event loop has the exchange; between server_enter and server_leave. */
void exchange_suspend(struct exchange *exchange);
void exchange_resume(struct exchange *exchange);

/* uploads.c: removes what a process that was killed had not finished receiving. */
void uploads_sweep(const char *folder);

#endif

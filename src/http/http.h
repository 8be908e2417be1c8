/* http: the server that residents and agents talk to. Routes are a table; rights, tokens, limits and parameters are
 * settled before a handler runs, for all. A handler is a plain function from request to response; at its end it may
 * hand over one durable write, and the person is answered after the commit.
 *
 * The library underneath (libmicrohttpd) is hidden here. In front of a public counter stands a server that ends TLS
 * (ops/nginx.conf). */
#ifndef GUICHET_HTTP_H
#define GUICHET_HTTP_H

#include "base/base.h"
#include "store/store.h"

enum http_method { HTTP_GET = 1, HTTP_POST = 2 }; /* HEAD is GET without its body */

struct http_param {
    str name, value;
};
struct http_params VEC_OF(struct http_param);

struct http_upload {
    str field, file_name; /* file_name: the last part of the path, control characters out */
    str declared_type;    /* what the browser says: never trusted */
    const char *path;     /* a temporary file, removed with the request */
    int64_t size;
};
struct http_uploads VEC_OF(struct http_upload);

struct route;
struct request;

struct response {
    int status;
    str type;
    str body; /* lives in the request's arena, or for ever */
    int fd;   /* a file to send instead of body, -1: none; closed by the server */
    int64_t fd_size;
    struct stream *stream; /* a body that is made while it is sent, instead of either; NULL: none */
    struct http_params headers;
    bool is_public; /* may be kept by caches between us and the browser */
};

/* One request, for its whole life. Everything it points at lives in its arena. */
struct request {
    struct arena *arena;
    enum http_method method;
    bool is_head;
    str host;    /* lower case, without port */
    str path;    /* decoded, valid UTF-8 */
    str query;   /* as it came */
    str address; /* of who asks, as text */
    instant now;
    str id; /* what an error page quotes and the log carries */
    const struct route *route;
    struct http_params path_params, query_params;
    struct http_params form; /* fields of a posted form, repeated names in order */
    struct http_uploads uploads;
    json_t *json; /* a posted JSON body; NULL: there was none */
    struct response response;
    void *app;     /* the application */
    void *context; /* the guard's own: site, session … */
    void *proof;   /* the guard's own too: what it found once, and stays where the handler runs again elsewhere */
    bool on_worker;
    bool may_wait;             /* on a thread kept for what waits for other servers */
    struct exchange *exchange; /* the server's own */
};

/* Empty where absent. The first of a repeated name. */
str request_query(const struct request *request, const char *name);
str request_form(const struct request *request, const char *name);
str request_path_param(const struct request *request, const char *name);
int64_t request_path_int(const struct request *request, const char *name);
str request_header(const struct request *request, const char *name);
str request_cookie(const struct request *request, const char *name);

/* ---- Answers ---- */

void response_html(struct request *request, int status, str html);
void response_text(struct request *request, int status, str type, str body);
void response_json(struct request *request, int status, const json_t *json);
/* 303: the browser gets the page with GET. url is local or absolute; line breaks are refused. */
void response_redirect(struct request *request, str url);
/* A file, shown in the browser only where the type can do no harm there, else saved. The fd is the server's from now
 * on. */
void response_file(struct request *request, int fd, int64_t size, str type, str name);

/* Makes the next piece of a body, behind what is in out: on a worker, one call at a time, of some hundred KB, so that
 * other pages get their turn. arena is emptied before each call. PIECE_BROKEN: the connection is cut, so that nobody
 * takes what they have for the whole. */
enum piece { PIECE_MORE, PIECE_LAST, PIECE_BROKEN };
typedef enum piece response_piece(void *arg, struct arena *arena, struct buf *out);
/* A body of unknown length, in constant memory, to save under that name; empty: it is no file. arg lives in the
 * request's arena: whoever leaves before the end ends the request, and next is not called again. */
void response_stream(struct request *request, str type, str name, response_piece *next, void *arg);
/* A header with a control character is dropped. value must live as long as the request. */
void response_header(struct request *request, const char *name, str value);
/* Lets the page show images of these servers too: each origin with a blank before it, nothing that ends a directive. */
void response_allow_images(struct request *request, str servers);
/* seconds 0: for the browser's session; -1: removes it. HttpOnly, SameSite=Lax, and Secure with the __Host- prefix
 * where the counter is reached by https. name without the prefix, for request_cookie too. */
void response_cookie(struct request *request, const char *name, str value, int64_t seconds);
/* The application's own page for a status. err may be NULL. */
void response_error(struct request *request, int status, const struct err *err);
/* 304 where the browser has it already: true, and nothing more is to be done. */
bool response_not_modified(struct request *request, str etag);

/* Hands over one write and ends the handler; then makes the answer once it is on disk, or has failed. arg must live in
 * the request's arena. then is short: it may run on the store's own thread. */
typedef void (*request_then)(struct request *request, void *arg, bool ok, const struct err *err);
void request_commit(struct request *request, struct store *store, store_fn fn, void *arg, request_then then);
/* From then, where the write failed because what it rests on has changed: runs the handler again from its beginning, on
 * a worker. False where it has been tried often enough: then makes the answer. */
bool request_run_again(struct request *request);
/* The handler would have to wait for another server. What it answers and hands over now counts for nothing: it runs
 * again from its beginning on a thread that may wait, so that no page is late for the sake of another. */
void request_wait_elsewhere(struct request *request);

/* ---- Routes ---- */

enum http_body { BODY_NONE, BODY_FORM, BODY_UPLOADS, BODY_JSON };
enum {
    ROUTE_WORKER = 1,  /* may block, or takes long: not on an event loop */
    ROUTE_ANY_END = 2, /* the path may end with a slash or without */
};

struct route {
    enum http_method method;
    const char *pattern; /* « /demarches/{slug}/{n:int}/ »: a segment each; {path*} takes the rest */
    unsigned flags;
    int right; /* the guard's own words */
    enum http_body body;
    void (*handler)(struct request *request);
};

struct http_limits {
    size_t header_bytes, url_bytes, params, body_bytes, upload_bytes, uploads;
    int header_seconds, body_seconds, idle_seconds;
    unsigned connections, connections_per_address;
    int workers, waiters, queue; /* threads for what blocks, for what waits for other servers; requests that wait for
                                    one of either */
};
extern const struct http_limits http_limits_default;

struct http_app {
    const struct route *routes;
    size_t route_count;
    void *app;
    /* Before the handler, and before the body is kept; fills request->context. False: the response is made. */
    bool (*guard)(struct request *request);
    /* After the body was read, before the handler: the token of a form. False: the response is made. */
    bool (*check_form)(struct request *request);
    /* Makes the page for a status; may be called before the guard has run (context NULL). */
    void (*error_page)(struct request *request, int status, const struct err *err);
    void (*done)(struct request *request); /* after the answer is sent: frees what the guard keeps */
    bool all_on_workers;                   /* a store that blocks */
    bool is_https;                         /* the public address is https: cookies and HSTS */
    bool trusts_forwarded;                 /* X-Forwarded-For of a front on this machine */
    const char *upload_folder;
    struct http_limits limits;
};

struct http_server;
/* A socket that listens on address:port (0: a free one); -1 and err where it can't. Who connects waits for http_start.
 */
int http_listen(const char *address, int port, struct err *err);
int http_port(int listening);
/* Takes over the socket and answers from now on. NULL and err where it can't. */
struct http_server *http_start(const struct http_app *app, int listening, struct err *err);
/* Takes no new connection, lets the requests under way end (10 seconds at the most), stops. */
void http_stop(struct http_server *server);

/* ---- Parsers, also for fuzzing ---- */

/* application/x-www-form-urlencoded (WHATWG URL): pairs, decoded. False where a text is not UTF-8 or there are too
 * many. */
bool http_parse_urlencoded(struct arena *arena, str text, size_t most, struct http_params *out);
/* %XX decoded; false on a wrong escape, NUL, or what is not UTF-8 then. */
bool http_decode_path(struct arena *arena, str text, str *out);
/* The value of one cookie of a Cookie header (RFC 6265); empty where there is none. */
str http_cookie_value(str header, str name);

/* A media type as a Content-Type header gives it (WHATWG MIME Sniffing §4.4). */
struct media_type {
    str essence;               /* « text/html », lower case */
    struct http_params params; /* names in lower case, each once */
};
/* False where the text is none. */
bool http_parse_media_type(struct arena *arena, str text, struct media_type *out);
/* Empty where it has none of that name (lower case). */
str media_type_param(const struct media_type *type, const char *name);

struct multipart; /* multipart/form-data (RFC 7578), piece by piece */
struct multipart *multipart_new(struct arena *arena, const struct media_type *type, const char *folder,
                                const struct http_limits *limits, struct err *err);
bool multipart_feed(struct multipart *multipart, str bytes, struct err *err);
/* Call at the end of the body: false where it was cut short. Gives the fields and files. */
bool multipart_end(struct multipart *multipart, struct http_params *form, struct http_uploads *uploads,
                   struct err *err);
/* Removes the temporary files. */
void multipart_free(struct multipart *multipart);

#endif

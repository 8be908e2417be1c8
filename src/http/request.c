/* Reading a request's head, and what handlers ask of a request. */
#include "http/internal.h"

#include <arpa/inet.h>
#include <string.h>

static str find_param(const struct http_params *params, const char *name)
{
    for (size_t i = 0; i < params->len; i++)
        if (str_eq(params->at[i].name, str_of(name)))
            return params->at[i].value;
    return STR_EMPTY;
}

str request_query(const struct request *request, const char *name)
{
    return find_param(&request->query_params, name);
}

str request_form(const struct request *request, const char *name)
{
    return find_param(&request->form, name);
}

str request_path_param(const struct request *request, const char *name)
{
    return find_param(&request->path_params, name);
}

int64_t request_path_int(const struct request *request, const char *name)
{
    int64_t value = 0;
    return str_to_int64(request_path_param(request, name), &value) ? value : 0;
}

str request_header(const struct request *request, const char *name)
{
    const char *value = NULL;
    size_t length = 0;
    MHD_lookup_connection_value_n(request->exchange->connection, MHD_HEADER_KIND, name, strlen(name), &value, &length);
    return value == NULL ? STR_EMPTY : (str){value, length};
}

str request_cookie(const struct request *request, const char *name)
{
    str full = str_of(name);
    if (request->exchange->server->app->is_https)
        full = str_fmt(request->arena, "__Host-%s", name);
    return http_cookie_value(request_header(request, "Cookie"), full);
}

/* Two lengths, or a length and chunks, are how two servers are made to see two different requests (RFC 9112 §6.3). */
struct framing {
    int lengths, encodings, hosts;
    size_t bytes;
    bool is_odd; /* a header that another server may read otherwise */
};

static bool is_number(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

static enum MHD_Result note_header(void *arg, enum MHD_ValueKind kind, const char *name_text, size_t name_size,
                                   const char *value_text, size_t value_size)
{
    (void)kind;
    struct framing *framing = arg;
    str name = {name_text, name_size}, value = value_text == NULL ? STR_EMPTY : (str){value_text, value_size};
    bool is_length = str_eq_nocase(name, STR("Content-Length"));
    bool is_encoding = str_eq_nocase(name, STR("Transfer-Encoding"));
    framing->lengths += is_length;
    framing->encodings += is_encoding;
    framing->hosts += str_eq_nocase(name, STR("Host"));
    framing->bytes += name.len + value.len;
    framing->is_odd = framing->is_odd || !http_is_token(name) || !http_is_field_value(value) ||
                      (is_length && !is_number(value)) || (is_encoding && !str_eq_nocase(value, STR("chunked")));
    return MHD_YES;
}

/* A status where the headers must be refused, else 0. */
static int check_headers(const struct exchange *exchange, bool is_old)
{
    struct framing framing = {0};
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, note_header, &framing);
    if (framing.lengths + framing.encodings > 1 || framing.hosts > 1 || framing.is_odd)
        return 400;
    if (is_old ? framing.encodings > 0 : framing.hosts == 0) /* HTTP/1.0 knows no chunks and needs no host */
        return 400;
    return framing.bytes > exchange->server->app->limits.header_bytes ? 431 : 0;
}

/* The host without its port, lower case; only what a host name may hold. */
static bool read_host(struct request *request)
{
    str host = request_header(request, "Host"), name = host, port;
    size_t bracket = str_find(host, STR("]"), 0);
    if (bracket != SIZE_MAX)
        name = str_slice(host, 0, bracket + 1);
    else
        str_cut(host, ':', &name, &port);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr("-.:[]_", c) == NULL))
            return false;
    }
    request->host = str_lower(request->arena, name);
    return name.len <= 253;
}

/* Behind a front on this machine, the last address it added is who asks. */
static void read_address(struct request *request)
{
    const struct exchange *exchange = request->exchange;
    if (exchange->server->app->trusts_forwarded) {
        str forwarded = request_header(request, "X-Forwarded-For"), part;
        for (str rest = forwarded; str_next(&rest, ',', &part);)
            request->address = str_trim(part);
        if (request->address.len > 0 && request->address.len < INET6_ADDRSTRLEN)
            return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    if (address != NULL && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
    else if (address != NULL && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text);
    request->address = str_dup(request->arena, str_of(text));
}

/* Only what RFC 3986 lets stand in an address: all else is percent-encoded. */
static bool is_plain(str target)
{
    for (size_t i = 0; i < target.len; i++)
        if (target.ptr[i] <= ' ' || target.ptr[i] > '~')
            return false;
    return true;
}

static int read_target(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct http_limits *limits = &exchange->server->app->limits;
    str uri = str_of(exchange->uri), path;
    if (uri.len > limits->url_bytes)
        return 414;
    str_cut(uri, '?', &path, &request->query);
    if (!is_plain(uri))
        return 400;
    if (path.len == 0 || path.ptr[0] != '/' || !http_decode_path(request->arena, path, &request->path))
        return 400;
    return http_parse_urlencoded(request->arena, request->query, limits->params, &request->query_params) ? 0 : 400;
}

static int read_method(struct request *request, const char *method)
{
    request->is_head = strcmp(method, "HEAD") == 0;
    request->method = request->is_head || strcmp(method, "GET") == 0 ? HTTP_GET : HTTP_POST;
    bool is_known = request->method == HTTP_GET || strcmp(method, "POST") == 0;
    return is_known ? 0 : 405;
}

int request_read_head(struct exchange *exchange, const char *method, const char *version)
{
    struct request *request = &exchange->request;
    int refused = check_headers(exchange, strcmp(version, "HTTP/1.1") != 0);
    if (refused != 0)
        return refused;
    if (!read_host(request))
        return 400;
    read_address(request);
    refused = read_target(exchange);
    return refused != 0 ? refused : read_method(request, method);
}

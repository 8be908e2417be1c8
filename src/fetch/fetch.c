/* One exchange with another server, by libcurl. */
#include "fetch/fetch.h"

#include "base/curl.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NONCE_LENGTH = 32, CONNECT_MILLISECONDS = 3000 };

struct fetch_rules fetch_rules_of(const json_t *outgoing)
{
    return (struct fetch_rules){json_list(outgoing, "allow"), json_dict(outgoing, "keys")};
}

static str name_of_host(str host)
{
    size_t colon = host.len;
    while (colon > 0 && host.ptr[colon - 1] != ':' && host.ptr[colon - 1] != ']')
        colon--;
    return colon > 0 && host.ptr[colon - 1] == ':' ? str_slice(host, 0, colon - 1) : host;
}

static bool is_allowed(const struct fetch_rules *rules, str host)
{
    for (size_t i = 0; rules != NULL && i < json_array_size(rules->allow); i++) {
        str allowed = json_str_of(json_array_get(rules->allow, i));
        if (str_eq_nocase(allowed, host) || str_eq_nocase(allowed, name_of_host(host)))
            return true;
    }
    return false;
}

/* ---- What libcurl calls back ---- */

struct exchange {
    bool may_be_private, met_private, is_too_large;
    struct buf body;
};

/* The address that the socket is about to be connected to, whatever name led to it. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct exchange *exchange = data;
    (void)purpose;
    if (!exchange->may_be_private && !fetch_address_is_public(&address->addr)) {
        exchange->met_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as libcurl calls it */
static size_t take(char *bytes, size_t size, size_t count, void *data)
{
    struct exchange *exchange = data;
    buf_add(&exchange->body, (str){bytes, size * count});
    exchange->is_too_large = exchange->body.overflowed;
    return exchange->is_too_large ? 0 : size * count;
}

/* ---- The request ---- */

static str signed_url(struct arena *arena, const struct fetch_rules *rules, const struct fetch_request *request,
                      str url)
{
    str host = fetch_host(arena, url);
    const json_t *key = rules == NULL ? NULL : json_get(rules->keys, host);
    if (key == NULL && rules != NULL)
        key = json_get(rules->keys, name_of_host(host));
    str secret = request->signature_key.len > 0 ? request->signature_key : json_str(key, "key");
    if (secret.len == 0)
        return url;
    str nonce = random_text(arena, NONCE_LENGTH, STR("0123456789abcdef"));
    return fetch_sign_url(arena, url, json_str(key, "orig"), secret, json_str(key, "algo"), instant_now(), nonce);
}

static struct curl_slist *add_header(struct curl_slist *list, struct arena *arena, str name, str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] < ' ' && value.ptr[i] != '\t')
            return list;
    return curl_slist_append(list, str_fmt(arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(value)).ptr);
}

static struct curl_slist *headers_of(struct arena *arena, const struct fetch_request *request)
{
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < request->header_count; i++)
        list = add_header(list, arena, request->headers[i].name, request->headers[i].value);
    if (request->content_type.len > 0)
        list = add_header(list, arena, STR("Content-Type"), request->content_type);
    return list;
}

static bool is_get(const struct fetch_request *request)
{
    return request->method.len == 0 || str_eq(request->method, STR("GET"));
}

static void set_method(CURL *curl, struct arena *arena, const struct fetch_request *request)
{
    if (is_get(request))
        return;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, str_z(arena, request->method));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.len > 0 ? request->body.ptr : "");
}

static void set_bounds(CURL *curl, struct exchange *exchange, int64_t milliseconds)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)milliseconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(milliseconds < CONNECT_MILLISECONDS ? milliseconds : CONNECT_MILLISECONDS));
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a resolver that hangs is not waited for */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Guichet");
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
}

/* ---- The answer ---- */

static bool fail(CURLcode code, const struct exchange *exchange, int64_t milliseconds, struct err *err)
{
    if (exchange->met_private)
        return err_set(err, ERR_FORBIDDEN,
                       "l’adresse du serveur est privée : elle n’est pas dans « outgoing.allow » des réglages du site");
    if (exchange->is_too_large)
        return err_set(err, ERR_TOO_LARGE, "la réponse dépasse %zu Ko", exchange->body.ceiling >> 10);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return err_set(err, ERR_UNAVAILABLE, "le serveur n’a pas répondu en %.1f s", (double)milliseconds / 1000);
    case CURLE_COULDNT_RESOLVE_HOST:
        return err_set(err, ERR_UNAVAILABLE, "le nom du serveur est inconnu");
    case CURLE_COULDNT_CONNECT:
        return err_set(err, ERR_UNAVAILABLE, "le serveur refuse la connexion");
    case CURLE_PEER_FAILED_VERIFICATION:
        return err_set(err, ERR_UNAVAILABLE, "le certificat du serveur n’est pas reconnu");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_set(err, ERR_INVALID, "ce n’est pas une adresse http ou https");
    default:
        return err_set(err, ERR_UNAVAILABLE, "l’échange a échoué : %s", curl_easy_strerror(code));
    }
}

static str header_of(CURL *curl, struct arena *arena, const char *name)
{
    struct curl_header *header;
    bool found = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
    return found ? str_dup(arena, str_of(header->value)) : STR_EMPTY;
}

static void read_answer(CURL *curl, struct arena *arena, struct exchange *exchange, struct fetch_answer *answer,
                        str *redirect)
{
    long status = 0;
    const char *type = NULL, *location = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
    *answer = (struct fetch_answer){.status = (int)status,
                                    .type = str_dup(arena, str_of(type)),
                                    .body = buf_str(&exchange->body),
                                    .error_code = header_of(curl, arena, "X-Error-Code"),
                                    .disposition = header_of(curl, arena, "Content-Disposition")};
    *redirect = str_dup(arena, str_of(location));
}

/* One hop. *redirect: where the server leads on; empty: nowhere. */
static bool exchange_once(struct arena *arena, const struct fetch_rules *rules, const struct fetch_request *request,
                          str url, int64_t milliseconds, struct fetch_answer *answer, str *redirect, struct err *err)
{
    size_t most = request->bytes_most > 0 ? request->bytes_most : FETCH_BYTES_MOST;
    struct exchange exchange = {.may_be_private = is_allowed(rules, fetch_host(arena, url)),
                                .body = buf_new(arena, most)};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(arena, request);
    curl_easy_setopt(curl, CURLOPT_URL, str_z(arena, url));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    set_method(curl, arena, request);
    set_bounds(curl, &exchange, milliseconds);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        read_answer(curl, arena, &exchange, answer, redirect);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return code == CURLE_OK || fail(code, &exchange, milliseconds, err);
}

static _Atomic fetch_stand_in stand_in;

void fetch_set_stand_in(fetch_stand_in fn)
{
    atomic_store(&stand_in, fn);
}

bool fetch(struct arena *arena, const struct fetch_rules *rules, const struct fetch_request *request,
           struct fetch_answer *answer, struct err *err)
{
    curl_start();
    int64_t whole = request->milliseconds > 0 ? request->milliseconds : FETCH_MILLISECONDS;
    int64_t end = steady_now() + whole * 1000;
    str url = fetch_clean_url(arena, request->url);
    if (url.len == 0)
        return err_set(err, ERR_INVALID, "ce n’est pas une adresse http ou https");
    fetch_stand_in instead = atomic_load(&stand_in);
    if (instead != NULL)
        return instead(arena, request, answer, err);
    url = signed_url(arena, rules, request, url);
    struct fetch_request hop_request = *request;
    for (int hop = 0; hop <= FETCH_REDIRECTS_MOST; hop++) {
        int64_t left = (end - steady_now()) / 1000;
        str redirect = STR_EMPTY;
        if (left <= 0)
            return err_set(err, ERR_UNAVAILABLE, "le serveur n’a pas répondu en %.1f s", (double)whole / 1000);
        if (!exchange_once(arena, rules, &hop_request, url, left, answer, &redirect, err))
            return false;
        if (redirect.len == 0 || !is_get(request))
            return true;
        if (!str_eq(fetch_host(arena, redirect), fetch_host(arena, url)))
            hop_request.header_count = 0; /* a secret among them is for the first server alone */
        url = fetch_clean_url(arena, redirect);
        if (url.len == 0)
            return err_set(err, ERR_INVALID, "le serveur renvoie vers ce qui n’est pas une adresse http ou https");
    }
    return err_set(err, ERR_UNAVAILABLE, "le serveur renvoie plus de %d fois ailleurs", FETCH_REDIRECTS_MOST);
}

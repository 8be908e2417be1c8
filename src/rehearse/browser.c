#include "rehearse/browser.h"

#include "base/curl.h"

#include <curl/curl.h>
#include <string.h>

enum { BODY_MOST = 16 << 20, REDIRECTIONS_MOST = 10, SECONDS_MOST = 120 };

struct browser {
    struct arena *arena;
    CURL *curl;
    struct curl_slist *headers;
    str host;   /* without port */
    str origin; /* « http://127.0.0.1:PORT » */
    int64_t requests;
};

static void set_up(struct browser *browser, str address)
{
    CURL *curl = browser->curl;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, browser->headers);
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, ""); /* cookies in memory */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SECONDS_MOST);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "guichet rehearse");
    if (address.len > 0)
        curl_easy_setopt(curl, CURLOPT_INTERFACE, str_fmt(browser->arena, "host!%.*s", STR_ARG(address)).ptr);
}

struct browser *browser_new(int port, str host, str address)
{
    curl_start();
    struct arena *arena = arena_new();
    struct browser *browser = arena_new_of(arena, struct browser);
    *browser = (struct browser){.arena = arena, .curl = curl_easy_init(), .host = str_dup(arena, host)};
    browser->origin = str_fmt(arena, "http://127.0.0.1:%d", port);
    browser->headers = curl_slist_append(NULL, str_fmt(arena, "Host: %.*s:%d", STR_ARG(host), port).ptr);
    browser->headers = curl_slist_append(browser->headers, "Expect:");
    set_up(browser, address);
    return browser;
}

void browser_free(struct browser *browser)
{
    if (browser == NULL)
        return;
    curl_easy_cleanup(browser->curl);
    curl_slist_free_all(browser->headers);
    arena_free(browser->arena);
}

int64_t browser_requests(const struct browser *browser)
{
    return browser->requests;
}

void browser_set_cookie(struct browser *browser, const char *name, str value)
{
    struct arena *arena = arena_new();
    const char *line = /* Netscape's format: domain, whole domain, path, https, expiry, name, value */
        str_fmt(arena, "%.*s\tFALSE\t/\tFALSE\t0\t%s\t%.*s", STR_ARG(browser->host), name, STR_ARG(value)).ptr;
    curl_easy_setopt(browser->curl, CURLOPT_COOKIELIST, line);
    arena_free(arena);
}

str browser_cookie(struct browser *browser, struct arena *arena, const char *name)
{
    enum { NAME = 5, VALUE = 6 }; /* of Netscape's format */
    struct curl_slist *all = NULL;
    str found = STR_EMPTY;
    curl_easy_getinfo(browser->curl, CURLINFO_COOKIELIST, &all);
    for (const struct curl_slist *one = all; one != NULL; one = one->next) {
        str parts[VALUE + 1], rest = str_of(one->data);
        int count = 0;
        while (count <= VALUE && str_next(&rest, '\t', &parts[count]))
            count++;
        if (count > VALUE && str_eq(parts[NAME], str_of(name)))
            found = str_dup(arena, parts[VALUE]);
    }
    curl_slist_free_all(all);
    return found;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as libcurl calls it */
static size_t keep(char *bytes, size_t size, size_t count, void *data)
{
    struct buf *body = data;
    buf_add(body, (str){bytes, size * count});
    return body->overflowed ? 0 : size * count;
}

/* One request; where it redirects to, empty: nowhere. */
static str ask(struct browser *browser, struct arena *arena, str url, struct answer *answer)
{
    CURL *curl = browser->curl;
    struct buf body = buf_new(arena, BODY_MOST);
    curl_easy_setopt(curl, CURLOPT_URL, str_fmt(arena, "%.*s%.*s", STR_ARG(browser->origin), STR_ARG(url)).ptr);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    browser->requests++;
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer->status = code == CURLE_OK ? (int)status : 0;
    answer->url = str_dup(arena, url);
    answer->body = code == CURLE_OK ? buf_str(&body) : str_of(curl_easy_strerror(code));
    const struct curl_header *location;
    if (status < 300 || status > 399 ||
        curl_easy_header(curl, "Location", 0, CURLH_HEADER, -1, (struct curl_header **)(uintptr_t)&location) !=
            CURLHE_OK)
        return STR_EMPTY;
    return str_dup(arena, str_of(location->value));
}

/* The path of an address of this very site, whatever it calls itself. */
static bool is_within(struct browser *browser, str url, str *path)
{
    str host = str_of(browser->headers->data);
    host = str_slice(host, STR("Host: ").len, host.len);
    *path = url;
    if (str_starts(url, STR("/")))
        return !str_starts(url, STR("//"));
    if (!str_starts(url, STR("http://")))
        return false;
    url = str_slice(url, STR("http://").len, url.len);
    if (!str_starts(url, host) || (url.len > host.len && url.ptr[host.len] != '/'))
        return false;
    *path = url.len == host.len ? STR("/") : str_slice(url, host.len, url.len);
    return true;
}

static str without_fragment(str url)
{
    str head, rest;
    str_cut(url, '#', &head, &rest);
    return head;
}

static struct answer follow(struct browser *browser, struct arena *arena, str url)
{
    struct answer answer = {0};
    str to = ask(browser, arena, without_fragment(url), &answer);
    for (int i = 0; to.len > 0 && i < REDIRECTIONS_MOST; i++) {
        str path;
        if (!is_within(browser, to, &path)) {
            answer.elsewhere = to;
            return answer;
        }
        curl_easy_setopt(browser->curl, CURLOPT_HTTPGET, 1L);
        to = ask(browser, arena, without_fragment(path), &answer);
    }
    answer.page = page_read(arena, answer.body);
    return answer;
}

struct answer browser_get(struct browser *browser, struct arena *arena, str url)
{
    curl_easy_setopt(browser->curl, CURLOPT_HTTPGET, 1L);
    return follow(browser, arena, url);
}

/* ---- Posting ---- */

static curl_mime *parts_of(struct browser *browser, struct arena *arena, const struct sent_values *values)
{
    curl_mime *mime = curl_mime_init(browser->curl);
    for (size_t i = 0; i < values->len; i++) {
        const struct sent_value *value = &values->at[i];
        curl_mimepart *part = curl_mime_addpart(mime);
        curl_mime_name(part, str_z(arena, value->name));
        curl_mime_data(part, value->value.len > 0 ? value->value.ptr : "", value->value.len);
        if (!value->is_file)
            continue;
        curl_mime_filename(part, str_z(arena, value->file_name));
        curl_mime_type(part, str_z(arena, value->file_type));
    }
    return mime;
}

static str url_encoded(struct arena *arena, const struct sent_values *values)
{
    struct buf out = buf_new(arena, BODY_MOST);
    for (size_t i = 0; i < values->len; i++) {
        buf_fmt(&out, "%s", i > 0 ? "&" : "");
        buf_add_url(&out, values->at[i].name);
        buf_add_char(&out, '=');
        buf_add_url(&out, values->at[i].value);
    }
    return buf_str(&out);
}

static void set_body(CURL *curl, str body)
{
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body.ptr);
}

struct answer browser_post_json(struct browser *browser, struct arena *arena, str url, str json)
{
    CURL *curl = browser->curl;
    struct curl_slist *headers = curl_slist_append(NULL, browser->headers->data);
    headers = curl_slist_append(headers, "Expect:");
    headers = curl_slist_append(headers, "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    set_body(curl, json);
    struct answer answer = follow(browser, arena, url);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, browser->headers);
    curl_slist_free_all(headers);
    return answer;
}

struct answer browser_send(struct browser *browser, struct arena *arena, const struct page_form *form,
                           const struct sent_values *values)
{
    CURL *curl = browser->curl;
    if (!str_eq(form->method, STR("post"))) {
        str query = url_encoded(arena, values);
        return browser_get(browser, arena, str_fmt(arena, "%.*s?%.*s", STR_ARG(form->action), STR_ARG(query)));
    }
    curl_mime *mime = NULL;
    if (str_eq(form->encoding, STR("multipart/form-data"))) {
        mime = parts_of(browser, arena, values);
        curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
    } else {
        set_body(curl, url_encoded(arena, values));
    }
    struct answer answer = follow(browser, arena, form->action);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_mime_free(mime);
    return answer;
}

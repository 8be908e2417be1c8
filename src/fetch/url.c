/* URLs as they leave, as they are compared with the rules, and as they are told. */
#include "fetch/fetch.h"

#include <curl/curl.h>

enum { URL_MOST = 8192 };

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

static bool wants_encoding(unsigned char c)
{
    return c <= ' ' || c >= 0x7F || strchr("\"<>\\^`{|}", c) != NULL;
}

static bool is_http(str url)
{
    str scheme, rest;
    return str_cut(url, ':', &scheme, &rest) &&
           (str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https"))) && str_starts(rest, STR("//")) &&
           rest.len > 2;
}

str fetch_clean_url(struct arena *arena, str url)
{
    url = str_trim(url);
    if (!is_http(url) || url.len > URL_MOST)
        return STR_EMPTY;
    struct buf out = buf_new(arena, (size_t)URL_MOST * 3);
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (is_control(c))
            return STR_EMPTY;
        if (wants_encoding(c))
            buf_fmt(&out, "%%%02X", c);
        else if (c == '#')
            break;
        else
            buf_add_char(&out, (char)c);
    }
    return buf_str(&out);
}

static str part_of(struct arena *arena, CURLU *parts, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(parts, part, &text, flags) != CURLUE_OK)
        return STR_EMPTY;
    str out = str_dup(arena, str_of(text));
    curl_free(text);
    return out;
}

str fetch_host(struct arena *arena, str url)
{
    CURLU *parts = curl_url();
    str host = STR_EMPTY;
    if (curl_url_set(parts, CURLUPART_URL, str_z(arena, url), 0) == CURLUE_OK) {
        host = str_lower(arena, part_of(arena, parts, CURLUPART_HOST, 0));
        str port = part_of(arena, parts, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
        if (host.len > 0 && port.len > 0)
            host = str_fmt(arena, "%.*s:%.*s", STR_ARG(host), STR_ARG(port));
    }
    curl_url_cleanup(parts);
    return host;
}

/* Without « user:password@ ». */
static str without_user(struct arena *arena, str url)
{
    size_t from = str_find(url, STR("//"), 0), to = url.len, at = SIZE_MAX;
    if (from == SIZE_MAX)
        return url;
    from += 2;
    for (size_t i = from; i < url.len && to == url.len; i++)
        if (url.ptr[i] == '/' || url.ptr[i] == '?' || url.ptr[i] == '#')
            to = i;
    for (size_t i = from; i < to; i++)
        if (url.ptr[i] == '@')
            at = i;
    if (at == SIZE_MAX)
        return url;
    str parts[] = {str_slice(url, 0, from), STR("…"), str_slice(url, at, url.len)};
    return str_concat(arena, parts, 3);
}

str fetch_mask_url(struct arena *arena, str url)
{
    str path, query, name, value;
    struct buf out = buf_new(arena, (size_t)URL_MOST * 4);
    bool has_query = str_cut(without_user(arena, url), '?', &path, &query);
    buf_add(&out, path);
    char separator = '?';
    for (str part, rest = query; has_query && str_next(&rest, '&', &part); separator = '&') {
        buf_add_char(&out, separator);
        bool has_value = str_cut(part, '=', &name, &value);
        buf_add(&out, has_value ? name : STR("…"));
        if (has_value)
            buf_add(&out, STR("=…"));
    }
    return buf_str(&out);
}

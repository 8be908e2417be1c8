/* Asking, through what remote keeps. */
#include "geocoder/geocoder.h"

static const char url_default[] = "https://data.geopf.fr/geocodage/";

struct geocoder geocoder_of(struct arena *arena, const json_t *settings, struct remote_session *session)
{
    struct geocoder geocoder = {.session = session};
    const json_t *said = json_object_get(settings, "geocoder");
    if (session == NULL || json_is_false(said))
        return geocoder;
    str url = json_str(said, "url");
    url = url.len > 0 ? url : str_of(url_default);
    geocoder.url = str_ends(url, STR("/")) ? url : str_fmt(arena, "%.*s/", STR_ARG(url));
    geocoder.has_near = position_parse(json_str(json_dict(settings, "map"), "position"), &geocoder.near);
    return geocoder;
}

static void add_param(struct buf *url, const char *name, str value)
{
    buf_fmt(url, "%c%s=", str_contains(buf_str(url), STR("?")) ? '&' : '?', name);
    buf_add_url(url, value);
}

/* To the metre. */
static void add_position(struct buf *url, struct arena *arena, struct position position)
{
    add_param(url, "lat", str_fmt(arena, "%.5f", position.lat));
    add_param(url, "lon", str_fmt(arena, "%.5f", position.lon));
}

static bool ask(const struct geocoder *geocoder, str url, struct addresses *out)
{
    struct remote_call call = {
        .name = STR("géocodeur"), .url = url, .seconds = GEOCODER_SECONDS, .milliseconds = GEOCODER_MILLISECONDS};
    const struct remote_answer *answer = remote_get(geocoder->session, &call);
    return answer->json != NULL && geocoder_read(geocoder->session->arena, answer->json, out);
}

/* A search begins by a letter or a figure. */
static str searched(struct arena *arena, str text)
{
    text = utf8_slice(str_trim(str_replace(arena, text, STR("\n"), STR(" "))), 0, GEOCODER_TEXT_MOST);
    while (text.len > 0 && strchr(" ,;.:-/'\"()*#&?!", text.ptr[0]) != NULL)
        text = str_slice(text, 1, text.len);
    return text;
}

bool geocoder_search(const struct geocoder *geocoder, str text, enum address_kind kind, struct addresses *out)
{
    *out = (struct addresses){0};
    if (geocoder == NULL || geocoder->url.len == 0)
        return false;
    struct arena *arena = geocoder->session->arena;
    text = searched(arena, text);
    if (utf8_length(text) < GEOCODER_TEXT_LEAST)
        return true;
    struct buf url = buf_new(arena, 8192);
    buf_add(&url, geocoder->url);
    buf_add(&url, STR("search"));
    add_param(&url, "q", text);
    add_param(&url, "limit", kind == ADDRESS_MUNICIPALITY ? STR("10") : STR("6"));
    add_param(&url, "autocomplete", STR("1"));
    if (kind == ADDRESS_MUNICIPALITY)
        add_param(&url, "type", STR("municipality"));
    if (geocoder->has_near)
        add_position(&url, arena, geocoder->near);
    return ask(geocoder, buf_str(&url), out);
}

bool geocoder_reverse(const struct geocoder *geocoder, struct position position, struct addresses *out)
{
    *out = (struct addresses){0};
    if (geocoder == NULL || geocoder->url.len == 0)
        return false;
    struct buf url = buf_new(geocoder->session->arena, 8192);
    buf_add(&url, geocoder->url);
    buf_add(&url, STR("reverse"));
    add_position(&url, geocoder->session->arena, position);
    add_param(&url, "limit", STR("1"));
    return ask(geocoder, buf_str(&url), out);
}

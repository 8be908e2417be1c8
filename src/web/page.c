/* Pages: what all of them show, and rendering. */
#include "web/api/api.h"

enum { PAGE_MOST = 8 << 20 };

struct value_dict *page_new(struct request *request)
{
    return value_dict_new(request->arena);
}

void page_set(struct request *request, struct value_dict *page, const char *key, struct value value)
{
    value_dict_set(request->arena, page, str_of(key), value);
}

void page_set_text(struct request *request, struct value_dict *page, const char *key, str text)
{
    page_set(request, page, key, value_text(text));
}

struct value date_value(instant at)
{
    return value_date(datetime_local(at).date);
}

struct value instant_value(instant at)
{
    return value_datetime(datetime_local(at));
}

static struct value person_value(struct request *request, const struct visit *visit)
{
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "name", account_name(request->arena, &visit->account));
    page_set_text(request, dict, "email", visit->account.email);
    page_set(request, dict, "is_agent", value_bool(visit->membership.is_agent));
    page_set(request, dict, "is_admin", value_bool(visit->membership.is_admin));
    page_set(request, dict, "has_cards", value_bool(catalogue_cards(visit->catalogue)->len > 0));
    return value_dict(dict);
}

/* The kind and the text, between the redirect and the next page, in a cookie of its own. */
void visit_flash(struct request *request, const char *kind, str text)
{
    struct buf value = buf_new(request->arena, 2048);
    buf_fmt(&value, "%s.", kind);
    buf_add_url(&value, text);
    response_cookie(request, "message", buf_str(&value), 60);
}

static void set_flash(struct request *request, struct value_dict *page)
{
    str cookie = request_cookie(request, "message"), kind, encoded, text;
    if (cookie.len == 0 || !str_cut(cookie, '.', &kind, &encoded) || !http_decode_path(request->arena, encoded, &text))
        return;
    struct value_dict *flash = page_new(request);
    page_set_text(request, flash, "kind", kind);
    page_set_text(request, flash, "text", text);
    page_set(request, page, "flash", value_dict(flash));
    response_cookie(request, "message", STR_EMPTY, -1);
}

static void set_assets(struct request *request, const struct visit *visit, struct value_dict *page)
{
    page_set_text(request, page, "css_url", pages_asset_url(visit->installation->pages, STR("css/guichet.css")));
    page_set_text(request, page, "icon_url", pages_asset_url(visit->installation->pages, STR("img/icon.svg")));
    page_set_text(request, page, "js_url", pages_asset_url(visit->installation->pages, STR("js/guichet.js")));
}

/* What a page asks for that has such a field. */
static void set_widgets(struct request *request, const struct visit *visit, struct value_dict *page)
{
    static const struct {
        const char *name, *path;
    } widgets[] = {
        {"map", "js/map.js"},
        {"places", "js/places.js"},
        {"rich", "js/rich.js"},
        {"combo", "js/combo.js"},
        {"files", "js/files.js"},
        {"leaflet", "vendor/leaflet.js"},
        {"leaflet_css", "vendor/leaflet.css"},
    };
    struct value_dict *assets = page_new(request);
    for (size_t i = 0; i < sizeof widgets / sizeof *widgets; i++)
        page_set_text(request, assets, widgets[i].name,
                      pages_asset_url(visit->installation->pages, str_of(widgets[i].path)));
    page_set(request, page, "assets", value_dict(assets));
}

static void set_common(struct request *request, struct value_dict *page)
{
    const struct visit *visit = visit_of(request);
    set_assets(request, visit, page);
    set_widgets(request, visit, page);
    page_set_text(request, page, "path", request->path);
    page_set_text(request, page, "request_id", request->id);
    if (visit->site == NULL)
        return;
    page_set(request, page, "site", visit->site->view);
    page_set(request, page, "is_demonstration", value_bool(visit->installation->is_demonstration));
    if (visit->is_signed_in)
        page_set(request, page, "person", person_value(request, visit));
    page_set_text(request, page, "jeton", visit_token(request));
    set_flash(request, page);
}

/* Tiles of a map, pictures of choices: nothing else comes from another server. */
static void allow_images(struct request *request, const struct origins *origins)
{
    struct buf servers = buf_new(request->arena, 4096);
    for (size_t i = 0; i < origins->len; i++) {
        buf_add_char(&servers, ' ');
        buf_add(&servers, origins->at[i]);
    }
    if (servers.len > 0)
        response_allow_images(request, buf_str(&servers));
}

void page_show(struct request *request, int status, const char *path, struct value_dict *page)
{
    const struct template *template = pages_find(visit_of(request)->installation->pages, str_of(path));
    set_common(request, page);
    struct render_log log = {0};
    struct render render = {
        .arena = request->arena, .scope = value_dict(page), .lang = STR("fr"), .now = request->now, .log = &log};
    struct buf html = buf_new(request->arena, PAGE_MOST);
    struct err err = {0};
    if (template == NULL || !template_render(template, &render, &html, &err)) {
        log_line(LOG_ERROR, "page", "path=%s request=%.*s message=\"%s\"", path, STR_ARG(request->id), err.message);
        response_text(request, 500, STR("text/plain; charset=utf-8"), STR("Erreur interne.\n"));
        return;
    }
    response_html(request, status, buf_str(&html));
    allow_images(request, &visit_of(request)->origins);
}

/* ---- Errors ---- */

static str error_title(int status)
{
    switch (status) {
    case 400:
        return STR("Cette demande n’a pas été comprise");
    case 403:
        return STR("Vous n’avez pas accès à cette page");
    case 404:
        return STR("Cette page n’existe pas ou plus");
    case 405:
        return STR("Cette page ne s’ouvre pas ainsi");
    case 409:
        return STR("Quelqu’un a modifié cette demande entre-temps");
    case 410:
        return STR("Cette démarche est fermée");
    case 413:
        return STR("Ce que vous envoyez est trop lourd");
    case 414:
        return STR("Cette adresse est trop longue");
    case 415:
        return STR("Ce type d’envoi n’est pas accepté");
    case 422:
        return STR("Ce n’est pas possible pour le moment");
    case 431:
        return STR("Votre navigateur envoie trop d’informations");
    case 429:
        return STR("Trop d’essais");
    case 503:
        return STR("Le service ne répond pas pour le moment");
    default:
        return STR("Le service a rencontré un problème");
    }
}

/* What was typed and not saved is still in the browser, one page back. */
static str advice_later(bool was_sent)
{
    return was_sent
               ? STR("Rien de ce que vous aviez enregistré n’est perdu. Réessayez dans quelques minutes : revenez en "
                     "arrière pour retrouver ce que vous venez de saisir, et envoyez à nouveau.")
               : STR("Ce que vous aviez enregistré est gardé. Réessayez dans quelques minutes.");
}

static str error_advice(int status, bool was_sent)
{
    switch (status) {
    case 404:
        return STR("Vérifiez l’adresse, ou repartez de l’accueil.");
    case 403:
        return STR("Si vous pensez que c’est une erreur, contactez-nous.");
    case 413:
        return STR("Choisissez des fichiers plus légers, puis envoyez à nouveau.");
    case 429:
        return STR("Attendez un peu avant de réessayer.");
    case 431:
        return STR("Effacez les cookies de ce site dans votre navigateur, puis réessayez.");
    case 500:
    case 503:
        return advice_later(was_sent);
    default:
        return STR("Revenez en arrière et réessayez. Ce que vous aviez enregistré est gardé.");
    }
}

void web_error_page(struct request *request, int status, const struct err *err)
{
    if (err != NULL && err->detail[0] != '\0')
        log_line(status >= 500 ? LOG_ERROR : LOG_INFO, "request.refused", "request=%.*s status=%d detail=\"%s\"",
                 STR_ARG(request->id), status, err->detail);
    if (api_is_asked(request)) {
        api_error(request, status, NULL, err);
        return;
    }
    if (request->context == NULL)
        visit_begin(request);
    struct value_dict *page = page_new(request);
    page_set(request, page, "status", value_int(status));
    page_set_text(request, page, "title", error_title(status));
    page_set_text(request, page, "advice", error_advice(status, request->method == HTTP_POST));
    if (err != NULL && err->code != ERR_UNAVAILABLE)
        page_set_text(request, page, "message", str_of(err->message));
    page_show(request, status, "error.html", page);
}

void show_failure(struct request *request, const struct err *err)
{
    static const struct {
        enum err_code code;
        int status;
    } known[] = {{ERR_INVALID, 400}, {ERR_NOT_FOUND, 404}, {ERR_FORBIDDEN, 403}, {ERR_CONFLICT, 409},
                 {ERR_CLOSED, 410},  {ERR_TOO_LARGE, 413}, {ERR_LIMIT, 429},     {ERR_UNAVAILABLE, 503}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (err->code == known[i].code) {
            response_error(request, known[i].status, err);
            return;
        }
    response_error(request, 500, err);
}

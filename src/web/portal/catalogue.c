/* Home, the catalogue of services, search, one service's sheet; assets and the site's theme. */
#include "web/portal/arrival.h"
#include "web/portal/identify.h"

enum { HOME_MOST = 8 };

/* Who gives the service: its own words, else the site's. */
static str provider_of(struct request *request, const struct form *form)
{
    str own = json_str(form->service, "provider");
    return own.len > 0 ? own : json_str(visit_of(request)->site->service, "provider");
}

static struct value form_value(struct request *request, const struct form *form)
{
    struct visit *visit = visit_of(request);
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "slug", form->slug);
    page_set_text(request, dict, "name", form->name);
    page_set_text(request, dict, "url", str_fmt(request->arena, "/demarches/%.*s/", STR_ARG(form->slug)));
    page_set(request, dict, "description", value_html(form->description));
    page_set_text(request, dict, "provider", provider_of(request, form));
    const struct category *category = catalogue_category(visit->catalogue, form->category);
    if (category != NULL) {
        page_set_text(request, dict, "category", category->name);
        page_set_text(request, dict, "category_url",
                      str_fmt(request->arena, "/demarches/themes/%.*s/", STR_ARG(category->slug)));
    }
    page_set(request, dict, "is_open", value_bool(form_is_open(form, request->now, NULL)));
    return value_dict(dict);
}

/* Which services to list; an empty one: all. */
struct wanted {
    str category, provider;
    str words;   /* every one must be in the name, the description or the keywords, accents and case forgiven */
    size_t most; /* 0: no end */
};

static bool has_words(struct arena *arena, const struct form *form, str words)
{
    struct buf text = buf_new(arena, 64 << 10);
    buf_fmt(&text, "%.*s %.*s", STR_ARG(form->name), STR_ARG(form->description));
    for (size_t i = 0; i < form->keywords.len; i++)
        buf_fmt(&text, " %.*s", STR_ARG(form->keywords.at[i]));
    str haystack = utf8_fold(arena, buf_str(&text));
    for (str word, rest = utf8_fold(arena, words); str_next(&rest, ' ', &word);)
        if (!str_contains(haystack, word))
            return false;
    return true;
}

static bool is_wanted(struct request *request, const struct form *form, const struct wanted *wanted)
{
    return form_is_open(form, request->now, NULL) &&
           (wanted->category.len == 0 || str_eq(form->category, wanted->category)) &&
           (wanted->provider.len == 0 || str_eq(provider_of(request, form), wanted->provider)) &&
           (wanted->words.len == 0 || has_words(request->arena, form, wanted->words));
}

/* Services that can be filed now. */
static struct value list_forms(struct request *request, const struct wanted *wanted)
{
    const struct catalogue_forms *forms = catalogue_forms(visit_of(request)->catalogue);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < forms->len && (wanted->most == 0 || list->len < wanted->most); i++)
        if (is_wanted(request, forms->at[i], wanted))
            value_list_add(request->arena, list, form_value(request, forms->at[i]));
    return value_list(list);
}

/* Who gives the services, where more than one does. */
static struct value list_providers(struct request *request)
{
    const struct catalogue_forms *forms = catalogue_forms(visit_of(request)->catalogue);
    struct value_list *list = value_list_new(request->arena);
    struct map seen = map_new(request->arena);
    for (size_t i = 0; i < forms->len; i++) {
        str name = provider_of(request, forms->at[i]);
        if (!form_is_open(forms->at[i], request->now, NULL) || name.len == 0 || map_get(&seen, name) != NULL)
            continue;
        struct buf url = buf_new(request->arena, 16 << 10);
        buf_add(&url, STR("/demarches/?organisme="));
        buf_add_url(&url, name);
        struct value_dict *dict = page_new(request);
        map_set(&seen, name, dict);
        page_set_text(request, dict, "name", name);
        page_set_text(request, dict, "url", buf_str(&url));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return list->len > 1 ? value_list(list) : VALUE_OF_NONE;
}

static struct value list_categories(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct categories *categories = catalogue_categories(visit->catalogue);
    const struct catalogue_forms *forms = catalogue_forms(visit->catalogue);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < categories->len; i++) {
        const struct category *category = &categories->at[i];
        int64_t count = 0;
        for (size_t j = 0; j < forms->len; j++)
            count += str_eq(forms->at[j]->category, category->slug) && form_is_open(forms->at[j], request->now, NULL);
        if (count == 0)
            continue;
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "name", category->name);
        page_set_text(request, dict, "url",
                      str_fmt(request->arena, "/demarches/themes/%.*s/", STR_ARG(category->slug)));
        page_set(request, dict, "count", value_int(count));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value list_sites(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < visit->estate->sites.len; i++) {
        const struct site *site = &visit->estate->sites.at[i];
        if (site == visit->site || site->host_count == 0)
            continue;
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "name", site->name);
        page_set_text(request, dict, "url",
                      str_fmt(request->arena, "%.*s/",
                              STR_ARG(installation_site_url(visit->installation, request->arena, site))));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void home(struct request *request)
{
    struct value_dict *page = page_new(request);
    page_set(request, page, "services", list_forms(request, &(struct wanted){.most = HOME_MOST}));
    page_set(request, page, "categories", list_categories(request));
    page_set(request, page, "sites", list_sites(request));
    page_show(request, 200, "portal/home.html", page);
}

static void catalogue(struct request *request)
{
    struct value_dict *page = page_new(request);
    str provider = request_query(request, "organisme");
    page_set_text(request, page, "title", provider.len > 0 ? provider : STR("Toutes les démarches"));
    page_set(request, page, "services", list_forms(request, &(struct wanted){.provider = provider}));
    page_set(request, page, "categories", list_categories(request));
    page_set(request, page, "providers", list_providers(request));
    page_set(request, page, "sites", list_sites(request));
    page_show(request, 200, "portal/catalogue.html", page);
}

static void theme(struct request *request)
{
    const struct category *category =
        catalogue_category(visit_of(request)->catalogue, request_path_param(request, "theme"));
    if (category == NULL) {
        response_error(request, 404, NULL);
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "title", category->name);
    page_set(request, page, "intro", value_html(category->description));
    page_set(request, page, "services", list_forms(request, &(struct wanted){.category = category->slug}));
    page_show(request, 200, "portal/catalogue.html", page);
}

static void search(struct request *request)
{
    str words = str_trim(request_query(request, "q"));
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "title", STR("Recherche"));
    page_set_text(request, page, "q", words);
    page_set(request, page, "is_search", value_bool(true));
    if (words.len > 0)
        page_set(request, page, "services", list_forms(request, &(struct wanted){.words = utf8_slice(words, 0, 200)}));
    page_show(request, 200, "portal/catalogue.html", page);
}

struct value visit_service(struct request *request, const struct form *form)
{
    json_t *service = json_keep(request->arena, json_deep_copy(visit_of(request)->site->service));
    if (form->service != NULL)
        json_object_update(service, (json_t *)(uintptr_t)form->service);
    return value_from_json(request->arena, service);
}

/* places_left is set where the form has quotas. */
static bool has_place(struct request *request, const struct form *form, struct value_dict *page, struct err *err)
{
    const struct visit *visit = visit_of(request);
    int64_t account = visit->is_signed_in ? visit->account.id : 0;
    int64_t left = dossier_places_left(place_of(request), form, account);
    if (left > 0)
        page_set(request, page, "places_left", value_int(left));
    return left != 0 || dossier_has_place(place_of(request), form, account, false, err);
}

static void sheet(struct request *request)
{
    const struct form *form = catalogue_form(visit_of(request)->catalogue, request_path_param(request, "slug"), 0);
    if (form == NULL) {
        response_error(request, 404, NULL);
        return;
    }
    arrival_take(request); /* for the pages that this one leads to */
    struct value_dict *page = page_new(request);
    struct err err = {0};
    page_set(request, page, "form", form_value(request, form));
    page_set(request, page, "service", visit_service(request, form));
    page_set_text(request, page, "identification", identify_names(request->arena, form));
    if (!form_is_open(form, request->now, &err) || !has_place(request, form, page, &err))
        page_set_text(request, page, "closed", str_of(err.message));
    page_show(request, 200, "portal/sheet.html", page);
}

static void static_page(struct request *request, const char *path)
{
    page_show(request, 200, path, page_new(request));
}

static void accessibility(struct request *request)
{
    static_page(request, "portal/accessibilite.html");
}

static void legal(struct request *request)
{
    static_page(request, "portal/mentions.html");
}

static void personal_data(struct request *request)
{
    static_page(request, "portal/donnees.html");
}

static void help(struct request *request)
{
    static_page(request, "portal/aide.html");
}

static void site_map(struct request *request)
{
    struct value_dict *page = page_new(request);
    page_set(request, page, "services", list_forms(request, &(struct wanted){0}));
    page_show(request, 200, "portal/plan.html", page);
}

static void theme_css(struct request *request)
{
    str css = site_theme_css(request->arena, visit_of(request)->site);
    response_header(request, "Cache-Control", STR("public, max-age=300"));
    response_text(request, 200, STR("text/css; charset=utf-8"), css);
}

static void asset(struct request *request)
{
    const struct asset *asset =
        pages_asset(visit_of(request)->installation->pages, request_path_param(request, "path"));
    if (asset == NULL) {
        response_error(request, 404, NULL);
        return;
    }
    response_header(request, "Cache-Control", STR("public, max-age=31536000, immutable"));
    bool takes_gzip = str_contains(request_header(request, "Accept-Encoding"), STR("gzip"));
    if (asset->gzip.len > 0)
        response_header(request, "Vary", STR("Accept-Encoding"));
    if (asset->gzip.len > 0 && takes_gzip)
        response_header(request, "Content-Encoding", STR("gzip"));
    response_text(request, 200, asset->type, asset->gzip.len > 0 && takes_gzip ? asset->gzip : asset->bytes);
}

const struct route portal_routes[] = {
    {HTTP_GET, "/", 0, RIGHT_PUBLIC, BODY_NONE, home},
    {HTTP_GET, "/demarches/", 0, RIGHT_PUBLIC, BODY_NONE, catalogue},
    {HTTP_GET, "/demarches/themes/{theme}/", 0, RIGHT_PUBLIC, BODY_NONE, theme},
    {HTTP_GET, "/recherche/", 0, RIGHT_PUBLIC, BODY_NONE, search},
    {HTTP_GET, "/demarches/{slug}/", 0, RIGHT_PUBLIC, BODY_NONE, sheet},
    {HTTP_GET, "/accessibilite/", 0, RIGHT_PUBLIC, BODY_NONE, accessibility},
    {HTTP_GET, "/mentions-legales/", 0, RIGHT_PUBLIC, BODY_NONE, legal},
    {HTTP_GET, "/donnees-personnelles/", 0, RIGHT_PUBLIC, BODY_NONE, personal_data},
    {HTTP_GET, "/aide/", 0, RIGHT_PUBLIC, BODY_NONE, help},
    {HTTP_GET, "/plan-du-site/", 0, RIGHT_PUBLIC, BODY_NONE, site_map},
    {HTTP_GET, "/theme.css", 0, RIGHT_PUBLIC, BODY_NONE, theme_css},
    {HTTP_GET, "/assets/{path*}", 0, RIGHT_NONE, BODY_NONE, asset},
};
const size_t portal_route_count = sizeof portal_routes / sizeof *portal_routes;

/* A site's document: what it must hold, and what stands in for what it leaves out. */
#include "sites/sites.h"

#include "sites/colour.h"

static bool slug_is_valid(str slug)
{
    for (size_t i = 0; i < slug.len; i++) {
        char c = slug.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c == '-' && i > 0))
            return false;
    }
    return slug.len > 0 && slug.len <= 50;
}

static bool host_is_valid(str host)
{
    if (str_eq(host, STR("*")))
        return true;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_word && c != '-' && c != '.' && c != ':' && c != '[' && c != ']')
            return false;
    }
    return host.len > 0 && host.len <= 253;
}

static bool read_hosts(struct arena *arena, const json_t *json, struct site *site, struct err *err)
{
    const json_t *list = json_list(json, "hosts");
    str *hosts = arena_array_of(arena, str, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        hosts[i] = json_str_of(json_array_get(list, i));
        if (!host_is_valid(hosts[i]))
            return err_set(err, ERR_INVALID, "« %.*s » is no host name (small letters, no port).", STR_ARG(hosts[i]));
    }
    site->hosts = hosts;
    site->host_count = json_array_size(list);
    return true;
}

static void read_roles(struct arena *arena, const json_t *json, struct site *site)
{
    const json_t *list = json_list(json, "roles");
    size_t count = json_array_size(list);
    struct role *roles = arena_array_of(arena, struct role, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        roles[i] = (struct role){json_str(one, "slug"), json_str(one, "name"), json_list(one, "emails")};
        if (roles[i].name.len == 0)
            roles[i].name = roles[i].slug;
    }
    site->roles = roles;
    site->role_count = count;
    if (site_role(site, site->default_role) == NULL)
        roles[site->role_count++] = (struct role){site->default_role, STR("Tous les agents"), NULL};
}

static const json_t *dict_or_empty(struct arena *arena, const json_t *json, const char *key)
{
    const json_t *dict = json_dict(json, key);
    return dict != NULL ? dict : json_keep(arena, json_object());
}

static const char appeal_default[] =
    "Vous pouvez contester une décision dans les deux mois : auprès de nous (recours gracieux), ou devant le tribunal "
    "administratif, aussi sur www.telerecours.fr.";

/* Silence is acceptance after two months unless a text says otherwise (CRPA L231-1). */
static const json_t *service_of(struct arena *arena, const struct site *site)
{
    json_t *service = json_keep(arena, json_deep_copy(dict_or_empty(arena, site->settings, "service")));
    json_t *contact = json_deep_copy(site->contact);
    json_t *defaults = json_keep(arena, json_object());
    json_set_str(defaults, STR("provider"), site->name);
    json_set_str(defaults, STR("silence"), STR("accept"));
    json_set(defaults, STR("delay"), json_integer(2));
    json_set_str(defaults, STR("delay_unit"), STR("months"));
    json_set_str(defaults, STR("appeal"), str_of(appeal_default));
    json_set(defaults, STR("contact"), contact);
    json_object_update_missing(service, defaults);
    return service;
}

static const json_t *service_key(const json_t *of_form, const struct site *site, const char *key)
{
    const json_t *own = json_object_get(of_form, key);
    return own != NULL ? own : json_object_get(site->service, key);
}

static void add_lack(struct buf *out, bool lacks, const char *what)
{
    if (lacks)
        buf_fmt(out, "%s%s", buf_str(out).len > 0 ? ", " : "", what);
}

str site_service_lacks(struct arena *arena, const struct site *site, const json_t *of_form)
{
    struct buf out = buf_new(arena, 1024);
    str silence = json_str_of(service_key(of_form, site, "silence"));
    const json_t *contact = service_key(of_form, site, "contact");
    bool rejects = str_eq(silence, STR("reject")), decides = rejects || str_eq(silence, STR("accept"));
    add_lack(&out, !decides && !str_eq(silence, STR("none")), "ce que vaut le silence");
    add_lack(&out, decides && json_integer_value(service_key(of_form, site, "delay")) <= 0, "le délai de réponse");
    add_lack(&out, json_str(contact, "name").len == 0, "le nom du service");
    add_lack(&out, json_str(contact, "address").len + json_str(contact, "email").len == 0, "une adresse du service");
    add_lack(&out, json_str(contact, "phone").len == 0, "le téléphone du service");
    add_lack(&out, json_str_of(service_key(of_form, site, "appeal")).len == 0, "les voies de recours");
    return buf_str(&out);
}

static bool check_theme(const json_t *settings, struct err *err)
{
    const json_t *theme = json_dict(settings, "theme");
    const char *key;
    json_t *node;
    json_object_foreach((json_t *)(uintptr_t)theme, key, node)
    {
        struct colour colour;
        if (str_starts(str_of(key), STR("--c-")) && !colour_parse(json_str_of(node), &colour))
            return err_set(err, ERR_INVALID, "The theme's %s is no colour: write it as #rrggbb.", key);
    }
    struct colour brand, ink;
    if (!colour_parse(json_str(theme, "--c-brand"), &brand) || !colour_parse(json_str(theme, "--c-brand-ink"), &ink))
        return true;
    double contrast = colour_contrast(brand, ink);
    return contrast >= 4.5 ||
           err_set(err, ERR_INVALID,
                   "The theme's --c-brand-ink can't be read on --c-brand: contrast %.1f, 4.5 at least.", contrast);
}

static bool is_filter_name(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!(name.ptr[i] >= 'a' && name.ptr[i] <= 'z') && !(name.ptr[i] >= '0' && name.ptr[i] <= '9') &&
            name.ptr[i] != '_')
            return false;
    return name.len > 0;
}

static bool read_filters(struct arena *arena, struct site *site, struct err *err)
{
    const json_t *filters = json_dict(site->settings, "filters");
    const char *key;
    json_t *text;
    site->filters = map_new(arena);
    json_object_foreach((json_t *)(uintptr_t)filters, key, text)
    {
        str name = str_of(key);
        struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = str_fmt(arena, "filtre %s", key)};
        struct err wrong = {0};
        const struct template *template =
            json_is_string(text) ? template_compile(arena, json_str_of(text), &settings, &wrong) : NULL;
        if (!is_filter_name(name))
            return err_set(err, ERR_INVALID, "« %s » can't be a filter's name: a-z, 0-9 and _.", key);
        if (template == NULL)
            return err_set(err, ERR_INVALID, "The filter « %s » is no template: %s", key,
                           json_is_string(text) ? wrong.message : "it must be a text.");
        map_set(&site->filters, name, (void *)(uintptr_t) template);
    }
    return true;
}

static struct value view_of(struct arena *arena, const struct site *site)
{
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("name"), value_text(site->name));
    value_dict_set(arena, dict, STR("slug"), value_text(site->slug));
    value_dict_set(arena, dict, STR("kind"), value_text(site->kind));
    value_dict_set(arena, dict, STR("contact"), value_from_json(arena, site->contact));
    value_dict_set(arena, dict, STR("service"), value_from_json(arena, site->service));
    return value_dict(dict);
}

bool site_from_json(struct arena *arena, const json_t *json, struct site *out, struct err *err)
{
    *out = (struct site){.json = json, .slug = json_str(json, "slug"), .name = json_str(json, "name")};
    if (!slug_is_valid(out->slug))
        return err_set(err, ERR_INVALID, "« %.*s » can't be a site's slug: a-z, 0-9 and -.", STR_ARG(out->slug));
    if (out->name.len == 0)
        out->name = out->slug;
    out->kind = json_str(json, "kind");
    out->settings = dict_or_empty(arena, json, "settings");
    out->variables = dict_or_empty(arena, out->settings, "variables");
    out->contact = dict_or_empty(arena, out->settings, "contact");
    out->default_role = json_str(out->settings, "default_role");
    if (out->default_role.len == 0)
        out->default_role = STR("agents");
    out->service = service_of(arena, out);
    out->view = view_of(arena, out);
    read_roles(arena, json, out);
    return read_hosts(arena, json, out, err) && read_filters(arena, out, err) && check_theme(out->settings, err);
}

const json_t *site_default_json(struct arena *arena, str slug, str name, str host)
{
    json_t *json = json_keep(arena, json_object()), *hosts = json_array(), *settings = json_object();
    json_t *contact = json_object();
    json_set_str(json, STR("slug"), slug);
    json_set_str(json, STR("name"), name.len > 0 ? name : slug);
    json_array_append_new(hosts, json_from_str(host.len > 0 ? host : str_fmt(arena, "%.*s.localhost", STR_ARG(slug))));
    json_set(json, STR("hosts"), hosts);
    json_set_str(contact, STR("name"), name.len > 0 ? name : slug);
    json_set(settings, STR("contact"), contact);
    json_set(json, STR("settings"), settings);
    return json;
}

str site_theme_css(struct arena *arena, const struct site *site)
{
    struct buf css = buf_new(arena, 4096);
    const char *key;
    json_t *node;
    buf_add(&css, STR(":root{"));
    json_object_foreach((json_t *)(uintptr_t)json_dict(site->settings, "theme"), key, node)
    {
        struct colour colour;
        if (str_starts(str_of(key), STR("--c-")) && colour_parse(json_str_of(node), &colour))
            buf_fmt(&css, "%s:#%02x%02x%02x;", key, colour.red, colour.green, colour.blue);
    }
    buf_add(&css, STR("}\n"));
    return buf_str(&css);
}

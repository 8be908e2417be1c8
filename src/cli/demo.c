/* guichet demo: the demonstration metropolis of content/ — its sites, services and people. Again: only what changed. */
#include "cli/cli.h"
#include "cli/options.h"
#include "definition/definition.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEMO_PASSWORD "Place-Bellecour-1830"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct words json_files(struct arena *arena, const char *folder)
{
    struct words files = {0};
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        if (str_ends(str_of(entry->d_name), STR(".json")))
            *vec_push(arena, &files) = str_fmt(arena, "%s/%s", folder, entry->d_name).ptr;
    if (dir != NULL)
        closedir(dir);
    if (files.len > 0)
        qsort(files.at, files.len, sizeof *files.at, by_name);
    return files;
}

static json_t *read_json(struct arena *arena, const char *path, struct err *err)
{
    str text;
    json_t *json = file_read(arena, path, DEFINITION_TEXT_MOST, &text, err) ? json_parse(arena, text, err) : NULL;
    if (json == NULL)
        err_detail(err, "%s", path);
    return json;
}

struct loading {
    struct arena *arena;
    const char *folder; /* content/services */
    const json_t *services;
    size_t saved;
};

static bool load_file(struct tx *tx, struct loading *loading, const char *path, struct err *err)
{
    struct definition definition;
    int64_t version;
    bool is_new;
    const json_t *json = read_json(loading->arena, path, err);
    if (json == NULL || !definition_from_json(loading->arena, json, &definition, err))
        return false;
    definition.author = STR("guichet demo");
    definition.comment = STR("Démonstration");
    if (!definition_save(tx, &definition, &version, &is_new, err))
        return false;
    loading->saved += is_new;
    return true;
}

static bool load_services(struct tx *tx, void *arg, struct err *err)
{
    struct loading *loading = arg;
    loading->saved = 0;
    for (size_t i = 0; i < json_array_size(loading->services); i++) {
        str name = json_str_of(json_array_get(loading->services, i));
        struct words files =
            json_files(loading->arena, str_fmt(loading->arena, "%s/%.*s", loading->folder, STR_ARG(name)).ptr);
        for (size_t j = 0; j < files.len; j++)
            if (!load_file(tx, loading, files.at[j], err))
                return false;
    }
    return true;
}

static bool load_agent(struct installation *installation, struct arena *arena, str site, const json_t *agent,
                       struct err *err)
{
    struct people *people = installation->people;
    struct account account;
    str email = json_str(agent, "email"), name = json_str(agent, "name"), first, last;
    str_cut(name, ' ', &first, &last);
    if (!account_by_email(people, arena, email, &account, err)) {
        struct account wanted = {.email = email, .first_name = first, .last_name = last};
        if (err->code != ERR_NOT_FOUND || !account_create(people, arena, &wanted, STR(DEMO_PASSWORD), &account, err))
            return false;
    }
    const json_t *roles = json_list(agent, "roles");
    bool ok = !json_bool(agent, "admin") || membership_add(people, account.id, site, STR(ROLE_ADMIN), err);
    for (size_t i = 0; ok && i < json_array_size(roles); i++)
        ok = membership_add(people, account.id, site, json_str_of(json_array_get(roles, i)), err);
    return ok;
}

/* The document of the site, without what is not a site's: its services and agents. */
static bool load_site(struct installation *installation, struct arena *arena, const char *content, const char *path,
                      struct err *err)
{
    json_t *json = read_json(arena, path, err);
    if (json == NULL)
        return false;
    json_t *services = json_keep(arena, json_incref(json_object_get(json, "services")));
    json_t *agents = json_keep(arena, json_incref(json_object_get(json, "agents")));
    json_object_del(json, "services");
    json_object_del(json, "agents");
    struct site site;
    bool is_changed;
    if (!site_from_json(arena, json, &site, err) || !installation_save_site(installation, &site, &is_changed, err))
        return false;
    struct store *store = installation_store(installation, site.slug, err);
    struct loading loading = {
        .arena = arena, .folder = str_fmt(arena, "%s/services", content).ptr, .services = services};
    bool ok = store != NULL && store_write(store, load_services, &loading, err);
    for (size_t i = 0; ok && i < json_array_size(agents); i++)
        ok = load_agent(installation, arena, site.slug, json_array_get(agents, i), err);
    if (ok && (is_changed || loading.saved > 0))
        printf("%.*s : %zu définitions\n", STR_ARG(site.name), loading.saved);
    return ok;
}

static bool load_resident(struct installation *installation, struct arena *arena, struct err *err)
{
    struct account account,
        wanted = {.email = STR("habitante@exemple.example"), .first_name = STR("Jeanne"), .last_name = STR("Dupont")};
    json_t *data = json_keep(arena, json_object());
    json_set_str(data, STR("phone"), STR("04 00 00 00 00"));
    json_set_str(data, STR("address_street"), STR("12 rue de la République"));
    json_set_str(data, STR("address_zipcode"), STR("69120"));
    json_set_str(data, STR("address_city"), STR("Vaulx-en-Velin"));
    wanted.data = data;
    return account_by_email(installation->people, arena, wanted.email, &account, err) ||
           (err->code == ERR_NOT_FOUND &&
            account_create(installation->people, arena, &wanted, STR(DEMO_PASSWORD), &account, err));
}

static int load(struct installation *installation, const char *content, const char *port)
{
    struct arena *arena = arena_new();
    struct err err = {0};
    struct words sites = json_files(arena, str_fmt(arena, "%s/sites", content).ptr);
    bool ok = sites.len > 0 || err_set(&err, ERR_NOT_FOUND, "no site in %s/sites", content);
    for (size_t i = 0; ok && i < sites.len; i++)
        ok = load_site(installation, arena, content, sites.at[i], &err);
    ok = ok && load_resident(installation, arena, &err);
    if (ok)
        printf("\nLa métropole de démonstration : http://localhost:%s/ (communes : http://bron.localhost:%s/ …)\n"
               "  habitante      habitante@exemple.example\n"
               "  agent          agent@bron.example (un par site)\n"
               "  administration admin@bron.example\n"
               "  mot de passe   " DEMO_PASSWORD "\n"
               "  courriels      http://localhost:%s/courriels/\n\n",
               port, port, port);
    arena_free(arena);
    return ok ? 0 : fail_with("demo", &err);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    (void)arena;
    (void)words;
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1
                                      : load(installation, option_or(options, count, "content", "content"),
                                             option_or(options, count, "port", "8080"));
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"content", false, NULL, "DIR   dossier de la démonstration (défaut : content)"},
        {"port", false, NULL, "N     port que les adresses disent (défaut : 8080)"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, "demo [OPTIONS]", run_words);
}

const struct command command_demo = {"demo", "charge la métropole de démonstration", run};

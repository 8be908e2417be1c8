/* guichet site create | set | show | list */
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "site create --slug S --name N [--host H] | set FICHIER.json | show --slug S | list";

static int save(struct installation *installation, const json_t *json, struct arena *arena)
{
    struct err err = {0};
    struct site site;
    bool is_changed;
    if (!site_from_json(arena, json, &site, &err) || !installation_save_site(installation, &site, &is_changed, &err))
        return fail_with("site", &err);
    printf("%.*s : %s\n", STR_ARG(site.slug), is_changed ? "enregistré" : "inchangé");
    return 0;
}

static int set_from_file(struct installation *installation, const char *path, struct arena *arena)
{
    struct err err = {0};
    str text;
    const json_t *json = NULL;
    if (file_read(arena, path, 1 << 20, &text, &err))
        json = json_parse(arena, text, &err);
    return json == NULL ? fail_with("site", &err) : save(installation, json, arena);
}

static int show(struct installation *installation, str slug, struct arena *arena)
{
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, slug);
    if (site != NULL)
        printf("%s\n", json_text_pretty(arena, site->json).ptr);
    else
        fprintf(stderr, "guichet site : il n’y a pas de site « %.*s »\n", STR_ARG(slug));
    estate_release(installation, estate);
    return site == NULL;
}

static int list(struct installation *installation)
{
    struct estate *estate = installation_hold(installation);
    for (size_t i = 0; i < estate->sites.len; i++) {
        const struct site *site = &estate->sites.at[i];
        printf("%-24.*s %.*s%s%.*s\n", STR_ARG(site->slug), STR_ARG(site->name), site->host_count > 0 ? "  " : "",
               site->host_count > 0 ? (int)site->hosts[0].len : 0, site->host_count > 0 ? site->hosts[0].ptr : "");
    }
    estate_release(installation, estate);
    return 0;
}

static int run_word(struct installation *installation, const struct words *words, const struct option *options,
                    size_t count, struct arena *arena)
{
    str slug = str_of(option_or(options, count, "slug", ""));
    if (strcmp(words->at[0], "list") == 0)
        return list(installation);
    if (strcmp(words->at[0], "show") == 0)
        return show(installation, slug, arena);
    if (strcmp(words->at[0], "set") == 0 && words->len > 1)
        return set_from_file(installation, words->at[1], arena);
    if (strcmp(words->at[0], "create") != 0)
        return options_misused(usage);
    str name = str_of(option_or(options, count, "name", "")), host = str_of(option_or(options, count, "host", ""));
    return save(installation, site_default_json(arena, slug, name, host), arena);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    if (words->len == 0)
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : run_word(installation, words, options, count, arena);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"slug", false, NULL, "S     nom court : a-z, 0-9, -"},
        {"name", false, NULL, "N     nom de la collectivité"},
        {"host", false, NULL, "H     nom d’hôte (défaut : S.localhost)"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_site = {"site", "crée, règle et montre les sites", run};

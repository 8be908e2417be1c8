/* guichet export publik | content: what a site has in service, as files: of Publik, or our own. */
#include "cli/cli.h"
#include "cli/options.h"
#include "definition/definition.h"
#include "publik/publik.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "export publik [NOM|GENRE…] --site S --to DOSSIER\n"
                            "        guichet export content [NOM|GENRE…] --site S --to DOSSIER";

/* Where Publik's packages keep each kind, and how they name its files. */
static const struct {
    const char *kind, *folder, *name;
} places[] = {
    {"block", "blocks", "block"},
    {"card", "carddefs", "card"},
    {"category", "category", "category"},
    {"comment-template", "comment-templates", "comment-template"},
    {"form", "forms", "form"},
    {"mail-template", "mail-templates", "mail-template"},
    {"source", "datasources", "datasource"},
    {"workflow", "workflows", "workflow"},
    {"wscall", "wscalls", "wscall"},
};

struct export
{
    struct arena *arena;
    const struct site *site;
    const struct words *words; /* after the first: slugs and kinds; none: everything */
    const char *folder;
    bool is_publik;
    size_t count;
    struct definitions definitions;
};

static bool is_asked(const struct words *words, str kind, str slug)
{
    for (size_t i = 1; i < words->len; i++)
        if (str_eq(str_of(words->at[i]), kind) || str_eq(str_of(words->at[i]), slug))
            return true;
    return words->len == 1;
}

/* A name that nothing answers to is a mistake that must be told. */
static bool are_known(const struct words *words, const struct definitions *definitions, struct err *err)
{
    for (size_t i = 1; i < words->len; i++) {
        bool is_known = false;
        for (size_t j = 0; j < definitions->len; j++)
            is_known = is_known || str_eq(str_of(words->at[i]), definitions->at[j].kind) ||
                       str_eq(str_of(words->at[i]), definitions->at[j].slug);
        if (!is_known)
            return err_set(err, ERR_NOT_FOUND, "Le site n’a ni genre ni définition « %s ».", words->at[i]);
    }
    return true;
}

static bool read_all(struct tx *tx, void *arg, struct err *err)
{
    struct export *export = arg;
    return definition_list(tx, export->arena, STR_EMPTY, &export->definitions, err);
}

static str name_of_role(const void *site, str slug)
{
    const struct role *role = site_role(site, slug);
    return role == NULL ? STR_EMPTY : role->name;
}

static bool write_publik(const struct export *export, const struct definition *definition, const json_t *json,
                         struct err *err)
{
    struct publik_roles roles = {name_of_role, export->site};
    const char *folder = "", *name = "";
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_eq(definition->kind, str_of(places[i].kind))) {
            folder = places[i].folder;
            name = places[i].name;
        }
    str of = json_str(json, "of"); /* the categories of two kinds may have one name */
    if (of.len > 0)
        name = str_fmt(export->arena, "%s-%.*s", name, STR_ARG(of)).ptr;
    const char *path = str_fmt(export->arena, "%s/%s", export->folder, folder).ptr;
    str text;
    return publik_write(export->arena, json, &roles, &text, err) && file_make_folder(path, err) &&
           file_write_durably(str_fmt(export->arena, "%s/%s-%.*s.wcs", path, name, STR_ARG(definition->slug)).ptr, text,
                              err);
}

static bool write_content(const struct export *export, const struct definition *definition, const json_t *json,
                          struct err *err)
{
    str path = str_fmt(export->arena, "%s/%.*s", export->folder, STR_ARG(definition->kind));
    str text = json_text_pretty(export->arena, json);
    return file_make_folder(path.ptr, err) &&
           file_write_durably(str_fmt(export->arena, "%s/%.*s.json", path.ptr, STR_ARG(definition->slug)).ptr,
                              str_fmt(export->arena, "%.*s\n", STR_ARG(text)), err);
}

static bool write_all(struct export *export, struct err *err)
{
    if (!are_known(export->words, &export->definitions, err) || !file_make_folder(export->folder, err))
        return false;
    for (size_t i = 0; i < export->definitions.len; i++) {
        const struct definition *definition = &export->definitions.at[i];
        if (!is_asked(export->words, definition->kind, definition->slug))
            continue;
        const json_t *json = json_parse(export->arena, definition->json, err);
        bool ok = json != NULL && (export->is_publik ? write_publik : write_content)(export, definition, json, err);
        if (!ok)
            return err_detail(err, "%.*s/%.*s", STR_ARG(definition->kind), STR_ARG(definition->slug));
        export->count++;
    }
    return true;
}

static int export_site(struct installation *installation, struct export *export, const char *slug)
{
    struct err err = {0};
    struct estate *estate = installation_hold(installation);
    export->site = sites_by_slug(&estate->sites, str_of(slug));
    bool ok = export->site != NULL;
    if (!ok)
        err_set(&err, ERR_NOT_FOUND, "Il n’y a pas de site « %s ».", slug);
    ok = ok && store_read(export->site->store, read_all, export, &err) && write_all(export, &err);
    estate_release(installation, estate);
    if (!ok)
        return fail_with("export", &err);
    printf("%zu fichier%s dans %s\n", export->count, export->count > 1 ? "s" : "", export->folder);
    return 0;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    bool is_publik = words->len > 0 && strcmp(words->at[0], "publik") == 0;
    bool is_content = words->len > 0 && strcmp(words->at[0], "content") == 0;
    if ((!is_publik && !is_content) || !option_is_set(options, count, "site") || !option_is_set(options, count, "to"))
        return options_misused(usage);
    struct export export = {
        .arena = arena, .words = words, .folder = option_or(options, count, "to", ""), .is_publik = is_publik};
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : export_site(installation, &export, option_or(options, count, "site", ""));
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site"},
        {"to", false, NULL, "DOSSIER  où écrire les fichiers ; il est créé s’il n’existe pas"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_export = {"export", "écrit les définitions d’un site, pour Publik ou dans notre format",
                                       run};

/* guichet import publik PATH… | content FOLDER…: definitions into a site. All is read before anything is written. */
#include "cli/cli.h"
#include "cli/import_report.h"
#include "cli/options.h"
#include "definition/definition.h"
#include "sources/sources.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH_MOST = 20 };

static const char usage[] = "import publik CHEMIN… --site S [--report json] [--keep-disabled] [--dry-run]\n"
                            "        guichet import content DOSSIER… --site S";

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every file under a path, in the order of names. */
static bool collect(struct arena *arena, const char *path, struct words *out, int depth, struct err *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return err_set(err, ERR_NOT_FOUND, "%s n’existe pas.", path);
    if (!S_ISDIR(info.st_mode)) {
        *vec_push(arena, out) = path;
        return true;
    }
    DIR *folder = depth < FOLDER_DEPTH_MOST ? opendir(path) : NULL;
    if (folder == NULL)
        return err_set(err, ERR_UNAVAILABLE, "%s ne peut pas être lu.", path);
    struct words names = {0};
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            *vec_push(arena, &names) = str_fmt(arena, "%s/%s", path, entry->d_name).ptr;
    closedir(folder);
    if (names.len > 0)
        qsort(names.at, names.len, sizeof *names.at, by_name);
    bool ok = true;
    for (size_t i = 0; ok && i < names.len; i++)
        ok = collect(arena, names.at[i], out, depth + 1, err);
    return ok;
}

/* ---- Reading ---- */

static void read_publik(struct arena *arena, const char *path, bool is_named, struct import_files *files)
{
    str bytes;
    struct import_file file = {.path = path};
    bool ok = file_read(arena, path, PUBLIK_FILE_MOST, &bytes, &file.err);
    /* In a folder stand other things too; a file that is named, or ends in .wcs, is meant. */
    if (ok && !is_named && !str_ends(str_of(path), STR(".wcs")) && !publik_is_definition(bytes))
        return;
    if (!ok || !publik_read(arena, bytes, &file.document, &file.err))
        file.document.json = NULL;
    *vec_push(arena, files) = file;
}

/* « file » of a source: the table that stands beside the document. */
static json_t *with_table(struct arena *arena, const char *path, json_t *json, struct err *err)
{
    str name = json_str(json_dict(json, "source"), "file");
    if (!str_eq(json_str(json, "kind"), STR("source")) || name.len == 0)
        return json;
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - path);
    if (str_contains(name, STR("/")) || *name.ptr == '.') {
        err_set(err, ERR_INVALID, "source.file : le tableau est un fichier du même dossier, sans « / ».");
        return NULL;
    }
    const char *beside = str_fmt(arena, "%.*s%.*s", folder, path, STR_ARG(name)).ptr;
    const json_t *with = source_with_file(arena, json, beside, err);
    if (with == NULL)
        err_detail(err, "%s", beside);
    return (json_t *)(uintptr_t)with;
}

static void read_content(struct arena *arena, const char *path, struct import_files *files)
{
    str bytes;
    struct import_file file = {.path = path};
    struct definition definition;
    if (!str_ends(str_of(path), STR(".json")))
        return;
    if (file_read(arena, path, DEFINITION_TEXT_MOST, &bytes, &file.err))
        file.document.json = json_parse(arena, bytes, &file.err);
    if (file.document.json != NULL)
        file.document.json = with_table(arena, path, file.document.json, &file.err);
    if (file.document.json != NULL && !definition_from_json(arena, file.document.json, &definition, &file.err))
        file.document.json = NULL;
    if (file.document.json != NULL) {
        file.document.kind = definition.kind;
        file.document.slug = definition.slug;
    }
    *vec_push(arena, files) = file;
}

static bool read_all(struct arena *arena, const struct words *words, bool is_publik, struct import_files *files,
                     struct err *err)
{
    for (size_t i = 1; i < words->len; i++) {
        struct words paths = {0};
        if (!collect(arena, words->at[i], &paths, 0, err))
            return false;
        bool is_named = paths.len == 1 && strcmp(paths.at[0], words->at[i]) == 0;
        for (size_t j = 0; j < paths.len; j++) {
            if (is_publik)
                read_publik(arena, paths.at[j], is_named, files);
            else
                read_content(arena, paths.at[j], files);
        }
    }
    return true;
}

static void open_forms(struct import_files *files)
{
    for (size_t i = 0; i < files->len; i++) {
        struct publik_document *document = &files->at[i].document;
        if (document->json == NULL || !document->was_disabled || !str_eq(document->kind, STR("form")))
            continue;
        json_set(document->json, STR("disabled"), json_false());
        files->at[i].is_opened = true;
    }
}

/* ---- Writing ---- */

struct saving {
    struct arena *arena;
    struct import_files *files;
    str author;
};

/* Two packages may hold the same object: the last one read is saved, so that importing twice changes nothing. */
static bool is_replaced(const struct import_files *files, size_t index)
{
    const struct publik_document *document = &files->at[index].document;
    for (size_t i = index + 1; i < files->len; i++)
        if (files->at[i].document.json != NULL && str_eq(files->at[i].document.kind, document->kind) &&
            str_eq(files->at[i].document.slug, document->slug))
            return true;
    return false;
}

static bool save_all(struct tx *tx, void *arg, struct err *err)
{
    struct saving *saving = arg;
    for (size_t i = 0; i < saving->files->len; i++) {
        struct import_file *file = &saving->files->at[i];
        struct definition definition;
        int64_t version;
        if (file->document.json == NULL || is_replaced(saving->files, i))
            continue;
        if (!definition_from_json(saving->arena, file->document.json, &definition, err))
            return err_detail(err, "%s", file->path);
        definition.author = saving->author;
        definition.comment = str_fmt(saving->arena, "Importé de %s", file->path);
        if (!definition_save(tx, &definition, &version, &file->is_new, err))
            return false;
    }
    return true;
}

/* An unknown site is made, with the legal defaults. */
static bool find_site(struct installation *installation, struct arena *arena, str slug, struct err *err)
{
    struct estate *estate = installation_hold(installation);
    bool exists = sites_by_slug(&estate->sites, slug) != NULL;
    estate_release(installation, estate);
    struct site site;
    bool is_changed;
    return exists ||
           (site_from_json(arena, site_default_json(arena, slug, STR_EMPTY, STR_EMPTY), &site, err) &&
            installation_save_site(installation, &site, &is_changed, err) && installation_refresh(installation, err));
}

/* Decision 6: what is imported opens all the same; who imports is told what its receipts lack. */
static void tell_what_lacks(struct arena *arena, const struct site *site, const struct import_files *files)
{
    for (size_t i = 0; i < files->len; i++) {
        const json_t *json = files->at[i].document.json;
        if (json == NULL || !str_eq(files->at[i].document.kind, STR("form")))
            continue;
        str lacks = site_service_lacks(arena, site, json_dict(json, "service"));
        if (lacks.len > 0) {
            fprintf(stderr, "Accusés de réception : il manque %.*s. À dire avec « guichet site set ».\n",
                    STR_ARG(lacks));
            return;
        }
    }
}

static void examine(struct arena *arena, struct import_file *file, const struct import_files *files,
                    const struct site *site, const struct catalogue *catalogue)
{
    import_resolve(file, files, catalogue);
    import_examine(arena, file, files, site, catalogue);
}

static int import(struct installation *installation, struct arena *arena, struct import_files *files,
                  const struct option *options, size_t count)
{
    struct err err = {0};
    str slug = str_of(option_or(options, count, "site", ""));
    bool is_dry = option_is_set(options, count, "dry-run");
    if (!find_site(installation, arena, slug, &err))
        return fail_with("import", &err);
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, slug);
    const struct catalogue *catalogue = estate->catalogues[estate_index(estate, site)];
    for (size_t i = 0; i < files->len; i++)
        if (files->at[i].document.json != NULL)
            examine(arena, &files->at[i], files, site, catalogue);
    struct saving saving = {arena, files, STR("guichet import")};
    bool ok = is_dry || store_write(site->store, save_all, &saving, &err);
    if (ok)
        tell_what_lacks(arena, site, files);
    estate_release(installation, estate);
    if (!ok)
        return fail_with("import", &err);
    if (strcmp(option_or(options, count, "report", "text"), "json") == 0)
        import_print_json(arena, files);
    else
        import_print_text(files, is_dry);
    for (size_t i = 0; i < files->len; i++)
        if (files->at[i].document.json == NULL)
            return 1;
    return 0;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    bool is_publik = words->len > 1 && strcmp(words->at[0], "publik") == 0;
    bool is_content = words->len > 1 && strcmp(words->at[0], "content") == 0;
    struct import_files files = {0};
    struct err err = {0};
    if ((!is_publik && !is_content) || !option_is_set(options, count, "site"))
        return options_misused(usage);
    if (!read_all(arena, words, is_publik, &files, &err))
        return fail_with("import", &err);
    if (is_publik && !option_is_set(options, count, "keep-disabled"))
        open_forms(&files);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : import(installation, arena, &files, options, count);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site ; il est créé s’il n’existe pas"},
        {"report", false, NULL, "json  le compte rendu pour une machine"},
        {"keep-disabled", true, NULL, "laisse fermés les formulaires désactivés dans Publik"},
        {"dry-run", true, NULL, "lit et rend compte, n’enregistre rien"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_import = {"import", "charge des définitions de Publik, ou les nôtres, dans un site", run};

#include "cli/import_report.h"

#include <stdio.h>
#include <string.h>

str import_status(const struct import_file *file)
{
    if (file->document.json == NULL)
        return STR("refused");
    return file->unsupported.len > 0 ? STR("partial") : STR("ok");
}

/* The document of that kind in the files, by its slug; else the first of that name. */
static const struct publik_document *find(const struct import_files *files, str kind, str slug, str name)
{
    const struct publik_document *named = NULL;
    for (size_t i = 0; i < files->len; i++) {
        const struct publik_document *document = &files->at[i].document;
        if (document->json == NULL || !str_eq(document->kind, kind))
            continue;
        if (str_eq(document->slug, slug))
            return document;
        if (named == NULL && name.len > 0 && str_eq(json_str(document->json, "name"), name))
            named = document;
    }
    return named;
}

/* The slug that the site has for a category of that name; empty: none. */
static str category_of_site(const struct catalogue *site, str name)
{
    const struct categories *categories = catalogue_categories(site);
    for (size_t i = 0; i < categories->len; i++)
        if (name.len > 0 && str_eq(categories->at[i].name, name))
            return categories->at[i].slug;
    return STR_EMPTY;
}

void import_resolve(struct import_file *file, const struct import_files *files, const struct catalogue *site)
{
    json_t *json = file->document.json;
    str slug = json_str(json, "category"), name = json_str(json, "category_name");
    const struct publik_document *category = find(files, STR("category"), slug, name);
    str of_site = category_of_site(site, name);
    if (category != NULL)
        json_set_str(json, STR("category"), category->slug);
    else if (of_site.len > 0 && !catalogue_has(site, STR("category"), slug))
        json_set_str(json, STR("category"), of_site);
}

/* ---- What a file lacks and what of it does not run ---- */

static void add_unsupported(struct arena *arena, struct import_file *file)
{
    struct lint_findings findings = {0};
    lint_document(arena, file->document.kind, file->document.json, &findings);
    for (size_t i = 0; i < findings.len; i++)
        if (findings.at[i].construct.len > 0)
            *vec_push(arena, &file->unsupported) =
                (struct import_issue){findings.at[i].construct, findings.at[i].where};
}

static bool is_known(const struct lint_reference *reference, const struct import_files *files, const struct site *site,
                     const struct catalogue *catalogue)
{
    if (str_eq(reference->kind, STR("role")))
        return site_role(site, reference->slug) != NULL;
    return find(files, reference->kind, reference->slug, reference->name) != NULL ||
           catalogue_has(catalogue, reference->kind, reference->slug);
}

void import_examine(struct arena *arena, struct import_file *file, const struct import_files *files,
                    const struct site *site, const struct catalogue *catalogue)
{
    struct lint_references references = {0};
    add_unsupported(arena, file);
    lint_references(arena, file->document.kind, file->document.json, &references);
    for (size_t i = 0; i < references.len; i++) {
        const struct lint_reference *reference = &references.at[i];
        if (!is_known(reference, files, site, catalogue))
            *vec_push(arena, &file->missing) =
                str_fmt(arena, "%.*s:%.*s", STR_ARG(reference->kind), STR_ARG(reference->slug));
    }
}

/* ---- Saying it ---- */

void import_print_json(struct arena *arena, const struct import_files *files)
{
    json_t *all = json_keep(arena, json_object()), *list = json_array();
    json_set(all, STR("files"), list);
    for (size_t i = 0; i < files->len; i++) {
        const struct import_file *file = &files->at[i];
        json_t *one = json_object(), *unsupported = json_array(), *missing = json_array();
        json_set_str(one, STR("file"), utf8_repair(arena, str_of(file->path)));
        json_set_str(one, STR("kind"), file->document.kind);
        json_set_str(one, STR("slug"), file->document.slug);
        json_set_str(one, STR("status"), import_status(file));
        for (size_t j = 0; j < file->unsupported.len; j++) {
            json_t *issue = json_object();
            json_set_str(issue, STR("construct"), file->unsupported.at[j].construct);
            json_set_str(issue, STR("where"), file->unsupported.at[j].where);
            json_array_append_new(unsupported, issue);
        }
        for (size_t j = 0; j < file->missing.len; j++)
            json_array_append_new(missing, json_from_str(file->missing.at[j]));
        json_set(one, STR("unsupported"), unsupported);
        json_set(one, STR("missing"), missing);
        if (file->document.json == NULL) {
            json_set_str(one, STR("error"), str_of(file->err.message));
            json_set(one, STR("line"), json_integer(file->err.line));
            json_set(one, STR("column"), json_integer(file->err.column));
        }
        json_array_append_new(list, one);
    }
    printf("%s\n", json_text_pretty(arena, all).ptr);
}

void import_print_text(const struct import_files *files, bool is_dry)
{
    size_t ok = 0, partial = 0, refused = 0, opened = 0, saved = 0;
    for (size_t i = 0; i < files->len; i++) {
        const struct import_file *file = &files->at[i];
        str status = import_status(file);
        ok += str_eq(status, STR("ok"));
        partial += str_eq(status, STR("partial"));
        refused += str_eq(status, STR("refused"));
        opened += file->is_opened;
        saved += file->is_new;
        printf("%-8.*s %-14.*s %.*s\n", STR_ARG(status), STR_ARG(file->document.kind),
               file->document.slug.len > 0 ? (int)file->document.slug.len : (int)strlen(file->path),
               file->document.slug.len > 0 ? file->document.slug.ptr : file->path);
        if (file->document.json == NULL)
            printf("         %s\n", file->err.message);
        for (size_t j = 0; j < file->unsupported.len; j++)
            printf("         ne fonctionne pas encore : %.*s (%.*s)\n", STR_ARG(file->unsupported.at[j].construct),
                   STR_ARG(file->unsupported.at[j].where));
        for (size_t j = 0; j < file->missing.len; j++)
            printf("         manque ici : %.*s\n", STR_ARG(file->missing.at[j]));
    }
    printf("\n%zu fichiers : %zu entiers, %zu en partie, %zu refusés ; %zu nouvelles versions%s.\n", files->len, ok,
           partial, refused, saved, is_dry ? " (essai : rien n’est enregistré)" : "");
    if (opened > 0)
        printf("%zu formulaires étaient désactivés dans Publik ; ils sont ouverts ici (--keep-disabled les laisse "
               "fermés).\n",
               opened);
}

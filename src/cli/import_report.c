#include "cli/import_report.h"

#include <stdio.h>
#include <string.h>

str import_status(const struct import_file *file)
{
    if (file->document.json == NULL)
        return STR("refused");
    return file->unsupported.len > 0 ? STR("partial") : STR("ok");
}

static void add_issue(struct arena *arena, struct import_file *file, str construct, str where)
{
    for (size_t i = 0; i < file->unsupported.len; i++)
        if (str_eq(file->unsupported.at[i].construct, construct) && str_eq(file->unsupported.at[i].where, where))
            return;
    *vec_push(arena, &file->unsupported) = (struct import_issue){construct, where};
}

static void add_missing(struct arena *arena, struct import_file *file, const char *kind, str name)
{
    str missing = str_fmt(arena, "%s:%.*s", kind, STR_ARG(name));
    for (size_t i = 0; i < file->missing.len; i++)
        if (str_eq(file->missing.at[i], missing))
            return;
    *vec_push(arena, &file->missing) = missing;
}

/* ---- References ---- */

struct known {
    const struct import_files *files;
    const struct catalogue *site;
};

static bool is_known(const struct known *known, const char *kind, str slug, str name)
{
    for (size_t i = 0; i < known->files->len; i++) {
        const struct publik_document *document = &known->files->at[i].document;
        if (document->json == NULL || !str_eq(document->kind, str_of(kind)))
            continue;
        if (str_eq(document->slug, slug) || (name.len > 0 && str_eq(json_str(document->json, "name"), name)))
            return true;
    }
    return known->site != NULL && catalogue_has(known->site, str_of(kind), slug);
}

static void want(struct arena *arena, struct import_file *file, const struct known *known, const char *kind, str slug,
                 str name)
{
    if (slug.len > 0 && !is_known(known, kind, slug, name))
        add_missing(arena, file, kind, slug);
}

/* Sources, blocks and cards that fields refer to. */
static void examine_fields(struct arena *arena, struct import_file *file, const struct known *known,
                           const json_t *fields)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i), *source = json_dict(field, "source");
        str slug = json_str(source, "value"), view;
        if (str_eq(json_str(source, "type"), STR("named")))
            want(arena, file, known, "source", slug, STR_EMPTY);
        if (str_eq(json_str(source, "type"), STR("card"))) {
            str_cut(slug, ':', &slug, &view);
            want(arena, file, known, "card", slug, STR_EMPTY);
        }
        want(arena, file, known, "block", json_str(field, "block"), STR_EMPTY);
    }
}

static void examine_people(struct arena *arena, struct import_file *file, const json_t *names, const json_t *functions,
                           const json_t *roles)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        str name = json_str_of(json_array_get(names, i));
        bool is_role = !str_starts(name, STR("_")) && !str_contains(name, STR("@")) && !str_contains(name, STR("{")) &&
                       !str_eq(name, STR("logged-users"));
        bool is_known_role = json_get(functions, name) != NULL;
        for (size_t j = 0; j < json_array_size(roles); j++)
            is_known_role = is_known_role || str_eq(json_str(json_array_get(roles, j), "slug"), name);
        if (is_role && !is_known_role)
            add_missing(arena, file, "role", name);
    }
}

static void examine_actions(struct arena *arena, struct import_file *file, const struct known *known,
                            const json_t *actions, const json_t *roles)
{
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        want(arena, file, known, "mail-template", json_str(action, "mail_template"), STR_EMPTY);
        want(arena, file, known, "comment-template", json_str(action, "comment_template"), STR_EMPTY);
        if (str_eq(json_str(action, "type"), STR("form")))
            examine_fields(arena, file, known, json_list(action, "fields"));
        examine_people(arena, file, json_list(action, "by"), NULL, roles);
        examine_people(arena, file, json_list(action, "to"), NULL, roles);
    }
}

/* ---- What does not run ---- */

static void examine_template(struct arena *arena, struct import_file *file, const struct template *template, str where)
{
    (void)where;
    struct template_unknowns unknowns = template_unknown_filters(template);
    for (size_t i = 0; i < unknowns.len; i++)
        add_missing(arena, file, "filter", unknowns.at[i].filter);
}

static void examine_form(struct arena *arena, struct import_file *file)
{
    struct err err = {0};
    const struct form *form = form_compile(arena, file->document.json, 0, &err);
    if (form == NULL) {
        add_issue(arena, file, STR("form"), str_dup(arena, str_of(err.message)));
        return;
    }
    for (size_t i = 0; i < form->reports.len; i++)
        add_issue(arena, file, form->reports.at[i].construct, form->reports.at[i].where);
    for (size_t i = 0; i < form->texts.len; i++)
        examine_template(arena, file, form->texts.at[i].template, form->texts.at[i].where);
}

static void examine_workflow(struct arena *arena, struct import_file *file)
{
    struct err err = {0};
    const struct workflow *workflow = workflow_compile(arena, file->document.json, 0, &err);
    if (workflow == NULL) {
        add_issue(arena, file, STR("workflow"), str_dup(arena, str_of(err.message)));
        return;
    }
    const struct workflow_reports *reports = workflow_reports(workflow);
    for (size_t i = 0; i < reports->len; i++)
        if (reports->at[i].construct.len > 0)
            add_issue(arena, file, reports->at[i].construct, reports->at[i].where);
    const struct workflow_texts *texts = workflow_texts(workflow);
    for (size_t i = 0; i < texts->len; i++)
        examine_template(arena, file, texts->at[i].template, texts->at[i].where);
}

static void examine_text(struct arena *arena, struct import_file *file, const char *key, enum template_kind kind)
{
    struct err err = {0};
    str text = json_str(file->document.json, key);
    struct template_settings settings = {.kind = kind, .name = str_of(key)};
    const struct template *template = template_compile(arena, text, &settings, &err);
    if (template == NULL)
        add_issue(arena, file, STR("template"), str_fmt(arena, "%s : %s", key, err.message));
    else
        examine_template(arena, file, template, str_of(key));
}

static void examine_source(struct arena *arena, struct import_file *file)
{
    const struct source *source = source_compile(arena, file->document.json, file->document.slug);
    if (source_problem(source).len > 0)
        add_issue(arena, file, str_fmt(arena, "source:%.*s", STR_ARG(source_kind(source))), source_problem(source));
    else if (source_template(source) != NULL)
        examine_template(arena, file, source_template(source), STR("valeur"));
}

static void examine_references(struct arena *arena, struct import_file *file, const struct known *known,
                               const json_t *roles)
{
    const json_t *json = file->document.json;
    examine_fields(arena, file, known, json_list(json, "fields"));
    str category = json_str(json, "category"), category_name = json_str(json, "category_name");
    want(arena, file, known, "category", category, category_name.len > 0 ? category_name : category);
    if (str_eq(file->document.kind, STR("form")))
        want(arena, file, known, "workflow", json_str(json, "workflow"), json_str(json, "workflow_name"));
    examine_people(arena, file, json_list(json, "roles"), NULL, roles);
    if (str_eq(file->document.kind, STR("form")))
        examine_people(arena, file, json_list(json, "backoffice_submission_roles"), NULL, roles);
    const char *parts[] = {"statuses", "global_actions"};
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < json_array_size(json_list(json, parts[p])); i++)
            examine_actions(arena, file, known, json_list(json_array_get(json_list(json, parts[p]), i), "actions"),
                            roles);
    examine_fields(arena, file, known, json_list(json, "options"));
    examine_fields(arena, file, known, json_list(json, "backoffice_fields"));
}

void import_examine(struct arena *arena, struct import_file *file, const struct import_files *files,
                    const struct catalogue *site, const json_t *roles)
{
    str kind = file->document.kind;
    struct known known = {files, site};
    for (size_t i = 0; i < file->document.unsupported.len; i++)
        add_issue(arena, file, file->document.unsupported.at[i].construct, file->document.unsupported.at[i].where);
    if (str_eq(kind, STR("form"))) {
        examine_form(arena, file);
    } else if (str_eq(kind, STR("workflow"))) {
        examine_workflow(arena, file);
    } else if (str_eq(kind, STR("mail-template"))) {
        examine_text(arena, file, "subject", TEMPLATE_TEXT);
        examine_text(arena, file, "body", TEMPLATE_TEXT);
    } else if (str_eq(kind, STR("source"))) {
        examine_source(arena, file);
    } else if (!str_eq(kind, STR("category"))) {
        add_issue(arena, file, kind, STR("document entier : gardé, pas encore utilisé"));
    }
    examine_references(arena, file, &known, roles);
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
        if (file->document.json == NULL)
            json_set_str(one, STR("error"), str_of(file->err.message));
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

/* The versions of the site's definitions: who changed what, when and why; what differs between two; and going back. */
#include "definition/definition.h"
#include "web/visit.h"

/* What a kind is called on the page, in the order in which they are shown. */
static const struct {
    const char *kind, *name;
} kinds[] = {
    {"form", "Formulaires"},
    {"workflow", "Circuits de traitement"},
    {"block", "Blocs de champs"},
    {"card", "Modèles de fiches"},
    {"source", "Sources de données"},
    {"mail-template", "Modèles de courriels"},
    {"comment-template", "Modèles de commentaires"},
    {"wscall", "Appels de services"},
    {"category", "Catégories"},
};

struct reading {
    struct arena *arena;
    str kind, slug;
    int64_t from, to; /* 0: the version before, the current one */
    struct definitions all;
    struct definition before, after;
    struct definition asked; /* to be restored */
};

static void set_version(struct request *request, struct value_dict *dict, const struct definition *definition)
{
    page_set_text(request, dict, "slug", definition->slug);
    page_set(request, dict, "version", value_int(definition->version));
    page_set_text(request, dict, "author", definition->author);
    page_set_text(request, dict, "comment", definition->comment);
    page_set(request, dict, "at", instant_value(definition->at));
}

static str url_of(struct request *request, const struct reading *reading)
{
    return str_fmt(request->arena, "/administration/definitions/%.*s/%.*s/", STR_ARG(reading->kind),
                   STR_ARG(reading->slug));
}

/* ---- All definitions ---- */

static bool read_all(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    return definition_list(tx, reading->arena, STR_EMPTY, &reading->all, err);
}

static str name_of(struct request *request, const struct definition *definition)
{
    const json_t *json = json_parse(request->arena, definition->json, NULL);
    str name = json_str(json, "name");
    return name.len > 0 ? name : definition->slug;
}

static struct value of_kind(struct request *request, const struct reading *reading, str kind)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < reading->all.len; i++) {
        const struct definition *definition = &reading->all.at[i];
        if (!str_eq(definition->kind, kind))
            continue;
        struct reading one = {.kind = definition->kind, .slug = definition->slug};
        struct value_dict *dict = page_new(request);
        set_version(request, dict, definition);
        page_set_text(request, dict, "name", name_of(request, definition));
        page_set_text(request, dict, "url", url_of(request, &one));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void show_all(struct request *request)
{
    struct reading reading = {.arena = request->arena};
    struct err err = {0};
    if (!store_read(visit_of(request)->site->store, read_all, &reading, &err)) {
        show_failure(request, &err);
        return;
    }
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "kind", str_of(kinds[i].kind));
        page_set_text(request, dict, "name", str_of(kinds[i].name));
        page_set(request, dict, "definitions", of_kind(request, &reading, str_of(kinds[i].kind)));
        value_list_add(request->arena, list, value_dict(dict));
    }
    struct value_dict *page = page_new(request);
    page_set(request, page, "kinds", value_list(list));
    page_show(request, 200, "office/definitions.html", page);
}

/* ---- One ---- */

/* Two versions of it, and all of them without their texts. */
static bool read_one(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    struct arena *arena = reading->arena;
    if (!definition_history(tx, arena, reading->kind, reading->slug, &reading->all, err))
        return false;
    if (reading->all.len == 0)
        return err_set(err, ERR_NOT_FOUND, "Cette définition n’existe pas.");
    int64_t to = reading->to != 0 ? reading->to : reading->all.at[0].version;
    int64_t from = reading->from != 0 ? reading->from : to - 1;
    return definition_at(tx, arena, reading->kind, reading->slug, to, &reading->after, err) &&
           (from < 1 || definition_at(tx, arena, reading->kind, reading->slug, from, &reading->before, err));
}

static struct value changes_value(struct request *request, const struct reading *reading)
{
    struct arena *arena = request->arena;
    struct definition_changes changes = {0};
    const json_t *before = json_parse(arena, reading->before.json, NULL),
                 *after = json_parse(arena, reading->after.json, NULL);
    struct value_list *list = value_list_new(arena);
    if (before != NULL && after != NULL)
        definition_compare(arena, before, after, &changes);
    for (size_t i = 0; i < changes.len; i++) {
        const struct definition_change *change = &changes.at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "where", change->where);
        page_set_text(request, dict, "what", change->what);
        page_set_text(request, dict, "before", change->before);
        page_set_text(request, dict, "after", change->after);
        page_set(request, dict, "is_added", value_bool(change->how == DEFINITION_ADDED));
        page_set(request, dict, "is_removed", value_bool(change->how == DEFINITION_REMOVED));
        page_set(request, dict, "is_moved", value_bool(change->how == DEFINITION_MOVED));
        value_list_add(arena, list, value_dict(dict));
    }
    return value_list(list);
}

static bool read_asked(struct request *request, struct reading *reading)
{
    struct err err = {0};
    *reading = (struct reading){.arena = request->arena,
                                .kind = request_path_param(request, "genre"),
                                .slug = request_path_param(request, "nom"),
                                .from = reading->from,
                                .to = reading->to};
    if (store_read(visit_of(request)->site->store, read_one, reading, &err))
        return true;
    show_failure(request, &err);
    return false;
}

static void fill(struct request *request, const struct reading *reading, struct value_dict *page)
{
    page_set_text(request, page, "name", name_of(request, &reading->after));
    page_set_text(request, page, "url", url_of(request, reading));
    page_set(request, page, "changes", changes_value(request, reading));
    page_set(request, page, "before", value_int(reading->before.version));
    page_set(request, page, "after", value_int(reading->after.version));
}

static int64_t version_asked(struct request *request, const char *name)
{
    int64_t version;
    return str_to_int64(request_query(request, name), &version) && version > 0 ? version : 0;
}

static bool is_table(struct request *request, const struct reading *reading)
{
    if (!str_eq(reading->kind, STR("source")))
        return false;
    const json_t *json = json_parse(request->arena, reading->after.json, NULL);
    return str_eq(json_str(json_dict(json, "source"), "type"), STR("csv"));
}

static void show_one(struct request *request)
{
    struct reading reading = {.from = version_asked(request, "de"), .to = version_asked(request, "a")};
    if (!read_asked(request, &reading))
        return;
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < reading.all.len; i++) {
        struct value_dict *dict = page_new(request);
        set_version(request, dict, &reading.all.at[i]);
        page_set(request, dict, "is_current", value_bool(i == 0));
        value_list_add(request->arena, list, value_dict(dict));
    }
    struct value_dict *page = page_new(request);
    fill(request, &reading, page);
    page_set(request, page, "versions", value_list(list));
    page_set(request, page, "is_workflow", value_bool(str_eq(reading.kind, STR("workflow"))));
    page_set_text(request, page, "slug", reading.slug);
    page_set(request, page, "is_table", value_bool(is_table(request, &reading)));
    page_show(request, 200, "office/versions.html", page);
}

/* ---- Going back: what it would change is shown first ---- */

static void show_restore(struct request *request)
{
    struct reading reading = {.to = request_path_int(request, "version")};
    if (!read_asked(request, &reading))
        return;
    struct reading change = {.from = reading.all.at[0].version, .to = reading.to};
    if (!read_asked(request, &change))
        return;
    struct value_dict *page = page_new(request);
    fill(request, &change, page);
    page_show(request, 200, "office/restore.html", page);
}

static bool save(struct tx *tx, void *arg, struct err *err)
{
    const struct reading *reading = arg;
    int64_t version;
    bool is_new;
    return definition_restore(tx, &reading->asked, &version, &is_new, err);
}

static void was_restored(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct err failure = {0};
    if (!ok || !installation_refresh(visit_of(request)->installation, &failure)) {
        show_failure(request, ok ? &failure : err);
        return;
    }
    visit_flash(request, "success", STR("L’ancienne version est de nouveau en service."));
    response_redirect(request, url_of(request, arg));
}

static void restore(struct request *request)
{
    struct reading *reading = arena_new_of(request->arena, struct reading);
    str comment = str_trim(request_form(request, "commentaire"));
    reading->to = request_path_int(request, "version");
    if (!read_asked(request, reading))
        return;
    reading->asked = reading->after;
    reading->asked.author = visit_of(request)->account.email;
    reading->asked.at = request->now;
    reading->asked.comment =
        str_fmt(request->arena, "Retour à la version %lld%s%.*s", (long long)reading->after.version,
                comment.len > 0 ? " : " : "", STR_ARG(utf8_slice(comment, 0, 500)));
    request_commit(request, visit_of(request)->site->store, save, reading, was_restored);
}

const struct route versions_routes[] = {
    {HTTP_GET, "/administration/definitions/", 0, RIGHT_ADMIN, BODY_NONE, show_all},
    {HTTP_GET, "/administration/definitions/{genre}/{nom}/", 0, RIGHT_ADMIN, BODY_NONE, show_one},
    {HTTP_GET, "/administration/definitions/{genre}/{nom}/versions/{version:int}/", 0, RIGHT_ADMIN, BODY_NONE,
     show_restore},
    {HTTP_POST, "/administration/definitions/{genre}/{nom}/versions/{version:int}/", ROUTE_WORKER, RIGHT_ADMIN,
     BODY_FORM, restore},
};
const size_t versions_route_count = sizeof versions_routes / sizeof *versions_routes;

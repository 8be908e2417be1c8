/* The administrators: the table of a data source, out as a file and in again. */
#include "sources/sources.h"

#include "base/csv.h"
#include "definition/definition.h"
#include "web/visit.h"

struct table {
    struct arena *arena;
    str slug;
    struct definition current;
    const json_t *json; /* of current */
};

static bool read_current(struct tx *tx, void *arg, struct err *err)
{
    struct table *table = arg;
    return definition_current(tx, table->arena, STR("source"), table->slug, &table->current, err);
}

/* NULL: answered, there is no such source, or it is no table. */
static struct table *table_asked(struct request *request)
{
    struct table *table = arena_new_of(request->arena, struct table);
    struct err err = {0};
    *table = (struct table){.arena = request->arena, .slug = request_path_param(request, "nom")};
    if (!store_read(visit_of(request)->site->store, read_current, table, &err)) {
        show_failure(request, &err);
        return NULL;
    }
    table->json = json_parse(request->arena, table->current.json, NULL);
    if (str_eq(json_str(json_dict(table->json, "source"), "type"), STR("csv")))
        return table;
    response_error(request, 404, NULL);
    return NULL;
}

static str url_of(struct request *request, const struct table *table)
{
    return str_fmt(request->arena, "/administration/definitions/source/%.*s/", STR_ARG(table->slug));
}

static void show(struct request *request, const struct table *table, int status, str error)
{
    struct value_dict *page = page_new(request);
    str name = json_str(table->json, "name");
    page_set_text(request, page, "name", name.len > 0 ? name : table->slug);
    page_set_text(request, page, "url", url_of(request, table));
    page_set_text(request, page, "error", error);
    page_set(request, page, "most", value_int(SOURCE_TABLE_MOST >> 20));
    page_show(request, status, "office/table.html", page);
}

static void get_table(struct request *request)
{
    const struct table *table = table_asked(request);
    if (table != NULL)
        show(request, table, 200, STR_EMPTY);
}

static void get_file(struct request *request)
{
    const struct table *table = table_asked(request);
    if (table == NULL)
        return;
    str name = str_fmt(request->arena, "attachment; filename=\"%.*s.csv\"", STR_ARG(table->slug));
    const str parts[] = {CSV_MARK, json_str(json_dict(table->json, "source"), "value")};
    response_header(request, "Content-Disposition", name);
    response_text(request, 200, STR("text/csv; charset=utf-8"), str_concat(request->arena, parts, 2));
}

static bool save(struct tx *tx, void *arg, struct err *err)
{
    const struct table *table = arg;
    int64_t version;
    bool is_new;
    return definition_save(tx, &table->current, &version, &is_new, err);
}

static void was_saved(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct err failure = {0};
    if (!ok || !installation_refresh(visit_of(request)->installation, &failure)) {
        show_failure(request, ok ? &failure : err);
        return;
    }
    visit_flash(request, "success", STR("Le tableau est en service."));
    response_redirect(request, url_of(request, arg));
}

static void take(struct request *request, struct table *table, const struct http_upload *upload)
{
    struct err err = {0};
    str comment = str_trim(request_form(request, "commentaire"));
    const json_t *with =
        source_with_file(request->arena, table->json, str_z(request->arena, str_of(upload->path)), &err);
    bool ok = with != NULL && definition_from_json(request->arena, with, &table->current, &err);
    if (!ok && err.code == ERR_UNAVAILABLE) {
        show_failure(request, &err);
        return;
    }
    if (!ok) {
        show(request, table, 422, str_dup(request->arena, str_of(err.message)));
        return;
    }
    table->current.author = visit_of(request)->account.email;
    table->current.at = request->now;
    table->current.comment = str_fmt(request->arena, "Tableau remplacé%s%.*s", comment.len > 0 ? " : " : "",
                                     STR_ARG(utf8_slice(comment, 0, 500)));
    request_commit(request, visit_of(request)->site->store, save, table, was_saved);
}

static void post_table(struct request *request)
{
    struct table *table = table_asked(request);
    for (size_t i = 0; table != NULL && i < request->uploads.len; i++)
        if (str_eq(request->uploads.at[i].field, STR("fichier"))) {
            take(request, table, &request->uploads.at[i]);
            return;
        }
    if (table != NULL)
        show(request, table, 422, STR("Choisissez le fichier à prendre."));
}

const struct route tables_routes[] = {
    {HTTP_GET, "/administration/definitions/source/{nom}/tableau/", 0, RIGHT_ADMIN, BODY_NONE, get_table},
    {HTTP_POST, "/administration/definitions/source/{nom}/tableau/", ROUTE_WORKER, RIGHT_ADMIN, BODY_UPLOADS,
     post_table},
    {HTTP_GET, "/administration/definitions/source/{nom}/tableau/csv/", 0, RIGHT_ADMIN, BODY_NONE, get_file},
};
const size_t tables_route_count = sizeof tables_routes / sizeof *tables_routes;

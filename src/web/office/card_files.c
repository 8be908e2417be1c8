/* The agents' office: the cards of a model from a file, and into one. */
#include "cards/cards.h"
#include "web/office/cards.h"

#include <unistd.h>

static void show(struct request *request, const struct form *model, int status, const struct cards_report *report,
                 str error)
{
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "model", model->name);
    page_set_text(request, page, "list_path", card_list_path(request, model, ""));
    page_set_text(request, page, "error", error);
    if (report != NULL) {
        struct value_dict *dict = page_new(request);
        struct value_list *problems = value_list_new(request->arena);
        for (size_t i = 0; i < report->problems.len; i++) {
            struct value_dict *problem = page_new(request);
            page_set(request, problem, "line", value_int((int64_t)report->problems.at[i].line));
            page_set_text(request, problem, "message", report->problems.at[i].message);
            value_list_add(request->arena, problems, value_dict(problem));
        }
        page_set(request, dict, "problems", value_list(problems));
        page_set(request, dict, "rows", value_int((int64_t)report->rows));
        page_set(request, dict, "created", value_int((int64_t)report->created));
        page_set(request, dict, "changed", value_int((int64_t)report->changed));
        page_set(request, dict, "unchanged", value_int((int64_t)report->unchanged));
        page_set(request, dict, "wrong", value_int((int64_t)report->wrong));
        page_set(request, dict, "others", value_int((int64_t)(report->wrong - report->problems.len)));
        page_set(request, dict, "is_written", value_bool(report->is_written));
        page_set(request, dict, "is_windows", value_bool(report->is_windows));
        page_set(request, page, "report", value_dict(dict));
    }
    page_show(request, status, "office/card_import.html", page);
}

static const struct form *model_to_enter(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *model = card_model(request);
    if (model == NULL || dossier_may_be_entered(model, &actor))
        return model;
    response_error(request, 403, NULL);
    return NULL;
}

static void get_import(struct request *request)
{
    const struct form *model = model_to_enter(request);
    if (model != NULL)
        show(request, model, 200, NULL, STR_EMPTY);
}

static void import_file(struct request *request, const struct form *model, const struct http_upload *upload)
{
    struct actor actor = visit_actor(request, true, false);
    struct cards_options options = {
        .format = str_ends(str_lower(request->arena, upload->file_name), STR(".json")) ? CARDS_JSON : CARDS_CSV,
        .actor = &actor,
        .skips_wrong = request_form(request, "passer").len > 0};
    struct cards_report report = {0};
    struct err err = {0};
    FILE *file = fopen(str_z(request->arena, str_of(upload->path)), "rb");
    bool ok = file != NULL && cards_import(place_of(request), model, file, &options, &report, &err);
    if (file != NULL)
        fclose(file);
    bool is_theirs = err.code == ERR_INVALID || err.code == ERR_TOO_LARGE;
    if (ok)
        show(request, model, report.wrong > 0 ? 422 : 200, &report, STR_EMPTY);
    else if (is_theirs)
        show(request, model, 422, NULL, str_dup(request->arena, str_of(err.message)));
    else
        show_failure(request, &err);
}

static void post_import(struct request *request)
{
    const struct form *model = model_to_enter(request);
    if (model == NULL)
        return;
    for (size_t i = 0; i < request->uploads.len; i++)
        if (str_eq(request->uploads.at[i].field, STR("fichier"))) {
            import_file(request, model, &request->uploads.at[i]);
            return;
        }
    show(request, model, 422, NULL, STR("Choisissez le fichier à importer."));
}

static bool write_file(void *arg, str bytes)
{
    return fwrite(bytes.ptr, 1, bytes.len, arg) == bytes.len;
}

/* Into a file without a name, then from there: the store is not held by a slow reader. */
static void export(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    const struct form *model = card_model(request);
    struct err err = {0};
    if (model == NULL)
        return;
    bool is_json = str_eq(request_query(request, "format"), STR("json"));
    FILE *file = tmpfile();
    bool ok = file != NULL &&
              cards_export(place_of(request), model, &actor, is_json ? CARDS_JSON : CARDS_CSV, write_file, file, &err);
    ok = ok && fflush(file) == 0;
    int fd = ok ? dup(fileno(file)) : -1;
    int64_t size = ok ? (int64_t)ftell(file) : 0;
    if (file != NULL)
        fclose(file);
    if (fd < 0) {
        if (err.code == ERR_NONE)
            err_set(&err, ERR_UNAVAILABLE, "L’export n’a pas pu être écrit.");
        show_failure(request, &err);
        return;
    }
    response_file(request, fd, size, is_json ? STR("application/json") : STR("text/csv"),
                  str_fmt(request->arena, "%.*s.%s", STR_ARG(model->slug), is_json ? "json" : "csv"));
}

const struct route card_files_routes[] = {
    {HTTP_GET, "/agents/fiches/{slug}/importer/", 0, RIGHT_AGENT, BODY_NONE, get_import},
    {HTTP_POST, "/agents/fiches/{slug}/importer/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, post_import},
    {HTTP_GET, "/agents/fiches/{slug}/exporter/", ROUTE_WORKER, RIGHT_AGENT, BODY_NONE, export},
};
const size_t card_files_route_count = sizeof card_files_routes / sizeof *card_files_routes;

/* The site's administrator: services open and closed, what other servers fail to give; and, in a demonstration, the
 * mails that would have left. */
#include "definition/definition.h"
#include "web/visit.h"

static struct value services(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct catalogue_forms *forms = catalogue_forms(visit->catalogue);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < forms->len; i++) {
        const struct form *form = forms->at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "slug", form->slug);
        page_set_text(request, dict, "name", form->name);
        page_set(request, dict, "version", value_int(form->version));
        page_set(request, dict, "is_disabled", value_bool(form->is_disabled));
        struct err err = {0};
        if (!form->is_disabled && !form_is_open(form, request->now, &err))
            page_set_text(request, dict, "closed", str_dup(request->arena, str_of(err.message)));
        page_set(request, dict, "reports", value_int((int64_t)form->reports.len));
        page_set_text(request, dict, "lacks", site_service_lacks(request->arena, visit->site, form->service));
        const struct workflow *workflow = catalogue_workflow_of(visit->catalogue, form);
        page_set_text(request, dict, "workflow", workflow_name(workflow));
        page_set_text(request, dict, "workflow_slug", workflow_slug(workflow));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* What other servers do not give now. */
static bool failures(struct request *request, struct value *out, struct err *err)
{
    struct remote_failures_reading reading = {.arena = request->arena};
    struct value_list *list = value_list_new(request->arena);
    if (!store_read(visit_of(request)->site->store, remote_failures_read, &reading, err))
        return false;
    for (size_t i = 0; i < reading.out.len; i++) {
        const struct remote_failure *failure = &reading.out.at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "name", failure->name);
        page_set_text(request, dict, "url", failure->url);
        page_set_text(request, dict, "problem", failure->problem);
        page_set(request, dict, "since", instant_value(failure->since));
        page_set(request, dict, "at", instant_value(failure->at));
        value_list_add(request->arena, list, value_dict(dict));
    }
    *out = value_list(list);
    return true;
}

static void show_services(struct request *request)
{
    struct value_dict *page = page_new(request);
    struct value failing;
    struct err err = {0};
    if (!failures(request, &failing, &err)) {
        show_failure(request, &err);
        return;
    }
    page_set(request, page, "services", services(request));
    page_set(request, page, "failures", failing);
    page_show(request, 200, "office/services.html", page);
}

struct switching {
    struct definition definition;
};

static bool save(struct tx *tx, void *arg, struct err *err)
{
    const struct switching *switching = arg;
    int64_t version;
    bool is_new;
    return definition_save(tx, &switching->definition, &version, &is_new, err);
}

static void was_switched(struct request *request, void *arg, bool ok, const struct err *err)
{
    (void)arg;
    struct err failure = {0};
    if (!ok || !installation_refresh(visit_of(request)->installation, &failure)) {
        show_failure(request, ok ? &failure : err);
        return;
    }
    visit_flash(request, "success", STR("C’est enregistré."));
    response_redirect(request, STR("/administration/"));
}

/* Opening or closing is a new version, like any other change. A service is not published without the mentions that its
 * receipts owe. */
static void switch_service(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct form *form = catalogue_form(visit->catalogue, request_form(request, "demarche"), 0);
    struct err err = {0};
    if (form == NULL) {
        response_error(request, 404, NULL);
        return;
    }
    bool closes = str_eq(request_form(request, "action"), STR("fermer"));
    str lacks = site_service_lacks(request->arena, visit->site, form->service);
    if (!closes && lacks.len > 0) {
        err_set(&err, ERR_CONFLICT,
                "Ce service ne peut pas être ouvert. Il manque, pour les accusés de réception : %.*s.", STR_ARG(lacks));
        response_error(request, 422, &err);
        return;
    }
    struct switching *switching = arena_new_of(request->arena, struct switching);
    json_t *json = json_keep(request->arena, json_deep_copy(form->json));
    json_set(json, STR("disabled"), json_boolean(closes));
    if (!definition_from_json(request->arena, json, &switching->definition, &err)) {
        show_failure(request, &err);
        return;
    }
    switching->definition.author = visit->account.email;
    switching->definition.comment = closes ? STR("Service fermé") : STR("Service ouvert");
    request_commit(request, visit->site->store, save, switching, was_switched);
}

/* ---- Mails of the demonstration ---- */

struct mail_reading {
    struct arena *arena;
    int64_t id;
    struct mail_rows rows;
    struct mail_row row;
};

static bool read_mails(struct tx *tx, void *arg, struct err *err)
{
    struct mail_reading *reading = arg;
    return mail_list(tx, reading->arena, 0, 100, &reading->rows, err);
}

static bool read_mail(struct tx *tx, void *arg, struct err *err)
{
    struct mail_reading *reading = arg;
    return mail_find(tx, reading->arena, reading->id, &reading->row, err);
}

/* A counter that sends real mail shows none of it. */
static bool is_demonstration(struct request *request)
{
    if (visit_of(request)->installation->is_demonstration)
        return true;
    response_error(request, 404, NULL);
    return false;
}

static void add_mails(struct request *request, const struct mail_reading *reading, const char *of,
                      struct value_list *list)
{
    for (size_t i = 0; i < reading->rows.len; i++) {
        const struct mail_row *row = &reading->rows.at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "to", row->to);
        page_set_text(request, dict, "subject", row->subject);
        page_set(request, dict, "at", instant_value(row->at));
        page_set_text(request, dict, "url", str_fmt(request->arena, "/courriels/%s/%lld/", of, (long long)row->id));
        value_list_add(request->arena, list, value_dict(dict));
    }
}

static void show_mails(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct mail_reading of_site = {.arena = request->arena}, of_common = {.arena = request->arena};
    if (!is_demonstration(request))
        return;
    store_read(visit->site->store, read_mails, &of_site, NULL);
    store_read(visit->installation->common, read_mails, &of_common, NULL);
    struct value_list *list = value_list_new(request->arena);
    add_mails(request, &of_common, "comptes", list);
    add_mails(request, &of_site, "demandes", list);
    struct value_dict *page = page_new(request);
    page_set(request, page, "mails", value_list(list));
    page_show(request, 200, "office/mails.html", page);
}

static void show_mail(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct mail_reading reading = {.arena = request->arena, .id = request_path_int(request, "id")};
    struct err err = {0};
    bool of_site = str_eq(request_path_param(request, "de"), STR("demandes"));
    if (!is_demonstration(request))
        return;
    if (!store_read(of_site ? visit->site->store : visit->installation->common, read_mail, &reading, &err)) {
        show_failure(request, &err);
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "to", reading.row.to);
    page_set_text(request, page, "subject", reading.row.subject);
    page_set(request, page, "at", instant_value(reading.row.at));
    page_set_text(request, page, "text", reading.row.text);
    page_show(request, 200, "office/mail.html", page);
}

const struct route admin_routes[] = {
    {HTTP_GET, "/administration/", 0, RIGHT_ADMIN, BODY_NONE, show_services},
    {HTTP_POST, "/administration/", ROUTE_WORKER, RIGHT_ADMIN, BODY_FORM, switch_service},
    {HTTP_GET, "/courriels/", 0, RIGHT_PUBLIC, BODY_NONE, show_mails},
    {HTTP_GET, "/courriels/{de}/{id:int}/", 0, RIGHT_PUBLIC, BODY_NONE, show_mail},
};
const size_t admin_route_count = sizeof admin_routes / sizeof *admin_routes;

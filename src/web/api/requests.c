/* Requests of a form, cards of a model: /api/forms/SLUG/list, /api/forms/SLUG/NUMBER/, the same of cards; and requests
 * of all forms, /api/forms/. */
#include "web/api/listing.h"

#include "base/base64.h"
#include "base/file.h"
#include "store/blobs.h"
#include "web/api/shapes.h"
#include "web/api/subjects.h"

#include <unistd.h>

/* ---- Who may ---- */

/* A signed call for nobody in particular lists all, as in w.c.s. */
static struct actor reader_of(struct request *request)
{
    struct actor actor = api_actor(request);
    if (api_is_for_all(visit_of(request)))
        actor.is_agent = actor.is_admin = true;
    return actor;
}

/* NULL: the answer is made. */
static const struct form *form_listed(struct request *request, const struct actor *actor)
{
    const struct form *form = api_form(request);
    if (form == NULL)
        api_error(request, 404, NULL, NULL);
    else if (!dossier_form_is_listed(place_of(request), form, actor)) {
        api_refuse(request, "L’appelant n’a pas de rôle sur cette démarche.");
        form = NULL;
    }
    return form;
}

/* ---- Files: their content where one request is asked, else where it is read ---- */

enum { CONTENT_MOST = 20 << 20 }; /* bytes of one file that go into JSON */

struct files {
    struct request *request;
    bool with_content;
    size_t room; /* for the contents of all of them */
};

static void add_content(struct files *files, const json_t *file, json_t *out)
{
    struct stores *stores = visit_of(files->request)->installation->stores;
    struct err err = {0};
    int64_t size;
    int fd;
    if (!blob_open(stores, json_str(file, "blob"), &fd, &size, &err))
        return;
    if (visit_refuses_file(files->request, fd, &err) == 0 && size >= 0 && (size_t)size <= files->room) {
        str bytes;
        if (file_read_open(files->request->arena, fd, (size_t)size, &bytes)) {
            json_set(out, STR("content_is_base64"), json_true());
            json_set_str(out, STR("content"), base64_encode(files->request->arena, bytes));
            files->room -= (size_t)size;
        }
    }
    close(fd);
}

static void describe_file(void *data, const struct dossier *dossier, const json_t *file, json_t *out)
{
    struct files *files = data;
    str url = dossier_url_api(place_of(files->request), dossier);
    json_set_str(
        out, STR("url"),
        str_fmt(files->request->arena, "%.*sdownload?hash=%.*s", STR_ARG(url), STR_ARG(json_str(file, "blob"))));
    if (files->with_content)
        add_content(files, file, out);
}

static json_t *describe_role(void *data, str slug)
{
    const struct files *files = data;
    return api_role_json(visit_of(files->request)->site, slug);
}

static struct dossier_reading reading_of(struct request *request, bool is_one)
{
    struct files *files = arena_new_of(request->arena, struct files);
    *files = (struct files){request, is_one && api_flag(request, "include-files-content", true), CONTENT_MOST};
    return (struct dossier_reading){
        .parts = api_parts(request, is_one), .data = files, .file = describe_file, .role = describe_role};
}

/* ---- Lists ---- */

static bool refuse_filter(struct request *request, const struct err *err)
{
    api_error(request, 400, NULL, err);
    return false;
}

/* filter=all|pending|done|waiting, or a status by its id or name. */
static bool use_filter(struct request *request, const struct form *form, struct dossier_query *query)
{
    str filter = request_query(request, "filter"), op = request_query(request, "filter-operator");
    bool is_other = str_eq(op, STR("ne"));
    const struct workflow *workflow = form != NULL ? catalogue_workflow_of(visit_of(request)->catalogue, form) : NULL;
    struct err err = {0};
    if (filter.len == 0 || str_eq(filter, STR("all")))
        return true;
    if (str_eq(filter, STR("pending")) || str_eq(filter, STR("open")))
        query->state = is_other ? DOSSIER_FINAL : DOSSIER_OPEN;
    else if (str_eq(filter, STR("done")))
        query->state = is_other ? DOSSIER_OPEN : DOSSIER_FINAL;
    else if (str_eq(filter, STR("waiting")))
        query->waiting_only = true;
    for (size_t i = 0; workflow != NULL && i < workflow_status_count(workflow); i++) {
        const struct workflow_status *status = workflow_status_at(workflow, i);
        if (str_eq(status->id, filter) || str_eq(status->name, filter))
            query->status = status->id;
    }
    if (query->status.len > 0 && is_other) {
        err_set(&err, ERR_INVALID, "« filter-operator » : seul « eq » convient à un statut.");
        return refuse_filter(request, &err);
    }
    if (query->status.len > 0 || query->state != DOSSIER_ANY || query->waiting_only)
        return true;
    err_set(&err, ERR_INVALID, "Le circuit n’a pas de statut « %.*s » (filter).", STR_ARG(utf8_slice(filter, 0, 80)));
    return refuse_filter(request, &err);
}

static str value_of_filter(struct request *request, str name, str given)
{
    str value = request_query(request, str_fmt(request->arena, "filter-%.*s-value", STR_ARG(name)).ptr);
    return str_eq(given, STR("on")) && value.len > 0 ? value : given;
}

static bool use_period(struct request *request, str name, str value, struct dossier_query *query)
{
    struct date day;
    instant at;
    struct err err = {0};
    bool is_start = str_eq(name, STR("start"));
    if (date_parse(str_slice(value, 0, 10), &day) && value.len == 10)
        at = instant_from_local((struct datetime){.date = day});
    else if (!instant_parse(value, &at)) {
        err_set(&err, ERR_INVALID, "« filter-%.*s » n’est pas une date (AAAA-MM-JJ).", STR_ARG(name));
        return refuse_filter(request, &err);
    }
    *(is_start ? &query->from : &query->to) = at;
    return true;
}

/* One parameter of the address; others than filters are passed over. */
static bool use_parameter(struct request *request, const struct http_param *param, struct dossier_query *query)
{
    str name;
    struct err err = {0};
    if (!str_starts(param->name, STR("filter-")) || str_ends(param->name, STR("-value")) ||
        str_ends(param->name, STR("-operator")))
        return true;
    name = str_slice(param->name, 7, param->name.len);
    str op = request_query(request, str_fmt(request->arena, "filter-%.*s-operator", STR_ARG(name)).ptr);
    str value = value_of_filter(request, name, param->value);
    if (str_eq(name, STR("start")) || str_eq(name, STR("end")))
        return use_period(request, name, value, query);
    if (str_eq(name, STR("user-uuid")))
        name = STR("user");
    else if (str_eq(name, STR("internal-id")))
        name = STR("internal_id");
    return dossier_query_filter(place_of(request), query, name, op, value, &err) || refuse_filter(request, &err);
}

static bool use_parameters(struct request *request, struct dossier_query *query)
{
    for (size_t i = 0; i < request->query_params.len; i++)
        if (!use_parameter(request, &request->query_params.at[i], query))
            return false;
    return true;
}

static bool use_view(struct request *request, const struct form *form, struct dossier_query *query)
{
    str slug = request_path_param(request, "view");
    if (slug.len == 0)
        return true;
    const struct custom_view *view = form_view_called(form, slug);
    if (view != NULL)
        dossier_query_use_view(place_of(request), query, view);
    else
        api_error(request, 404, NULL, NULL);
    return view != NULL;
}

static str page_link(struct request *request, const char *name, int64_t offset)
{
    struct buf url = buf_new(request->arena, 32 << 10);
    str base = place_of(request)->base_url;
    buf_fmt(&url, ", \"%s\": ", name);
    struct buf address = buf_new(request->arena, 16 << 10);
    buf_fmt(&address, "%.*s%.*s?offset=%lld", STR_ARG(base), STR_ARG(request->path), (long long)offset);
    static const char *const own[] = {"offset", "orig", "algo", "timestamp", "nonce", "signature"};
    for (size_t i = 0; i < request->query_params.len; i++) {
        const struct http_param *param = &request->query_params.at[i];
        bool is_own = false;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            is_own = is_own || str_eq(param->name, str_of(own[k]));
        if (is_own)
            continue;
        buf_add_char(&address, '&');
        buf_add_url(&address, param->name);
        buf_add_char(&address, '=');
        buf_add_url(&address, param->value);
    }
    buf_add_json(&url, buf_str(&address));
    return buf_str(&url);
}

/* w.c.s.: {"err", "count", "data"} of cards and views, and where it is asked; else the rows alone. With a limit, the
 * whole number and the addresses of the pages beside. */
static bool frame(struct request *request, struct listing *listing)
{
    str type = request_query(request, "response_type");
    bool is_dict =
        str_eq(type, STR("dict")) || (type.len == 0 && (api_is_of_cards(request) || listing->query.view != NULL));
    listing->before = is_dict ? "{\"err\": 0, \"data\": [" : "[";
    listing->behind = is_dict ? STR("}\n") : STR("\n");
    listing->counts = is_dict && !listing->has_limit;
    if (!is_dict || !listing->has_limit)
        return true;
    int64_t count;
    struct err err = {0};
    listing->query.actor = &listing->actor;
    if (!dossier_count_whole(place_of(request), &listing->query, &count, &err)) {
        show_failure(request, &err);
        return false;
    }
    int64_t offset = listing->offset, limit = listing->limit;
    str previous = offset > 0 ? page_link(request, "previous", offset > limit ? offset - limit : 0) : STR_EMPTY;
    str next = offset + limit < count ? page_link(request, "next", offset + limit) : STR_EMPTY;
    listing->behind =
        str_fmt(request->arena, ", \"count\": %lld%.*s%.*s}\n", (long long)count, STR_ARG(previous), STR_ARG(next));
    return true;
}

static bool is_more_than_head(const struct dossier_parts *parts)
{
    return parts->fields || parts->evolution || parts->workflow || parts->workflow_data || parts->roles ||
           parts->actions;
}

static void list(struct request *request)
{
    struct listing *listing = arena_new_of(request->arena, struct listing);
    listing->actor = reader_of(request);
    const struct form *form = form_listed(request, &listing->actor);
    if (form == NULL)
        return;
    listing->place = *place_of(request);
    listing->query = (struct dossier_query){.form = form->key};
    listing->reading = reading_of(request, false);
    listing->is_full = is_more_than_head(&listing->reading.parts);
    if (use_view(request, form, &listing->query) && api_read_page(request, listing) &&
        use_filter(request, form, &listing->query) && use_parameters(request, &listing->query) &&
        frame(request, listing))
        api_send_list(request, listing);
}

static void list_all(struct request *request)
{
    struct listing *listing = arena_new_of(request->arena, struct listing);
    struct err err = {0};
    *listing = (struct listing){.place = *place_of(request),
                                .actor = reader_of(request),
                                .is_minimal = true,
                                .has_limit = true,
                                .limit = 20,
                                .before = "{\"data\": [",
                                .behind = STR(", \"err\": 0}\n")};
    str status = request_query(request, "status");
    if (!listing->actor.is_agent) {
        api_refuse(request, "Il faut agir pour un agent, ou pour personne.");
    } else if (api_flag(request, "full", false)) {
        err_set(&err, ERR_INVALID, "« full » n’est pas servi ici.");
        refuse_filter(request, &err);
    } else if (api_read_page(request, listing)) {
        listing->query.state = str_eq(status, STR("pending")) || str_eq(status, STR("open")) ? DOSSIER_OPEN
                               : str_eq(status, STR("done"))                                 ? DOSSIER_FINAL
                                                                                             : DOSSIER_ANY;
        listing->query.waiting_only = str_eq(status, STR("waiting"));
        api_send_list(request, listing);
    }
}

/* ---- One ---- */

/* The dossier, where the caller may see it. w.c.s.: a request wants a caller who acts for somebody with a role; a card
 * any signed call. */
static bool open_one(struct request *request, struct dossier **dossier)
{
    struct actor actor = api_actor(request);
    bool is_card = api_is_of_cards(request);
    if (is_card)
        actor = reader_of(request);
    if (!actor.is_agent) {
        api_refuse(request, "L’appelant doit agir pour un agent (email, NameID) ou être un accès à l’API.");
        return false;
    }
    const struct form *form = api_form(request);
    bool may_list = form != NULL && dossier_form_is_listed(place_of(request), form, &actor);
    if (form != NULL && !may_list && !is_card && actor.role_count == 0 && !actor.is_admin) {
        api_refuse(request, "L’appelant n’a pas de rôle sur cette démarche.");
        return false;
    }
    if (!api_find_dossier(request, dossier))
        return false;
    if (dossier_is_visible(place_of(request), *dossier, &actor))
        return true;
    api_refuse(request, "L’appelant n’a pas de rôle sur cette demande.");
    return false;
}

static void one(struct request *request)
{
    struct dossier *dossier;
    if (!open_one(request, &dossier))
        return;
    struct dossier_reading reading = reading_of(request, true);
    struct actor actor = reader_of(request);
    reading.actor = &actor;
    response_json(request, 200, json_keep(request->arena, dossier_json(place_of(request), dossier, &reading)));
}

static void download(struct request *request)
{
    struct dossier *dossier;
    struct dossier_file file;
    if (!open_one(request, &dossier))
        return;
    if (dossier_has_file(place_of(request), dossier, request_query(request, "hash"), &file))
        visit_send_file(request, file.blob, file.type, file.name);
    else
        api_error(request, 404, NULL, NULL);
}

#define PARTS                                                                                                          \
    {"full", "on : tout ce qui suit"}, {"include-fields", "les réponses"}, {"include-user", "le demandeur"},           \
        {"include-evolution", "l’historique"}, {"include-roles", "les rôles"}, {"include-submission", "le dépôt"},     \
        {"include-workflow", "le statut et les données de traitement"}, {"include-workflow-data", "les données"},      \
    {                                                                                                                  \
        "include-actions", "ce qui peut être appelé"                                                                 \
    }
#define PAGES                                                                                                          \
    {"limit", "combien"}, {"offset", "à partir de laquelle"},                                                          \
        {"order_by", "receipt_time, last_update_time, « - » devant"}, {"q", "mots cherchés"},                          \
    {                                                                                                                  \
        "include-anonymised", "on : celles qui sont anonymisées aussi"                                                \
    }
static const struct api_parameter of_list[] = {
    PAGES,
    {"filter", "all, pending, done, waiting, ou un statut"},
    {"filter-VARNAME",
     "une réponse ; filter-VARNAME-operator : eq, ne, lt, lte, gt, gte, in, not_in, between, icontains …"},
    {"filter-start", "reçues à partir de ce jour"},
    {"filter-end", "reçues avant ce jour"},
    {"filter-user-uuid", "de cette personne"},
    {"response_type", "dict ou list"},
    PARTS,
    {0}};
static const struct api_parameter of_all[] = {PAGES, {"status", "all, pending, done, waiting"}, {0}};
static const struct api_parameter of_one[] = {
    PARTS, {"include-files-content", "off : sans le contenu des fichiers"}, {0}};
static const struct api_parameter of_file[] = {{"hash", "le fichier, comme son adresse le dit"}, {0}};

const struct api_operation request_operations[] = {
    {HTTP_GET, "/api/forms/", list_all, "Les demandes de toutes les démarches", of_all},
    {HTTP_GET, "/api/forms/{slug}/list", list, "Les demandes d’une démarche", of_list},
    {HTTP_GET, "/api/forms/{slug}/list/{view}", list, "Celles d’une vue", of_list},
    {HTTP_GET, "/api/forms/{slug}/{n:int}/", one, "Une demande", of_one},
    {HTTP_GET, "/api/forms/{slug}/{n:int}/download", download, "Un fichier d’une demande", of_file},
    {0},
};
const struct api_operation card_operations[] = {
    {HTTP_GET, "/api/cards/{slug}/list", list, "Les fiches d’un modèle", of_list},
    {HTTP_GET, "/api/cards/{slug}/list/{view}", list, "Celles d’une vue", of_list},
    {HTTP_GET, "/api/cards/{slug}/{id}/", one, "Une fiche", of_one},
    {HTTP_GET, "/api/cards/{slug}/{id}/download", download, "Un fichier d’une fiche", of_file},
    {0},
};

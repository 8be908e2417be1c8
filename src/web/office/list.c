/* The agents' office: what waits for me, and the list of requests. */
#include "web/office/list.h"

/* Of a request: cards have lists of their own. */
static str form_asked(struct request *request)
{
    str form = request_query(request, "demarche");
    return form_key_is_card(form, NULL) ? STR_EMPTY : form;
}

static const struct form *form_of(struct request *request, const struct dossier_query *query)
{
    return query->form.len == 0 ? NULL : catalogue_form(visit_of(request)->catalogue, query->form, 0);
}

void list_query(struct request *request, const struct actor *actor, struct dossier_query *query)
{
    str state = request_query(request, "etat"), sort = request_query(request, "tri"), date;
    struct date day;
    *query = (struct dossier_query){.actor = actor,
                                    .waiting_only = str_eq(state, STR("a-traiter")),
                                    .form = form_asked(request),
                                    .state = str_eq(state, STR("ouvertes"))    ? DOSSIER_OPEN
                                             : str_eq(state, STR("terminees")) ? DOSSIER_FINAL
                                                                               : DOSSIER_ANY,
                                    .search = utf8_slice(str_trim(request_query(request, "q")), 0, 200),
                                    .sort = str_eq(sort, STR("anciennes"))   ? DOSSIER_OLDEST
                                            : str_eq(sort, STR("modifiees")) ? DOSSIER_LAST_UPDATED
                                            : str_eq(sort, STR("urgentes"))  ? DOSSIER_MOST_URGENT
                                                                             : DOSSIER_NEWEST,
                                    .cursor = request_query(request, "suite")};
    if (query->form.len > 0) {
        query->status = request_query(request, "statut");
        str_cut(request_query(request, "reponse"), ':', &query->field, &query->value);
        str level = request_query(request, "niveau");
        if (level.len > 0)
            dossier_query_filter(place_of(request), query, STR("criticality-level"), STR_EMPTY, level, NULL);
    }
    date = request_query(request, "du");
    if (date_parse(date, &day))
        query->from = instant_from_local((struct datetime){.date = day});
    date = request_query(request, "au");
    if (date_parse(date, &day))
        query->to = instant_from_local((struct datetime){.date = date_from_days(date_to_days(day) + 1)});
    const struct custom_view *view = office_view(request, form_of(request, query));
    if (view != NULL)
        dossier_query_use_view(place_of(request), query, view);
}

static struct value forms_choice(struct request *request, str chosen)
{
    const struct catalogue_forms *forms = catalogue_forms(visit_of(request)->catalogue);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < forms->len; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "slug", forms->at[i]->slug);
        page_set_text(request, dict, "name", forms->at[i]->name);
        page_set(request, dict, "chosen", value_bool(str_eq(forms->at[i]->slug, chosen)));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static const struct workflow *workflow_called(struct request *request, str form_slug)
{
    struct visit *visit = visit_of(request);
    const struct form *form = form_slug.len == 0 ? NULL : catalogue_form(visit->catalogue, form_slug, 0);
    return form == NULL ? NULL : catalogue_workflow_of(visit->catalogue, form);
}

static struct value levels_choice(struct request *request, str form_slug, str chosen)
{
    const struct workflow *workflow = workflow_called(request, form_slug);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; workflow != NULL && i < workflow_levels(workflow)->len; i++) {
        struct value_dict *dict = page_new(request);
        str id = str_fmt(request->arena, "%zu", i);
        page_set_text(request, dict, "id", id);
        page_set_text(request, dict, "name", workflow_levels(workflow)->at[i].name);
        page_set(request, dict, "chosen", value_bool(str_eq(id, chosen)));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value statuses_choice(struct request *request, str form_slug, str chosen)
{
    const struct workflow *workflow = workflow_called(request, form_slug);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; workflow != NULL && i < workflow_status_count(workflow); i++) {
        const struct workflow_status *status = workflow_status_at(workflow, i);
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "id", status->id);
        page_set_text(request, dict, "name", status->name);
        page_set(request, dict, "chosen", value_bool(str_eq(status->id, chosen)));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void add_choices(struct request *request, const struct field *field, struct value choices, str chosen,
                        struct value_list *out)
{
    const struct value_list *items;
    if (!value_items(request->arena, choices, &items))
        return;
    for (size_t i = 0; i < items->len; i++) {
        struct value_dict *dict = page_new(request);
        str text = value_to_text(request->arena, value_get(request->arena, items->at[i], STR("text")), STR("fr"));
        str value = str_fmt(request->arena, "%.*s:%.*s", STR_ARG(field->id), STR_ARG(text));
        page_set_text(request, dict, "value", value);
        page_set_text(request, dict, "text", text);
        page_set(request, dict, "chosen", value_bool(str_eq(value, chosen)));
        value_list_add(request->arena, out, value_dict(dict));
    }
}

/* Fields of the form that the list is filtered by, with their choices. */
static struct value answers_choice(struct request *request, str form_slug, str chosen)
{
    const struct form *form = catalogue_form(visit_of(request)->catalogue, form_slug, 0);
    struct value_list *list = value_list_new(request->arena);
    json_t *none = json_keep(request->arena, json_object());
    for (size_t i = 0; form != NULL && i < form->fields.len; i++) {
        const struct field *field = &form->fields.at[i];
        if (!field->in_filters || !(field->places & PLACE_LISTINGS))
            continue;
        struct form_context context = visit_form_context(request, form, none, NULL);
        context.lists_whole = true;
        struct value view = fields_view(&(struct field_list){field, 1}, &context, none, NULL, false);
        struct value_dict *dict = page_new(request);
        struct value_list *choices = value_list_new(request->arena);
        add_choices(request, field, value_lookup(request->arena, view, STR("0.choices")), chosen, choices);
        page_set_text(request, dict, "label", field->label_text);
        page_set(request, dict, "choices", value_list(choices));
        if (choices->len > 0)
            value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* The same filters, as a file of each format. */
static void set_exports(struct request *request, const struct dossier_query *query, struct value_dict *page)
{
    static const struct {
        const char *ending, *name;
    } formats[] = {{"csv", "CSV"}, {"ods", "tableur (ODS)"}, {"json", "JSON"}};
    struct value_list *list = value_list_new(request->arena);
    if (form_of(request, query) == NULL)
        return;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct value_dict *dict = page_new(request);
        str path = str_fmt(request->arena, "/agents/demandes/export/%s/", formats[i].ending);
        page_set_text(request, dict, "url", list_page_url(request, path, STR_EMPTY, STR_EMPTY));
        page_set_text(request, dict, "name", str_of(formats[i].name));
        value_list_add(request->arena, list, value_dict(dict));
    }
    page_set(request, page, "exports", value_list(list));
}

static bool set_lines(struct request *request, const struct dossier_query *query, struct value_dict *page, str *next)
{
    struct dossier_page lines = {0};
    struct err err = {0};
    if (!dossier_list(place_of(request), query, &lines, &err)) {
        show_failure(request, &err);
        return false;
    }
    const struct value *cells;
    if (!office_columns(request, form_of(request, query), query->view, &lines, page, &cells))
        return false;
    page_set(request, page, "lines", dossier_lines_value(request, &lines, STR("/agents/demandes/"), cells));
    *next = lines.next;
    return true;
}

static void my_day(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier_query query = {.actor = &actor, .waiting_only = true, .sort = DOSSIER_OLDEST, .limit = 20};
    struct value_dict *page = page_new(request);
    str next; /* the whole list is a link away */
    if (!set_lines(request, &query, page, &next))
        return;
    list_set_count(request, &query, page);
    page_show(request, 200, "office/day.html", page);
}

static void list(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier_query query;
    struct value_dict *page = page_new(request);
    str next;
    list_query(request, &actor, &query);
    if (!set_lines(request, &query, page, &next))
        return;
    list_set_pages(request, next, page);
    list_set_count(request, &query, page);
    page_set(request, page, "forms", forms_choice(request, query.form));
    page_set(request, page, "statuses", statuses_choice(request, query.form, query.status));
    page_set(request, page, "levels", levels_choice(request, query.form, request_query(request, "niveau")));
    page_set(request, page, "answers", answers_choice(request, query.form, request_query(request, "reponse")));
    set_exports(request, &query, page);
    mass_set_list(request, form_of(request, &query), &actor, STR("/agents/demandes/"), page);
    office_set_views(request, form_of(request, &query), query.view, page);
    static const char *const kept[] = {"etat", "tri", "q", "du", "au"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        page_set_text(request, page, kept[i], request_query(request, kept[i]));
    page_show(request, 200, "office/list.html", page);
}

const struct route list_routes[] = {
    {HTTP_GET, "/agents/", 0, RIGHT_AGENT, BODY_NONE, my_day},
    {HTTP_GET, "/agents/demandes/", 0, RIGHT_AGENT, BODY_NONE, list},
};
const size_t list_route_count = sizeof list_routes / sizeof *list_routes;

/* What a site offers: /api/formdefs/, /api/categories/, /api/cards/@list, and the schema of each. */
#include "web/api/listing.h"
#include "web/api/shapes.h"
#include "web/api/subjects.h"

static json_t *texts(const struct str_views *views)
{
    json_t *list = json_array();
    for (size_t i = 0; i < views->len; i++)
        json_array_append_new(list, json_from_str(views->at[i]));
    return list;
}

/* ---- Forms ---- */

static json_t *functions_json(struct request *request, const struct form *form)
{
    const struct visit *visit = visit_of(request);
    const struct workflow *workflow = catalogue_workflow_of(visit->catalogue, form);
    const struct workflow_functions *functions = workflow != NULL ? workflow_functions(workflow) : NULL;
    json_t *json = json_object();
    for (size_t i = 0; functions != NULL && i < functions->len; i++) {
        json_t *one = json_object();
        str role = json_str_of(json_get(form->functions, functions->at[i].id));
        json_set_str(one, STR("label"), functions->at[i].name);
        if (role.len > 0)
            json_set(one, STR("role"), api_role_json(visit->site, role));
        json_set(json, functions->at[i].id, one);
    }
    return json;
}

/* Whether the caller's person lacks what the form wants of them. */
static bool needs_more(const struct visit *visit, const struct form *form)
{
    if (form->roles.len == 0)
        return false;
    for (size_t i = 0; visit->is_signed_in && i < form->roles.len; i++) {
        if (str_eq(form->roles.at[i], STR("logged-users")))
            return false;
        for (size_t k = 0; k < visit->membership.count; k++)
            if (str_eq(form->roles.at[i], visit->membership.roles[k]))
                return false;
    }
    return true;
}

static json_t *form_json(struct request *request, const struct form *form)
{
    const struct visit *visit = visit_of(request);
    const struct category *category = catalogue_category(visit->catalogue, form->category);
    bool is_open = form_is_open(form, request->now, NULL);
    json_t *json = json_object();
    json_set_str(json, STR("title"), form->name);
    json_set_str(json, STR("slug"), form->slug);
    json_set_str(
        json, STR("url"),
        str_fmt(request->arena, "%.*s/demarches/%.*s/", STR_ARG(place_of(request)->base_url), STR_ARG(form->slug)));
    json_set_str(json, STR("description"), form->description);
    json_set(json, STR("keywords"), texts(&form->keywords));
    json_set(json, STR("authentication_required"), json_boolean(needs_more(visit, form)));
    json_set(json, STR("always_advertise"), json_boolean(json_bool(form->json, "always_advertise")));
    if (form->contexts.len > 0)
        json_set(json, STR("required_authentication_contexts"), texts(&form->contexts));
    json_set(json, STR("redirection"), json_boolean(!is_open && form->disabled_redirection != NULL));
    json_set(json, STR("functions"), functions_json(request, form));
    if (category != NULL) {
        json_set_str(json, STR("category"), category->name);
        json_set_str(json, STR("category_slug"), category->slug);
    }
    return json;
}

static bool is_among(str list, str slug)
{
    for (str one, rest = list; str_next(&rest, ',', &one);)
        if (str_eq(str_trim(one), slug))
            return true;
    return list.len == 0;
}

static bool has_words(struct arena *arena, const struct form *form, str words)
{
    str haystack = utf8_fold(arena, str_fmt(arena, "%.*s %.*s", STR_ARG(form->name), STR_ARG(form->description)));
    for (str word, rest = utf8_fold(arena, words); str_next(&rest, ' ', &word);)
        if (!str_contains(haystack, word))
            return false;
    return true;
}

/* w.c.s.: a form that this person may not fill is listed where it says so; to a call for nobody in particular, all are.
 */
static bool is_shown(struct request *request, const struct form *form, bool of_agents)
{
    const struct visit *visit = visit_of(request);
    struct actor actor = api_actor(request);
    bool is_open = form_is_open(form, request->now, NULL);
    if (!is_open && !api_flag(request, "include-disabled", false) && (of_agents || form->disabled_redirection == NULL))
        return false;
    if (of_agents)
        return dossier_may_be_entered(form, &actor);
    return api_is_for_all(visit) || visit->membership.is_admin || !needs_more(visit, form) ||
           json_bool(form->json, "always_advertise");
}

static json_t *forms_json(struct request *request, str categories)
{
    const struct catalogue_forms *forms = catalogue_forms(visit_of(request)->catalogue);
    bool of_agents = api_flag(request, "backoffice-submission", false);
    str words = utf8_slice(str_trim(request_query(request, "q")), 0, 200);
    json_t *list = json_array();
    for (size_t i = 0; i < forms->len; i++)
        if (is_among(categories, forms->at[i]->category) && has_words(request->arena, forms->at[i], words) &&
            is_shown(request, forms->at[i], of_agents))
            json_array_append_new(list, form_json(request, forms->at[i]));
    return list;
}

static void formdefs(struct request *request)
{
    api_data(request, forms_json(request, request_query(request, "category_slugs")));
}

/* ---- Categories ---- */

static json_t *keywords_of(const json_t *forms)
{
    json_t *seen = json_object(), *list = json_array(), *word;
    for (size_t i = 0; i < json_array_size(forms); i++) {
        size_t at;
        json_array_foreach(json_object_get(json_array_get(forms, i), "keywords"), at, word)
        {
            if (json_get(seen, json_str_of(word)) == NULL)
                json_array_append(list, word);
            json_set(seen, json_str_of(word), json_true());
        }
    }
    json_decref(seen);
    return list;
}

/* One without a form is not told. */
static void categories(struct request *request)
{
    const struct categories *all = catalogue_categories(visit_of(request)->catalogue);
    json_t *list = json_array();
    for (size_t i = 0; i < all->len; i++) {
        const json_t *forms = json_keep(request->arena, forms_json(request, all->at[i].slug));
        json_t *json = json_object();
        if (json_array_size(forms) == 0) {
            json_decref(json);
            continue;
        }
        json_set_str(json, STR("title"), all->at[i].name);
        json_set_str(json, STR("slug"), all->at[i].slug);
        json_set_str(json, STR("url"),
                     str_fmt(request->arena, "%.*s/demarches/themes/%.*s/", STR_ARG(place_of(request)->base_url),
                             STR_ARG(all->at[i].slug)));
        if (all->at[i].description.len > 0)
            json_set_str(json, STR("description"), all->at[i].description);
        json_set(json, STR("keywords"), keywords_of(forms));
        if (api_flag(request, "full", false))
            json_set(json, STR("forms"), json_incref((json_t *)(uintptr_t)forms));
        json_array_append_new(list, json);
    }
    api_data(request, list);
}

static void formdefs_of_category(struct request *request)
{
    str slug = request_path_param(request, "slug");
    if (catalogue_category(visit_of(request)->catalogue, slug) == NULL)
        api_error(request, 404, NULL, NULL);
    else
        api_data(request, forms_json(request, slug));
}

/* ---- Card models ---- */

static json_t *views_json(const struct form *model)
{
    json_t *list = json_array();
    for (size_t i = 0; i < model->views.len; i++) {
        json_t *json = json_object();
        json_set_str(json, STR("id"), model->views.at[i].slug);
        json_set_str(json, STR("text"), model->views.at[i].title);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *model_json(struct request *request, const struct form *model)
{
    const struct category *category = catalogue_category(visit_of(request)->catalogue, model->category);
    json_t *json = json_object();
    static const char *const names[] = {"text", "title"}, *const slugs[] = {"id", "slug"};
    for (size_t i = 0; i < 2; i++) {
        json_set_str(json, str_of(names[i]), model->name);
        json_set_str(json, str_of(slugs[i]), model->slug);
    }
    json_set_str(json, STR("url"),
                 str_fmt(request->arena, "%.*s/agents/fiches/%.*s/", STR_ARG(place_of(request)->base_url),
                         STR_ARG(model->slug)));
    json_set(json, STR("category_slug"), category != NULL ? json_from_str(category->slug) : json_null());
    json_set(json, STR("category_name"), category != NULL ? json_from_str(category->name) : json_null());
    json_set_str(json, STR("description"), model->description);
    json_set(json, STR("keywords"), texts(&model->keywords));
    json_set(json, STR("custom_views"), views_json(model));
    return json;
}

static void models(struct request *request)
{
    const struct visit *visit = visit_of(request);
    const struct catalogue_forms *all = catalogue_cards(visit->catalogue);
    struct actor actor = api_actor(request);
    json_t *list = json_array();
    for (size_t i = 0; i < all->len; i++)
        if (api_is_for_all(visit) || dossier_form_is_listed(place_of(request), all->at[i], &actor))
            json_array_append_new(list, model_json(request, all->at[i]));
    api_data(request, list);
}

/* ---- Schemas ---- */

static json_t *fields_schema(const json_t *fields, bool with_ids)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(fields); i++) {
        json_t *field = json_deep_copy(json_array_get(fields, i));
        if (!with_ids)
            json_object_del(field, "id");
        json_array_append_new(list, field);
    }
    return list;
}

static json_t *workflow_schema(const struct workflow *workflow, bool with_ids)
{
    json_t *json = json_object(), *statuses = json_array(), *functions = json_object();
    for (size_t i = 0; i < workflow_status_count(workflow); i++) {
        const struct workflow_status *status = workflow_status_at(workflow, i);
        json_t *one = json_object();
        json_set_str(one, STR("id"), status->id);
        json_set_str(one, STR("name"), status->name);
        json_set(one, STR("forced_endpoint"), json_boolean(status->is_endpoint));
        json_array_append_new(statuses, one);
    }
    for (size_t i = 0; i < workflow_functions(workflow)->len; i++)
        json_set(functions, workflow_functions(workflow)->at[i].id,
                 json_from_str(workflow_functions(workflow)->at[i].name));
    json_set_str(json, STR("name"), workflow_name(workflow));
    json_set(json, STR("functions"), functions);
    json_set(json, STR("statuses"), statuses);
    json_set(json, STR("fields"), fields_schema(json_list(workflow_document(workflow), "backoffice_fields"), with_ids));
    return json;
}

static void schema(struct request *request)
{
    const struct visit *visit = visit_of(request);
    const struct form *form = api_form(request);
    bool with_ids = api_flag(request, "include-id", false);
    if (form == NULL) {
        api_error(request, 404, NULL, NULL);
        return;
    }
    if (visit->caller.kind != CALLER_SIGNED && !visit->membership.is_admin) {
        api_refuse(request, "Le schéma se demande par un appel signé.");
        return;
    }
    const struct workflow *workflow = catalogue_workflow_of(visit->catalogue, form);
    json_t *json = json_keep(request->arena, json_object());
    json_set_str(json, STR("name"), form->name);
    json_set_str(json, STR("slug"), form->slug);
    json_set_str(json, STR("url_name"), form->slug);
    json_set_str(json, STR("description"), form->description);
    json_set(json, STR("keywords"), texts(&form->keywords));
    json_set_str(json, STR("category"), form->category);
    json_set(json, STR("confirmation"), json_boolean(form->has_confirmation));
    json_set(json, STR("only_allow_one"), json_boolean(form->only_one));
    json_set(json, STR("enable_tracking_codes"), json_boolean(form->has_tracking_codes));
    json_set(json, STR("disabled"), json_boolean(form->is_disabled));
    json_set(json, STR("fields"), fields_schema(json_list(form->json, "fields"), with_ids));
    if (workflow != NULL)
        json_set(json, STR("workflow"), workflow_schema(workflow, with_ids));
    response_json(request, 200, json);
}

static const struct api_parameter of_forms[] = {{"q", "mots cherchés"},
                                                {"category_slugs", "de ces catégories, séparées par des virgules"},
                                                {"include-disabled", "on : celles qui sont fermées aussi"},
                                                {"backoffice-submission", "on : celles que l’agent peut saisir"},
                                                {0}};
static const struct api_parameter of_categories[] = {{"full", "on : avec leurs démarches"}, {0}};
static const struct api_parameter of_schema[] = {{"include-id", "on : avec les identifiants des champs"}, {0}};

const struct api_operation definition_operations[] = {
    {HTTP_GET, "/api/formdefs/", formdefs, "Les démarches", of_forms},
    {HTTP_GET, "/api/formdefs/{slug}/schema", schema, "Les champs et le circuit d’une démarche", of_schema},
    {HTTP_GET, "/api/categories/", categories, "Les catégories", of_categories},
    {HTTP_GET, "/api/categories/{slug}/formdefs/", formdefs_of_category, "Les démarches d’une catégorie", of_forms},
    {HTTP_GET, "/api/cards/@list", models, "Les modèles de fiche"},
    {HTTP_GET, "/api/cards/{slug}/@schema", schema, "Les champs et le circuit d’un modèle de fiche", of_schema},
    {0},
};

/* What a document refers to: other documents, roles, functions, filters that a site added. */
#include "lint/internal.h"

struct referring {
    struct arena *arena;
    const json_t *functions; /* of the workflow; NULL: any */
    struct lint_references *out;
};

static void add(struct referring *referring, struct lint_reference reference)
{
    for (size_t i = 0; i < referring->out->len; i++)
        if (str_eq(referring->out->at[i].slug, reference.slug) && str_eq(referring->out->at[i].kind, reference.kind))
            return;
    if (reference.slug.len > 0)
        *vec_push(referring->arena, referring->out) = reference;
}

static void refer(struct referring *referring, const char *kind, str slug, str where)
{
    add(referring, (struct lint_reference){.kind = str_of(kind), .slug = slug, .where = where});
}

/* One that Publik names beside its slug: « category », « category_name ». */
static void refer_by_name(struct referring *referring, const char *kind, const json_t *json, const char *where)
{
    add(referring, (struct lint_reference){.kind = str_of(kind),
                                           .slug = json_str(json, kind),
                                           .name = json_str(json, str_fmt(referring->arena, "%s_name", kind).ptr),
                                           .where = str_of(where)});
}

/* ---- Roles and functions ---- */

static bool is_own_function(const struct referring *referring, str name)
{
    for (size_t i = 0; i < json_array_size(referring->functions); i++)
        if (str_eq(json_str(json_array_get(referring->functions, i), "id"), name))
            return true;
    return false;
}

/* _receiver stands for who treats, whether the workflow names it or not; the submitter is always there. */
static void refer_to_person(struct referring *referring, str name, str where)
{
    bool is_open = str_contains(name, STR("@")) || str_contains(name, STR("{")) || str_contains(name, STR("[")) ||
                   str_eq(name, STR("logged-users")) || str_eq(name, STR("_submitter")) ||
                   str_eq(name, STR("_receiver")) || str_eq(name, STR("_signed_calls"));
    if (is_open || is_own_function(referring, name))
        return;
    refer(referring, str_starts(name, STR("_")) ? "function" : "role", name, where);
}

static void refer_to_people(struct referring *referring, const json_t *object, const char *key, str where)
{
    const json_t *names = json_list(object, key);
    for (size_t i = 0; i < json_array_size(names); i++)
        refer_to_person(referring, json_str_of(json_array_get(names, i)), where);
}

/* ---- Fields ---- */

static str where_of_field(struct referring *referring, str around, const json_t *field)
{
    str id = json_str(field, "id");
    return around.len > 0 ? str_fmt(referring->arena, "%.*s, champ %.*s", STR_ARG(around), STR_ARG(id))
                          : str_fmt(referring->arena, "champ %.*s", STR_ARG(id));
}

static void refer_of_fields(struct referring *referring, const json_t *fields, str around)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i), *source = json_dict(field, "source");
        str where = where_of_field(referring, around, field), type = json_str(source, "type"), card, view;
        str_cut(json_str(source, "value"), ':', &card, &view);
        if (str_eq(type, STR("named")))
            refer(referring, "source", json_str(source, "value"), where);
        if (str_eq(type, STR("card")))
            refer(referring, "card", card, where);
        refer(referring, "block", json_str(field, "block"), where);
        refer_of_fields(referring, json_list(field, "fields"), where);
    }
}

/* ---- Workflows ---- */

/* A role, to which a function is given; and that function. */
static void refer_of_dispatch(struct referring *referring, const json_t *action, str where)
{
    const json_t *rules = json_list(action, "rules");
    bool is_automatic = str_eq(json_str(action, "dispatch_type"), STR("automatic"));
    refer_to_person(referring, json_str(action, "role_key"), where);
    if (!is_automatic)
        refer_to_person(referring, json_str(action, "role_id"), where);
    for (size_t i = 0; is_automatic && i < json_array_size(rules); i++)
        refer_to_person(referring, json_str(json_array_get(rules, i), "role_id"), where);
}

static void refer_of_action(struct referring *referring, const json_t *action, str where)
{
    refer(referring, "mail-template", json_str(action, "mail_template"), where);
    refer(referring, "comment-template", json_str(action, "comment_template"), where);
    refer_to_people(referring, action, "by", where);
    if (!str_eq(json_str(action, "type"), STR("sendsms"))) /* numbers */
        refer_to_people(referring, action, "to", where);
    if (str_ends(json_str(action, "type"), STR("_carddata")))
        refer(referring, "card", json_str(action, "formdef_slug"), where);
    if (str_eq(json_str(action, "type"), STR("create_formdata")))
        refer(referring, "form", json_str(action, "formdef_slug"), where);
    if (str_eq(json_str(action, "type"), STR("dispatch")))
        refer_of_dispatch(referring, action, where);
    if (str_eq(json_str(action, "type"), STR("form")))
        refer_of_fields(referring, json_list(action, "fields"), where);
}

static void refer_of_part(struct referring *referring, const json_t *part, const char *what)
{
    str around = str_fmt(referring->arena, "%s « %.*s »", what, STR_ARG(json_str(part, "name")));
    const json_t *actions = json_list(part, "actions"), *triggers = json_list(part, "triggers");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        refer_of_action(referring, action,
                        str_fmt(referring->arena, "%.*s, action %zu (%.*s)", STR_ARG(around), i + 1,
                                STR_ARG(json_str(action, "type"))));
    }
    for (size_t i = 0; i < json_array_size(triggers); i++)
        refer_to_people(referring, json_array_get(triggers, i), "roles", around);
}

static void refer_of_workflow(struct referring *referring, const json_t *json)
{
    const json_t *statuses = json_list(json, "statuses"), *globals = json_list(json, "global_actions");
    for (size_t i = 0; i < json_array_size(statuses); i++)
        refer_of_part(referring, json_array_get(statuses, i), "statut");
    for (size_t i = 0; i < json_array_size(globals); i++)
        refer_of_part(referring, json_array_get(globals, i), "action globale");
    refer_of_fields(referring, json_list(json, "options"), STR("options"));
    refer_of_fields(referring, json_list(json, "backoffice_fields"), STR("données de traitement"));
}

/* ---- Forms ---- */

static void refer_of_form(struct referring *referring, const json_t *json)
{
    const char *key;
    json_t *role;
    refer_by_name(referring, "workflow", json, "circuit");
    json_object_foreach((json_t *)(uintptr_t)json_dict(json, "functions"), key, role)
    {
        refer_to_person(referring, json_str_of(role), str_fmt(referring->arena, "fonction %s", key));
    }
    refer_to_people(referring, json, "roles", STR("qui peut déposer"));
    refer_to_people(referring, json, "backoffice_submission_roles", STR("qui peut saisir"));
}

/* ---- Texts ---- */

/* « webservice.meteo.data » reads the call « meteo ». */
static void refer_to_calls(struct referring *referring, const struct lint_text *text)
{
    struct template_names names = template_names(text->template);
    for (size_t i = 0; i < names.len; i++) {
        str slug, rest, called = behind(names.at[i].path, "webservice");
        str_cut(called, '.', &slug, &rest);
        refer(referring, "wscall", slug, text->where);
    }
}

static void refer_of_texts(struct referring *referring, str kind, const json_t *json)
{
    struct lint_findings ignored = {0};
    struct linting linting;
    linting_begin(&linting, referring->arena, kind, json, NULL, &ignored);
    for (size_t i = 0; i < linting.texts.len; i++) {
        refer_to_calls(referring, &linting.texts.at[i]);
        struct template_unknowns filters = template_unknown_filters(linting.texts.at[i].template);
        for (size_t j = 0; j < filters.len; j++) {
            if (filter_is_inert(filters.at[j].filter))
                continue;
            add(referring, (struct lint_reference){.kind = STR("filter"),
                                                   .slug = filters.at[j].filter,
                                                   .where = linting.texts.at[i].where,
                                                   .line = filters.at[j].line,
                                                   .column = filters.at[j].column});
        }
    }
}

void lint_references(struct arena *arena, str kind, const json_t *json, struct lint_references *out)
{
    struct referring referring = {.arena = arena, .functions = json_list(json, "functions"), .out = out};
    refer_by_name(&referring, "category", json, "catégorie");
    refer_of_fields(&referring, json_list(json, "fields"), STR_EMPTY);
    if (str_eq(kind, STR("workflow")))
        refer_of_workflow(&referring, json);
    if (str_eq(kind, STR("form")) || str_eq(kind, STR("card")))
        refer_of_form(&referring, json);
    refer_of_texts(&referring, kind, json);
}

/* The names that templates of a form or dossier may use, looked up when they are: form, comment_*, NAME_var_*,
 * session_user, the site's variables, data_source, forms (publik.md §1.10). */
#include "dossiers/tables.h"

/* ---- A person: form_user, session_user ---- */

str person_name(struct arena *arena, const struct dossier_person *person)
{
    if (person->name.len)
        return person->name;
    str parts[] = {person->first_name, STR(" "), person->last_name};
    return str_trim(str_concat(arena, parts, 3));
}

static bool attribute(const struct dossier_person *person, struct arena *arena, str key, struct value *out)
{
    const json_t *value = json_get(person->attributes, key);
    if (!value && str_starts(key, STR("_")))
        value = json_get(person->attributes, str_slice(key, 1, SIZE_MAX));
    if (!value)
        return false;
    *out = value_from_json(arena, value);
    return true;
}

static bool attributes_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    return attribute(object->self, arena, key, out);
}

static const struct value_object_type attributes_type = {.name = "attributs du compte", .get = attributes_get};

struct person {
    const struct dossier_place *place;
    const struct dossier_person *person;
};

static bool person_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct dossier_person *person = ((const struct person *)object->self)->person;
    if (str_eq(key, STR("var")))
        *out = value_object(&attributes_type, person);
    else if (str_eq(key, STR("email")))
        *out = value_text(person->email);
    else if (str_eq(key, STR("name")) || str_eq(key, STR("display_name")))
        *out = value_text(person_name(arena, person));
    else if (str_eq(key, STR("first_name")))
        *out = value_text(person->first_name);
    else if (str_eq(key, STR("last_name")))
        *out = value_text(person->last_name);
    else if (str_eq(key, STR("nameid")) || str_eq(key, STR("uuid")) || str_eq(key, STR("name_identifier_0")))
        *out = value_text(person->uuid);
    else if (str_eq(key, STR("id")))
        *out = value_int(person->account);
    else
        return attribute(person, arena, key, out);
    return true;
}

static struct value person_plain(const struct value_object *object, struct arena *arena)
{
    return value_text(person_name(arena, ((const struct person *)object->self)->person));
}

static bool filter_person(const struct value_object *object, struct arena *arena, str name, struct value arg,
                          struct value *out)
{
    const struct person *self = object->self;
    return person_filter(self->place, self->person, arena, name, arg, out);
}

static const struct value_object_type person_type = {
    .name = "compte", .get = person_get, .plain = person_plain, .filter = filter_person};

struct value variables_person(const struct dossier_place *place, struct arena *arena,
                              const struct dossier_person *person)
{
    if (!person->account)
        return VALUE_OF_NONE;
    struct person *self = arena_new_of(arena, struct person);
    *self = (struct person){place, person};
    return value_object(&person_type, self);
}

int64_t variables_account_of(struct value person)
{
    if (person.kind != VALUE_OBJECT || person.object.type != &person_type)
        return 0;
    return ((const struct person *)person.object.self)->person->account;
}

/* ---- Sub-forms: NAME_var_x, form_workflow_form_NAME_0_var_x ---- */

struct subforms { /* those of one varname that were filled in, oldest first */
    struct VEC_OF(struct value) vars;
};

static bool subform_item_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    (void)arena;
    if (!str_eq(key, STR("var")))
        return false;
    *out = *(const struct value *)object->self;
    return true;
}

static const struct value_object_type subform_item_type = {.name = "formulaire du circuit", .get = subform_item_get};

static bool subforms_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    const struct subforms *subforms = object->self;
    (void)arena;
    if (index >= subforms->vars.len)
        return false;
    *out = value_object(&subform_item_type, &subforms->vars.at[index]);
    return true;
}

static size_t subforms_length(const struct value_object *object, struct arena *arena)
{
    (void)arena;
    return ((const struct subforms *)object->self)->vars.len;
}

static bool subforms_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct subforms *subforms = object->self;
    int64_t index;
    if (str_eq(key, STR("var"))) {
        *out = subforms->vars.at[subforms->vars.len - 1];
        return true;
    }
    return str_to_int64(key, &index) && index >= 0 && subforms_item(object, arena, (size_t)index, out);
}

static const struct value_object_type subforms_type = {
    .name = "formulaires du circuit", .get = subforms_get, .length = subforms_length, .item = subforms_item};

static struct value answers_of_part(const struct scope *scope, struct arena *arena, const json_t *part)
{
    struct answers_view *view = arena_new_of(arena, struct answers_view);
    const struct field_list **lists = arena_array_of(arena, const struct field_list *, 1);
    lists[0] = workflow_form_fields(scope->workflow, part);
    *view = (struct answers_view){.lists = lists,
                                  .list_count = lists[0] ? 1 : 0,
                                  .answers = json_dict(part, "answers"),
                                  .file_url = scope_file_url(scope)};
    return answers_value(view);
}

/* A file that came by itself, read as the answer of a field. */
static struct value file_of_part(const struct scope *scope, struct arena *arena, const json_t *part)
{
    struct form_reports reports = {0};
    struct form_texts texts = {0};
    json_t *list = json_keep(arena, json_pack("[{s:s, s:s, s:s, s:s}]", "type", "file", "id", "file", "varname", "file",
                                              "label", "Fichier"));
    const struct field_list **lists = arena_array_of(arena, const struct field_list *, 1);
    struct answers_view *view = arena_new_of(arena, struct answers_view);
    lists[0] = field_list_compile(arena, list, NULL, &reports, &texts);
    *view = (struct answers_view){.lists = lists, .list_count = 1, .answers = part, .file_url = scope_file_url(scope)};
    return value_get(arena, answers_value(view), STR("file"));
}

static bool is_attachment(const json_t *part, str name)
{
    bool is_file = str_eq(json_str(part, "type"), STR("file")) || json_bool(part, "is_attachment");
    return is_file && str_eq(json_str(part, "varname"), name);
}

/* The file is the one answer of its part. */
static bool attachment_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    const json_t *found = NULL;
    for (size_t i = 0; scope->dossier && i < scope->dossier->history.len; i++) {
        const json_t *parts = entry_parts(&scope->dossier->history.at[i]);
        for (size_t k = 0; k < json_array_size(parts); k++)
            if (is_attachment(json_array_get(parts, k), key))
                found = json_array_get(parts, k);
    }
    if (!found || !key.len)
        return false;
    *out = json_dict(found, "file") ? file_of_part(scope, arena, found)
                                    : value_get(arena, answers_of_part(scope, arena, found), key);
    return out->kind != VALUE_UNDEFINED;
}

static const struct value_object_type attachments_type = {.name = "form_attachments", .get = attachment_get};

struct value variables_attachments(const struct scope *scope)
{
    return value_object(&attachments_type, scope);
}

bool variables_form_parts(const struct scope *scope, struct arena *arena, str varname, struct value *out)
{
    const struct dossier *dossier = scope->dossier;
    if (!dossier || !scope->workflow || str_is_empty(varname))
        return false;
    struct subforms *subforms = NULL;
    for (struct part_walk walk = {.dossier = dossier, .type = "form"}; next_part(&walk);) {
        if (!str_eq(json_str(walk.part, "varname"), varname))
            continue;
        if (!subforms)
            subforms = arena_new_of(arena, struct subforms);
        *vec_push(arena, &subforms->vars) = answers_of_part(scope, arena, walk.part);
    }
    if (subforms)
        *out = value_object(&subforms_type, subforms);
    return subforms != NULL;
}

/* ---- data_source.SLUG ---- */

static bool sources_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    struct scope *scope = (struct scope *)(uintptr_t)object->self;
    const struct source_finder *finder = scope->place->definitions->sources;
    const struct source *source = finder ? finder->find(finder->data, key) : NULL;
    if (!source)
        return false;
    struct render render = {.arena = arena,
                            .scope = scope_value(scope),
                            .site = dossier_site_scope(scope->place),
                            .lang = scope->place->lang,
                            .now = place_now(scope->place)};
    struct choices choices = source_choices(source, finder, &render);
    *out = choices_value(arena, &choices);
    return true;
}

static const struct value_object_type sources_type = {.name = "data_source", .get = sources_get};

/* ---- webservice.SLUG ---- */

static struct value calls_value(const struct scope *scope, struct arena *arena)
{
    struct call_names *names = arena_new_of(arena, struct call_names);
    *names = (struct call_names){.finder = scope->place->definitions->calls,
                                 .scope = scope_value((struct scope *)(uintptr_t)scope),
                                 .site = dossier_site_scope(scope->place),
                                 .lang = scope->place->lang,
                                 .now = place_now(scope->place)};
    return call_names_value(names);
}

/* ---- The site ---- */

/* filter_NAME, as template.h asks for a site's own filters. */
static bool filter_get(const struct dossier_place *place, str key, struct value *out)
{
    const struct template *filter = NULL;
    if (place->filters != NULL && str_starts(key, STR("filter_")))
        filter = map_get(place->filters, str_slice(key, 7, key.len));
    if (filter != NULL)
        *out = template_filter(filter);
    return filter != NULL;
}

static bool site_get(const struct dossier_place *place, struct arena *arena, str key, struct value *out)
{
    const json_t *variable = json_get(place->variables, key);
    if (json_is_string(variable)) {
        *out = value_option(json_str_of(variable));
        return true;
    }
    if (variable) {
        *out = value_from_json(arena, variable);
        return true;
    }
    bool is_root = str_eq(key, STR("site_url")) || str_eq(key, STR("portal_url")) || str_eq(key, STR("eservices_url"));
    if (is_root)
        *out = value_text(str_fmt(arena, "%.*s/", STR_ARG(place->base_url)));
    else if (str_eq(key, STR("site_url_backoffice")) || str_eq(key, STR("portal_agent_url")))
        *out = value_text(str_fmt(arena, "%.*s/agents/", STR_ARG(place->base_url)));
    else if (str_eq(key, STR("portal_user_url")) || str_eq(key, STR("idp_account_url")))
        *out = value_text(str_fmt(arena, "%.*s/mon-compte/", STR_ARG(place->base_url)));
    else if (str_eq(key, STR("site_name")))
        *out = value_text(place->site_name);
    else if (str_eq(key, STR("site_lang")))
        *out = value_text(place->lang.len ? place->lang : STR("fr"));
    else
        return false;
    return true;
}

/* Names that stand for themselves, and the time. */
static bool constant_get(const struct dossier_place *place, str key, struct value *out)
{
    struct datetime now = datetime_local(place_now(place));
    if (str_eq(key, STR("today")))
        *out = value_date(now.date);
    else if (str_eq(key, STR("now")))
        *out = value_datetime(now);
    else if (str_eq(key, STR("null")))
        *out = VALUE_OF_NONE;
    else if (str_eq(key, STR("true")) || str_eq(key, STR("false")))
        *out = value_bool(str_eq(key, STR("true")));
    else if (str_eq(key, STR("is_in_backoffice")))
        *out = value_bool(place->in_backoffice);
    else
        return false;
    return true;
}

static bool site_scope_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct dossier_place *place = object->self;
    return site_get(place, arena, key, out) || constant_get(place, key, out) || filter_get(place, key, out) ||
           query_roots(place, NULL, arena, key, out);
}

static const struct value_object_type site_type = {.name = "site", .get = site_scope_get};

struct value dossier_site_scope(const struct dossier_place *place)
{
    return value_object(&site_type, place);
}

/* ---- The whole scope ---- */

/* Names of old Publik mails: user, url, details … are those of form. */
static bool legacy_get(const struct scope *scope, struct arena *arena, str key, struct value *out)
{
    static const struct {
        str name, member;
    } names[] = {{STR_INIT("user"), STR_INIT("user")},           {STR_INIT("url"), STR_INIT("url")},
                 {STR_INIT("details"), STR_INIT("details")},     {STR_INIT("number"), STR_INIT("number")},
                 {STR_INIT("evolution"), STR_INIT("evolution")}, {STR_INIT("comment"), STR_INIT("comment")}};
    for (size_t i = 0; scope->dossier && i < sizeof names / sizeof *names; i++)
        if (str_eq(names[i].name, key)) {
            *out = value_get(arena, variables_form(scope), names[i].member);
            return out->kind != VALUE_UNDEFINED;
        }
    return false;
}

/* What the workflow has kept: comment_X, what a call brought; names with a leading underscore are its own. */
static bool data_get(const struct scope *scope, struct arena *arena, str key, struct value *out)
{
    const json_t *value = scope->dossier ? json_get(scope->dossier->data, key) : NULL;
    if (!value || str_starts(key, STR("_")))
        return false;
    *out = value_from_json(arena, value);
    return true;
}

static bool scope_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    const struct dossier_place *place = scope->place;
    if (str_eq(key, STR("form"))) {
        *out = variables_form(scope);
        return true;
    }
    if (str_eq(key, STR("status_loop")) && scope->dossier && scope->dossier->loop.kind != VALUE_UNDEFINED) {
        *out = scope->dossier->loop;
        return true;
    }
    if (str_eq(key, STR("tag_action_button")) && scope->dossier) {
        *out = variables_button(scope);
        return true;
    }
    if (str_eq(key, STR("session_user"))) {
        *out = variables_person(place, arena, &place->user);
        return true;
    }
    if (str_eq(key, STR("session_var"))) {
        *out = place->arrival ? value_from_json(arena, place->arrival) : value_dict(value_dict_new(arena));
        return true;
    }
    if (str_eq(key, STR("data_source"))) {
        *out = value_object(&sources_type, scope);
        return true;
    }
    if (str_eq(key, STR("webservice"))) {
        *out = calls_value(scope, arena);
        return true;
    }
    return constant_get(place, key, out) || data_get(scope, arena, key, out) ||
           variables_form_parts(scope, arena, key, out) || site_get(place, arena, key, out) ||
           legacy_get(scope, arena, key, out) || query_roots(place, scope, arena, key, out);
}

static const struct value_object_type scope_type = {.name = "noms", .get = scope_get};

struct value scope_value(struct scope *scope)
{
    return value_object(&scope_type, scope);
}

struct value dossier_scope(const struct dossier_place *place, const struct form *form, const json_t *answers,
                           const struct dossier *dossier)
{
    struct scope *scope = arena_new_of(place->arena, struct scope);
    const struct dossier_definitions *definitions = place->definitions;
    *scope = (struct scope){
        .place = place, .form = form, .answers = dossier ? dossier->answers : answers, .dossier = dossier};
    if (dossier)
        scope->workflow = dossier_workflow(place, dossier);
    else if (form && definitions->workflow_of)
        scope->workflow = definitions->workflow_of(definitions->data, form);
    return scope_value(scope);
}

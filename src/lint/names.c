/* The names that texts read. Each is looked up, as when a page is made, in a request that has all that its form and its
 * workflow can give it: every sub-form filled in, every comment made. What that request does not know, none does. */
#include "lint/internal.h"

struct world {               /* a form with its workflow */
    const struct form *form; /* NULL: a workflow that no form uses */
    const struct workflow *workflow;
    struct value scope;
    struct VEC_OF(str) opaque; /* beginnings of names that actions give which do not run yet, or calls from outside */
    bool is_called;            /* a call from outside may bring any data */
};

struct name_world {
    struct arena *arena;
    const struct lint_place *place;
    struct VEC_OF(struct world) worlds;
};

/* ---- A request that has everything ---- */

struct filling {
    struct arena *arena;
    struct world *world;
    struct dossier *dossier;
    json_t *parts;
};

static void give_sub_form(struct filling *filling, const json_t *action, str id, str at)
{
    json_t *part = json_pack("{s:s, s:{}}", "type", "form", "answers");
    json_set_str(part, STR("varname"), json_str(action, "varname"));
    json_set_str(part, STR("at"), at);
    json_set_str(part, STR("action"), id);
    json_array_append_new(filling->parts, part);
}

static void give_of_action(struct filling *filling, const json_t *action, size_t index, str at)
{
    str type = json_str(action, "type"), varname = json_str(action, "varname"), id = json_str(action, "id");
    if (str_eq(type, STR("form")))
        give_sub_form(filling, action, id.len > 0 ? id : str_fmt(filling->arena, "%zu", index + 1), at);
    else if (str_eq(type, STR("commentable")) && varname.len > 0)
        json_set_str(filling->dossier->data, str_fmt(filling->arena, "comment_%.*s", STR_ARG(varname)), STR("…"));
    else if (varname.len > 0)
        *vec_push(filling->arena, &filling->world->opaque) = varname;
    filling->world->is_called |= json_str(action, "trigger").len > 0;
}

static void give_of_parts(struct filling *filling, const json_t *parts, const char *kind)
{
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *part = json_array_get(parts, i);
        const json_t *actions = json_list(part, "actions"), *triggers = json_list(part, "triggers");
        str at = str_fmt(filling->arena, "%s/%.*s", kind, STR_ARG(json_str(part, "id")));
        for (size_t k = 0; k < json_array_size(actions); k++)
            give_of_action(filling, json_array_get(actions, k), k, at);
        for (size_t k = 0; k < json_array_size(triggers); k++)
            if (json_str(json_array_get(triggers, k), "identifier").len > 0)
                *vec_push(filling->arena, &filling->world->opaque) =
                    json_str(json_array_get(triggers, k), "identifier");
    }
}

static struct dossier *full_dossier(struct arena *arena, struct world *world)
{
    struct dossier *dossier = arena_new_of(arena, struct dossier);
    const struct workflow *workflow = world->workflow;
    *dossier = (struct dossier){.form = world->form != NULL ? world->form->slug : STR_EMPTY,
                                .form_version = world->form != NULL ? world->form->version : 0,
                                .workflow = workflow_slug(workflow),
                                .workflow_version = workflow_version(workflow),
                                .code = STR("0000000"),
                                .status = workflow_status_at(workflow, 0)->id,
                                .answers = json_keep(arena, json_object()),
                                .data = json_keep(arena, json_object()),
                                .marks = json_keep(arena, json_object())};
    struct filling filling = {arena, world, dossier, json_keep(arena, json_array())};
    give_of_parts(&filling, json_list(workflow_document(workflow), "statuses"), "status");
    give_of_parts(&filling, json_list(workflow_document(workflow), "global_actions"), "global");
    *vec_push(arena, &dossier->history) = (struct history_entry){.parts = filling.parts};
    return dossier;
}

static void add_world(struct name_world *names, const struct form *form, const struct workflow *workflow)
{
    struct world *world = vec_push(names->arena, &names->worlds);
    *world = (struct world){.form = form, .workflow = workflow};
    struct dossier *dossier = full_dossier(names->arena, world);
    world->scope = dossier_scope(names->place->dossiers, form, NULL, dossier);
}

struct name_world *name_world_new(struct arena *arena, const struct lint_place *place)
{
    struct name_world *names = arena_new_of(arena, struct name_world);
    *names = (struct name_world){.arena = arena, .place = place};
    const struct catalogue_forms *forms = catalogue_forms(place->catalogue);
    for (size_t i = 0; i < forms->len; i++)
        add_world(names, forms->at[i], catalogue_workflow_of(place->catalogue, forms->at[i]));
    const struct workflow_list *workflows = catalogue_workflows(place->catalogue);
    for (size_t i = 0; i < workflows->len; i++)
        add_world(names, NULL, workflows->at[i]);
    return names;
}

/* ---- One name ---- */

static bool begins_with(str path, str beginning)
{
    return str_starts(path, beginning) &&
           (path.len == beginning.len || path.ptr[beginning.len] == '_' || path.ptr[beginning.len] == '.');
}

/* « cle » of form_var_cle_raw; empty where the path is of another family. */
static str behind(str path, const char *family)
{
    str root = str_of(family);
    return begins_with(path, root) && path.len > root.len + 1 ? str_slice(path, root.len + 1, path.len) : STR_EMPTY;
}

/* A field of a type that does not run yet answers nothing, but has its name. */
static bool is_inert_field(const struct field_list *fields, str name)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        if (fields->at[i].type == NULL && fields->at[i].varname.len > 0 && begins_with(name, fields->at[i].varname))
            return true;
    return false;
}

static bool is_opaque(const struct world *world, str path)
{
    str data = behind(path, "form_workflow_data"), form = behind(path, "form_workflow_form");
    if (world->is_called && data.len > 0)
        return true;
    str name = data.len > 0 ? data : form.len > 0 ? form : path;
    for (size_t i = 0; i < world->opaque.len; i++)
        if (begins_with(name, world->opaque.at[i]))
            return true;
    str var = behind(path, "form_var");
    return var.len > 0 && ((world->form != NULL && is_inert_field(&world->form->fields, var)) ||
                           is_inert_field(workflow_backoffice_fields(world->workflow), var));
}

/* Whether what a beginning names has its members by name: then a member that it lacks is a name that nobody knows. What
 * is within an answer (the row of a choice, a date) is not told before it is there. */
static bool has_named_members(str beginning)
{
    static const char *const containers[] = {"form",      "form_option", "form_workflow_data", "form_workflow_form",
                                             "form_role", "data_source"};
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (str_eq(beginning, str_of(containers[i])))
            return true;
    return str_ends(beginning, STR("_var")) && !str_eq(beginning, STR("form_user_var")) &&
           !str_eq(beginning, STR("session_user_var"));
}

/* The longest beginning that the scope knows decides. */
static bool knows(struct arena *arena, const struct world *world, str path)
{
    for (size_t end = path.len; end > 0; end--) {
        if (end < path.len && path.ptr[end] != '_' && path.ptr[end] != '.')
            continue;
        str beginning = str_slice(path, 0, end);
        if (value_lookup(arena, world->scope, beginning).kind != VALUE_UNDEFINED)
            return end == path.len || !has_named_members(beginning) || is_opaque(world, path);
    }
    return is_opaque(world, path);
}

/* Names that the text's own place gives: the value that a validation looks at, what is typed in a search, loops. */
static bool is_of_the_place(str path)
{
    static const char *const given[] = {"value", "query", "forloop", "parameters"};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (begins_with(path, str_of(given[i])))
            return true;
    return false;
}

/* ---- What was meant ---- */

static void try_fields(struct near_search *search, const struct field_list *fields)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        near_try(search, fields->at[i].varname);
}

static void suggest_in(struct near_search *search, const struct world *world, str path)
{
    str option = behind(path, "form_option"), var = behind(path, "form_var");
    if (option.len > 0)
        try_fields(search, workflow_options(world->workflow));
    if (var.len > 0 && world->form != NULL)
        try_fields(search, &world->form->fields);
    if (var.len > 0)
        try_fields(search, workflow_backoffice_fields(world->workflow));
}

static void suggest_of_site(struct near_search *search, const struct site *site)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)site->variables, key, value)
    {
        near_try(search, str_of(key));
    }
}

/* ---- The texts of a document ---- */

/* A form's texts are read with its workflow; a workflow's with each form that has it; others with all. */
static bool is_read_in(const struct linting *linting, const struct world *world, bool any_form)
{
    if (linting->form != NULL)
        return world->form != NULL && str_eq(world->form->slug, linting->slug);
    if (linting->workflow != NULL && !str_eq(workflow_slug(world->workflow), linting->slug))
        return false;
    return world->form != NULL || !any_form;
}

static bool any_form_reads(const struct linting *linting, const struct name_world *names)
{
    for (size_t i = 0; i < names->worlds.len; i++)
        if (is_read_in(linting, &names->worlds.at[i], true))
            return true;
    return false;
}

static bool needs_form(str path)
{
    return begins_with(path, STR("form_var")) || begins_with(path, STR("form_option"));
}

static void check_name(struct linting *linting, struct name_world *names, const struct template_name *name, str where,
                       bool any_form)
{
    str var = behind(name->path, "form_var"), option = behind(name->path, "form_option");
    struct near_search search = {.word = var.len > 0 ? var : option.len > 0 ? option : name->path};
    struct arena *arena = arena_new();
    bool is_known = false;
    for (size_t i = 0; !is_known && i < names->worlds.len; i++) {
        const struct world *world = &names->worlds.at[i];
        if (!is_read_in(linting, world, any_form))
            continue;
        is_known = knows(arena, world, name->path);
        suggest_in(&search, world, name->path);
    }
    arena_free(arena);
    if (is_known)
        return;
    suggest_of_site(&search, names->place->site);
    str end = near_say(linting->arena, &search);
    struct lint_finding *finding = linting_add(linting, false, where, "Le nom « %.*s » n’est connu nulle part%.*s",
                                               STR_ARG(name->path), STR_ARG(end));
    finding->line = name->line;
    finding->column = name->column;
}

void linting_names(struct linting *linting, struct name_world *names)
{
    bool any_form = any_form_reads(linting, names);
    struct map told = map_new(linting->arena);
    for (size_t i = 0; i < linting->texts.len; i++) {
        const struct lint_text *text = &linting->texts.at[i];
        struct template_names read = template_names(text->template);
        for (size_t j = 0; j < read.len; j++) {
            const struct template_name *name = &read.at[j];
            bool is_left_out = name->may_be_text || is_of_the_place(name->path) ||
                               (!any_form && needs_form(name->path)) || inert_name(linting->arena, name->path).len > 0;
            if (is_left_out || map_get(&told, name->path) != NULL)
                continue;
            map_set(&told, name->path, linting);
            check_name(linting, names, name, text->where, any_form);
        }
    }
}

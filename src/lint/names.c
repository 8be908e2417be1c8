/* The names that texts read. Each is looked up, as when a page is made, in a request that has all that its form and its
 * workflow can give it: every sub-form filled in, every comment made. What that request does not know, none does. */
#include "lint/internal.h"

/* ---- One name ---- */

static bool begins_with(str path, str beginning)
{
    return str_starts(path, beginning) &&
           (path.len == beginning.len || path.ptr[beginning.len] == '_' || path.ptr[beginning.len] == '.');
}

str behind(str path, const char *family)
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
    str call = behind(path, "form_workflow_wscall");
    if (world->is_called && data.len > 0)
        return true;
    str name = data.len > 0 ? data : form.len > 0 ? form : call.len > 0 ? call : path;
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
    static const char *const containers[] = {
        "form",        "form_option",          "form_workflow_data", "form_workflow_form",
        "form_role",   "form_trigger",         "form_attachments",   "form_links",
        "data_source", "form_workflow_wscall", "form_reverse_links"};
    static const char *const open[] = {"form_user_var", "session_user_var", "session_var"};
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (str_eq(beginning, str_of(containers[i])))
            return true;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (str_eq(beginning, str_of(open[i])))
            return false;
    return str_ends(beginning, STR("_var"));
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
    static const char *const given[] = {"value", "query", "forloop", "parameters", "block_counter", "status_loop"};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (begins_with(path, str_of(given[i])))
            return true;
    return false;
}

/* What of a row's names the path is: block_var_X, before it SLUG_var_X; empty: another. */
static str behind_row(const struct linting *linting, str path)
{
    str var = behind(path, "block_var"), slug = linting->block == NULL ? STR_EMPTY : linting->block->slug;
    if (var.len > 0 || slug.len == 0)
        return var;
    str own = str_fmt(linting->arena, "%.*s_var", STR_ARG(str_replace(linting->arena, slug, STR("-"), STR("_"))));
    return behind(path, str_z(linting->arena, own));
}

/* A block knows its own fields; in a form or a circuit a block of their own reads them. */
static bool is_of_row(const struct linting *linting, str path)
{
    str var = behind_row(linting, path);
    if (linting->block == NULL)
        return var.len > 0 && (linting->form != NULL || linting->workflow != NULL);
    for (size_t i = 0; i < linting->block->fields.len; i++) {
        str varname = linting->block->fields.at[i].varname;
        if (varname.len > 0 && begins_with(var, varname))
            return true;
    }
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

static bool needs_form(str path)
{
    return begins_with(path, STR("form_var")) || begins_with(path, STR("form_option"));
}

static void check_name(struct linting *linting, struct name_world *names, const struct template_name *name, str where,
                       bool any_form)
{
    str var = behind(name->path, "form_var"), option = behind(name->path, "form_option");
    str row = behind_row(linting, name->path);
    struct near_search search = {.word = var.len > 0 ? var : option.len > 0 ? option : row.len > 0 ? row : name->path};
    if (row.len > 0 && linting->block != NULL)
        try_fields(&search, &linting->block->fields);
    struct arena *arena = arena_new();
    bool is_known = false;
    for (size_t i = 0; !is_known && i < names->worlds.len; i++) {
        const struct world *world = &names->worlds.at[i];
        if (!world_is_read(linting, world, any_form))
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
    finding->rule = STR("name");
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
            bool is_left_out = name->may_be_text || is_of_the_place(name->path) || is_of_row(linting, name->path) ||
                               (!any_form && needs_form(name->path)) || inert_name(linting->arena, name->path).len > 0;
            if (is_left_out || map_get(&told, name->path) != NULL)
                continue;
            map_set(&told, name->path, linting);
            check_name(linting, names, name, text->where, any_form);
        }
    }
}

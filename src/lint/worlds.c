/* What the texts of a site are read in: each form with its workflow, and a request of it that has everything. */
#include "lint/internal.h"

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

static void give_call(struct filling *filling, str name)
{
    json_t *part = json_pack("{s:s, s:{}}", "type", "trigger", "content");
    json_set_str(part, STR("name"), name);
    json_array_append_new(filling->parts, part);
}

static void give_of_action(struct filling *filling, const json_t *action, size_t index, str at)
{
    str type = json_str(action, "type"), varname = json_str(action, "varname"), id = json_str(action, "id");
    if (str_eq(type, STR("form")) || str_eq(type, STR("addattachment")))
        give_sub_form(filling, action, id.len > 0 ? id : str_fmt(filling->arena, "%zu", index + 1), at);
    else if (str_eq(type, STR("commentable")) && varname.len > 0)
        json_set_str(filling->dossier->data, str_fmt(filling->arena, "comment_%.*s", STR_ARG(varname)), STR("…"));
    else if (varname.len > 0)
        *vec_push(filling->arena, &filling->world->opaque) = varname;
    if (varname.len > 0 && str_starts(type, STR("create_")))
        *vec_push(filling->arena, &filling->world->opaque) =
            str_fmt(filling->arena, "form_links_%.*s", STR_ARG(varname));
    if (json_str(action, "trigger").len > 0)
        give_call(filling, json_str(action, "trigger"));
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
        for (size_t k = 0; k < json_array_size(triggers); k++) {
            str identifier = json_str(json_array_get(triggers, k), "identifier");
            if (identifier.len == 0)
                continue;
            *vec_push(filling->arena, &filling->world->opaque) = identifier;
            give_call(filling, identifier);
        }
    }
}

static struct dossier *full_dossier(struct arena *arena, struct world *world)
{
    struct dossier *dossier = arena_new_of(arena, struct dossier);
    const struct workflow *workflow = world->workflow;
    *dossier = (struct dossier){.form = world->form != NULL ? world->form->key : STR_EMPTY,
                                .form_version = world->form != NULL ? world->form->version : 0,
                                .workflow = workflow_slug(workflow),
                                .workflow_version = workflow_version(workflow),
                                .code = STR("0000000"),
                                .status = workflow_status_at(workflow, 0)->id,
                                .answers = json_keep(arena, json_object()),
                                .data = json_keep(arena, json_object()),
                                .marks = json_keep(arena, json_object())};
    struct filling filling = {arena, world, dossier, json_array()};
    give_of_parts(&filling, json_list(workflow_document(workflow), "statuses"), "status");
    give_of_parts(&filling, json_list(workflow_document(workflow), "global_actions"), "global");
    *vec_push(arena, &dossier->history) = (struct history_entry){.parts = history_parts_new(arena, filling.parts)};
    return dossier;
}

static void add_world(struct name_world *names, const struct form *form, const struct workflow *workflow)
{
    struct world *world = vec_push(names->arena, &names->worlds);
    *world = (struct world){.form = form, .workflow = workflow};
    world->dossier = full_dossier(names->arena, world);
    *vec_push(names->arena, &world->opaque) = STR("form_parent");
    world->scope = dossier_scope(names->place->dossiers, form, NULL, world->dossier);
}

struct name_world *name_world_new(struct arena *arena, const struct lint_place *place)
{
    struct name_world *names = arena_new_of(arena, struct name_world);
    *names = (struct name_world){.arena = arena, .place = place};
    const struct catalogue_forms *both[] = {catalogue_forms(place->catalogue), catalogue_cards(place->catalogue)};
    for (size_t k = 0; k < sizeof both / sizeof *both; k++)
        for (size_t i = 0; i < both[k]->len; i++)
            add_world(names, both[k]->at[i], catalogue_workflow_of(place->catalogue, both[k]->at[i]));
    const struct workflow_list *workflows = catalogue_workflows(place->catalogue);
    for (size_t i = 0; i < workflows->len; i++)
        add_world(names, NULL, workflows->at[i]);
    return names;
}

/* ---- Who reads what ---- */

/* A form's texts are read with its workflow; a workflow's with each form that has it; others with all. */
bool world_is_read(const struct linting *linting, const struct world *world, bool any_form)
{
    if (linting->form != NULL)
        return world->form != NULL && str_eq(world->form->key, linting->form->key);
    if (linting->workflow != NULL && !str_eq(workflow_slug(world->workflow), linting->slug))
        return false;
    return world->form != NULL || !any_form;
}

bool any_form_reads(const struct linting *linting, const struct name_world *names)
{
    for (size_t i = 0; i < names->worlds.len; i++)
        if (world_is_read(linting, &names->worlds.at[i], true))
            return true;
    return false;
}

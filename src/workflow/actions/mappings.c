/* What an action fills in of another dossier. */
#include "workflow/actions/mappings.h"

struct mapping {
    str field_id;                 /* or « BLOCK$FIELD » */
    const struct template *value; /* NULL: empties it */
};
struct mappings {
    struct VEC_OF(struct mapping) list;
    bool by_varname;
};

/* As in w.c.s., the fields of blocks come behind the blocks themselves, which would replace them. */
static void add_mappings(struct compiler *compiler, const json_t *list, bool of_blocks, struct mappings *mappings)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        str id = json_str(item, "field_id");
        if (str_contains(id, STR("$")) == of_blocks)
            *vec_push(compiler->arena, &mappings->list) =
                (struct mapping){id, compiler_text(compiler, item, "expression", TEMPLATE_TEXT)};
    }
}

const struct mappings *mappings_compile(struct compiler *compiler, const json_t *json)
{
    const json_t *list = json_list(json, "mappings");
    struct mappings *mappings = arena_new_of(compiler->arena, struct mappings);
    mappings->by_varname = json_bool(json, "map_fields_by_varname");
    add_mappings(compiler, list, false, mappings);
    add_mappings(compiler, list, true, mappings);
    return mappings->list.len || mappings->by_varname ? mappings : NULL;
}

static void map_by_varname(struct engine *engine, const struct form_context *fields, const struct action_target *target,
                           json_t *answers)
{
    const struct field_list *own = engine->context->form_fields;
    struct value var = value_lookup(engine->arena, engine->render.scope, STR("form_var"));
    for (size_t i = 0; own && i < own->len; i++) {
        str varname = own->at[i].varname;
        const struct field *field = varname.len ? field_by_varname(&target->form->fields, varname) : NULL;
        if (field && field->type && own->at[i].type)
            field_set(field, fields, value_get(engine->arena, var, varname), answers);
    }
}

static void map_one(struct engine *engine, const struct mapping *mapping, const struct form_context *fields,
                    const struct action_target *target, json_t *answers)
{
    const struct field_list *own = target->workflow ? workflow_backoffice_fields(target->workflow) : NULL;
    struct value value = mapping->value ? template_value(mapping->value, &engine->render) : VALUE_OF_NONE;
    if (!fields_set(&target->form->fields, fields, mapping->field_id, value, answers) &&
        !(own && fields_set(own, fields, mapping->field_id, value, answers)))
        engine_add_error(engine, str_fmt(engine->arena, "Le champ %.*s n’existe pas dans « %.*s ».",
                                         STR_ARG(mapping->field_id), STR_ARG(target->form->name)));
}

void mappings_apply(struct engine *engine, const struct mappings *mappings, const struct action_target *target,
                    json_t *answers)
{
    struct form_context fields = {.arena = engine->arena,
                                  .scope = engine->render.scope,
                                  .site = engine->context->site,
                                  .sources = engine->context->sources,
                                  .now = engine->now,
                                  .in_backoffice = true,
                                  .log = &engine->log};
    if (mappings->by_varname)
        map_by_varname(engine, &fields, target, answers);
    for (size_t i = 0; i < mappings->list.len; i++)
        map_one(engine, &mappings->list.at[i], &fields, target, answers);
}

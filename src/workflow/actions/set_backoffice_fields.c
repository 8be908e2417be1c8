/* set-backoffice-fields: data of the treatment, one after the other; each sees what the ones before have set. */
#include "workflow/actions/actions.h"

struct assignment {
    const struct field *field; /* NULL: of the form, looked up when it runs */
    str field_id;
    const struct template *value; /* NULL: empties it */
};
struct assignments VEC_OF(struct assignment);

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct assignments *assignments = arena_new_of(compiler->arena, struct assignments);
    action->self = assignments;
    const json_t *list = json_list(json, "fields");
    const struct field_list *own = compiler->workflow->backoffice_fields;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        str id = json_str(item, "field_id");
        *vec_push(compiler->arena, assignments) =
            (struct assignment){.field = own ? field_by_id(own, id) : NULL,
                                .field_id = id,
                                .value = compiler_text(compiler, item, "value", TEMPLATE_TEXT)};
    }
}

static void assign(struct engine *engine, const struct assignment *assignment, json_t *shown)
{
    const struct workflow_context *context = engine->context;
    const struct field *field = assignment->field;
    if (!field && context->form_fields)
        field = field_by_id(context->form_fields, assignment->field_id);
    if (!field) {
        engine_add_error(engine, str_fmt(engine->arena, "Le champ %.*s n’existe pas.", STR_ARG(assignment->field_id)));
        return;
    }
    struct form_context fields = {.arena = engine->arena,
                                  .scope = engine->render.scope,
                                  .site = context->site,
                                  .sources = context->sources,
                                  .now = engine->now,
                                  .in_backoffice = true,
                                  .log = &engine->log};
    if (assignment->value)
        field_set(field, &fields, template_value(assignment->value, &engine->render), engine->dossier->answers);
    else
        field_remove(field, engine->dossier->answers);
    json_t *row = json_object();
    json_set_str(row, STR("label"), field->label_text);
    json_set_str(row, STR("value"), field_display(field, engine->arena, engine->dossier->answers));
    json_array_append_new(shown, row);
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct assignments *assignments = action->self;
    if (!assignments->len)
        return;
    json_t *shown = json_array();
    for (size_t i = 0; i < assignments->len; i++)
        assign(engine, &assignments->at[i], shown);
    json_t *part = JSON_PART("data");
    json_set(part, STR("fields"), shown);
    engine_add_part(engine, part);
}

const struct action_type action_set_backoffice_fields = {
    .name = "set-backoffice-fields", .compile = compile, .perform = perform};

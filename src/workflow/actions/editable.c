/* editable: who may do it changes the answers to the form: all of them, those of one page, or from a page on. */
#include "workflow/actions/actions.h"

struct editable_action {
    const struct template *label, *info;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct editable_action *self = arena_new_of(compiler->arena, struct editable_action);
    action->self = self;
    self->label = compiler_text(compiler, json, "label", TEMPLATE_TEXT);
    self->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct editable_action *self = action->self;
    str label = engine_text(engine, self->label);
    *vec_push(engine->arena, &offer->edits) = (struct offered_edit){
        .action = action->id,
        .label = str_is_empty(label) ? STR("Modifier") : label,
        .info = engine_text(engine, self->info),
        .extent = page_extent_of(json_str(action->json, "operation_mode")),
        .page = json_str(action->json, "page_identifier"),
    };
}

const struct action_type action_editable = {
    .name = "editable", .compile = compile, .offer = offer, .is_interactive = true, .waits = true};

/* editable: who may do it changes the answers to the form. */
#include "workflow/actions/actions.h"

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    action->self = (void *)(uintptr_t)compiler_text(compiler, json, "label", TEMPLATE_TEXT);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    str label = engine_text(engine, action->self);
    *vec_push(engine->arena, &offer->edits) =
        (struct offered_edit){action->id, str_is_empty(label) ? STR("Modifier") : label};
}

const struct action_type action_editable = {
    .name = "editable", .compile = compile, .offer = offer, .is_interactive = true, .waits = true};

/* displaymsg: a message on the page of the dossier, as long as it is in the status. */
#include "workflow/actions/actions.h"

struct displaymsg {
    const struct template *message;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct displaymsg *self = arena_new_of(compiler->arena, struct displaymsg);
    action->self = self;
    self->message = compiler_text(compiler, json, "message", TEMPLATE_HTML);
    action->by = compiler_names(compiler, json, "to");
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct displaymsg *self = action->self;
    str html = engine_text(engine, self->message), position = json_str(action->json, "position");
    if (str_is_empty(str_trim(html)))
        return;
    *vec_push(engine->arena, &offer->messages) = (struct offered_message){
        .html = html, .level = json_str(action->json, "level"), .position = position.len ? position : STR("top")};
}

const struct action_type action_displaymsg = {.name = "displaymsg", .compile = compile, .offer = offer};

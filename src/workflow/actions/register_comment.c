/* register-comment: the workflow's own word in the history, to those it names. */
#include "workflow/actions/actions.h"

struct register_comment {
    const struct template *comment;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct register_comment *self = arena_new_of(compiler->arena, struct register_comment);
    action->self = self;
    self->comment = compiler_text(compiler, json, "comment", TEMPLATE_HTML);
    action->by = compiler_names(compiler, json, "to");
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct register_comment *self = action->self;
    str html = engine_text(engine, self->comment);
    if (str_is_empty(str_trim(html)))
        return;
    json_t *part = JSON_PART("message");
    json_set_str(part, STR("html"), html);
    json_set_str(part, STR("level"), json_str(action->json, "level"));
    if (action->by.len)
        json_set(part, STR("to"), names_json(&action->by));
    engine_add_part(engine, part);
}

const struct action_type action_register_comment = {.name = "register-comment", .compile = compile, .perform = perform};

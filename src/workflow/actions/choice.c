/* choice: a button that leads to another status. */
#include "workflow/actions/actions.h"

struct choice_action {
    const struct template *label, *confirmation, *info;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct choice_action *choice = arena_new_of(compiler->arena, struct choice_action);
    action->self = choice;
    choice->label = compiler_text(compiler, json, "label", TEMPLATE_TEXT);
    choice->confirmation = compiler_text(compiler, json, "confirmation_text", TEMPLATE_TEXT);
    choice->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
}

static str target_name(struct engine *engine, const struct action *action)
{
    const struct workflow_status *status = workflow_status_find(engine->workflow, action->target);
    return status ? status->name : STR_EMPTY;
}

/* Older exports of w.c.s. have no key for it: there, those with an identifier are. */
bool choice_is_mass(const struct action *action)
{
    if (json_object_get(action->json, "allow_as_mass_action"))
        return json_bool(action->json, "allow_as_mass_action");
    return json_str(action->json, "identifier").len > 0;
}

/* A button without a label is no button, in w.c.s. too. */
static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct choice_action *choice = action->self;
    str label = engine_text(engine, choice->label);
    if (str_is_empty(label) || str_is_empty(action->target))
        return;
    *vec_push(engine->arena, &offer->buttons) = (struct offered_button){
        .action = action->id,
        .label = label,
        .info = engine_text(engine, choice->info),
        .needs_confirmation = json_bool(action->json, "require_confirmation"),
        .confirmation = engine_text(engine, choice->confirmation),
        .ignores_errors = json_bool(action->json, "ignore_form_errors"),
        .is_mass = choice_is_mass(action),
        .target = target_name(engine, action),
    };
}

const struct action_type action_choice = {.name = "choice",
                                          .compile = compile,
                                          .press = engine_jump,
                                          .offer = offer,
                                          .is_interactive = true,
                                          .waits = true,
                                          .claims_work = true};

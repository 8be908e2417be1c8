/* What a person may do now, and what they are told, in the order of the status' actions. */
#include "workflow/actions/actions.h"

static void offer_action(struct engine *engine, const struct action *action, struct offer *offer)
{
    if (!action->type || !action->type->offer || !action_is_for_actor(engine, action) ||
        !action_applies(engine, action))
        return;
    action->type->offer(engine, action, offer);
}

static bool has_page(const struct global_action *global)
{
    for (size_t i = 0; i < global->actions.len; i++)
        if (global->actions.at[i].type && global->actions.at[i].type->submit)
            return true;
    return false;
}

static const struct trigger *suiting_trigger(struct engine *engine, const struct global_action *global)
{
    for (size_t i = 0; i < global->triggers.len; i++)
        if (trigger_suits(engine, &global->triggers.at[i]))
            return &global->triggers.at[i];
    return NULL;
}

static void offer_global(struct engine *engine, const struct global_action *global, struct offer *offer)
{
    const struct trigger *trigger = suiting_trigger(engine, global);
    if (!trigger)
        return;
    *vec_push(engine->arena, &offer->globals) = (struct offered_button){
        .action = global->id,
        .label = global->name,
        .info = engine_text(engine, global->info),
        .needs_confirmation = trigger->needs_confirmation,
        .confirmation = engine_text(engine, trigger->confirmation),
        .has_page = has_page(global),
        .is_mass = trigger->is_mass,
    };
}

static void start(struct engine *engine, const struct workflow_context *context, const struct dossier *dossier,
                  const struct actor *actor, struct offer *offer)
{
    *offer = (struct offer){.status = dossier->status};
    engine_start(engine, context, dossier);
    engine->actor = actor;
}

void workflow_offer(const struct workflow_context *context, const struct dossier *dossier, const struct actor *actor,
                    struct offer *offer)
{
    struct engine engine;
    start(&engine, context, dossier, actor, offer);
    const struct status *status = engine_status(&engine);
    if (!status || dossier->is_removed || dossier->is_anonymised)
        return;

    for (size_t i = 0; i < status->actions.len; i++)
        offer_action(&engine, &status->actions.at[i], offer);
    for (size_t i = 0; i < context->workflow->globals.len; i++)
        offer_global(&engine, &context->workflow->globals.at[i], offer);
    if (actor->is_agent)
        offer->info = engine_text(&engine, status->info);
    offer->can_act = offer->buttons.len || offer->comments.len || offer->forms.len;
}

void workflow_offer_global(const struct workflow_context *context, const struct dossier *dossier,
                           const struct actor *actor, str action, struct offer *offer)
{
    struct engine engine;
    start(&engine, context, dossier, actor, offer);
    if (dossier->is_removed || dossier->is_anonymised)
        return;
    for (size_t i = 0; i < context->workflow->globals.len; i++) {
        const struct global_action *global = &context->workflow->globals.at[i];
        if (!str_eq(global->id, action) || !suiting_trigger(&engine, global))
            continue;
        offer_global(&engine, global, offer);
        for (size_t k = 0; k < global->actions.len; k++)
            if (global->actions.at[k].type && global->actions.at[k].type->submit)
                offer_action(&engine, &global->actions.at[k], offer);
        offer->can_act = true;
    }
}

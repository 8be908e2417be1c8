/* What a person may do now, and what they are told, in the order of the status' actions. */
#include "workflow/actions/actions.h"

void offer_button(struct offer *offer, str label)
{
    offer->has_submit = true;
    if (str_is_empty(offer->submit_label))
        offer->submit_label = label;
}

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

static const struct trigger *suiting_trigger(struct engine *engine, const struct global_action *global, bool is_mass)
{
    for (size_t i = 0; i < global->triggers.len; i++)
        if (trigger_suits(engine, &global->triggers.at[i]) && (!is_mass || global->triggers.at[i].is_mass))
            return &global->triggers.at[i];
    return NULL;
}

static void offer_global(struct engine *engine, const struct global_action *global, bool is_mass, struct offer *offer)
{
    const struct trigger *trigger = suiting_trigger(engine, global, is_mass);
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

static bool is_interactive(const struct action *action)
{
    return action->type && action->type->is_interactive;
}

void workflow_offer(const struct workflow_context *context, const struct dossier *dossier, const struct actor *actor,
                    struct offer *offer)
{
    struct engine engine;
    start(&engine, context, dossier, actor, offer);
    const struct status *status = engine_status(&engine);
    if (!status || dossier->is_removed || dossier->is_anonymised)
        return;

    offer->is_calling = calls_are_awaited(dossier);
    for (size_t i = 0; i < status->actions.len; i++)
        if (!offer->is_calling || !is_interactive(&status->actions.at[i]))
            offer_action(&engine, &status->actions.at[i], offer);
    if (offer->is_calling)
        return;
    offer->is_called_again = calls_are_tried_again(dossier);
    for (size_t i = 0; i < context->workflow->globals.len; i++)
        offer_global(&engine, &context->workflow->globals.at[i], false, offer);
    if (actor->is_agent)
        offer->info = engine_text(&engine, status->info);
    offer->can_act = offer->buttons.len || offer->comments.len || offer->forms.len;
}

void workflow_offer_global(const struct workflow_context *context, const struct dossier *dossier,
                           const struct actor *actor, str action, struct offer *offer)
{
    struct engine engine;
    start(&engine, context, dossier, actor, offer);
    if (dossier->is_removed || dossier->is_anonymised || calls_are_awaited(dossier))
        return;
    for (size_t i = 0; i < context->workflow->globals.len; i++) {
        const struct global_action *global = &context->workflow->globals.at[i];
        if (!str_eq(global->id, action) || !suiting_trigger(&engine, global, false))
            continue;
        offer_global(&engine, global, false, offer);
        engine.place = global_place(engine.arena, global);
        for (size_t k = 0; k < global->actions.len; k++)
            if (global->actions.at[k].type && global->actions.at[k].type->submit)
                offer_action(&engine, &global->actions.at[k], offer);
        offer->can_act = true;
    }
}

/* ---- Many at once ---- */

static bool is_mass_choice(const struct action *action)
{
    return action->type == &action_choice && choice_is_mass(action);
}

void workflow_offer_mass(const struct workflow_context *context, const struct dossier *dossier,
                         const struct actor *actor, struct offer *offer)
{
    struct engine engine;
    start(&engine, context, dossier, actor, offer);
    const struct status *status = engine_status(&engine);
    if (!status || dossier->is_removed || dossier->is_anonymised)
        return;
    for (size_t i = 0; i < status->actions.len; i++)
        if (is_mass_choice(&status->actions.at[i]) && action_is_for_actor(&engine, &status->actions.at[i]))
            action_choice.offer(&engine, &status->actions.at[i], offer);
    for (size_t i = 0; i < context->workflow->globals.len; i++)
        offer_global(&engine, &context->workflow->globals.at[i], true, offer);
}

static bool names_one(const struct workflow_context *context, const struct actor *actor, const struct names *names)
{
    return workflow_actor_is(context, actor, names->at, names->len);
}

bool workflow_has_mass(const struct workflow_context *context, const struct actor *actor)
{
    const struct workflow *workflow = context->workflow;
    for (size_t i = 0; i < workflow->globals.len; i++) {
        const struct triggers *triggers = &workflow->globals.at[i].triggers;
        for (size_t k = 0; k < triggers->len; k++)
            if (triggers->at[k].kind == TRIGGER_MANUAL && triggers->at[k].is_mass && triggers->at[k].roles.len &&
                names_one(context, actor, &triggers->at[k].roles))
                return true;
    }
    for (size_t i = 0; i < workflow->statuses.len; i++) {
        const struct actions *actions = &workflow->statuses.at[i].actions;
        for (size_t k = 0; k < actions->len; k++)
            if (is_mass_choice(&actions->at[k]) && names_one(context, actor, &actions->at[k].by))
                return true;
    }
    return false;
}

/* A circuit told: from the compiled workflow to the places and ways that a picture and a table show. */
#include "workflow/actions/actions.h"

struct teller {
    struct arena *arena;
    const struct workflow *workflow;
    const struct role_names *names;
};

static size_t index_of(const struct workflow *workflow, str id)
{
    for (size_t i = 0; i < workflow->statuses.len; i++)
        if (str_eq(workflow->statuses.at[i].shown.id, id))
            return i;
    return WAY_BACK;
}

static bool leads_somewhere(const struct teller *teller, str target)
{
    return str_eq(target, STR("_previous")) || workflow_status_get(teller->workflow, target);
}

static enum way_kind kind_of(const struct action *action)
{
    if (action->type == &action_choice)
        return WAY_BUTTON;
    if (jump_is_timed(action))
        return WAY_TIMER;
    if (jump_waits(action))
        return WAY_CALL;
    bool is_sent = action->type == &action_jumponsubmit || (action->type && action->type->is_interactive);
    return is_sent ? WAY_SUBMIT : WAY_AT_ONCE;
}

static str what_of(const struct teller *teller, const struct action *action, enum way_kind kind)
{
    struct arena *arena = teller->arena;
    if (kind == WAY_BUTTON)
        return str_fmt(arena, "Bouton « %.*s »", STR_ARG(json_str(action->json, "label")));
    if (kind == WAY_TIMER)
        return str_fmt(arena, "Après %.*s", STR_ARG(outline_delay(arena, action->json, "timeout", 1)));
    if (kind == WAY_CALL)
        return str_fmt(arena, "À l’appel « %.*s »", STR_ARG(json_str(action->json, "trigger")));
    if (kind == WAY_FAILURE)
        return str_fmt(arena, "Échec : %.*s", STR_ARG(outline_deed(arena, action, STR_EMPTY)));
    if (action->type == &action_jumponsubmit)
        return STR("Une fois un commentaire ou un formulaire envoyé");
    return kind == WAY_SUBMIT ? outline_deed(arena, action, STR_EMPTY) : STR("Aussitôt");
}

/* Of one that is not in our language, too: it is what the definition says. */
static str condition_of(const struct action *action)
{
    const json_t *foreign = json_dict(action->json, "condition");
    return str_trim(foreign ? json_str(foreign, "value") : json_str(action->json, "condition"));
}

static void add_way(const struct teller *teller, const struct action *action, enum way_kind kind, str target,
                    struct outline_place *place)
{
    bool is_somebodys = kind == WAY_BUTTON || kind == WAY_SUBMIT || kind == WAY_CALL;
    *vec_push(teller->arena, &place->ways) = (struct outline_way){
        .kind = kind,
        .what = what_of(teller, action, kind),
        .who = is_somebodys ? outline_names(teller->arena, teller->workflow, teller->names, &action->by) : STR_EMPTY,
        .condition = condition_of(action),
        .to = index_of(teller->workflow, target),
    };
}

static void add_deed(const struct teller *teller, const struct action *action, struct outline_place *place)
{
    str who = outline_names(teller->arena, teller->workflow, teller->names, &action->by);
    str deed = outline_deed(teller->arena, action, who), condition = condition_of(action);
    if (condition.len)
        deed = str_fmt(teller->arena, "%.*s, si %.*s", STR_ARG(deed), STR_ARG(condition));
    *vec_push(teller->arena, &place->does) = deed;
}

/* A way for each status that its failures lead to: what went wrong is of no matter to where the dossier goes. */
static void add_failures(const struct teller *teller, const struct action *action, struct outline_place *place)
{
    for (size_t i = 0; i < action->error_targets.len; i++) {
        str target = action->error_targets.at[i];
        bool is_told = !leads_somewhere(teller, target);
        for (size_t before = 0; before < i; before++)
            is_told = is_told || str_eq(action->error_targets.at[before], target);
        if (!is_told)
            add_way(teller, action, WAY_FAILURE, target, place);
    }
}

static void add_actions(const struct teller *teller, const struct actions *actions, struct outline_place *place)
{
    for (size_t i = 0; i < actions->len; i++) {
        const struct action *action = &actions->at[i];
        bool is_way = leads_somewhere(teller, action->target);
        bool is_no_button = action->type == &action_choice && !json_str(action->json, "label").len;
        if (is_no_button)
            continue;
        if (is_way)
            add_way(teller, action, kind_of(action), action->target, place);
        else if (action->type != &action_choice && action->type != &action_jump && action->type != &action_jumponsubmit)
            add_deed(teller, action, place);
        add_failures(teller, action, place);
    }
}

/* Where the dossier goes behind the last round of a status that goes through a list (loop.c). */
static void add_way_behind_loop(const struct teller *teller, const struct status *status, struct outline_place *place)
{
    if (status->loop_items && leads_somewhere(teller, status->after_loop))
        *vec_push(teller->arena, &place->ways) =
            (struct outline_way){.kind = WAY_AT_ONCE,
                                 .what = STR("La liste parcourue"),
                                 .to = index_of(teller->workflow, status->after_loop)};
}

static void add_status(const struct teller *teller, const struct status *status, const json_t *json,
                       struct outline *out)
{
    struct outline_place *place = vec_push(teller->arena, &out->statuses);
    *place = (struct outline_place){
        .name = status->shown.name, .colour = status->shown.colour, .is_end = status->shown.is_endpoint};
    if (status->loop_items)
        *vec_push(teller->arena, &place->does) = str_fmt(
            teller->arena, "Pour chaque élément de %.*s :", STR_ARG(str_trim(json_str(json, "loop_items_template"))));
    add_actions(teller, &status->actions, place);
    add_way_behind_loop(teller, status, place);
}

/* json: as the document has it, whose triggers stand in the same order. */
static void add_global(const struct teller *teller, const struct global_action *global, const json_t *json,
                       struct outline *out)
{
    struct outline_place *place = vec_push(teller->arena, &out->globals);
    *place = (struct outline_place){.name = global->name};
    for (size_t i = 0; i < global->triggers.len; i++)
        *vec_push(teller->arena, &place->does) =
            outline_start(teller->arena, teller->workflow, teller->names, &global->triggers.at[i],
                          json_array_get(json_list(json, "triggers"), i));
    add_actions(teller, &global->actions, place);
}

void workflow_outline(struct arena *arena, const struct workflow *workflow, const struct role_names *names,
                      struct outline *out)
{
    struct teller teller = {arena, workflow, names};
    const json_t *statuses = json_list(workflow->document, "statuses");
    const json_t *globals = json_list(workflow->document, "global_actions");
    *out = (struct outline){.name = workflow->name};
    for (size_t i = 0; i < workflow->statuses.len; i++)
        add_status(&teller, &workflow->statuses.at[i], json_array_get(statuses, i), out);
    for (size_t i = 0; i < workflow->globals.len; i++)
        add_global(&teller, &workflow->globals.at[i], json_array_get(globals, i), out);
}

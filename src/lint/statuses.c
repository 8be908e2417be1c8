/* Ways through a workflow: statuses that nothing leads to, that nothing leads out of, and that do not exist. */
#include "lint/internal.h"

struct ways {
    struct linting *linting;
    const json_t *statuses;
    bool *is_reached;
    bool *is_left;   /* something leads out of it */
    size_t *pending; /* reached, not looked at yet */
    size_t pending_count;
    bool any_global; /* a global action leads somewhere: it helps out of everywhere */
};

static size_t index_of(const struct ways *ways, str id)
{
    for (size_t i = 0; i < json_array_size(ways->statuses); i++)
        if (str_eq(json_str(json_array_get(ways->statuses, i), "id"), id))
            return i;
    return SIZE_MAX;
}

/* All that an action may lead to: its status, and those where an error of a call leads. */
static void each_target(const struct ways *ways, const json_t *action, void (*found)(void *arg, size_t index),
                        void *arg)
{
    static const char *const keys[] = {"status",
                                       "action_on_app_error",
                                       "action_on_4xx",
                                       "action_on_5xx",
                                       "action_on_bad_data",
                                       "action_on_network_errors",
                                       "action_on_other_errors"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t index = index_of(ways, json_str(action, keys[i]));
        if (index != SIZE_MAX)
            found(arg, index);
    }
}

struct marking {
    struct ways *ways;
    bool has_any;
};

static void reach(struct ways *ways, size_t index)
{
    if (ways->is_reached[index])
        return;
    ways->is_reached[index] = true;
    ways->pending[ways->pending_count++] = index;
}

static void mark_reached(void *arg, size_t index)
{
    struct marking *marking = arg;
    marking->has_any = true;
    reach(marking->ways, index);
}

static bool reach_by_actions(struct ways *ways, const json_t *actions)
{
    struct marking marking = {.ways = ways};
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        each_target(ways, action, mark_reached, &marking);
        marking.has_any |= str_eq(json_str(action, "status"), STR("_previous"));
    }
    return marking.has_any;
}

static void look_at_status(struct ways *ways, size_t index)
{
    const json_t *status = json_array_get(ways->statuses, index);
    size_t behind = index_of(ways, json_str(status, "after_loop_status"));
    ways->is_left[index] = reach_by_actions(ways, json_list(status, "actions")) || behind != SIZE_MAX;
    if (behind != SIZE_MAX)
        reach(ways, behind);
}

static void tell_status(struct ways *ways, size_t index)
{
    struct linting *linting = ways->linting;
    const struct workflow_status *status = workflow_status_at(linting->workflow, index);
    str where = str_fmt(linting->arena, "statut « %.*s »", STR_ARG(status->name));
    if (!ways->is_reached[index])
        linting_add(linting, false, where, "Aucune action ne mène à ce statut.");
    else if (!ways->is_left[index] && !status->is_endpoint && !ways->any_global)
        linting_add(linting, false, where,
                    "Une personne est attendue dans ce statut, mais rien n’en sort : ajoutez une action qui mène "
                    "ailleurs, ou dites-le final (forced_endpoint).");
}

/* A button or a jump that names no status does nothing. */
static void tell_targetless(struct ways *ways, const json_t *part, const char *what)
{
    static const char *const types[] = {"choice", "jump", "jumponsubmit"};
    const json_t *actions = json_list(part, "actions");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        for (size_t k = 0; k < sizeof types / sizeof *types; k++)
            if (str_eq(json_str(action, "type"), str_of(types[k])) && json_str(action, "status").len == 0)
                linting_add(ways->linting, false,
                            str_fmt(ways->linting->arena, "%s « %.*s », action %zu (%s)", what,
                                    STR_ARG(json_str(part, "name")), i + 1, types[k]),
                            "Cette action ne mène à aucun statut.");
    }
}

/* The statuses that triggers name. */
static void tell_triggers(struct ways *ways, const json_t *global)
{
    static const char *const anchors[] = {"anchor_status_first", "anchor_status_latest"};
    struct linting *linting = ways->linting;
    str where = str_fmt(linting->arena, "action globale « %.*s »", STR_ARG(json_str(global, "name")));
    const json_t *triggers = json_list(global, "triggers");
    for (size_t i = 0; i < json_array_size(triggers); i++) {
        const json_t *trigger = json_array_get(triggers, i), *statuses = json_list(trigger, "statuses");
        for (size_t k = 0; k < json_array_size(statuses) + 2; k++) {
            str id = k < 2 ? json_str(trigger, anchors[k]) : json_str_of(json_array_get(statuses, k - 2));
            if (id.len > 0 && !str_starts(id, STR("_")) && index_of(ways, id) == SIZE_MAX)
                linting_add(linting, true, where, "Le statut « %.*s », que nomme un déclencheur, n’existe pas.",
                            STR_ARG(id));
        }
    }
}

void linting_statuses(struct linting *linting)
{
    if (linting->workflow == NULL)
        return;
    const json_t *globals = json_list(linting->json, "global_actions");
    struct ways ways = {.linting = linting, .statuses = json_list(linting->json, "statuses")};
    size_t count = json_array_size(ways.statuses);
    ways.is_reached = arena_array_of(linting->arena, bool, count);
    ways.is_left = arena_array_of(linting->arena, bool, count);
    ways.pending = arena_array_of(linting->arena, size_t, count);
    reach(&ways, 0);
    for (size_t i = 0; i < json_array_size(globals); i++) {
        ways.any_global |= reach_by_actions(&ways, json_list(json_array_get(globals, i), "actions"));
        tell_targetless(&ways, json_array_get(globals, i), "action globale");
        tell_triggers(&ways, json_array_get(globals, i));
    }
    while (ways.pending_count > 0)
        look_at_status(&ways, ways.pending[--ways.pending_count]);
    for (size_t i = 0; i < count; i++) {
        tell_status(&ways, i);
        tell_targetless(&ways, json_array_get(ways.statuses, i), "statut");
    }
}

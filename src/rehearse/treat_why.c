/* Why a status was never reached: the ways that lead there, and what kept each from being taken. */
#include "rehearse/treat.h"

struct telling {
    const struct form_run *run;
    str status; /* id of what was not reached */
    json_t *ways;
};

/* Keys of an action that name a status: where it leads, and where an answer of another server does. */
static const char *const keys[] = {"status",        "action_on_app_error", "action_on_4xx",
                                   "action_on_5xx", "action_on_bad_data",  "action_on_network_errors"};

static const char *leading_key(const json_t *action, str status)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq(json_str(action, keys[i]), status))
            return keys[i];
    return NULL;
}

static str condition_of(const json_t *action)
{
    const json_t *condition = json_object_get(action, "condition");
    return json_is_object(condition) ? json_str(condition, "value") : json_str_of(condition);
}

static str because(const struct telling *telling, const json_t *action, const char *key, bool is_reached)
{
    struct arena *arena = telling->run->arena;
    str condition = condition_of(action);
    if (!is_reached)
        return STR("ce statut n’est pas atteint non plus");
    if (condition.len > 0)
        return str_fmt(arena, "sa condition n’a pas été vraie : %.*s", STR_ARG(condition));
    if (!str_eq(str_of(key), STR("status")))
        return STR("aucune réponse jouée d’un autre serveur n’y mène");
    return STR("une action d’avant mène ailleurs, ou personne de la répétition n’y a droit");
}

static void add(const struct telling *telling, str from, str action, str label, str because)
{
    json_t *way = json_object();
    json_set_str(way, STR("from"), from);
    json_set_str(way, STR("action"), action);
    json_set_str(way, STR("label"), label);
    json_set_str(way, STR("because"), because);
    json_array_append_new(telling->ways, way);
}

static void tell(const struct telling *telling, const json_t *actions, str from, bool is_reached)
{
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        const char *key = leading_key(action, telling->status);
        if (key != NULL)
            add(telling, from, json_str(action, "type"), json_str(action, "label"),
                because(telling, action, key, is_reached));
    }
}

json_t *treat_why(const struct form_run *run, str status)
{
    const struct telling telling = {run, status, json_array()};
    const json_t *document = workflow_document(run->workflow);
    const json_t *statuses = json_list(document, "statuses"), *globals = json_list(document, "global_actions");
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const json_t *from = json_array_get(statuses, i);
        bool is_reached = map_get(&run->walk->reached, json_str(from, "id")) != NULL;
        tell(&telling, json_list(from, "actions"), json_str(from, "name"), is_reached);
        if (str_eq(json_str(from, "after_loop_status"), status))
            add(&telling, json_str(from, "name"), STR("loop"), STR_EMPTY,
                is_reached ? STR("sa boucle ne va pas à son bout") : STR("ce statut n’est pas atteint non plus"));
    }
    for (size_t i = 0; i < json_array_size(globals); i++) {
        const json_t *global = json_array_get(globals, i);
        tell(&telling, json_list(global, "actions"), json_str(global, "name"), true);
    }
    return telling.ways;
}

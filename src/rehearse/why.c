/* Why a status was never reached: the ways that lead there, and what kept each from being taken. */
#include "rehearse/prove.h"

static bool is_reached(const struct proving *proving, const struct map *reached, const struct way *way)
{
    return way->from < 0 || map_get(reached, workflow_status_at(proving->workflow, (size_t)way->from)->id) != NULL;
}

static str because(struct proving *proving, const struct map *reached, const struct way *way)
{
    str why = prove_why_not(proving, way);
    str condition = way->action != NULL ? way_condition(way->action, NULL) : STR_EMPTY;
    if (why.len > 0)
        return why;
    if (!is_reached(proving, reached, way))
        return STR("ce statut n’est pas atteint non plus");
    if (way->action == NULL)
        return STR("sa boucle ne va pas à son bout");
    if (condition.len > 0)
        return str_fmt(proving->arena, "sa condition n’a pas été vraie : %.*s", STR_ARG(condition));
    if (!str_eq(str_of(way->key), STR("status")))
        return STR("aucune réponse jouée d’un autre serveur n’y mène");
    return STR("une action d’avant mène ailleurs, ou personne de la répétition n’y a droit");
}

json_t *prove_ways_json(struct proving *proving, const struct map *reached, str status)
{
    json_t *list = json_array();
    for (size_t i = 0; i < proving->ways.len; i++) {
        const struct way *way = &proving->ways.at[i];
        if (!str_eq(workflow_status_at(proving->workflow, (size_t)way->to)->id, status) || way->to == way->from)
            continue;
        json_t *one = json_object();
        json_set_str(one, STR("from"), json_str(way->place, "name"));
        json_set_str(one, STR("action"), way->action != NULL ? json_str(way->action, "type") : STR("loop"));
        json_set_str(one, STR("label"), json_str(way->action, "label"));
        json_set_str(one, STR("because"), because(proving, reached, way));
        json_array_append_new(list, one);
    }
    return list;
}

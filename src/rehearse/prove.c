/* All statuses that were not reached are taken for shut; one is opened where a way leads there that nothing forbids,
 * from a status that is open. What stays shut can't be entered from outside. */
#include "rehearse/prove.h"

/* ---- Conditions ---- */

const struct template *prove_condition(struct proving *proving, const json_t *action)
{
    bool is_foreign;
    str source = way_condition(action, &is_foreign);
    const struct template *known = map_get(&proving->texts, source);
    if (source.len == 0 || is_foreign || known != NULL)
        return known;
    struct template_settings settings = {.kind = TEMPLATE_CONDITION, .name = STR("condition")};
    struct template *compiled = template_compile(proving->arena, source, &settings, NULL);
    if (compiled != NULL)
        map_set(&proving->texts, source, compiled);
    return compiled;
}

static str why_never_true(struct proving *proving, const json_t *action)
{
    bool is_foreign;
    str source = way_condition(action, &is_foreign), why = STR_EMPTY;
    if (source.len == 0)
        return STR_EMPTY;
    if (is_foreign)
        return STR("sa condition n’est pas dans le langage des textes : elle n’est jamais vraie");
    const struct template *condition = prove_condition(proving, action);
    if (condition == NULL)
        return STR("sa condition ne se lit pas : elle n’est jamais vraie");
    struct template_knowledge knowledge = {prove_names, proving};
    if (template_may_hold(condition, proving->arena, &knowledge, &why))
        return STR_EMPTY;
    return str_fmt(proving->arena, "sa condition n’est jamais vraie, à cause de « %.*s »", STR_ARG(why));
}

/* A delay that is no duration, since nothing gives what it reads. */
static str why_never_due(struct proving *proving, const struct way *way)
{
    str source = json_str(way->action, "timeout");
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = STR("délai")};
    struct value_list examples = {0};
    if (way->taken != WAY_WAITED || source.len == 0)
        return STR_EMPTY;
    struct template *text = template_compile(proving->arena, source, &settings, NULL);
    struct template_names names = text == NULL ? (struct template_names){0} : template_names(text);
    for (size_t i = 0; i < names.len; i++)
        if (prove_names(proving, proving->arena, names.at[i].path, VALUE_OF_UNDEFINED, &examples) != TEMPLATE_WHOLE ||
            examples.len > 0)
            return STR_EMPTY;
    struct render render = {.arena = proving->arena, .scope = value_dict(value_dict_new(proving->arena))};
    int64_t seconds;
    bool is_due = text == NULL || (workflow_duration(template_text(text, &render), &seconds) && seconds > 0);
    return is_due ? STR_EMPTY : str_fmt(proving->arena, "son délai n’est jamais une durée : « %.*s »", STR_ARG(source));
}

/* ---- Before it, and around it ---- */

static str name_of(const json_t *place)
{
    return json_str(place, "name");
}

/* A jump that is always taken stands before it; or the page is left before anybody may press or wait. */
static str why_left_before(struct proving *proving, const struct way *way)
{
    const json_t *actions = json_list(way->place, "actions");
    bool is_run = way->taken == WAY_RUN, may_be_met = false;
    if (json_str(way->place, "loop_items_template").len > 0)
        return STR_EMPTY;
    for (size_t i = 0; i < json_array_size(actions) && (!is_run || i < way->index); i++) {
        const json_t *action = json_array_get(actions, i);
        may_be_met = may_be_met || action_waits_for_server(action);
        if (!jump_is_certain(proving->workflow, action) || (!is_run && (may_be_met || way->from < 0)))
            continue;
        return str_fmt(proving->arena,
                       is_run ? "l’action %zu de « %.*s » mène toujours ailleurs avant elle"
                              : "l’action %zu fait quitter « %.*s » aussitôt",
                       i + 1, STR_ARG(name_of(way->place)));
    }
    return STR_EMPTY;
}

static bool sends(const json_t *action)
{
    str type = json_str(action, "type");
    bool is_form = str_eq(type, STR("form"));
    return str_eq(type, STR("choice")) || str_eq(type, STR("commentable")) || str_eq(type, STR("addattachment")) ||
           str_eq(type, STR("give-documents")) || (is_form && !json_bool(action, "hide_submit_button"));
}

/* « jumponsubmit » where nothing is there to send. */
static str why_never_sent(const struct way *way)
{
    const json_t *actions = json_list(way->place, "actions");
    if (!str_eq(json_str(way->action, "type"), STR("jumponsubmit")))
        return STR_EMPTY;
    for (size_t i = 0; i < json_array_size(actions); i++)
        if (sends(json_array_get(actions, i)))
            return STR_EMPTY;
    return STR("rien ne s’envoie dans ce statut : aucun bouton n’y est montré");
}

static str why_never_started(const struct way *way)
{
    bool is_started = way->from != WAY_FROM_ANYWHERE || json_array_size(json_list(way->place, "triggers")) > 0;
    return is_started ? STR_EMPTY : STR("l’action globale n’a pas de déclencheur");
}

str prove_why_not(struct proving *proving, const struct way *way)
{
    str why = way->action != NULL ? why_never_true(proving, way->action) : STR_EMPTY;
    if (why.len == 0 && way->action != NULL)
        why = why_never_due(proving, way);
    if (why.len == 0 && way->action != NULL)
        why = why_left_before(proving, way);
    if (why.len == 0 && way->action != NULL)
        why = why_never_sent(way);
    if (why.len == 0)
        why = why_never_started(way);
    if (why.len == 0 && way->from >= 0 && proving->is_shut[way->from])
        why = STR("ce statut n’est jamais atteint non plus");
    return why;
}

/* ---- All of them ---- */

static bool open_one(struct proving *proving)
{
    for (size_t i = 0; i < proving->ways.len; i++) {
        const struct way *way = &proving->ways.at[i];
        if (!proving->is_shut[way->to] || prove_why_not(proving, way).len > 0)
            continue;
        proving->is_shut[way->to] = false;
        return true;
    }
    return false;
}

void prove(struct proving *proving, const struct map *reached)
{
    size_t count = workflow_status_count(proving->workflow);
    proving->texts = map_new(proving->arena);
    proving->ways.len = 0;
    proving->is_shut = arena_array_of(proving->arena, bool, count);
    ways_of(proving->arena, proving->workflow, &proving->ways);
    for (size_t i = 1; i < count; i++) /* each begins in the first */
        proving->is_shut[i] = map_get(reached, workflow_status_at(proving->workflow, i)->id) == NULL;
    while (open_one(proving))
        ;
}

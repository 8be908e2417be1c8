/* A status that goes through a list: its actions run once for each item, which status_loop tells; then the dossier goes
 * on. A jump ends it. Semantics of w.c.s. */
#include "workflow/model.h"

enum { ROUNDS_MOST = 1000 };

/* A text is no list, though it has signs to go through. */
static const struct value_list *items_of(struct engine *engine, const struct status *status)
{
    static const struct value_list none = {0};
    const struct value_list *items = &none;
    struct value value = template_value(status->loop_items, &engine->render);
    bool is_nothing = value.kind == VALUE_UNDEFINED || value.kind == VALUE_NONE ||
                      (value.kind == VALUE_TEXT && str_is_empty(str_trim(value.text)));
    if (is_nothing)
        return &none;
    if (value.kind == VALUE_TEXT || !value_items(engine->arena, value, &items)) {
        engine_add_error(engine, STR("La boucle de ce statut ne donne pas une liste : elle n’a aucun tour."));
        return &none;
    }
    return items;
}

static struct value round_value(struct engine *engine, const struct value_list *items, size_t count, size_t index)
{
    struct arena *arena = engine->arena;
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("index"), value_int((int64_t)index + 1));
    value_dict_set(arena, dict, STR("index0"), value_int((int64_t)index));
    value_dict_set(arena, dict, STR("first"), value_bool(index == 0));
    value_dict_set(arena, dict, STR("last"), value_bool(index + 1 == count));
    value_dict_set(arena, dict, STR("items"), value_list((struct value_list *)(uintptr_t)items));
    value_dict_set(arena, dict, STR("current_item"), items->at[index]);
    return value_dict(dict);
}

static size_t bounded(struct engine *engine, size_t count)
{
    if (count <= ROUNDS_MOST)
        return count;
    engine_add_error(
        engine, str_fmt(engine->arena, "La boucle de ce statut s’arrête après %d tours sur %zu.", ROUNDS_MOST, count));
    return ROUNDS_MOST;
}

/* As an action that jumps: false where nothing is said, or the dossier is there already. */
static bool leave(struct engine *engine, const struct status *status)
{
    const struct status *target = workflow_status_get(engine->workflow, status->after_loop);
    if (target && target != status)
        engine->target = target;
    return engine->target != NULL;
}

void loop_resume(struct engine *engine, const struct status *status)
{
    const json_t *round = json_get(engine->dossier->marks, STR("round"));
    if (!status || !status->loop_items || !round)
        return;
    const struct value_list *items = items_of(engine, status);
    size_t index = (size_t)json_integer_value(round);
    if (index < items->len)
        engine->dossier->loop = round_value(engine, items, bounded(engine, items->len), index);
}

/* A round that waits for a call is remembered, and goes on behind it. */
bool loop_run(struct engine *engine, const struct status *status, size_t from)
{
    json_t *marks = engine->dossier->marks;
    const struct value_list *items = items_of(engine, status);
    size_t count = bounded(engine, items->len);
    bool has_jumped = false;
    for (size_t i = from ? (size_t)json_int(marks, "round") : 0; i < count && !has_jumped; i++, from = 0) {
        engine->dossier->loop = round_value(engine, items, count, i);
        json_set(marks, STR("round"), json_integer((json_int_t)i));
        has_jumped = engine_run_actions(engine, &status->actions, from);
        if (engine->is_stopped || engine->is_halted)
            break;
    }
    engine->dossier->loop = VALUE_OF_UNDEFINED;
    if (engine->is_halted)
        return has_jumped;
    json_object_del(marks, "round");
    return has_jumped || (!engine->is_stopped && leave(engine, status));
}

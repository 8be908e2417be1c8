/* form_jumps: the identifiers of the jumps that the dossier went through, oldest first; form_latest_jump: the last one,
 * or nothing. Names as in w.c.s. */
#include "dossiers/tables.h"

struct value variables_jumps(const struct scope *scope, struct arena *arena)
{
    struct value_list *jumps = value_list_new(arena);
    const struct history *history = &scope->dossier->history;
    for (size_t i = 0; i < history->len; i++)
        for (size_t k = 0; k < json_array_size(history->at[i].parts); k++) {
            const json_t *part = json_array_get(history->at[i].parts, k);
            if (str_eq(json_str(part, "type"), STR("jump")))
                value_list_add(arena, jumps, value_text(json_str(part, "name")));
        }
    return value_list(jumps);
}

struct value variables_latest_jump(const struct scope *scope, struct arena *arena)
{
    struct value jumps = variables_jumps(scope, arena);
    const struct value_list *list = jumps.list;
    return list->len ? list->at[list->len - 1] : value_text(STR_EMPTY);
}

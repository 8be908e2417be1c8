/* form_jumps: the identifiers of the jumps that the dossier went through, oldest first; form_latest_jump: the last one,
 * or nothing. Names as in w.c.s. */
#include "dossiers/tables.h"

struct value variables_jumps(const struct scope *scope, struct arena *arena)
{
    struct value_list *jumps = value_list_new(arena);
    for (struct part_walk walk = {.dossier = scope->dossier, .type = "jump"}; next_part(&walk);)
        value_list_add(arena, jumps, value_text(json_str(walk.part, "name")));
    return value_list(jumps);
}

struct value variables_latest_jump(const struct scope *scope, struct arena *arena)
{
    struct value jumps = variables_jumps(scope, arena);
    const struct value_list *list = jumps.list;
    return list->len ? list->at[list->len - 1] : value_text(STR_EMPTY);
}

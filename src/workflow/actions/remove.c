/* remove: the dossier goes, nothing runs after it. */
#include "workflow/actions/actions.h"

static void perform(struct engine *engine, const struct action *action)
{
    (void)action;
    engine->dossier->is_removed = true;
    engine->is_stopped = true;
}

const struct action_type action_remove = {.name = "remove", .perform = perform};

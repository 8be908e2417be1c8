/* mappings: what an action fills in of another dossier, each answer from a template. */
#ifndef GUICHET_WORKFLOW_ACTIONS_MAPPINGS_H
#define GUICHET_WORKFLOW_ACTIONS_MAPPINGS_H

#include "workflow/model.h"

struct mappings; /* compiled */

/* Of action[mappings] and action[map_fields_by_varname]; NULL: neither is there, and as in w.c.s. nothing is done. */
const struct mappings *mappings_compile(struct compiler *compiler, const json_t *json);
/* Reads the engine's dossier, writes answers: first those of the same varname, where it is asked, then one by one. A
 * field that the target lacks leaves an error in the history. */
void mappings_apply(struct engine *engine, const struct mappings *mappings, const struct action_target *target,
                    json_t *answers);

#endif

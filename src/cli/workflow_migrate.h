#ifndef GUICHET_CLI_WORKFLOW_MIGRATE_H
#define GUICHET_CLI_WORKFLOW_MIGRATE_H

#include "cli/options.h"

/* Prints what going over would do to the circuit of the second word; with applies, does it. map: « old=new,… », or
 * NULL. False and err also where a status has no target, or where some requests are left. */
bool workflow_migrate(const struct dossier_place *place, const struct words *words, const char *map, bool applies,
                      struct err *err);

#endif

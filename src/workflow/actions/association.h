/* association: whose the dossier is that an action makes or changes (user_association_mode). */
#ifndef GUICHET_WORKFLOW_ACTIONS_ASSOCIATION_H
#define GUICHET_WORKFLOW_ACTIONS_ASSOCIATION_H

#include "workflow/model.h"

struct association_rule {
    enum { ASSOCIATE_NOBODY, ASSOCIATE_SUBMITTER, ASSOCIATE_CALLED } mode;
    const struct template *called; /* ASSOCIATE_CALLED: a person, their address or uuid */
};

struct association_rule association_compile(struct compiler *compiler, const json_t *json);
/* A person whom nobody knows leaves an error in the history. */
struct association association_of(struct engine *engine, const struct association_rule *rule);

#endif

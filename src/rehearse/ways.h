/* The ways through a workflow, as its document tells them: every action that may lead to a status, whatever it takes.
 * Private to rehearse/. */
#ifndef GUICHET_REHEARSE_WAYS_H
#define GUICHET_REHEARSE_WAYS_H

#include "workflow/workflow.h"

enum { WAY_FROM_ANYWHERE = -1 }; /* a global action's */

enum way_taken {
    WAY_RUN,     /* by the actions as they run: a jump, a call that failed, the end of a loop */
    WAY_PRESSED, /* by a person: a button, a form that was sent, answers that were changed */
    WAY_WAITED,  /* by time, or a call from outside */
};

struct way {
    int from;             /* index of the status, or WAY_FROM_ANYWHERE */
    const json_t *place;  /* the status, or the global action */
    const json_t *action; /* NULL: the end of the status's loop */
    size_t index;         /* of the action among those of the place */
    const char *key;      /* which member of the action names the status */
    enum way_taken taken;
    int to; /* index of the status */
};
struct ways VEC_OF(struct way);

/* In the order of the document. What leads back to where one came from leads nowhere new, and is left out. */
void ways_of(struct arena *arena, const struct workflow *workflow, struct ways *out);

/* The text of an action's condition, empty: none. *is_foreign (may be NULL): it is no text of our language. */
str way_condition(const json_t *action, bool *is_foreign);
/* A jump that is taken at once, whenever it is met, and leads to a status that there is. */
bool jump_is_certain(const struct workflow *workflow, const json_t *action);
/* The same, where its condition holds. */
bool jump_is_immediate(const struct workflow *workflow, const json_t *action);
/* Asks another server: the actions behind it wait, while the page is there. */
bool action_waits_for_server(const json_t *action);

#endif

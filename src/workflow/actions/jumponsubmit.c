/* jumponsubmit: where the dossier goes when a comment or a sub-form of the status was sent; events.c does it. */
#include "workflow/actions/actions.h"

const struct action_type action_jumponsubmit = {.name = "jumponsubmit"};

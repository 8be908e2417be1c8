/* The types of actions that run, one file each. */
#ifndef GUICHET_WORKFLOW_ACTIONS_H
#define GUICHET_WORKFLOW_ACTIONS_H

#include "workflow/model.h"

extern const struct action_type action_anonymise, action_choice, action_commentable, action_displaymsg, action_editable,
    action_form, action_jump, action_jumponsubmit, action_notification, action_redirect_to_url, action_register_comment,
    action_remove, action_sendmail, action_set_backoffice_fields;

/* Whether a choice may be pressed for many dossiers at once. */
bool choice_is_mass(const struct action *action);

#endif

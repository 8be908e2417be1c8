/* The types of actions that run, one file each. */
#ifndef GUICHET_WORKFLOW_ACTIONS_H
#define GUICHET_WORKFLOW_ACTIONS_H

#include "workflow/model.h"

extern const struct action_type action_addattachment, action_aggregationemail, action_anonymise, action_ask_documents,
    action_assign_carddata, action_choice, action_commentable, action_create_carddata, action_create_formdata,
    action_dispatch, action_displaymsg, action_edit_carddata, action_editable, action_export_to_model, action_form,
    action_geolocate, action_give_documents, action_inform, action_jump, action_jumponsubmit, action_modify_criticality,
    action_notification, action_redirect_to_url, action_register_comment, action_remove, action_sendmail,
    action_sendsms, action_set_backoffice_fields, action_webservice_call;

/* Whether a choice may be pressed for many dossiers at once. */
bool choice_is_mass(const struct action *action);

/* A notice to who has these functions and roles, and to who filed; each once (notification.c). */
void notify_names(struct engine *engine, const struct names *names, const struct notice *notice);
/* A text message to these numbers, commas between them; false: there is none, or nothing is said (sendsms.c). The site
 * must have a gateway. */
bool sms_send(struct engine *engine, str to, str message);
/* The id of a field that an action asks: letters, and signs that a control may be called by. */
str action_field_id(struct arena *arena, const char *prefix, const struct action *action);

/* Makes the document of the action, of what the dossier is now (export_to_model.c). */
bool export_to_model_make(struct engine *engine, const struct action *action, const struct document_tools *tools,
                          struct document *out, struct err *err);

/* The plain button, with this label where no action before has given it one. */
void offer_button(struct offer *offer, str label);
/* What was posted for a sub-form; NULL: nothing (form.c). */
const struct posted_form *posted_form_of(const struct engine *engine, const struct action *action);
/* The part of the history that keeps what was filled in, a new reference. */
json_t *form_part(struct engine *engine, const struct action *action, const struct field_list *fields,
                  const json_t *answers);

#endif

/* The table of the action types. */
#include "workflow/actions/actions.h"

static const struct action_type *const types[] = {
    &action_addattachment,
    &action_aggregationemail,
    &action_anonymise,
    &action_ask_documents,
    &action_assign_carddata,
    &action_choice,
    &action_commentable,
    &action_create_carddata,
    &action_create_formdata,
    &action_dispatch,
    &action_displaymsg,
    &action_edit_carddata,
    &action_editable,
    &action_export_to_model,
    &action_form,
    &action_geolocate,
    &action_give_documents,
    &action_inform,
    &action_jump,
    &action_jumponsubmit,
    &action_modify_criticality,
    &action_notification,
    &action_redirect_to_url,
    &action_register_comment,
    &action_remove,
    &action_sendmail,
    &action_sendsms,
    &action_set_backoffice_fields,
    &action_webservice_call,
};
enum { TYPE_COUNT = sizeof types / sizeof types[0] };

const struct action_type *action_type_find(str name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq(str_of(types[i]->name), name))
            return types[i];
    return NULL;
}

const char *workflow_action_type(size_t index)
{
    return index < TYPE_COUNT ? types[index]->name : NULL;
}

/* Private to forms/. */
#ifndef GUICHET_FORMS_COMPUTED_H
#define GUICHET_FORMS_COMPUTED_H

#include "forms/forms.h"

/* Computes the field's value from what is there now. */
void computed_update(const struct field *field, const struct form_context *context, json_t *answers);

#endif

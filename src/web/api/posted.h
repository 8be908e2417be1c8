/* Answers that another program gives, by the names of fields. Private to web/api/. */
#ifndef GUICHET_WEB_API_POSTED_H
#define GUICHET_WEB_API_POSTED_H

#include "web/api/api.h"

/* The members that name fields: « data », else « fields » with what w.c.s. posts beside it. NULL: there are none. */
const json_t *api_posted_data(struct request *request);
/* Sets what data gives over answers, by varname or id, then looks at all of them as at a person's. False: the answer is
 * made, 400 with « errors » by field. */
bool api_set_answers(struct request *request, const struct form *form, const json_t *data, json_t *answers);

#endif

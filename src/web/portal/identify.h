/* Forms that want a stronger identification than a password (w.c.s. required_authentication_contexts). Private to
 * web/portal/. */
#ifndef GUICHET_WEB_IDENTIFY_H
#define GUICHET_WEB_IDENTIFY_H

#include "web/visit.h"

/* The ways that the form takes, as people call them: « FranceConnect ou itsme ». Empty: any will do. */
str identify_names(struct arena *arena, const struct form *form);
/* False, and the page that says what the form wants is the answer, where who asks has identified themself otherwise. */
bool identify_suffices(struct request *request, const struct form *form);

#endif

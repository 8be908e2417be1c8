/* What the link that somebody came by says of them: the parameters session_var_NAME of its query, which forms read as
 * {{ session_var_NAME }}, to fill a field with. w.c.s. has them too, for names that its site option
 * query_string_allowed_vars lists. Private to web/portal/. */
#ifndef GUICHET_WEB_ARRIVAL_H
#define GUICHET_WEB_ARRIVAL_H

#include "web/visit.h"

/* Takes what the query brings and the site lets in: names of settings.query_string_allowed_vars, a list, and all of a
 * URL that who has a key of « api.keys » signed. Keeps it in the browser for this visit, signed by us; then
 * dossier_place.arrival has all that came so far. */
void arrival_take(struct request *request);

#endif

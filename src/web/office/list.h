/* What the list of requests and its export share. Private to web/office/. */
#ifndef GUICHET_WEB_LIST_H
#define GUICHET_WEB_LIST_H

#include "web/visit.h"

/* What the address asks for, of the requests that this agent may see. actor and request must outlive the query. */
void list_query(struct request *request, const struct actor *actor, struct dossier_query *query);

#endif

/* Opening a request by its tracking code. Private to web/portal/. */
#ifndef GUICHET_WEB_TRACK_H
#define GUICHET_WEB_TRACK_H

#include "web/visit.h"

/* Lets this browser see the request for an hour, and leads there. */
void track_open(struct request *request, str code);
/* True, and leads to the page that asks, where the form wants answers given again of who has code and address. */
bool verify_is_wanted(struct request *request, const struct dossier *dossier);

#endif

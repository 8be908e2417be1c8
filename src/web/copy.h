/* The copy of what was filed, for who filed it and for agents: a page to print, and a PDF. Private to web/. */
#ifndef GUICHET_WEB_COPY_H
#define GUICHET_WEB_COPY_H

#include "web/visit.h"

struct copy {
    const struct dossier *dossier;
    const struct actor *actor;
    bool has_answers; /* else the receipt alone: a tracking code does not open what was answered */
    str back;         /* where the page leads back to; the PDF is at its copie/pdf/ */
};

/* The page to print. */
void copy_show(struct request *request, const struct copy *copy);
/* The same as a tagged PDF, made anew each time; on a worker. */
void copy_send(struct request *request, const struct copy *copy);

#endif

/* Changing answers: of a new card, or of a request or card that was filed, by an action « editable » of its workflow.
 * One page has all that may be changed; it works without JavaScript. Private to web/. */
#ifndef GUICHET_WEB_EDIT_H
#define GUICHET_WEB_EDIT_H

#include "web/visit.h"

struct editing {
    const struct form *form;
    struct dossier *dossier; /* NULL: a new one */
    struct actor actor;
    json_t *answers;
    struct form_context context;
    str action; /* of the workflow, that lets them be changed */
    str label;
    str info;           /* HTML, for agents */
    size_t first, last; /* the pages that it is about */
    str path;           /* of what is changed, or of the list; with a slash at its end */
    const char *page;   /* the template */
};

/* Over a copy of the answers; path and page are set by the caller, before or after. */
void editing_begin(struct request *request, struct editing *editing, const json_t *answers);
/* The page, prefilled. changed: what somebody else did meanwhile; list_path, list_name: of cards, else empty. */
void editing_show(struct request *request, struct editing *editing, int status, const struct field_errors *errors,
                  str changed);
void editing_open(struct request *request, struct editing *editing);
/* What was posted, into answers. False, and the page is shown again, where something is to be corrected, a row of a
 * block was asked for, or a list searched. */
bool editing_read(struct request *request, struct editing *editing);
/* Shows the page again with what the store refused, where the person can mend it. */
void editing_show_refused(struct request *request, struct editing *editing, const struct err *err);
/* Answers to the page while it is typed in. */
void editing_live(struct request *request, struct editing *editing);

/* A request or card that was filed: its page « modifier/ », shown, saved, and beneath it « direct/ », while it is typed
 * in. path is the dossier's own; page: the template. */
void edit_dossier(struct request *request, struct dossier *dossier, const struct actor *actor, str path,
                  const char *page);

#endif

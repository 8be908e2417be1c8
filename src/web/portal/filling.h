/* Filling a form: what its pages (fill.c) and its sending (send.c) share. Private to web/portal. */
#ifndef GUICHET_WEB_PORTAL_FILLING_H
#define GUICHET_WEB_PORTAL_FILLING_H

#include "web/visit.h"

/* What the handlers of one form know. */
struct filling {
    const struct form *form;
    struct draft draft;
    bool has_draft;
    struct form_context context;
};

/* Finds the form and the draft; false where the answer is made. A draft goes on with the form as it is now; answers
 * that no longer fit are dropped. */
bool filling_open(struct request *request, struct filling *filling);
/* A page that is skipped by its address leads back to the first that is not done; SIZE_MAX: there is none. */
size_t filling_furthest(const struct filling *filling);

const char *filling_cookie(struct request *request, const struct form *form);
/* Keeps the draft's token in the browser as long as the draft is kept. */
void filling_keep(struct request *request, const struct form *form, const struct draft *draft);
str filling_url(struct request *request, const struct form *form, const char *rest);
str filling_page_url(struct request *request, const struct form *form, size_t page);
struct value filling_errors(struct request *request, const struct field_errors *errors);

/* The draft was sent already: the answer is its confirmation. */
bool filling_was_filed(struct request *request, const struct filling *filling);
/* Files what form_check found right. is_saved: the draft is in the store as it is; else it is saved with the filing. */
void filling_send(struct request *request, struct filling *filling, bool is_saved);

#endif

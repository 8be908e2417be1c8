/* The REST API: what other programs ask, in the names and shapes of Publik's (w.c.s.). Private to web/.
 *
 * Each operation stands once, in a table beside its handler; routes and the OpenAPI document (openapi.c) are made of
 * these tables. Answers are JSON: {"err": 0, "data": …}, or {"err": 1, "err_class", "err_code", "err_desc"}. */
#ifndef GUICHET_WEB_API_H
#define GUICHET_WEB_API_H

#include "web/visit.h"

struct route_list VEC_OF(struct route);

/* A parameter of the query. */
struct api_parameter {
    const char *name, *text; /* text: French, for who writes the caller */
};

/* One operation. */
struct api_operation {
    enum http_method method;
    const char *pattern; /* as of routes */
    void (*handler)(struct request *request);
    const char *summary;                    /* French, one line */
    const struct api_parameter *parameters; /* ended by one without a name; NULL: none */
    const char *body;                       /* JSON Schema of a posted body; NULL: none */
    bool is_alias;                          /* an address that w.c.s. has too: served, not documented */
};
struct api_subject {
    const char *name;                       /* French */
    const struct api_operation *operations; /* ended by one without a pattern */
};
/* All of them, ended by one without a name (table.c). */
extern const struct api_subject api_subjects[];
struct route_list api_routes(struct arena *arena);

/* ---- Who asks (caller.c) ---- */

/* Fills the visit's caller; false where they are refused, and the answer is made. */
bool api_guard(struct request *request);
/* Whether what was posted can be kept: no text has a NUL. False: the answer is made. */
bool api_check_body(struct request *request);
/* Whom they act for, for the workflow. */
struct actor api_actor(struct request *request);
/* The same before a dossier, which may be their own. */
struct actor api_actor_on(struct request *request, const struct dossier *dossier);
/* Signed, for nobody in particular: w.c.s. lets it read what is not one person's. */
bool api_is_for_all(const struct visit *visit);

/* ---- What is meant (target.c) ---- */

/* The request or card that the path names: by {code}, by {slug} and {id}. False: the answer is made. */
bool api_find_dossier(struct request *request, struct dossier **out);
/* The form or card model that {slug} names; NULL: there is none. */
const struct form *api_form(struct request *request);
/* Whether the path is one of cards. */
bool api_is_of_cards(const struct request *request);

/* ---- Answers (answer.c) ---- */

/* Whether what is asked is the API's, so that errors are told as JSON. */
bool api_is_asked(const struct request *request);
/* code: Publik's err_code; NULL: by the status. err may be NULL. */
void api_error(struct request *request, int status, const char *code, const struct err *err);
/* A refusal with a sentence: 403. */
void api_refuse(struct request *request, const char *sentence);
/* A change of a dossier made ready, on disk before the caller is told; a conflict has the handler run again. then makes
 * the answer. change lives in the request's arena. */
void api_commit(struct request *request, const struct form *form, struct change *change, bool is_new,
                void (*then)(struct request *request, const struct change *change));
/* {"err": 0, "data": data}; takes the reference. */
void api_data(struct request *request, json_t *data);

#endif

/* A list that the API gives: what the address asks, and its rows, written while they are sent. Private to web/api/. */
#ifndef GUICHET_WEB_API_LISTING_H
#define GUICHET_WEB_API_LISTING_H

#include "web/api/api.h"

struct listing {
    struct dossier_place place;
    struct dossier_query query;
    struct actor actor;
    struct dossier_reading reading;
    bool is_minimal; /* a row as w.c.s. lists requests of several forms: form_* */
    bool is_full;    /* more than the head of a row is asked */
    bool with_anonymised;
    bool has_limit;
    int64_t skipped, offset, limit, given;
    const char *before; /* what stands before and behind the rows */
    str behind;
    bool counts; /* how many there were, behind */
    bool has_begun;
    char cursor[64];
};

/* What of a request or a card the parameters « full », « include-fields » … ask; usually: without them. */
struct dossier_parts api_parts(const struct request *request, bool usually);
/* « on », « true », « 1 »; « off » … else otherwise. */
bool api_flag(const struct request *request, const char *name, bool otherwise);
/* limit, offset, order_by, status, q; false: the answer is made. */
bool api_read_page(struct request *request, struct listing *listing);
/* Sends the rows. */
void api_send_list(struct request *request, struct listing *listing);
/* One row as w.c.s. lists requests of several forms. for_submitter: the status that they are shown. */
json_t *api_minimal_json(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                         bool for_submitter);

#endif

/* The statements of a query: what leads to its dossiers, then the tests that each must pass. */
#ifndef GUICHET_DOSSIERS_QUERY_SQL_H
#define GUICHET_DOSSIERS_QUERY_SQL_H

#include "dossiers/query.h"

/* The index that a query walks along; the tests are then asked of what it gives, whatever led there. */
enum query_lead {
    LEAD_FORM,       /* all of the form */
    LEAD_SEQUENCE,   /* one number of it */
    LEAD_IDENTIFIER, /* one card */
    LEAD_ACCOUNT,    /* those of an account */
    LEAD_TEXT,       /* a range of a listed field's texts */
    LEAD_NUMBER,     /* a range of a listed field's numbers */
    LEAD_STATUS,
    LEAD_FINAL,
    LEAD_COUNT,
};

extern const struct sql query_counts[LEAD_COUNT], query_selects[LEAD_COUNT], query_passing, query_histories;

#endif

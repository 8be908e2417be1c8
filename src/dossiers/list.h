/* Private to dossiers/: the walk of a list, which its lines and its count are made of. */
#ifndef GUICHET_DOSSIERS_LIST_H
#define GUICHET_DOSSIERS_LIST_H

#include "dossiers/query.h"

struct walk {
    struct arena *arena;
    const struct dossier_query *query;
    const struct query *view; /* what must pass besides; NULL: no view, or one without filters */
    struct found after;
    int64_t limit;
    struct founds found;
    bool is_cut; /* the view was asked of as many as one page may cost: after is where to go on */
};

/* Fills found with limit of those behind after, at the most. */
bool list_walk(struct tx *tx, struct walk *walk, struct err *err);
/* The same, of those that pass the view (list_view.c). */
bool list_walk_view(struct tx *tx, struct walk *walk, struct err *err);
/* NULL: the query has no view, or one that lets all pass. */
const struct query *list_view(const struct dossier_place *place, const struct dossier_query *query);

/* The query with what the filters ask besides (list_filters.c); empty where one of them is wrong. */
struct query *list_filter(const struct query *query, struct arena *arena, const struct dossier_filters *filters);

#endif

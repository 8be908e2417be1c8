/* What the runner asks of the table. Private to store/. */
#ifndef GUICHET_STORE_JOBS_TABLE_H
#define GUICHET_STORE_JOBS_TABLE_H

#include "store/jobs.h"

struct job_list VEC_OF(struct job);

struct jobs_taken {
    struct arena *arena;
    instant now;
    int64_t most;
    bool is_remote;                                    /* of these or of the others */
    int (*lease_of)(str kind, const void *lease_data); /* seconds */
    const void *lease_data;
    struct job_list jobs; /* what came; theirs until the lease ends */
};
/* store_fn: takes due jobs that nobody holds. */
bool jobs_take(struct tx *tx, void *taken, struct err *err);

/* store_fn; found, a bool: whether a server that has ended had taken jobs of this store. */
bool jobs_are_forsaken(struct tx *tx, void *found, struct err *err);
/* store_fn: whoever looks next takes them. */
bool jobs_give_back(struct tx *tx, void *unused, struct err *err);

/* When the next job is to be looked at, of those that are short and of those that wait for another machine; INT64_MAX
 * if never. */
struct jobs_next {
    instant local, remote;
};
/* store_fn */
bool jobs_next_look(struct tx *tx, void *next, struct err *err);

struct job_ending {
    const struct job *job;
    bool ok, is_final;
    struct err err;
};
/* store_fn: deletes what is done, postpones or buries what failed; leaves alone what is no longer ours. */
bool jobs_end(struct tx *tx, void *ending, struct err *err);

#endif

/* jobs: everything that leaves the process (mail, web call, conversion, timer, purge) is a row, written in the same
 * transaction as its cause, taken with a lease, tried again with back-off and jitter, and kept in sight when it has
 * failed for good. At least once: a handler that may run twice uses the job's key to do its work once. */
#ifndef GUICHET_STORE_JOBS_H
#define GUICHET_STORE_JOBS_H

#include "store/store.h"

struct job {
    int64_t id;
    str kind; /* « mail.send » */
    str key;  /* what is done at most once while it is known: a second job with the same key is not added; may be empty
               */
    str payload; /* JSON */
    instant due;
    int attempts; /* before this one */
};

/* Adds a job: in the transaction of its cause. due 0 is now. */
bool job_add(struct tx *tx, const struct job *job, struct err *err);
/* Takes back a job that has not run (a timer whose status was left). */
bool job_cancel(struct tx *tx, str key, struct err *err);

/* Does one job, in a worker thread. True: done, the row is deleted. False: tried again later, with err kept in the row;
 * ERR_INVALID or ERR_UNSUPPORTED: given up at once. context is what jobs_start was given. */
typedef bool (*job_fn)(void *context, struct store *store, const struct job *job, struct err *err);
struct job_kind {
    str kind;
    job_fn run;
    int attempts_most; /* then it is dead: kept, shown to the administrator, replayed by hand */
    int lease_seconds;
};

struct jobs; /* the runner: threads that take due jobs of the stores given to it */
struct jobs *jobs_start(void *context, const struct job_kind *kinds, size_t kind_count, int threads);
/* The dead ones, for an administrator: newest first, those before the given id (0: from the newest). Texts live in the
 * arena. Returns false where the store failed. */
struct dead_job {
    struct job job;
    str error;
    instant died;
};
struct dead_jobs VEC_OF(struct dead_job);
bool jobs_dead(struct tx *tx, struct arena *arena, int64_t before, int64_t most, struct dead_jobs *out,
               struct err *err);
/* Makes a dead job due now, its attempts forgotten. ERR_NOT_FOUND where it is not dead. */
bool job_replay(struct tx *tx, int64_t id, struct err *err);

/* A store whose jobs are to be run; may be called at any time. */
void jobs_watch(struct jobs *jobs, struct store *store);
/* Says that a job may have been added: the runner looks at once rather than at its next second. */
void jobs_wake(struct jobs *jobs);
/* Runs every due job of the watched stores, in the calling thread, until none is left: for tests and rehearsals. */
void jobs_drain(struct jobs *jobs);
/* Lets the jobs under way end (bounded by their lease), then stops. */
void jobs_stop(struct jobs *jobs);

extern const struct migration jobs_migrations[];
extern const size_t jobs_migration_count;

#endif

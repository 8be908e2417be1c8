/* jobs: everything that leaves the process (mail, web call, conversion, timer, purge) is a row, written in the same
 * transaction as its cause, taken with a lease, tried again with back-off and jitter, and kept in sight when it has
 * failed for good. At least once: a handler that may run twice uses the job's key to do its work once, or ends the job
 * in the transaction of its own effect (job_finish). */
#ifndef GUICHET_STORE_JOBS_H
#define GUICHET_STORE_JOBS_H

#include "store/store.h"

#define JOB_PARKED INT64_MAX

struct job {
    int64_t id;
    str kind;       /* « mail.send » */
    str key;        /* may be empty; while a job with this key is known (dead ones too) a second one is not added */
    str payload;    /* JSON */
    instant due;    /* JOB_PARKED: not before job_release */
    bool is_remote; /* it waits for another machine: such jobs have threads of their own, so that timers are exact */
    int attempts;   /* begun before this one */
    instant lease;  /* set by the runner: until when it is ours */
    bool *is_over;  /* the runner's: job_is_over */
};

/* Adds a job: in the transaction of its cause. due 0 is now. After the commit the runner is woken by itself. */
bool job_add(struct tx *tx, const struct job *job, struct err *err);
/* Adds a job of which there is one at a time, without a payload: its key is its kind. */
bool job_add_sole(struct tx *tx, str kind, instant due, struct err *err);
/* Takes back a job that has not run (a timer whose status was left). */
bool job_cancel(struct tx *tx, str key, struct err *err);
/* Makes a parked job due now; nothing where none has this key, or it is due already. */
bool job_release(struct tx *tx, str key, struct err *err);
/* Ends the job that a handler is running, in the transaction of its effect: both are done, or neither. ERR_CONFLICT
 * where the job is no longer ours (its lease ended and another has it, or it was cancelled): let the write fail then.
 */
bool job_finish(struct tx *tx, const struct job *job, struct err *err);
/* The same where the effect stands though the job is another's by now: true then. */
bool job_finish_if_ours(struct tx *tx, const struct job *job, struct err *err);
/* Once a write is on disk that ended the job by job_finish or job_cancel: the runner has nothing more to write. */
void job_is_over(const struct job *job);

/* Does one job, in a worker thread. True: done, the row is deleted. False: tried again later, with err kept in the row;
 * ERR_INVALID or ERR_UNSUPPORTED: given up at once. context is what jobs_start was given. */
typedef bool (*job_fn)(void *context, struct store *store, const struct job *job, struct err *err);
struct job_kind {
    str kind;
    job_fn run;
    int attempts_most; /* then it is dead: kept, shown to the administrator, replayed by hand */
    int lease_seconds; /* longer than run may take: after it another may run the job; 0: two minutes */
    job_fn give_up;    /* instead of run, where it was begun that often and never ended: tells whom it was for; may be
                          NULL */
};

struct jobs; /* the runner: threads that take due jobs of the stores given to it */
/* kinds must live as long. threads: for remote jobs, and thrice as many for the others; 0: jobs run by jobs_drain
 * alone. */
struct jobs *jobs_start(void *context, const struct job_kind *kinds, size_t kind_count, int threads);
/* A store whose jobs are to be run; may be called at any time. */
void jobs_watch(struct jobs *jobs, struct store *store);
/* The runner looks at once rather than when it next would: for tests that move the clock. */
void jobs_wake(struct jobs *jobs);
/* Runs every due job of the watched stores, in the calling thread, until none is left: for tests and rehearsals. */
void jobs_drain(struct jobs *jobs);
/* Whether it has threads that run jobs; false of NULL. */
bool jobs_run_alone(const struct jobs *jobs);
/* Lets the jobs under way end (bounded by their lease), then stops. */
void jobs_stop(struct jobs *jobs);

/* Those that failed, for an administrator: the dead ones, and those that wait for their next try; newest first, those
 * before the given id (0: from the newest). Texts live in the arena. */
struct failed_job {
    struct job job; /* attempts: all that were begun */
    str error;      /* of the last one */
    instant died;   /* 0: it will be tried again */
    instant next;   /* when */
};
struct failed_jobs VEC_OF(struct failed_job);
bool jobs_failed(struct tx *tx, struct arena *arena, int64_t before, int64_t most, struct failed_jobs *out,
                 struct err *err);
/* All that are known whose key begins so, those that wait for their first try too: error empty, died 0. */
bool jobs_about(struct tx *tx, struct arena *arena, str prefix, struct failed_jobs *out, struct err *err);
/* Makes a failed job due now, its attempts forgotten. ERR_NOT_FOUND where it is none. */
bool job_replay(struct tx *tx, int64_t id, struct err *err);
/* All that failed; how many. */
bool jobs_replay_all(struct tx *tx, int64_t *replayed, struct err *err);

/* Those that wait whose key begins so, the soonest first: for rehearsals, which move the clock to them. */
struct waiting_jobs VEC_OF(struct job);
bool jobs_waiting(struct tx *tx, struct arena *arena, str prefix, struct waiting_jobs *out, struct err *err);

/* Each store's opener passes these with its own. */
extern const struct migration jobs_migrations[];
extern const size_t jobs_migration_count;

#endif

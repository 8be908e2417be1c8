/* Drafts that have expired are deleted, once a day. */
#include "forms/forms.h"

enum { PURGED_AT_ONCE = 500 };

bool drafts_schedule_purge(struct tx *tx, void *unused, struct err *err)
{
    (void)unused;
    return job_add_sole(tx, STR(DRAFTS_PURGE_JOB), 0, err);
}

static bool purge(struct tx *tx, void *arg, struct err *err)
{
    const struct job *job = arg;
    instant now = instant_now();
    int64_t deleted = 0;
    return drafts_purge(tx, now, PURGED_AT_ONCE, &deleted, err) && job_finish(tx, job, err) &&
           job_add_sole(tx, STR(DRAFTS_PURGE_JOB), deleted < PURGED_AT_ONCE ? now + INSTANT_DAY : now, err);
}

bool drafts_run_purge_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    struct job ended = *job;
    return store_write(store, purge, &ended, err);
}

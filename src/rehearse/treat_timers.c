/* What waits for its time in a rehearsal: it is not waited for, the clock is moved. */
#include "rehearse/treat.h"

struct looking {
    struct arena *arena;
    int64_t dossier;
    struct waiting_jobs jobs;
};

static bool look(struct tx *tx, void *arg, struct err *err)
{
    struct looking *looking = arg;
    looking->jobs.len = 0;
    return jobs_waiting(tx, looking->arena, str_fmt(looking->arena, "timer:%lld:", (long long)looking->dossier),
                        &looking->jobs, err) &&
           jobs_waiting(tx, looking->arena, str_fmt(looking->arena, "global:%lld:", (long long)looking->dossier),
                        &looking->jobs, err);
}

struct waiting_jobs timers_of(const struct following *following)
{
    struct looking looking = {.arena = following->arena, .dossier = following->filed.id};
    store_read(following->run->stage->site->store, look, &looking, NULL);
    return looking.jobs;
}

str timer_name(const struct following *following, const struct job *job)
{
    str kind, rest, id;
    str_cut(job->key, ':', &kind, &rest);
    str_cut(rest, ':', &id, &rest);
    return str_fmt(following->arena, "%.*s:%.*s", STR_ARG(kind), STR_ARG(rest));
}

bool timer_find(const struct following *following, str name, struct job *job)
{
    struct waiting_jobs jobs = timers_of(following);
    for (size_t i = 0; i < jobs.len; i++) {
        if (!str_eq(timer_name(following, &jobs.at[i]), name))
            continue;
        if (job != NULL)
            *job = jobs.at[i];
        return true;
    }
    return false;
}

bool timer_wait_for(struct following *following, str name)
{
    struct job job;
    if (!timer_find(following, name, &job))
        return false;
    stage_set_ahead(0);
    instant ahead = job.due + INSTANT_SECOND - instant_now();
    stage_set_ahead(ahead > 0 ? ahead : 0);
    run_due(following);
    return true;
}

static bool cancel_all(struct tx *tx, void *arg, struct err *err)
{
    const struct waiting_jobs *jobs = arg;
    for (size_t i = 0; i < jobs->len; i++)
        if (!job_cancel(tx, jobs->at[i].key, err))
            return false;
    return true;
}

void timers_let_go(const struct following *following)
{
    struct waiting_jobs jobs = timers_of(following);
    if (jobs.len > 0)
        store_write(following->run->stage->site->store, cancel_all, &jobs, NULL);
}

/* The runner: one thread looks for due jobs in every watched store and hands them to the workers. When nothing is due
 * it sleeps until the next due time, or until it is woken. */
#include "store/jobs_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    BATCH = 32,
    QUEUE_MOST = 64,
    LOOK_AGAIN_SECONDS = 5, /* jobs that another process added */
    LEASE_DEFAULT = 120,
};

struct watched VEC_OF(struct store *);

struct queued {
    struct queued *next;
    struct arena *arena; /* owns the job's texts */
    struct store *store;
    struct job job;
};

struct jobs {
    void *context;
    const struct job_kind *kinds;
    size_t kind_count;
    struct arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t has_job, wake, has_room;
    struct watched stores;
    struct queued *first, **last;
    int queued;
    bool woken, stopping;
    pthread_t looker, *workers;
    int worker_count;
};

static const struct job_kind *kind_of(const struct jobs *jobs, str kind)
{
    for (size_t i = 0; i < jobs->kind_count; i++)
        if (str_eq(jobs->kinds[i].kind, kind))
            return &jobs->kinds[i];
    return NULL;
}

static int lease_of(str kind, const void *data)
{
    const struct job_kind *known = kind_of(data, kind);
    return known == NULL || known->lease_seconds == 0 ? LEASE_DEFAULT : known->lease_seconds;
}

static bool is_final(const struct job_kind *kind, const struct job *job, const struct err *err)
{
    return kind == NULL || err->code == ERR_INVALID || err->code == ERR_UNSUPPORTED ||
           job->attempts + 1 >= kind->attempts_most;
}

static void run_one(struct jobs *jobs, struct store *store, const struct job *job)
{
    const struct job_kind *kind = kind_of(jobs, job->kind);
    struct job_ending ending = {.job = job};
    if (kind == NULL)
        err_set(&ending.err, ERR_UNSUPPORTED, "Nothing here runs jobs of kind %.*s.", STR_ARG(job->kind));
    else
        ending.ok = kind->run(jobs->context, store, job, &ending.err);
    ending.is_final = !ending.ok && is_final(kind, job, &ending.err);
    if (!ending.ok)
        log_line(ending.is_final ? LOG_ERROR : LOG_WARNING, ending.is_final ? "job.dead" : "job.failed",
                 "kind=%.*s id=%lld attempts=%d message=\"%s\" detail=\"%s\"", STR_ARG(job->kind), (long long)job->id,
                 job->attempts + 1, ending.err.message, ending.err.detail);
    struct err err;
    if (!store_write(store, jobs_end, &ending, &err))
        log_err("job.end", &err); /* its lease will end, and it runs again: at least once */
}

/* Due jobs of one store, leased; they live in a new arena that the caller frees (NULL: none). */
static struct arena *take_due(struct jobs *jobs, struct store *store, struct job_list *out)
{
    struct err err;
    instant next = INT64_MAX, now = instant_now();
    if (!store_read(store, jobs_next_due, &next, &err) || next > now)
        return NULL;
    struct arena *arena = arena_new();
    struct jobs_taken taken = {.arena = arena, .now = now, .most = BATCH, .lease_of = lease_of, .lease_data = jobs};
    if (!store_write(store, jobs_take, &taken, &err) || taken.jobs.len == 0) {
        arena_free(arena);
        return NULL;
    }
    *out = taken.jobs;
    return arena;
}

static void copy_job(struct arena *arena, const struct job *from, struct job *to)
{
    *to = *from;
    to->kind = str_dup(arena, from->kind);
    to->key = str_dup(arena, from->key);
    to->payload = str_dup(arena, from->payload);
}

/* Waits for room: what is leased and not begun would only lose its lease. */
static void enqueue(struct jobs *jobs, struct store *store, const struct job *job)
{
    struct arena *arena = arena_new();
    struct queued *queued = arena_new_of(arena, struct queued);
    queued->arena = arena;
    queued->store = store;
    copy_job(arena, job, &queued->job);
    pthread_mutex_lock(&jobs->lock);
    while (jobs->queued >= QUEUE_MOST && !jobs->stopping)
        pthread_cond_wait(&jobs->has_room, &jobs->lock);
    *jobs->last = queued;
    jobs->last = &queued->next;
    jobs->queued++;
    pthread_cond_signal(&jobs->has_job);
    pthread_mutex_unlock(&jobs->lock);
}

static bool look_at(struct jobs *jobs, struct store *store)
{
    struct job_list list;
    struct arena *arena = take_due(jobs, store, &list);
    if (arena == NULL)
        return false;
    for (size_t i = 0; i < list.len; i++)
        enqueue(jobs, store, &list.at[i]);
    arena_free(arena);
    return true;
}

static size_t store_count(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    size_t count = jobs->stores.len;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

static struct store *store_at(struct jobs *jobs, size_t index)
{
    pthread_mutex_lock(&jobs->lock);
    struct store *store = jobs->stores.at[index];
    pthread_mutex_unlock(&jobs->lock);
    return store;
}

static instant next_due(struct jobs *jobs)
{
    instant soonest = instant_now() + LOOK_AGAIN_SECONDS * INSTANT_SECOND;
    for (size_t i = 0; i < store_count(jobs); i++) {
        instant next = INT64_MAX;
        if (store_read(store_at(jobs, i), jobs_next_due, &next, NULL) && next < soonest)
            soonest = next;
    }
    return soonest;
}

/* Sleeps until then, or until woken; false when stopping. */
static bool sleep_until(struct jobs *jobs, instant then)
{
    int64_t wait = then - instant_now();
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    if (wait > 0) {
        int64_t nanoseconds = until.tv_nsec + wait % INSTANT_SECOND * 1000;
        until.tv_sec += wait / INSTANT_SECOND + nanoseconds / 1000000000;
        until.tv_nsec = nanoseconds % 1000000000;
    }
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->woken && !jobs->stopping && pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until) == 0)
        ;
    jobs->woken = false;
    bool going_on = !jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    return going_on;
}

static bool is_stopping(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool stopping = jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    return stopping;
}

static void *look(void *arg)
{
    struct jobs *jobs = arg;
    do {
        bool found = true;
        while (found && !is_stopping(jobs)) {
            found = false;
            for (size_t i = 0; i < store_count(jobs); i++)
                found = look_at(jobs, store_at(jobs, i)) || found;
        }
    } while (sleep_until(jobs, next_due(jobs)));
    return NULL;
}

static struct queued *dequeue(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    while (jobs->first == NULL && !jobs->stopping)
        pthread_cond_wait(&jobs->has_job, &jobs->lock);
    struct queued *queued = jobs->stopping ? NULL : jobs->first;
    if (queued != NULL) {
        jobs->first = queued->next;
        if (jobs->first == NULL)
            jobs->last = &jobs->first;
        jobs->queued--;
        pthread_cond_signal(&jobs->has_room);
    }
    pthread_mutex_unlock(&jobs->lock);
    return queued;
}

static void *work(void *arg)
{
    struct jobs *jobs = arg;
    for (struct queued *queued; (queued = dequeue(jobs)) != NULL;) {
        run_one(jobs, queued->store, &queued->job);
        arena_free(queued->arena);
    }
    return NULL;
}

struct jobs *jobs_start(void *context, const struct job_kind *kinds, size_t kind_count, int threads)
{
    struct arena *arena = arena_new();
    struct jobs *jobs = arena_new_of(arena, struct jobs);
    *jobs = (struct jobs){.context = context, .kinds = kinds, .kind_count = kind_count, .arena = arena};
    jobs->last = &jobs->first;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->has_job, NULL);
    pthread_cond_init(&jobs->has_room, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    jobs->worker_count = threads;
    jobs->workers = arena_array_of(arena, pthread_t, (size_t)threads);
    for (int i = 0; i < threads; i++)
        pthread_create(&jobs->workers[i], NULL, work, jobs);
    if (threads > 0)
        pthread_create(&jobs->looker, NULL, look, jobs);
    return jobs;
}

void jobs_watch(struct jobs *jobs, struct store *store)
{
    pthread_mutex_lock(&jobs->lock);
    *vec_push(jobs->arena, &jobs->stores) = store;
    pthread_mutex_unlock(&jobs->lock);
    jobs_wake(jobs);
}

void jobs_wake(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->woken = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_drain(struct jobs *jobs)
{
    bool found = true;
    while (found) {
        found = false;
        for (size_t i = 0; i < store_count(jobs); i++) {
            struct job_list list;
            struct arena *arena = take_due(jobs, store_at(jobs, i), &list);
            if (arena == NULL)
                continue;
            found = true;
            for (size_t j = 0; j < list.len; j++)
                run_one(jobs, store_at(jobs, i), &list.at[j]);
            arena_free(arena);
        }
    }
}

void jobs_stop(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_broadcast(&jobs->has_job);
    pthread_cond_broadcast(&jobs->has_room);
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    if (jobs->worker_count > 0)
        pthread_join(jobs->looker, NULL);
    for (int i = 0; i < jobs->worker_count; i++)
        pthread_join(jobs->workers[i], NULL);
    while (jobs->first != NULL) { /* leased and not begun: they run after the next start */
        struct queued *queued = jobs->first;
        jobs->first = queued->next;
        arena_free(queued->arena);
    }
    pthread_cond_destroy(&jobs->has_job);
    pthread_cond_destroy(&jobs->has_room);
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    arena_free(jobs->arena);
}

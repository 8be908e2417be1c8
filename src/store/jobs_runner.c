/* The runner: one thread looks for due jobs in every watched store and hands each to a worker that is free: what is
 * leased is begun at once. When nothing is due, or nobody is free, it sleeps until the next due time or until it is
 * woken. */
#include "store/engine.h"
#include "store/jobs_table.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    BATCH = 32,
    LOOK_AGAIN_SECONDS = 5, /* jobs that another process added */
    LEASE_DEFAULT = 120,
    HELD_WAIT = 20000, /* microseconds */
};

struct watched_store {
    struct store *store;
};
struct watched VEC_OF(struct watched_store);

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
    pthread_cond_t has_job, wake;
    struct watched stores;
    size_t look_first; /* the store to begin with: each in its turn */
    struct queued *first, **last;
    int busy, remote_busy; /* workers that have a job */
    bool wants_worker;     /* the looker left due jobs alone because nobody was free */
    bool woken, stopping;
    bool workers_stop; /* after the looker, so that what it has leased is run */
    _Atomic bool store_failed;
    int64_t forsaken_next; /* steady: when to look for what servers that have ended had taken */
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

/* A job whose last run neither ended nor failed took the process with it: it must not do so for ever. */
static bool give_up(struct jobs *jobs, const struct job_kind *kind, struct store *store, const struct job *job,
                    struct err *err)
{
    if (kind->give_up != NULL && kind->give_up(jobs->context, store, job, err))
        return true;
    return err_set(err, ERR_UNSUPPORTED, "It was begun %d times and never ended.", job->attempts);
}

static bool run_known(struct jobs *jobs, struct store *store, const struct job *job, struct err *err)
{
    const struct job_kind *kind = kind_of(jobs, job->kind);
    if (kind == NULL)
        return err_set(err, ERR_UNSUPPORTED, "Nothing here runs jobs of kind %.*s.", STR_ARG(job->kind));
    if (job->attempts >= kind->attempts_most)
        return give_up(jobs, kind, store, job, err);
    return kind->run(jobs->context, store, job, err);
}

static bool is_final(const struct jobs *jobs, const struct job *job, const struct err *err)
{
    const struct job_kind *kind = kind_of(jobs, job->kind);
    return kind == NULL || err->code == ERR_INVALID || err->code == ERR_UNSUPPORTED ||
           job->attempts + 1 >= kind->attempts_most;
}

static void log_failure(const struct job *job, const struct job_ending *ending)
{
    log_line(ending->is_final ? LOG_ERROR : LOG_WARNING, ending->is_final ? "job.dead" : "job.failed",
             "kind=%.*s id=%lld attempts=%d message=\"%s\" detail=\"%s\"", STR_ARG(job->kind), (long long)job->id,
             job->attempts + 1, ending->err.message, ending->err.detail);
}

static void run_one(struct jobs *jobs, struct store *store, const struct job *job)
{
    struct job_ending ending = {.job = job};
    ending.ok = run_known(jobs, store, job, &ending.err);
    ending.is_final = !ending.ok && is_final(jobs, job, &ending.err);
    if (!ending.ok)
        log_failure(job, &ending);
    struct err err;
    if (!store_write(store, jobs_end, &ending, &err))
        log_err("job.end", &err); /* its lease will end, and it runs again: at least once */
}

/* Due jobs of one store, leased; they live in a new arena that the caller frees (NULL: none). */
static struct arena *take_due(struct jobs *jobs, struct store *store, int most, bool local_only, struct job_list *out)
{
    struct err err;
    instant now = instant_now();
    struct jobs_next next = {local_only, INT64_MAX};
    if (most <= 0 || !store_read(store, jobs_next_look, &next, NULL) || next.at > now)
        return NULL;
    struct arena *arena = arena_new();
    struct jobs_taken taken = {.arena = arena, .now = now, .most = most, .local_only = local_only};
    taken.lease_of = lease_of;
    taken.lease_data = jobs;
    bool ok = store_write(store, jobs_take, &taken, &err);
    if (!ok) {
        log_err("job.take", &err);
        jobs->store_failed = true;
    }
    if (!ok || taken.jobs.len == 0) {
        arena_free(arena);
        return NULL;
    }
    *out = taken.jobs;
    return arena;
}

static void enqueue(struct jobs *jobs, struct store *store, const struct job *job)
{
    struct arena *arena = arena_new();
    struct queued *queued = arena_new_of(arena, struct queued);
    *queued = (struct queued){.arena = arena, .store = store, .job = *job};
    queued->job.kind = str_dup(arena, job->kind);
    queued->job.key = str_dup(arena, job->key);
    queued->job.payload = str_dup(arena, job->payload);
    pthread_mutex_lock(&jobs->lock);
    *jobs->last = queued;
    jobs->last = &queued->next;
    jobs->busy++;
    jobs->remote_busy += job->is_remote;
    pthread_cond_signal(&jobs->has_job);
    pthread_mutex_unlock(&jobs->lock);
}

/* Hands out due jobs of one store, at most so many. */
static bool hand_out(struct jobs *jobs, struct store *store, int most, bool local_only)
{
    struct job_list list;
    struct arena *arena = take_due(jobs, store, most < BATCH ? most : BATCH, local_only, &list);
    if (arena == NULL)
        return false;
    for (size_t i = 0; i < list.len; i++)
        enqueue(jobs, store, &list.at[i]);
    arena_free(arena);
    return true;
}

/* How many workers are free: for any job, and for what waits for no other machine. */
static int free_workers(struct jobs *jobs, bool for_remote)
{
    pthread_mutex_lock(&jobs->lock);
    int spare = jobs->worker_count - jobs->busy;
    int remote = (jobs->worker_count > 1 ? jobs->worker_count - 1 : 1) - jobs->remote_busy;
    int count = for_remote && remote < spare ? remote : spare;
    jobs->wants_worker = jobs->wants_worker || count <= 0;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

static bool look_at(struct jobs *jobs, struct store *store)
{
    bool found = hand_out(jobs, store, free_workers(jobs, true), false);
    return hand_out(jobs, store, free_workers(jobs, false), true) || found;
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
    struct store *store = jobs->stores.at[index].store;
    pthread_mutex_unlock(&jobs->lock);
    return store;
}

/* When the first job that someone is free for is to be looked at. What waits for a worker is not waited for here: the
 * worker wakes us. */
static instant first_look(struct jobs *jobs, instant soonest)
{
    bool local_only = free_workers(jobs, true) <= 0;
    for (size_t i = 0; i < store_count(jobs); i++) {
        struct jobs_next next = {local_only, INT64_MAX};
        if (store_read(store_at(jobs, i), jobs_next_look, &next, NULL) && next.at < soonest)
            soonest = next.at;
    }
    return soonest;
}

/* A due job that could not be taken is held by another process for a moment, or the store can't be written. */
static instant next_look(struct jobs *jobs)
{
    instant now = instant_now(), latest = now + LOOK_AGAIN_SECONDS * INSTANT_SECOND;
    if (atomic_exchange(&jobs->store_failed, false) || free_workers(jobs, false) <= 0)
        return latest;
    instant soonest = first_look(jobs, latest);
    return soonest > now ? soonest : now + HELD_WAIT;
}

/* Sleeps until then, or until woken; false when stopping. */
static bool sleep_until(struct jobs *jobs, instant then)
{
    int64_t until = steady_now() + (then - instant_now());
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->woken && !jobs->stopping && steady_wait(&jobs->wake, &jobs->lock, until))
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

static void take_back(struct store *store)
{
    struct err err = {0};
    bool found = false;
    if (store_read(store, jobs_are_forsaken, &found, NULL) && found && !store_write(store, jobs_give_back, NULL, &err))
        log_err("jobs.give_back", &err); /* then the leases end by themselves */
}

/* What servers that have ended had taken is due again: at our first look, and every few seconds. */
static void take_all_back(struct jobs *jobs)
{
    size_t count = store_count(jobs);
    if (steady_now() < jobs->forsaken_next || count == 0)
        return;
    jobs->forsaken_next = steady_now() + LOOK_AGAIN_SECONDS * INSTANT_SECOND;
    if (!stores_are_served(store_at(jobs, 0)->stores))
        return;
    for (size_t i = 0; i < count; i++)
        take_back(store_at(jobs, i));
}

/* Every store once, beginning with another one each time. */
static bool look_at_all(struct jobs *jobs)
{
    bool found = false;
    take_all_back(jobs);
    size_t count = store_count(jobs), first = jobs->look_first++;
    for (size_t i = 0; i < count; i++)
        found = look_at(jobs, store_at(jobs, (first + i) % count)) || found;
    return found;
}

static void *look(void *arg)
{
    struct jobs *jobs = arg;
    do {
        while (!is_stopping(jobs) && look_at_all(jobs))
            ;
    } while (sleep_until(jobs, next_look(jobs)));
    return NULL;
}

static struct queued *dequeue(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    while (jobs->first == NULL && !jobs->workers_stop)
        pthread_cond_wait(&jobs->has_job, &jobs->lock);
    struct queued *queued = jobs->first;
    if (queued != NULL) {
        jobs->first = queued->next;
        if (jobs->first == NULL)
            jobs->last = &jobs->first;
    }
    pthread_mutex_unlock(&jobs->lock);
    return queued;
}

static void become_free(struct jobs *jobs, const struct job *job)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->busy--;
    jobs->remote_busy -= job->is_remote;
    if (jobs->wants_worker) {
        jobs->wants_worker = false;
        jobs->woken = true;
        pthread_cond_signal(&jobs->wake);
    }
    pthread_mutex_unlock(&jobs->lock);
}

static void *work(void *arg)
{
    struct jobs *jobs = arg;
    for (struct queued *queued; (queued = dequeue(jobs)) != NULL;) {
        run_one(jobs, queued->store, &queued->job);
        become_free(jobs, &queued->job);
        arena_free(queued->arena);
    }
    return NULL;
}

static void init_locks(struct jobs *jobs)
{
    steady_cond_init(&jobs->wake);
    pthread_cond_init(&jobs->has_job, NULL);
    pthread_mutex_init(&jobs->lock, NULL);
}

struct jobs *jobs_start(void *context, const struct job_kind *kinds, size_t kind_count, int threads)
{
    struct arena *arena = arena_new();
    struct jobs *jobs = arena_new_of(arena, struct jobs);
    *jobs = (struct jobs){.context = context, .kinds = kinds, .kind_count = kind_count, .arena = arena};
    jobs->last = &jobs->first;
    jobs->worker_count = threads;
    jobs->workers = arena_array_of(arena, pthread_t, (size_t)threads);
    init_locks(jobs);
    for (int i = 0; i < threads; i++)
        pthread_create(&jobs->workers[i], NULL, work, jobs);
    if (threads > 0)
        pthread_create(&jobs->looker, NULL, look, jobs);
    return jobs;
}

static void wake_for(void *watcher)
{
    jobs_wake(watcher);
}

static void set_watcher(struct store *store, struct jobs *jobs)
{
    pthread_mutex_lock(&store->watch_lock);
    store->jobs_added = jobs == NULL ? NULL : wake_for;
    store->watcher = jobs;
    pthread_mutex_unlock(&store->watch_lock);
}

void jobs_watch(struct jobs *jobs, struct store *store)
{
    pthread_mutex_lock(&jobs->lock);
    *vec_push(jobs->arena, &jobs->stores) = (struct watched_store){store};
    pthread_mutex_unlock(&jobs->lock);
    set_watcher(store, jobs);
    jobs_wake(jobs);
}

void jobs_wake(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->woken = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
}

static bool drain_store(struct jobs *jobs, struct store *store)
{
    struct job_list list;
    struct arena *arena = take_due(jobs, store, BATCH, false, &list);
    if (arena == NULL)
        return false;
    for (size_t i = 0; i < list.len; i++)
        run_one(jobs, store, &list.at[i]);
    arena_free(arena);
    return true;
}

void jobs_drain(struct jobs *jobs)
{
    take_all_back(jobs);
    for (bool found = true; found;) {
        found = false;
        for (size_t i = 0; i < store_count(jobs); i++)
            found = drain_store(jobs, store_at(jobs, i)) || found;
    }
}

bool jobs_run_alone(const struct jobs *jobs)
{
    return jobs != NULL && jobs->worker_count > 0;
}

static void stop_looker(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    if (jobs->worker_count > 0)
        pthread_join(jobs->looker, NULL);
}

static void stop_workers(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->workers_stop = true;
    pthread_cond_broadcast(&jobs->has_job);
    pthread_mutex_unlock(&jobs->lock);
    for (int i = 0; i < jobs->worker_count; i++)
        pthread_join(jobs->workers[i], NULL);
}

void jobs_stop(struct jobs *jobs)
{
    for (size_t i = 0; i < store_count(jobs); i++)
        set_watcher(store_at(jobs, i), NULL);
    stop_looker(jobs);
    stop_workers(jobs);
    pthread_cond_destroy(&jobs->has_job);
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    arena_free(jobs->arena);
}

/* The runner: one thread looks for due jobs in every watched store and hands them to workers. Jobs that wait for
 * another machine have workers of their own, and each is leased when one is free: it is begun at once. Of the others,
 * which are short, each worker may have one more ahead, so that many are leased by one write. When nothing is due, or
 * nobody is free, the looker sleeps until the next due time or until it is woken. */
#include "store/engine.h"
#include "store/jobs_table.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    BATCH = 64,
    LOOK_AGAIN_SECONDS = 5, /* jobs that another process added */
    LEASE_DEFAULT = 120,
    HELD_WAIT = 20000, /* microseconds */
    LOCAL_WORKERS = 3, /* for each that waits for other machines: they wait for the disk, and share its commits */
    NICENESS = 10,     /* a tenth of the share of a thread that answers */
    LOCAL_AHEAD = 2,   /* of its own jobs, a worker has one under way and one ahead */
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

/* Workers, and what they have. */
struct crew {
    struct jobs *jobs;
    bool is_remote;
    pthread_cond_t has_job;
    struct queued *first, **last;
    int busy;          /* jobs that were handed out and are not ended */
    int most;          /* of these */
    bool wants_worker; /* the looker left due jobs alone because it had no room */
    pthread_t *workers;
    int worker_count;
};

enum { LOCAL_CREW, REMOTE_CREW, CREWS };

struct jobs {
    void *context;
    const struct job_kind *kinds;
    size_t kind_count;
    struct arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct watched stores;
    size_t look_first; /* the store to begin with: each in its turn */
    struct crew crews[CREWS];
    bool woken, stopping;
    bool workers_stop; /* after the looker, so that what it has leased is run */
    _Atomic bool store_failed;
    int64_t forsaken_next; /* steady: when to look for what servers that have ended had taken */
    pthread_t looker;
    bool has_threads;
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

static void run_one(struct jobs *jobs, struct store *store, struct job *job)
{
    struct job_ending ending = {.job = job};
    bool is_over = false;
    job->is_over = &is_over;
    ending.ok = run_known(jobs, store, job, &ending.err);
    ending.is_final = !ending.ok && is_final(jobs, job, &ending.err);
    if (!ending.ok)
        log_failure(job, &ending);
    struct err err;
    if (!(ending.ok && is_over) && !store_write(store, jobs_end, &ending, &err))
        log_err("job.end", &err); /* its lease will end, and it runs again: at least once */
}

/* Due jobs of one store, leased; they live in a new arena that the caller frees (NULL: none). */
static struct arena *take_due(struct jobs *jobs, struct store *store, int most, bool is_remote, struct job_list *out)
{
    struct err err;
    struct arena *arena = arena_new();
    struct jobs_taken taken = {.arena = arena, .now = instant_now(), .most = most, .is_remote = is_remote};
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

static void enqueue(struct crew *crew, struct store *store, const struct job *job)
{
    struct arena *arena = arena_new();
    struct queued *queued = arena_new_of(arena, struct queued);
    *queued = (struct queued){.arena = arena, .store = store, .job = *job};
    queued->job.kind = str_dup(arena, job->kind);
    queued->job.key = str_dup(arena, job->key);
    queued->job.payload = str_dup(arena, job->payload);
    pthread_mutex_lock(&crew->jobs->lock);
    *crew->last = queued;
    crew->last = &queued->next;
    crew->busy++;
    pthread_cond_signal(&crew->has_job);
    pthread_mutex_unlock(&crew->jobs->lock);
}

/* How many more jobs a crew may be given. */
static int room_of(struct crew *crew)
{
    pthread_mutex_lock(&crew->jobs->lock);
    int room = crew->most - crew->busy;
    crew->wants_worker = crew->wants_worker || room <= 0;
    pthread_mutex_unlock(&crew->jobs->lock);
    return room;
}

/* Hands out due jobs of one store. */
static bool hand_out(struct crew *crew, struct store *store, int room)
{
    struct job_list list;
    struct arena *arena = take_due(crew->jobs, store, room < BATCH ? room : BATCH, crew->is_remote, &list);
    if (arena == NULL)
        return false;
    for (size_t i = 0; i < list.len; i++)
        enqueue(crew, store, &list.at[i]);
    arena_free(arena);
    return true;
}

/* True: it was given some. Else soonest says when there is something to do for it; what waits for a worker is not
 * waited for: the worker wakes us. */
static bool look_for(struct crew *crew, struct store *store, instant at, instant *soonest)
{
    bool is_due = at <= instant_now();
    int room = is_due ? room_of(crew) : 0;
    if ((!is_due || room > 0) && at < *soonest)
        *soonest = at;
    return room > 0 && hand_out(crew, store, room);
}

static struct jobs_next next_in(struct store *store)
{
    struct jobs_next next;
    return store_read(store, jobs_next_look, &next, NULL) ? next : (struct jobs_next){INT64_MAX, INT64_MAX};
}

static bool look_at(struct jobs *jobs, struct store *store, instant *soonest)
{
    struct jobs_next next = next_in(store);
    bool found = look_for(&jobs->crews[LOCAL_CREW], store, next.local, soonest);
    return look_for(&jobs->crews[REMOTE_CREW], store, next.remote, soonest) || found;
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

/* A due job that could not be taken is held by another process for a moment, or the store can't be written. */
static instant next_look(struct jobs *jobs, instant soonest)
{
    instant now = instant_now(), latest = now + LOOK_AGAIN_SECONDS * INSTANT_SECOND;
    if (atomic_exchange(&jobs->store_failed, false) || soonest > latest)
        return latest;
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

/* Every store once, beginning with another one each time. Where nothing was found, soonest says when to look again. */
static bool look_at_all(struct jobs *jobs, instant *soonest)
{
    bool found = false;
    *soonest = INT64_MAX;
    take_all_back(jobs);
    size_t count = store_count(jobs), first = jobs->look_first++;
    for (size_t i = 0; i < count; i++)
        found = look_at(jobs, store_at(jobs, (first + i) % count), soonest) || found;
    return found;
}

/* People come first: what runs by itself takes a smaller share of a busy processor. Linux has a niceness a thread. */
static void be_nice(void)
{
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
}

static void *look(void *arg)
{
    struct jobs *jobs = arg;
    instant soonest = INT64_MAX;
    be_nice();
    do {
        while (!is_stopping(jobs) && look_at_all(jobs, &soonest))
            ;
    } while (sleep_until(jobs, next_look(jobs, soonest)));
    return NULL;
}

static struct queued *dequeue(struct crew *crew)
{
    pthread_mutex_lock(&crew->jobs->lock);
    while (crew->first == NULL && !crew->jobs->workers_stop)
        pthread_cond_wait(&crew->has_job, &crew->jobs->lock);
    struct queued *queued = crew->first;
    if (queued != NULL) {
        crew->first = queued->next;
        if (crew->first == NULL)
            crew->last = &crew->first;
    }
    pthread_mutex_unlock(&crew->jobs->lock);
    return queued;
}

/* The looker is woken when no worker has one ahead any more: it then hands out many at once. */
static void become_free(struct crew *crew)
{
    struct jobs *jobs = crew->jobs;
    pthread_mutex_lock(&jobs->lock);
    crew->busy--;
    if (crew->wants_worker && crew->first == NULL) {
        crew->wants_worker = false;
        jobs->woken = true;
        pthread_cond_signal(&jobs->wake);
    }
    pthread_mutex_unlock(&jobs->lock);
}

static void *work(void *arg)
{
    struct crew *crew = arg;
    be_nice();
    for (struct queued *queued; (queued = dequeue(crew)) != NULL;) {
        run_one(crew->jobs, queued->store, &queued->job);
        become_free(crew);
        arena_free(queued->arena);
    }
    return NULL;
}

static void start_crew(struct jobs *jobs, bool is_remote, int count)
{
    struct crew *crew = &jobs->crews[is_remote ? REMOTE_CREW : LOCAL_CREW];
    *crew = (struct crew){.jobs = jobs, .is_remote = is_remote, .worker_count = count};
    crew->most = is_remote ? count : count * LOCAL_AHEAD;
    crew->last = &crew->first;
    crew->workers = arena_array_of(jobs->arena, pthread_t, (size_t)count);
    pthread_cond_init(&crew->has_job, NULL);
    for (int i = 0; i < count; i++)
        pthread_create(&crew->workers[i], NULL, work, crew);
}

struct jobs *jobs_start(void *context, const struct job_kind *kinds, size_t kind_count, int threads)
{
    struct arena *arena = arena_new();
    struct jobs *jobs = arena_new_of(arena, struct jobs);
    *jobs = (struct jobs){.context = context, .kinds = kinds, .kind_count = kind_count, .arena = arena};
    jobs->has_threads = threads > 0;
    steady_cond_init(&jobs->wake);
    pthread_mutex_init(&jobs->lock, NULL);
    start_crew(jobs, false, threads * LOCAL_WORKERS);
    start_crew(jobs, true, threads);
    if (jobs->has_threads)
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

static bool drain_store(struct jobs *jobs, struct store *store, bool is_remote)
{
    struct job_list list;
    struct jobs_next next = next_in(store);
    bool is_due = (is_remote ? next.remote : next.local) <= instant_now();
    struct arena *arena = is_due ? take_due(jobs, store, BATCH, is_remote, &list) : NULL;
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
        for (size_t i = 0; i < store_count(jobs); i++) {
            found = drain_store(jobs, store_at(jobs, i), false) || found;
            found = drain_store(jobs, store_at(jobs, i), true) || found;
        }
    }
}

bool jobs_run_alone(const struct jobs *jobs)
{
    return jobs != NULL && jobs->has_threads;
}

static void stop_looker(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    if (jobs->has_threads)
        pthread_join(jobs->looker, NULL);
}

static void stop_workers(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->workers_stop = true;
    for (int i = 0; i < CREWS; i++)
        pthread_cond_broadcast(&jobs->crews[i].has_job);
    pthread_mutex_unlock(&jobs->lock);
    for (int i = 0; i < CREWS; i++) {
        for (int k = 0; k < jobs->crews[i].worker_count; k++)
            pthread_join(jobs->crews[i].workers[k], NULL);
        pthread_cond_destroy(&jobs->crews[i].has_job);
    }
}

void jobs_stop(struct jobs *jobs)
{
    for (size_t i = 0; i < store_count(jobs); i++)
        set_watcher(store_at(jobs, i), NULL);
    stop_looker(jobs);
    stop_workers(jobs);
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    arena_free(jobs->arena);
}

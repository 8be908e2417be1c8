#include "stores.h"

#include "store/jobs_table.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define STORE_OR_SKIP(test)                                                                                            \
    struct test_stores *test = *state;                                                                                 \
    if (test == NULL)                                                                                                  \
        skip();                                                                                                        \
    struct err err = {0};                                                                                              \
    struct store *store = store_open(test->stores, test->name, jobs_migrations, jobs_migration_count, &err);           \
    assert_non_null(store)

static _Atomic int runs;
static enum err_code answer;

static bool count_run(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    (void)store;
    assert_str(job->payload, "{\"a\":1}");
    atomic_fetch_add(&runs, 1);
    return answer == ERR_NONE || err_set(err, answer, "as asked");
}

static const struct job_kind kinds[] = {{STR_INIT("test.count"), count_run, 3, 5}};

static bool add(struct tx *tx, void *arg, struct err *err)
{
    return job_add(tx, arg, err);
}

static bool cancel(struct tx *tx, void *arg, struct err *err)
{
    return job_cancel(tx, *(str *)arg, err);
}

static instant fake_now;
static instant fake_clock(void)
{
    return fake_now;
}

static struct job job_due(instant due, str key)
{
    return (struct job){.kind = STR("test.count"), .key = key, .payload = STR("{\"a\":1}"), .due = due};
}

static void a_job_runs_when_it_is_due_and_once(void **state)
{
    STORE_OR_SKIP(test);
    fake_now = 1000 * INSTANT_SECOND;
    instant_set_clock(fake_clock);
    atomic_store(&runs, 0);
    answer = ERR_NONE;
    struct jobs *jobs = jobs_start(NULL, kinds, 1, 0);
    jobs_watch(jobs, store);
    struct job job = job_due(fake_now + 10 * INSTANT_SECOND, STR("timer"));
    assert_true(store_write(store, add, &job, &err));
    assert_true(store_write(store, add, &job, &err)); /* the same key: not added again */
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 0);
    fake_now += 10 * INSTANT_SECOND;
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 1);
    fake_now += 1000 * INSTANT_SECOND;
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 1);
    jobs_stop(jobs);
    instant_set_clock(NULL);
}

static void a_cancelled_job_does_not_run(void **state)
{
    STORE_OR_SKIP(test);
    atomic_store(&runs, 0);
    struct jobs *jobs = jobs_start(NULL, kinds, 1, 0);
    jobs_watch(jobs, store);
    struct job job = job_due(0, STR("timer"));
    str key = STR("timer");
    assert_true(store_write(store, add, &job, &err));
    assert_true(store_write(store, cancel, &key, &err));
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 0);
    jobs_stop(jobs);
}

struct listing {
    struct arena *arena;
    struct failed_jobs failed;
};

static bool list_failed(struct tx *tx, void *arg, struct err *err)
{
    struct listing *listing = arg;
    listing->failed.len = 0;
    return jobs_failed(tx, listing->arena, 0, 10, &listing->failed, err);
}

static bool replay(struct tx *tx, void *arg, struct err *err)
{
    return job_replay(tx, *(int64_t *)arg, err);
}

static void a_job_that_fails_is_tried_later_then_kept_in_sight_and_replayed(void **state)
{
    STORE_OR_SKIP(test);
    fake_now = 5000 * INSTANT_SECOND;
    instant_set_clock(fake_clock);
    atomic_store(&runs, 0);
    answer = ERR_UNAVAILABLE;
    struct jobs *jobs = jobs_start(NULL, kinds, 1, 0);
    jobs_watch(jobs, store);
    struct job job = job_due(0, STR_EMPTY);
    assert_true(store_write(store, add, &job, &err));
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 1); /* not at once again */
    struct listing listing = {.arena = test->arena};
    assert_true(store_read(store, list_failed, &listing, &err));
    assert_int_equal(listing.failed.len, 1);
    assert_true(listing.failed.at[0].died == 0 && listing.failed.at[0].next > fake_now);
    for (int i = 0; i < 10; i++) {
        fake_now += 3600 * INSTANT_SECOND;
        jobs_drain(jobs);
    }
    assert_int_equal(atomic_load(&runs), 3);
    assert_true(store_read(store, list_failed, &listing, &err));
    assert_int_equal(listing.failed.len, 1);
    assert_str(listing.failed.at[0].error, "as asked");
    assert_true(listing.failed.at[0].died > 0);
    answer = ERR_NONE;
    assert_true(store_write(store, replay, &listing.failed.at[0].job.id, &err));
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 4);
    assert_false(store_write(store, replay, &listing.failed.at[0].job.id, &err));
    jobs_stop(jobs);
    instant_set_clock(NULL);
}

/* Waits for so many runs, five seconds at most. */
static void wait_for_runs(int wanted)
{
    for (int i = 0; i < 1000 && atomic_load(&runs) < wanted; i++)
        usleep(5000);
    assert_int_equal(atomic_load(&runs), wanted);
}

static void threads_run_jobs_as_they_come_without_being_told(void **state)
{
    STORE_OR_SKIP(test);
    atomic_store(&runs, 0);
    answer = ERR_NONE;
    struct jobs *jobs = jobs_start(NULL, kinds, 1, 2);
    jobs_watch(jobs, store);
    instant began = instant_now();
    for (int i = 0; i < 100; i++) {
        struct job job = job_due(0, STR_EMPTY);
        assert_true(store_write(store, add, &job, &err));
    }
    wait_for_runs(100);
    assert_true(instant_now() - began < 4 * INSTANT_SECOND); /* it did not wait for its next look */
    jobs_stop(jobs);
}

static int64_t cpu_microseconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * INSTANT_SECOND + used.tv_nsec / 1000;
}

static instant ran_at;

static bool note_time(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    (void)store;
    (void)job;
    (void)err;
    ran_at = instant_now();
    atomic_fetch_add(&runs, 1);
    return true;
}

static void a_timer_rings_on_its_time_and_waiting_costs_nothing(void **state)
{
    static const struct job_kind timers[] = {{STR_INIT("test.count"), note_time, 3, 5}};
    STORE_OR_SKIP(test);
    atomic_store(&runs, 0);
    struct jobs *jobs = jobs_start(NULL, timers, 1, 2);
    jobs_watch(jobs, store);
    struct job job = job_due(instant_now() + 3 * INSTANT_SECOND / 2, STR_EMPTY);
    assert_true(store_write(store, add, &job, &err));
    usleep(300000);
    int64_t used = cpu_microseconds();
    usleep(900000);
    assert_true(cpu_microseconds() - used < 20000);
    wait_for_runs(1);
    assert_true(ran_at >= job.due && ran_at < job.due + INSTANT_SECOND / 2);
    jobs_stop(jobs);
}

static _Atomic bool relay_answers;

static bool wait_for_relay(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    (void)store;
    (void)job;
    (void)err;
    while (!atomic_load(&relay_answers))
        usleep(1000);
    return true;
}

static void jobs_that_wait_for_a_relay_leave_a_thread_to_the_others(void **state)
{
    static const struct job_kind mixed[] = {{STR_INIT("test.count"), note_time, 3, 5},
                                            {STR_INIT("test.mail"), wait_for_relay, 3, 60}};
    STORE_OR_SKIP(test);
    atomic_store(&runs, 0);
    atomic_store(&relay_answers, false);
    struct jobs *jobs = jobs_start(NULL, mixed, 2, 2);
    jobs_watch(jobs, store);
    struct job mail = {.kind = STR("test.mail"), .payload = STR("{}"), .is_remote = true};
    for (int i = 0; i < 10; i++)
        assert_true(store_write(store, add, &mail, &err));
    for (int i = 0; i < 10; i++) {
        struct job timer = job_due(0, STR_EMPTY);
        assert_true(store_write(store, add, &timer, &err));
    }
    wait_for_runs(10);
    atomic_store(&relay_answers, true);
    jobs_stop(jobs);
}

static struct job taken_before;

static bool remember(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    (void)store;
    taken_before = *job;
    taken_before.kind = taken_before.key = taken_before.payload = STR_EMPTY;
    atomic_fetch_add(&runs, 1);
    return err_set(err, ERR_UNAVAILABLE, "not now");
}

static bool finish(struct tx *tx, void *arg, struct err *err)
{
    return job_finish(tx, arg, err);
}

static bool finish_in_its_own_write(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    struct job own = *job;
    atomic_fetch_add(&runs, 1);
    return store_write(store, finish, &own, err);
}

static void a_lease_that_ended_lets_another_run_the_job_and_only_that_one_end_it(void **state)
{
    static const struct job_kind first[] = {{STR_INIT("test.count"), remember, 9, 5}};
    static const struct job_kind second[] = {{STR_INIT("test.count"), finish_in_its_own_write, 9, 5}};
    STORE_OR_SKIP(test);
    fake_now = 9000 * INSTANT_SECOND;
    instant_set_clock(fake_clock);
    atomic_store(&runs, 0);
    struct job job = job_due(0, STR_EMPTY);
    assert_true(store_write(store, add, &job, &err));
    struct jobs *jobs = jobs_start(NULL, first, 1, 0), *others = jobs_start(NULL, second, 1, 0);
    jobs_watch(jobs, store);
    jobs_watch(others, store);
    jobs_drain(jobs);
    jobs_drain(others); /* it is put off, and not theirs */
    assert_int_equal(atomic_load(&runs), 1);
    assert_false(store_write(store, finish, &taken_before, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    fake_now += 60 * INSTANT_SECOND;
    jobs_drain(others);
    assert_int_equal(atomic_load(&runs), 2);
    fake_now += 3600 * INSTANT_SECOND;
    jobs_drain(others);
    assert_int_equal(atomic_load(&runs), 2);
    jobs_stop(jobs);
    jobs_stop(others);
    instant_set_clock(NULL);
}

static bool begin_often(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    return tx_run(tx, "UPDATE job SET attempts = 3", err);
}

static _Atomic int given_up;

static bool note_given_up(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)context;
    (void)store;
    atomic_fetch_add(&given_up, 1);
    return err_set(err, ERR_UNAVAILABLE, "told: %d", job->attempts);
}

static void a_job_that_takes_the_process_with_it_is_not_begun_for_ever(void **state)
{
    static const struct job_kind deadly[] = {{STR_INIT("test.count"), count_run, 3, 5, note_given_up}};
    STORE_OR_SKIP(test);
    atomic_store(&given_up, 0);
    atomic_store(&runs, 0);
    struct job job = job_due(0, STR_EMPTY);
    assert_true(store_write(store, add, &job, &err));
    assert_true(store_write(store, begin_often, NULL, &err)); /* three leases ended without a word */
    struct jobs *jobs = jobs_start(NULL, deadly, 1, 0);
    jobs_watch(jobs, store);
    jobs_drain(jobs);
    assert_int_equal(atomic_load(&runs), 0);
    assert_int_equal(atomic_load(&given_up), 1);
    struct listing listing = {.arena = test->arena};
    assert_true(store_read(store, list_failed, &listing, &err));
    assert_int_equal(listing.failed.len, 1);
    assert_str(listing.failed.at[0].error, "It was begun 3 times and never ended.");
    jobs_stop(jobs);
}

/* Another process on the same database. */
struct other {
    struct stores *stores;
    struct store *store;
};

static struct other other_server(const struct test_stores *test)
{
    struct err err = {0};
    struct other other = {.stores = stores_open(test->url, &err)};
    assert_non_null(other.stores);
    assert_true(stores_serve(other.stores, &err));
    other.store = store_open(other.stores, test->name, jobs_migrations, jobs_migration_count, &err);
    assert_non_null(other.store);
    return other;
}

static int five_seconds(str kind, const void *data)
{
    (void)kind;
    (void)data;
    return 5;
}

static int drain(struct store *store)
{
    atomic_store(&runs, 0);
    struct jobs *jobs = jobs_start(NULL, kinds, 1, 0);
    jobs_watch(jobs, store);
    jobs_drain(jobs);
    jobs_stop(jobs);
    return atomic_load(&runs);
}

static void what_a_server_that_has_ended_had_taken_is_due_again_and_timers_are_left_alone(void **state)
{
    STORE_OR_SKIP(test);
    fake_now = 9000 * INSTANT_SECOND;
    instant_set_clock(fake_clock);
    struct job job = job_due(0, STR_EMPTY), timer = job_due(fake_now + INSTANT_SECOND, STR("timer"));
    struct other killed = other_server(test);
    struct jobs_taken taken = {.arena = test->arena, .now = fake_now, .most = 9, .lease_of = five_seconds};
    assert_true(store_write(killed.store, add, &job, &err));
    assert_true(store_write(killed.store, add, &timer, &err));
    assert_true(store_write(killed.store, jobs_take, &taken, &err));
    assert_int_equal(taken.jobs.len, 1);
    bool may_serve_beside = stores_engine(test->stores) == STORE_POSTGRES;
    assert_int_equal(stores_serve(test->stores, &err), may_serve_beside);
    assert_int_equal(drain(store), 0); /* it is there yet */
    stores_close(killed.stores);
    assert_true(may_serve_beside || stores_serve(test->stores, &err));
    int found = drain(store);
    for (int i = 0; i < 500 && found == 0; i++) { /* PostgreSQL sees the end of a session a moment later */
        usleep(10000);
        found = drain(store);
    }
    assert_int_equal(found, 1);
    instant_set_clock(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH_STORES(a_job_runs_when_it_is_due_and_once),
        ON_BOTH_STORES(a_cancelled_job_does_not_run),
        ON_BOTH_STORES(what_a_server_that_has_ended_had_taken_is_due_again_and_timers_are_left_alone),
        ON_BOTH_STORES(a_job_that_fails_is_tried_later_then_kept_in_sight_and_replayed),
        ON_BOTH_STORES(threads_run_jobs_as_they_come_without_being_told),
        ON_BOTH_STORES(a_timer_rings_on_its_time_and_waiting_costs_nothing),
        ON_BOTH_STORES(jobs_that_wait_for_a_relay_leave_a_thread_to_the_others),
        ON_BOTH_STORES(a_lease_that_ended_lets_another_run_the_job_and_only_that_one_end_it),
        ON_BOTH_STORES(a_job_that_takes_the_process_with_it_is_not_begun_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

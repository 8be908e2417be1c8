/* Group commit: one thread at a time writes to a database. It takes every write that waits, runs them in one
 * transaction, each undone alone if it fails, and only after the commit tells those who wait. While one commit is on
 * its way to the disk the next ones gather: the busier, the fewer fsyncs a write. Who comes when nobody writes commits
 * its write itself; the rest is done by a thread of the writer's own.
 *
 * Who waited for one commit mostly comes again after it. So a group is held for a moment until as many are there as
 * came at once before: a commit of thirty costs little more than one of three, and while it is on its way to the disk
 * the others have work to do.
 *
 * The write-ahead log is copied back into the database by a second thread, without holding the writer. */
#include "store/sqlite.h"

#include <sched.h>
#include <sqlite3.h>
#include <stdlib.h>

enum {
    GROUP_MOST = 1024,
    GROUP_ENOUGH = 32,     /* more would not make a commit much cheaper for each */
    HOLD_COMMITS = 4,      /* a group is held no longer than so many commits take, */
    HOLD_MOST = 10000,     /* and so many microseconds */
    PASS_PAGES = 4000,     /* copy the log back each time it has grown so much */
    RESTART_PAGES = 12000, /* a log that is never idle only grows: begin it again from here */
    RESTART_WAIT_MS = 20,  /* for readers of its end, and not longer */
    BUSY_WAIT_MS = 10000,  /* for another process's write */
};

struct writer {
    struct store *store;
    struct connection *connection;
    struct connection *copier; /* copies the log back */
    pthread_t thread, copier_thread;
    pthread_mutex_t lock;
    pthread_cond_t has_work, has_pages;
    struct write *first, **last;
    int waiting;     /* in the list */
    int at_once;     /* so many come at once; a group is held until it has so many */
    int64_t took;    /* microseconds; the thread's last commit */
    int log_pages;   /* after the last commit */
    int next_pass;   /* the length at which to copy back next */
    int restart_at;  /* the length at which to begin again next; of who holds the connection */
    bool is_writing; /* somebody holds the connection */
    bool stopping;
    long failures; /* commits in a row; of who holds the connection */
};

static int note_log_size(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    struct writer *writer = arg;
    pthread_mutex_lock(&writer->lock);
    if (pages < writer->log_pages) { /* it began again */
        writer->next_pass = PASS_PAGES;
        writer->restart_at = RESTART_PAGES;
    }
    writer->log_pages = pages;
    if (pages >= writer->next_pass)
        pthread_cond_signal(&writer->has_pages);
    pthread_mutex_unlock(&writer->lock);
    return SQLITE_OK;
}

/* Under the lock, which it lets go while it waits. Where so many do not come, fewer are expected next. */
static void hold_group(struct writer *writer)
{
    if (writer->waiting >= writer->at_once)
        return;
    int64_t longest = writer->took * HOLD_COMMITS;
    int64_t until = steady_now() + (longest < HOLD_MOST ? longest : HOLD_MOST);
    while (writer->waiting < writer->at_once && !writer->stopping)
        if (!steady_wait(&writer->has_work, &writer->lock, until))
            writer->at_once = writer->waiting;
}

/* Up to GROUP_MOST writes, in order; NULL when stopping and nothing is left. */
static struct write *take_group(struct writer *writer, int *count)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->is_writing || (writer->first == NULL && !writer->stopping))
        pthread_cond_wait(&writer->has_work, &writer->lock);
    hold_group(writer);
    struct write *group = writer->first, **end = &writer->first;
    for (*count = 0; *end != NULL && *count < GROUP_MOST; ++*count)
        end = &(*end)->next;
    writer->first = *end;
    *end = NULL;
    if (writer->first == NULL)
        writer->last = &writer->first;
    writer->waiting -= *count;
    writer->is_writing = group != NULL;
    pthread_mutex_unlock(&writer->lock);
    return group;
}

static void step(struct connection *connection, const char *text)
{
    sqlite3_stmt *statement = statement_cache_get(&connection->statements, text);
    if (statement == NULL) {
        sqlite3_prepare_v3(connection->db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (statement == NULL)
            return;
        statement_cache_set(&connection->statements, text, statement);
    }
    sqlite3_step(statement);
    sqlite3_reset(statement);
}

static void run_one(struct writer *writer, struct write *write)
{
    struct tx tx = {.store = writer->store, .connection = writer->connection};
    write->ok = tx_call(&tx, write->fn, write->arg, &write->err);
    write->adds_jobs = write->ok && tx.adds_jobs;
}

static void run_in_savepoint(struct writer *writer, struct write *write)
{
    static const char savepoint[] = "SAVEPOINT w", undo[] = "ROLLBACK TO w", release[] = "RELEASE w";
    step(writer->connection, savepoint);
    run_one(writer, write);
    if (!write->ok)
        step(writer->connection, undo);
    step(writer->connection, release);
}

enum result { DONE, FAILED, MUST_UNDO };

/* One transaction. Savepoints copy each page before it is changed; most groups need none, since most writes that fail
 * do so before they change anything. Where one failed later, the group is undone, to be run again with savepoints.
 * After an I/O error SQLite may have rolled the whole transaction back by itself: nothing of the group is kept then. */
static enum result run_group(struct writer *writer, struct write *group, bool with_savepoints, struct err *err)
{
    const struct engine *engine = writer->store->engine;
    sqlite3 *db = writer->connection->db;
    if (!engine->begin(writer->connection, true, err))
        return FAILED;
    bool any = false, must_undo = false;
    for (struct write *write = group; write != NULL && !must_undo; write = write->next) {
        int64_t changes = sqlite3_total_changes64(db);
        (with_savepoints ? run_in_savepoint : run_one)(writer, write);
        if (sqlite3_get_autocommit(db)) {
            sqlite_fail(writer->connection, err);
            return FAILED;
        }
        any = any || write->ok;
        must_undo = !with_savepoints && !write->ok && sqlite3_total_changes64(db) != changes;
    }
    if (!must_undo && any && engine->commit(writer->connection, err))
        return DONE;
    engine->rollback(writer->connection);
    return must_undo ? MUST_UNDO : any ? FAILED : DONE;
}

static bool write_group(struct writer *writer, struct write *group, struct err *err)
{
    enum result result = run_group(writer, group, false, err);
    if (result == MUST_UNDO)
        result = run_group(writer, group, true, err);
    return result == DONE;
}

static void tell(struct store *store, struct write *group, bool committed, const struct err *err)
{
    bool adds_jobs = false;
    while (group != NULL) {
        struct write *next = group->next;
        if (!committed) {
            group->ok = false;
            group->err = *err;
        }
        adds_jobs = adds_jobs || (group->ok && group->adds_jobs);
        group->done(group->done_arg, group->ok, &group->err);
        free(group);
        group = next;
    }
    if (adds_jobs)
        store_tell_jobs_added(store);
}

/* The passes of the other thread never reach the end of a log that is always written to. Where a reader holds the end
 * too long the log may grow as much again. */
static void restart_log(struct writer *writer)
{
    if (writer->log_pages < writer->restart_at)
        return;
    sqlite3 *db = writer->connection->db;
    sqlite3_busy_timeout(db, RESTART_WAIT_MS);
    if (sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL) != SQLITE_OK)
        sqlite_fail(writer->connection, NULL);
    sqlite3_busy_timeout(db, BUSY_WAIT_MS);
    writer->restart_at = writer->log_pages + RESTART_PAGES;
}

/* One line when commits begin to fail, one when they work again. */
static void log_change(struct writer *writer, bool committed, const struct err *err)
{
    if (!committed && writer->failures++ == 0)
        log_err("store.commit", err);
    if (committed && writer->failures > 0) {
        log_line(LOG_INFO, "store.works_again", "database=%.*s failed_commits=%ld", STR_ARG(writer->store->name),
                 writer->failures);
        writer->failures = 0;
    }
}

/* By who holds the connection, which is free afterwards. */
static void commit_group(struct writer *writer, struct write *group)
{
    struct err err = {0};
    bool committed = write_group(writer, group, &err);
    log_change(writer, committed, &err);
    tell(writer->store, group, committed, &err);
    restart_log(writer);
    pthread_mutex_lock(&writer->lock);
    writer->is_writing = false;
    if (writer->first != NULL || writer->stopping)
        pthread_cond_signal(&writer->has_work);
    pthread_mutex_unlock(&writer->lock);
}

/* Those who are told and those who came meanwhile are so many at once. */
static void commit_and_learn(struct writer *writer, struct write *group, int count)
{
    int64_t began = steady_now();
    commit_group(writer, group);
    pthread_mutex_lock(&writer->lock);
    int came = count + writer->waiting;
    if (came > writer->at_once)
        writer->at_once = came < GROUP_ENOUGH ? came : GROUP_ENOUGH;
    writer->took = steady_now() - began;
    pthread_mutex_unlock(&writer->lock);
}

static void *write_all(void *arg)
{
    struct writer *writer = arg;
    int count;
    for (struct write *group; (group = take_group(writer, &count)) != NULL;)
        commit_and_learn(writer, group, count);
    return NULL;
}

static bool wait_for_pages(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->log_pages < writer->next_pass && !writer->stopping)
        pthread_cond_wait(&writer->has_pages, &writer->lock);
    writer->next_pass = writer->log_pages + PASS_PAGES;
    bool going_on = !writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return going_on;
}

static void *copy_log_back(void *arg)
{
    struct writer *writer = arg;
    while (wait_for_pages(writer))
        if (sqlite3_wal_checkpoint_v2(writer->copier->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
            sqlite_fail(writer->copier, NULL);
    return NULL;
}

static bool connect(struct writer *writer, struct err *err)
{
    writer->connection = sqlite_connect(writer->store, err);
    writer->copier = writer->connection == NULL ? NULL : sqlite_connect(writer->store, err);
    if (writer->copier == NULL) {
        if (writer->connection != NULL)
            sqlite_disconnect(writer->connection);
        return false;
    }
    /* In KiB: a commit of another connection throws a cache away, and this one makes them all. */
    sqlite3_exec(writer->connection->db, "PRAGMA cache_size=-8192", NULL, NULL, NULL);
    return true;
}

bool sqlite_writer_start(struct store *store, struct err *err)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        abort();
    *writer = (struct writer){.store = store, .next_pass = PASS_PAGES, .restart_at = RESTART_PAGES};
    writer->last = &writer->first;
    if (!connect(writer, err)) {
        free(writer);
        return false;
    }
    sqlite3_wal_hook(writer->connection->db, note_log_size, writer);
    pthread_mutex_init(&writer->lock, NULL);
    steady_cond_init(&writer->has_work);
    pthread_cond_init(&writer->has_pages, NULL);
    store->writer = writer;
    pthread_create(&writer->thread, NULL, write_all, writer);
    pthread_create(&writer->copier_thread, NULL, copy_log_back, writer);
    return true;
}

void sqlite_writer_stop(struct store *store)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->has_work);
    pthread_cond_signal(&writer->has_pages);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_join(writer->copier_thread, NULL);
    sqlite_disconnect(writer->copier);
    sqlite_disconnect(writer->connection);
    pthread_cond_destroy(&writer->has_pages);
    pthread_cond_destroy(&writer->has_work);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
    store->writer = NULL;
}

void sqlite_writer_write_later(struct store *store, struct write *write)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    *writer->last = write;
    writer->last = &write->next;
    writer->waiting++;
    bool is_enough = writer->waiting == writer->at_once;
    if (writer->waiting == 1 || is_enough)
        pthread_cond_signal(&writer->has_work);
    bool gives_way = writer->is_writing || is_enough;
    pthread_mutex_unlock(&writer->lock);
    if (gives_way)
        sched_yield(); /* to the writer, on its core: this thread has work to do while the disk is waited for */
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool done, ok;
    struct err *err;
};

static void wake_waiter(void *arg, bool ok, const struct err *err)
{
    struct waiter *waiter = arg;
    pthread_mutex_lock(&waiter->lock);
    waiter->ok = ok;
    if (!ok && waiter->err != NULL)
        *waiter->err = *err;
    waiter->done = true;
    pthread_cond_signal(&waiter->is_done);
    pthread_mutex_unlock(&waiter->lock);
}

/* True where nobody writes and nobody waits: the caller may, without troubling the thread. */
static bool take_connection(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    bool is_free = !writer->is_writing && writer->first == NULL;
    writer->is_writing = writer->is_writing || is_free;
    pthread_mutex_unlock(&writer->lock);
    return is_free;
}

bool sqlite_writer_write(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct waiter waiter = {.err = err};
    struct write *write = calloc(1, sizeof *write);
    if (write == NULL)
        abort();
    *write = (struct write){.fn = fn, .arg = arg, .done = wake_waiter, .done_arg = &waiter};
    pthread_mutex_init(&waiter.lock, NULL);
    pthread_cond_init(&waiter.is_done, NULL);
    if (take_connection(store->writer))
        commit_group(store->writer, write);
    else
        sqlite_writer_write_later(store, write);
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.done)
        pthread_cond_wait(&waiter.is_done, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
    pthread_cond_destroy(&waiter.is_done);
    pthread_mutex_destroy(&waiter.lock);
    return waiter.ok;
}

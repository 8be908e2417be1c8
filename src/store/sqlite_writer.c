/* Group commit: one thread a database owns its only writing connection. It takes every write that waits, runs each
 * inside a savepoint, commits them together, and only then tells those who wait. While one commit is on its way to the
 * disk the next ones gather: the busier, the fewer fsyncs a write.
 *
 * The write-ahead log is copied back into the database by a second thread, without holding the writer. */
#include "store/sqlite.h"

#include <sqlite3.h>
#include <stdlib.h>

enum {
    GROUP_MOST = 1024,
    CHECKPOINT_PAGES = 1000,   /* start to copy the log back */
    CHECKPOINT_FORCED = 32000, /* the log has outgrown its readers: make the writer wait once */
};

struct writer {
    struct store *store;
    struct connection *connection;
    pthread_t thread, checkpoint_thread;
    pthread_mutex_t lock;
    pthread_cond_t has_work, has_pages;
    struct write *first, **last;
    int log_pages;
    bool stopping;
};

static int note_log_size(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    struct writer *writer = arg;
    pthread_mutex_lock(&writer->lock);
    writer->log_pages = pages;
    if (pages >= CHECKPOINT_PAGES)
        pthread_cond_signal(&writer->has_pages);
    pthread_mutex_unlock(&writer->lock);
    return SQLITE_OK;
}

/* Up to GROUP_MOST writes, in order; NULL when stopping and nothing is left. */
static struct write *take_group(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->first == NULL && !writer->stopping)
        pthread_cond_wait(&writer->has_work, &writer->lock);
    struct write *group = writer->first, *at = group;
    for (int i = 1; at != NULL && at->next != NULL && i < GROUP_MOST; i++)
        at = at->next;
    if (at != NULL) {
        writer->first = at->next;
        at->next = NULL;
        if (writer->first == NULL)
            writer->last = &writer->first;
    }
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
    static const char savepoint[] = "SAVEPOINT w", undo[] = "ROLLBACK TO w", release[] = "RELEASE w";
    struct tx tx = {.store = writer->store, .connection = writer->connection};
    step(writer->connection, savepoint);
    write->ok = write->fn(&tx, write->arg, &write->err);
    if (!write->ok)
        step(writer->connection, undo);
    step(writer->connection, release);
}

/* After an I/O error SQLite may have rolled the whole transaction back by itself: nothing of the group is kept then. */
static bool run_group(struct writer *writer, struct write *group, struct err *err)
{
    const struct engine *engine = writer->store->engine;
    if (!engine->begin(writer->connection, true, err))
        return false;
    bool any = false;
    for (struct write *write = group; write != NULL; write = write->next) {
        run_one(writer, write);
        if (sqlite3_get_autocommit(writer->connection->db))
            return err_set(err, ERR_UNAVAILABLE, "The store does not answer.");
        any = any || write->ok;
    }
    if (any && engine->commit(writer->connection, err))
        return true;
    engine->rollback(writer->connection);
    return !any;
}

static void tell(struct write *group, bool committed, const struct err *err)
{
    while (group != NULL) {
        struct write *next = group->next;
        if (!committed) {
            group->ok = false;
            group->err = *err;
        }
        group->done(group->arg, group->ok, &group->err);
        free(group);
        group = next;
    }
}

/* An fsync that failed must not be tried again: the kernel may have dropped the page, and the next fsync would lie
 * (PostgreSQL's lesson of 2018). The process ends; recovery at the next start keeps all that was acknowledged. */
static void stop_if_disk_lies(struct writer *writer)
{
    int code = sqlite3_extended_errcode(writer->connection->db);
    if (code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC)
        return;
    log_line(LOG_ERROR, "store.fsync", "database=%.*s an fsync failed: stopping", STR_ARG(writer->store->name));
    abort();
}

static void force_checkpoint(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    bool forced = writer->log_pages >= CHECKPOINT_FORCED;
    pthread_mutex_unlock(&writer->lock);
    if (forced)
        sqlite3_wal_checkpoint_v2(writer->connection->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
}

static void *write_all(void *arg)
{
    struct writer *writer = arg;
    for (struct write *group; (group = take_group(writer)) != NULL;) {
        struct err err = {0};
        bool committed = run_group(writer, group, &err);
        if (!committed) {
            stop_if_disk_lies(writer);
            log_err("store.commit", &err);
        }
        tell(group, committed, &err);
        force_checkpoint(writer);
    }
    return NULL;
}

static bool wait_for_pages(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->log_pages < CHECKPOINT_PAGES && !writer->stopping)
        pthread_cond_wait(&writer->has_pages, &writer->lock);
    writer->log_pages = 0; /* the next commit says how long the log is now */
    bool going_on = !writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return going_on;
}

static void *checkpoint_all(void *arg)
{
    struct writer *writer = arg;
    struct err err;
    struct connection *connection = sqlite_connect(writer->store, &err);
    while (wait_for_pages(writer))
        if (connection != NULL)
            sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (connection != NULL)
        sqlite_disconnect(connection);
    return NULL;
}

bool sqlite_writer_start(struct store *store, struct err *err)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        abort();
    writer->store = store;
    writer->last = &writer->first;
    writer->connection = sqlite_connect(store, err);
    if (writer->connection == NULL) {
        free(writer);
        return false;
    }
    sqlite3_wal_hook(writer->connection->db, note_log_size, writer);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->has_work, NULL);
    pthread_cond_init(&writer->has_pages, NULL);
    store->writer = writer;
    pthread_create(&writer->thread, NULL, write_all, writer);
    pthread_create(&writer->checkpoint_thread, NULL, checkpoint_all, writer);
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
    pthread_join(writer->checkpoint_thread, NULL);
    sqlite_disconnect(writer->connection);
    pthread_cond_destroy(&writer->has_work);
    pthread_cond_destroy(&writer->has_pages);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
    store->writer = NULL;
}

void sqlite_writer_write(struct store *store, struct write *write)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    *writer->last = write;
    writer->last = &write->next;
    pthread_cond_signal(&writer->has_work);
    pthread_mutex_unlock(&writer->lock);
}

/* Writes on PostgreSQL: a transaction each, in the caller's thread, or in one of a few of ours for who does not wait;
 * the server gathers their commits. A transaction that another one was in the way of is run again, each time a little
 * later. */
#include "store/postgres.h"

#include <stdlib.h>
#include <time.h>

enum {
    THREADS_MOST = 8, /* a database, started when they are needed */
    TRIES_MOST = 30,  /* a second at the most, in the crowd on one row that loses each time */
    DOUBTS_MOST = 3,  /* what is still not unique on a third snapshot is so for good */
};

struct writer {
    struct store *store;
    pthread_t threads[THREADS_MOST];
    int thread_count, idle_count;
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct write *first, **last;
    bool stopping;
};

struct outcome {
    bool ok, adds_jobs, again, in_doubt;
};

/* A connection that broke before its COMMIT was sent has committed nothing: that may be run again. One that broke
 * during it may have: the caller is told that it failed, and looks. */
static struct outcome try_once(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct connection *connection = store_begin(store, true, err);
    if (connection == NULL)
        return (struct outcome){0};
    struct tx tx = {.store = store, .connection = connection};
    bool ran = tx_call(&tx, fn, arg, err);
    bool lost = !ran && PQstatus(connection->pg) != CONNECTION_OK;
    struct outcome outcome = {.ok = ran && store->engine->commit(connection, err), .adds_jobs = tx.adds_jobs};
    outcome.again = !outcome.ok && (connection->must_retry || lost);
    outcome.in_doubt = !outcome.ok && connection->is_doubtful;
    if (!outcome.ok)
        store->engine->rollback(connection);
    store_give_connection(store, connection);
    return outcome;
}

static void wait_a_little(int attempt)
{
    uint32_t chance;
    random_bytes(&chance, sizeof chance);
    long most = 1000000L << (attempt < 6 ? attempt : 6); /* 1 to 64 ms */
    nanosleep(&(struct timespec){.tv_nsec = (long)(chance % (uint32_t)most)}, NULL);
}

bool postgres_writer_write(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct err own;
    if (err == NULL)
        err = &own;
    struct outcome outcome = {.again = true};
    for (int attempt = 0; attempt < TRIES_MOST; attempt++) {
        outcome = try_once(store, fn, arg, err);
        if (outcome.ok || !(outcome.again || (outcome.in_doubt && attempt + 1 < DOUBTS_MOST)))
            break;
        wait_a_little(attempt);
    }
    if (outcome.ok && outcome.adds_jobs)
        store_tell_jobs_added(store);
    return outcome.ok;
}

static struct write *take(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->idle_count++;
    while (writer->first == NULL && !writer->stopping)
        pthread_cond_wait(&writer->has_work, &writer->lock);
    writer->idle_count--;
    struct write *write = writer->first;
    if (write != NULL) {
        writer->first = write->next;
        if (writer->first == NULL)
            writer->last = &writer->first;
    }
    pthread_mutex_unlock(&writer->lock);
    return write;
}

static void *write_all(void *arg)
{
    struct writer *writer = arg;
    for (struct write *write; (write = take(writer)) != NULL;) {
        write->ok = postgres_writer_write(writer->store, write->fn, write->arg, &write->err);
        write->done(write->done_arg, write->ok, &write->err);
        free(write);
    }
    return NULL;
}

bool postgres_writer_start(struct store *store, struct err *err)
{
    (void)err;
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        abort();
    writer->store = store;
    writer->last = &writer->first;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->has_work, NULL);
    store->writer = writer;
    return true;
}

void postgres_writer_stop(struct store *store)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_broadcast(&writer->has_work);
    pthread_mutex_unlock(&writer->lock);
    for (int i = 0; i < writer->thread_count; i++)
        pthread_join(writer->threads[i], NULL);
    pthread_cond_destroy(&writer->has_work);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
    store->writer = NULL;
}

void postgres_writer_write_later(struct store *store, struct write *write)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    *writer->last = write;
    writer->last = &write->next;
    if (writer->idle_count == 0 && writer->thread_count < THREADS_MOST &&
        pthread_create(&writer->threads[writer->thread_count], NULL, write_all, writer) == 0)
        writer->thread_count++;
    pthread_cond_signal(&writer->has_work);
    pthread_mutex_unlock(&writer->lock);
}

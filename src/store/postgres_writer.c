/* Writes on PostgreSQL: a few threads, each with a transaction at a time; the server gathers their commits. A
 * transaction that another one got in the way of is run again, up to RETRIES_MOST times, a little later each time. */
#include "store/postgres.h"

#include <stdlib.h>
#include <time.h>

enum { THREADS = 8, RETRIES_MOST = 12 };

struct writer {
    struct store *store;
    pthread_t threads[THREADS];
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct write *first, **last;
    bool stopping;
};

static struct write *take(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->first == NULL && !writer->stopping)
        pthread_cond_wait(&writer->has_work, &writer->lock);
    struct write *write = writer->first;
    if (write != NULL) {
        writer->first = write->next;
        if (writer->first == NULL)
            writer->last = &writer->first;
    }
    pthread_mutex_unlock(&writer->lock);
    return write;
}

static bool try_once(struct store *store, struct write *write, struct connection *connection, bool *again, bool *broken)
{
    struct tx tx = {.store = store, .connection = connection};
    connection->must_retry = false;
    bool ok = store->engine->begin(connection, true, &write->err) && write->fn(&tx, write->arg, &write->err) &&
              !tx.failed && store->engine->commit(connection, &write->err);
    if (!ok)
        store->engine->rollback(connection);
    *again = !ok && (tx.must_retry || connection->must_retry);
    *broken = PQstatus(connection->pg) != CONNECTION_OK;
    return ok;
}

static void wait_a_little(int attempt)
{
    uint32_t chance;
    random_bytes(&chance, sizeof chance);
    long most = 1000000L << (attempt < 6 ? attempt : 6); /* 1 to 64 ms */
    nanosleep(&(struct timespec){.tv_nsec = (long)(chance % (uint32_t)most)}, NULL);
}

/* A connection that was lost while idle is found broken at BEGIN: nothing was done, a new one may serve. */
static void run(struct store *store, struct write *write)
{
    for (int attempt = 0; attempt < RETRIES_MOST; attempt++) {
        struct connection *connection = store_take_connection(store, &write->err);
        if (connection == NULL)
            return;
        bool again, broken;
        write->ok = try_once(store, write, connection, &again, &broken);
        store_give_connection(store, connection, broken);
        if (write->ok || !again)
            return;
        wait_a_little(attempt);
    }
}

static void *write_all(void *arg)
{
    struct writer *writer = arg;
    for (struct write *write; (write = take(writer)) != NULL;) {
        run(writer->store, write);
        write->done(write->arg, write->ok, &write->err);
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
    for (int i = 0; i < THREADS; i++)
        pthread_create(&writer->threads[i], NULL, write_all, writer);
    return true;
}

void postgres_writer_stop(struct store *store)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_broadcast(&writer->has_work);
    pthread_mutex_unlock(&writer->lock);
    for (int i = 0; i < THREADS; i++)
        pthread_join(writer->threads[i], NULL);
    pthread_cond_destroy(&writer->has_work);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
    store->writer = NULL;
}

void postgres_writer_write(struct store *store, struct write *write)
{
    struct writer *writer = store->writer;
    pthread_mutex_lock(&writer->lock);
    *writer->last = write;
    writer->last = &write->next;
    pthread_cond_signal(&writer->has_work);
    pthread_mutex_unlock(&writer->lock);
}

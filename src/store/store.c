#include "store/store.h"

#include "store/engine.h"

#include <stdatomic.h>
#include <stdlib.h>

struct stores *stores_open(str url, struct err *err)
{
    const struct engine *engine = NULL;
    if (str_starts(url, STR("sqlite:")))
        engine = &sqlite_engine;
    else if (str_starts(url, STR("postgresql://")) || str_starts(url, STR("postgres://")))
        engine = &postgres_engine;
    if (engine == NULL) {
        err_set(err, ERR_INVALID, "The store %.*s is none: give sqlite:DIR or postgresql://…", STR_ARG(url));
        return NULL;
    }
    struct arena *arena = arena_new();
    struct stores *stores = arena_new_of(arena, struct stores);
    stores->arena = arena;
    stores->engine = engine;
    stores->url = str_dup(arena, url);
    pthread_mutex_init(&stores->lock, NULL);
    if (engine->kind == STORE_SQLITE)
        stores_set_folder(stores, str_z(arena, str_slice(url, STR("sqlite:").len, url.len)));
    if (stores->folder != NULL && !file_make_folder(stores->folder, err)) {
        stores_close(stores);
        return NULL;
    }
    return stores;
}

static void store_close(struct store *store)
{
    if (store->writer != NULL)
        store->engine->stop(store);
    for (size_t i = 0; i < store->idle_count; i++)
        store->engine->disconnect(store->idle[i]);
    pthread_mutex_destroy(&store->lock);
}

void stores_close(struct stores *stores)
{
    if (stores == NULL)
        return;
    for (struct store *store = stores->first; store != NULL; store = store->next)
        store_close(store);
    pthread_mutex_destroy(&stores->lock);
    arena_free(stores->arena);
}

enum store_engine stores_engine(const struct stores *stores)
{
    return stores->engine->kind;
}

const char *stores_folder(const struct stores *stores)
{
    return stores->folder;
}

void stores_set_folder(struct stores *stores, const char *folder)
{
    stores->folder = str_z(stores->arena, str_of(folder));
}

static bool name_is_valid(str name)
{
    if (name.len == 0 || name.len > 60)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

static struct store *store_find(struct stores *stores, str name)
{
    for (struct store *store = stores->first; store != NULL; store = store->next)
        if (str_eq(store->name, name))
            return store;
    return NULL;
}

static struct store *store_make(struct stores *stores, str name, const struct migration *migrations, size_t count,
                                struct err *err)
{
    struct store *store = arena_new_of(stores->arena, struct store);
    store->stores = stores;
    store->engine = stores->engine;
    store->name = str_dup(stores->arena, name);
    pthread_mutex_init(&store->lock, NULL);
    if (!store_migrate(store, migrations, count, err) || !store->engine->start(store, err)) {
        store_close(store);
        return NULL;
    }
    store->next = stores->first;
    stores->first = store;
    return store;
}

struct store *store_open(struct stores *stores, str name, const struct migration *migrations, size_t count,
                         struct err *err)
{
    if (!name_is_valid(name)) {
        err_set(err, ERR_INVALID, "« %.*s » can't name a database: only a-z, 0-9 and - may.", STR_ARG(name));
        return NULL;
    }
    pthread_mutex_lock(&stores->lock);
    struct store *store = store_find(stores, name);
    if (store == NULL)
        store = store_make(stores, name, migrations, count, err);
    pthread_mutex_unlock(&stores->lock);
    return store;
}

str store_name(const struct store *store)
{
    return store->name;
}

enum store_engine store_engine(const struct store *store)
{
    return store->engine->kind;
}

struct connection *store_take_connection(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->lock);
    struct connection *connection = store->idle_count > 0 ? store->idle[--store->idle_count] : NULL;
    pthread_mutex_unlock(&store->lock);
    return connection != NULL ? connection : store->engine->connect(store, err);
}

void store_give_connection(struct store *store, struct connection *connection, bool broken)
{
    bool kept = false;
    pthread_mutex_lock(&store->lock);
    if (!broken && store->idle_count < IDLE_MOST) {
        store->idle[store->idle_count++] = connection;
        kept = true;
    }
    pthread_mutex_unlock(&store->lock);
    if (!kept)
        store->engine->disconnect(connection);
}

bool store_read(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct connection *connection = store_take_connection(store, err);
    if (connection == NULL)
        return false;
    if (!store->engine->begin(connection, false, err)) {
        store_give_connection(store, connection, true);
        return false;
    }
    struct tx tx = {.store = store, .connection = connection};
    bool ok = fn(&tx, arg, err);
    store->engine->rollback(connection); /* a read leaves nothing */
    store_give_connection(store, connection, tx.failed);
    return ok;
}

void store_write_later(struct store *store, store_fn fn, void *arg, store_done done)
{
    struct write *write = calloc(1, sizeof *write);
    if (write == NULL)
        abort();
    *write = (struct write){.fn = fn, .arg = arg, .done = done};
    store->engine->write(store, write);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool done, ok;
    struct err err;
    store_fn fn;
    void *arg;
};

static bool run_for_waiter(struct tx *tx, void *arg, struct err *err)
{
    struct waiter *waiter = arg;
    return waiter->fn(tx, waiter->arg, err);
}

static void wake_waiter(void *arg, bool ok, const struct err *err)
{
    struct waiter *waiter = arg;
    pthread_mutex_lock(&waiter->lock);
    waiter->ok = ok;
    if (!ok)
        waiter->err = *err;
    waiter->done = true;
    pthread_cond_signal(&waiter->is_done);
    pthread_mutex_unlock(&waiter->lock);
}

bool store_write(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct waiter waiter = {.fn = fn, .arg = arg};
    pthread_mutex_init(&waiter.lock, NULL);
    pthread_cond_init(&waiter.is_done, NULL);
    store_write_later(store, run_for_waiter, &waiter, wake_waiter);
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.done)
        pthread_cond_wait(&waiter.is_done, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
    pthread_cond_destroy(&waiter.is_done);
    pthread_mutex_destroy(&waiter.lock);
    if (!waiter.ok && err != NULL)
        *err = waiter.err;
    return waiter.ok;
}

const char *sql_for(const struct tx *tx, const struct sql *sql)
{
    return tx->store->engine->kind == STORE_SQLITE ? sql->sqlite : sql->postgres;
}

bool tx_run_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                   struct err *err)
{
    return tx->store->engine->run(tx, text, params, count, changed, err);
}

struct rows tx_query_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    return tx->store->engine->query(tx, text, params, count);
}

bool rows_next(struct rows *rows)
{
    return !rows->failed && rows->tx->store->engine->next(rows);
}

bool rows_is_null(struct rows *rows, int column)
{
    return rows->tx->store->engine->is_null(rows, column);
}

int64_t rows_int(struct rows *rows, int column)
{
    return rows->tx->store->engine->integer(rows, column);
}

double rows_real(struct rows *rows, int column)
{
    return rows->tx->store->engine->real(rows, column);
}

str rows_text(struct rows *rows, int column)
{
    return rows->tx->store->engine->text(rows, column);
}

str rows_copy(struct rows *rows, struct arena *arena, int column)
{
    return str_dup(arena, rows_text(rows, column));
}

bool rows_end(struct rows *rows, struct err *err)
{
    return rows->tx->store->engine->end(rows, err);
}

/* 43 bits of milliseconds, then 20 of chance: two machines may make ids in the same millisecond. */
int64_t store_new_id(void)
{
    static _Atomic int64_t last;
    uint32_t chance;
    random_bytes(&chance, sizeof chance);
    int64_t id = (instant_now() / 1000) << 20 | (chance & 0xFFFFF);
    int64_t before = atomic_load(&last);
    do
        id = id > before ? id : before + 1; /* the same process never steps back */
    while (!atomic_compare_exchange_weak(&last, &before, id));
    return id;
}

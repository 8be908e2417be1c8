#include "store/store.h"

#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

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
    stores->serve_lock = -1;
    pthread_mutex_init(&stores->lock, NULL);
    pthread_mutex_init(&stores->pool_lock, NULL);
    pthread_mutex_init(&stores->blobs_lock, NULL);
    steady_cond_init(&stores->has_room);
    if (engine->kind == STORE_SQLITE)
        stores_set_folder(stores, str_z(arena, str_slice(url, STR("sqlite:").len, url.len)));
    if ((stores->folder != NULL && !file_make_folder(stores->folder, err)) ||
        (engine->reach != NULL && !engine->reach(stores, err))) {
        stores_close(stores);
        return NULL;
    }
    return stores;
}

static void store_close(struct store *store)
{
    if (store->writer != NULL)
        store->engine->stop(store);
    store_close_connections(store);
    pthread_mutex_destroy(&store->watch_lock);
    pthread_mutex_destroy(&store->notes_lock);
    arena_free(store->notes_arena);
}

void stores_close(struct stores *stores)
{
    if (stores == NULL)
        return;
    for (struct store *store = stores->first; store != NULL; store = store->next)
        store_close(store);
    for (struct store *store = stores->first; stores->scratch.len > 0 && store != NULL; store = store->next)
        if (store->engine->drop != NULL)
            store->engine->drop(store);
    pthread_cond_destroy(&stores->has_room);
    pthread_mutex_destroy(&stores->blobs_lock);
    pthread_mutex_destroy(&stores->pool_lock);
    pthread_mutex_destroy(&stores->lock);
    if (stores->serve_lock >= 0)
        close(stores->serve_lock);
    if (stores->engine->be_gone != NULL)
        stores->engine->be_gone(stores);
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

void stores_make_scratch(struct stores *stores, str name)
{
    stores->scratch = str_dup(stores->arena, name);
}

/* The kernel lets go of the lock when the process ends, however it ends; the file stays, and says nothing. */
static bool serve_alone(struct stores *stores, struct err *err)
{
    struct arena *arena = arena_new();
    int fd = open(str_fmt(arena, "%s/serve.lock", stores->folder).ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    arena_free(arena);
    char reason[128];
    if (fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "Le dossier %s ne peut pas être écrit : %s.", stores->folder,
                       strerror_r(errno, reason, sizeof reason));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return err_set(
            err, ERR_CONFLICT,
            "Un guichet sert déjà le dossier %s. Arrêtez-le, ou passez à PostgreSQL pour en avoir plusieurs.",
            stores->folder);
    }
    stores->serve_lock = fd;
    return true;
}

bool stores_serve(struct stores *stores, struct err *err)
{
    stores->server = store_new_id();
    bool ok = stores->engine->be_seen == NULL ? serve_alone(stores, err) : stores->engine->be_seen(stores, err);
    if (!ok)
        stores->server = 0;
    return ok;
}

bool stores_are_served(struct stores *stores)
{
    return stores->server != 0 && (stores->engine->be_seen == NULL || stores->engine->be_seen(stores, NULL));
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
    store->notes_arena = arena_new();
    store->notes = map_new(store->notes_arena);
    pthread_mutex_init(&store->notes_lock, NULL);
    pthread_mutex_init(&store->watch_lock, NULL);
    if (!store_migrate(store, migrations, count, err) || !store->engine->start(store, err)) {
        store_close(store);
        return NULL;
    }
    store->next = stores->first;
    pthread_mutex_lock(&stores->pool_lock);
    stores->first = store;
    pthread_mutex_unlock(&stores->pool_lock);
    return store;
}

struct store *store_open(struct stores *stores, str name, const struct migration *migrations, size_t count,
                         struct err *err)
{
    char called[128];
    if (stores->scratch.len > 0)
        name = (str){called,
                     (size_t)snprintf(called, sizeof called, "%.*s-%.*s", STR_ARG(stores->scratch), STR_ARG(name))};
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

/* After a query that is still open its statement would be lost to the connection: a bug of the caller's, said at once.
 */
static void check_rows_are_ended(const struct tx *tx)
{
    if (tx->open_rows == 0)
        return;
    log_line(LOG_ERROR, "store.rows", "database=%.*s a query was not ended by rows_end", STR_ARG(tx->store->name));
    abort();
}

bool tx_call(struct tx *tx, store_fn fn, void *arg, struct err *err)
{
    struct err own;
    if (err == NULL)
        err = &own;
    err->code = ERR_NONE;
    bool ok = fn(tx, arg, err);
    check_rows_are_ended(tx);
    if (tx->failed && (ok || err->code == ERR_NONE))
        *err = tx->failure_kept;
    return ok && !tx->failed;
}

static _Thread_local struct err away; /* code ERR_NONE: it was not */

bool store_was_away(struct err *err)
{
    bool was_away = away.code != ERR_NONE;
    if (was_away && err != NULL)
        *err = away;
    away.code = ERR_NONE;
    return was_away;
}

static bool note_whether_away(bool ok, const struct err *err)
{
    if (!ok && err->code == ERR_UNAVAILABLE)
        away = *err;
    return ok;
}

static bool read_once(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct connection *connection = store_begin(store, false, err);
    if (connection == NULL)
        return false;
    struct tx tx = {.store = store, .connection = connection};
    bool ok = tx_call(&tx, fn, arg, err);
    store->engine->rollback(connection); /* a read leaves nothing */
    store_give_connection(store, connection);
    return ok;
}

bool store_read(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct err own = {0};
    err = err == NULL ? &own : err;
    return note_whether_away(read_once(store, fn, arg, err), err);
}

bool store_write(struct store *store, store_fn fn, void *arg, struct err *err)
{
    struct err own = {0};
    err = err == NULL ? &own : err;
    return note_whether_away(store->engine->write(store, fn, arg, err), err);
}

void store_write_later(struct store *store, store_fn fn, void *arg, store_done done)
{
    struct write *write = calloc(1, sizeof *write);
    if (write == NULL)
        abort();
    *write = (struct write){.fn = fn, .arg = arg, .done = done, .done_arg = arg};
    store->engine->write_later(store, write);
}

void store_tell_jobs_added(struct store *store)
{
    pthread_mutex_lock(&store->watch_lock);
    if (store->jobs_added != NULL)
        store->jobs_added(store->watcher);
    pthread_mutex_unlock(&store->watch_lock);
}

const char *sql_for(const struct tx *tx, const struct sql *sql)
{
    return tx->store->engine->kind == STORE_SQLITE ? sql->sqlite : sql->postgres;
}

const struct sql_param *sql_param_called(const struct sql_param *params, size_t count, const char *name,
                                         const char *text, size_t *next)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = *next + i < count ? *next + i : *next + i - count;
        if (strcmp(params[at].name, name) == 0) {
            *next = at + 1;
            return &params[at];
        }
    }
    log_line(LOG_ERROR, "store.parameter", "name=%s is not given to: %s", name, text);
    abort();
}

/* PostgreSQL can't keep a NUL in a text: nobody may, so that both stores hold the same. */
static bool texts_are_storable(const struct sql_param *params, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (params[i].kind == SQL_TEXT && params[i].text.len > 0 &&
            memchr(params[i].text.ptr, '\0', params[i].text.len) != NULL)
            return err_set(err, ERR_INVALID, "Ce texte contient un caractère qui ne peut pas être enregistré.");
    return true;
}

/* What failed first says why: PostgreSQL refuses whatever comes after it. */
static bool refuse(struct tx *tx, struct err *err)
{
    tx->failed = true;
    if (err != NULL)
        *err = tx->failure_kept;
    return false;
}

bool tx_run_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                   struct err *err)
{
    struct err *kept = &tx->failure_kept;
    if (!tx->failed && texts_are_storable(params, count, kept) &&
        tx->store->engine->run(tx, text, params, count, changed, kept))
        return true;
    return refuse(tx, err);
}

static bool may_query(struct tx *tx, const struct sql_param *params, size_t count)
{
    tx->open_rows++;
    tx->failed = tx->failed || !texts_are_storable(params, count, &tx->failure_kept);
    return !tx->failed;
}

struct rows tx_query_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    return may_query(tx, params, count) ? tx->store->engine->query(tx, text, params, count)
                                        : (struct rows){.tx = tx, .failed = true};
}

struct rows tx_query_planned(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    if (tx->store->engine->query_planned == NULL)
        return tx_query_params(tx, text, params, count);
    return may_query(tx, params, count) ? tx->store->engine->query_planned(tx, text, params, count)
                                        : (struct rows){.tx = tx, .failed = true};
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
    struct tx *tx = rows->tx;
    tx->open_rows--;
    if (rows->statement != NULL)
        tx->store->engine->end(rows);
    return !rows->failed || refuse(tx, err);
}

void *store_note(struct store *store, str key, size_t size)
{
    pthread_mutex_lock(&store->notes_lock);
    void *note = map_get(&store->notes, key);
    if (note == NULL) {
        note = arena_alloc(store->notes_arena, size);
        map_set(&store->notes, str_dup(store->notes_arena, key), note);
    }
    pthread_mutex_unlock(&store->notes_lock);
    return note;
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

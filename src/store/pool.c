/* Connections: few, kept, lent to one transaction at a time. A database has POOL_STORE_MOST at the most, an
 * installation POOL_MOST: who comes when all are lent waits for one, and an idle one of another database is closed to
 * make room. */
#include "store/engine.h"

enum { WAIT_SECONDS = 10 };

/* An idle connection of any database, taken out of its pool; NULL where there is none. */
static struct connection *take_any_idle(struct stores *stores)
{
    for (struct store *store = stores->first; store != NULL; store = store->next) {
        if (store->idle_count == 0)
            continue;
        store->open_count--;
        stores->open_count--;
        return store->idle[--store->idle_count];
    }
    return NULL;
}

static bool has_room(const struct store *store)
{
    return store->open_count < POOL_STORE_MOST && store->stores->open_count < POOL_MOST;
}

/* An idle connection, or NULL with a place counted for a new one and, where one must make room, that one to close.
 * False where neither came in time. */
static bool take_place(struct store *store, struct connection **idle, struct connection **surplus)
{
    struct stores *stores = store->stores;
    int64_t until = steady_now() + WAIT_SECONDS * INSTANT_SECOND;
    *idle = *surplus = NULL;
    bool in_time = true;
    while (in_time) {
        if (store->idle_count > 0) {
            *idle = store->idle[--store->idle_count];
            return true;
        }
        if (store->open_count < POOL_STORE_MOST && !has_room(store))
            *surplus = take_any_idle(stores);
        if (has_room(store)) {
            store->open_count++;
            stores->open_count++;
            return true;
        }
        stores->waiting++;
        in_time = steady_wait(&stores->has_room, &stores->pool_lock, until);
        stores->waiting--;
    }
    return false;
}

static void give_place_back(struct store *store)
{
    store->open_count--;
    store->stores->open_count--;
    if (store->stores->waiting > 0)
        pthread_cond_broadcast(&store->stores->has_room);
}

struct connection *store_take_connection(struct store *store, struct err *err)
{
    struct connection *connection, *surplus;
    pthread_mutex_lock(&store->stores->pool_lock);
    bool in_time = take_place(store, &connection, &surplus);
    pthread_mutex_unlock(&store->stores->pool_lock);
    if (!in_time) {
        err_set(err, ERR_UNAVAILABLE, "Le service est très demandé. Réessayez dans quelques minutes.");
        err_detail(err, "every connection to %.*s has been busy for %d s", STR_ARG(store->name), WAIT_SECONDS);
        return NULL;
    }
    if (surplus != NULL)
        store->engine->disconnect(surplus);
    if (connection != NULL)
        return connection;
    connection = store->engine->connect(store, err);
    if (connection == NULL) {
        pthread_mutex_lock(&store->stores->pool_lock);
        give_place_back(store);
        pthread_mutex_unlock(&store->stores->pool_lock);
    }
    return connection;
}

static bool is_broken(const struct store *store, const struct connection *connection)
{
    return store->engine->is_broken != NULL && store->engine->is_broken(connection);
}

void store_give_connection(struct store *store, struct connection *connection)
{
    bool broken = is_broken(store, connection);
    pthread_mutex_lock(&store->stores->pool_lock);
    if (broken) {
        give_place_back(store);
    } else {
        store->idle[store->idle_count++] = connection;
        if (store->stores->waiting > 0)
            pthread_cond_broadcast(&store->stores->has_room);
    }
    pthread_mutex_unlock(&store->stores->pool_lock);
    if (broken)
        store->engine->disconnect(connection);
}

/* A server that was started again leaves idle connections dead: each is found at its BEGIN, when nothing was done yet,
 * and the next is tried, at last a new one. */
struct connection *store_begin(struct store *store, bool write, struct err *err)
{
    for (int i = 0; i <= POOL_STORE_MOST; i++) {
        struct connection *connection = store_take_connection(store, err);
        if (connection == NULL || store->engine->begin(connection, write, err))
            return connection;
        bool broken = is_broken(store, connection);
        store_give_connection(store, connection);
        if (!broken)
            return NULL;
    }
    return NULL;
}

void store_close_connections(struct store *store)
{
    while (store->idle_count > 0)
        store->engine->disconnect(store->idle[--store->idle_count]);
}

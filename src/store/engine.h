/* What the two engines have in common, and what each must offer. Private to store/. */
#ifndef GUICHET_STORE_ENGINE_H
#define GUICHET_STORE_ENGINE_H

#include "store/store.h"

#include <pthread.h>

struct connection; /* the engine's own: one database handle with its prepared statements */

/* A write that waits for its commit. */
struct write {
    struct write *next;
    store_fn fn;
    void *arg;
    store_done done;
    bool ok;
    struct err err;
};

struct engine {
    enum store_engine kind;
    /* A connection to the store's database, or NULL and err. */
    struct connection *(*connect)(struct store *store, struct err *err);
    void (*disconnect)(struct connection *connection);
    /* Makes the database where connecting does not; may be NULL. */
    bool (*make_database)(struct store *store, struct connection *connection, struct err *err);
    bool (*begin)(struct connection *connection, bool write, struct err *err);
    /* True only when what the transaction wrote is on disk. */
    bool (*commit)(struct connection *connection, struct err *err);
    void (*rollback)(struct connection *connection);
    bool (*run)(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                struct err *err);
    /* Several statements without parameters or rows: a migration. */
    bool (*script)(struct connection *connection, const char *text, struct err *err);
    struct rows (*query)(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
    bool (*next)(struct rows *rows);
    bool (*is_null)(struct rows *rows, int column);
    int64_t (*integer)(struct rows *rows, int column);
    double (*real)(struct rows *rows, int column);
    str (*text)(struct rows *rows, int column);
    bool (*end)(struct rows *rows, struct err *err);
    /* Starts and stops what makes the store's writes durable; write gives it one. */
    bool (*start)(struct store *store, struct err *err);
    void (*stop)(struct store *store);
    void (*write)(struct store *store, struct write *write);
};

extern const struct engine sqlite_engine, postgres_engine;

struct tx {
    struct store *store;
    struct connection *connection;
    bool failed;             /* PostgreSQL: a statement failed, the transaction can only be undone */
    bool must_retry;         /* PostgreSQL: another transaction was in the way, run it again */
    struct err failure_kept; /* what a query that is still being read failed with */
};

struct stores {
    const struct engine *engine;
    struct arena *arena;
    str url;
    const char *folder;
    pthread_mutex_t lock;
    struct store *first;
};

enum { IDLE_MOST = 16 };

struct store {
    struct store *next;
    struct stores *stores;
    const struct engine *engine;
    str name;
    pthread_mutex_t lock; /* of idle */
    struct connection *idle[IDLE_MOST];
    size_t idle_count;
    void *writer; /* the engine's own */
};

/* A connection for one transaction, and back: kept for the next, closed where broken. */
struct connection *store_take_connection(struct store *store, struct err *err);
void store_give_connection(struct store *store, struct connection *connection, bool broken);

/* Brings a database up to date. */
bool store_migrate(struct store *store, const struct migration *migrations, size_t count, struct err *err);

/* Statements found by the address of their text. */
struct statement_cache {
    struct statement_slot {
        const char *text;
        void *statement;
    } * slots;
    size_t size, used;
};
void *statement_cache_get(const struct statement_cache *cache, const char *text);
void statement_cache_set(struct statement_cache *cache, const char *text, void *statement);
void statement_cache_free(struct statement_cache *cache, void (*release)(void *statement));

#endif

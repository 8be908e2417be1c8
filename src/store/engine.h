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
    void *done_arg;
    bool ok, adds_jobs;
    struct err err;
};

struct engine {
    enum store_engine kind;
    /* Whether the installation answers at all; may be NULL. */
    bool (*reach)(struct stores *stores, struct err *err);
    /* Has the others see that the server of this number is there, until it ends; where that was lost, anew. be_gone
     * ends it. NULL: there are no others. */
    bool (*be_seen)(struct stores *stores, struct err *err);
    void (*be_gone)(struct stores *stores);
    /* A connection to the store's database, or NULL and err. */
    struct connection *(*connect)(struct store *store, struct err *err);
    void (*disconnect)(struct connection *connection);
    /* Of no more use: the server has gone. May be NULL: never. */
    bool (*is_broken)(const struct connection *connection);
    /* Begins a transaction that makes the database where connecting does not, and that no other process's migration
     * stands beside. */
    bool (*begin_migration)(struct store *store, struct connection *connection, struct err *err);
    bool (*begin)(struct connection *connection, bool write, struct err *err);
    /* True only when what the transaction wrote is on disk. */
    bool (*commit)(struct connection *connection, struct err *err);
    void (*rollback)(struct connection *connection);
    /* What run and query fail with goes to err, or to the tx's failure_kept. */
    bool (*run)(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                struct err *err);
    /* Several statements without parameters or rows: a migration. */
    bool (*script)(struct connection *connection, const char *text, struct err *err);
    struct rows (*query)(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
    /* The same, planned for these values; NULL: query does. */
    struct rows (*query_planned)(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
    bool (*next)(struct rows *rows);
    bool (*is_null)(struct rows *rows, int column);
    int64_t (*integer)(struct rows *rows, int column);
    double (*real)(struct rows *rows, int column);
    str (*text)(struct rows *rows, int column);
    void (*end)(struct rows *rows);
    /* Removes the database for good; may be NULL: its files are removed by who made their folder. */
    void (*drop)(struct store *store);
    /* Starts and stops what makes the store's writes durable. */
    bool (*start)(struct store *store, struct err *err);
    void (*stop)(struct store *store);
    /* Returns when fn's transaction is on disk. */
    bool (*write)(struct store *store, store_fn fn, void *arg, struct err *err);
    /* Takes a write that malloc made; tells and frees it when it is done. */
    void (*write_later)(struct store *store, struct write *write);
};

extern const struct engine sqlite_engine, postgres_engine;

struct tx {
    struct store *store;
    struct connection *connection;
    int open_rows;           /* queries that rows_end has not ended */
    bool failed;             /* a statement failed: the transaction can only be undone */
    bool adds_jobs;          /* the runner is to be woken after the commit */
    struct err failure_kept; /* what it failed with */
};

struct stores {
    const struct engine *engine;
    struct arena *arena;
    str url;
    const char *folder;
    str scratch;          /* what the names of its databases begin with; empty: it is none */
    int64_t server;       /* this process among those that serve; 0: it does not (stores_serve) */
    int serve_lock;       /* descriptor of the locked file; -1: none */
    void *presence;       /* the engine's own: what shows that it serves */
    pthread_mutex_t lock; /* of the list */
    struct store *first;
    pthread_mutex_t pool_lock; /* of the connections of every store */
    pthread_cond_t has_room;
    int open_count, waiting;
    pthread_mutex_t blobs_lock; /* between a put that finds its blob and a sweep that removes it */
    bool has_blob_folder[256];  /* on disk */
};

enum { POOL_STORE_MOST = 16, POOL_MOST = 64 };

struct store {
    struct store *next;
    struct stores *stores;
    const struct engine *engine;
    str name;
    struct connection *idle[POOL_STORE_MOST];
    int idle_count, open_count;
    void *writer; /* the engine's own */
    pthread_mutex_t notes_lock;
    struct arena *notes_arena;
    struct map notes;
    pthread_mutex_t watch_lock;
    void (*jobs_added)(void *watcher); /* NULL: nobody runs this store's jobs here */
    void *watcher;
};

/* Whether this process serves, and the others see it: else they may take what it has. */
bool stores_are_served(struct stores *stores);

/* Runs fn inside tx; false also where a statement failed and fn did not say so. A query that was not ended aborts. */
bool tx_call(struct tx *tx, store_fn fn, void *arg, struct err *err);
/* Tells the runner that committed writes added jobs. */
void store_tell_jobs_added(struct store *store);

/* The parameter of that name; a statement that names one which was not given aborts: it could only do harm. next: 0 for
 * the first of a statement; looked at first, since most are given in the order in which the statement names them. */
const struct sql_param *sql_param_called(const struct sql_param *params, size_t count, const char *name,
                                         const char *text, size_t *next);

/* A connection for one transaction, already begun; NULL and err where there is none in time. Given back it is kept for
 * the next, or closed where it broke. */
struct connection *store_begin(struct store *store, bool write, struct err *err);
struct connection *store_take_connection(struct store *store, struct err *err);
void store_give_connection(struct store *store, struct connection *connection);
void store_close_connections(struct store *store);

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

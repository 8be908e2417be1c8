/* Private to the PostgreSQL engine. */
#ifndef GUICHET_STORE_POSTGRES_H
#define GUICHET_STORE_POSTGRES_H

#include "store/engine.h"

#include <libpq-fe.h>

/* So many statements are sent before their answers are read. */
enum { SENT_MOST = 64 };

struct connection {
    PGconn *pg;
    struct store *store;
    struct statement_cache statements;
    int statement_count;
    const char *begin_text; /* to be sent with the first statement; NULL: sent */
    /* Sent and not yet answered, in their order: the statement that the answer makes known; NULL: another answer. */
    struct prepared *sent[SENT_MOST + 3];
    int sent_count;
    bool is_unheard; /* nothing was answered in this transaction */
    bool is_unsent;  /* libpq did not take something of it */
    bool is_reading;
    bool is_ending;   /* a ROLLBACK was sent, and its answer is still to be read */
    bool must_retry;  /* a failure since begin was another transaction's fault */
    bool is_doubtful; /* a failure since begin may have been: a row that it committed after our snapshot */
};

/* A connection to the installation, which may have failed: PQstatus. Its caller's, PQfinish. */
PGconn *postgres_dial(const struct stores *stores);
bool postgres_be_seen(struct stores *stores, struct err *err);
void postgres_be_gone(struct stores *stores);
bool postgres_reach(struct stores *stores, struct err *err);
struct connection *postgres_connect(struct store *store, struct err *err);
void postgres_disconnect(struct connection *connection);
void postgres_drop(struct store *store);
bool postgres_is_broken(const struct connection *connection);
/* Dials again for a connection that was found dead before the server heard of its transaction. */
bool postgres_revive(struct connection *connection, struct err *err);
bool postgres_begin_migration(struct store *store, struct connection *connection, struct err *err);
bool postgres_begin(struct connection *connection, bool write, struct err *err);
bool postgres_commit(struct connection *connection, struct err *err);
void postgres_rollback(struct connection *connection);
/* Statements without parameters, at once. */
bool postgres_command(struct connection *connection, const char *text, struct err *err);
/* Fills err by what the server said (result NULL: by why it can't be reached), notes whose fault it was, returns false.
 */
bool postgres_fail(struct connection *connection, const PGresult *result, struct err *err);

/* ---- Without waiting (postgres_pipeline.c) ---- */
/* Before each statement: sends the BEGIN of a transaction that the server has not heard of. */
void postgres_start_sending(struct connection *connection);
/* Counts what was given to libpq, which said is_sent (1: it takes it). prepares, or NULL: see connection.sent. */
void postgres_count_sent(struct connection *connection, int is_sent, struct prepared *prepares);
/* The answer to what was sent last, or the first failure of all that was sent; NULL where something could not be sent
 * or the connection is lost. The caller's. */
PGresult *postgres_answer(struct connection *connection);
bool postgres_succeeded(struct connection *connection, const PGresult *result, struct err *err);
/* The same where only success matters; true where nothing waits. */
bool postgres_wait(struct connection *connection, struct err *err);
/* Reads what was not waited for, and keeps none of it: before the connection is used in another way. */
void postgres_settle(struct connection *connection);

/* A statement as PostgreSQL takes it, for parameters of certain kinds: $1, $2 … in the order of the names, and NULL
 * itself for what is null, since the type of a null parameter can't always be told. */
struct prepared {
    struct prepared *next; /* the same statement for other kinds */
    char name[16];
    char *text;
    struct prepared_parameter {
        char *name;
        enum sql_kind kind;
        int number; /* its $; 0: null */
    } * parameters;
    int count, bound_count;
    bool is_known; /* to the server, on this connection */
};

/* Leaves literals, comments and ::casts alone. The caller frees by prepared_free. */
struct prepared *prepared_new(const char *text, const struct sql_param *params, size_t count);
bool prepared_fits(const struct prepared *prepared, const char *text, const struct sql_param *params, size_t count);
/* With all that hang on it. */
void prepared_free(void *prepared);

bool postgres_writer_start(struct store *store, struct err *err);
void postgres_writer_stop(struct store *store);
bool postgres_writer_write(struct store *store, store_fn fn, void *arg, struct err *err);
void postgres_writer_write_later(struct store *store, struct write *write);

#endif

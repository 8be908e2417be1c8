/* Private to the PostgreSQL engine. */
#ifndef GUICHET_STORE_POSTGRES_H
#define GUICHET_STORE_POSTGRES_H

#include "store/engine.h"

#include <libpq-fe.h>

struct connection {
    PGconn *pg;
    struct statement_cache statements;
    int statement_count;
    bool must_retry; /* the last failure was another transaction's fault */
};

/* A statement as PostgreSQL takes it: $1, $2 … in the order of the names. */
struct prepared {
    char name[16];
    char *text;
    char **names;
    int name_count;
    bool is_known; /* to the server, on this connection */
};

/* Turns :name into $n, leaving literals, comments and ::casts alone. The caller frees by prepared_free. */
struct prepared *prepared_new(const char *text);
void prepared_free(void *prepared);

/* True, and err filled, where the last call failed because of another transaction (40001, 40P01). */
bool postgres_fail(struct connection *connection, const PGresult *result, struct err *err);

bool postgres_writer_start(struct store *store, struct err *err);
void postgres_writer_stop(struct store *store);
void postgres_writer_write(struct store *store, struct write *write);

#endif

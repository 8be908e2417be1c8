/* Private to the SQLite engine. */
#ifndef GUICHET_STORE_SQLITE_H
#define GUICHET_STORE_SQLITE_H

#include "store/engine.h"

struct sqlite3;

struct connection {
    struct sqlite3 *db;
    struct statement_cache statements;
};

/* The file system as SQLite sees it here (sqlite_log.c); registered once. */
#define SQLITE_VFS "guichet"
void sqlite_log_register(void);

struct connection *sqlite_connect(struct store *store, struct err *err);
void sqlite_disconnect(struct connection *connection);

/* Fills err by the connection's last error and returns false; a failed fsync ends the process. */
bool sqlite_fail(struct connection *connection, struct err *err);

bool sqlite_writer_start(struct store *store, struct err *err);
void sqlite_writer_stop(struct store *store);
bool sqlite_writer_write(struct store *store, store_fn fn, void *arg, struct err *err);
void sqlite_writer_write_later(struct store *store, struct write *write);

#endif

/* The embedded engine: connections, statements and rows. sqlite_writer.c makes writes durable. */
#include "store/sqlite.h"
#include "store/engine.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static bool fail(struct connection *connection, struct err *err)
{
    int code = sqlite3_errcode(connection->db);
    enum err_code kind = (code & 0xFF) == SQLITE_CONSTRAINT ? ERR_CONFLICT : ERR_UNAVAILABLE;
    if (kind == ERR_CONFLICT)
        err_set(err, kind, "The change contradicts what is already there.");
    else
        err_set(err, kind, "The store does not answer.");
    return err_detail(err, "sqlite %d: %s", sqlite3_extended_errcode(connection->db), sqlite3_errmsg(connection->db));
}

/* Only the power-cut rig's canary sets GUICHET_SQLITE_SYNCHRONOUS: it must show that NORMAL loses acknowledged writes.
 */
static const char *synchronous_pragma(void)
{
    const char *wanted = getenv("GUICHET_SQLITE_SYNCHRONOUS");
    return wanted != NULL && strcmp(wanted, "NORMAL") == 0 ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL";
}

static bool set_up(struct connection *connection, struct err *err)
{
    static const char settings[] = "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;"
                                   "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-1024; PRAGMA wal_autocheckpoint=0;"
                                   "PRAGMA journal_size_limit=67108864";
    return (sqlite3_exec(connection->db, settings, NULL, NULL, NULL) == SQLITE_OK &&
            sqlite3_exec(connection->db, synchronous_pragma(), NULL, NULL, NULL) == SQLITE_OK) ||
           fail(connection, err);
}

struct connection *sqlite_connect(struct store *store, struct err *err)
{
    struct arena *arena = arena_new();
    const char *path = str_fmt(arena, "%s/%.*s.db", store->stores->folder, STR_ARG(store->name)).ptr;
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        abort();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (sqlite3_open_v2(path, &connection->db, flags, NULL) != SQLITE_OK || !set_up(connection, err)) {
        err_set(err, ERR_UNAVAILABLE, "Cannot open the database %s.", path);
        err_detail(err, "sqlite: %s", sqlite3_errmsg(connection->db));
        sqlite_disconnect(connection);
        connection = NULL;
    }
    arena_free(arena);
    return connection;
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

void sqlite_disconnect(struct connection *connection)
{
    statement_cache_free(&connection->statements, finalize);
    sqlite3_close(connection->db);
    free(connection);
}

static sqlite3_stmt *prepare(struct connection *connection, const char *text, unsigned flags)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_prepare_v3(connection->db, text, -1, flags, &statement, NULL);
    return statement;
}

/* The prepared statement of a literal text; NULL where the text is not SQL, which is told by errmsg. */
static sqlite3_stmt *statement_of(struct connection *connection, const char *text)
{
    sqlite3_stmt *statement = statement_cache_get(&connection->statements, text);
    if (statement != NULL && !sqlite3_stmt_busy(statement))
        return statement;
    if (statement != NULL) /* the same query inside a loop over itself: one of its own, finalized at its end */
        return prepare(connection, text, 0);
    statement = prepare(connection, text, SQLITE_PREPARE_PERSISTENT);
    if (statement != NULL)
        statement_cache_set(&connection->statements, text, statement);
    return statement;
}

static void done_with(struct connection *connection, const char *text, sqlite3_stmt *statement)
{
    if (statement_cache_get(&connection->statements, text) == statement) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    } else {
        sqlite3_finalize(statement);
    }
}

static int parameter_index(sqlite3_stmt *statement, const char *name)
{
    int count = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= count; i++) {
        const char *known = sqlite3_bind_parameter_name(statement, i);
        if (known != NULL && strcmp(known + 1, name) == 0)
            return i;
    }
    return 0;
}

/* Texts are bound without a copy: they outlive the statement's use, or the row loop that reads it. */
static void bind(sqlite3_stmt *statement, const struct sql_param *params, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int index = parameter_index(statement, params[i].name);
        const char *bytes = params[i].text.len == 0 ? "" : params[i].text.ptr;
        switch (params[i].kind) {
        case SQL_NULL:
            sqlite3_bind_null(statement, index);
            break;
        case SQL_INT:
            sqlite3_bind_int64(statement, index, params[i].integer);
            break;
        case SQL_REAL:
            sqlite3_bind_double(statement, index, params[i].real);
            break;
        case SQL_TEXT:
            sqlite3_bind_text64(statement, index, bytes, params[i].text.len, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case SQL_BLOB:
            sqlite3_bind_blob64(statement, index, bytes, params[i].text.len, SQLITE_STATIC);
            break;
        }
    }
}

static bool begin(struct connection *connection, bool write, struct err *err)
{
    static const char read_text[] = "BEGIN", write_text[] = "BEGIN IMMEDIATE";
    sqlite3_stmt *statement = statement_of(connection, write ? write_text : read_text);
    bool ok = statement != NULL && sqlite3_step(statement) == SQLITE_DONE;
    if (statement != NULL)
        sqlite3_reset(statement);
    return ok || fail(connection, err);
}

static bool commit(struct connection *connection, struct err *err)
{
    static const char text[] = "COMMIT";
    sqlite3_stmt *statement = statement_of(connection, text);
    bool ok = statement != NULL && sqlite3_step(statement) == SQLITE_DONE;
    if (!ok)
        fail(connection, err);
    if (statement != NULL)
        sqlite3_reset(statement);
    return ok;
}

static void rollback(struct connection *connection)
{
    static const char text[] = "ROLLBACK";
    if (sqlite3_get_autocommit(connection->db))
        return;
    sqlite3_stmt *statement = statement_of(connection, text);
    if (statement != NULL) {
        sqlite3_step(statement);
        sqlite3_reset(statement);
    }
}

static bool run(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                struct err *err)
{
    struct connection *connection = tx->connection;
    sqlite3_stmt *statement = statement_of(connection, text);
    if (statement == NULL)
        return fail(connection, err);
    bind(statement, params, count);
    int step;
    do
        step = sqlite3_step(statement);
    while (step == SQLITE_ROW);
    if (step != SQLITE_DONE)
        fail(connection, err);
    if (changed != NULL)
        *changed = sqlite3_changes64(connection->db);
    done_with(connection, text, statement);
    return step == SQLITE_DONE;
}

static bool script(struct connection *connection, const char *text, struct err *err)
{
    return sqlite3_exec(connection->db, text, NULL, NULL, NULL) == SQLITE_OK || fail(connection, err);
}

/* What a row loop needs to end well. */
struct reading {
    sqlite3_stmt *statement;
    const char *text;
};

static struct rows query(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    struct rows rows = {.tx = tx};
    struct reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        abort();
    rows.statement = reading;
    reading->text = text;
    reading->statement = statement_of(tx->connection, text);
    if (reading->statement == NULL) {
        rows.failed = true;
        fail(tx->connection, &tx->failure_kept);
        return rows;
    }
    bind(reading->statement, params, count);
    return rows;
}

static sqlite3_stmt *statement_in(struct rows *rows)
{
    return ((struct reading *)rows->statement)->statement;
}

static bool next(struct rows *rows)
{
    int step = sqlite3_step(statement_in(rows));
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE) {
        rows->failed = true;
        fail(rows->tx->connection, &rows->tx->failure_kept);
    }
    return false;
}

static bool is_null(struct rows *rows, int column)
{
    return sqlite3_column_type(statement_in(rows), column) == SQLITE_NULL;
}

static int64_t integer(struct rows *rows, int column)
{
    return sqlite3_column_int64(statement_in(rows), column);
}

static double real(struct rows *rows, int column)
{
    return sqlite3_column_double(statement_in(rows), column);
}

static str text_of(struct rows *rows, int column)
{
    sqlite3_stmt *statement = statement_in(rows);
    const char *bytes = sqlite3_column_blob(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    return bytes == NULL ? STR_EMPTY : (str){bytes, (size_t)length};
}

static bool end(struct rows *rows, struct err *err)
{
    struct reading *reading = rows->statement;
    if (reading->statement != NULL)
        done_with(rows->tx->connection, reading->text, reading->statement);
    free(reading);
    if (rows->failed && err != NULL)
        *err = rows->tx->failure_kept;
    return !rows->failed;
}

const struct engine sqlite_engine = {
    .kind = STORE_SQLITE,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .script = script,
    .query = query,
    .next = next,
    .is_null = is_null,
    .integer = integer,
    .real = real,
    .text = text_of,
    .end = end,
    .start = sqlite_writer_start,
    .stop = sqlite_writer_stop,
    .write = sqlite_writer_write,
};

/* The embedded engine: connections, statements and rows. sqlite_writer.c makes writes durable. */
#include "store/sqlite.h"
#include "store/engine.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Page caches of all connections together stop growing here. */
enum { SOFT_HEAP = 40 << 20 };

/* An fsync that failed must not be tried again: the kernel may have dropped the page, and the next fsync would lie
 * (PostgreSQL's lesson of 2018). The process ends; recovery at the next start keeps all that was acknowledged. */
static void stop_if_disk_lies(sqlite3 *db)
{
    int code = sqlite3_extended_errcode(db);
    if (code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC)
        return;
    log_line(LOG_ERROR, "store.fsync", "an fsync failed: nothing more is acknowledged, stopping");
    abort();
}

bool sqlite_fail(struct connection *connection, struct err *err)
{
    stop_if_disk_lies(connection->db);
    int code = sqlite3_errcode(connection->db) & 0xFF;
    if (code == SQLITE_CONSTRAINT)
        err_set(err, ERR_CONFLICT, "Cette modification contredit ce qui est déjà enregistré.");
    else
        err_set(err, code == SQLITE_ERROR ? ERR_INTERNAL : ERR_UNAVAILABLE,
                "Le service est momentanément indisponible. Réessayez dans quelques minutes.");
    return err_detail(err, "sqlite %d: %s", sqlite3_extended_errcode(connection->db), sqlite3_errmsg(connection->db));
}

/* SQLite does not wait where two processes turn a new database to WAL at once: it says « busy », whatever the timeout.
 */
static bool turn_to_wal(struct connection *connection)
{
    static const struct timespec pause = {.tv_nsec = 5000000};
    int code = SQLITE_BUSY;
    for (int i = 0; i < 2000 && (code & 0xFF) == SQLITE_BUSY; i++) {
        code = sqlite3_exec(connection->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
        if ((code & 0xFF) == SQLITE_BUSY)
            nanosleep(&pause, NULL);
    }
    return code == SQLITE_OK;
}

static bool set_up(struct connection *connection, const struct store *store, struct err *err)
{
    /* FULL: in WAL, NORMAL would acknowledge what is not on disk yet (tests/durability/power-cut shows it). */
    static const char settings[] = "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2048;"
                                   "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864";
    const char *durability = store->stores->scratch.len > 0 ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL";
    return (sqlite3_busy_timeout(connection->db, 10000) == SQLITE_OK && turn_to_wal(connection) &&
            sqlite3_exec(connection->db, settings, NULL, NULL, NULL) == SQLITE_OK &&
            sqlite3_exec(connection->db, durability, NULL, NULL, NULL) == SQLITE_OK) ||
           sqlite_fail(connection, err);
}

/* SQLite makes its files readable by all; its log and index take the mode of the database. */
static void make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static void set_up_library(void)
{
    sqlite_log_register();
    sqlite3_soft_heap_limit64(SOFT_HEAP);
}

struct connection *sqlite_connect(struct store *store, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_library);
    struct arena *arena = arena_new();
    const char *path = str_fmt(arena, "%s/%.*s.db", store->stores->folder, STR_ARG(store->name)).ptr;
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        abort();
    make_file(path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (sqlite3_open_v2(path, &connection->db, flags, SQLITE_VFS) != SQLITE_OK || !set_up(connection, store, err)) {
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

/* Texts are bound without a copy: they outlive the statement's use, or the row loop that reads it. */
static void bind_one(sqlite3_stmt *statement, int index, const struct sql_param *param)
{
    const char *bytes = param->text.len == 0 ? "" : param->text.ptr;
    switch (param->kind) {
    case SQL_NULL:
        sqlite3_bind_null(statement, index);
        break;
    case SQL_INT:
        sqlite3_bind_int64(statement, index, param->integer);
        break;
    case SQL_REAL:
        sqlite3_bind_double(statement, index, param->real);
        break;
    case SQL_TEXT:
        sqlite3_bind_text64(statement, index, bytes, param->text.len, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case SQL_BLOB:
        sqlite3_bind_blob64(statement, index, bytes, param->text.len, SQLITE_STATIC);
        break;
    }
}

static void bind(sqlite3_stmt *statement, const char *text, const struct sql_param *params, size_t count)
{
    int wanted = sqlite3_bind_parameter_count(statement);
    size_t next = 0;
    for (int i = 1; i <= wanted; i++) {
        const char *name = sqlite3_bind_parameter_name(statement, i) + 1;
        bind_one(statement, i, sql_param_called(params, count, name, text, &next));
    }
}

static bool begin(struct connection *connection, bool write, struct err *err)
{
    static const char read_text[] = "BEGIN", write_text[] = "BEGIN IMMEDIATE";
    sqlite3_stmt *statement = statement_of(connection, write ? write_text : read_text);
    bool ok = statement != NULL && sqlite3_step(statement) == SQLITE_DONE;
    if (statement != NULL)
        sqlite3_reset(statement);
    return ok || sqlite_fail(connection, err);
}

static bool commit(struct connection *connection, struct err *err)
{
    static const char text[] = "COMMIT";
    sqlite3_stmt *statement = statement_of(connection, text);
    bool ok = statement != NULL && sqlite3_step(statement) == SQLITE_DONE;
    if (!ok)
        sqlite_fail(connection, err);
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
        return sqlite_fail(connection, err);
    bind(statement, text, params, count);
    int step;
    do
        step = sqlite3_step(statement);
    while (step == SQLITE_ROW);
    if (step != SQLITE_DONE)
        sqlite_fail(connection, err);
    if (changed != NULL)
        *changed = sqlite3_changes64(connection->db);
    done_with(connection, text, statement);
    return step == SQLITE_DONE;
}

static bool script(struct connection *connection, const char *text, struct err *err)
{
    return sqlite3_exec(connection->db, text, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail(connection, err);
}

static struct rows query(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    struct rows rows = {.tx = tx, .text = text};
    rows.statement = statement_of(tx->connection, text);
    rows.failed = rows.statement == NULL;
    if (rows.failed)
        sqlite_fail(tx->connection, &tx->failure_kept);
    else
        bind(rows.statement, text, params, count);
    return rows;
}

static bool next(struct rows *rows)
{
    int step = sqlite3_step(rows->statement);
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE) {
        rows->failed = true;
        sqlite_fail(rows->tx->connection, &rows->tx->failure_kept);
    }
    return false;
}

static bool is_null(struct rows *rows, int column)
{
    return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

static int64_t integer(struct rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

static double real(struct rows *rows, int column)
{
    return sqlite3_column_double(rows->statement, column);
}

static str text_of(struct rows *rows, int column)
{
    sqlite3_stmt *statement = rows->statement;
    const char *bytes = sqlite3_column_blob(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    return bytes == NULL ? STR_EMPTY : (str){bytes, (size_t)length};
}

static void end(struct rows *rows)
{
    done_with(rows->tx->connection, rows->text, rows->statement);
}

static bool begin_migration(struct store *store, struct connection *connection, struct err *err)
{
    (void)store;
    return begin(connection, true, err);
}

const struct engine sqlite_engine = {
    .kind = STORE_SQLITE,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin_migration = begin_migration,
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
    .write_later = sqlite_writer_write_later,
};

/* The PostgreSQL engine: connections, statements and rows. postgres_writer.c runs and retries writes. */
#include "store/postgres.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701, PARAMS_MOST = 64 };

static bool is_state(const char *state, const char *wanted)
{
    return state != NULL && strncmp(state, wanted, strlen(wanted)) == 0;
}

static enum err_code code_of(const char *state)
{
    if (is_state(state, "23"))
        return ERR_CONFLICT; /* integrity constraint violation */
    if (is_state(state, "22"))
        return ERR_INVALID; /* data exception */
    if (is_state(state, "42"))
        return ERR_INTERNAL; /* syntax error or access rule violation */
    return ERR_UNAVAILABLE;
}

bool postgres_fail(struct connection *connection, const PGresult *result, struct err *err)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (is_state(state, "40001") || is_state(state, "40P01")) /* serialization failure, deadlock */
        connection->must_retry = true;
    if (is_state(state, "23505")) /* unique violation */
        connection->is_doubtful = true;
    enum err_code code = code_of(state);
    if (code == ERR_CONFLICT)
        err_set(err, code, "Cette modification contredit ce qui est déjà enregistré.");
    else
        err_set(err, code, "Le service est momentanément indisponible. Réessayez dans quelques minutes.");
    return err_detail(err, "postgresql %s: %s", state == NULL ? "-" : state,
                      result == NULL ? PQerrorMessage(connection->pg) : PQresultErrorMessage(result));
}

static bool command(struct connection *connection, const char *text, struct err *err)
{
    PGresult *result = PQexec(connection->pg, text);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok)
        postgres_fail(connection, result, err);
    PQclear(result);
    return ok;
}

static void be_silent(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice; /* « already exists, skipping » */
}

static void disconnect(struct connection *connection)
{
    statement_cache_free(&connection->statements, prepared_free);
    PQfinish(connection->pg);
    free(connection);
}

/* The schema has the database's name, with _ for -. The name is checked ([a-z0-9-]), so it may stand in a statement. */
static bool with_schema(struct store *store, struct connection *connection, const char *before, struct err *err)
{
    struct arena *arena = arena_new();
    str schema = str_replace(arena, store->name, STR("-"), STR("_"));
    bool ok = command(connection, str_fmt(arena, "%s \"%.*s\"", before, STR_ARG(schema)).ptr, err);
    arena_free(arena);
    return ok;
}

/* Reads its snapshot after the lock is ours, so that it sees what another process's migration did. */
static bool begin_migration(struct store *store, struct connection *connection, struct err *err)
{
    return command(connection, "BEGIN ISOLATION LEVEL READ COMMITTED", err) &&
           command(connection, "SELECT pg_advisory_xact_lock(7104112105)", err) &&
           with_schema(store, connection, "CREATE SCHEMA IF NOT EXISTS", err);
}

/* What the operator's URL does not say: a server that is gone is noticed in seconds. */
static PGconn *dial(const struct stores *stores)
{
    struct arena *arena = arena_new();
    const char *names[] = {"connect_timeout", "tcp_user_timeout", "application_name",
                           "dbname",          "client_encoding",  NULL};
    const char *values[] = {"5", "10000", "guichet", str_z(arena, stores->url), "UTF8", NULL};
    PGconn *pg = PQconnectdbParams(names, values, 1);
    arena_free(arena);
    return pg;
}

static bool reach(struct stores *stores, struct err *err)
{
    PGconn *pg = dial(stores);
    bool ok = PQstatus(pg) == CONNECTION_OK;
    if (!ok) {
        err_set(err, ERR_UNAVAILABLE, "PostgreSQL can't be reached.");
        err_detail(err, "%s", PQerrorMessage(pg));
    }
    PQfinish(pg);
    return ok;
}

static struct connection *pg_connect(struct store *store, struct err *err)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        abort();
    connection->pg = dial(store->stores);
    if (PQstatus(connection->pg) != CONNECTION_OK) {
        postgres_fail(connection, NULL, err);
        disconnect(connection);
        return NULL;
    }
    PQsetNoticeReceiver(connection->pg, be_silent, NULL);
    if (command(connection, "SET client_min_messages TO warning", err) &&
        with_schema(store, connection, "SET search_path TO", err))
        return connection;
    disconnect(connection);
    return NULL;
}

static bool is_broken(const struct connection *connection)
{
    return PQtransactionStatus(connection->pg) != PQTRANS_IDLE;
}

/* REPEATABLE READ: a row that another transaction changed since our snapshot makes ours run again
 * (docs/decisions/0007-postgresql-isolation.md). */
static bool begin(struct connection *connection, bool write, struct err *err)
{
    connection->must_retry = connection->is_doubtful = false;
    return command(connection,
                   write ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                   err);
}

static bool commit(struct connection *connection, struct err *err)
{
    return command(connection, "COMMIT", err);
}

static void rollback(struct connection *connection)
{
    command(connection, "ROLLBACK", NULL);
}

static bool script(struct connection *connection, const char *text, struct err *err)
{
    return command(connection, text, err);
}

/* What libpq wants of the parameters, in the order of the statement. */
struct bound {
    Oid types[PARAMS_MOST];
    const char *values[PARAMS_MOST];
    int lengths[PARAMS_MOST], formats[PARAMS_MOST];
    char numbers[PARAMS_MOST][32];
};

static void bind_one(struct bound *bound, int i, const struct sql_param *param, struct arena *arena)
{
    switch (param->kind) {
    case SQL_NULL:
        return;
    case SQL_INT:
        snprintf(bound->numbers[i], sizeof bound->numbers[i], "%lld", (long long)param->integer);
        bound->types[i] = OID_INT8;
        bound->values[i] = bound->numbers[i];
        return;
    case SQL_REAL:
        snprintf(bound->numbers[i], sizeof bound->numbers[i], "%.17g", param->real);
        bound->types[i] = OID_FLOAT8;
        bound->values[i] = bound->numbers[i];
        return;
    case SQL_TEXT:
        bound->types[i] = OID_TEXT;
        bound->values[i] = str_z(arena, param->text);
        return;
    case SQL_BLOB:
        bound->types[i] = OID_BYTEA;
        bound->values[i] = str_z(arena, param->text);
        bound->lengths[i] = (int)param->text.len;
        bound->formats[i] = 1;
        return;
    }
}

/* The variant for these kinds of parameters. */
static struct prepared *prepared_of(struct connection *connection, const char *text, const struct sql_param *params,
                                    size_t count)
{
    struct prepared *first = statement_cache_get(&connection->statements, text);
    for (struct prepared *prepared = first; prepared != NULL; prepared = prepared->next)
        if (prepared_fits(prepared, text, params, count))
            return prepared;
    struct prepared *prepared = prepared_new(text, params, count);
    assert(prepared->bound_count <= PARAMS_MOST);
    snprintf(prepared->name, sizeof prepared->name, "s%d", ++connection->statement_count);
    prepared->next = first;
    statement_cache_set(&connection->statements, text, prepared);
    return prepared;
}

static PGresult *execute(struct connection *connection, const char *text, const struct sql_param *params, size_t count)
{
    struct prepared *prepared = prepared_of(connection, text, params, count);
    struct arena *arena = arena_new();
    struct bound *bound = arena_new_of(arena, struct bound);
    for (int i = 0; i < prepared->count; i++)
        bind_one(bound, prepared->parameters[i].number - 1,
                 sql_param_called(params, count, prepared->parameters[i].name, text), arena);
    PGresult *result = NULL;
    if (!prepared->is_known) {
        result = PQprepare(connection->pg, prepared->name, prepared->text, prepared->bound_count, bound->types);
        prepared->is_known = PQresultStatus(result) == PGRES_COMMAND_OK;
    }
    if (prepared->is_known) {
        PQclear(result);
        result = PQexecPrepared(connection->pg, prepared->name, prepared->bound_count, bound->values, bound->lengths,
                                bound->formats, 0);
    }
    arena_free(arena);
    return result;
}

static bool run(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                struct err *err)
{
    PGresult *result = execute(tx->connection, text, params, count);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok) {
        postgres_fail(tx->connection, result, err);
    } else if (changed != NULL && !str_to_int64(str_of(PQcmdTuples(result)), changed)) {
        *changed = 0;
    }
    PQclear(result);
    return ok;
}

static struct rows query(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    struct rows rows = {.tx = tx};
    PGresult *result = execute(tx->connection, text, params, count);
    rows.statement = result;
    rows.failed = PQresultStatus(result) != PGRES_TUPLES_OK;
    rows.count = rows.failed ? 0 : (size_t)PQntuples(result);
    if (rows.failed)
        postgres_fail(tx->connection, result, &tx->failure_kept);
    return rows;
}

static bool next(struct rows *rows)
{
    if (rows->row >= rows->count)
        return false;
    rows->row++;
    return true;
}

static int row_of(const struct rows *rows)
{
    return (int)rows->row - 1;
}

static bool is_null(struct rows *rows, int column)
{
    return PQgetisnull(rows->statement, row_of(rows), column);
}

static str raw_text(struct rows *rows, int column)
{
    return (str){PQgetvalue(rows->statement, row_of(rows), column),
                 (size_t)PQgetlength(rows->statement, row_of(rows), column)};
}

/* Booleans come as t and f, counts as numerics. */
static int64_t integer(struct rows *rows, int column)
{
    str text = raw_text(rows, column);
    int64_t value = 0;
    if (str_eq(text, STR("t")))
        return 1;
    return str_to_int64(text, &value) ? value : 0;
}

static double real(struct rows *rows, int column)
{
    return strtod(PQgetvalue(rows->statement, row_of(rows), column), NULL);
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* bytea comes as \x… in text; the bytes live as long as the result. */
static str text_of(struct rows *rows, int column)
{
    str text = raw_text(rows, column);
    if (PQftype(rows->statement, column) != OID_BYTEA || !str_starts(text, STR("\\x")))
        return text;
    size_t length = (text.len - 2) / 2;
    char *bytes = PQresultAlloc(rows->statement, length + 1);
    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)(hex_digit(text.ptr[2 + 2 * i]) << 4 | hex_digit(text.ptr[3 + 2 * i]));
    return (str){bytes, length};
}

static void end(struct rows *rows)
{
    PQclear(rows->statement);
}

const struct engine postgres_engine = {
    .kind = STORE_POSTGRES,
    .reach = reach,
    .connect = pg_connect,
    .disconnect = disconnect,
    .is_broken = is_broken,
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
    .start = postgres_writer_start,
    .stop = postgres_writer_stop,
    .write = postgres_writer_write,
    .write_later = postgres_writer_write_later,
};

/* The PostgreSQL engine: connections, statements and rows. postgres_writer.c runs and retries writes. */
#include "store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701, PARAMS_MOST = 64 };

bool postgres_fail(struct connection *connection, const PGresult *result, struct err *err)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    connection->must_retry = state != NULL && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0);
    if (state != NULL && strncmp(state, "23", 2) == 0)
        err_set(err, ERR_CONFLICT, "The change contradicts what is already there.");
    else
        err_set(err, ERR_UNAVAILABLE, "The store does not answer.");
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

static bool make_database(struct store *store, struct connection *connection, struct err *err)
{
    return with_schema(store, connection, "CREATE SCHEMA IF NOT EXISTS", err);
}

static struct connection *pg_connect(struct store *store, struct err *err)
{
    struct arena *arena = arena_new();
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        abort();
    connection->pg = PQconnectdb(str_z(arena, store->stores->url));
    arena_free(arena);
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

static bool begin(struct connection *connection, bool write, struct err *err)
{
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

static const struct sql_param *param_called(const struct sql_param *params, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(params[i].name, name) == 0)
            return &params[i];
    return NULL;
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
    switch (param == NULL ? SQL_NULL : param->kind) {
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

static struct prepared *prepared_of(struct connection *connection, const char *text)
{
    struct prepared *prepared = statement_cache_get(&connection->statements, text);
    if (prepared == NULL) {
        prepared = prepared_new(text);
        snprintf(prepared->name, sizeof prepared->name, "s%d", ++connection->statement_count);
        statement_cache_set(&connection->statements, text, prepared);
    }
    return prepared;
}

/* Prepared at first use, with the types of that use: a NULL then leaves the type to the server. */
static PGresult *execute(struct connection *connection, const char *text, const struct sql_param *params, size_t count)
{
    struct prepared *prepared = prepared_of(connection, text);
    struct arena *arena = arena_new();
    struct bound *bound = arena_new_of(arena, struct bound);
    int number = prepared->name_count < PARAMS_MOST ? prepared->name_count : PARAMS_MOST;
    for (int i = 0; i < number; i++)
        bind_one(bound, i, param_called(params, count, prepared->names[i]), arena);
    PGresult *result = NULL;
    if (!prepared->is_known) {
        result = PQprepare(connection->pg, prepared->name, prepared->text, number, bound->types);
        prepared->is_known = PQresultStatus(result) == PGRES_COMMAND_OK;
    }
    if (prepared->is_known) {
        PQclear(result);
        result =
            PQexecPrepared(connection->pg, prepared->name, number, bound->values, bound->lengths, bound->formats, 0);
    }
    arena_free(arena);
    return result;
}

static void note_failure(struct tx *tx)
{
    tx->failed = true;
    tx->must_retry = tx->must_retry || tx->connection->must_retry;
}

static bool run(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                struct err *err)
{
    PGresult *result = execute(tx->connection, text, params, count);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok) {
        postgres_fail(tx->connection, result, err);
        note_failure(tx);
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
    if (rows.failed) {
        postgres_fail(tx->connection, result, &tx->failure_kept);
        note_failure(tx);
    }
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

static bool end(struct rows *rows, struct err *err)
{
    PQclear(rows->statement);
    if (rows->failed && err != NULL)
        *err = rows->tx->failure_kept;
    return !rows->failed;
}

const struct engine postgres_engine = {
    .kind = STORE_POSTGRES,
    .connect = pg_connect,
    .disconnect = disconnect,
    .make_database = make_database,
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
};

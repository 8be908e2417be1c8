/* The PostgreSQL engine: statements and rows. postgres_connection.c holds connections and transactions,
 * postgres_writer.c runs and retries writes. */
#include "store/postgres.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701, PARAMS_MOST = 64 };

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

enum plan { PLAN_KEPT, PLAN_ANEW };

/* Sends the statement, and before it what the server must know first: the BEGIN that waits, its preparation. */
static void send(struct connection *connection, enum plan plan, struct prepared *prepared, const struct bound *bound)
{
    PGconn *pg = connection->pg;
    postgres_start_sending(connection);
    if (plan == PLAN_KEPT && !prepared->is_known) {
        int is_sent = PQsendPrepare(pg, prepared->name, prepared->text, prepared->bound_count, bound->types);
        postgres_count_sent(connection, is_sent, prepared);
        prepared->is_known = true; /* until the answer says that it isn't */
    }
    int is_sent = plan == PLAN_KEPT ? PQsendQueryPrepared(pg, prepared->name, prepared->bound_count, bound->values,
                                                          bound->lengths, bound->formats, 0)
                                    : PQsendQueryParams(pg, prepared->text, prepared->bound_count, bound->types,
                                                        bound->values, bound->lengths, bound->formats, 0);
    postgres_count_sent(connection, is_sent, NULL);
}

static void bind_and_send(struct connection *connection, enum plan plan, const char *text,
                          const struct sql_param *params, size_t count)
{
    struct prepared *prepared = prepared_of(connection, text, params, count);
    struct arena *arena = arena_new();
    struct bound *bound = arena_new_of(arena, struct bound);
    size_t next = 0;
    for (int i = 0; i < prepared->count; i++) {
        const struct prepared_parameter *parameter = &prepared->parameters[i];
        bind_one(bound, parameter->number - 1, sql_param_called(params, count, parameter->name, text, &next), arena);
    }
    send(connection, plan, prepared, bound);
    arena_free(arena);
}

/* An idle connection that the server has closed meanwhile is found out by the first statement: nothing is lost, and it
 * is asked again on a new one. */
static PGresult *execute(struct connection *connection, enum plan plan, const char *text,
                         const struct sql_param *params, size_t count)
{
    const char *begin = connection->begin_text;
    bind_and_send(connection, plan, text, params, count);
    PGresult *result = postgres_answer(connection);
    if (begin != NULL && PQstatus(connection->pg) != CONNECTION_OK) {
        connection->begin_text = begin;
        if (postgres_revive(connection, NULL)) {
            PQclear(result);
            bind_and_send(connection, plan, text, params, count);
            result = postgres_answer(connection);
        }
    }
    return result;
}

static bool run_and_count(struct tx *tx, const char *text, const struct sql_param *params, size_t count,
                          int64_t *changed, struct err *err)
{
    PGresult *result = execute(tx->connection, PLAN_KEPT, text, params, count);
    bool ok = postgres_succeeded(tx->connection, result, err);
    if (ok && !str_to_int64(str_of(PQcmdTuples(result)), changed))
        *changed = 0;
    PQclear(result);
    return ok;
}

/* Whose answer nobody needs is not waited for. */
static bool run(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                struct err *err)
{
    if (changed != NULL)
        return run_and_count(tx, text, params, count, changed, err);
    bind_and_send(tx->connection, PLAN_KEPT, text, params, count);
    return tx->connection->sent_count < SENT_MOST || postgres_wait(tx->connection, err);
}

static struct rows query_by(struct tx *tx, enum plan plan, const char *text, const struct sql_param *params,
                            size_t count)
{
    struct rows rows = {.tx = tx};
    PGresult *result = execute(tx->connection, plan, text, params, count);
    rows.statement = result;
    rows.failed = PQresultStatus(result) != PGRES_TUPLES_OK;
    rows.count = rows.failed ? 0 : (size_t)PQntuples(result);
    if (rows.failed)
        postgres_fail(tx->connection, result, &tx->failure_kept);
    return rows;
}

static struct rows query(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    return query_by(tx, PLAN_KEPT, text, params, count);
}

static struct rows query_planned(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    return query_by(tx, PLAN_ANEW, text, params, count);
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
    .reach = postgres_reach,
    .be_seen = postgres_be_seen,
    .be_gone = postgres_be_gone,
    .connect = postgres_connect,
    .disconnect = postgres_disconnect,
    .is_broken = postgres_is_broken,
    .begin_migration = postgres_begin_migration,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .run = run,
    .script = postgres_command,
    .query = query,
    .query_planned = query_planned,
    .next = next,
    .is_null = is_null,
    .integer = integer,
    .real = real,
    .text = text_of,
    .end = end,
    .drop = postgres_drop,
    .start = postgres_writer_start,
    .stop = postgres_writer_stop,
    .write = postgres_writer_write,
    .write_later = postgres_writer_write_later,
};

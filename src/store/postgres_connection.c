/* Connections to PostgreSQL, and the transactions on them. To the server a BEGIN travels with the first statement, a
 * COMMIT with the last ones, and the end of a reading is not waited for: a page that asks one thing waits for one
 * answer. */
#include "store/postgres.h"

#include <stdlib.h>
#include <string.h>

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

bool postgres_command(struct connection *connection, const char *text, struct err *err)
{
    postgres_settle(connection);
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

/* The schema has the database's name, with _ for -. The name is checked ([a-z0-9-]), so it may stand in a statement. */
static bool with_schema(struct connection *connection, const char *before, const char *after, struct err *err)
{
    struct arena *arena = arena_new();
    str schema = str_replace(arena, connection->store->name, STR("-"), STR("_"));
    bool ok = postgres_command(connection, str_fmt(arena, "%s \"%.*s\"%s", before, STR_ARG(schema), after).ptr, err);
    arena_free(arena);
    return ok;
}

/* What the operator's URL does not say: a server that is gone is noticed in seconds. */
PGconn *postgres_dial(const struct stores *stores)
{
    struct arena *arena = arena_new();
    const char *names[] = {"connect_timeout", "tcp_user_timeout", "application_name",
                           "dbname",          "client_encoding",  NULL};
    const char *values[] = {"5", "10000", "guichet", str_z(arena, stores->url), "UTF8", NULL};
    PGconn *pg = PQconnectdbParams(names, values, 1);
    arena_free(arena);
    return pg;
}

bool postgres_reach(struct stores *stores, struct err *err)
{
    PGconn *pg = postgres_dial(stores);
    bool ok = PQstatus(pg) == CONNECTION_OK;
    if (!ok) {
        err_set(err, ERR_UNAVAILABLE, "PostgreSQL ne répond pas à cette adresse.");
        err_detail(err, "%s", PQerrorMessage(pg));
    }
    PQfinish(pg);
    return ok;
}

/* A server or a role for which commits need not be on disk is not obeyed; a stricter setting than ours is. */
static const char settings[] = "SET client_min_messages TO warning;"
                               "SELECT set_config('synchronous_commit', 'on', false)"
                               " WHERE current_setting('synchronous_commit') = 'off'";

static bool set_up(struct connection *connection, struct err *err)
{
    if (PQstatus(connection->pg) != CONNECTION_OK)
        return postgres_fail(connection, NULL, err);
    PQsetNoticeReceiver(connection->pg, be_silent, NULL);
    bool is_scratch = connection->store->stores->scratch.len > 0;
    return postgres_command(connection, is_scratch ? "SET synchronous_commit TO off" : settings, err) &&
           with_schema(connection, "SET search_path TO", "", err);
}

struct connection *postgres_connect(struct store *store, struct err *err)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        abort();
    connection->store = store;
    connection->pg = postgres_dial(store->stores);
    if (set_up(connection, err))
        return connection;
    postgres_disconnect(connection);
    return NULL;
}

void postgres_disconnect(struct connection *connection)
{
    statement_cache_free(&connection->statements, prepared_free);
    PQfinish(connection->pg);
    free(connection);
}

void postgres_drop(struct store *store)
{
    struct err err = {0};
    struct connection *connection = postgres_connect(store, &err);
    if (connection == NULL || !with_schema(connection, "DROP SCHEMA IF EXISTS", " CASCADE", &err))
        log_err("store.drop", &err);
    if (connection != NULL)
        postgres_disconnect(connection);
}

bool postgres_revive(struct connection *connection, struct err *err)
{
    const char *begin = connection->begin_text;
    connection->begin_text = NULL;
    connection->is_ending = connection->is_unheard = connection->is_unsent = false;
    connection->sent_count = 0;
    statement_cache_free(&connection->statements, prepared_free);
    PQreset(connection->pg);
    bool ok = set_up(connection, err);
    connection->begin_text = begin;
    return ok;
}

bool postgres_is_broken(const struct connection *connection)
{
    if (connection->is_ending)
        return PQstatus(connection->pg) != CONNECTION_OK;
    return PQtransactionStatus(connection->pg) != PQTRANS_IDLE || PQpipelineStatus(connection->pg) != PQ_PIPELINE_OFF;
}

/* Reads its snapshot after the lock is ours, so that it sees what another process's migration did. */
bool postgres_begin_migration(struct store *store, struct connection *connection, struct err *err)
{
    (void)store;
    return postgres_command(connection, "BEGIN ISOLATION LEVEL READ COMMITTED", err) &&
           postgres_command(connection, "SELECT pg_advisory_xact_lock(7104112105)", err) &&
           with_schema(connection, "CREATE SCHEMA IF NOT EXISTS", "", err);
}

/* REPEATABLE READ: a row that another transaction changed since our snapshot makes ours run again
 * (docs/decisions/0007-postgresql-isolation.md). */
bool postgres_begin(struct connection *connection, bool write, struct err *err)
{
    (void)err;
    connection->must_retry = connection->is_doubtful = connection->is_unsent = false;
    connection->is_reading = !write;
    connection->begin_text =
        write ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    return true;
}

/* True, and forgotten, where the server has not heard of the transaction. */
static bool never_began(struct connection *connection)
{
    bool never = connection->begin_text != NULL;
    connection->begin_text = NULL;
    return never;
}

/* Where the server has heard nothing yet, it is asked before the COMMIT: a connection that died while it was idle has
 * committed nothing, and that may be run again. */
bool postgres_commit(struct connection *connection, struct err *err)
{
    if (never_began(connection))
        return true;
    if (connection->is_unheard && !postgres_wait(connection, err)) {
        connection->must_retry = connection->must_retry || PQstatus(connection->pg) != CONNECTION_OK;
        return false;
    }
    postgres_start_sending(connection);
    postgres_count_sent(connection, PQsendQueryParams(connection->pg, "COMMIT", 0, NULL, NULL, NULL, NULL, 0), NULL);
    return postgres_wait(connection, err);
}

void postgres_rollback(struct connection *connection)
{
    if (never_began(connection))
        return;
    postgres_settle(connection);
    if (!connection->is_reading)
        postgres_command(connection, "ROLLBACK", NULL);
    else
        connection->is_ending = PQsendQuery(connection->pg, "ROLLBACK") == 1;
    connection->is_reading = false;
}

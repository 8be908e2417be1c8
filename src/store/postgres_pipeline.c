/* What is sent to PostgreSQL without waiting for each answer: a transaction's statements whose results nobody reads
 * travel with the next one that is waited for, its COMMIT at the latest. libpq's pipeline mode: an error skips all that
 * was sent behind it. */
#include "store/postgres.h"

void postgres_count_sent(struct connection *connection, int is_sent, struct prepared *prepares)
{
    if (is_sent == 1)
        connection->sent[connection->sent_count++] = prepares;
    else
        connection->is_unsent = true;
}

void postgres_start_sending(struct connection *connection)
{
    PGconn *pg = connection->pg;
    if (PQpipelineStatus(pg) == PQ_PIPELINE_OFF) {
        postgres_settle(connection);
        PQenterPipelineMode(pg);
    }
    if (connection->begin_text == NULL)
        return;
    int is_sent = PQsendQueryParams(pg, connection->begin_text, 0, NULL, NULL, NULL, NULL, 0);
    postgres_count_sent(connection, is_sent, NULL);
    connection->begin_text = NULL;
    connection->is_unheard = true;
}

static bool is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

/* The first failure stays; else the last answer does. */
static PGresult *keep(PGresult *kept, PGresult *result)
{
    bool stays = kept != NULL && is_failure(kept);
    PQclear(stays ? result : kept);
    return stays ? kept : result;
}

/* NULL stands between two answers; a connection that was lost gives no more. */
static PGresult *read_answers(struct connection *connection)
{
    PGresult *kept = NULL;
    for (int place = 0, nothing = 0; nothing <= connection->sent_count;) {
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL) {
            nothing++;
            continue;
        }
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            break;
        }
        struct prepared *prepared = place < connection->sent_count ? connection->sent[place++] : NULL;
        if (prepared != NULL)
            prepared->is_known = !is_failure(result);
        kept = keep(kept, result);
    }
    return kept;
}

PGresult *postgres_answer(struct connection *connection)
{
    PQpipelineSync(connection->pg);
    PGresult *result = read_answers(connection);
    connection->sent_count = 0;
    connection->is_unheard = false;
    PQexitPipelineMode(connection->pg);
    if (!connection->is_unsent)
        return result;
    PQclear(result);
    return NULL;
}

bool postgres_succeeded(struct connection *connection, const PGresult *result, struct err *err)
{
    return !is_failure(result) || postgres_fail(connection, result, err);
}

bool postgres_wait(struct connection *connection, struct err *err)
{
    if (connection->sent_count == 0 && !connection->is_unsent)
        return true;
    PGresult *result = postgres_answer(connection);
    bool ok = postgres_succeeded(connection, result, err);
    PQclear(result);
    return ok;
}

void postgres_settle(struct connection *connection)
{
    if (PQpipelineStatus(connection->pg) != PQ_PIPELINE_OFF)
        PQclear(postgres_answer(connection));
    if (!connection->is_ending)
        return;
    connection->is_ending = false;
    for (PGresult *result; (result = PQgetResult(connection->pg)) != NULL;)
        PQclear(result);
}

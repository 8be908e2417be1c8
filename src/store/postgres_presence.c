/* That a process serves, for the others to see: it holds a lock of its session, by its number, on a connection of its
 * own. The server lets go of it when the process ends, however it ends. */
#include "store/postgres.h"

#include <inttypes.h>
#include <stdio.h>

static bool ask(PGconn *pg, const char *text)
{
    PGresult *result = PQexec(pg, text);
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return ok;
}

/* Shared, so that it need not wait for the end of the session that was lost. */
static bool hold(PGconn *pg, int64_t server)
{
    char text[80];
    snprintf(text, sizeof text, "SELECT pg_advisory_lock_shared(%" PRId64 ")", server);
    return ask(pg, text);
}

bool postgres_be_seen(struct stores *stores, struct err *err)
{
    if (stores->presence != NULL && ask(stores->presence, "SELECT 1"))
        return true;
    postgres_be_gone(stores);
    PGconn *pg = postgres_dial(stores);
    if (hold(pg, stores->server)) {
        stores->presence = pg;
        return true;
    }
    err_set(err, ERR_UNAVAILABLE, "PostgreSQL ne répond pas à cette adresse.");
    err_detail(err, "%s", PQerrorMessage(pg));
    PQfinish(pg);
    return false;
}

void postgres_be_gone(struct stores *stores)
{
    PQfinish(stores->presence); /* NULL: nothing */
    stores->presence = NULL;
}

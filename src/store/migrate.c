#include "store/engine.h"

/* Two processes may start at once: begin_migration lets only one be here. */
static const char remember_table[] =
    "CREATE TABLE IF NOT EXISTS migration (owner TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (owner, number))";
static const char is_taken[] = "SELECT 1 FROM migration WHERE owner = :owner AND number = :number";
static const char remember[] = "INSERT INTO migration (owner, number) VALUES (:owner, :number)";
static const char select_taken[] = "SELECT owner, number FROM migration";

static bool is_known(const struct migration *migrations, size_t count, str owner, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (migrations[i].number == number && str_eq(str_of(migrations[i].owner), owner))
            return true;
    return false;
}

/* A step that we do not know was taken by a newer program, which may mean something else by the same rows. */
static bool refuse_newer(struct tx *tx, const struct migration *migrations, size_t count, struct err *err)
{
    struct err newer = {0};
    struct rows rows = tx_query(tx, select_taken);
    while (rows_next(&rows))
        if (!is_known(migrations, count, rows_text(&rows, 0), rows_int(&rows, 1)))
            err_set(&newer, ERR_UNSUPPORTED,
                    "La base « %.*s » vient d’une version plus récente de Guichet (%.*s %lld) : lancez celle-là.",
                    STR_ARG(tx->store->name), STR_ARG(rows_text(&rows, 0)), (long long)rows_int(&rows, 1));
    if (!rows_end(&rows, err))
        return false;
    if (newer.code != ERR_NONE && err != NULL)
        *err = newer;
    return newer.code == ERR_NONE;
}

static bool take(struct tx *tx, const struct migration *migration, struct err *err)
{
    struct sql_param params[] = {P_TEXT("owner", str_of(migration->owner)), P_INT("number", migration->number)};
    struct rows rows = tx_query_params(tx, is_taken, params, 2);
    bool taken = rows_next(&rows);
    if (!rows_end(&rows, err) || taken)
        return taken;
    const struct sql steps = {migration->sqlite, migration->postgres != NULL ? migration->postgres : migration->sqlite};
    return tx->store->engine->script(tx->connection, sql_for(tx, &steps), err) &&
           (migration->then == NULL || migration->then(tx, err)) && tx_run_params(tx, remember, params, 2, NULL, err);
}

static bool take_all(struct tx *tx, const struct migration *migrations, size_t count, struct err *err)
{
    if (!tx->store->engine->script(tx->connection, remember_table, err) || !refuse_newer(tx, migrations, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take(tx, &migrations[i], err))
            return err_detail(err, "migration %s %d: %s", migrations[i].owner, migrations[i].number, err->message);
    return true;
}

bool store_migrate(struct store *store, const struct migration *migrations, size_t count, struct err *err)
{
    const struct engine *engine = store->engine;
    struct connection *connection = store_take_connection(store, err);
    if (connection == NULL)
        return false;
    struct tx tx = {.store = store, .connection = connection};
    bool ok = engine->begin_migration(store, connection, err) && take_all(&tx, migrations, count, err) &&
              engine->commit(connection, err);
    if (!ok)
        engine->rollback(connection);
    store_give_connection(store, connection);
    return ok;
}

/* What outlives the process: last good answers, and what fails. */
#include "remote/internal.h"

enum { COPY_DAYS = 180 };

const struct migration remote_migrations[] = {
    {1, "remote",
     "CREATE TABLE remote_copy (key TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL, fetched BIGINT NOT NULL);"
     "CREATE TABLE remote_failure (name TEXT NOT NULL, url TEXT NOT NULL, problem TEXT NOT NULL,"
     " since BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (name, url))",
     NULL},
};
const size_t remote_migration_count = sizeof remote_migrations / sizeof *remote_migrations;

static const char save_copy[] = "INSERT INTO remote_copy (key, name, body, fetched) VALUES (:key, :name, :body, :now)"
                                " ON CONFLICT (key) DO UPDATE SET name = :name, body = :body, fetched = :now";
static const char purge_copies[] = "DELETE FROM remote_copy WHERE fetched < :before";
static const char select_copy[] = "SELECT body FROM remote_copy WHERE key = :key";
static const char save_failure[] =
    "INSERT INTO remote_failure (name, url, problem, since, at) VALUES (:name, :url, :problem, :now, :now)"
    " ON CONFLICT (name, url) DO UPDATE SET problem = :problem, at = :now";
static const char delete_failure[] = "DELETE FROM remote_failure WHERE name = :name AND url = :url";
static const char select_failures[] =
    "SELECT name, url, problem, since, at FROM remote_failure ORDER BY at DESC, name LIMIT 200";

/* A write that nobody waits for owns what it needs. */
struct keeping {
    struct arena *arena;
    str key, name, url, text;
    instant now;
};

static struct keeping *keeping_new(str key, str name, str url, str text)
{
    struct arena *arena = arena_new();
    struct keeping *keeping = arena_new_of(arena, struct keeping);
    *keeping = (struct keeping){
        arena, str_dup(arena, key), str_dup(arena, name), str_dup(arena, url), str_dup(arena, text), instant_now()};
    return keeping;
}

static void kept(void *arg, bool ok, const struct err *err)
{
    struct keeping *keeping = arg;
    if (!ok)
        log_err("remote.keep", err);
    arena_free(keeping->arena);
}

static bool write_copy(struct tx *tx, void *arg, struct err *err)
{
    const struct keeping *keeping = arg;
    return tx_run(tx, save_copy, err, P_TEXT("key", keeping->key), P_TEXT("name", keeping->name),
                  P_TEXT("body", keeping->text), P_INT("now", keeping->now)) &&
           tx_run(tx, purge_copies, err, P_INT("before", keeping->now - COPY_DAYS * INSTANT_DAY));
}

static bool write_failure(struct tx *tx, void *arg, struct err *err)
{
    const struct keeping *keeping = arg;
    return tx_run(tx, save_failure, err, P_TEXT("name", keeping->name), P_TEXT("url", keeping->url),
                  P_TEXT("problem", keeping->text), P_INT("now", keeping->now));
}

static bool write_recovery(struct tx *tx, void *arg, struct err *err)
{
    const struct keeping *keeping = arg;
    return tx_run(tx, delete_failure, err, P_TEXT("name", keeping->name), P_TEXT("url", keeping->url));
}

void keep_copy(struct store *store, str key, str name, str body)
{
    store_write_later(store, write_copy, keeping_new(key, name, STR_EMPTY, body), kept);
}

void keep_failure(struct store *store, str name, str url, str problem)
{
    store_write_later(store, write_failure, keeping_new(STR_EMPTY, name, url, problem), kept);
}

void keep_recovery(struct store *store, str name, str url)
{
    store_write_later(store, write_recovery, keeping_new(STR_EMPTY, name, url, STR_EMPTY), kept);
}

struct copy_reading {
    struct arena *arena;
    str key, body;
};

static bool read_copy(struct tx *tx, void *arg, struct err *err)
{
    struct copy_reading *reading = arg;
    struct rows rows = tx_query(tx, select_copy, P_TEXT("key", reading->key));
    if (rows_next(&rows))
        reading->body = rows_copy(&rows, reading->arena, 0);
    return rows_end(&rows, err);
}

str keep_read_copy(struct store *store, struct arena *arena, str key)
{
    struct copy_reading reading = {arena, key, STR_EMPTY};
    return store_read(store, read_copy, &reading, NULL) ? reading.body : STR_EMPTY;
}

bool remote_failures_read(struct tx *tx, void *arg, struct err *err)
{
    struct remote_failures_reading *reading = arg;
    reading->out = (struct remote_failures){0};
    struct rows rows = tx_query(tx, select_failures);
    while (rows_next(&rows))
        *vec_push(reading->arena, &reading->out) =
            (struct remote_failure){rows_copy(&rows, reading->arena, 0), rows_copy(&rows, reading->arena, 1),
                                    rows_copy(&rows, reading->arena, 2), rows_int(&rows, 3), rows_int(&rows, 4)};
    return rows_end(&rows, err);
}

/* The table of jobs: adding, taking, ending them. jobs_runner.c runs them. */
#include "store/jobs.h"

#include "store/jobs_table.h"

#include "store/engine.h"

/* look: when a runner may next take it: its due time, then the end of its lease, then its next try. The lease is thus
 * also the mark by which a runner knows that a job is still its own. error: why the last try failed, NULL before the
 * first one and while one is under way. holder: which server has taken it (struct stores), NULL while none has.
 *
 * SQLite finds rows by an INTEGER PRIMARY KEY without an index beside them. */
#define BY_CLASS(ID)                                                                                                   \
    "CREATE TABLE job_by_class ("                                                                                      \
    " id " ID " PRIMARY KEY, kind TEXT NOT NULL, key TEXT, payload TEXT NOT NULL, due BIGINT NOT NULL,"                \
    " look BIGINT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, dead BIGINT, error TEXT, is_remote INTEGER NOT "      \
    "NULL);"                                                                                                           \
    "INSERT INTO job_by_class SELECT id, kind, key, payload, due, look, attempts, dead, error,"                        \
    " CASE kind WHEN 'mail.send' THEN 1 ELSE 0 END FROM job;"                                                          \
    "DROP TABLE job;"                                                                                                  \
    "ALTER TABLE job_by_class RENAME TO job;"                                                                          \
    "CREATE UNIQUE INDEX job_key ON job (key) WHERE key IS NOT NULL;"                                                  \
    "CREATE INDEX job_look ON job (look) WHERE dead IS NULL;"                                                          \
    "CREATE INDEX job_look_local ON job (look) WHERE dead IS NULL AND is_remote = 0;"                                  \
    "CREATE INDEX job_dead ON job (id) WHERE dead IS NOT NULL"

const struct migration jobs_migrations[] = {
    {1, "jobs",
     "CREATE TABLE job ("
     " id BIGINT PRIMARY KEY, kind TEXT NOT NULL, key TEXT, payload TEXT NOT NULL, due BIGINT NOT NULL,"
     " look BIGINT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, dead BIGINT, error TEXT);"
     "CREATE UNIQUE INDEX job_key ON job (key) WHERE key IS NOT NULL;"
     "CREATE INDEX job_look ON job (look) WHERE dead IS NULL;"
     "CREATE INDEX job_dead ON job (id) WHERE dead IS NOT NULL",
     NULL},
    {2, "jobs", BY_CLASS("INTEGER"), BY_CLASS("BIGINT")},
    {3, "jobs",
     "ALTER TABLE job ADD COLUMN holder BIGINT;"
     "CREATE INDEX job_held ON job (holder) WHERE holder IS NOT NULL",
     NULL},
    {4, "jobs",
     "DROP INDEX job_look;"
     "CREATE INDEX job_look_remote ON job (look) WHERE dead IS NULL AND is_remote = 1",
     NULL},
};
const size_t jobs_migration_count = sizeof jobs_migrations / sizeof *jobs_migrations;

static const char insert[] = "INSERT INTO job (id, kind, key, payload, due, look, is_remote)"
                             " VALUES (:id, :kind, :key, :payload, :due, :due, :is_remote)"
                             " ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING";
static const char release[] = "UPDATE job SET due = :now, look = :now"
                              " WHERE key = :key AND due = :parked AND dead IS NULL AND attempts = 0";
static const char delete_by_key[] = "DELETE FROM job WHERE key = :key";
/* Two questions have two texts, each with an index that fits it: what waits for a relay that is down costs the others
 * nothing. */
#define COLUMNS "id, kind, key, payload, due, attempts, is_remote"
#define DUE(class) "SELECT " COLUMNS " FROM job WHERE dead IS NULL" class " AND look <= :now ORDER BY look LIMIT :most"
#define NEXT(class) "(SELECT look FROM job WHERE dead IS NULL" class " ORDER BY look LIMIT 1)"
#define LOCAL " AND is_remote = 0"
#define REMOTE " AND is_remote = 1"
#define UNLESS_HELD " FOR UPDATE SKIP LOCKED"
static const struct sql select_due_local = {DUE(LOCAL), DUE(LOCAL) UNLESS_HELD};
static const struct sql select_due_remote = {DUE(REMOTE), DUE(REMOTE) UNLESS_HELD};
static const char select_next[] = "SELECT " NEXT(LOCAL) ", " NEXT(REMOTE);
static const char lease[] = "UPDATE job SET look = :until, attempts = attempts + 1, error = NULL, holder = :holder"
                            " WHERE id = :id";
/* Those of servers that have ended: on SQLite all others have; PostgreSQL knows who holds the lock of its number. */
#define OF_OTHERS "holder > 0 AND holder <> :server"
#define OF_NOBODY                                                                                                      \
    OF_OTHERS " AND holder NOT IN (SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE locktype ="        \
              " 'advisory' AND objsubid = 1 AND database ="                                                            \
              " (SELECT oid FROM pg_database WHERE datname = current_database()))"
#define FORSAKEN "SELECT 1 FROM job WHERE "
#define GIVE_BACK "UPDATE job SET look = :now, holder = NULL WHERE "
static const struct sql select_forsaken = {FORSAKEN OF_OTHERS " LIMIT 1", FORSAKEN OF_NOBODY " LIMIT 1"};
static const struct sql give_back = {GIVE_BACK OF_OTHERS, GIVE_BACK OF_NOBODY};
static const char delete_own[] = "DELETE FROM job WHERE id = :id AND look = :lease AND dead IS NULL";
static const char postpone[] = "UPDATE job SET look = :look, error = :error, holder = NULL"
                               " WHERE id = :id AND look = :lease AND dead IS NULL";
static const char bury[] =
    "UPDATE job SET dead = :now, error = :error, holder = NULL WHERE id = :id AND look = :lease AND dead IS NULL";
static const char select_failed[] = "SELECT " COLUMNS ", error, dead, look FROM job"
                                    " WHERE error IS NOT NULL AND id < :before ORDER BY id DESC LIMIT :most";
static const char select_about[] = "SELECT " COLUMNS ", error, dead, look FROM job WHERE key >= :from AND key < :to";
static const char revive[] = "UPDATE job SET dead = NULL, attempts = 0, look = :now"
                             " WHERE id = :id AND error IS NOT NULL";
static const char revive_all[] = "UPDATE job SET dead = NULL, attempts = 0, look = :now WHERE error IS NOT NULL";

/* U+FFFF comes behind every character of a key. */
static const char select_waiting[] = "SELECT " COLUMNS " FROM job WHERE dead IS NULL AND key >= :from AND key < :to"
                                     " ORDER BY due, id";

bool job_add(struct tx *tx, const struct job *job, struct err *err)
{
    tx->adds_jobs = true;
    return tx_run(tx, insert, err, P_INT("id", store_new_id()), P_TEXT("kind", job->kind),
                  P_TEXT_OR_NULL("key", job->key), P_TEXT("payload", job->payload),
                  P_INT("due", job->due == 0 ? instant_now() : job->due), P_INT("is_remote", job->is_remote));
}

bool job_add_sole(struct tx *tx, str kind, instant due, struct err *err)
{
    struct job job = {.kind = kind, .key = kind, .payload = STR("{}"), .due = due};
    return job_add(tx, &job, err);
}

bool job_cancel(struct tx *tx, str key, struct err *err)
{
    return tx_run(tx, delete_by_key, err, P_TEXT("key", key));
}

bool job_release(struct tx *tx, str key, struct err *err)
{
    tx->adds_jobs = true;
    return tx_run(tx, release, err, P_TEXT("key", key), P_INT("now", instant_now()), P_INT("parked", JOB_PARKED));
}

bool job_finish(struct tx *tx, const struct job *job, struct err *err)
{
    int64_t changed = 0;
    struct sql_param params[] = {P_INT("id", job->id), P_INT("lease", job->lease)};
    if (!tx_run_params(tx, delete_own, params, 2, &changed, err))
        return false;
    return changed > 0 || err_set(err, ERR_CONFLICT, "The job %lld is no longer ours.", (long long)job->id);
}

bool job_finish_if_ours(struct tx *tx, const struct job *job, struct err *err)
{
    struct err own = {0};
    if (job_finish(tx, job, &own) || own.code == ERR_CONFLICT)
        return true;
    *err = own;
    return false;
}

void job_is_over(const struct job *job)
{
    if (job->is_over != NULL)
        *job->is_over = true;
}

static struct job job_of(struct rows *rows, struct arena *arena)
{
    return (struct job){.id = rows_int(rows, 0),
                        .kind = rows_copy(rows, arena, 1),
                        .key = rows_copy(rows, arena, 2),
                        .payload = rows_copy(rows, arena, 3),
                        .due = rows_int(rows, 4),
                        .attempts = (int)rows_int(rows, 5),
                        .is_remote = rows_int(rows, 6) != 0};
}

static bool take_one(struct tx *tx, const struct jobs_taken *taken, struct job *job, struct err *err)
{
    int64_t server = tx->store->stores->server;
    job->lease = taken->now + taken->lease_of(job->kind, taken->lease_data) * INSTANT_SECOND;
    return tx_run(tx, lease, err, P_INT("id", job->id), P_INT("until", job->lease),
                  server == 0 ? P_NULL("holder") : P_INT("holder", server));
}

bool jobs_waiting(struct tx *tx, struct arena *arena, str prefix, struct waiting_jobs *out, struct err *err)
{
    str to = str_fmt(arena, "%.*s\xEF\xBF\xBF", STR_ARG(prefix));
    struct rows rows = tx_query(tx, select_waiting, P_TEXT("from", prefix), P_TEXT("to", to));
    while (rows_next(&rows))
        *vec_push(arena, out) = job_of(&rows, arena);
    return rows_end(&rows, err);
}

bool jobs_take(struct tx *tx, void *arg, struct err *err)
{
    struct jobs_taken *taken = arg;
    taken->jobs.len = 0; /* the write may run again */
    const char *due = sql_for(tx, taken->is_remote ? &select_due_remote : &select_due_local);
    struct rows rows = tx_query(tx, due, P_INT("now", taken->now), P_INT("most", taken->most));
    while (rows_next(&rows))
        *vec_push(taken->arena, &taken->jobs) = job_of(&rows, taken->arena);
    if (!rows_end(&rows, err))
        return false;
    for (size_t i = 0; i < taken->jobs.len; i++)
        if (!take_one(tx, taken, &taken->jobs.at[i], err))
            return false;
    return true;
}

bool jobs_next_look(struct tx *tx, void *arg, struct err *err)
{
    struct jobs_next *next = arg;
    *next = (struct jobs_next){INT64_MAX, INT64_MAX};
    struct rows rows = tx_query(tx, select_next);
    if (rows_next(&rows)) {
        next->local = rows_is_null(&rows, 0) ? INT64_MAX : rows_int(&rows, 0);
        next->remote = rows_is_null(&rows, 1) ? INT64_MAX : rows_int(&rows, 1);
    }
    return rows_end(&rows, err);
}

/* 2^attempts seconds times 15, at most six hours, and up to a third more by chance: relays that come back are not
 * stormed. */
static instant retry_at(int attempts)
{
    instant wait = (15 * INSTANT_SECOND) << (attempts < 11 ? attempts : 11);
    if (wait > INSTANT_DAY / 4)
        wait = INSTANT_DAY / 4;
    uint32_t chance;
    random_bytes(&chance, sizeof chance);
    return instant_now() + wait + (instant)((double)chance / UINT32_MAX * (double)wait / 3);
}

bool jobs_end(struct tx *tx, void *arg, struct err *err)
{
    const struct job_ending *ending = arg;
    struct sql_param id = P_INT("id", ending->job->id), ours = P_INT("lease", ending->job->lease);
    str error = str_of(ending->err.detail[0] != '\0' ? ending->err.detail : ending->err.message);
    if (ending->ok)
        return tx_run(tx, delete_own, err, id, ours);
    if (ending->is_final)
        return tx_run(tx, bury, err, id, ours, P_INT("now", instant_now()), P_TEXT("error", error));
    return tx_run(tx, postpone, err, id, ours, P_INT("look", retry_at(ending->job->attempts)), P_TEXT("error", error));
}

bool jobs_are_forsaken(struct tx *tx, void *found, struct err *err)
{
    struct rows rows = tx_query(tx, sql_for(tx, &select_forsaken), P_INT("server", tx->store->stores->server));
    *(bool *)found = rows_next(&rows);
    return rows_end(&rows, err);
}

bool jobs_give_back(struct tx *tx, void *unused, struct err *err)
{
    (void)unused;
    return tx_run(tx, sql_for(tx, &give_back), err, P_INT("now", instant_now()),
                  P_INT("server", tx->store->stores->server));
}

static void add_failed(struct rows *rows, struct arena *arena, struct failed_jobs *out)
{
    while (rows_next(rows))
        *vec_push(arena, out) = (struct failed_job){job_of(rows, arena), rows_copy(rows, arena, 7),
                                                    rows_is_null(rows, 8) ? 0 : rows_int(rows, 8), rows_int(rows, 9)};
}

bool jobs_about(struct tx *tx, struct arena *arena, str prefix, struct failed_jobs *out, struct err *err)
{
    str to = str_fmt(arena, "%.*s\xEF\xBF\xBF", STR_ARG(prefix));
    struct rows rows = tx_query(tx, select_about, P_TEXT("from", prefix), P_TEXT("to", to));
    add_failed(&rows, arena, out);
    return rows_end(&rows, err);
}

bool jobs_failed(struct tx *tx, struct arena *arena, int64_t before, int64_t most, struct failed_jobs *out,
                 struct err *err)
{
    struct rows rows =
        tx_query(tx, select_failed, P_INT("before", before == 0 ? INT64_MAX : before), P_INT("most", most));
    add_failed(&rows, arena, out);
    return rows_end(&rows, err);
}

bool job_replay(struct tx *tx, int64_t id, struct err *err)
{
    int64_t changed = 0;
    struct sql_param params[] = {P_INT("id", id), P_INT("now", instant_now())};
    tx->adds_jobs = true;
    if (!tx_run_params(tx, revive, params, 2, &changed, err))
        return false;
    return changed > 0 || err_set(err, ERR_NOT_FOUND, "Il n’y a pas de travail en échec %lld.", (long long)id);
}

bool jobs_replay_all(struct tx *tx, int64_t *replayed, struct err *err)
{
    struct sql_param now = P_INT("now", instant_now());
    tx->adds_jobs = true;
    return tx_run_params(tx, revive_all, &now, 1, replayed, err);
}

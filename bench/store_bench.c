/* store_bench: what store_write adds to raw SQLite.
 *
 *     store_bench [SECONDS]
 *
 * One-row writes of 600 bytes, on disk when they are told: one at a time, then 64 at once. Beside each, in the same run
 * and on the same disk, raw SQLite in one thread with as many rows a commit. Prints one JSON object: writes a second
 * (median of ROUNDS) and the ratios. */
#include "store/store.h"

#include <dirent.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, AT_ONCE = 64, ROW = 600 };

static const struct migration migrations[] = {
    {1, "bench", "CREATE TABLE line (id BIGINT PRIMARY KEY, text TEXT NOT NULL)", NULL},
};
static const char insert[] = "INSERT INTO line (id, text) VALUES (:id, :text)";
static char row[ROW];

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "store_bench: %s failed\n", what);
    exit(1);
}

static bool write_one(struct tx *tx, void *arg, struct err *err)
{
    return tx_run(tx, insert, err, P_INT("id", *(int64_t *)arg), P_TEXT("text", ((str){row, ROW})));
}

static double store_one_at_a_time(struct store *store, double seconds)
{
    double start = now();
    long done = 0;
    for (; now() - start < seconds; done++) {
        int64_t id = store_new_id();
        check(store_write(store, write_one, &id, NULL), "store_write");
    }
    return (double)done / (now() - start);
}

/* So many writes are always under way: each that is done begins the next. */
struct window {
    struct store *store;
    double until;
    _Atomic long done;
    pthread_mutex_t lock;
    pthread_cond_t is_empty;
    int under_way;
};

struct slot {
    struct window *window;
    int64_t id;
};

static bool write_slot(struct tx *tx, void *arg, struct err *err)
{
    return write_one(tx, &((struct slot *)arg)->id, err);
}

static void next(void *arg, bool ok, const struct err *err)
{
    (void)err;
    struct slot *slot = arg;
    struct window *window = slot->window;
    check(ok, "store_write_later");
    window->done++;
    if (now() < window->until) {
        slot->id = store_new_id();
        store_write_later(window->store, write_slot, slot, next);
        return;
    }
    pthread_mutex_lock(&window->lock);
    window->under_way--;
    pthread_cond_signal(&window->is_empty);
    pthread_mutex_unlock(&window->lock);
}

static double store_many_at_once(struct store *store, double seconds)
{
    static struct slot slots[AT_ONCE];
    struct window window = {.store = store, .until = now() + seconds, .under_way = AT_ONCE};
    pthread_mutex_init(&window.lock, NULL);
    pthread_cond_init(&window.is_empty, NULL);
    double start = now();
    for (int i = 0; i < AT_ONCE; i++) {
        slots[i] = (struct slot){&window, store_new_id()};
        store_write_later(store, write_slot, &slots[i], next);
    }
    pthread_mutex_lock(&window.lock);
    while (window.under_way > 0)
        pthread_cond_wait(&window.is_empty, &window.lock);
    pthread_mutex_unlock(&window.lock);
    return (double)window.done / (now() - start);
}

static void raw_step(sqlite3 *db, const char *text)
{
    check(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, text);
}

static double raw(sqlite3 *db, int rows_a_commit, double seconds)
{
    sqlite3_stmt *statement, *begin, *commit;
    sqlite3_prepare_v2(db, insert, -1, &statement, NULL);
    sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, NULL);
    sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL);
    double start = now();
    long done = 0;
    while (now() - start < seconds) {
        check(sqlite3_step(begin) == SQLITE_DONE && sqlite3_reset(begin) == SQLITE_OK, "BEGIN");
        for (int i = 0; i < rows_a_commit; i++, done++) {
            sqlite3_bind_int64(statement, 1, store_new_id());
            sqlite3_bind_text(statement, 2, row, ROW, SQLITE_STATIC);
            check(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK, "INSERT");
        }
        check(sqlite3_step(commit) == SQLITE_DONE && sqlite3_reset(commit) == SQLITE_OK, "COMMIT");
    }
    sqlite3_finalize(statement);
    sqlite3_finalize(begin);
    sqlite3_finalize(commit);
    return (double)done / (now() - start);
}

static sqlite3 *raw_open(struct arena *arena, const char *folder)
{
    sqlite3 *db = NULL;
    check(sqlite3_open(str_fmt(arena, "%s/raw.db", folder).ptr, &db) == SQLITE_OK, "sqlite3_open");
    raw_step(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    raw_step(db, migrations[0].sqlite);
    return db;
}

static void remove_folder(struct arena *arena, const char *folder)
{
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened != NULL && (entry = readdir(opened)) != NULL;)
        unlink(str_fmt(arena, "%s/%s", folder, entry->d_name).ptr);
    if (opened != NULL)
        closedir(opened);
    rmdir(folder);
}

static int by_value(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *rates)
{
    qsort(rates, ROUNDS, sizeof *rates, by_value);
    return rates[ROUNDS / 2];
}

int main(int count, char **arguments)
{
    double seconds = count > 1 ? strtod(arguments[1], NULL) : 1;
    char folder[] = "store-bench-XXXXXX"; /* on the disk that it is run on */
    check(mkdtemp(folder) != NULL, "mkdtemp");
    memset(row, 'x', ROW);
    struct arena *arena = arena_new();
    struct err err = {0};
    struct stores *stores = stores_open(str_fmt(arena, "sqlite:%s", folder), &err);
    check(stores != NULL, err.message);
    struct store *store = store_open(stores, STR("bench"), migrations, 1, &err);
    check(store != NULL, err.message);
    sqlite3 *db = raw_open(arena, folder);

    double raw_1[ROUNDS], raw_64[ROUNDS], store_1[ROUNDS], store_64[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        raw_1[i] = raw(db, 1, seconds);
        store_1[i] = store_one_at_a_time(store, seconds);
        raw_64[i] = raw(db, AT_ONCE, seconds);
        store_64[i] = store_many_at_once(store, seconds);
    }
    printf(
        "{\"raw_1\": %.0f, \"store_1\": %.0f, \"ratio_1\": %.2f, \"raw_64\": %.0f, \"store_64\": %.0f, \"ratio_64\": "
        "%.2f}\n",
        median(raw_1), median(store_1), median(store_1) / median(raw_1), median(raw_64), median(store_64),
        median(store_64) / median(raw_64));
    sqlite3_close(db);
    stores_close(stores);
    remove_folder(arena, folder);
    arena_free(arena);
    return 0;
}

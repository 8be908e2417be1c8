/* store_load: writes without end, and looks at what is left after a cut. For power-cut and kill9.
 *
 *     store_load load URL FOLDER     each acknowledged number is printed, one a line, after it is acknowledged
 *     store_load check URL FOLDER    prints every number that is there; fails where one is there in part
 *
 * A number is two rows of one transaction, a text that follows from the number, and for one in eight a file. */
#include "store/blobs.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 16 };

static const struct migration migrations[] = {
    {1, "load",
     "CREATE TABLE entry (id BIGINT PRIMARY KEY, body TEXT NOT NULL, file TEXT);"
     "CREATE TABLE twin (id BIGINT PRIMARY KEY REFERENCES entry (id))",
     NULL},
};
static const char insert[] = "INSERT INTO entry (id, body, file) VALUES (:id, :body, :file)";
static const char insert_twin[] = "INSERT INTO twin (id) VALUES (:id)";
static const char select_all[] = "SELECT entry.id, body, file, twin.id FROM entry LEFT JOIN twin ON twin.id = entry.id";
static const struct sql integrity = {"PRAGMA integrity_check", "SELECT 'ok'"};

struct entry {
    int64_t id;
    str body, file;
};

static void die(const char *what, const struct err *err)
{
    fprintf(stderr, "store_load: %s: %s %s\n", what, err->message, err->detail);
    exit(1);
}

/* 100 to 600 letters that no other number has. */
static str body_of(struct arena *arena, int64_t id)
{
    uint64_t state = (uint64_t)id * 0x9E3779B97F4A7C15U;
    size_t length = 100 + (state >> 40) % 500;
    char *letters = arena_alloc(arena, length);
    for (size_t i = 0; i < length; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        letters[i] = (char)('a' + (state >> 33) % 26);
    }
    return (str){letters, length};
}

static bool write_entry(struct tx *tx, void *arg, struct err *err)
{
    const struct entry *entry = arg;
    return tx_run(tx, insert, err, P_INT("id", entry->id), P_TEXT("body", entry->body),
                  P_TEXT_OR_NULL("file", entry->file)) &&
           tx_run(tx, insert_twin, err, P_INT("id", entry->id));
}

struct load {
    struct stores *stores;
    struct store *store;
};

static void *load(void *arg)
{
    const struct load *work = arg;
    struct arena *arena = arena_new();
    struct err err = {0};
    for (int turn = 0;; turn++) {
        struct entry entry = {.id = store_new_id()};
        struct blob_id file;
        entry.body = body_of(arena, entry.id);
        if (turn % 8 == 0) {
            if (!blob_put(work->stores, entry.body, &file, &err))
                die("blob_put", &err);
            entry.file = str_of(file.hex);
        }
        if (!store_write(work->store, write_entry, &entry, &err))
            die("store_write", &err);
        dprintf(STDOUT_FILENO, "%" PRId64 "\n", entry.id);
        arena_reset(arena);
    }
    return NULL;
}

static bool file_is_whole(struct load *work, struct arena *arena, str id, str body)
{
    int fd;
    int64_t size;
    struct err err;
    if (!blob_open(work->stores, id, &fd, &size, &err))
        return false;
    char *bytes = arena_alloc(arena, (size_t)size + 1);
    ssize_t got = read(fd, bytes, (size_t)size);
    close(fd);
    return got == size && str_eq((str){bytes, (size_t)size}, body);
}

static bool check_entries(struct tx *tx, void *arg, struct err *err)
{
    bool whole = true;
    struct rows rows = tx_query(tx, select_all);
    while (rows_next(&rows)) {
        struct arena *arena = arena_new();
        int64_t id = rows_int(&rows, 0);
        str body = body_of(arena, id);
        bool this_one = str_eq(rows_text(&rows, 1), body) && !rows_is_null(&rows, 3) &&
                        (rows_is_null(&rows, 2) || file_is_whole(arg, arena, rows_text(&rows, 2), body));
        if (!this_one)
            fprintf(stderr, "store_load: %" PRId64 " is there in part\n", id);
        whole = whole && this_one;
        printf("%" PRId64 "\n", id);
        arena_free(arena);
    }
    if (!rows_end(&rows, err))
        return false;
    return whole || err_set(err, ERR_INTERNAL, "Something is there in part.");
}

static bool check_all(struct tx *tx, void *arg, struct err *err)
{
    struct rows rows = tx_query(tx, sql_for(tx, &integrity));
    bool ok = rows_next(&rows) && str_eq(rows_text(&rows, 0), STR("ok"));
    if (!rows_end(&rows, err) || !ok)
        return err_set(err, ERR_INTERNAL, "The database is not whole.");
    return check_entries(tx, arg, err);
}

int main(int count, char **arguments)
{
    struct err err = {0};
    if (count != 4) {
        fprintf(stderr, "usage: store_load load|check URL FOLDER\n");
        return 2;
    }
    struct load work = {.stores = stores_open(str_of(arguments[2]), &err)};
    if (work.stores == NULL)
        die("stores_open", &err);
    stores_set_folder(work.stores, arguments[3]);
    work.store = store_open(work.stores, STR("load"), migrations, 1, &err);
    if (work.store == NULL)
        die("store_open", &err);
    if (str_eq(str_of(arguments[1]), STR("check"))) {
        if (!store_read(work.store, check_all, &work, &err))
            die("check", &err);
        stores_close(work.stores);
        return 0;
    }
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, load, &work);
    pthread_join(threads[0], NULL);
    return 0;
}

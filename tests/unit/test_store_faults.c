/* What the store does when its disk fails: this program's own write and fsync calls, which SQLite uses, fail on demand.
 */
#include "store/blobs.h"
#include "stores.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static _Atomic bool is_full, is_lying;

/* pwrite64 to the linker, as SQLite calls it. */
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    if (is_full) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}

int fsync(int fd)
{
    if (is_lying) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fsync(fd);
}

static const struct migration migrations[] = {
    {1, "test", "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL)", NULL},
};

static bool add(struct tx *tx, void *arg, struct err *err)
{
    static const char name[5000]; /* each takes a page of the log of its own */
    return tx_run(tx, "INSERT INTO item (id, name) VALUES (:id, :name)", err, P_INT("id", *(int64_t *)arg),
                  P_BLOB("name", ((str){name, sizeof name})));
}

static bool count(struct tx *tx, void *arg, struct err *err)
{
    struct rows rows = tx_query(tx, "SELECT COUNT(*) FROM item");
    *(int64_t *)arg = rows_next(&rows) ? rows_int(&rows, 0) : -1;
    return rows_end(&rows, err);
}

static struct store *open_store(struct test_stores *test)
{
    struct err err;
    struct store *store = store_open(test->stores, STR("faulty"), migrations, 1, &err);
    assert_non_null(store);
    return store;
}

static void a_full_disk_refuses_writes_and_keeps_reading_until_there_is_room(void **state)
{
    struct store *store = open_store(*state);
    struct err err = {0};
    int64_t number = -1, id = 1;
    assert_true(store_write(store, add, &id, &err));
    is_full = true;
    for (id = 2; id < 50; id++) {
        assert_false(store_write(store, add, &id, &err));
        assert_int_equal(err.code, ERR_UNAVAILABLE);
    }
    struct err why = {0};
    assert_true(store_was_away(&why)); /* remembered until it is asked */
    assert_int_equal(why.code, ERR_UNAVAILABLE);
    assert_false(store_was_away(&why));
    assert_true(store_read(store, count, &number, &err));
    assert_int_equal(number, 1);
    is_full = false;
    assert_true(store_write(store, add, &id, &err));
    assert_true(store_read(store, count, &number, &err));
    assert_int_equal(number, 2);
}

struct writes {
    struct store *store;
    int64_t first;
    int64_t acknowledged;
};

static void *write_some(void *arg)
{
    struct writes *writes = arg;
    for (int64_t id = writes->first; id < writes->first + 300; id++)
        writes->acknowledged += store_write(writes->store, add, &id, NULL);
    return NULL;
}

static void what_was_acknowledged_while_the_disk_filled_up_is_there(void **state)
{
    struct store *store = open_store(*state);
    struct writes writes[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        writes[i] = (struct writes){store, 1000 * i, 0};
        pthread_create(&threads[i], NULL, write_some, &writes[i]);
    }
    for (int i = 0; i < 20; i++) {
        is_full = i % 2 == 0;
        usleep(5000);
    }
    is_full = false;
    int64_t acknowledged = 0, number = 0;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        acknowledged += writes[i].acknowledged;
    }
    assert_true(store_read(store, count, &number, NULL));
    assert_int_equal(number, acknowledged);
    stores_reopen(*state);
    assert_true(store_read(open_store(*state), count, &number, NULL));
    assert_int_equal(number, acknowledged);
}

/* In a process of its own: it writes one row, then one on a disk whose fsync fails. */
static void write_on_a_lying_disk(struct test_stores *test)
{
    struct err err;
    struct stores *stores = stores_open(test->url, &err);
    struct store *store = store_open(stores, STR("faulty"), migrations, 1, &err);
    int64_t id = 1;
    if (!store_write(store, add, &id, NULL))
        _exit(1);
    is_lying = true;
    id = 2;
    store_write(store, add, &id, NULL);
    _exit(2); /* acknowledged or refused: both go on after the disk lied */
}

static void a_failed_fsync_ends_the_process_and_loses_nothing(void **state)
{
    struct test_stores *test = *state;
    pid_t child = fork();
    if (child == 0)
        write_on_a_lying_disk(test);
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    int64_t number = 0;
    assert_true(store_read(open_store(test), count, &number, NULL));
    assert_true(number >= 1);
}

/* In a process of its own: a file of a resident's, on a disk whose fsync fails. */
static void put_on_a_lying_disk(struct test_stores *test)
{
    struct blob_id id;
    is_lying = true;
    blob_put(test->stores, STR("a letter"), &id, NULL);
    _exit(2);
}

static void a_failed_fsync_of_a_file_ends_the_process_too(void **state)
{
    pid_t child = fork();
    if (child == 0)
        put_on_a_lying_disk(*state);
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void a_file_that_is_no_database_is_said_to_be_none(void **state)
{
    struct test_stores *test = *state;
    struct err err = {0};
    const char *path = str_fmt(test->arena, "%s/broken.db", stores_folder(test->stores)).ptr;
    assert_true(file_write_durably(path,
                                   STR("this is a letter, and longer than the header of a database would be: it"
                                       " has more than a hundred characters."),
                                   &err));
    assert_null(store_open(test->stores, STR("broken"), migrations, 1, &err));
    assert_int_equal(err.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "not a database"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_refuses_writes_and_keeps_reading_until_there_is_room,
                                        stores_setup_sqlite, stores_teardown),
        cmocka_unit_test_setup_teardown(what_was_acknowledged_while_the_disk_filled_up_is_there, stores_setup_sqlite,
                                        stores_teardown),
        cmocka_unit_test_setup_teardown(a_failed_fsync_ends_the_process_and_loses_nothing, stores_setup_sqlite,
                                        stores_teardown),
        cmocka_unit_test_setup_teardown(a_failed_fsync_of_a_file_ends_the_process_too, stores_setup_sqlite,
                                        stores_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_said_to_be_none, stores_setup_sqlite,
                                        stores_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "stores.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct migration migrations[] = {
    {1, "test",
     "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, price DOUBLE PRECISION, raw BLOB)",
     "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, price DOUBLE PRECISION, raw BYTEA)"},
};
static const struct migration later_migrations[] = {
    {1, "test", "CREATE TABLE item (wrong)", NULL},
    {2, "test", "ALTER TABLE item ADD COLUMN note TEXT; CREATE TABLE other (id BIGINT PRIMARY KEY)", NULL},
};

static const char insert[] = "INSERT INTO item (id, name, price, raw) VALUES (:id, :name, :price, :raw)";
static const char select_all[] = "SELECT id, name, price, raw FROM item ORDER BY id";
static const char count_all[] = "SELECT COUNT(*) FROM item";

/* The PostgreSQL twin of a test has no state where there is no server. */
#define STORE_OR_SKIP(test)                                                                                            \
    struct test_stores *test = *state;                                                                                 \
    if (test == NULL)                                                                                                  \
        skip();                                                                                                        \
    struct err err = {0};                                                                                              \
    struct store *store = store_open(test->stores, test->name, migrations, 1, &err);                                   \
    assert_non_null(store)

struct item {
    int64_t id;
    str name;
    bool then_fail;
};

static bool add(struct tx *tx, void *arg, struct err *err)
{
    const struct item *item = arg;
    if (!tx_run(tx, insert, err, P_INT("id", item->id), P_TEXT("name", item->name), P_REAL("price", 12.5),
                P_BLOB("raw", ((str){"\0\x01\xFF", 3}))))
        return false;
    return !item->then_fail || err_set(err, ERR_INVALID, "as asked");
}

static bool count(struct tx *tx, void *arg, struct err *err)
{
    struct rows rows = tx_query(tx, count_all);
    *(int64_t *)arg = rows_next(&rows) ? rows_int(&rows, 0) : -1;
    return rows_end(&rows, err);
}

static int64_t count_of(struct store *store)
{
    int64_t number = -1;
    assert_true(store_read(store, count, &number, NULL));
    return number;
}

static bool look(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    struct rows rows = tx_query(tx, select_all);
    assert_true(rows_next(&rows));
    assert_int_equal(rows_int(&rows, 0), 7);
    assert_str(rows_text(&rows, 1), "l'été : \"œuf\"");
    assert_true(rows_real(&rows, 2) > 12.4 && rows_real(&rows, 2) < 12.6);
    assert_int_equal(rows_text(&rows, 3).len, 3);
    assert_memory_equal(rows_text(&rows, 3).ptr, "\0\x01\xFF", 3);
    assert_false(rows_next(&rows));
    return rows_end(&rows, err);
}

static void what_was_written_is_read_back(void **state)
{
    STORE_OR_SKIP(test);
    struct item item = {7, STR("l'été : \"œuf\""), false};
    assert_true(store_write(store, add, &item, &err));
    assert_true(store_read(store, look, NULL, &err));
    stores_reopen(test);
    store = store_open(test->stores, test->name, migrations, 1, &err);
    assert_true(store_read(store, look, NULL, &err));
}

static void a_write_that_fails_leaves_nothing_and_says_why(void **state)
{
    STORE_OR_SKIP(test);
    struct item item = {1, STR("a"), true};
    assert_false(store_write(store, add, &item, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_int_equal(count_of(store), 0);
    item.then_fail = false;
    assert_true(store_write(store, add, &item, &err));
    item.id = 2; /* the same name */
    assert_false(store_write(store, add, &item, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(count_of(store), 1);
}

struct crowd {
    struct store *store;
    struct arena *arena;
    int first, refused;
};

static void *write_many(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < 50; i++) {
        struct item item = {crowd->first + i, str_fmt(crowd->arena, "item %d", crowd->first + i), i % 10 == 9};
        crowd->refused += !store_write(crowd->store, add, &item, NULL);
    }
    return NULL;
}

static void many_write_at_once_and_only_the_refused_are_missing(void **state)
{
    STORE_OR_SKIP(test);
    struct crowd crowds[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        crowds[i] = (struct crowd){store, arena_new(), i * 100, 0};
        pthread_create(&threads[i], NULL, write_many, &crowds[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        arena_free(crowds[i].arena);
        assert_int_equal(crowds[i].refused, 5);
    }
    assert_int_equal(count_of(store), 8 * 45);
}

static bool use_new_column(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    return tx_run(tx, "UPDATE item SET note = :note", err, P_TEXT("note", STR("n")));
}

static void migrations_are_taken_once_and_in_order(void **state)
{
    STORE_OR_SKIP(test);
    struct item item = {1, STR("kept"), false};
    assert_true(store_write(store, add, &item, &err));
    stores_reopen(test);
    store = store_open(test->stores, test->name, later_migrations, 2, &err);
    assert_non_null(store);
    assert_int_equal(count_of(store), 1);
    assert_true(store_write(store, use_new_column, NULL, &err));
}

static bool nested(struct tx *tx, void *arg, struct err *err)
{
    int64_t *pairs = arg;
    struct rows outer = tx_query(tx, select_all);
    while (rows_next(&outer)) {
        struct rows inner = tx_query(tx, select_all);
        while (rows_next(&inner))
            (*pairs)++;
        if (!rows_end(&inner, err))
            return false;
    }
    return rows_end(&outer, err);
}

static void a_query_may_stand_in_a_loop_over_itself(void **state)
{
    STORE_OR_SKIP(test);
    for (int i = 0; i < 3; i++) {
        struct item item = {i, str_fmt(test->arena, "%d", i), false};
        assert_true(store_write(store, add, &item, &err));
    }
    int64_t pairs = 0;
    assert_true(store_read(store, nested, &pairs, &err));
    assert_int_equal(pairs, 9);
}

static bool not_sql(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    return tx_run(tx, "SELEC nothing", err);
}

static void what_is_not_sql_is_an_error_for_the_log(void **state)
{
    STORE_OR_SKIP(test);
    assert_false(store_write(store, not_sql, NULL, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.detail, "SELEC"));
    assert_int_equal(count_of(store), 0);
}

static void ids_grow_and_never_meet(void **state)
{
    (void)state;
    int64_t before = store_new_id();
    for (int i = 0; i < 100000; i++) {
        int64_t id = store_new_id();
        assert_true(id > before);
        before = id;
    }
}

static void a_store_url_is_checked(void **state)
{
    (void)state;
    struct err err;
    assert_null(stores_open(STR("mysql://x"), &err));
    assert_int_equal(err.code, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH_STORES(what_was_written_is_read_back),
        ON_BOTH_STORES(a_write_that_fails_leaves_nothing_and_says_why),
        ON_BOTH_STORES(many_write_at_once_and_only_the_refused_are_missing),
        ON_BOTH_STORES(migrations_are_taken_once_and_in_order),
        ON_BOTH_STORES(a_query_may_stand_in_a_loop_over_itself),
        ON_BOTH_STORES(what_is_not_sql_is_an_error_for_the_log),
        cmocka_unit_test(ids_grow_and_never_meet),
        cmocka_unit_test(a_store_url_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

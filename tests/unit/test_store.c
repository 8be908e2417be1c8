#include "stores.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct migration migrations[] = {
    {1, "test",
     "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, price DOUBLE PRECISION, raw BLOB)",
     "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, price DOUBLE PRECISION, raw BYTEA)"},
};
static bool fill_note(struct tx *tx, struct err *err)
{
    return tx_run(tx, "UPDATE item SET note = :note", err, P_TEXT("note", STR("filled")));
}
static const struct migration later_migrations[] = {
    {1, "test", "CREATE TABLE item (wrong)", NULL},
    {2, "test", "ALTER TABLE item ADD COLUMN note TEXT; CREATE TABLE other (id BIGINT PRIMARY KEY)", NULL, fill_note},
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

static bool read_note(struct tx *tx, void *arg, struct err *err)
{
    struct rows rows = tx_query(tx, "SELECT note FROM item");
    *(bool *)arg = rows_next(&rows) && str_eq(rows_text(&rows, 0), STR("filled"));
    return rows_end(&rows, err);
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
    bool is_filled = false;
    assert_true(store_read(store, read_note, &is_filled, &err));
    assert_true(is_filled);
    assert_true(store_write(store, use_new_column, NULL, &err));
}

static void a_store_of_a_newer_version_is_refused(void **state)
{
    STORE_OR_SKIP(test);
    (void)store;
    stores_reopen(test);
    assert_non_null(store_open(test->stores, test->name, later_migrations, 2, &err));
    stores_reopen(test);
    assert_null(store_open(test->stores, test->name, migrations, 1, &err));
    assert_int_equal(err.code, ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "plus récente"));
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

static bool go_on_after_a_failure(struct tx *tx, void *arg, struct err *err)
{
    struct item item = {1, STR("first"), false};
    if (!add(tx, &item, err))
        return false;
    add(tx, &item, NULL); /* the same again */
    item.id = 2;
    return add(tx, arg, NULL);
}

static void a_failed_statement_undoes_the_write_even_if_it_goes_on(void **state)
{
    STORE_OR_SKIP(test);
    struct item other = {3, STR("other"), false};
    assert_false(store_write(store, go_on_after_a_failure, &other, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(count_of(store), 0);
}

struct many {
    int count, again; /* the number of one that is there already; 0: none */
    bool then_count;
};

/* So many that a store which does not wait for each answer must read some on the way. */
static bool add_many(struct tx *tx, void *arg, struct err *err)
{
    const struct many *many = arg;
    int64_t found = 0;
    for (int i = 1; i <= many->count; i++) {
        int number = i == many->again ? 1 : i;
        char name[16];
        struct item item = {number, {name, (size_t)snprintf(name, sizeof name, "%d", number)}, false};
        if (!add(tx, &item, err))
            return false;
    }
    return !many->then_count || (count(tx, &found, err) && found == many->count);
}

static void one_statement_that_fails_among_many_undoes_them_all(void **state)
{
    STORE_OR_SKIP(test);
    static const struct many refused[] = {{200, 150}, {200, 200}, {200, 2}, {3, 3}, {3, 3, true}, {200, 64, true}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct many many = refused[i];
        assert_false(store_write(store, add_many, &many, &err));
        assert_int_equal(err.code, ERR_CONFLICT);
        assert_int_equal(count_of(store), 0);
    }
    assert_true(store_write(store, add_many, &(struct many){200, 0, true}, &err));
    assert_int_equal(count_of(store), 200);
}

static void a_text_with_a_nul_is_refused(void **state)
{
    STORE_OR_SKIP(test);
    struct item item = {1, STR("a\0b"), false};
    assert_false(store_write(store, add, &item, &err));
    assert_int_equal(err.code, ERR_INVALID);
}

static bool look_at_parameters(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    static const char text[] = "SELECT :a, ':a', \":b\", CAST(:b AS TEXT) -- :c isn't one\n /* nor :d */ , :a + 1,"
                               " 'it''s :e' FROM (SELECT 7 AS \":b\") AS one WHERE :n IS NULL OR :n = :a";
    for (int64_t i = 0; i < 2; i++) { /* with a NULL first, then with a number */
        struct rows rows =
            tx_query(tx, text, P_INT("a", 41), P_TEXT("b", STR("text")), P_INT("unused", 1),
                     (struct sql_param){.name = "n", .kind = i == 0 ? SQL_NULL : SQL_INT, .integer = 41});
        assert_true(rows_next(&rows));
        assert_int_equal(rows_int(&rows, 0), 41);
        assert_str(rows_text(&rows, 1), ":a");
        assert_int_equal(rows_int(&rows, 2), 7);
        assert_str(rows_text(&rows, 3), "text");
        assert_int_equal(rows_int(&rows, 4), 42);
        assert_str(rows_text(&rows, 5), "it's :e");
        if (!rows_end(&rows, err))
            return false;
    }
    return true;
}

static void parameters_stand_by_name_and_nowhere_in_literals(void **state)
{
    STORE_OR_SKIP(test);
    assert_true(store_read(store, look_at_parameters, NULL, &err));
}

static bool draw_number(struct tx *tx, void *arg, struct err *err)
{
    struct item *item = arg;
    struct rows rows = tx_query(tx, "SELECT COALESCE(MAX(id), 0) + 1 FROM item");
    item->id = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    return rows_end(&rows, err) && add(tx, item, err);
}

static void *draw_many(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < 25; i++) {
        struct item item = {0, str_fmt(crowd->arena, "item %d %d", crowd->first, i), false};
        while (!store_write(crowd->store, draw_number, &item, NULL))
            crowd->refused++;
    }
    return NULL;
}

static void numbers_drawn_at_once_are_all_different(void **state)
{
    STORE_OR_SKIP(test);
    struct crowd crowds[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        crowds[i] = (struct crowd){store, arena_new(), i, 0};
        pthread_create(&threads[i], NULL, draw_many, &crowds[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        arena_free(crowds[i].arena);
        assert_true(crowds[i].refused < 25); /* seldom, and never a wrong number */
    }
    assert_int_equal(count_of(store), 100);
}

static bool increment(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    struct rows rows = tx_query(tx, "SELECT price FROM item WHERE id = 1");
    double price = rows_next(&rows) ? rows_real(&rows, 0) : 0;
    return rows_end(&rows, err) &&
           tx_run(tx, "UPDATE item SET price = :price WHERE id = 1", err, P_REAL("price", price + 1));
}

static void *increment_many(void *arg)
{
    for (int i = 0; i < 25; i++)
        assert_true(store_write(arg, increment, NULL, NULL));
    return NULL;
}

static bool read_price(struct tx *tx, void *arg, struct err *err)
{
    struct rows rows = tx_query(tx, "SELECT price FROM item WHERE id = 1");
    *(double *)arg = rows_next(&rows) ? rows_real(&rows, 0) : -1;
    return rows_end(&rows, err);
}

static void a_write_that_another_got_in_the_way_of_runs_again(void **state)
{
    STORE_OR_SKIP(test);
    struct item item = {1, STR("counter"), false};
    assert_true(store_write(store, add, &item, &err));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, increment_many, store);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    double price = 0;
    assert_true(store_read(store, read_price, &price, &err));
    assert_int_equal((int)price, 12 + 100); /* 12.5 at first */
}

static void note_done(void *arg, bool ok, const struct err *err)
{
    assert_true(ok || err->code != ERR_NONE);
    atomic_fetch_add((_Atomic int *)arg, ok ? 1 : 1000);
}

struct later {
    struct item item;
    _Atomic int *done;
};

static bool add_later(struct tx *tx, void *arg, struct err *err)
{
    return add(tx, &((struct later *)arg)->item, err);
}

static void note_later(void *arg, bool ok, const struct err *err)
{
    note_done(((struct later *)arg)->done, ok, err);
}

static void writes_that_nobody_waits_for_are_told_once_each(void **state)
{
    STORE_OR_SKIP(test);
    static _Atomic int done;
    struct later writes[100];
    done = 0;
    for (int i = 0; i < 100; i++) {
        writes[i] = (struct later){{i, str_fmt(test->arena, "later %d", i), i == 50}, &done};
        store_write_later(store, add_later, &writes[i], note_later);
    }
    for (int i = 0; i < 1000 && done < 99 + 1000; i++)
        usleep(5000);
    assert_int_equal(done, 99 + 1000);
    assert_int_equal(count_of(store), 99);
}

static const struct migration search_migrations[] = {
    {1, "search", "CREATE VIRTUAL TABLE found USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')",
     "CREATE TABLE found (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);"
     "CREATE INDEX found_words ON found USING GIN (words)"},
};
static const struct sql index_text = {"INSERT INTO found (rowid, text) VALUES (:id, :text)",
                                      "INSERT INTO found (rowid, words) VALUES (:id, to_tsvector('simple', :text))"};
static const struct sql search_text = {
    "SELECT rowid FROM found WHERE found MATCH :query ORDER BY rowid",
    "SELECT rowid FROM found WHERE words @@ to_tsquery('simple', :query) ORDER BY rowid"};

static bool search_words(struct tx *tx, void *arg, struct err *err)
{
    struct arena *arena = arg;
    static const char *const texts[] = {"Demande d’accès à la déchèterie", "Élagage d’un arbre", "Accès au parking"};
    for (int64_t i = 0; i < 3; i++)
        if (!tx_run(tx, sql_for(tx, &index_text), err, P_INT("id", i),
                    P_TEXT("text", utf8_fold(arena, str_of(texts[i])))))
            return false;
    struct rows rows = tx_query(tx, sql_for(tx, &search_text), P_TEXT("query", utf8_fold(arena, STR("ACCÈS"))));
    assert_true(rows_next(&rows));
    assert_int_equal(rows_int(&rows, 0), 0);
    assert_true(rows_next(&rows));
    assert_int_equal(rows_int(&rows, 0), 2);
    assert_false(rows_next(&rows));
    return rows_end(&rows, err);
}

static void words_are_found_without_their_accents(void **state)
{
    struct test_stores *test = *state;
    if (test == NULL)
        skip();
    struct err err = {0};
    struct store *store = store_open(test->stores, test->name, search_migrations, 1, &err);
    assert_non_null(store);
    assert_true(store_write(store, search_words, test->arena, &err));
}

static void processes_that_start_at_once_all_find_the_store_made(void **state)
{
    struct test_stores *test = *state;
    if (test == NULL)
        skip();
    pid_t children[6];
    for (int i = 0; i < 6; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct err err = {0};
            struct stores *stores = stores_open(test->url, &err);
            struct store *store = stores == NULL ? NULL : store_open(stores, test->name, migrations, 1, &err);
            if (store == NULL)
                fprintf(stderr, "# %s %s\n", err.message, err.detail);
            struct item item = {i, str_fmt(test->arena, "of %d", i), false};
            _exit(store == NULL || !store_write(store, add, &item, &err));
        }
    }
    for (int i = 0; i < 6; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    struct err err;
    assert_int_equal(count_of(store_open(test->stores, test->name, migrations, 1, &err)), 6);
}

static bool forget_parameter(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    return tx_run(tx, insert, err, P_INT("id", 1));
}

static bool leave_query_open(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    (void)err;
    struct rows rows = tx_query(tx, count_all);
    return rows_next(&rows);
}

/* In a process of its own, which must abort. */
static void assert_aborts(struct test_stores *test, store_fn fn)
{
    pid_t child = fork();
    if (child == 0) {
        struct err err;
        struct stores *stores = stores_open(test->url, &err);
        store_write(store_open(stores, test->name, migrations, 1, &err), fn, NULL, NULL);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void bugs_in_a_write_abort(void **state)
{
    struct test_stores *test = *state;
    if (test == NULL)
        skip();
    assert_aborts(test, forget_parameter);
    assert_aborts(test, leave_query_open);
}

static bool cut_connections(struct tx *tx, void *arg, struct err *err)
{
    struct rows rows = tx_query(tx,
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                " WHERE application_name = :name AND pid <> pg_backend_pid()",
                                P_TEXT("name", *(str *)arg));
    while (rows_next(&rows))
        ;
    return rows_end(&rows, err);
}

static void *read_slowly(void *store)
{
    count_of(store);
    return NULL;
}

static void a_server_that_came_back_is_used_again(void **state)
{
    struct test_stores *test = *state;
    if (test == NULL)
        skip();
    struct err err = {0};
    str name = str_fmt(test->arena, "cut-%.*s", STR_ARG(test->name)); /* other tests keep their connections */
    struct stores *stores =
        stores_open(str_fmt(test->arena, "%.*s&application_name=%.*s", STR_ARG(test->url), STR_ARG(name)), &err);
    struct store *store = store_open(stores, test->name, migrations, 1, &err);
    struct store *cutter = store_open(test->stores, STR("cutter"), migrations, 1, &err);
    assert_non_null(store);
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, read_slowly, store);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 3; i++) {
        struct item item = {i, str_fmt(test->arena, "after cut %d", i), false};
        assert_true(store_read(cutter, cut_connections, &name, &err));
        assert_true(store_write(store, add, &item, &err));
        assert_true(store_read(cutter, cut_connections, &name, &err));
        assert_int_equal(count_of(store), i + 1);
    }
    stores_close(stores);
}

static bool read_synchronous(struct tx *tx, void *is_on, struct err *err)
{
    struct rows rows = tx_query(tx, "SELECT current_setting('synchronous_commit')");
    *(bool *)is_on = rows_next(&rows) && str_eq(rows_text(&rows, 0), STR("on"));
    return rows_end(&rows, err);
}

static void a_commit_is_on_disk_whatever_the_server_is_set_to(void **state)
{
    struct test_stores *test = *state;
    if (test == NULL)
        skip();
    bool is_on = false;
    struct err err = {0};
    setenv("PGOPTIONS", "-c synchronous_commit=off", 1);
    stores_reopen(test);
    struct store *store = store_open(test->stores, test->name, migrations, 1, &err);
    assert_true(store_read(store, read_synchronous, &is_on, &err));
    unsetenv("PGOPTIONS");
    assert_true(is_on);
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
        ON_BOTH_STORES(a_store_of_a_newer_version_is_refused),
        ON_BOTH_STORES(a_query_may_stand_in_a_loop_over_itself),
        ON_BOTH_STORES(what_is_not_sql_is_an_error_for_the_log),
        ON_BOTH_STORES(a_failed_statement_undoes_the_write_even_if_it_goes_on),
        ON_BOTH_STORES(one_statement_that_fails_among_many_undoes_them_all),
        ON_BOTH_STORES(a_text_with_a_nul_is_refused),
        ON_BOTH_STORES(parameters_stand_by_name_and_nowhere_in_literals),
        ON_BOTH_STORES(numbers_drawn_at_once_are_all_different),
        ON_BOTH_STORES(a_write_that_another_got_in_the_way_of_runs_again),
        ON_BOTH_STORES(writes_that_nobody_waits_for_are_told_once_each),
        ON_BOTH_STORES(words_are_found_without_their_accents),
        ON_BOTH_STORES(processes_that_start_at_once_all_find_the_store_made),
        ON_BOTH_STORES(bugs_in_a_write_abort),
        cmocka_unit_test_setup_teardown(a_server_that_came_back_is_used_again, stores_setup_postgres, stores_teardown),
        cmocka_unit_test_setup_teardown(a_commit_is_on_disk_whatever_the_server_is_set_to, stores_setup_postgres,
                                        stores_teardown),
        cmocka_unit_test(ids_grow_and_never_meet),
        cmocka_unit_test(a_store_url_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

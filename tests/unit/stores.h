/* Every test of stored behaviour runs on both engines: a store in a new folder, and one in a new schema of the test
 * cluster. */
#ifndef GUICHET_TESTS_STORES_H
#define GUICHET_TESTS_STORES_H

#include "store/jobs.h"
#include "store/store.h"
#include "unit.h"

struct test_stores {
    struct arena *arena;
    struct stores *stores;
    str url;
    str name; /* a database that no other test has */
};

/* Setup and teardown of cmocka: *state is a struct test_stores. The PostgreSQL ones skip where GUICHET_TEST_POSTGRES is
 * not. */
int stores_setup_sqlite(void **state);
int stores_setup_postgres(void **state);
int stores_teardown(void **state);
/* Closes the installation and opens it again, as after a restart. */
void stores_reopen(struct test_stores *test);

/* The two cases of one test. */
#define ON_BOTH_STORES(test)                                                                                           \
    {#test " (sqlite)", test, stores_setup_sqlite, stores_teardown, NULL},                                             \
    {                                                                                                                  \
#test " (postgresql)", test, stores_setup_postgres, stores_teardown, NULL                                      \
    }

#endif

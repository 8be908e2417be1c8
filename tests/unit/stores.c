#include "stores.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int setup(void **state, str url)
{
    struct arena *arena = arena_new();
    struct test_stores *test = arena_new_of(arena, struct test_stores);
    test->arena = arena;
    test->url = url;
    str unique = random_text(arena, 12, STR("abcdefghijklmnopqrstuvwxyz"));
    test->name = str_fmt(arena, "test-%.*s", STR_ARG(unique));
    char folder[] = "/tmp/guichet-unit-XXXXXX";
    if (mkdtemp(folder) == NULL)
        return -1;
    if (url.len == 0)
        test->url = str_fmt(arena, "sqlite:%s", folder);
    struct err err;
    test->stores = stores_open(test->url, &err);
    if (test->stores == NULL) {
        fprintf(stderr, "# %s %s\n", err.message, err.detail);
        return -1;
    }
    stores_set_folder(test->stores, folder);
    *state = test;
    return 0;
}

int stores_setup_sqlite(void **state)
{
    return setup(state, STR_EMPTY);
}

int stores_setup_postgres(void **state)
{
    const char *url = getenv("GUICHET_TEST_POSTGRES");
    *state = NULL;
    return url == NULL ? 0 : setup(state, str_of(url));
}

void stores_reopen(struct test_stores *test)
{
    struct err err;
    str folder = str_dup(test->arena, str_of(stores_folder(test->stores)));
    stores_close(test->stores);
    test->stores = stores_open(test->url, &err);
    assert_non_null(test->stores);
    stores_set_folder(test->stores, folder.ptr);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

int stores_teardown(void **state)
{
    struct test_stores *test = *state;
    if (test == NULL)
        return 0;
    nftw(stores_folder(test->stores), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    stores_close(test->stores);
    arena_free(test->arena);
    return 0;
}

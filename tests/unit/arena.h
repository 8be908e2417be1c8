/* A test file whose tests each have an arena of their own. */
#ifndef GUICHET_TESTS_ARENA_H
#define GUICHET_TESTS_ARENA_H

#include "unit.h"

static struct arena *arena;

static inline int arena_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static inline int arena_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_begin, arena_end)

#endif

/* What every unit test includes: cmocka and base. */
#ifndef GUICHET_TESTS_UNIT_H
#define GUICHET_TESTS_UNIT_H

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Text equality that shows both sides. */
#define assert_str(actual, expected)                                                                                   \
    do {                                                                                                               \
        struct arena *unit_arena = arena_new();                                                                        \
        assert_string_equal(str_z(unit_arena, (actual)), (expected));                                                  \
        arena_free(unit_arena);                                                                                        \
    } while (0)

#endif

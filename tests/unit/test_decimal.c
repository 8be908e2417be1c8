#include "base/decimal.h"

#include "unit.h"

static struct decimal number(const char *text)
{
    struct decimal d;
    assert_true(decimal_parse(str_of(text), &d));
    return d;
}

static void a_text_is_read_with_its_scale(void **state)
{
    struct arena *arena = *state;
    assert_str(decimal_text(arena, number("3.140")), "3.140");
    assert_str(decimal_text(arena, number(" -0.05 ")), "-0.05");
    assert_str(decimal_text(arena, number(".5")), "0.5");
    assert_str(decimal_text(arena, number("1e3")), "1000");
    assert_str(decimal_text(arena, number("0.00")), "0.00");
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    struct decimal d;
    const char *texts[] = {"", "-", ".", "1,5", "1.2.3", "NaN", "Infinity", "1e", "1e99999", "0x1", "1 2"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(decimal_parse(str_of(texts[i]), &d));
}

static void arithmetic_is_exact_and_keeps_the_scale(void **state)
{
    struct arena *arena = *state;
    struct decimal d;
    assert_str(decimal_text(arena, decimal_add(number("1.1"), number("2.20"))), "3.30");
    assert_str(decimal_text(arena, decimal_subtract(number("4"), number("4.7"))), "-0.7");
    assert_str(decimal_text(arena, decimal_multiply(number("2.5"), number("2"))), "5.0");
    assert_str(decimal_text(arena, decimal_multiply(number("780"), number("0.000463"))), "0.361140");
    assert_true(decimal_divide(number("6"), number("0.75"), &d));
    assert_str(decimal_text(arena, d), "8");
    assert_true(decimal_divide(number("2.40"), number("2"), &d));
    assert_str(decimal_text(arena, d), "1.20");
    assert_true(decimal_modulo(number("6"), number("0.75"), &d));
    assert_str(decimal_text(arena, d), "0.00");
    assert_true(decimal_modulo(number("-7"), number("3"), &d));
    assert_str(decimal_text(arena, d), "-1");
    assert_false(decimal_divide(number("1"), number("0"), &d));
    assert_false(decimal_modulo(number("1"), number("0"), &d));
}

static void results_have_28_digits_rounded_half_even(void **state)
{
    struct arena *arena = *state;
    struct decimal d;
    assert_true(decimal_divide(number("1"), number("3"), &d));
    assert_str(decimal_text(arena, d), "0.3333333333333333333333333333");
    assert_true(decimal_divide(number("2"), number("3"), &d));
    assert_str(decimal_text(arena, d), "0.6666666666666666666666666667");
    assert_str(decimal_text(arena, decimal_multiply(number("1234567890123456789"), number("9876543210987654321"))),
               "12193263113702179522374638010000000000");
    assert_str(decimal_text(arena, decimal_add(number("1e20"), number("1e-20"))), "100000000000000000000.0000000");
    assert_str(decimal_text(arena, decimal_subtract(number("1e40"), number("1e-40"))),
               "10000000000000000000000000000000000000000");
}

static void comparison_looks_at_the_number_not_its_scale(void **state)
{
    (void)state;
    assert_int_equal(decimal_cmp(number("1"), number("1.000")), 0);
    assert_int_equal(decimal_cmp(number("-0"), number("0.00")), 0);
    assert_true(decimal_cmp(number("-2"), number("-1.5")) < 0);
    assert_true(decimal_cmp(number("1e30"), number("1e-30")) > 0);
    assert_true(decimal_cmp(number("0.1"), number("-5")) > 0);
}

static void rounding_gives_the_places_asked_for(void **state)
{
    struct arena *arena = *state;
    assert_str(decimal_text(arena, decimal_round(number("3.14"), 3, DECIMAL_HALF_UP)), "3.140");
    assert_str(decimal_text(arena, decimal_round(number("0"), 3, DECIMAL_HALF_UP)), "0.000");
    assert_str(decimal_text(arena, decimal_round(number("2.5"), 0, DECIMAL_HALF_EVEN)), "2");
    assert_str(decimal_text(arena, decimal_round(number("2.5"), 0, DECIMAL_HALF_UP)), "3");
    assert_str(decimal_text(arena, decimal_round(number("-3.14"), 0, DECIMAL_FLOOR)), "-4");
    assert_str(decimal_text(arena, decimal_round(number("-3.14"), 0, DECIMAL_CEILING)), "-3");
    assert_str(decimal_text(arena, decimal_round(number("0.0001"), 0, DECIMAL_CEILING)), "1");
}

static void doubles_go_by_their_shortest_text(void **state)
{
    struct arena *arena = *state;
    struct decimal d;
    assert_true(decimal_from_double(0.1, &d));
    assert_str(decimal_text(arena, d), "0.1");
    assert_true(decimal_from_double(12345.678, &d));
    assert_true(decimal_to_double(d) == 12345.678);
    int64_t integer;
    assert_true(decimal_to_int(number("-42.9"), &integer));
    assert_int_equal(integer, -42);
    assert_false(decimal_to_int(number("1e20"), &integer));
    assert_str(decimal_text(arena, decimal_from_int(INT64_MIN)), "-9223372036854775808");
}

static int make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, free_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ARENA(a_text_is_read_with_its_scale),
        IN_ARENA(what_is_no_number_is_refused),
        IN_ARENA(arithmetic_is_exact_and_keeps_the_scale),
        IN_ARENA(results_have_28_digits_rounded_half_even),
        IN_ARENA(comparison_looks_at_the_number_not_its_scale),
        IN_ARENA(rounding_gives_the_places_asked_for),
        IN_ARENA(doubles_go_by_their_shortest_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whole numbers, decimals, dates and instants as people and files write them: what is read is written as something that
 * reads the same. */
#include "base/base.h"
#include "base/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void try_decimal(struct arena *arena, str text)
{
    struct decimal number, again, quotient;
    int64_t integer;
    if (!decimal_parse(text, &number))
        return;
    if (number.exponent > -400 && number.exponent < 400)
        check(decimal_parse(decimal_text(arena, number), &again) && decimal_cmp(number, again) == 0);
    decimal_to_int(number, &integer);
    decimal_to_double(number);
    decimal_round(number, 2, DECIMAL_HALF_UP);
    decimal_divide(number, decimal_from_int(7), &quotient);
    decimal_modulo(number, decimal_from_int(7), &quotient);
    decimal_add(decimal_multiply(number, number), decimal_subtract(number, decimal_from_int(1)));
}

static void try_dates(struct arena *arena, str text)
{
    struct date date, again;
    instant at, same;
    if (date_parse(text, &date)) {
        check(date_is_valid(date) && date_parse(date_iso(arena, date), &again) && date_cmp(date, again) == 0);
        check(date_cmp(date_from_days(date_to_days(date)), date) == 0);
        instant_from_local((struct datetime){.date = date});
        date_long(arena, date);
    }
    if (instant_parse(text, &at)) /* the text is of the second that has begun */
        check(instant_parse(instant_iso(arena, at), &same) && same <= at && at - same < INSTANT_SECOND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str text = str_dup(arena, (str){(const char *)data, size});
    int64_t integer;
    if (str_to_int64(text, &integer)) {
        int64_t again;
        check(str_to_int64(str_fmt(arena, "%lld", (long long)integer), &again) && again == integer);
    }
    try_decimal(arena, text);
    try_dates(arena, text);
    arena_free(arena);
    return 0;
}

/* decimal: exact decimal numbers that keep their scale, with the arithmetic of Python's decimal module at its default
 * context (28 significant digits, ROUND_HALF_EVEN). A plain value: no memory, no owner.
 *
 * Written here because Debian 12 has no development package of libmpdec (docs/dependencies.md). */
#ifndef GUICHET_BASE_DECIMAL_H
#define GUICHET_BASE_DECIMAL_H

#include "base/str.h"

struct decimal {
    unsigned __int128 coefficient; /* at most 10^28 - 1 */
    int exponent;                  /* the number is ± coefficient × 10^exponent */
    bool negative;
};

/* « -12.50 », « 1e3 »; blanks around are allowed. False on anything else, NaN and Infinity included. */
bool decimal_parse(str s, struct decimal *out);
/* As people type it: « 1 234,50 » with any blank among the digits, a comma or a point. */
bool decimal_parse_typed(struct arena *arena, str s, struct decimal *out);
struct decimal decimal_from_int(int64_t integer);
/* By its shortest text: 0.1 is exactly 0.1. False on NaN and infinity. */
bool decimal_from_double(double real, struct decimal *out);
double decimal_to_double(struct decimal d);
/* Toward zero; false where it does not fit. */
bool decimal_to_int(struct decimal d, int64_t *out);

struct decimal decimal_add(struct decimal a, struct decimal b);
struct decimal decimal_subtract(struct decimal a, struct decimal b);
struct decimal decimal_multiply(struct decimal a, struct decimal b);
/* False on a division by zero. */
bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out);
/* The remainder has the sign of a. False on a division by zero, or where the quotient has over 28 digits. */
bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *out);
int decimal_cmp(struct decimal a, struct decimal b);
bool decimal_is_zero(struct decimal d);

enum decimal_rounding { DECIMAL_HALF_EVEN, DECIMAL_HALF_UP, DECIMAL_DOWN, DECIMAL_FLOOR, DECIMAL_CEILING };
/* Exactly places digits behind the point (0 or more), padded or rounded. */
struct decimal decimal_round(struct decimal d, int places, enum decimal_rounding rounding);

/* « 3.140 », never with an exponent. */
str decimal_text(struct arena *arena, struct decimal d);

#endif

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 wide;

enum {
    PRECISION = 28,        /* digits that a result keeps: Python's default context */
    EXPONENT_MOST = 6000,  /* beyond it a text is not taken for a number */
    EXPONENT_END = 999999, /* beyond it a result is held there: Python's Emax */
};

static wide power_of_ten(int exponent) /* 0 to 38 */
{
    wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static int digits_of(wide coefficient)
{
    int digits = 1;
    while (coefficient >= 10) {
        coefficient /= 10;
        digits++;
    }
    return digits;
}

/* Whether quotient, cut from an exact number, moves one away from zero. twice_rest compares twice what was cut off with
 * the unit: negative, zero or positive; exact says that nothing was cut off. */
static bool rounds_up(wide quotient, int twice_rest, bool exact, bool negative, enum decimal_rounding rounding)
{
    if (exact)
        return false;
    switch (rounding) {
    case DECIMAL_HALF_EVEN:
        return twice_rest > 0 || (twice_rest == 0 && (quotient & 1) == 1);
    case DECIMAL_HALF_UP:
        return twice_rest >= 0;
    case DECIMAL_FLOOR:
        return negative;
    case DECIMAL_CEILING:
        return !negative;
    case DECIMAL_DOWN:
        return false;
    }
    return false;
}

/* Divides the coefficient by 10^drop and rounds. sticky: something not zero was already cut off below it. */
static wide drop_digits(wide coefficient, int drop, bool sticky, bool negative, enum decimal_rounding rounding)
{
    if (drop > 38) {
        bool exact = coefficient == 0 && !sticky;
        return rounds_up(0, -1, exact, negative, rounding) ? 1 : 0;
    }
    wide unit = power_of_ten(drop);
    wide quotient = coefficient / unit, rest = coefficient % unit;
    wide half = unit / 2;
    int twice = rest > half || (rest == half && sticky && drop > 0) ? 1 : rest == half && drop > 0 ? 0 : -1;
    return quotient + (rounds_up(quotient, twice, rest == 0 && !sticky, negative, rounding) ? 1 : 0);
}

static int within(int exponent)
{
    return exponent > EXPONENT_END ? EXPONENT_END : exponent < -EXPONENT_END ? -EXPONENT_END : exponent;
}

/* Brings a result down to the precision. */
static struct decimal fit(struct decimal d, bool sticky)
{
    d.exponent = within(d.exponent);
    int digits = digits_of(d.coefficient);
    if (digits > PRECISION) {
        int drop = digits - PRECISION;
        d.coefficient = drop_digits(d.coefficient, drop, sticky, d.negative, DECIMAL_HALF_EVEN);
        d.exponent += drop;
        if (digits_of(d.coefficient) > PRECISION) {
            d.coefficient /= 10;
            d.exponent++;
        }
    }
    return d;
}

/* Reads digits with at most one point; keeps 38 digits, which is more than any result has. */
static bool parse_digits(str s, size_t *at, struct decimal *out)
{
    bool point = false, sticky = false, any = false;
    int kept = 0;
    for (; *at < s.len; (*at)++) {
        char c = s.ptr[*at];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        any = true;
        if (kept < 38) {
            out->coefficient = out->coefficient * 10 + (unsigned)(c - '0');
            kept += out->coefficient > 0;
            out->exponent -= point;
        } else {
            sticky |= c != '0';
            out->exponent += !point;
        }
    }
    *out = fit(*out, sticky);
    return any;
}

static bool parse_exponent(str s, size_t *at, struct decimal *out)
{
    if (*at == s.len || (s.ptr[*at] | 0x20) != 'e')
        return true;
    str digits = str_slice(s, *at + 1, s.len);
    *at = s.len;
    int64_t exponent;
    if (digits.len > 6 || !str_to_int64(digits, &exponent) || exponent > EXPONENT_MOST || exponent < -EXPONENT_MOST)
        return false;
    out->exponent += (int)exponent;
    return true;
}

bool decimal_parse(str s, struct decimal *out)
{
    s = str_trim(s);
    struct decimal d = {0};
    size_t at = 0;
    if (s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
        d.negative = s.ptr[0] == '-';
        at = 1;
    }
    if (s.len > (size_t)EXPONENT_MOST || !parse_digits(s, &at, &d) || !parse_exponent(s, &at, &d) || at != s.len)
        return false;
    *out = d;
    return true;
}

bool decimal_parse_typed(struct arena *arena, str s, struct decimal *out)
{
    static const char *const blanks[] = {"\xC2\xA0", "\xE2\x80\xAF", " "};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        s = str_replace(arena, s, str_of(blanks[i]), STR_EMPTY);
    return decimal_parse(str_replace(arena, s, STR(","), STR(".")), out);
}

struct decimal decimal_from_int(int64_t integer)
{
    bool negative = integer < 0;
    return (struct decimal){.coefficient = negative ? -(wide)integer : (wide)integer, .negative = negative};
}

bool decimal_from_double(double real, struct decimal *out)
{
    if (!isfinite(real))
        return false;
    char text[40];
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        length = snprintf(text, sizeof text, "%.*g", precision, real);
        if (strtod(text, NULL) == real)
            break;
    }
    return decimal_parse((str){text, (size_t)length}, out);
}

double decimal_to_double(struct decimal d)
{
    char text[80], digits[48];
    size_t at = sizeof digits;
    digits[--at] = '\0';
    wide coefficient = d.coefficient;
    do {
        digits[--at] = (char)('0' + (int)(coefficient % 10));
        coefficient /= 10;
    } while (coefficient > 0);
    snprintf(text, sizeof text, "%s%se%d", d.negative ? "-" : "", digits + at, d.exponent);
    return strtod(text, NULL);
}

bool decimal_to_int(struct decimal d, int64_t *out)
{
    wide whole = d.coefficient;
    if (d.exponent < 0)
        whole = drop_digits(whole, -d.exponent, false, d.negative, DECIMAL_DOWN);
    for (int i = 0; i < d.exponent && whole != 0; i++) {
        if (whole > (wide)INT64_MAX)
            return false;
        whole *= 10;
    }
    if (whole > (wide)INT64_MAX)
        return false;
    *out = d.negative ? -(int64_t)whole : (int64_t)whole;
    return true;
}

/* Compares without regard to the sign. */
static int compare_magnitudes(struct decimal a, struct decimal b)
{
    if (a.coefficient == 0 || b.coefficient == 0)
        return (a.coefficient > 0) - (b.coefficient > 0);
    int top_a = digits_of(a.coefficient) + a.exponent, top_b = digits_of(b.coefficient) + b.exponent;
    if (top_a != top_b)
        return top_a > top_b ? 1 : -1;
    /* The same top digit: the exponents are at most 27 apart, and both fit 38 digits. */
    int low = a.exponent < b.exponent ? a.exponent : b.exponent;
    wide left = a.coefficient * power_of_ten(a.exponent - low), right = b.coefficient * power_of_ten(b.exponent - low);
    return (left > right) - (left < right);
}

/* The larger one, a, brought down to the exponent of b as far as 38 digits allow; what of b lies below it is only
 * remembered as not zero, which is all that rounding needs. */
static bool align(struct decimal *a, struct decimal *b)
{
    int room = 37 - digits_of(a->coefficient);
    int shift = a->exponent - b->exponent;
    if (a->coefficient == 0) {
        a->exponent = b->exponent < a->exponent ? b->exponent : a->exponent;
        shift = a->exponent - b->exponent;
    }
    int down = shift < room ? shift : room;
    if (shift > 0 && a->coefficient != 0) {
        a->coefficient *= power_of_ten(down);
        a->exponent -= down;
    }
    bool sticky = false;
    if (a->exponent > b->exponent) {
        int drop = a->exponent - b->exponent;
        wide kept = drop > 38 ? 0 : b->coefficient / power_of_ten(drop);
        sticky = drop > 38 ? b->coefficient != 0 : kept * power_of_ten(drop) != b->coefficient;
        b->coefficient = kept;
        b->exponent = a->exponent;
    }
    return sticky;
}

struct decimal decimal_add(struct decimal a, struct decimal b)
{
    if (a.exponent < b.exponent) {
        struct decimal other = a;
        a = b;
        b = other;
    }
    bool sticky = align(&a, &b);
    struct decimal sum = {.exponent = a.exponent};
    if (a.negative == b.negative) {
        sum.negative = a.negative;
        sum.coefficient = a.coefficient + b.coefficient;
        return fit(sum, sticky);
    }
    bool a_is_larger = a.coefficient >= b.coefficient;
    sum.coefficient = a_is_larger ? a.coefficient - b.coefficient : b.coefficient - a.coefficient;
    sum.negative = sum.coefficient != 0 && (a_is_larger ? a.negative : b.negative);
    if (sticky) /* a hair less than the difference of what was kept: borrow one, and what is left is not zero */
        sum.coefficient -= 1;
    return fit(sum, sticky);
}

struct decimal decimal_subtract(struct decimal a, struct decimal b)
{
    b.negative = !b.negative;
    if (b.coefficient == 0)
        b.negative = false;
    return decimal_add(a, b);
}

/* The product of two coefficients of up to 28 digits, as high × 10^28 + low. */
static void multiply_wide(wide a, wide b, wide *high, wide *low)
{
    const wide base = (wide)100000000000000U; /* 10^14 */
    wide a1 = a / base, a0 = a % base, b1 = b / base, b0 = b % base;
    wide middle = a1 * b0 + a0 * b1;
    wide bottom = a0 * b0 + (middle % base) * base;
    *low = bottom % (base * base);
    *high = a1 * b1 + middle / base + bottom / (base * base);
}

struct decimal decimal_multiply(struct decimal a, struct decimal b)
{
    wide high, low;
    multiply_wide(a.coefficient, b.coefficient, &high, &low);
    struct decimal product = {.exponent = a.exponent + b.exponent, .negative = a.negative != b.negative};
    bool sticky = false;
    if (high == 0) {
        product.coefficient = low;
        return fit(product, false);
    }
    /* 38 digits of the product are kept, the rest is sticky; fit rounds them to 28. */
    int up = 37 - digits_of(high);
    if (up > PRECISION)
        up = PRECISION;
    wide cut = power_of_ten(PRECISION - up);
    product.coefficient = high * power_of_ten(up) + low / cut;
    sticky = low % cut != 0;
    product.exponent += PRECISION - up;
    return fit(product, sticky);
}

/* Takes trailing zeros away, down to the wished exponent. */
static struct decimal strip_zeros(struct decimal d, int wished)
{
    while (d.exponent < wished && d.coefficient % 10 == 0) {
        d.coefficient /= 10;
        d.exponent++;
    }
    return d;
}

/* Long division, one digit a step: 28 digits and some more for rounding. */
bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out)
{
    if (b.coefficient == 0)
        return false;
    int wished = within(a.exponent - b.exponent);
    struct decimal q = {.exponent = wished, .negative = a.negative != b.negative};
    q.coefficient = a.coefficient / b.coefficient;
    wide rest = a.coefficient % b.coefficient;
    while (rest != 0 && q.coefficient < power_of_ten(PRECISION + 2)) {
        rest *= 10;
        q.coefficient = q.coefficient * 10 + rest / b.coefficient;
        rest %= b.coefficient;
        q.exponent--;
    }
    bool exact = rest == 0;
    q = fit(q, !exact);
    *out = exact ? strip_zeros(q, wished) : q;
    if (out->coefficient == 0)
        out->exponent = wished;
    return true;
}

bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *out)
{
    if (b.coefficient == 0)
        return false;
    int low = a.exponent < b.exponent ? a.exponent : b.exponent;
    if (compare_magnitudes(a, b) < 0) {
        *out = a;
        if (a.exponent > low && a.exponent - low + digits_of(a.coefficient) <= PRECISION) {
            out->coefficient *= power_of_ten(a.exponent - low);
            out->exponent = low;
        }
        return true;
    }
    struct decimal most = {.coefficient = b.coefficient, .exponent = b.exponent + PRECISION};
    if (compare_magnitudes(a, most) >= 0 || b.exponent - low + digits_of(b.coefficient) > 36)
        return false; /* a quotient of more digits than a number keeps */
    wide divisor = b.coefficient * power_of_ten(b.exponent - low);
    wide rest = a.coefficient % divisor;
    for (int i = a.exponent; i > low; i--)
        rest = rest * 10 % divisor;
    *out = (struct decimal){.coefficient = rest, .exponent = low, .negative = a.negative};
    return true;
}

int decimal_cmp(struct decimal a, struct decimal b)
{
    bool a_below = a.negative && a.coefficient != 0, b_below = b.negative && b.coefficient != 0;
    if (a_below != b_below)
        return a_below ? -1 : 1;
    int magnitude = compare_magnitudes(a, b);
    return a_below ? -magnitude : magnitude;
}

bool decimal_is_zero(struct decimal d)
{
    return d.coefficient == 0;
}

struct decimal decimal_round(struct decimal d, int places, enum decimal_rounding rounding)
{
    if (places < 0)
        places = 0;
    int drop = -places - d.exponent;
    if (drop > 0) {
        d.coefficient = drop_digits(d.coefficient, drop, false, d.negative, rounding);
        d.exponent = -places;
    } else if (d.coefficient == 0) {
        d.exponent = -places;
    } else if (-drop + digits_of(d.coefficient) <= 38) {
        d.coefficient *= power_of_ten(-drop);
        d.exponent = -places;
    }
    return d;
}

str decimal_text(struct arena *arena, struct decimal d)
{
    char digits[48];
    size_t at = sizeof digits;
    wide coefficient = d.coefficient;
    do {
        digits[--at] = (char)('0' + (int)(coefficient % 10));
        coefficient /= 10;
    } while (coefficient > 0);
    size_t count = sizeof digits - at;
    size_t zeros_behind = d.exponent > 0 && d.coefficient != 0 ? (size_t)d.exponent : 0;
    size_t behind = d.exponent < 0 ? (size_t)-d.exponent : 0;
    size_t zeros_before = behind >= count ? behind - count + 1 : 0;
    char *text = arena_alloc(arena, count + zeros_behind + zeros_before + 3), *to = text;
    if (d.negative)
        *to++ = '-';
    size_t before_point = zeros_before + count - behind;
    for (size_t i = 0; i < zeros_before + count; i++) {
        if (i == before_point)
            *to++ = '.';
        *to++ = i < zeros_before ? '0' : digits[at + i - zeros_before];
    }
    memset(to, '0', zeros_behind);
    return (str){text, (size_t)(to - text) + zeros_behind};
}

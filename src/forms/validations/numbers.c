/* Numbers and hours: digits, integer, amount, time. */
#include "forms/validations/validation.h"

static bool digits_hold(struct arena *arena, str *text)
{
    (void)arena;
    return validation_is_digits(*text);
}

/* « 1 234 » as 1234; a sign is allowed, a useless zero before is not kept. */
static bool integer_holds(struct arena *arena, str *text)
{
    str plain = str_replace(arena, *text, STR("\xC2\xA0"), STR(""));
    plain = str_replace(arena, str_replace(arena, plain, STR("\xE2\x80\xAF"), STR("")), STR(" "), STR(""));
    int64_t number;
    if (plain.len == 0 || plain.len > 18 || !str_to_int64(plain, &number))
        return false;
    *text = str_fmt(arena, "%lld", (long long)number);
    return true;
}

/* « 1 234,5 € » as 1234.50: two decimals, never below zero. */
static bool amount_holds(struct arena *arena, str *text)
{
    str plain = str_replace(arena, *text, STR("\xE2\x82\xAC"), STR(""));
    plain = str_replace(arena, plain, STR("\xC2\xA0"), STR(""));
    plain = str_replace(arena, str_replace(arena, plain, STR("\xE2\x80\xAF"), STR("")), STR(" "), STR(""));
    str whole, cents;
    struct decimal amount;
    str_cut(str_replace(arena, plain, STR(","), STR(".")), '.', &whole, &cents);
    if (!validation_is_digits(whole) || whole.len > 12 || cents.len > 2 ||
        (cents.len > 0 && !validation_is_digits(cents)))
        return false;
    if (!decimal_parse(str_fmt(arena, "%.*s.%.*s", STR_ARG(whole), STR_ARG(cents.len > 0 ? cents : STR("0"))), &amount))
        return false;
    *text = decimal_text(arena, decimal_round(amount, 2, DECIMAL_HALF_UP));
    return true;
}

/* Digits in threes: « 1 234 ». */
static str in_thousands(struct arena *arena, str digits)
{
    struct buf out = buf_new(arena, 64);
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0 && digits.ptr[i - 1] != '-')
            buf_add(&out, STR("\xC2\xA0"));
        buf_add_char(&out, digits.ptr[i]);
    }
    return buf_str(&out);
}

static str integer_shown(struct arena *arena, str kept)
{
    return in_thousands(arena, kept);
}

/* « 1 234,50 €». */
static str amount_shown(struct arena *arena, str kept)
{
    str whole, cents;
    str_cut(kept, '.', &whole, &cents);
    return str_fmt(arena, "%.*s,%.*s\xC2\xA0€", STR_ARG(in_thousands(arena, whole)), STR_ARG(cents));
}

/* A bound is said without useless cents: « 500 € ». */
static str amount_said(struct arena *arena, str bound)
{
    str shown = amount_shown(arena, bound);
    return str_replace(arena, shown, STR(",00\xC2\xA0"), STR("\xC2\xA0"));
}

struct bounds {
    str least, most; /* in the kept form; empty: none */
};

/* A bound that is no such thing bounds nothing. */
static struct bounds bounds_of(const struct validation *validation, struct arena *arena)
{
    struct bounds bounds = {validation->least, validation->most};
    if (bounds.least.len > 0 && !validation->type->holds(arena, &bounds.least))
        bounds.least = STR_EMPTY;
    if (bounds.most.len > 0 && !validation->type->holds(arena, &bounds.most))
        bounds.most = STR_EMPTY;
    return bounds;
}

static int compare(str a, str b)
{
    struct decimal left, right;
    if (decimal_parse(a, &left) && decimal_parse(b, &right))
        return decimal_cmp(left, right);
    return str_cmp(a, b);
}

static bool is_within(struct bounds bounds, str kept)
{
    return (bounds.least.len == 0 || compare(kept, bounds.least) >= 0) &&
           (bounds.most.len == 0 || compare(kept, bounds.most) <= 0);
}

static str integer_limits(const struct validation *validation, const struct form_context *context, str kept)
{
    struct arena *arena = context->arena;
    struct bounds bounds = bounds_of(validation, arena);
    if (is_within(bounds, kept))
        return STR_EMPTY;
    str least = in_thousands(arena, bounds.least), most = in_thousands(arena, bounds.most);
    if (least.len > 0 && most.len > 0)
        return str_fmt(arena, "Le nombre doit être entre %.*s et %.*s.", STR_ARG(least), STR_ARG(most));
    return least.len > 0 ? str_fmt(arena, "Le nombre doit être %.*s ou plus.", STR_ARG(least))
                         : str_fmt(arena, "Le nombre doit être %.*s ou moins.", STR_ARG(most));
}

static str amount_limits(const struct validation *validation, const struct form_context *context, str kept)
{
    struct arena *arena = context->arena;
    struct bounds bounds = bounds_of(validation, arena);
    if (is_within(bounds, kept))
        return STR_EMPTY;
    bool too_much = bounds.most.len > 0 && compare(kept, bounds.most) > 0;
    return str_fmt(arena, "Le montant doit être de %.*s ou %s.",
                   STR_ARG(amount_said(arena, too_much ? bounds.most : bounds.least)), too_much ? "moins" : "plus");
}

/* 14:30, 14h30, 14 h. */
static bool time_holds(struct arena *arena, str *text)
{
    str plain = str_lower(arena, validation_compact(arena, *text)), hour_text, minute_text;
    plain = str_replace(arena, plain, STR("h"), STR(":"));
    int64_t hour, minute = 0;
    str_cut(plain, ':', &hour_text, &minute_text);
    if (!validation_is_digits(hour_text) || !str_to_int64(hour_text, &hour) || hour > 23)
        return false;
    if (minute_text.len > 0 &&
        (minute_text.len != 2 || !validation_is_digits(minute_text) || !str_to_int64(minute_text, &minute)))
        return false;
    if (minute > 59 || (minute_text.len == 0 && !str_ends(plain, STR(":"))))
        return false;
    *text = str_fmt(arena, "%02lld:%02lld", (long long)hour, (long long)minute);
    return true;
}

/* « 8 h », « 14 h 30 ». */
static str time_shown(struct arena *arena, str kept)
{
    str hour, minute;
    str_cut(kept, ':', &hour, &minute);
    if (str_starts(hour, STR("0")))
        hour = str_slice(hour, 1, 2);
    if (str_eq(minute, STR("00")))
        return str_fmt(arena, "%.*s\xC2\xA0h", STR_ARG(hour));
    return str_fmt(arena, "%.*s\xC2\xA0h\xC2\xA0%.*s", STR_ARG(hour), STR_ARG(minute));
}

static str time_limits(const struct validation *validation, const struct form_context *context, str kept)
{
    struct arena *arena = context->arena;
    struct bounds bounds = bounds_of(validation, arena);
    if (is_within(bounds, kept))
        return STR_EMPTY;
    if (bounds.least.len > 0 && bounds.most.len > 0)
        return str_fmt(arena, "L’heure doit être entre %.*s et %.*s.", STR_ARG(time_shown(arena, bounds.least)),
                       STR_ARG(time_shown(arena, bounds.most)));
    bool too_late = bounds.most.len > 0;
    return str_fmt(arena, "L’heure doit être %.*s ou plus %s.",
                   STR_ARG(time_shown(arena, too_late ? bounds.most : bounds.least)), too_late ? "tôt" : "tard");
}

const struct validation_type validations_of_numbers[] = {
    {"digits", digits_hold, "Saisissez des chiffres seulement, par exemple 1234.", "numeric"},
    {"integer", integer_holds, "Saisissez un nombre, par exemple 2.", "numeric", integer_limits, integer_shown},
    {"amount", amount_holds, "Saisissez un montant comme 24,50.", "decimal", amount_limits, amount_shown},
    {"time", time_holds,
     "Saisissez une heure comme 14\xC2\xA0h\xC2\xA0"
     "30.",
     NULL, time_limits, time_shown},
    {NULL},
};

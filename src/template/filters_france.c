/* French telephone and street numbers. */
#include "template/blanks.h"
#include "template/filters.h"

#include <string.h>

/* A number split at its country prefix: « +33 » or « 0033 », « +262 » …, then national digits. */
struct number {
    str prefix; /* as it is to be shown; empty for a national number */
    char digits[16];
    size_t len;
};

static bool is_separator(str text, size_t at, size_t *size)
{
    *size = blank_at(text, at);
    if (*size == 0 && strchr(".-/", text.ptr[at]) != NULL)
        *size = 1;
    return *size > 0;
}

/* Digits and a leading +, without separators nor « (0) »; false where anything else stands. */
static bool compact(str text, char *out, size_t room, size_t *len)
{
    *len = 0;
    for (size_t at = 0, size; at < text.len; at += size) {
        char c = text.ptr[at];
        if (is_separator(text, at, &size))
            continue;
        size = 1;
        if (str_starts(str_slice(text, at, text.len), STR("(0)"))) {
            size = 3;
            continue;
        }
        if (!((c >= '0' && c <= '9') || (c == '+' && *len == 0)) || *len == room)
            return false;
        out[(*len)++] = c;
    }
    return true;
}

/* The prefixes of France and its territories (numbering plan of Arcep): each national number has nine digits, or six
 * where the prefix stands for the first three. */
static bool number_of(struct machine *m, str text, struct number *out)
{
    static const char *const prefixes[] = {"33", "262", "590", "594", "596", "508", "681", "687", "689"};
    char all[24];
    size_t len;
    if (!compact(text, all, sizeof all, &len))
        return false;
    str digits = {all, len};
    bool international = str_starts(digits, STR("+")) || str_starts(digits, STR("00"));
    *out = (struct number){0};
    if (!international) {
        if (len != 10 || all[0] != '0')
            return false;
    } else {
        size_t skip = all[0] == '+' ? 1 : 2;
        size_t i = 0, count = sizeof prefixes / sizeof *prefixes;
        while (i < count && !str_starts(str_slice(digits, skip, len), str_of(prefixes[i])))
            i++;
        if (i == count)
            return false;
        size_t prefix = skip + strlen(prefixes[i]);
        out->prefix = skip == 1 ? str_fmt(m->arena, "+%s", prefixes[i]) : str_fmt(m->arena, "00 %s", prefixes[i]);
        digits = str_slice(digits, prefix, len);
        if (digits.len != 9 && !(digits.len == 6 && i > 0))
            return false;
    }
    memcpy(out->digits, digits.ptr, digits.len);
    out->len = digits.len;
    return true;
}

static struct value apply_phonenumber_fr(struct machine *m, struct value value, const struct value *argument)
{
    struct number number;
    str separator = argument == NULL ? STR("\u00A0") : filter_text(m, *argument);
    str text = machine_text(m, value);
    if (!number_of(m, blank_trim(text), &number))
        return value_text(text);
    struct buf out = filter_buf(m);
    if (number.prefix.len > 0) {
        buf_add(&out, str_replace(m->arena, number.prefix, STR(" "), separator));
        buf_add(&out, separator);
    }
    size_t at = number.len % 2; /* nine digits begin with one alone */
    buf_add(&out, (str){number.digits, at});
    for (; at < number.len; at += 2) {
        if (at > 0)
            buf_add(&out, separator);
        buf_add(&out, (str){number.digits + at, 2});
    }
    return value_text(buf_str(&out));
}

/* National digits without the leading 0. */
static str national(const struct number *number)
{
    return number->len == 10 ? (str){number->digits + 1, 9} : (str){number->digits, number->len};
}

/* Mobile numbers: 06 and 073 to 078 in mainland France, 0638 and 0690–0697 overseas among them (Arcep decision
 * 2018-0881); 07 00 is for machines, 0720 to 0729 were never given. */
static struct value apply_is_mobile(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct number number;
    if (!number_of(m, blank_trim(machine_text(m, value)), &number))
        return value_bool(false);
    str digits = national(&number);
    if (digits.len != 9)
        return value_bool(false);
    bool seven = digits.ptr[0] == '7' && digits.ptr[1] >= '3' && digits.ptr[1] <= '9';
    return value_bool(digits.ptr[0] == '6' || seven);
}

static size_t leading_digits(str text)
{
    size_t at = 0;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at;
}

/* « 42 bis »: 42. */
static struct value apply_housenumber_number(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    str text = blank_trim(filter_text(m, value));
    return value_text(str_slice(text, 0, leading_digits(text)));
}

/* « 42 bis »: bis. */
static struct value apply_housenumber_btq(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    str text = blank_trim(filter_text(m, value));
    size_t digits = leading_digits(text);
    return digits == 0 ? VALUE_EMPTY : value_text(blank_trim(str_slice(text, digits, text.len)));
}

static const struct filter filters[] = {
    {"housenumber_btq", apply_housenumber_btq, ARGUMENT_NONE, FILTER_WCS,
     "Ce qui suit le numéro d’une adresse (bis, ter…).", "{{ '42 bis'|housenumber_btq }}", "bis", .kinds = GIVES_TEXT},
    {"housenumber_number", apply_housenumber_number, ARGUMENT_NONE, FILTER_WCS,
     "Le numéro d’une adresse, sans bis ni ter.", "{{ '42 bis'|housenumber_number }}", "42", .kinds = GIVES_TEXT},
    {"is_french_mobile_phone_number", apply_is_mobile, ARGUMENT_NONE, FILTER_WCS,
     "Vrai pour un numéro français de téléphone mobile.", "{{ '06 39 98 12 34'|is_french_mobile_phone_number|yesno }}",
     "oui", .kinds = GIVES_BOOL},
    {"phonenumber_fr", apply_phonenumber_fr, ARGUMENT_OPTIONAL, FILTER_WCS,
     "Un numéro de téléphone par paires ; l’argument les sépare.", "{{ '0478923456'|phonenumber_fr:'.' }}",
     "04.78.92.34.56", .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_france, "Téléphones et adresses de France", filters);

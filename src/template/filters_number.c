/* Django's filters of numbers. */
#include "template/filters.h"
#include "template/value_members.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Django's own add: two integers, else two texts, else two lists. */
static struct value apply_add(struct machine *m, struct value value, const struct value *argument)
{
    struct value other = value_plain(m->arena, *argument);
    int64_t a, b, sum;
    if (filter_int(m, value, &a) && filter_int(m, other, &b) && !__builtin_add_overflow(a, b, &sum))
        return value_int(sum);
    if (value.kind == VALUE_TEXT && other.kind == VALUE_TEXT) {
        str parts[] = {value.text, other.text};
        struct value joined = value_text(str_concat(m->arena, parts, 2));
        joined.safe = value.safe && other.safe;
        return joined;
    }
    if (value.kind != VALUE_LIST || other.kind != VALUE_LIST || value.list->is_tuple != other.list->is_tuple)
        return VALUE_EMPTY;
    struct value_list *list = value_list_new(m->arena);
    list->is_tuple = value.list->is_tuple;
    for (size_t i = 0; i < value.list->len; i++)
        value_list_add(m->arena, list, value.list->at[i]);
    for (size_t i = 0; i < other.list->len; i++)
        value_list_add(m->arena, list, other.list->at[i]);
    return value_list(list);
}

static bool number_of(struct machine *m, struct value value, struct decimal *out)
{
    value = value_plain(m->arena, value);
    if (value.kind == VALUE_TEXT)
        return decimal_parse(value.text, out) || (machine_is_wcs(m) && value_to_decimal(m->arena, value, out));
    return value_to_decimal(m->arena, value, out);
}

static str localised(struct machine *m, str number)
{
    return str_eq(m->lang, STR("en")) ? number : str_replace(m->arena, number, STR("."), STR(","));
}

/* The digits before the point by threes; text begins with them, or with a minus. */
static str grouped(struct machine *m, str text, str separator)
{
    struct buf out = filter_buf(m);
    size_t at = text.len > 0 && text.ptr[0] == '-' ? 1 : 0, digits = at;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    buf_add(&out, str_slice(text, 0, at));
    for (size_t i = at; i < digits; i++) {
        if (i > at && (digits - i) % 3 == 0)
            buf_add(&out, separator);
        buf_add_char(&out, text.ptr[i]);
    }
    buf_add(&out, str_slice(text, digits, text.len));
    return buf_str(&out);
}

static str group_separator(struct machine *m)
{
    return str_eq(m->lang, STR("en")) ? STR(",") : STR("\u00A0");
}

/* « 2g » is 2, and has the thousands parted. */
static bool places_of(struct machine *m, const struct value *argument, int64_t *places, bool *groups)
{
    *places = -1;
    *groups = false;
    if (argument == NULL)
        return true;
    struct value text = value_plain(m->arena, *argument);
    *groups = text.kind == VALUE_TEXT && str_ends(text.text, STR("g"));
    if (*groups && text.text.len == 1)
        return true;
    if (*groups)
        text = value_text(str_slice(text.text, 0, text.text.len - 1));
    return filter_int(m, text, places);
}

enum { PLACES_MOST = 10000 };

/* floatformat:2 gives two places; floatformat:-2, the usual -1, none where there is no fraction. */
static struct value apply_floatformat(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal d;
    int64_t places;
    bool groups;
    if (!number_of(m, value, &d))
        return VALUE_EMPTY;
    if (!places_of(m, argument, &places, &groups))
        return machine_is_wcs(m) ? value : filter_no_int(m, *argument, value_text(value_repr(m->arena, value)));
    if (places > PLACES_MOST || places < -PLACES_MOST)
        places = places < 0 ? -PLACES_MOST : PLACES_MOST;
    struct decimal whole = decimal_round(d, 0, DECIMAL_DOWN);
    bool drop = places < 0 && decimal_cmp(whole, d) == 0;
    int shown = drop ? 0 : abs((int)places), scale = d.exponent < 0 ? -d.exponent : 0;
    struct decimal rounded = decimal_round(d, shown < scale ? shown : scale, DECIMAL_HALF_UP);
    if (decimal_is_zero(rounded))
        rounded.negative = false;
    str text = localised(m, decimal_text(m->arena, rounded));
    if (shown > scale) {
        str zeros = str_fmt(m->arena, "%0*d", shown - scale, 0);
        str parts[] = {text, scale > 0 ? STR_EMPTY : localised(m, STR(".")), zeros};
        text = str_concat(m->arena, parts, 3);
    }
    return value_html(groups ? grouped(m, text, group_separator(m)) : text);
}

/* The digit counted from the right, from 1. */
static struct value apply_get_digit(struct machine *m, struct value value, const struct value *argument)
{
    int64_t number, place;
    if (!filter_int(m, *argument, &place))
        return filter_no_int(m, *argument, value);
    if (!filter_int(m, value, &number))
        return filter_no_int(m, value, value);
    if (place < 1)
        return value_int(number);
    str digits = str_fmt(m->arena, "%lld", (long long)number);
    if (place > (int64_t)digits.len)
        return value_int(0);
    char digit = digits.ptr[digits.len - (size_t)place];
    return digit == '-' ? machine_is_wcs(m) ? value_int(0) : VALUE_RAISED : value_int(digit - '0');
}

static struct value apply_filesizeformat(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    bool french = !str_eq(m->lang, STR("en"));
    static const char *const english_units[] = {"KB", "MB", "GB", "TB", "PB"};
    static const char *const french_units[] = {"Kio", "Mio", "Gio", "Tio", "Pio"};
    int64_t integer;
    double bytes = 0; /* beyond 64 bits a float is whole anyway */
    if (filter_int(m, value, &integer))
        bytes = (double)integer;
    else if (value.kind == VALUE_FLOAT && isfinite(value.real))
        bytes = value.real;
    double size = fabs(bytes);
    const char *sign = bytes < 0 ? "-" : "";
    if (size < 1024)
        return value_text(french ? str_fmt(m->arena, "%s%.0f\u00A0octet%s", sign, size, size > 1 ? "s" : "")
                                 : str_fmt(m->arena, "%s%.0f\u00A0byte%s", sign, size, size == 1 ? "" : "s"));
    size_t unit = 0;
    for (size /= 1024; size >= 1024 && unit < 4; unit++)
        size /= 1024;
    str number = localised(m, str_fmt(m->arena, "%.1f", size));
    return value_text(
        str_fmt(m->arena, "%s%.*s\u00A0%s", sign, STR_ARG(number), (french ? french_units : english_units)[unit]));
}

/* Thousands: « 10,000.5 » in English, no-break blanks and a comma in French. */
static struct value apply_intcomma(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct decimal d;
    if (!number_of(m, value, &d))
        return value;
    while (d.exponent < 0 && d.coefficient % 10 == 0) {
        d.coefficient /= 10;
        d.exponent++;
    }
    return value_text(grouped(m, localised(m, decimal_text(m->arena, d)), group_separator(m)));
}

/* Django 3.2's: what is no whole number has its first digits parted by commas, in any language. */
static struct value apply_django_intcomma(struct machine *m, struct value value, const struct value *argument)
{
    bool localises = argument == NULL || value_is_true(m->arena, *argument);
    int64_t integer;
    if (localises && (value.kind == VALUE_FLOAT || value.kind == VALUE_DECIMAL))
        return value_text(grouped(m, machine_localised(m, value, true), group_separator(m)));
    if (localises && filter_int(m, value, &integer))
        return value_text(grouped(m, value_str(m->arena, value_int(integer)), group_separator(m)));
    return value_text(grouped(m, machine_str(m, value), STR(",")));
}

/* A printf conversion of Python's: flags, width and precision, kept within bounds. */
struct conversion {
    char flags[8], letter;
    int width, precision; /* -1: none */
};

static bool conversion_of(str format, struct conversion *out)
{
    size_t at = 0, flags = 0;
    *out = (struct conversion){.width = -1, .precision = -1};
    while (at < format.len && flags < 5 && strchr("-+ 0#", format.ptr[at]) != NULL)
        out->flags[flags++] = format.ptr[at++];
    for (; at < format.len && format.ptr[at] >= '0' && format.ptr[at] <= '9'; at++)
        if ((out->width = (out->width < 0 ? 0 : out->width) * 10 + format.ptr[at] - '0') > 500)
            return false;
    if (at < format.len && format.ptr[at] == '.') {
        out->precision = 0;
        for (at++; at < format.len && format.ptr[at] >= '0' && format.ptr[at] <= '9'; at++)
            if ((out->precision = out->precision * 10 + format.ptr[at] - '0') > 500)
                return false;
    }
    out->letter = at + 1 == format.len ? format.ptr[at] : '\0';
    return out->letter != '\0';
}

static str pad(struct machine *m, str text, const struct conversion *c)
{
    size_t length = utf8_length(text), width = c->width < 0 ? 0 : (size_t)c->width;
    int blanks = width > length ? (int)(width - length) : 0;
    str space = str_fmt(m->arena, "%*s", blanks, "");
    bool left = strchr(c->flags, '-') != NULL;
    str parts[] = {left ? text : space, left ? space : text};
    return str_concat(m->arena, parts, 2);
}

static str pad_number(struct machine *m, str digits, bool negative, const struct conversion *c)
{
    const char *sign = negative ? "-" : strchr(c->flags, '+') ? "+" : strchr(c->flags, ' ') ? " " : "";
    int zeros = c->width - (int)digits.len - (int)strlen(sign);
    if (strchr(c->flags, '0') == NULL || strchr(c->flags, '-') != NULL || zeros < 0)
        zeros = 0;
    struct buf out = filter_buf(m);
    buf_add(&out, str_of(sign));
    while (zeros-- > 0)
        buf_add_char(&out, '0');
    buf_add(&out, digits);
    return pad(m, buf_str(&out), c);
}

static struct value format_double(struct machine *m, double real, const struct conversion *c)
{
    int precision = c->precision < 0 ? 6 : c->precision;
    double size = fabs(real);
    str digits = c->letter == 'e'   ? str_fmt(m->arena, "%.*e", precision, size)
                 : c->letter == 'E' ? str_fmt(m->arena, "%.*E", precision, size)
                 : c->letter == 'g' ? str_fmt(m->arena, "%.*g", precision, size)
                 : c->letter == 'G' ? str_fmt(m->arena, "%.*G", precision, size)
                                    : str_fmt(m->arena, "%.*f", precision, size);
    return value_text(pad_number(m, digits, signbit(real) != 0, c));
}

static struct value format_int(struct machine *m, int64_t integer, const struct conversion *c)
{
    unsigned long long size = integer < 0 ? -(unsigned long long)integer : (unsigned long long)integer;
    int precision = c->precision < 0 ? 1 : c->precision;
    str digits = c->letter == 'x'   ? str_fmt(m->arena, "%.*llx", precision, size)
                 : c->letter == 'X' ? str_fmt(m->arena, "%.*llX", precision, size)
                 : c->letter == 'o' ? str_fmt(m->arena, "%.*llo", precision, size)
                                    : str_fmt(m->arena, "%.*llu", precision, size);
    const char *base = strchr(c->flags, '#') == NULL ? ""
                       : c->letter == 'x'            ? "0x"
                       : c->letter == 'X'            ? "0X"
                       : c->letter == 'o'            ? "0o"
                                                     : "";
    digits = str_fmt(m->arena, "%s%.*s", base, STR_ARG(digits));
    return value_text(pad_number(m, digits, integer < 0, c));
}

/* One character, or the one of that number. */
static struct value format_character(struct machine *m, struct value value, const struct conversion *c)
{
    char bytes[4];
    str one = value.text;
    int64_t code = value.kind == VALUE_BOOL ? value.boolean : value.integer;
    bool is_code = value.kind == VALUE_INT || value.kind == VALUE_BOOL;
    if (is_code && (code < 0 || code > 0x10FFFF))
        return machine_is_wcs(m) ? VALUE_EMPTY : VALUE_RAISED;
    if (is_code && (code < 0xD800 || code > 0xDFFF))
        one = str_dup(m->arena, (str){bytes, utf8_encode((uint32_t)code, bytes)});
    else if (value.kind != VALUE_TEXT || utf8_length(value.text) != 1)
        return VALUE_EMPTY;
    return value_text(pad(m, one, c));
}

static struct value apply_stringformat(struct machine *m, struct value value, const struct value *argument)
{
    struct conversion c;
    int64_t integer;
    double real;
    if (!conversion_of(filter_text(m, *argument), &c))
        return VALUE_EMPTY;
    if (value.kind == VALUE_LIST && value.list->is_tuple)
        value = value_text(machine_str(m, value));
    bool is_number =
        value.kind == VALUE_INT || value.kind == VALUE_FLOAT || value.kind == VALUE_DECIMAL || value.kind == VALUE_BOOL;
    if (c.letter == '%') /* a lone sign; Python minds what is left over but for what may hold names */
        return value.kind == VALUE_DICT || (value.kind == VALUE_LIST && !value.list->is_tuple) ? value_text(STR("%"))
                                                                                               : VALUE_EMPTY;
    if (c.letter == 'c')
        return format_character(m, value, &c);
    if (strchr("sr", c.letter) != NULL) {
        str text = c.letter == 'r' ? value_repr(m->arena, value) : machine_str(m, value);
        return value_text(pad(m, c.precision < 0 ? text : utf8_slice(text, 0, (size_t)c.precision), &c));
    }
    if (strchr("xXo", c.letter) != NULL && value.kind != VALUE_INT && value.kind != VALUE_BOOL)
        return VALUE_EMPTY;
    if (strchr("diuxXo", c.letter) != NULL && is_number && filter_int(m, value, &integer))
        return format_int(m, integer, &c);
    if (strchr("eEfFgG", c.letter) != NULL && is_number && filter_double(m, value, &real))
        return format_double(m, real, &c);
    return VALUE_EMPTY;
}

static bool is_conversion(struct machine *m, struct value value)
{
    struct conversion c;
    return conversion_of(filter_text(m, value), &c) && strchr("srdiuxXoeEfFgG", c.letter) != NULL;
}

static const struct filter_want want_conversion = {"un format de nombre ou de texte (« .2f », « 05d »)", is_conversion};

static bool is_places(struct machine *m, struct value value)
{
    int64_t places;
    bool groups, is_empty = value.kind == VALUE_TEXT && value.text.len == 0;
    return is_empty || places_of(m, &value, &places, &groups);
}

static const struct filter_want want_places = {"un nombre de chiffres", is_places};

static const struct filter filters[] = {
    {"add", apply_add, ARGUMENT_NEEDED, FILTER_DJANGO},
    {"filesizeformat", apply_filesizeformat, ARGUMENT_NONE, FILTER_SAFE, "Une taille de fichier lisible.",
     "{{ 1536|filesizeformat }}", "1,5 Kio", .wants = &want_number, .kinds = GIVES_TEXT},
    {"floatformat", apply_floatformat, ARGUMENT_OPTIONAL, FILTER_SAFE,
     "Un nombre arrondi, à la façon de la langue ; un argument négatif ôte les zéros inutiles.",
     "{{ 34.26|floatformat:1 }} {{ 34|floatformat:2 }} {{ 34|floatformat:'-2' }}", "34,3 34,00 34",
     .wants = &want_number, .takes = &want_places, .kinds = GIVES_TEXT},
    {"get_digit", apply_get_digit, ARGUMENT_NEEDED, 0, "Le chiffre à ce rang, depuis la droite.",
     "{{ 69001|get_digit:1 }}", "1", .wants = &want_integer, .takes = &want_positive},
    {"intcomma", apply_intcomma, ARGUMENT_NONE, FILTER_WCS, "Sépare les milliers.", "{{ 1400000|intcomma }}",
     "1 400 000", .wants = &want_number, .kinds = GIVES_TEXT},
    {"intcomma", apply_django_intcomma, ARGUMENT_OPTIONAL, FILTER_DJANGO | FILTER_SAFE},
    {"stringformat", apply_stringformat, ARGUMENT_NEEDED, FILTER_SAFE, "Un format à la façon de Python, sans le %.",
     "{{ 7|stringformat:'03d' }}", "007", .takes = &want_conversion, .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_number, "Nombres", filters);

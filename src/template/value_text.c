#include "template/value_members.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPR_DEEPEST = 40, TEXT_MOST = 16 << 20 };

/* Moves the point of the digits of %e to where Python's repr puts it: plain from 1e-4 to 1e16, else with an exponent of
 * two digits at least. */
str value_double_text(struct arena *arena, double real)
{
    if (isnan(real))
        return STR("nan");
    if (isinf(real))
        return real < 0 ? STR("-inf") : STR("inf");
    char text[40];
    int precision = 14;
    do
        snprintf(text, sizeof text, "%.*e", precision, real);
    while (strtod(text, NULL) != real && ++precision <= 16);
    char *e = strchr(text, 'e');
    int exponent = (int)strtol(e + 1, NULL, 10);
    char *end = e;
    while (end[-1] == '0' && end[-2] != '.')
        end--;
    if (exponent < -4 || exponent >= 16) {
        if (end[-1] == '0' && end[-2] == '.')
            end -= 2;
        return str_fmt(arena, "%.*se%c%02d", (int)(end - text), text, exponent < 0 ? '-' : '+', abs(exponent));
    }
    if (end[-1] == '0' && end[-2] == '.')
        end--;
    int digits = (int)(end - text) - 2 - (real < 0 || signbit(real)); /* behind the point of %e */
    int places = digits - exponent;
    return str_fmt(arena, "%.*f", places < 1 ? 1 : places, real);
}

/* The quotes that Python chooses, and its escapes. */
static void repr_text(struct buf *out, str text)
{
    char quote = str_contains(text, STR("'")) && !str_contains(text, STR("\"")) ? '"' : '\'';
    buf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == quote || c == '\\')
            buf_fmt(out, "\\%c", c);
        else if (c == '\n')
            buf_add(out, STR("\\n"));
        else if (c == '\r')
            buf_add(out, STR("\\r"));
        else if (c == '\t')
            buf_add(out, STR("\\t"));
        else if ((unsigned char)c < 0x20 || c == 0x7F)
            buf_fmt(out, "\\x%02x", (unsigned)c);
        else if (strncmp(text.ptr + i, "\xC2\xA0", text.len - i < 2 ? text.len - i : 2) == 0 && text.len - i >= 2)
            buf_add(out, STR("\\xa0")), i++;
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, quote);
}

static void repr(struct arena *arena, struct buf *out, struct value value, int deep);

static void repr_list(struct arena *arena, struct buf *out, const struct value_list *list, int deep)
{
    buf_add_char(out, list->is_tuple ? '(' : '[');
    for (size_t i = 0; i < list->len && !out->overflowed; i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        repr(arena, out, list->at[i], deep);
    }
    if (list->is_tuple && list->len == 1)
        buf_add_char(out, ',');
    buf_add_char(out, list->is_tuple ? ')' : ']');
}

static void repr_dict(struct arena *arena, struct buf *out, const struct value_dict *dict, int deep)
{
    buf_add_char(out, '{');
    for (size_t i = 0; i < dict->map.len && !out->overflowed; i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        repr_text(out, dict->map.entries[i].key);
        buf_add(out, STR(": "));
        repr(arena, out, *(const struct value *)dict->map.entries[i].value, deep);
    }
    buf_add_char(out, '}');
}

static void repr_datetime(struct buf *out, const struct value *value)
{
    const struct datetime *at = &value->datetime;
    if (value->kind == VALUE_TIME)
        buf_fmt(out, "datetime.time(%d, %d", at->hour, at->minute);
    else
        buf_fmt(out, "datetime.datetime(%d, %d, %d, %d, %d", at->date.year, at->date.month, at->date.day, at->hour,
                at->minute);
    if (at->second != 0 || at->microsecond != 0)
        buf_fmt(out, ", %d", at->second);
    if (at->microsecond != 0)
        buf_fmt(out, ", %d", at->microsecond);
    buf_add_char(out, ')');
}

static void repr(struct arena *arena, struct buf *out, struct value value, int deep)
{
    value = value_plain(arena, value);
    if (deep >= REPR_DEEPEST) {
        buf_add(out, STR("..."));
        return;
    }
    const struct value_list *items;
    switch (value.kind) {
    case VALUE_TEXT:
        repr_text(out, value.text);
        break;
    case VALUE_LIST:
        repr_list(arena, out, value.list, deep + 1);
        break;
    case VALUE_DICT:
        repr_dict(arena, out, value.dict, deep + 1);
        break;
    case VALUE_OBJECT:
        if (value_items(arena, value, &items))
            repr_list(arena, out, items, deep + 1);
        break;
    case VALUE_DECIMAL:
        buf_fmt(out, "Decimal('%.*s')", STR_ARG(decimal_text(arena, *value.decimal)));
        break;
    case VALUE_DATE:
        buf_fmt(out, "datetime.date(%d, %d, %d)", value.date.year, value.date.month, value.date.day);
        break;
    case VALUE_DATETIME:
    case VALUE_TIME:
        repr_datetime(out, &value);
        break;
    default:
        buf_add(out, value_to_text(arena, value, STR("en")));
    }
}

str value_repr(struct arena *arena, struct value value)
{
    struct buf out = buf_new(arena, TEXT_MOST);
    repr(arena, &out, value, 0);
    return buf_str(&out);
}

static void str_time(struct buf *out, const struct datetime *at)
{
    buf_fmt(out, "%02d:%02d:%02d", at->hour, at->minute, at->second);
    if (at->microsecond != 0)
        buf_fmt(out, ".%06d", at->microsecond);
}

str value_str(struct arena *arena, struct value value)
{
    struct buf out = buf_new(arena, 64);
    switch (value.kind) {
    case VALUE_DATE:
        return date_iso(arena, value.date);
    case VALUE_DATETIME:
        buf_fmt(&out, "%.*s ", STR_ARG(date_iso(arena, value.datetime.date)));
        str_time(&out, &value.datetime);
        return buf_str(&out);
    case VALUE_TIME:
        str_time(&out, &value.datetime);
        return buf_str(&out);
    default:
        return value_to_text(arena, value, STR("en"));
    }
}

static str date_text(struct arena *arena, struct date date, str lang)
{
    return str_eq(lang, STR("en")) ? date_iso(arena, date) : date_short(arena, date);
}

str value_to_text(struct arena *arena, struct value value, str lang)
{
    value = value_plain(arena, value);
    switch (value.kind) {
    case VALUE_UNDEFINED:
        return STR_EMPTY;
    case VALUE_NONE:
        return STR("None");
    case VALUE_BOOL:
        return value.boolean ? STR("True") : STR("False");
    case VALUE_INT:
        return str_fmt(arena, "%lld", (long long)value.integer);
    case VALUE_FLOAT:
        return value_double_text(arena, value.real);
    case VALUE_DECIMAL:
        return decimal_text(arena, *value.decimal);
    case VALUE_TEXT:
        return value.text;
    case VALUE_DATE:
        return date_text(arena, value.date, lang);
    case VALUE_DATETIME:
        return str_fmt(arena, "%.*s %02d:%02d", STR_ARG(date_text(arena, value.datetime.date, lang)),
                       value.datetime.hour, value.datetime.minute);
    case VALUE_TIME:
        return str_fmt(arena, "%02d:%02d", value.datetime.hour, value.datetime.minute);
    default:
        return value_repr(arena, value);
    }
}

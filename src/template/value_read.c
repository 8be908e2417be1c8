#include "template/value.h"

/* Reads up to most digits; false where fewer than least. */
static bool read_digits(str s, size_t *at, int least, int most, int *out)
{
    int count = 0, number = 0;
    while (count < most && *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9') {
        number = number * 10 + (s.ptr[(*at)++] - '0');
        count++;
    }
    *out = number;
    return count >= least;
}

static bool read_char(str s, size_t *at, const char *among)
{
    for (; *among != '\0' && *at < s.len; among++)
        if (s.ptr[*at] == *among) {
            (*at)++;
            return true;
        }
    return false;
}

/* 2017-12-21 or 21/12/2017 */
static bool read_date(str s, size_t *at, struct date *out)
{
    size_t start = *at;
    if (read_digits(s, at, 4, 4, &out->year) && read_char(s, at, "-") && read_digits(s, at, 1, 2, &out->month) &&
        read_char(s, at, "-") && read_digits(s, at, 1, 2, &out->day))
        return date_is_valid(*out);
    *at = start;
    return read_digits(s, at, 1, 2, &out->day) && read_char(s, at, "/") && read_digits(s, at, 1, 2, &out->month) &&
           read_char(s, at, "/") && read_digits(s, at, 4, 4, &out->year) && date_is_valid(*out);
}

/* The offset of RFC 3339 behind a time: the time is then made local. */
static bool read_offset(str s, size_t *at, struct datetime *out)
{
    int sign, hours, minutes = 0;
    if (*at == s.len)
        return true;
    if (read_char(s, at, "Zz")) {
        *out = datetime_local(instant_from_utc(*out));
        return true;
    }
    sign = s.ptr[*at] == '-' ? -1 : 1;
    if (!read_char(s, at, "+-") || !read_digits(s, at, 2, 2, &hours))
        return false;
    read_char(s, at, ":");
    if (*at < s.len && !read_digits(s, at, 2, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *out = datetime_local(instant_from_utc(*out) - (int64_t)sign * (hours * 60 + minutes) * 60 * INSTANT_SECOND);
    return true;
}

/* 10:32, 10:32:45, 10:32:45.123, 10h32 */
static bool read_time(str s, size_t *at, struct datetime *out)
{
    if (!read_digits(s, at, 1, 2, &out->hour) || !read_char(s, at, ":h") || !read_digits(s, at, 2, 2, &out->minute))
        return false;
    if (read_char(s, at, ":")) {
        if (!read_digits(s, at, 2, 2, &out->second))
            return false;
        size_t before = *at + 1;
        if (read_char(s, at, ".")) {
            if (!read_digits(s, at, 1, 6, &out->microsecond))
                return false;
            for (size_t digits = *at - before; digits < 6; digits++)
                out->microsecond *= 10;
        }
    }
    return out->hour < 24 && out->minute < 60 && out->second < 60;
}

static bool parse_datetime(str s, struct datetime *out)
{
    s = str_trim(s);
    size_t at = 0;
    struct datetime local = {0};
    if (!read_date(s, &at, &local.date))
        return false;
    if (at < s.len && (!read_char(s, &at, "T ") || !read_time(s, &at, &local) || !read_offset(s, &at, &local)))
        return false;
    *out = local;
    return at == s.len;
}

bool value_to_datetime(struct arena *arena, struct value from, struct datetime *out)
{
    from = value_plain(arena, from);
    if (from.kind == VALUE_DATETIME)
        *out = from.datetime;
    else if (from.kind == VALUE_DATE)
        *out = (struct datetime){.date = from.date};
    else
        return from.kind == VALUE_TEXT && parse_datetime(from.text, out);
    return true;
}

bool value_to_date(struct arena *arena, struct value from, struct date *out)
{
    struct datetime local;
    if (!value_to_datetime(arena, from, &local))
        return false;
    *out = local.date;
    return true;
}

bool value_to_time(struct arena *arena, struct value from, struct datetime *out)
{
    from = value_plain(arena, from);
    if (from.kind == VALUE_TIME) {
        *out = from.datetime;
        return true;
    }
    if (value_to_datetime(arena, from, out))
        return true;
    *out = (struct datetime){0};
    size_t at = 0;
    str text = from.kind == VALUE_TEXT ? str_trim(from.text) : STR_EMPTY;
    return read_time(text, &at, out) && at == text.len;
}

bool value_to_decimal(struct arena *arena, struct value from, struct decimal *out)
{
    from = value_plain(arena, from);
    switch (from.kind) {
    case VALUE_BOOL:
        *out = decimal_from_int(from.boolean);
        return true;
    case VALUE_INT:
        *out = decimal_from_int(from.integer);
        return true;
    case VALUE_FLOAT:
        return decimal_from_double(from.real, out);
    case VALUE_DECIMAL:
        *out = *from.decimal;
        return true;
    case VALUE_TEXT:
        return from.text.len < 100 && decimal_parse(str_replace(arena, from.text, STR(","), STR(".")), out);
    default:
        return false;
    }
}

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_nocase(str a, str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

size_t str_find(str s, str needle, size_t from)
{
    if (from > s.len)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    if (needle.len > s.len - from) /* also a text that was never set */
        return SIZE_MAX;
    const char *found = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - s.ptr);
}

bool str_contains(str s, str needle)
{
    return str_find(s, needle, 0) != SIZE_MAX;
}

str str_trim(str s)
{
    while (s.len > 0 && str_is_space(s.ptr[0]))
        s = str_slice(s, 1, s.len);
    while (s.len > 0 && str_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool str_cut(str s, char separator, str *head, str *rest)
{
    const char *found = s.len == 0 ? NULL : memchr(s.ptr, separator, s.len);
    if (found == NULL) {
        *head = s;
        *rest = STR_EMPTY;
        return false;
    }
    size_t at = (size_t)(found - s.ptr);
    *head = str_slice(s, 0, at);
    *rest = str_slice(s, at + 1, s.len);
    return true;
}

bool str_next(str *rest, char separator, str *part)
{
    if (rest->ptr == NULL || (rest->len == 0 && *rest->ptr != separator))
        return false;
    str after;
    if (str_cut(*rest, separator, part, &after))
        *rest = after;
    else
        *rest = (str){NULL, 0};
    return true;
}

bool str_to_int64(str s, int64_t *out)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = negative || (s.len > 0 && s.ptr[0] == '+') ? 1 : 0;
    if (i == s.len)
        return false;
    int64_t value = 0;
    for (; i < s.len; i++) {
        int digit = s.ptr[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value))
            return false;
        if (__builtin_sub_overflow(value, digit, &value)) /* negative numbers reach one further */
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

str str_dup(struct arena *arena, str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return (str){copy, s.len};
}

const char *str_z(struct arena *arena, str s)
{
    return str_dup(arena, s).ptr;
}

str str_fmt(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    char small[200]; /* most are: those are laid out once */
    int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < 0)
        abort(); /* only a wrong format can do that */
    char *text = arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof small)
        memcpy(text, small, (size_t)length);
    else
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return (str){text, (size_t)length};
}

str str_concat(struct arena *arena, const str *parts, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += parts[i].len;
    char *text = arena_alloc(arena, total + 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0)
            memcpy(text + at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (str){text, total};
}

str str_lower(struct arena *arena, str s)
{
    char *text = arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        text[i] = lower(s.ptr[i]);
    return (str){text, s.len};
}

void str_hex(const unsigned char *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t count_of(str s, str what)
{
    size_t count = 0;
    for (size_t at = 0; (at = str_find(s, what, at)) != SIZE_MAX; at += what.len)
        count++;
    return count;
}

str str_replace(struct arena *arena, str s, str what, str with)
{
    size_t count = what.len == 0 ? 0 : count_of(s, what);
    if (count == 0)
        return s;
    size_t total = s.len - count * what.len + count * with.len;
    char *text = arena_alloc(arena, total + 1);
    char *to = text;
    size_t from = 0;
    for (size_t at; (at = str_find(s, what, from)) != SIZE_MAX; from = at + what.len) {
        memcpy(to, s.ptr + from, at - from);
        to += at - from;
        memcpy(to, with.ptr, with.len);
        to += with.len;
    }
    if (s.len > from)
        memcpy(to, s.ptr + from, s.len - from);
    return (str){text, total};
}

/* str: a view of bytes with their length. It owns nothing: what it points at belongs to an arena, to a literal, or to
 * whoever the function that gave it names. A str is not NUL-terminated unless its maker says so. */
#ifndef GUICHET_BASE_STR_H
#define GUICHET_BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
    const char *ptr;
    size_t len;
} str;

/* A view of a string literal. */
#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
/* The same where C wants a constant initialiser: a static table. */
#define STR_INIT(literal)                                                                                              \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }
#define STR_EMPTY ((str){"", 0})

/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).ptr

/* A view of a NUL-terminated string; NULL gives the empty str. Of a literal the compiler knows the length. */
static inline str str_of(const char *text)
{
    return text == NULL ? STR_EMPTY : (str){text, strlen(text)};
}

/* Names are short: four to sixteen bytes are compared as two words that may overlap, without a call. */
static inline bool str_eq(str a, str b)
{
    uint64_t x[2], y[2];
    uint32_t u[2], v[2];
    size_t len = a.len;
    if (len != b.len)
        return false;
    if (len >= 8 && len <= 16) {
        memcpy(&x[0], a.ptr, 8);
        memcpy(&y[0], b.ptr, 8);
        memcpy(&x[1], a.ptr + len - 8, 8);
        memcpy(&y[1], b.ptr + len - 8, 8);
        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
    if (len >= 4 && len < 8) {
        memcpy(&u[0], a.ptr, 4);
        memcpy(&v[0], b.ptr, 4);
        memcpy(&u[1], a.ptr + len - 4, 4);
        memcpy(&v[1], b.ptr + len - 4, 4);
        return ((u[0] ^ v[0]) | (u[1] ^ v[1])) == 0;
    }
    return len == 0 || memcmp(a.ptr, b.ptr, len) == 0;
}
/* Equal but for the case of ASCII letters: header names, e-mail domains. */
bool str_eq_nocase(str a, str b);
/* Byte order, as memcmp; a prefix comes first. */
int str_cmp(str a, str b);

static inline bool str_is_empty(str s)
{
    return s.len == 0;
}

bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Index of the first needle at or after from, or SIZE_MAX. */
size_t str_find(str s, str needle, size_t from);
bool str_contains(str s, str needle);
/* The bytes [from, to), both cut to the length. */
static inline str str_slice(str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (str){s.ptr + from, to - from};
}
/* ASCII white space. */
static inline bool str_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
/* Without ASCII white space at both ends. */
str str_trim(str s);

/* Cuts s at the first separator: *head gets what stands before, *rest what stands after. False where there is no
 * separator: *head is then s and *rest is empty. */
bool str_cut(str s, char separator, str *head, str *rest);

/* Steps through the parts between separators: for (str part, rest = s; str_next(&rest, ',', &part);). An empty s has
 * no part. */
bool str_next(str *rest, char separator, str *part);

/* Decimal, an optional sign, the whole of s; false on anything else or on overflow. */
bool str_to_int64(str s, int64_t *out);

/* A copy in the arena, followed by a NUL, so that .ptr may be given to C functions. */
str str_dup(struct arena *arena, str s);
/* NUL-terminated copy; the empty string for an empty s. */
const char *str_z(struct arena *arena, str s);
/* printf into the arena. */
str str_fmt(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The parts one after the other. */
str str_concat(struct arena *arena, const str *parts, size_t count);
/* ASCII letters lowered; see utf8.h for text that people write. */
str str_lower(struct arena *arena, str s);
/* Lower-case hexadecimal of size bytes: writes two characters for each, and no NUL. */
void str_hex(const unsigned char *bytes, size_t size, char *out);
/* What a hexadecimal digit of either case is worth; -1 for any other character. */
int hex_digit(char c);
/* Every occurrence of what replaced by with; s itself where there is none. */
str str_replace(struct arena *arena, str s, str what, str with);

#endif

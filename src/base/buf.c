#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST = 256 };

struct buf buf_new(struct arena *arena, size_t ceiling)
{
    return (struct buf){.arena = arena, .ceiling = ceiling};
}

/* cap grows by doubling but never beyond what the ceiling needs, so that where there is room for an append in cap the
 * ceiling allows it. */
bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->overflowed || more > buf->ceiling - buf->len) {
        buf->overflowed = true;
        buf->cap = buf->len; /* what comes later is dropped too, however short */
        return false;
    }
    if (buf->len + more + 1 <= buf->cap)
        return true;
    size_t cap = buf->cap == 0 ? FIRST : buf->cap * 2;
    while (cap < buf->len + more + 1)
        cap *= 2;
    if (cap > buf->ceiling + 1)
        cap = buf->ceiling + 1;
    char *ptr = arena_alloc(buf->arena, cap);
    if (buf->len > 0)
        memcpy(ptr, buf->ptr, buf->len);
    buf->ptr = ptr;
    buf->cap = cap;
    return true;
}

void buf_fmt(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0 && buf_reserve(buf, (size_t)length)) {
        vsnprintf(buf->ptr + buf->len, (size_t)length + 1, format, again);
        buf->len += (size_t)length;
    }
    va_end(again);
}

/* What stands for a character of HTML's own, padded so that it is copied as one word; size 0: itself. */
static const struct entity {
    char text[8];
    uint8_t size;
} entities[256] = {
    ['&'] = {"&amp;", 5}, ['<'] = {"&lt;", 4}, ['>'] = {"&gt;", 4}, ['"'] = {"&quot;", 6}, ['\''] = {"&#x27;", 6}};

enum { ENTITY_LONGEST = 6, HTML_AT_ONCE = 512 };

/* Where there is room for the worst: nothing is asked a byte. */
static void add_html_fast(struct buf *buf, str text)
{
    char *to = buf->ptr + buf->len;
    for (size_t i = 0; i < text.len; i++) {
        const struct entity *entity = &entities[(unsigned char)text.ptr[i]];
        if (entity->size == 0) {
            *to++ = text.ptr[i];
        } else {
            memcpy(to, entity->text, sizeof entity->text);
            to += entity->size;
        }
    }
    buf->len = (size_t)(to - buf->ptr);
}

/* Close to the ceiling: what fits goes in. */
static void add_html_slow(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const struct entity *entity = &entities[(unsigned char)text.ptr[i]];
        buf_add(buf, entity->size == 0 ? str_slice(text, i, i + 1) : (str){entity->text, entity->size});
    }
}

void buf_add_html(struct buf *buf, str text)
{
    for (size_t at = 0; at < text.len; at += HTML_AT_ONCE) {
        str part = str_slice(text, at, at + HTML_AT_ONCE);
        size_t worst = part.len * ENTITY_LONGEST + sizeof entities->text;
        bool is_close = buf->overflowed || worst > buf->ceiling - buf->len;
        if (!is_close && buf_reserve(buf, worst))
            add_html_fast(buf, part);
        else
            add_html_slow(buf, part);
    }
}

static bool is_line_separator(str text, size_t i) /* U+2028 and U+2029 end a line in a script */
{
    return i + 2 < text.len && memcmp(text.ptr + i, "\xE2\x80", 2) == 0 &&
           (text.ptr[i + 2] == '\xA8' || text.ptr[i + 2] == '\xA9');
}

static str json_short_escape(char c)
{
    switch (c) {
    case '"':
        return STR("\\\"");
    case '\\':
        return STR("\\\\");
    case '\n':
        return STR("\\n");
    case '\r':
        return STR("\\r");
    case '\t':
        return STR("\\t");
    default:
        return STR_EMPTY;
    }
}

void buf_add_json(struct buf *buf, str text)
{
    buf_add_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        str escape = json_short_escape(text.ptr[i]);
        if (escape.len > 0) {
            buf_add(buf, escape);
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x7F) {
            buf_fmt(buf, "\\u%04x", c);
        } else if (is_line_separator(text, i)) {
            buf_add(buf, text.ptr[i + 2] == '\xA8' ? STR("\\u2028") : STR("\\u2029"));
            i += 2;
        } else {
            buf_add_char(buf, (char)c);
        }
    }
    buf_add_char(buf, '"');
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void buf_add_url(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.ptr[i]))
            buf_add_char(buf, text.ptr[i]);
        else
            buf_fmt(buf, "%%%02X", (unsigned char)text.ptr[i]);
    }
}

str buf_str(struct buf *buf)
{
    if (buf->ptr == NULL)
        return STR_EMPTY;
    buf->ptr[buf->len] = '\0';
    return (str){buf->ptr, buf->len};
}

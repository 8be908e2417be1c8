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

static str html_entity(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    default:
        return STR("&#x27;");
    }
}

void buf_add_html(struct buf *buf, str text)
{
    static const bool is_escaped[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_escaped[(unsigned char)text.ptr[i]])
            continue;
        buf_add(buf, str_slice(text, from, i));
        buf_add(buf, html_entity(text.ptr[i]));
        from = i + 1;
    }
    buf_add(buf, str_slice(text, from, text.len));
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

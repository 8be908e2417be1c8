/* buf: a text that grows up to a ceiling that its maker names, so that no input can grow memory without bound.
 *
 * An append beyond the ceiling is dropped and remembered: look at buf_overflowed once, at the end. */
#ifndef GUICHET_BASE_BUF_H
#define GUICHET_BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

struct buf {
    struct arena *arena; /* where the bytes live */
    char *ptr;
    size_t len;
    size_t cap;
    size_t ceiling;
    bool overflowed;
};

/* An empty buf that will hold ceiling bytes at the most. */
struct buf buf_new(struct arena *arena, size_t ceiling);

/* Room for more bytes and a NUL behind them; false, remembered, where the ceiling forbids it. */
bool buf_reserve(struct buf *buf, size_t more);

static inline void buf_add(struct buf *buf, str text)
{
    if (text.len == 0 || (buf->cap - buf->len <= text.len && !buf_reserve(buf, text.len)))
        return;
    memcpy(buf->ptr + buf->len, text.ptr, text.len);
    buf->len += text.len;
}

static inline void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, (str){&c, 1});
}

void buf_fmt(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* text with & < > " ' as HTML entities (Django's: &amp; &lt; &gt; &quot; &#x27;). */
void buf_add_html(struct buf *buf, str text);
/* text as a JSON string, quotes included; < > & and U+2028/9 escaped too, so that it may stand in a script. */
void buf_add_json(struct buf *buf, str text);
/* text percent-encoded, all but RFC 3986 unreserved characters. */
void buf_add_url(struct buf *buf, str text);

/* What was written, followed by a NUL; valid until the next append. */
str buf_str(struct buf *buf);

#endif

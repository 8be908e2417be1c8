#include "models/marks.h"

#include "base/random.h"
#include "base/utf8.h"

enum { NONCE = 12, MARK_END = 2 };

str mark_new(struct arena *arena)
{
    return str_fmt(arena, "\x01%.*s:", STR_ARG(random_text(arena, NONCE, STR("0123456789"))));
}

void mark_add(struct buf *out, str mark, size_t index)
{
    buf_fmt(out, "%.*s%zu%c", STR_ARG(mark), index, MARK_END);
}

str marked_text(const struct template *template, struct render *render)
{
    str text = template_text(template, render);
    return utf8_is_valid(text) ? text : utf8_repair(render->arena, text);
}

/* The number behind a mark; SIZE_MAX where it is none of this text's. *at moves behind it. */
static size_t read_index(str text, size_t count, size_t *at)
{
    size_t end = *at;
    int64_t number;
    while (end < text.len && text.ptr[end] != MARK_END)
        end++;
    bool ok =
        end < text.len && str_to_int64(str_slice(text, *at, end), &number) && number >= 0 && (uint64_t)number < count;
    *at = ok ? end + 1 : *at;
    return ok ? (size_t)number : SIZE_MAX;
}

bool mark_next(str text, str mark, size_t count, size_t *at, str *words, size_t *index)
{
    if (*at >= text.len)
        return false;
    size_t found = str_find(text, mark, *at);
    *words = str_slice(text, *at, found);
    *index = SIZE_MAX;
    *at = found == SIZE_MAX ? text.len : found + mark.len;
    if (found != SIZE_MAX)
        *index = read_index(text, count, at);
    return true;
}

/* wordwrap: each line of a text on lines of a width at the most, by the rules of Python's textwrap. Blanks where a line
 * is cut go, so do lines of blanks; a word that is too long stays whole. */
#include "template/blanks.h"
#include "template/filters.h"

#include <string.h>

enum { TAB = 8 };

struct wrapper {
    struct buf out;
    int64_t width;
    str pending; /* blanks that stay if a word follows on the same line */
    int64_t column;
    bool begun; /* this line of the text has given one already */
};

/* Where the line that begins at from ends; *next is behind what ends it. */
static size_t line_end(str text, size_t from, size_t *next)
{
    static const char *const wide[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    for (size_t at = from; at < text.len; at++) {
        char c = text.ptr[at];
        str rest = str_slice(text, at, text.len);
        size_t size = str_starts(rest, STR("\r\n")) ? 2 : (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) ? 1 : 0;
        for (size_t i = 0; size == 0 && (unsigned char)c >= 0x80 && i < 3; i++)
            size = str_starts(rest, str_of(wide[i])) ? strlen(wide[i]) : 0;
        if (size == 0)
            continue;
        *next = at + size;
        return at;
    }
    return *next = text.len;
}

/* The line with blanks in place of tabs. */
static str expanded(struct machine *m, str line)
{
    if (memchr(line.ptr, '\t', line.len) == NULL)
        return line;
    struct buf out = buf_new(m->arena, machine_text_most(m));
    int64_t column = 0;
    for (size_t at = 0, from; at < line.len;) {
        from = at;
        int64_t blanks = utf8_next(line, &at) == '\t' ? TAB - column % TAB : 0;
        column += blanks > 0 ? blanks : 1;
        if (blanks == 0)
            buf_add(&out, str_slice(line, from, at));
        while (blanks-- > 0)
            buf_add_char(&out, ' ');
    }
    return buf_str(&out);
}

static void end_line(struct wrapper *w)
{
    w->pending = STR_EMPTY;
    w->column = 0;
}

/* A run of blanks, or of anything else. */
static void add_chunk(struct wrapper *w, str chunk)
{
    int64_t length = (int64_t)utf8_length(chunk);
    bool is_blank = blank_trim(chunk).len == 0;
    if (w->column > 0 && w->column + length > w->width)
        end_line(w);
    if (is_blank) {
        if (w->column == 0 && w->begun)
            return;
        w->pending = chunk;
        w->column += length;
        return;
    }
    int64_t before = (int64_t)utf8_length(w->pending);
    if ((w->column == 0 || w->column == before) && w->out.len > 0)
        buf_add_char(&w->out, '\n');
    buf_add(&w->out, w->pending);
    buf_add(&w->out, chunk);
    w->pending = STR_EMPTY;
    w->column += length;
    w->begun = true;
}

static void wrap_line(struct wrapper *w, str line)
{
    w->begun = false;
    end_line(w);
    for (size_t at = 0, from; at < line.len;) {
        from = at;
        while (at < line.len && str_is_space(line.ptr[at]) == str_is_space(line.ptr[from]))
            at++;
        add_chunk(w, str_slice(line, from, at));
    }
}

static struct value apply_wordwrap(struct machine *m, struct value value, const struct value *argument)
{
    struct wrapper w = {.out = filter_buf(m)};
    if (!filter_int(m, *argument, &w.width) || (w.width <= 0 && value.text.len > 0))
        return machine_fault(m, "« wordwrap » veut une largeur.");
    for (size_t at = 0, next; at < value.text.len && !w.out.overflowed; at = next) {
        size_t end = line_end(value.text, at, &next);
        wrap_line(&w, expanded(m, str_slice(value.text, at, end)));
    }
    return value_text(buf_str(&w.out));
}

static const struct filter filters[] = {
    {"wordwrap", apply_wordwrap, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE, "Coupe les lignes à cette largeur.",
     "{{ 'un deux trois'|wordwrap:8 }}", "un deux\ntrois", .takes = &want_integer, .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_wrap, "Lignes coupées", filters);

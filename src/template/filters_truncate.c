/* truncatewords_html and truncatechars_html: HTML cut at a length, its open tags closed (Django 3.2, utils.text). */
#include "template/blanks.h"
#include "template/filters.h"

#include <string.h>

enum { OPEN_MOST = 200 };

struct cutter {
    str text;
    bool by_words;
    struct arena *arena;
    int64_t length, kept, count;
    size_t end; /* of what is kept */
    str open[OPEN_MOST];
    size_t open_count;
};

static bool is_single(str name)
{
    static const char *const singles[] = {"br", "col", "link", "base", "img", "param", "area", "hr", "input"};
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
        if (str_eq_nocase(name, str_of(singles[i])))
            return true;
    return false;
}

/* Only the tag that was opened last. */
static void close_tag(struct cutter *c, str name)
{
    if (c->open_count > 0 && str_eq(c->open[c->open_count - 1], name))
        c->open_count--;
}

/* <name …>, </name> or <name/>. */
static void see_tag(struct cutter *c, str tag)
{
    bool closes = tag.len > 2 && tag.ptr[1] == '/';
    size_t from = closes ? 2 : 1, to = from;
    while (to < tag.len && blank_at(tag, to) == 0 && tag.ptr[to] != '>' && tag.ptr[to] != '/')
        to++;
    str name = utf8_lower(c->arena, str_slice(tag, from, to));
    if (name.len == 0 || is_single(name) || str_ends(tag, STR("/>")))
        return;
    if (closes)
        close_tag(c, name);
    else if (c->open_count < OPEN_MOST)
        c->open[c->open_count++] = name;
}

/* The next unit from at: a tag, a word or a character; its end, or the text's where there is none. */
static size_t next_unit(const struct cutter *c, size_t at, size_t *start, bool *is_tag)
{
    for (; at < c->text.len; at++) {
        *start = at;
        if (c->text.ptr[at] == '<') {
            const char *close = memchr(c->text.ptr + at + 1, '>', c->text.len - at - 1);
            *is_tag = close != NULL && close > c->text.ptr + at + 1;
            if (*is_tag)
                return (size_t)(close - c->text.ptr) + 1;
        }
        *is_tag = false;
        if (!c->by_words) {
            utf8_next(c->text, &at);
            return at;
        }
        while (at < c->text.len && blank_at(c->text, at) == 0 && strchr("<>", c->text.ptr[at]) == NULL)
            at++;
        if (at > *start)
            return at;
        if (blank_at(c->text, at) > 1)
            at += blank_at(c->text, at) - 1;
    }
    *start = c->text.len;
    return c->text.len;
}

static bool cut(struct cutter *c)
{
    for (size_t at = 0; c->count <= c->length;) {
        size_t start;
        bool is_tag = false;
        at = next_unit(c, at, &start, &is_tag);
        if (start == c->text.len)
            return false;
        if (is_tag) {
            if (c->count < c->kept)
                see_tag(c, str_slice(c->text, start, at));
            continue;
        }
        if (++c->count == c->kept)
            c->end = at;
    }
    return true;
}

static struct value truncated(struct machine *m, struct value value, const struct value *argument, bool by_words)
{
    int64_t length;
    if (!filter_int(m, *argument, &length))
        return filter_no_int(m, *argument, value);
    if (by_words && length <= 0)
        return VALUE_EMPTY;
    struct cutter *c = arena_new_of(m->arena, struct cutter);
    *c = (struct cutter){.text = value.text, .arena = m->arena, .by_words = by_words, .length = length};
    c->kept = by_words ? length : length - 1;
    if (!cut(c))
        return value;
    struct buf out = filter_buf(m);
    buf_add(&out, str_slice(value.text, 0, c->end));
    buf_add(&out, by_words ? STR(" …") : STR("…"));
    for (size_t i = c->open_count; i-- > 0;)
        buf_fmt(&out, "</%.*s>", STR_ARG(c->open[i]));
    return value_text(buf_str(&out));
}

static struct value apply_words(struct machine *m, struct value value, const struct value *argument)
{
    return truncated(m, value, argument, true);
}

static struct value apply_chars(struct machine *m, struct value value, const struct value *argument)
{
    return truncated(m, value, argument, false);
}

static struct value apply_phone2numeric(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    static const char keys[] = "22233344455566677778889999";
    if (value.kind != VALUE_TEXT)
        return VALUE_RAISED;
    value.text = utf8_lower(m->arena, value.text);
    char *digits = arena_copy(m->arena, value.text.ptr, value.text.len);
    for (size_t i = 0; i < value.text.len; i++) {
        char c = (char)(digits[i] | 0x20);
        if (c >= 'a' && c <= 'z')
            digits[i] = keys[c - 'a'];
    }
    return value_text((str){digits, value.text.len});
}

static const struct filter filters[] = {
    {"phone2numeric", apply_phone2numeric, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE | FILTER_WCS,
     "Les lettres d’un numéro de téléphone en chiffres.", "{{ '0800-ALLO'|phone2numeric }}", "0800-2556",
     .kinds = GIVES_TEXT},
    {"phone2numeric", apply_phone2numeric, ARGUMENT_NONE, FILTER_SAFE | FILTER_DJANGO},
    {"truncatechars_html", apply_chars, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE,
     "Coupe à tant de caractères sans casser les balises.", "{{ '<b>Hôtel de ville</b>'|truncatechars_html:6 }}",
     "<b>Hôtel…</b>", .takes = &want_integer, .kinds = GIVES_TEXT},
    {"truncatewords_html", apply_words, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE,
     "Coupe à tant de mots sans casser les balises.", "{{ '<b>un deux trois</b>'|truncatewords_html:2 }}",
     "<b>un deux …</b>", .takes = &want_integer, .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_truncate, "HTML coupé", filters);

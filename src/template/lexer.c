#include "template/blanks.h"
#include "template/compiler.h"

#include <string.h>

static void advance(struct lexer *lexer, size_t to)
{
    for (; lexer->at < to; lexer->at++) {
        if (lexer->source.ptr[lexer->at] == '\n') {
            lexer->line++;
            lexer->column = 1;
        } else if (((unsigned char)lexer->source.ptr[lexer->at] & 0xC0) != 0x80) {
            lexer->column++;
        }
    }
}

/* Where the tag that opens at from ends (behind its braces), 0 where it does not: a tag stands on one line. A search in
 * vain is remembered: those that begin behind it, up to where it ended, would be as vain. */
static size_t tag_end(struct lexer *lexer, size_t from)
{
    str source = lexer->source;
    char kind = source.ptr[from + 1];
    char close = kind == '{' ? '}' : kind;
    size_t *vain = &lexer->vain_until[kind == '{' ? 0 : kind == '%' ? 1 : 2], i;
    if (from < *vain)
        return 0;
    for (i = from + 2; i + 1 < source.len && source.ptr[i] != '\n'; i++)
        if (source.ptr[i] == close && source.ptr[i + 1] == '}')
            return i + 2;
    *vain = i;
    return 0;
}

/* The next place where a tag stands whole; the end of the source where there is none. */
static size_t find_tag(struct lexer *lexer, size_t from, size_t *end)
{
    str source = lexer->source;
    while (from + 1 < source.len) {
        const char *brace = memchr(source.ptr + from, '{', source.len - from - 1);
        if (brace == NULL)
            break;
        size_t at = (size_t)(brace - source.ptr);
        char kind = source.ptr[at + 1];
        if ((kind == '{' || kind == '%' || kind == '#') && (*end = tag_end(lexer, at)) != 0)
            return at;
        from = at + 1;
    }
    *end = source.len;
    return source.len;
}

static struct token take(struct lexer *lexer, enum token_kind kind, size_t to, str text)
{
    struct token token = {kind, text, lexer->line, lexer->column};
    advance(lexer, to);
    return token;
}

static bool opens_verbatim(str tag)
{
    return str_eq(tag, STR("verbatim")) || str_starts(tag, STR("verbatim "));
}

/* {% verbatim x %} ends at {% endverbatim x %} */
static bool closes_verbatim(const struct lexer *lexer, str tag)
{
    return str_starts(tag, STR("end")) && str_eq(str_slice(tag, 3, tag.len), lexer->verbatim);
}

/* Within verbatim, tags are text but for the one that ends it. */
static struct token next_verbatim(struct lexer *lexer)
{
    size_t from = lexer->at, end, at;
    while ((at = find_tag(lexer, from, &end)) < lexer->source.len) {
        str inside = blank_trim(str_slice(lexer->source, at + 2, end - 2));
        if (lexer->source.ptr[at + 1] == '%' && closes_verbatim(lexer, inside))
            break;
        from = at + 2;
    }
    if (at > lexer->at)
        return take(lexer, TOKEN_TEXT, at, str_slice(lexer->source, lexer->at, at));
    lexer->verbatim = STR_EMPTY;
    return lexer_next(lexer);
}

struct token lexer_next(struct lexer *lexer)
{
    for (;;) {
        if (lexer->at >= lexer->source.len)
            return take(lexer, TOKEN_END, lexer->at, STR_EMPTY);
        if (lexer->verbatim.len > 0)
            return next_verbatim(lexer);
        size_t end, at = find_tag(lexer, lexer->at, &end);
        if (at > lexer->at)
            return take(lexer, TOKEN_TEXT, at, str_slice(lexer->source, lexer->at, at));
        char kind = lexer->source.ptr[at + 1];
        str inside = blank_trim(str_slice(lexer->source, at + 2, end - 2));
        if (kind == '#') {
            advance(lexer, end);
            continue;
        }
        struct token token = take(lexer, kind == '{' ? TOKEN_PRINT : TOKEN_TAG, end, inside);
        if (token.kind == TOKEN_TAG && opens_verbatim(inside))
            lexer->verbatim = inside;
        return token;
    }
}

/* The end of a quoted part that begins at from; from itself where the quote does not close. */
static size_t quoted_end(str text, size_t from)
{
    for (size_t i = from + 1; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == text.ptr[from])
            return i + 1;
    }
    return from;
}

struct words lexer_split(struct arena *arena, str text)
{
    struct words words = {0};
    for (size_t at = 0; at < text.len;) {
        size_t blank = blank_at(text, at);
        if (blank > 0) {
            at += blank;
            continue;
        }
        size_t from = at;
        while (at < text.len && blank_at(text, at) == 0) {
            size_t end = text.ptr[at] == '"' || text.ptr[at] == '\'' ? quoted_end(text, at) : at;
            at = end > at ? end : at + 1;
        }
        *vec_push(arena, &words) = str_slice(text, from, at);
    }
    return words;
}

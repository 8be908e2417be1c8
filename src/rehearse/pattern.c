/* A text that a regular expression takes: the shortest way through it, with at least one of what may be repeated. PCRE2
 * says whether it is right; what this reader does not know (look-around, back references) is passed over. */
#include "rehearse/fill.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_MOST = 400, DEPTH_MOST = 50 };

struct pattern {
    str text;
    size_t at;
    int depth;
    size_t branch; /* which alternative is taken first */
};

static char peek(const struct pattern *pattern)
{
    return pattern->at < pattern->text.len ? pattern->text.ptr[pattern->at] : '\0';
}

static char of_class(char c)
{
    switch (c) {
    case 'd':
        return '7';
    case 'w':
        return 'a';
    case 's':
        return ' ';
    case 'D':
    case 'S':
        return 'a';
    case 'W':
        return '-';
    case 'n':
        return '\n';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* One member of [...]: the first that it names, or a letter or digit that a negated one does not name. */
static void read_set(struct pattern *pattern, struct buf *out)
{
    size_t from = ++pattern->at;
    bool is_negated = peek(pattern) == '^';
    pattern->at += is_negated;
    if (peek(pattern) == ']')
        pattern->at++;
    while (pattern->at < pattern->text.len && peek(pattern) != ']')
        pattern->at += peek(pattern) == '\\' ? 2 : 1;
    str set = str_slice(pattern->text, from + is_negated, pattern->at);
    pattern->at++;
    if (is_negated) {
        for (const char *c = "a7A -"; *c != '\0'; c++)
            if (memchr(set.ptr, *c, set.len) == NULL) {
                buf_add_char(out, *c);
                return;
            }
    }
    if (set.len > 0)
        buf_add_char(out, set.ptr[0] == '\\' && set.len > 1 ? of_class(set.ptr[1]) : set.ptr[0]);
}

static void read_alternatives(struct pattern *pattern, struct buf *out);

static void read_group(struct pattern *pattern, struct buf *out)
{
    pattern->at++;
    if (peek(pattern) == '?') {
        char kind = pattern->at + 1 < pattern->text.len ? pattern->text.ptr[pattern->at + 1] : '\0';
        bool is_look = kind == '=' || kind == '!';
        while (pattern->at < pattern->text.len && strchr(":=!>P<", peek(pattern)) == NULL)
            pattern->at++;
        if (peek(pattern) == 'P' || peek(pattern) == '<')
            while (pattern->at < pattern->text.len && peek(pattern) != '>')
                pattern->at++;
        pattern->at++;
        size_t before = out->len;
        read_alternatives(pattern, out);
        out->len = is_look ? before : out->len;
    } else {
        read_alternatives(pattern, out);
    }
    pattern->at++; /* ) */
}

static void read_atom(struct pattern *pattern, struct buf *out)
{
    char c = peek(pattern);
    if (c == '[') {
        read_set(pattern, out);
        return;
    }
    if (c == '(') {
        read_group(pattern, out);
        return;
    }
    pattern->at++;
    if (c == '\\') {
        char escaped = peek(pattern);
        pattern->at++;
        if (strchr("bBAZz", escaped) == NULL)
            buf_add_char(out, of_class(escaped));
    } else if (c != '^' && c != '$') {
        buf_add_char(out, c == '.' ? 'a' : c);
    }
}

/* How many times what stands before is wanted: one where it may be left out. */
static size_t read_count(struct pattern *pattern)
{
    char c = peek(pattern);
    size_t count = 1;
    if (c == '*' || c == '+' || c == '?') {
        pattern->at++;
    } else if (c == '{') {
        size_t end = str_find(pattern->text, STR("}"), pattern->at);
        str least, most;
        int64_t number;
        if (end == SIZE_MAX)
            return 1;
        str_cut(str_slice(pattern->text, pattern->at + 1, end), ',', &least, &most);
        if (str_to_int64(str_trim(least), &number) && number >= 0 && number < LENGTH_MOST)
            count = (size_t)number;
        pattern->at = end + 1;
    } else {
        return 1;
    }
    if (peek(pattern) == '?' || peek(pattern) == '+') /* lazy, possessive */
        pattern->at++;
    return count;
}

static void read_sequence(struct pattern *pattern, struct buf *out)
{
    while (pattern->at < pattern->text.len && peek(pattern) != '|' && peek(pattern) != ')') {
        size_t before = out->len;
        read_atom(pattern, out);
        size_t length = out->len - before, count = read_count(pattern);
        if (count == 0)
            out->len = before;
        str once = str_dup(out->arena, (str){out->ptr + before, length});
        for (size_t i = 1; i < count; i++)
            buf_add(out, once);
    }
}

static void read_alternatives(struct pattern *pattern, struct buf *out)
{
    size_t start = out->len, wanted = pattern->depth == 0 ? pattern->branch : 0, index = 0;
    if (++pattern->depth > DEPTH_MOST) {
        pattern->at = pattern->text.len;
        return;
    }
    str kept = STR_EMPTY;
    for (bool more = true; more; index++) {
        read_sequence(pattern, out);
        if (index <= wanted)
            kept = str_dup(out->arena, (str){out->ptr + start, out->len - start});
        out->len = start;
        more = peek(pattern) == '|';
        pattern->at += more;
    }
    buf_add(out, kept);
    pattern->depth--;
}

/* As validations.c matches: the whole text. */
static bool is_matched(str pattern, str text)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &at, NULL);
    if (code == NULL)
        return true; /* it is taken as none */
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(limits, 200000);
    int found = pcre2_match(code, (PCRE2_SPTR)(text.len > 0 ? text.ptr : ""), text.len, 0, 0, data, limits);
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found >= 0;
}

static bool matches_usual(str pattern, str *out)
{
    static const char *const usual[] = {"12",
                                        "7",
                                        "1234",
                                        "69120",
                                        "0478123456",
                                        "14:30",
                                        "12,50",
                                        "12.50",
                                        "Dupont",
                                        "AB-123-CD",
                                        "https://exemple.fr",
                                        "12/03/2027",
                                        "+33478123456",
                                        "ABC123",
                                        "2027",
                                        "jeanne.dupont@example.org"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (is_matched(pattern, str_of(usual[i]))) {
            *out = str_of(usual[i]);
            return true;
        }
    return false;
}

bool example_of_pattern(struct arena *arena, str pattern, str *out)
{
    enum { BRANCHES = 6 };
    if (pattern.len == 0 || matches_usual(pattern, out))
        return pattern.len > 0;
    for (size_t branch = 0; branch < BRANCHES; branch++) {
        struct pattern reading = {.text = pattern, .branch = branch};
        struct buf text = buf_new(arena, LENGTH_MOST);
        buf_reserve(&text, 1);
        read_alternatives(&reading, &text);
        *out = buf_str(&text);
        if (!text.overflowed && is_matched(pattern, *out))
            return true;
    }
    return false;
}

#include "sources/python_list.h"

#include <string.h>

enum { DEEPEST = 16 };

struct reader {
    struct arena *arena;
    str text;
    size_t at;
    int depth;
};

static json_t *read_value(struct reader *r); /* a new reference, or NULL */

static void skip_blanks(struct reader *r)
{
    while (r->at < r->text.len && strchr(" \t\r\n", r->text.ptr[r->at]) != NULL)
        r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at >= r->text.len || r->text.ptr[r->at] != c)
        return false;
    r->at++;
    return true;
}

static bool take_word(struct reader *r, str word)
{
    if (!str_starts(str_slice(r->text, r->at, r->text.len), word))
        return false;
    r->at += word.len;
    return true;
}

/* \xHH, \uHHHH, \UHHHHHHHH. */
static bool read_code_point(struct reader *r, size_t digits, struct buf *out)
{
    uint32_t code = 0;
    char bytes[4];
    for (size_t i = 0; i < digits; i++, r->at++) {
        int digit = r->at < r->text.len ? hex_digit(r->text.ptr[r->at]) : -1;
        if (digit < 0)
            return false;
        code = code * 16 + (uint32_t)digit;
    }
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return false;
    buf_add(out, (str){bytes, utf8_encode(code, bytes)});
    return true;
}

static bool read_escape(struct reader *r, struct buf *out)
{
    static const char from[] = "\\'\"ntr", to[] = "\\'\"\n\t\r";
    char c = r->at < r->text.len ? r->text.ptr[r->at++] : '\0';
    if (c == 'x' || c == 'u' || c == 'U')
        return read_code_point(r, c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (found != NULL)
        buf_add_char(out, to[found - from]);
    return found != NULL;
}

static json_t *read_text(struct reader *r)
{
    struct buf out = buf_new(r->arena, r->text.len + 1);
    char quote = r->text.ptr[r->at++];
    while (r->at < r->text.len && r->text.ptr[r->at] != quote) {
        char c = r->text.ptr[r->at++];
        if (c == '\n' || (c == '\\' && !read_escape(r, &out)))
            return NULL;
        if (c != '\\')
            buf_add_char(&out, c);
    }
    return take(r, quote) ? json_from_str(buf_str(&out)) : NULL;
}

static json_t *read_number(struct reader *r)
{
    size_t from = r->at;
    int64_t whole;
    while (r->at < r->text.len && strchr("+-.0123456789eE", r->text.ptr[r->at]) != NULL)
        r->at++;
    str text = str_slice(r->text, from, r->at);
    if (str_to_int64(text, &whole))
        return json_integer(whole);
    struct err err = {0};
    const json_t *real = text.len > 0 ? json_parse(r->arena, text, &err) : NULL;
    return json_is_real(real) ? json_real(json_real_value(real)) : NULL;
}

/* Up to the closing sign; a comma may stand before it. */
static json_t *read_list(struct reader *r, char closing)
{
    json_t *list = json_array();
    while (!take(r, closing)) {
        json_t *item = read_value(r);
        bool goes_on = item != NULL && json_array_append_new(list, item) == 0 && take(r, ',');
        if (goes_on)
            continue;
        if (item != NULL && take(r, closing))
            return list;
        json_decref(list);
        return NULL;
    }
    return list;
}

static bool read_member(struct reader *r, json_t *dict)
{
    json_t *key = read_value(r);
    json_t *value = json_is_string(key) && take(r, ':') ? read_value(r) : NULL;
    if (value != NULL)
        json_set(dict, json_str_of(key), value);
    json_decref(key);
    return value != NULL;
}

static json_t *read_dict(struct reader *r)
{
    json_t *dict = json_object();
    while (!take(r, '}')) {
        bool is_read = read_member(r, dict);
        if (is_read && take(r, ','))
            continue;
        if (is_read && take(r, '}'))
            return dict;
        json_decref(dict);
        return NULL;
    }
    return dict;
}

/* (x) is x, (x, y) and (x,) are lists. */
static json_t *read_tuple(struct reader *r)
{
    size_t from = r->at;
    json_t *list = read_list(r, ')');
    if (list == NULL || json_array_size(list) != 1)
        return list;
    str inside = str_trim(str_slice(r->text, from, r->at - 1));
    if (str_ends(inside, STR(",")))
        return list;
    json_t *only = json_incref(json_array_get(list, 0));
    json_decref(list);
    return only;
}

static json_t *read_within(struct reader *r)
{
    char c = r->text.ptr[r->at];
    bool has_prefix = strchr("urbURB", c) != NULL && r->at + 1 < r->text.len &&
                      (r->text.ptr[r->at + 1] == '\'' || r->text.ptr[r->at + 1] == '"');
    if (has_prefix)
        c = r->text.ptr[++r->at];
    if (c == '\'' || c == '"')
        return read_text(r);
    if (take(r, '['))
        return read_list(r, ']');
    if (take(r, '('))
        return read_tuple(r);
    if (take(r, '{'))
        return read_dict(r);
    if (take_word(r, STR("True")) || take_word(r, STR("true")))
        return json_true();
    if (take_word(r, STR("False")) || take_word(r, STR("false")))
        return json_false();
    if (take_word(r, STR("None")) || take_word(r, STR("null")))
        return json_null();
    return read_number(r);
}

static json_t *read_value(struct reader *r)
{
    skip_blanks(r);
    if (r->at >= r->text.len || r->depth >= DEEPEST)
        return NULL;
    r->depth++;
    json_t *value = read_within(r);
    r->depth--;
    return value;
}

const json_t *python_literal(struct arena *arena, str text)
{
    struct reader reader = {.arena = arena, .text = text};
    json_t *value = read_value(&reader);
    if (value == NULL)
        return NULL;
    json_keep(arena, value);
    skip_blanks(&reader);
    return reader.at == text.len ? value : NULL;
}

/* JSON trees as text. Jansson's own writer walks each text code point by code point; here what needs no escape is
 * copied whole. Numbers and escapes are spelt as Jansson spells them: a text that was stored is found equal. */
#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

struct writing {
    struct buf out;
    bool sorted, pretty;
    int depth;
};

static char short_escape(unsigned char c)
{
    switch (c) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return (char)c;
    default:
        return '\0';
    }
}

static void write_escaped(struct buf *out, unsigned char c)
{
    char letter = short_escape(c);
    if (letter == '\0') {
        buf_fmt(out, "\\u%04X", c);
        return;
    }
    char both[] = {'\\', letter};
    buf_add(out, (str){both, 2});
}

static const bool is_escaped[256] = {[0 ... 0x1F] = true, ['"'] = true, ['\\'] = true};

static void write_text(struct buf *out, str text)
{
    size_t from = 0;
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (!is_escaped[c])
            continue;
        buf_add(out, str_slice(text, from, i));
        write_escaped(out, c);
        from = i + 1;
    }
    buf_add(out, str_slice(text, from, text.len));
    buf_add_char(out, '"');
}

/* 17 digits give a double back as it was; a whole one keeps a « .0 », an exponent has no plus and no zero before it. */
static void write_real(struct buf *out, double real)
{
    char text[40];
    snprintf(text, sizeof text, "%.17g", real);
    char *exponent = strchr(text, 'e');
    if (exponent == NULL) {
        buf_fmt(out, "%s%s", text, strchr(text, '.') == NULL ? ".0" : "");
        return;
    }
    buf_fmt(out, "%.*s%d", (int)(exponent + 1 - text), text, (int)strtol(exponent + 1, NULL, 10));
}

static void break_line(struct writing *writing)
{
    if (writing->pretty)
        buf_fmt(&writing->out, "\n%*s", writing->depth * INDENT, "");
}

static void write_value(struct writing *writing, const json_t *json);

static void write_list(struct writing *writing, const json_t *list)
{
    buf_add_char(&writing->out, '[');
    writing->depth++;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i > 0)
            buf_add_char(&writing->out, ',');
        break_line(writing);
        write_value(writing, json_array_get(list, i));
    }
    writing->depth--;
    if (json_array_size(list) > 0)
        break_line(writing);
    buf_add_char(&writing->out, ']');
}

struct member {
    str key;
    const json_t *value;
};

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static struct member *members_of(struct arena *arena, const json_t *object)
{
    json_t *own = (json_t *)(uintptr_t)object; /* walking changes nothing */
    struct member *members = arena_array_of(arena, struct member, json_object_size(object));
    size_t count = 0;
    for (void *at = json_object_iter(own); at != NULL; at = json_object_iter_next(own, at))
        members[count++] =
            (struct member){{json_object_iter_key(at), json_object_iter_key_len(at)}, json_object_iter_value(at)};
    return members;
}

static void write_object(struct writing *writing, const json_t *object)
{
    size_t count = json_object_size(object);
    struct member *members = members_of(writing->out.arena, object);
    if (writing->sorted && count > 0)
        qsort(members, count, sizeof *members, by_key);
    buf_add_char(&writing->out, '{');
    writing->depth++;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(&writing->out, ',');
        break_line(writing);
        write_text(&writing->out, members[i].key);
        buf_add(&writing->out, writing->pretty ? STR(": ") : STR(":"));
        write_value(writing, members[i].value);
    }
    writing->depth--;
    if (count > 0)
        break_line(writing);
    buf_add_char(&writing->out, '}');
}

static void write_value(struct writing *writing, const json_t *json)
{
    switch (json == NULL ? JSON_NULL : json_typeof(json)) {
    case JSON_OBJECT:
        write_object(writing, json);
        break;
    case JSON_ARRAY:
        write_list(writing, json);
        break;
    case JSON_STRING:
        write_text(&writing->out, json_str_of(json));
        break;
    case JSON_INTEGER:
        buf_fmt(&writing->out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        break;
    case JSON_REAL:
        write_real(&writing->out, json_real_value(json));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        buf_add(&writing->out, json_is_true(json) ? STR("true") : STR("false"));
        break;
    default:
        buf_add(&writing->out, STR("null"));
    }
}

static str text_of(struct arena *arena, const json_t *json, bool sorted, bool pretty)
{
    struct writing writing = {.out = buf_new(arena, SIZE_MAX / 4), .sorted = sorted, .pretty = pretty};
    write_value(&writing, json);
    return buf_str(&writing.out);
}

str json_text(struct arena *arena, const json_t *json)
{
    return text_of(arena, json, false, false);
}

str json_text_sorted(struct arena *arena, const json_t *json)
{
    return text_of(arena, json, true, false);
}

str json_text_pretty(struct arena *arena, const json_t *json)
{
    return text_of(arena, json, false, true);
}

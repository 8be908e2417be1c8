/* JSON as Python's json.dumps writes it, which json_dumps and json_script promise: blanks behind commas and colons,
 * letters beyond ASCII by their UTF-16 number in small hexadecimal digits, the shortest text of a float. */
#include "template/python_json.h"

#include "template/value_members.h"

static void write_unit(struct buf *out, uint32_t unit)
{
    buf_fmt(out, "\\u%04x", unit);
}

static void write_char(struct buf *out, uint32_t c)
{
    static const char named[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (c == '"' || c == '\\')
        buf_fmt(out, "\\%c", (char)c);
    else if (c < sizeof named && named[c] != '\0')
        buf_fmt(out, "\\%c", named[c]);
    else if (c >= 0x20 && c < 0x7F)
        buf_add_char(out, (char)c);
    else if (c < 0x10000)
        write_unit(out, c);
    else {
        write_unit(out, 0xD800 + ((c - 0x10000) >> 10));
        write_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
}

static void write_text(struct buf *out, str text)
{
    buf_add_char(out, '"');
    for (size_t at = 0; at < text.len;)
        write_char(out, utf8_next(text, &at));
    buf_add_char(out, '"');
}

static void write_list(struct buf *out, const json_t *list)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        buf_add(out, i > 0 ? STR(", ") : STR_EMPTY);
        python_json(out, json_array_get(list, i));
    }
    buf_add_char(out, ']');
}

static void write_object(struct buf *out, const json_t *object)
{
    json_t *own = (json_t *)(uintptr_t)object; /* walking changes nothing */
    buf_add_char(out, '{');
    for (void *at = json_object_iter(own), *first = at; at != NULL; at = json_object_iter_next(own, at)) {
        buf_add(out, at != first ? STR(", ") : STR_EMPTY);
        write_text(out, (str){json_object_iter_key(at), json_object_iter_key_len(at)});
        buf_add(out, STR(": "));
        python_json(out, json_object_iter_value(at));
    }
    buf_add_char(out, '}');
}

void python_json(struct buf *out, const json_t *json)
{
    switch (json == NULL ? JSON_NULL : json_typeof(json)) {
    case JSON_OBJECT:
        write_object(out, json);
        break;
    case JSON_ARRAY:
        write_list(out, json);
        break;
    case JSON_STRING:
        write_text(out, json_str_of(json));
        break;
    case JSON_INTEGER:
        buf_fmt(out, "%lld", (long long)json_integer_value(json));
        break;
    case JSON_REAL:
        buf_add(out, value_double_text(out->arena, json_real_value(json)));
        break;
    case JSON_NULL:
        buf_add(out, STR("null"));
        break;
    default:
        buf_add(out, json_is_true(json) ? STR("true") : STR("false"));
    }
}

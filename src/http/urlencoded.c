/* Percent-encoding: paths, queries, posted forms; and the cookie header. */
#include "http/internal.h"

/* Decodes %XX, and + as a blank where asked. A wrong escape stands as it is written (WHATWG), or is refused. */
static bool decode(struct arena *arena, str text, bool plus_is_blank, bool is_strict, str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '+' && plus_is_blank)
            c = ' ';
        if (text.ptr[i] == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            } else if (is_strict) {
                return false;
            }
        }
        bytes[length++] = c;
    }
    *out = (str){bytes, length};
    return utf8_is_valid(*out);
}

bool http_decode_path(struct arena *arena, str text, str *out)
{
    if (!decode(arena, text, false, true, out))
        return false;
    for (size_t i = 0; i < out->len; i++)
        if ((unsigned char)out->ptr[i] < 0x20 || out->ptr[i] == 0x7F)
            return false;
    return true;
}

bool http_parse_urlencoded(struct arena *arena, str text, size_t most, struct http_params *out)
{
    for (str pair, rest = text; str_next(&rest, '&', &pair);) {
        str name, value;
        struct http_param param;
        if (pair.len == 0)
            continue;
        if (out->len >= most)
            return false;
        str_cut(pair, '=', &name, &value);
        if (!decode(arena, name, true, false, &param.name) || !decode(arena, value, true, false, &param.value))
            return false;
        *vec_push(arena, out) = param;
    }
    return true;
}

str http_cookie_value(str header, str name)
{
    for (str pair, rest = header; str_next(&rest, ';', &pair);) {
        str known, value;
        if (str_cut(str_trim(pair), '=', &known, &value) && str_eq(known, name))
            return value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"'
                       ? str_slice(value, 1, value.len - 1)
                       : value;
    }
    return STR_EMPTY;
}

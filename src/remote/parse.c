/* The bytes of another server, as JSON. */
#include "remote/remote.h"

static bool is_name(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c == '$' || c == '.';
        if (!fits)
            return false;
    }
    return text.len > 0;
}

/* « f({…}); » gives {…}. */
static str without_padding(str body)
{
    str name, rest;
    body = str_trim(body);
    if (!str_cut(body, '(', &name, &rest) || !is_name(str_trim(name)))
        return body;
    rest = str_trim(rest);
    if (str_ends(rest, STR(";")))
        rest = str_trim(str_slice(rest, 0, rest.len - 1));
    return str_ends(rest, STR(")")) ? str_slice(rest, 0, rest.len - 1) : body;
}

json_t *remote_parse(struct arena *arena, str body, bool may_be_padded, struct err *err)
{
    str text = str_starts(body, STR("\xEF\xBB\xBF")) ? str_slice(body, 3, body.len) : body;
    return json_parse(arena, may_be_padded ? without_padding(text) : text, err);
}

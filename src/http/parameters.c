/* Parameters of header values: media types (WHATWG MIME Sniffing §4.4, which says what to make of every byte), and the
 * form-data dispositions of RFC 7578. */
#include "http/internal.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static str without_first_blanks(str text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = str_slice(text, 1, text.len);
    return text;
}

static str without_last_blanks(str text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool http_is_token(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return text.len > 0;
}

bool http_is_field_value(str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (((unsigned char)value.ptr[i] < 0x20 && value.ptr[i] != '\t') || value.ptr[i] == 0x7F)
            return false;
    return true;
}

/* What stands in quotes at the beginning of *rest, which moves behind them. A backslash takes the next sign as it is;
 * in a form only a quote or a backslash, since old browsers send whole paths (« C:\photos\a.png »). */
static str read_quoted(struct arena *arena, str *rest, enum quoting quoting)
{
    struct buf text = buf_new(arena, rest->len);
    size_t i = 1;
    for (; i < rest->len && rest->ptr[i] != '"'; i++) {
        bool is_escape = rest->ptr[i] == '\\' && i + 1 < rest->len;
        if (is_escape && (quoting == QUOTING_HTTP || strchr("\"\\", rest->ptr[i + 1]) != NULL))
            i++;
        buf_add_char(&text, rest->ptr[i]);
    }
    *rest = str_slice(*rest, i + 1, rest->len);
    return buf_str(&text);
}

bool parameter_next(struct arena *arena, str *rest, enum quoting quoting, struct http_param *out)
{
    while (rest->len > 0) {
        size_t end = 0;
        while (end < rest->len && rest->ptr[end] != ';' && rest->ptr[end] != '=')
            end++;
        out->name = str_lower(arena, without_first_blanks(str_slice(*rest, 0, end)));
        bool has_value = end + 1 < rest->len && rest->ptr[end] == '=';
        *rest = str_slice(*rest, end + 1, rest->len);
        if (!has_value)
            continue;
        bool is_quoted = rest->ptr[0] == '"';
        str behind, quoted = is_quoted ? read_quoted(arena, rest, quoting) : STR_EMPTY;
        str_cut(*rest, ';', &behind, rest);
        out->value = is_quoted ? quoted : without_last_blanks(behind);
        if (is_quoted || out->value.len > 0)
            return true;
    }
    return false;
}

static const str *find(const struct http_params *params, str name)
{
    for (size_t i = 0; i < params->len; i++)
        if (str_eq(params->at[i].name, name))
            return &params->at[i].value;
    return NULL;
}

str media_type_param(const struct media_type *type, const char *name)
{
    const str *value = find(&type->params, str_of(name));
    return value == NULL ? STR_EMPTY : *value;
}

bool http_parse_media_type(struct arena *arena, str text, struct media_type *out)
{
    str essence, rest, type, subtype;
    struct http_param param;
    *out = (struct media_type){0};
    str_cut(without_last_blanks(without_first_blanks(text)), ';', &essence, &rest);
    essence = without_last_blanks(essence);
    if (!str_cut(essence, '/', &type, &subtype) || !http_is_token(type) || !http_is_token(subtype))
        return false;
    out->essence = str_lower(arena, essence);
    while (parameter_next(arena, &rest, QUOTING_HTTP, &param))
        if (http_is_token(param.name) && http_is_field_value(param.value) && find(&out->params, param.name) == NULL)
            *vec_push(arena, &out->params) = param;
    return true;
}

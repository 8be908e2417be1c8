/* What several validations use. */
#include "forms/validations/validation.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

str validation_compact(struct arena *arena, str text)
{
    text = str_replace(arena, text, STR("\xC2\xA0"), STR(""));
    text = str_replace(arena, text, STR("\xE2\x80\xAF"), STR(""));
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!str_is_space(text.ptr[i]) && text.ptr[i] != '.' && text.ptr[i] != '-')
            out[length++] = text.ptr[i];
    return (str){out, length};
}

str validation_digits_of(struct arena *arena, str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++)
        if (is_digit(text.ptr[i]))
            out[length++] = text.ptr[i];
    return (str){out, length};
}

bool validation_is_digits(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return text.len > 0;
}

bool validation_is_compact_digits(struct arena *arena, str *text, size_t length)
{
    str plain = validation_compact(arena, *text);
    if (plain.len != length || !validation_is_digits(plain))
        return false;
    *text = plain;
    return true;
}

bool validation_is_alphanumeric(struct arena *arena, str *text, size_t length)
{
    str plain = utf8_upper(arena, validation_compact(arena, *text));
    for (size_t i = 0; i < plain.len; i++)
        if (!is_digit(plain.ptr[i]) && !(plain.ptr[i] >= 'A' && plain.ptr[i] <= 'Z'))
            return false;
    if (plain.len != length)
        return false;
    *text = plain;
    return true;
}

str validation_grouped(struct arena *arena, str text, const char *sizes)
{
    struct buf out = buf_new(arena, 256);
    for (size_t at = 0; at < text.len;) {
        size_t size = (size_t)(*sizes - '0');
        if (at > 0)
            buf_add(&out, STR("\xC2\xA0"));
        buf_add(&out, str_slice(text, at, at + size));
        at += size;
        if (sizes[1] != '\0')
            sizes++;
    }
    return buf_str(&out);
}

unsigned validation_remainder_97(str digits)
{
    unsigned remainder = 0;
    for (size_t i = 0; i < digits.len; i++)
        remainder = (remainder * 10 + (unsigned)(digits.ptr[i] - '0')) % 97;
    return remainder;
}

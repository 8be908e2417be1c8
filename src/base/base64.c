#include "base/base64.h"

static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

str base64_encode(struct arena *arena, str bytes)
{
    char *out = arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1), *at = out;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < left ? (unsigned char)bytes.ptr[i + k] : 0U);
        for (size_t k = 0; k < 4; k++)
            *at++ = k <= left ? signs[group >> (18 - 6 * k) & 63] : '=';
    }
    *at = '\0';
    return (str){out, (size_t)(at - out)};
}

static int worth(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, str text, str *bytes)
{
    unsigned char *out = arena_alloc(arena, text.len / 4 * 3 + 4);
    size_t length = 0, count = 0, padding = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (str_is_space(c))
            continue;
        int value = worth(c);
        if (c == '=' ? padding == 2 : value < 0 || padding > 0)
            return false;
        padding += c == '=';
        group = group << 6 | (c == '=' ? 0U : (uint32_t)value);
        if (++count % 4 != 0)
            continue;
        for (size_t k = 0; k < 3; k++)
            out[length++] = (unsigned char)(group >> (16 - 8 * k));
        group = 0;
    }
    if (count % 4 != 0 || padding > count)
        return false;
    for (size_t k = 0; k < padding; k++)
        if (out[--length] != 0)
            return false;
    out[length] = '\0';
    *bytes = (str){(const char *)out, length};
    return true;
}

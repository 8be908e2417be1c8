#include "template/blanks.h"

#include <string.h>

size_t blank_at(str text, size_t at)
{
    static const char *const wide[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                       "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    if (at >= text.len)
        return 0;
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
    str rest = str_slice(text, at, text.len);
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_starts(rest, str_of(wide[i])))
            return strlen(wide[i]);
    bool quad = rest.len >= 3 && memcmp(rest.ptr, "\xE2\x80", 2) == 0; /* U+2000 to U+200A */
    return quad && (unsigned char)rest.ptr[2] >= 0x80 && (unsigned char)rest.ptr[2] <= 0x8A ? 3 : 0;
}

size_t blank_next(str text, size_t at)
{
    while (at < text.len && blank_at(text, at) == 0)
        at++;
    return at;
}

str blank_trim(str text)
{
    size_t from = 0, size, to;
    while ((size = blank_at(text, from)) > 0)
        from += size;
    for (to = text.len; to > from;) {
        size_t start = to - 1;
        while (start > from && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            start--;
        size = blank_at(text, start);
        if (size == 0 || start + size != to)
            break;
        to = start;
    }
    return str_slice(text, from, to);
}

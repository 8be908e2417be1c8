#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

/* A text that did not fit may end inside a character: what people read is whole. */
static void __attribute__((format(printf, 3, 0))) write_text(char *out, size_t size, const char *format, va_list args)
{
    if (vsnprintf(out, size, format, args) < (int)size)
        return;
    size_t end = size - 1;
    while (end > 0 && ((unsigned char)out[end - 1] & 0xC0) == 0x80)
        end--;
    bool is_cut = end > 0 && ((unsigned char)out[end - 1] & 0xC0) == 0xC0;
    out[is_cut ? end - 1 : size - 1] = '\0';
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    if (err == NULL)
        return false;
    *err = (struct err){.code = code};
    va_list args;
    va_start(args, format);
    write_text(err->message, sizeof err->message, format, args);
    va_end(args);
    return false;
}

bool err_detail(struct err *err, const char *format, ...)
{
    if (err == NULL)
        return false;
    va_list args;
    va_start(args, format);
    write_text(err->detail, sizeof err->detail, format, args);
    va_end(args);
    return false;
}

#include "base/position.h"

#include "base/decimal.h"

#include <math.h>
#include <string.h>

/* A decimal number, with a point or a comma. */
static bool number_of(str text, double *out)
{
    char plain[32];
    struct decimal number;
    text = str_trim(text);
    if (text.len == 0 || text.len >= sizeof plain)
        return false;
    for (size_t i = 0; i < text.len; i++)
        plain[i] = text.ptr[i] == ',' ? '.' : text.ptr[i];
    if (memchr(plain, 'e', text.len) != NULL || memchr(plain, 'E', text.len) != NULL ||
        !decimal_parse((str){plain, text.len}, &number))
        return false;
    *out = decimal_to_double(number);
    return true;
}

bool position_is_on_earth(struct position position)
{
    return fabs(position.lat) <= 90 && fabs(position.lon) <= 180;
}

bool position_parse(str text, struct position *out)
{
    str lat, lon;
    text = str_trim(text);
    if (!str_cut(text, ';', &lat, &lon)) {
        size_t at = str_find(text, STR(", "), 0);
        at = at == SIZE_MAX ? str_find(text, STR(" "), 0) : at;
        if (at == SIZE_MAX && !str_cut(text, ',', &lat, &lon))
            return false;
        if (at != SIZE_MAX) {
            lat = str_slice(text, 0, at);
            lon = str_slice(text, at + 1, text.len);
        }
    }
    return number_of(lat, &out->lat) && number_of(lon, &out->lon) && position_is_on_earth(*out);
}

str position_text(struct arena *arena, struct position position)
{
    return str_fmt(arena, "%.6f;%.6f", position.lat, position.lon);
}

/* Where a photograph was taken, as the camera noted it (EXIF): read by libvips, from what it prints of it. */
#include "base/child.h"
#include "received/received.h"

#include <stdlib.h>

enum { PRINTED_MOST = 64 << 10, NUMBERS = 3 }; /* degrees, minutes, seconds */

/* The rest of the line that begins so; empty: there is none. */
static str line_of(str printed, str name)
{
    for (str line, rest = printed; rest.len > 0 && str_next(&rest, '\n', &line);)
        if (str_starts(line, name))
            return str_slice(line, name.len, line.len);
    return STR_EMPTY;
}

/* « 505548/10000 » */
static bool read_ratio(str text, double *out)
{
    str above, below;
    int64_t number, of;
    if (!str_cut(text, '/', &above, &below) || !str_to_int64(above, &number) || !str_to_int64(below, &of) ||
        number < 0 || of <= 0)
        return false;
    *out = (double)number / (double)of;
    return true;
}

/* « 45/1 45/1 505548/10000 (45, 45, 50.5548, Rational, 3 components, 24 bytes) » */
static bool read_angle(str text, double *out)
{
    double unit = 1, part;
    int count = 0;
    *out = 0;
    for (str word, rest = str_trim(text); count < NUMBERS && rest.len > 0 && str_next(&rest, ' ', &word); count++) {
        if (!read_ratio(word, &part))
            return false;
        *out += part / unit;
        unit *= 60;
    }
    return count == NUMBERS;
}

bool received_read_place(str printed, struct position *out)
{
    if (!read_angle(line_of(printed, STR("exif-ifd3-GPSLatitude: ")), &out->lat) ||
        !read_angle(line_of(printed, STR("exif-ifd3-GPSLongitude: ")), &out->lon))
        return false;
    if (str_starts(line_of(printed, STR("exif-ifd3-GPSLatitudeRef: ")), STR("S")))
        out->lat = -out->lat;
    if (str_starts(line_of(printed, STR("exif-ifd3-GPSLongitudeRef: ")), STR("W")))
        out->lon = -out->lon;
    return position_is_on_earth(*out);
}

bool received_place(struct arena *arena, int fd, struct position *out)
{
    static const char *const words[] = {"vipsheader", "-a", CHILD_FILE, NULL};
    char *printed = arena_alloc(arena, PRINTED_MOST);
    return child_run(words, fd, printed, PRINTED_MOST) == 0 && received_read_place(str_of(printed), out);
}

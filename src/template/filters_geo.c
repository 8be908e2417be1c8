/* Distances on the WGS 84 ellipsoid. */
#include "template/filters.h"

#include <math.h>

struct position { /* radians */
    double lat, lon;
};

static const double degree = 0.017453292519943295;

static bool member_double(struct machine *m, struct value from, str key, double *out)
{
    return filter_double(m, value_get(m->arena, from, key), out);
}

/* « 48.1;2.1 », or lat and lon (or lng) of a dict. */
static bool position_of(struct machine *m, struct value value, struct position *out)
{
    double lat, lon;
    value = value_plain(m->arena, value);
    if (value.kind == VALUE_TEXT) {
        str first, second;
        if (!str_cut(value.text, ';', &first, &second) || !filter_double(m, value_text(first), &lat) ||
            !filter_double(m, value_text(second), &lon))
            return false;
    } else if (!member_double(m, value, STR("lat"), &lat) ||
               (!member_double(m, value, STR("lon"), &lon) && !member_double(m, value, STR("lng"), &lon))) {
        return false;
    }
    *out = (struct position){lat * degree, lon * degree};
    return fabs(lat) <= 90 && fabs(lon) <= 360;
}

/* Vincenty's inverse formula (Survey Review XXIII 176, 1975): metres, exact to a millimetre. Points nearly opposite
 * on Earth, where it does not converge, get the length of the last turn. */
static double vincenty(struct position p, struct position q)
{
    const double a = 6378137, f = 1 / 298.257223563, b = a * (1 - f);
    double u1 = atan((1 - f) * tan(p.lat)), u2 = atan((1 - f) * tan(q.lat)), far = q.lon - p.lon, lambda = far;
    double sigma = 0, sin_sigma = 0, cos_sigma = 0, cos2_alpha = 1, cos_2m = 0;
    for (int turn = 0; turn < 200; turn++) {
        double x = cos(u2) * sin(lambda), y = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda);
        sin_sigma = hypot(x, y);
        if (sin_sigma == 0)
            return 0;
        cos_sigma = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda);
        sigma = atan2(sin_sigma, cos_sigma);
        double sin_alpha = cos(u1) * cos(u2) * sin(lambda) / sin_sigma;
        cos2_alpha = 1 - sin_alpha * sin_alpha;
        cos_2m = cos2_alpha == 0 ? 0 : cos_sigma - 2 * sin(u1) * sin(u2) / cos2_alpha;
        double c = f / 16 * cos2_alpha * (4 + f * (4 - 3 * cos2_alpha)), last = lambda;
        lambda = far + (1 - c) * f * sin_alpha *
                           (sigma + c * sin_sigma * (cos_2m + c * cos_sigma * (2 * cos_2m * cos_2m - 1)));
        if (fabs(lambda - last) < 1e-12)
            break;
    }
    double k = cos2_alpha * (a * a - b * b) / (b * b);
    double big_a = 1 + k / 16384 * (4096 + k * (k * (320 - 175 * k) - 768));
    double big_b = k / 1024 * (256 + k * (k * (74 - 47 * k) - 128));
    double square = cos_2m * cos_2m;
    double delta = big_b * sin_sigma *
                   (cos_2m + big_b / 4 *
                                 (cos_sigma * (2 * square - 1) -
                                  big_b / 6 * cos_2m * (4 * sin_sigma * sin_sigma - 3) * (4 * square - 3)));
    return b * big_a * (sigma - delta);
}

static struct value apply_distance(struct machine *m, struct value value, const struct value *argument)
{
    struct position from, to;
    if (!position_of(m, value, &from) || !position_of(m, *argument, &to))
        return VALUE_EMPTY;
    return value_float(vincenty(from, to));
}

static const struct filter filters[] = {
    {"distance", apply_distance, ARGUMENT_NEEDED, FILTER_WCS},
};

FILTER_TABLE(filters_geo, filters);

/* Distances on the WGS 84 ellipsoid, and the projections that French services ask for. */
#include "template/filters.h"

#include <math.h>

struct radians { /* radians; x and y in metres once projected */
    double lat, lon;
};

static const double degree = 0.017453292519943295;

static bool member_double(struct machine *m, struct value from, str key, double *out)
{
    return filter_double(m, value_get(m->arena, from, key), out);
}

/* « 48.1;2.1 », or lat and lon (or lng) of a dict. */
static bool position_of(struct machine *m, struct value value, struct radians *out)
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
    *out = (struct radians){lat * degree, lon * degree};
    return fabs(lat) <= 90 && fabs(lon) <= 360;
}

/* Vincenty's inverse formula (Survey Review XXIII 176, 1975): metres, exact to a millimetre. Points nearly opposite
 * on Earth, where it does not converge, get the length of the last turn. */
static double vincenty(struct radians p, struct radians q)
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
    struct radians from, to;
    if (!position_of(m, value, &from) || !position_of(m, *argument, &to))
        return VALUE_EMPTY;
    return value_float(vincenty(from, to));
}

/* Lambert's conformal conic projection with two parallels on GRS 80, which RGF 93 takes (IGN, NTG 71). */
struct lambert {
    double lat, lon;    /* of the origin, degrees */
    double low, high;   /* parallels */
    double east, north; /* of the origin, metres */
};

static double isometric(double lat, double e)
{
    return log(tan(M_PI / 4 + lat / 2) * pow((1 - e * sin(lat)) / (1 + e * sin(lat)), e / 2));
}

static struct radians lambert_project(const struct lambert *l, struct radians p)
{
    const double a = 6378137, f = 1 / 298.257222101, e = sqrt(f * (2 - f));
    double low = l->low * degree, high = l->high * degree;
    double normal1 = a / sqrt(1 - e * e * sin(low) * sin(low)), normal2 = a / sqrt(1 - e * e * sin(high) * sin(high));
    double iso1 = isometric(low, e);
    double n = log(normal2 * cos(high) / (normal1 * cos(low))) / (iso1 - isometric(high, e));
    double c = normal1 * cos(low) / n * exp(n * iso1);
    double radius0 = c * exp(-n * isometric(l->lat * degree, e)), radius = c * exp(-n * isometric(p.lat, e));
    double turn = n * (p.lon - l->lon * degree);
    return (struct radians){l->east + radius * sin(turn), l->north + radius0 - radius * cos(turn)};
}

static struct radians mercator_project(struct radians p) /* Web Mercator, on the sphere */
{
    return (struct radians){6378137 * p.lon, 6378137 * log(tan(M_PI / 4 + p.lat / 2))};
}

/* x and y of a position; false for a system that is not known. */
static bool project(int64_t system, struct radians p, struct radians *out)
{
    const struct lambert france = {46.5, 3, 44, 49, 700000, 6600000};
    if (system == 4326) {
        *out = (struct radians){p.lon / degree, p.lat / degree};
    } else if (system == 3857) {
        *out = mercator_project(p);
    } else if (system == 2154) {
        *out = lambert_project(&france, p);
    } else if (system >= 3942 && system <= 3950) { /* the nine zones « CC 42 » to « CC 50 » */
        double lat = (double)(system - 3900);
        const struct lambert zone = {lat, 3, lat - 0.75, lat + 0.75, 1700000, (lat - 41) * 1000000 + 200000};
        *out = lambert_project(&zone, p);
    } else {
        return false;
    }
    return true;
}

static bool system_of(struct machine *m, struct value value, int64_t *system)
{
    str name = filter_text(m, value);
    return str_starts(name, STR("EPSG:")) && str_to_int64(str_slice(name, 5, name.len), system);
}

/* reproj:"EPSG:3946": the pair x, y. */
static struct value apply_reproj(struct machine *m, struct value value, const struct value *argument)
{
    struct radians from, to;
    int64_t system;
    str name = filter_text(m, *argument);
    if (!position_of(m, value, &from))
        return VALUE_EMPTY;
    if (!system_of(m, *argument, &system) || !project(system, from, &to))
        return machine_fault(m, "« reproj » ne connaît pas la projection « %.*s ».", STR_ARG(name));
    struct value_list *pair = value_list_new(m->arena);
    pair->is_tuple = true;
    value_list_add(m->arena, pair, value_float(to.lat));
    value_list_add(m->arena, pair, value_float(to.lon));
    return value_list(pair);
}

static bool is_projection(struct machine *m, struct value value)
{
    struct radians to;
    int64_t system;
    return system_of(m, value, &system) && project(system, (struct radians){0}, &to);
}

static const struct filter_want want_projection = {"une projection (« EPSG:2154 »)", is_projection};

static const struct filter filters[] = {
    {"distance", apply_distance, ARGUMENT_NEEDED, FILTER_WCS,
     "La distance entre deux points, en mètres, sur l’ellipsoïde WGS84.",
     "{{ '45.7578;4.8320'|distance:'45.7640;4.8357'|floatformat:0 }}", "747", .kinds = GIVES_FLOAT},
    {"reproj", apply_reproj, ARGUMENT_NEEDED, FILTER_WCS, "Un point dans un autre système de coordonnées.",
     "{% with p='45.7578;4.8320'|reproj:'EPSG:3946' %}{{ p.0|floatformat:0 }} {{ p.1|floatformat:0 }}{% endwith %}",
     "1842507 5174721", .takes = &want_projection, .kinds = GIVES_LIST},
};

FILTER_TABLE(filters_geo, "Géographie", filters);

/* Boxes and the lines between them, placed from above to below so that no box touches another. */
#ifndef GUICHET_PICTURE_LAYOUT_H
#define GUICHET_PICTURE_LAYOUT_H

#include "base/base.h"

struct layout_box {
    double width, height; /* asked, in points */
    double x, y;          /* given: the centre, y downwards */
};
struct layout_point {
    double x, y;
};
struct layout_line {
    size_t from, to; /* which boxes; a pair stands once */
    /* Given: a start, then three points for each Bézier curve. */
    const struct layout_point *points;
    size_t point_count;
};
struct layout {
    struct VEC_OF(struct layout_box) boxes;
    struct VEC_OF(struct layout_line) lines;
    double width, height; /* given: of the whole */
};
/* Places all. False and err: ERR_UNAVAILABLE. */
bool layout_make(struct arena *arena, struct layout *layout, struct err *err);

#endif

/* Colours of a theme, and whether one can be read on another (WCAG 2.2, 1.4.3). Private to sites/. */
#ifndef GUICHET_SITES_COLOUR_H
#define GUICHET_SITES_COLOUR_H

#include "base/str.h"

struct colour {
    unsigned char red, green, blue;
};

/* #rrggbb */
bool colour_parse(str text, struct colour *out);
/* 1 (the same) to 21 (black on white). */
double colour_contrast(struct colour a, struct colour b);

#endif

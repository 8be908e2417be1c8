/* Texts broken into lines, and how much room they take in the fonts that a browser may have. */
#ifndef GUICHET_PICTURE_LINES_H
#define GUICHET_PICTURE_LINES_H

#include "base/base.h"

struct line {
    str text;
    double width; /* points, rather too many */
    bool is_bold;
    bool is_fitted; /* has signs whose width is anybody's guess: it is to be drawn as wide as said here */
};
struct lines VEC_OF(struct line);

enum { LINE_SIZE = 14, LINE_HEIGHT = 19 }; /* points */

/* Adds the text, broken between words (within a long one, too) so that no line is wider than that; at the most so many
 * lines, the last with « … » where more was said. What XML forbids is left out. */
void lines_add(struct arena *arena, struct lines *lines, str text, double width, size_t most, bool is_bold);
double lines_width(const struct lines *lines);

#endif

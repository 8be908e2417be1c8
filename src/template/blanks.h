/* White space as Python's str.isspace counts it: no-break and typographic blanks too, which editors of rich text leave
 * in templates. Private to template. */
#ifndef GUICHET_TEMPLATE_BLANKS_H
#define GUICHET_TEMPLATE_BLANKS_H

#include "base/str.h"

/* Bytes of the blank at that place, 0 where there is none. */
size_t blank_at(str text, size_t at);
/* The end of the run without blanks that begins there. */
size_t blank_next(str text, size_t at);
/* Without blanks at both ends. */
str blank_trim(str text);

#endif

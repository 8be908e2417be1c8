/* Headings of a page that others wrote piece by piece: a subtitle without a title, a text that begins with a third
 * level. Who listens to a page goes by its levels, so none may be left out (RGAA 9.1). Private to forms/. */
#ifndef GUICHET_FORMS_HEADINGS_H
#define GUICHET_FORMS_HEADINGS_H

#include "base/base.h"

enum { HEADING_OF_PAGE = 1, HEADING_LOWEST = 6 };

/* The level for one that asks for such a level, where the last had that one: at most one below it, and never the
 * page's own. */
int heading_level(int asked, int last);
/* The HTML with its headings at such levels. *level: of the last heading before it; of its own last, after. */
str headings_in_order(struct arena *arena, str html, int *level);

#endif

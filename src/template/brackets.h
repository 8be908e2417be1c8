/* brackets: the legacy bracket dialect of w.c.s. Private to template. */
#ifndef GUICHET_TEMPLATE_BRACKETS_H
#define GUICHET_TEMPLATE_BRACKETS_H

#include "template/compiler.h"

/* Whether the text has any […] that the dialect reads. */
bool brackets_stand_in(struct arena *arena, str source);

/* Compiles the text in the bracket dialect. */
bool brackets_compile(struct compiler *c, str source);

#endif

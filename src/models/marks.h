/* Marks: in the text that a template makes, each stands for a piece of the document around it. They are made of signs
 * and digits that nobody can know, so that what answers bring is never one. Private to models/. */
#ifndef GUICHET_MODELS_MARKS_H
#define GUICHET_MODELS_MARKS_H

#include "template/template.h"

/* How the marks of a text begin, in the arena. */
str mark_new(struct arena *arena);
/* The mark of the piece of that number. */
void mark_add(struct buf *out, str mark, size_t index);

/* The template's text, in valid UTF-8, in the render's arena. */
str marked_text(const struct template *template, struct render *render);
/* Steps through it: the words before the next mark and the number of its piece, below count; SIZE_MAX: they are the
 * last, or what looks like a mark is none. *at begins with 0; false at the end. */
bool mark_next(str text, str mark, size_t count, size_t *at, str *words, size_t *index);

#endif

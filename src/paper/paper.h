/* paper: texts on pages of A4, as a tagged PDF (ISO 32000-1 §14.8): what a person is given to keep, and the letters of
 * a town. guichet-pdf lays them out, a program of its own that stands beside this one and is run with bounds, since
 * what lays text out reads whatever people typed. */
#ifndef GUICHET_PAPER_H
#define GUICHET_PAPER_H

#include "base/base.h"

/* A text that grows from its beginning to its end; it lives in its arena. */
struct paper {
    struct arena *arena;
    json_t *document; /* what guichet-pdf reads: {title, lang, author, footer, blocks} */
    json_t *blocks;
    json_t *items; /* of the list that goes on; NULL: none does */
};

/* title and author are those of the file; footer stands at the bottom of each page, before its number. In French. */
void paper_begin(struct paper *paper, struct arena *arena, str title, str author, str footer);
/* kind: « h1 » « h2 » « h3 », « right » (a paragraph in the right half: whom a letter is for), « p ». An empty text is
 * left out; controls are, but for ends of lines. */
void paper_add_text(struct paper *paper, const char *kind, str text);
/* A label and what it tells, in the list that goes on. */
void paper_add_item(struct paper *paper, str label, str text);
/* A letter that somebody typed: a paragraph after each empty line, its lines as they are; « # », « ## », « ### » begin
 * headings; a paragraph whose lines all begin with a tab or four blanks stands in the right half. */
void paper_add_letter(struct paper *paper, str text);

/* The PDF, of size bytes (64 MB at the most): an open file that is no longer anywhere else, made in that folder; -1
 * where it could not be. */
int paper_print(const struct paper *paper, str folder, int64_t *size);

#endif

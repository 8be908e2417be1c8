/* Text with some form: bold, lists, links. What a browser sends is read as HTML and written anew from the few elements
 * that are allowed, so that nothing else comes through. Private to forms/. */
#ifndef GUICHET_FORMS_RICH_H
#define GUICHET_FORMS_RICH_H

#include "base/base.h"

enum rich_kind {
    RICH_BASIC, /* paragraphs, bold, italic, underlined, lists, links */
    RICH_FULL,  /* headings, quotations, code, indices too */
};

/* The allowed part of it. Empty where nothing of it is text. */
str rich_clean(struct arena *arena, str html, enum rich_kind kind);
/* As plain text: paragraphs apart, « - » before what is in a list. */
str rich_plain(struct arena *arena, str html);
/* Plain text as it would be written: paragraphs, lines, and lists of lines that begin with « - ». */
str rich_from_plain(struct arena *arena, str text);

#endif

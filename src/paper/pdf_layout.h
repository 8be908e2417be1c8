/* Text on pages of A4, by Pango and Cairo, tagged as it is laid out. Private to guichet-pdf. */
#ifndef GUICHET_PAPER_PDF_LAYOUT_H
#define GUICHET_PAPER_PDF_LAYOUT_H

#include <stdbool.h>

struct pdf_layout;

/* Texts are UTF-8; footer stands at the bottom of each page, before its number. NULL where path can't be written. */
struct pdf_layout *pdf_open(const char *path, const char *title, const char *author, const char *footer);
/* kind: « h1 » « h2 » « h3 », « right »: a paragraph in the right half, or anything else: a paragraph. */
void pdf_add_text(struct pdf_layout *layout, const char *kind, const char *text);
void pdf_begin_list(struct pdf_layout *layout);
void pdf_add_item(struct pdf_layout *layout, const char *label, const char *text);
void pdf_end_list(struct pdf_layout *layout);
/* Frees it; false where not all could be written. */
bool pdf_close(struct pdf_layout *layout);

#endif

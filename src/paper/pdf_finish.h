/* What Cairo 1.16 can't say of a tagged PDF, said by qpdf. Private to guichet-pdf. */
#ifndef GUICHET_PAPER_PDF_FINISH_H
#define GUICHET_PAPER_PDF_FINISH_H

#include <stdbool.h>

/* Reads drawn, writes path: the language, that it is tagged, that its title is shown, its metadata; what stands behind
 * the last tag of a page is an artifact (ISO 32000-1 §14.8.2.2). */
bool pdf_finish(const char *drawn, const char *path, const char *lang, const char *title);

#endif

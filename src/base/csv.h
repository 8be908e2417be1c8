/* csv: tables as people's spreadsheets write and read them (RFC 4180, and what Excel and LibreOffice make of it).
 *
 * The reader finds out by itself how the file is written: UTF-8 with or without a mark, or else Windows-1252, which is
 * what a French Excel saves; cells cut by semicolons, commas or tabs, the one that the first line has most of. It reads
 * row by row in constant memory. A row that can't be read is given with its problem, and the next ones are read.
 *
 * A cell that a spreadsheet would run as a formula is written behind an apostrophe, which the reader takes away
 * again. */
#ifndef GUICHET_BASE_CSV_H
#define GUICHET_BASE_CSV_H

#include "base/buf.h"
#include "base/err.h"

#include <stdio.h>

enum {
    CSV_ROW_MOST = 1 << 20, /* bytes of a row, as UTF-8 */
    CSV_CELLS_MOST = 1000,  /* of a row */
};

struct csv_row {
    size_t line; /* in the file, where the row begins, from 1 */
    size_t count;
    const str *cells; /* UTF-8, without NUL; blanks at both ends are kept */
    str problem;      /* French: why it could not be read; empty: it was. Cells are none then */
};

struct csv_reader;

/* Looks through the file once to know how it is written, and goes back to its beginning: it must be one that can be
 * gone back in. The reader lives in the arena; the file stays the caller's. NULL and err: it can't be read, or is no
 * text (NUL in its first line: a spreadsheet's own format, UTF-16). */
struct csv_reader *csv_open(struct arena *arena, FILE *file, struct err *err);
char csv_separator(const struct csv_reader *reader);
bool csv_is_windows(const struct csv_reader *reader);
/* The next row that is not empty; false at the end. What it points at lives until the next call. */
bool csv_next(struct csv_reader *reader, struct csv_row *row);

/* ---- Writing: into a buf, whose ceiling the caller looks at ---- */

/* What a file begins with, so that Excel reads UTF-8. */
#define CSV_MARK STR("\xEF\xBB\xBF")
/* One cell, and what ends it: a semicolon, or the line where it is the last of its row. */
void csv_add(struct buf *out, str cell, bool is_last);

#endif

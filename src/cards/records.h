/* Private to cards/: what a file holds, row by row, whatever its format. */
#ifndef GUICHET_CARDS_RECORDS_H
#define GUICHET_CARDS_RECORDS_H

#include "base/csv.h"
#include "cards/cards.h"

/* Whether an answer to the field can stand in a cell. */
bool records_hold(const struct field *field);

struct records;
/* The file is the caller's; the reader lives in the arena. NULL and err: it can't be read, or its columns are not those
 * of the model. */
struct records *records_open(struct arena *arena, const struct form *model, FILE *file, enum cards_format format,
                             struct err *err);
bool records_are_windows(const struct records *records);

struct record {
    size_t line;
    str identifier; /* empty: not told */
    str problem;    /* empty: it was read */
    size_t count;   /* of fields that the file gives */
    const struct field **fields;
    struct value *values;
};
/* The next one, in the arena; false at the end. */
bool records_next(struct records *records, struct arena *arena, struct record *out);

#endif

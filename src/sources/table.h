/* Private to sources/. */
#ifndef GUICHET_SOURCES_TABLE_H
#define GUICHET_SOURCES_TABLE_H

#include "sources/source.h"

/* The rows of a table, and those that qs_data asks for. */
struct source_table;

/* A CSV text with a line of names. id and text name the columns of these, by their title or key; empty: « id » and
 * « text », else the first column and the one behind it. filters: {column: template}, may be NULL. NULL where no list
 * can be made of it; *problem says why, or which lines are passed over; empty: nothing is wrong. */
const struct source_table *table_compile(struct arena *arena, const json_t *document, str text, str where,
                                         str *problem);
/* What the filters read; for the static check. */
void table_texts(const struct source_table *table, struct arena *arena, struct call_texts *out);
struct choices table_choices(const struct source_table *table, struct render *render);
/* Where they are the same for every request. */
bool table_is_fixed(const struct source_table *table, struct choices *out);

#endif

/* exports: what was filed with a form, as a file for agents: a table (CSV as spreadsheets have it, base/csv.h;
 * OpenDocument 1.2) or JSON.
 *
 * It is written piece by piece, each one page of the list, so that a hundred thousand requests take the memory of fifty
 * and nobody waits for the whole. What it holds is what the agent's list of the form holds when it begins, each request
 * once; one that is treated meanwhile is written as it is then. */
#ifndef GUICHET_EXPORTS_H
#define GUICHET_EXPORTS_H

#include "dossiers/dossiers.h"

enum export_format { EXPORT_CSV, EXPORT_ODS, EXPORT_JSON };
/* By the end of a file's name: « csv », « ods », « json ». */
bool export_format_called(str name, enum export_format *out);
str export_media_type(enum export_format format);

/* query: as the list has it, of this form; its cursor and limit do not count, and its order only as far as oldest first
 * or not. Everything that is given, and what this gives, lives in or longer than the arena of the place. */
struct export *export_begin(const struct dossier_place *place, const struct form *form,
                            const struct dossier_query *query, enum export_format format);
/* Writes on, behind what is in out; *is_last: that was all. arena may be emptied after each call. False and err where
 * the store fails: then the file is not whole. */
bool export_next(struct export *export, struct arena *arena, struct buf *out, bool *is_last, struct err *err);

#endif

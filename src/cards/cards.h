/* cards: the cards of a model as a file, in and out: CSV as spreadsheets have it (base/csv.h), or JSON.
 *
 * A row is a card. Its columns are the model's fields, by label, by name (varname) or by id, in any order; «
 * Identifiant » names a card that is there already, which the row then changes: the columns that the file has, and no
 * other. In JSON:
 * {"data": [{"id": identifier, "fields": {varname or id: value}}]}, or the list alone; it is read whole, JSON_TEXT_MOST
 * at the most. Files and repeated blocks have no column. */
#ifndef GUICHET_CARDS_H
#define GUICHET_CARDS_H

#include "dossiers/dossiers.h"

#include <stdio.h>

enum cards_format { CARDS_CSV, CARDS_JSON };

struct cards_options {
    enum cards_format format;
    const struct actor *actor; /* who imports: rows change what this agent may change */
    bool skips_wrong;          /* the right rows are written; else a wrong one keeps all from it */
    bool is_dry;               /* looks, and writes nothing */
};

enum { CARDS_PROBLEMS_MOST = 200 };
struct cards_problem {
    size_t line; /* of the file; JSON: the rank of the card, from 1 */
    str message;
};
struct cards_report {
    size_t rows, created, changed, unchanged, wrong;
    struct VEC_OF(struct cards_problem) problems; /* the first ones */
    bool is_windows;                              /* the file was no UTF-8 */
    bool is_written;                              /* false: a row was wrong, nothing was written */
};

/* Looks at every row, then writes the right ones, some hundred in a transaction. Memory stays the same whatever the
 * file's length, but for the identifiers. report lives in the place's arena. False and err: the file as a whole can't
 * be read, or the store failed; what report counts is written then. */
bool cards_import(const struct dossier_place *place, const struct form *model, FILE *file,
                  const struct cards_options *options, struct cards_report *report, struct err *err);

/* Writes all cards of the model, those of actor's lists alone; write gives false where nobody takes any more. */
typedef bool cards_write(void *arg, str bytes);
bool cards_export(const struct dossier_place *place, const struct form *model, const struct actor *actor,
                  enum cards_format format, cards_write *write, void *arg, struct err *err);

#endif

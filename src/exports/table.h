/* Private to exports/: a request as a row, and the formats. */
#ifndef GUICHET_EXPORTS_TABLE_H
#define GUICHET_EXPORTS_TABLE_H

#include "base/zip.h"
#include "exports/exports.h"

/* One request, as a list and as its page have it. */
struct exported {
    const struct dossier_line *line;
    const struct dossier *dossier;
};

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_INSTANT };
struct cell {
    enum cell_kind kind;
    str text;  /* as people read it; empty: the cell is */
    str value; /* of others than texts, as OpenDocument and JSON write them: 12.5, 2026-12-14, 2026-12-14T09:30:00 */
};

struct table {
    const struct form *form;
    const struct field_list *backoffice; /* may be NULL */
    struct answer_columns columns;
    size_t width; /* of a row: the columns, and those before them that every form has */
    struct zip *zip;
    bool has_rows;
};

/* Fills what the columns are. */
void table_make(struct table *table, const struct dossier_place *place, const struct form *form);
/* width of them. */
const str *table_labels(const struct table *table, struct arena *arena);
const struct cell *table_cells(const struct table *table, struct arena *arena, const struct exported *exported);

struct table_format {
    str ending, media_type;
    void (*begin)(struct table *table, struct arena *arena, struct buf *out);
    void (*row)(struct table *table, struct arena *arena, const struct exported *exported, struct buf *out);
    bool (*end)(struct table *table, struct arena *arena, struct buf *out); /* false: it is too large for its format */
};
extern const struct table_format format_csv, format_json, format_ods;

#endif

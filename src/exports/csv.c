#include "base/csv.h"

#include "exports/table.h"

static void begin(struct table *table, struct arena *arena, struct buf *out)
{
    const str *labels = table_labels(table, arena);
    buf_add(out, CSV_MARK);
    for (size_t i = 0; i < table->width; i++)
        csv_add(out, labels[i], i + 1 == table->width);
}

static void row(struct table *table, struct arena *arena, const struct exported *exported, struct buf *out)
{
    const struct cell *cells = table_cells(table, arena, exported);
    for (size_t i = 0; i < table->width; i++)
        csv_add(out, cells[i].text, i + 1 == table->width);
}

static bool end(struct table *table, struct arena *arena, struct buf *out)
{
    (void)table;
    (void)arena;
    (void)out;
    return true;
}

const struct table_format format_csv = {STR_INIT("csv"), STR_INIT("text/csv; charset=utf-8"), begin, row, end};

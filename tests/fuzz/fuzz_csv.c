/* A table that somebody hands in: its cells are UTF-8 without NUL, rows keep their bounds, and what is written again is
 * read the same. */
#include "base/base.h"
#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void read_again(struct arena *arena, const struct csv_row *row)
{
    struct buf out = buf_new(arena, 8 * CSV_ROW_MOST);
    for (size_t i = 0; i < row->count; i++)
        csv_add(&out, row->cells[i], i + 1 == row->count);
    FILE *file = fmemopen(out.ptr, out.len, "r");
    check(file != NULL);
    struct csv_reader *reader = csv_open(arena, file, NULL);
    struct csv_row again;
    check(reader != NULL && csv_next(reader, &again) && again.problem.len == 0);
    if (row->count > 1) /* one cell has no separator to know it by */
        check(again.count == row->count);
    for (size_t i = 0; i < row->count && row->count > 1; i++)
        check(str_eq(again.cells[i], row->cells[i]));
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
    check(file != NULL);
    struct csv_reader *reader = csv_open(arena, file, NULL);
    struct csv_row row;
    size_t rows = 0;
    while (reader != NULL && csv_next(reader, &row)) {
        check(row.count <= CSV_CELLS_MOST && (row.problem.len > 0) == (row.count == 0));
        for (size_t i = 0; i < row.count; i++)
            check(utf8_is_valid(row.cells[i]) && memchr(row.cells[i].ptr, 0, row.cells[i].len) == NULL);
        if (row.problem.len == 0 && rows++ < 4)
            read_again(arena, &row);
    }
    fclose(file);
    arena_free(arena);
    return 0;
}

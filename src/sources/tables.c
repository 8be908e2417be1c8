/* The text of a table as a definition keeps it. */
#include "base/csv.h"
#include "sources/sources.h"

static void add_row(struct buf *out, const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        csv_add(out, row->cells[i], i + 1 == row->count);
}

/* Lines end by LF alone: a cell never has a CR, and definitions are compared by lines. */
static str without_returns(struct buf *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i] != '\r')
            text->ptr[kept++] = text->ptr[i];
    return (str){text->ptr, kept};
}

static bool tell_size(struct err *err)
{
    return err_set(err, ERR_TOO_LARGE, "Le tableau est trop grand : %d Mo au plus.", SOURCE_TABLE_MOST >> 20);
}

static bool read_table(struct arena *arena, FILE *file, struct buf *out, struct err *err)
{
    struct csv_row row;
    struct csv_reader *reader = csv_open(arena, file, err);
    while (reader != NULL && csv_next(reader, &row)) {
        if (row.problem.len > 0)
            return err_set(err, ERR_INVALID, "Ligne %zu : %.*s.", row.line, STR_ARG(row.problem));
        add_row(out, &row);
        if (out->overflowed)
            return tell_size(err);
    }
    return reader != NULL;
}

bool source_table_text(struct arena *arena, str bytes, str *text, struct err *err)
{
    FILE *file = bytes.len > 0 ? fmemopen((void *)(uintptr_t)bytes.ptr, bytes.len, "r") : NULL;
    if (file == NULL)
        return err_set(err, ERR_INVALID, "Le fichier est vide.");
    struct buf out = buf_new(arena, SOURCE_TABLE_MOST);
    struct arena *scratch = arena_new();
    bool ok = read_table(scratch, file, &out, err);
    arena_free(scratch);
    fclose(file);
    *text = ok ? without_returns(&out) : STR_EMPTY;
    return ok;
}

const json_t *source_with_table(struct arena *arena, const json_t *document, str bytes, struct err *err)
{
    str text;
    if (!source_table_text(arena, bytes, &text, err))
        return NULL;
    json_t *with = json_keep(arena, json_deep_copy(document)), *inner = json_object_get(with, "source");
    json_set_str(inner, STR("value"), text);
    json_object_del(inner, "file");
    str problem = source_problem(source_compile(arena, with, STR("source")));
    if (problem.len == 0)
        return with;
    err_set(err, ERR_INVALID, "%.*s.", STR_ARG(problem));
    return NULL;
}

const json_t *source_with_file(struct arena *arena, const json_t *document, const char *path, struct err *err)
{
    str bytes;
    struct err failure = {0};
    if (file_read(arena, path, SOURCE_TABLE_MOST, &bytes, &failure))
        return source_with_table(arena, document, bytes, err);
    *err = failure;
    if (failure.code == ERR_TOO_LARGE)
        tell_size(err);
    return NULL;
}

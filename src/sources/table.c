/* Tables that a spreadsheet wrote, as choices: read once, when the definition is compiled. */
#include "sources/table.h"

#include "base/csv.h"

enum { COLUMNS_MOST = 50, PROBLEMS_SAID = 5 };

struct column_filter {
    str key;
    const struct template *template;
};

struct source_table {
    struct choices all;
    struct VEC_OF(struct column_filter) filters;
    struct map groups; /* with filters: the values of their columns → struct choices */
};

struct reading {
    struct arena *arena;
    str keys[COLUMNS_MOST];   /* of the columns; empty: it has no title and is passed over */
    str titles[COLUMNS_MOST]; /* as they are written */
    size_t count, id, text;   /* of columns; which of them */
    json_t *rows;
    struct map lines; /* id → where it stands, as a text */
    struct buf problems;
    size_t problem_count;
};

static void tell(struct reading *reading, size_t line, str message)
{
    if (reading->problem_count++ < PROBLEMS_SAID)
        buf_fmt(&reading->problems, "%sligne %zu : %.*s", reading->problem_count > 1 ? " ; " : "", line,
                STR_ARG(message));
}

/* ---- The first line ---- */

static bool is_name(str title)
{
    for (size_t i = 0; i < title.len; i++) {
        char c = title.ptr[i], lower = c | 0x20;
        bool is_digit = c >= '0' && c <= '9';
        if (c != '_' && (lower < 'a' || lower > 'z') && (!is_digit || i == 0))
            return false;
    }
    return title.len > 0;
}

/* What templates call a column: « Code INSEE » is code_insee; a title that is a name already stays as it is. */
static str key_of(struct arena *arena, str title)
{
    if (is_name(title))
        return title;
    str folded = utf8_fold(arena, title);
    struct buf key = buf_new(arena, folded.len + 2);
    for (size_t i = 0; i < folded.len; i++) {
        bool is_kept = is_name(str_slice(folded, i, i + 1)) || (folded.ptr[i] >= '0' && folded.ptr[i] <= '9');
        if (i == 0 && !is_name(str_slice(folded, 0, 1)))
            buf_add_char(&key, '_');
        if (is_kept)
            buf_add_char(&key, folded.ptr[i]);
        else if (key.len > 0 && key.ptr[key.len - 1] != '_')
            buf_add_char(&key, '_');
    }
    return buf_str(&key);
}

/* count: there is none. */
static size_t column_of(const struct reading *reading, str name)
{
    size_t i = 0;
    while (i < reading->count && !str_eq(reading->keys[i], name) && !str_eq(reading->titles[i], name))
        i++;
    return i;
}

static str no_column(const struct reading *reading, str name)
{
    struct buf said = buf_new(reading->arena, 4096);
    for (size_t i = 0; i < reading->count; i++)
        buf_fmt(&said, "%s%.*s", i > 0 ? ", " : "", STR_ARG(utf8_slice(reading->titles[i], 0, 40)));
    str columns = buf_str(&said);
    return str_fmt(reading->arena, "ligne 1 : il n’y a pas de colonne « %.*s » ; les colonnes sont : %.*s",
                   STR_ARG(utf8_slice(name, 0, 40)), STR_ARG(columns));
}

static str read_titles(struct reading *reading, const struct csv_row *row)
{
    if (row->count > COLUMNS_MOST)
        return str_fmt(reading->arena, "ligne %zu : il y a plus de %d colonnes", row->line, COLUMNS_MOST);
    for (size_t i = 0; i < row->count; i++) {
        str title = str_dup(reading->arena, str_trim(row->cells[i])), key = key_of(reading->arena, title);
        size_t other = column_of(reading, key);
        if (key.len > 0 && other < reading->count)
            return str_fmt(reading->arena, "ligne %zu : deux colonnes s’appellent « %.*s »", row->line, STR_ARG(key));
        reading->titles[i] = title;
        reading->keys[i] = key;
        reading->count++;
    }
    return STR_EMPTY;
}

/* Which columns are the id and the text; else what is wrong. */
static str choose_columns(struct reading *reading, str id, str text)
{
    size_t none = reading->count;
    reading->id = column_of(reading, id.len > 0 ? id : STR("id"));
    reading->text = column_of(reading, text.len > 0 ? text : STR("text"));
    if (id.len > 0 && reading->id == none)
        return no_column(reading, id);
    if (text.len > 0 && reading->text == none)
        return no_column(reading, text);
    if (reading->id == none)
        reading->id = 0;
    if (reading->text == none)
        reading->text = none == 1 ? 0 : reading->id == 0 ? 1 : 0;
    return STR_EMPTY;
}

/* ---- The others ---- */

static bool is_yes(str cell)
{
    static const char *const yes[] = {"1", "oui", "vrai", "true", "x"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_eq_nocase(cell, str_of(yes[i])))
            return true;
    return false;
}

static void set_cell(json_t *row, str key, str cell)
{
    if (str_eq(key, STR("disabled")))
        json_set(row, key, json_boolean(is_yes(cell)));
    else if (key.len > 0)
        json_set_str(row, key, cell);
}

static void add_row(struct reading *reading, const struct csv_row *read)
{
    str id = reading->id < read->count ? str_trim(read->cells[reading->id]) : STR_EMPTY;
    str text = reading->text < read->count ? str_trim(read->cells[reading->text]) : STR_EMPTY;
    const char *before = id.len > 0 ? map_get(&reading->lines, id) : NULL;
    if (read->count > reading->count)
        tell(reading, read->line, STR("elle a plus de cellules que la première ligne n’a de colonnes"));
    else if (id.len == 0)
        tell(reading, read->line, STR("elle n’a pas d’identifiant"));
    else if (before != NULL)
        tell(reading, read->line,
             str_fmt(reading->arena, "l’identifiant « %.*s » est déjà celui de la ligne %s",
                     STR_ARG(utf8_slice(id, 0, 40)), before));
    if (read->count > reading->count || id.len == 0 || before != NULL)
        return;
    json_t *row = json_object();
    for (size_t i = 0; i < reading->count; i++)
        set_cell(row, reading->keys[i], i < read->count ? str_trim(read->cells[i]) : STR_EMPTY);
    json_set_str(row, STR("id"), id);
    json_set_str(row, STR("text"), text.len > 0 ? text : id);
    json_array_append_new(reading->rows, row);
    map_set(&reading->lines, json_str(row, "id"), (void *)(uintptr_t)str_fmt(reading->arena, "%zu", read->line).ptr);
}

static str read_rows(struct reading *reading, struct csv_reader *reader)
{
    struct csv_row row;
    while (csv_next(reader, &row)) {
        if (row.problem.len > 0)
            tell(reading, row.line, row.problem);
        else if (json_array_size(reading->rows) == CHOICES_MOST)
            return str_fmt(reading->arena, "ligne %zu : il y a plus de %d lignes", row.line, CHOICES_MOST);
        else
            add_row(reading, &row);
    }
    return json_array_size(reading->rows) > 0 || reading->problem_count > 0
               ? STR_EMPTY
               : STR("il n’y a pas de ligne sous celle des titres");
}

static str read_table(struct reading *reading, const json_t *document, str text)
{
    struct err err = {0};
    FILE *file = text.len > 0 ? fmemopen((void *)(uintptr_t)text.ptr, text.len, "r") : NULL;
    struct csv_reader *reader = file != NULL ? csv_open(reading->arena, file, &err) : NULL;
    struct csv_row row;
    str problem = text.len == 0 ? STR("elle est vide") : str_of(err.message);
    if (reader != NULL) {
        bool has_titles = csv_next(reader, &row);
        problem = !has_titles ? STR("elle est vide") : row.problem;
        if (row.problem.len > 0 && has_titles)
            problem = str_fmt(reading->arena, "ligne %zu : %.*s", row.line, STR_ARG(row.problem));
        if (problem.len == 0)
            problem = read_titles(reading, &row);
        if (problem.len == 0)
            problem = choose_columns(reading, json_str(document, "id_attribute"), json_str(document, "text_attribute"));
        if (problem.len == 0)
            problem = read_rows(reading, reader);
    }
    if (file != NULL)
        fclose(file);
    return problem;
}

/* ---- Filters: the rows are grouped once, so that asking costs nothing ---- */

static str compile_filters(struct source_table *table, const struct reading *reading, struct arena *arena,
                           const json_t *document, str where)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json_dict(document, "qs_data"), name, value)
    {
        struct err err = {0};
        struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = where};
        size_t column = column_of(reading, str_of(name));
        if (column == reading->count)
            return no_column(reading, str_of(name));
        const struct template *template = template_compile(arena, json_str_of(value), &settings, &err);
        if (template == NULL)
            return str_fmt(arena, "le gabarit de la source est faux (%s) : %s", name, err.message);
        *vec_push(arena, &table->filters) = (struct column_filter){str_dup(arena, reading->keys[column]), template};
    }
    return STR_EMPTY;
}

/* The lengths keep two values from being taken for two others. */
static void add_part(struct buf *key, str value)
{
    buf_fmt(key, "%zu:", value.len);
    buf_add(key, value);
}

static void group(struct source_table *table, struct arena *arena)
{
    struct arena *scratch = arena_new();
    table->groups = map_new(arena);
    for (size_t i = 0; i < table->all.len; i++) {
        struct buf key = buf_new(scratch, (size_t)CSV_ROW_MOST * 2);
        for (size_t j = 0; j < table->filters.len; j++)
            add_part(&key, json_str_of(json_get(table->all.at[i].row, table->filters.at[j].key)));
        struct choices *rows = map_get(&table->groups, buf_str(&key));
        if (rows == NULL) {
            rows = arena_new_of(arena, struct choices);
            *rows = (struct choices){0};
            map_set(&table->groups, str_dup(arena, buf_str(&key)), rows);
        }
        *vec_push(arena, rows) = table->all.at[i];
    }
    arena_free(scratch);
}

const struct source_table *table_compile(struct arena *arena, const json_t *document, str text, str where, str *problem)
{
    struct arena *scratch = arena_new();
    struct source_table *table = arena_new_of(arena, struct source_table);
    *table = (struct source_table){0};
    struct reading reading = {.arena = scratch,
                              .rows = json_keep(arena, json_array()),
                              .lines = map_new(scratch),
                              .problems = buf_new(scratch, 64 << 10)};
    str fatal = read_table(&reading, document, text);
    if (fatal.len == 0)
        fatal = compile_filters(table, &reading, arena, document, where);
    if (reading.problem_count > PROBLEMS_SAID)
        buf_fmt(&reading.problems, " ; et %zu autres lignes", reading.problem_count - PROBLEMS_SAID);
    *problem = str_dup(arena, fatal.len > 0 ? fatal : buf_str(&reading.problems));
    arena_free(scratch);
    if (fatal.len > 0)
        return NULL;
    table->all = choices_from_json(arena, reading.rows);
    if (table->filters.len > 0)
        group(table, arena);
    return table;
}

/* ---- Asking ---- */

void table_texts(const struct source_table *table, struct arena *arena, struct call_texts *out)
{
    for (size_t i = 0; i < table->filters.len; i++)
        *vec_push(arena, out) = (struct call_text){table->filters.at[i].key, table->filters.at[i].template};
}

bool table_is_fixed(const struct source_table *table, struct choices *out)
{
    *out = table->all;
    return table->filters.len == 0;
}

struct choices table_choices(const struct source_table *table, struct render *render)
{
    if (table->filters.len == 0)
        return table->all;
    struct buf key = buf_new(render->arena, (size_t)CSV_ROW_MOST * 2);
    for (size_t i = 0; i < table->filters.len; i++)
        add_part(&key, str_trim(template_text(table->filters.at[i].template, render)));
    const struct choices *rows = map_get(&table->groups, buf_str(&key));
    return rows == NULL ? (struct choices){0} : *rows;
}

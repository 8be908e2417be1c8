#include "cards/records.h"

struct records {
    const struct form *model;
    struct csv_reader *csv;       /* NULL: JSON */
    const struct field **columns; /* of the CSV; NULL: the identifier, or a column that is passed over */
    size_t column_count;
    size_t identifier; /* the column; SIZE_MAX: none */
    const json_t *list;
    size_t at;
};

bool records_hold(const struct field *field)
{
    static const str others[] = {STR_INIT("file"), STR_INIT("block"), STR_INIT("computed")};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq(field->type_name, others[i]))
            return false;
    return field_holds_answer(field);
}

static bool is_called(struct arena *arena, str name, str label)
{
    return label.len > 0 && str_eq(utf8_fold(arena, name), utf8_fold(arena, label));
}

/* By id or varname, else by label. */
static const struct field *field_called(const struct records *records, struct arena *arena, str name)
{
    const struct field_list *fields = &records->model->fields;
    for (size_t i = 0; i < fields->len; i++)
        if (records_hold(&fields->at[i]) && (str_eq(fields->at[i].varname, name) || str_eq(fields->at[i].id, name)))
            return &fields->at[i];
    for (size_t i = 0; i < fields->len; i++)
        if (records_hold(&fields->at[i]) && is_called(arena, name, fields->at[i].label_text))
            return &fields->at[i];
    return NULL;
}

static bool is_identifier(struct arena *arena, str name)
{
    return is_called(arena, name, STR("identifiant")) || is_called(arena, name, STR("id"));
}

static bool has_column(const struct records *records, const struct field *field)
{
    for (size_t i = 0; i < records->column_count; i++)
        if (records->columns[i] == field)
            return true;
    return false;
}

/* Columns that are unknown are refused: what a person took the pains to type is not lost without a word. */
static bool read_header(struct records *records, struct arena *arena, struct err *err)
{
    struct csv_row header;
    if (!csv_next(records->csv, &header) || header.problem.len > 0)
        return err_set(err, ERR_INVALID, "Le fichier est vide : sa première ligne doit nommer les colonnes.");
    records->columns = arena_array_of(arena, const struct field *, header.count);
    for (size_t i = 0; i < header.count; i++) {
        str name = str_trim(header.cells[i]);
        const struct field *field = name.len > 0 ? field_called(records, arena, name) : NULL;
        if (field != NULL && has_column(records, field))
            return err_set(err, ERR_INVALID, "La colonne « %.*s » est là deux fois.", STR_ARG(utf8_slice(name, 0, 80)));
        if (field == NULL && name.len > 0 && is_identifier(arena, name))
            records->identifier = i;
        else if (field == NULL && name.len > 0)
            return err_set(err, ERR_INVALID, "La colonne « %.*s » n’est pas un champ de ce modèle de fiche.",
                           STR_ARG(utf8_slice(name, 0, 80)));
        records->columns[records->column_count++] = field;
    }
    return true;
}

static bool read_json(struct records *records, struct arena *arena, FILE *file, struct err *err)
{
    struct buf text = buf_new(arena, JSON_TEXT_MOST + 1);
    char piece[16 << 10];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0 && !text.overflowed;)
        buf_add(&text, (str){piece, got});
    if (text.overflowed)
        return err_set(err, ERR_TOO_LARGE, "Le fichier dépasse %d Mo. Partagez-le, ou passez par CSV.",
                       JSON_TEXT_MOST >> 20);
    str bytes = buf_str(&text);
    const json_t *json = json_parse(arena, str_starts(bytes, CSV_MARK) ? str_slice(bytes, 3, bytes.len) : bytes, err);
    records->list = json_is_array(json) ? json : json_list(json, "data");
    if (records->list != NULL)
        return true;
    return json == NULL ? false : err_set(err, ERR_INVALID, "Le fichier n’est ni une liste, ni un objet « data ».");
}

struct records *records_open(struct arena *arena, const struct form *model, FILE *file, enum cards_format format,
                             struct err *err)
{
    struct records *records = arena_new_of(arena, struct records);
    *records = (struct records){.model = model, .identifier = SIZE_MAX};
    if (format == CARDS_JSON)
        return read_json(records, arena, file, err) ? records : NULL;
    records->csv = csv_open(arena, file, err);
    return records->csv != NULL && read_header(records, arena, err) ? records : NULL;
}

bool records_are_windows(const struct records *records)
{
    return records->csv != NULL && csv_is_windows(records->csv);
}

/* ---- Rows ---- */

static void take_cells(const struct records *records, struct arena *arena, const struct csv_row *row,
                       struct record *out)
{
    out->fields = arena_array_of(arena, const struct field *, records->column_count);
    out->values = arena_array_of(arena, struct value, records->column_count);
    for (size_t i = 0; i < records->column_count; i++) {
        str cell = i < row->count ? str_trim(row->cells[i]) : STR_EMPTY;
        if (i == records->identifier)
            out->identifier = str_dup(arena, cell);
        if (records->columns[i] == NULL)
            continue;
        out->fields[out->count] = records->columns[i];
        out->values[out->count++] = value_text(str_dup(arena, cell));
    }
}

static bool next_row(struct records *records, struct arena *arena, struct record *out)
{
    struct csv_row row;
    if (!csv_next(records->csv, &row))
        return false;
    *out = (struct record){.line = row.line, .problem = row.problem};
    if (row.problem.len > 0)
        return true;
    if (row.count > records->column_count)
        out->problem = str_fmt(arena, "elle a %zu cellules pour %zu colonnes", row.count, records->column_count);
    else
        take_cells(records, arena, &row, out);
    return true;
}

static void take_members(const struct records *records, struct arena *arena, const json_t *fields, struct record *out)
{
    const char *key;
    json_t *member;
    out->fields = arena_array_of(arena, const struct field *, json_object_size(fields));
    out->values = arena_array_of(arena, struct value, json_object_size(fields));
    json_object_foreach((json_t *)(uintptr_t)fields, key, member)
    {
        const struct field *field = field_called(records, arena, str_of(key));
        if (field == NULL) {
            out->problem = str_fmt(arena, "« %s » n’est pas un champ de ce modèle de fiche", key);
            return;
        }
        out->fields[out->count] = field;
        out->values[out->count++] = json_is_null(member) ? value_text(STR_EMPTY) : value_from_json(arena, member);
    }
}

static bool next_member(struct records *records, struct arena *arena, struct record *out)
{
    if (records->at == json_array_size(records->list))
        return false;
    const json_t *card = json_array_get(records->list, records->at++), *id = json_object_get(card, "id");
    *out = (struct record){.line = records->at, .identifier = json_str_of(id)};
    if (json_is_integer(id))
        out->identifier = str_fmt(arena, "%lld", (long long)json_integer_value(id));
    if (json_dict(card, "fields") == NULL)
        out->problem = STR("elle n’a pas de « fields »");
    else
        take_members(records, arena, json_dict(card, "fields"), out);
    return true;
}

bool records_next(struct records *records, struct arena *arena, struct record *out)
{
    return records->csv != NULL ? next_row(records, arena, out) : next_member(records, arena, out);
}

#include "base/csv.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { PIECE = 64 << 10 };

struct csv_reader {
    FILE *file;
    struct arena *arena;
    char separator;
    bool is_windows;
    char *piece; /* what was read of the file and is not taken yet */
    size_t at, len;
    size_t line;
    char *text; /* the row, its cells one behind the other */
    size_t text_len, text_cap;
    size_t *ends; /* of its cells */
    str *cells;
    size_t count;
    const char *problem;
};

/* ---- Bytes ---- */

static int peek(struct csv_reader *reader)
{
    if (reader->at == reader->len) {
        reader->len = fread(reader->piece, 1, PIECE, reader->file);
        reader->at = 0;
    }
    return reader->len == 0 ? EOF : (unsigned char)reader->piece[reader->at];
}

static int take(struct csv_reader *reader)
{
    int byte = peek(reader);
    if (byte != EOF)
        reader->at++;
    return byte;
}

/* A line ends by LF, CR LF, or CR alone. */
static bool ends_line(struct csv_reader *reader, int byte)
{
    if (byte == '\r' && peek(reader) == '\n')
        take(reader);
    if (byte != '\n' && byte != '\r')
        return false;
    reader->line++;
    return true;
}

static void fail(struct csv_reader *reader, const char *problem)
{
    if (reader->problem == NULL)
        reader->problem = problem;
}

static void grow(struct csv_reader *reader)
{
    reader->text_cap = reader->text_cap == 0 ? PIECE / 16 : 2 * reader->text_cap;
    char *text = arena_alloc(reader->arena, reader->text_cap);
    if (reader->text_len > 0)
        memcpy(text, reader->text, reader->text_len);
    reader->text = text;
}

static void keep(struct csv_reader *reader, int byte)
{
    char encoded[4] = {(char)byte};
    size_t len = 1;
    if (byte == 0) {
        fail(reader, "elle contient un octet nul");
        return;
    }
    if (reader->is_windows && byte >= 0x80)
        len = utf8_encode(utf8_of_windows((unsigned char)byte), encoded);
    if (reader->text_len + len > CSV_ROW_MOST) {
        fail(reader, "elle est trop longue ; un guillemet n’est peut-être pas fermé");
        return;
    }
    if (reader->text_len + len > reader->text_cap)
        grow(reader);
    memcpy(reader->text + reader->text_len, encoded, len);
    reader->text_len += len;
}

/* ---- How the file is written ---- */

struct looking {
    size_t counts[3];
    bool is_quoted, is_past_first;
    bool has_nul; /* in the first line */
};

static const char separators[3] = {';', ',', '\t'};

static void look_at(struct looking *looking, str piece)
{
    for (size_t i = 0; i < piece.len && !looking->is_past_first; i++) {
        char c = piece.ptr[i];
        looking->has_nul = looking->has_nul || c == '\0';
        if (c == '"')
            looking->is_quoted = !looking->is_quoted;
        if (looking->is_quoted)
            continue;
        looking->is_past_first = c == '\n' || c == '\r';
        for (size_t k = 0; k < sizeof separators; k++)
            looking->counts[k] += c == separators[k];
    }
}

/* How many bytes at the end begin a sequence that the next piece goes on. */
static size_t unfinished(str piece)
{
    for (size_t back = 1; back <= 3 && back <= piece.len; back++) {
        unsigned char c = (unsigned char)piece.ptr[piece.len - back];
        if (c < 0x80)
            return 0;
        if (c >= 0xC0)
            return back < (c >= 0xF0 ? 4U : c >= 0xE0 ? 3U : 2U) ? back : 0;
    }
    return 0;
}

static void look_through(struct csv_reader *reader, struct looking *looking)
{
    size_t kept = 0, got;
    while ((got = fread(reader->piece + kept, 1, PIECE - kept, reader->file)) > 0) {
        str piece = {reader->piece, kept + got};
        look_at(looking, str_slice(piece, kept, piece.len));
        kept = unfinished(piece);
        reader->is_windows = reader->is_windows || !utf8_is_valid(str_slice(piece, 0, piece.len - kept));
        memmove(reader->piece, reader->piece + piece.len - kept, kept);
        if (reader->is_windows && looking->is_past_first)
            return;
    }
    reader->is_windows = reader->is_windows || kept > 0;
}

static void skip_mark(struct csv_reader *reader)
{
    peek(reader);
    if (str_starts((str){reader->piece, reader->len}, CSV_MARK))
        reader->at = CSV_MARK.len;
}

struct csv_reader *csv_open(struct arena *arena, FILE *file, struct err *err)
{
    struct csv_reader *reader = arena_new_of(arena, struct csv_reader);
    struct looking looking = {0};
    *reader = (struct csv_reader){.file = file, .arena = arena, .line = 1, .piece = arena_alloc(arena, PIECE)};
    look_through(reader, &looking);
    if (ferror(file) || fseek(file, 0, SEEK_SET) != 0) {
        err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être lu.");
        return NULL;
    }
    if (looking.has_nul) {
        err_set(err, ERR_INVALID,
                "Ce fichier n’est pas un fichier CSV. Dans le tableur, choisissez « Enregistrer sous », puis le format "
                "CSV UTF-8.");
        return NULL;
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof separators; k++)
        if (looking.counts[k] > looking.counts[best])
            best = k;
    reader->separator = separators[best];
    reader->ends = arena_array_of(arena, size_t, CSV_CELLS_MOST);
    reader->cells = arena_array_of(arena, str, CSV_CELLS_MOST);
    skip_mark(reader);
    return reader;
}

char csv_separator(const struct csv_reader *reader)
{
    return reader->separator;
}

bool csv_is_windows(const struct csv_reader *reader)
{
    return reader->is_windows;
}

/* ---- Rows ---- */

/* A quote within is written twice; lines may break inside. What stands behind the closing quote belongs to the cell. */
static void read_quoted(struct csv_reader *reader)
{
    int byte;
    while ((byte = take(reader)) != EOF) {
        if (byte == '"' && peek(reader) != '"')
            return;
        if (byte == '"')
            take(reader);
        if (ends_line(reader, byte))
            byte = '\n';
        keep(reader, byte);
    }
    fail(reader, "un guillemet n’est pas fermé");
}

/* True: another cell of this row follows. */
static bool read_cell(struct csv_reader *reader)
{
    size_t start = reader->text_len;
    int byte;
    bool goes_on = false;
    while ((byte = take(reader)) != EOF && !ends_line(reader, byte)) {
        goes_on = byte == reader->separator;
        if (goes_on)
            break;
        if (byte == '"' && reader->text_len == start)
            read_quoted(reader);
        else
            keep(reader, byte);
    }
    if (reader->count == CSV_CELLS_MOST)
        fail(reader, "elle a trop de colonnes");
    else
        reader->ends[reader->count++] = reader->text_len;
    return goes_on;
}

/* What a spreadsheet runs, be it behind apostrophes. */
static bool is_formula(str cell, size_t *apostrophes)
{
    *apostrophes = 0;
    while (*apostrophes < cell.len && cell.ptr[*apostrophes] == '\'')
        (*apostrophes)++;
    if (*apostrophes == cell.len)
        return false;
    char first = cell.ptr[*apostrophes];
    return first == '=' || first == '+' || first == '-' || first == '@' || first == '\t' || first == '\r';
}

static void cut_cells(struct csv_reader *reader)
{
    size_t from = 0, apostrophes;
    for (size_t i = 0; i < reader->count; i++) {
        str cell = {reader->text + from, reader->ends[i] - from};
        bool is_guarded = is_formula(cell, &apostrophes) && apostrophes > 0;
        reader->cells[i] = str_slice(cell, is_guarded, cell.len);
        from = reader->ends[i];
    }
}

bool csv_next(struct csv_reader *reader, struct csv_row *row)
{
    while (peek(reader) != EOF) {
        *row = (struct csv_row){.line = reader->line};
        reader->text_len = reader->count = 0;
        reader->problem = NULL;
        while (read_cell(reader))
            continue;
        row->problem = str_of(reader->problem);
        if (reader->problem != NULL)
            return true;
        if (reader->text_len == 0)
            continue;
        cut_cells(reader);
        row->cells = reader->cells;
        row->count = reader->count;
        return true;
    }
    return false;
}

/* ---- Writing ---- */

/* A number may begin with a minus: no spreadsheet runs it. */
static bool is_number(str cell)
{
    size_t digits = 0;
    for (size_t i = 0; i < cell.len; i++) {
        bool is_digit = cell.ptr[i] >= '0' && cell.ptr[i] <= '9';
        if (!is_digit && !(i == 0 && cell.ptr[i] == '-') && cell.ptr[i] != '.' && cell.ptr[i] != ',')
            return false;
        digits += is_digit;
    }
    return digits > 0;
}

/* What the reader would take away is guarded too. */
static bool wants_guard(str cell)
{
    size_t apostrophes;
    return is_formula(cell, &apostrophes) && (apostrophes > 0 || !is_number(cell));
}

static bool wants_quotes(str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        if (c == '"' || c == ';' || c == ',' || c == '\t' || c == '\r' || c == '\n')
            return true;
    }
    return cell.len > 0 && (str_is_space(*cell.ptr) || str_is_space(cell.ptr[cell.len - 1]));
}

void csv_add(struct buf *out, str cell, bool is_last)
{
    bool is_quoted = wants_quotes(cell);
    if (is_quoted)
        buf_add_char(out, '"');
    if (wants_guard(cell))
        buf_add_char(out, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, cell.ptr[i]);
    }
    if (is_quoted)
        buf_add_char(out, '"');
    buf_add(out, is_last ? STR("\r\n") : STR(";"));
}

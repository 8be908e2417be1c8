/* The rows beside a dossier's own: in the lists of roles, in the typed index and the full text, of the files that it
 * names. Most steps of a circuit leave them as they were: the dossier's row tells what they hold, and they are written
 * again only where that changes. */
#include "dossiers/tables.h"

static const char select_standing[] =
    "SELECT history_length, history_head, listed, indexed FROM dossier WHERE id = :id";
static const char insert_listing[] =
    "INSERT INTO dossier_listing (role, phase, received, dossier, form, status, updated, level)"
    " VALUES (:role, :phase, :received, :dossier, :form, :status, :updated, :level)";
static const char update_listing[] =
    "UPDATE dossier_listing SET status = :status, updated = :updated, level = :level WHERE dossier = :dossier";
static const char insert_value[] = "INSERT INTO dossier_value (form, field, text, dossier, number)"
                                   " VALUES (:form, :field, :text, :dossier, :number)";
static const char insert_blob[] =
    "INSERT INTO dossier_blob (blob, dossier) VALUES (:blob, :dossier) ON CONFLICT DO NOTHING";
static const char delete_listing[] = "DELETE FROM dossier_listing WHERE dossier = :dossier";
static const char delete_values[] = "DELETE FROM dossier_value WHERE dossier = :dossier";
static const char delete_blobs[] = "DELETE FROM dossier_blob WHERE dossier = :dossier";

enum { SUM_MOST = 64 << 20 };

/* Each text with its length, so that no two contents give the same. */
static void add(struct buf *out, str text)
{
    buf_fmt(out, "%zu:", text.len);
    buf_add(out, text);
}

void side_sum(struct arena *arena, struct dossier_rows *rows)
{
    struct buf listed = buf_new(arena, SUM_MOST), indexed = buf_new(arena, SUM_MOST);
    for (size_t i = 0; i < rows->lists.len; i++)
        buf_fmt(&listed, "%s%.*s=%d", i ? " " : "", STR_ARG(rows->lists.at[i].role), (int)rows->lists.at[i].phase);
    add(&indexed, rows->index.words);
    for (size_t i = 0; i < rows->index.values.len; i++) {
        const struct field_value *value = &rows->index.values.at[i];
        add(&indexed, value->field);
        add(&indexed, value->text);
        buf_fmt(&indexed, value->has_number ? "%.17g;" : ";", value->number);
    }
    for (size_t i = 0; i < rows->blobs.len; i++)
        add(&indexed, rows->blobs.at[i]);
    rows->listed = buf_str(&listed);
    rows->indexed = digest_hex(arena, buf_str(&indexed));
}

bool standing_read(struct tx *tx, const struct dossier_write *write, struct standing *standing, struct err *err)
{
    *standing = (struct standing){0};
    if (write->is_new)
        return true;
    struct rows rows = tx_query(tx, select_standing, P_INT("id", write->change->after->id));
    if (rows_next(&rows))
        *standing = (struct standing){.chain = {rows_int(&rows, 0), chain_hash_of(rows_text(&rows, 1))},
                                      .has_lists = str_eq(rows_text(&rows, 2), write->rows->listed),
                                      .has_index = str_eq(rows_text(&rows, 3), write->rows->indexed)};
    return rows_end(&rows, err);
}

static bool write_lists(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    const struct dossier *dossier = write->change->after;
    if (!write->is_new && !tx_run(tx, delete_listing, err, P_INT("dossier", dossier->id)))
        return false;
    for (size_t i = 0; i < write->rows->lists.len; i++) {
        const struct listed *listed = &write->rows->lists.at[i];
        if (!tx_run(tx, insert_listing, err, P_TEXT("role", listed->role), P_INT("phase", listed->phase),
                    P_INT("received", dossier->received), P_INT("dossier", dossier->id), P_TEXT("form", dossier->form),
                    P_TEXT("status", dossier->status), P_INT("updated", dossier->updated),
                    P_INT("level", dossier->level)))
            return false;
    }
    return true;
}

static bool touch_lists(struct tx *tx, const struct dossier *dossier, struct err *err)
{
    return tx_run(tx, update_listing, err, P_TEXT("status", dossier->status), P_INT("updated", dossier->updated),
                  P_INT("level", dossier->level), P_INT("dossier", dossier->id));
}

static bool write_values(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    const struct dossier *dossier = write->change->after;
    const struct index_rows *index = &write->rows->index;
    if (!write->is_new && !tx_run(tx, delete_values, err, P_INT("dossier", dossier->id)))
        return false;
    for (size_t i = 0; i < index->values.len; i++) {
        const struct field_value *value = &index->values.at[i];
        struct sql_param number = value->has_number ? P_REAL("number", value->number) : P_NULL("number");
        if (!tx_run(tx, insert_value, err, P_TEXT("form", dossier->form), P_TEXT("field", value->field),
                    P_TEXT("text", value->text), P_INT("dossier", dossier->id), number))
            return false;
    }
    return true;
}

static bool write_blobs(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    int64_t dossier = write->change->after->id;
    if (!write->is_new && !tx_run(tx, delete_blobs, err, P_INT("dossier", dossier)))
        return false;
    for (size_t i = 0; i < write->rows->blobs.len; i++)
        if (!tx_run(tx, insert_blob, err, P_TEXT("blob", write->rows->blobs.at[i]), P_INT("dossier", dossier)))
            return false;
    return true;
}

bool side_write(struct tx *tx, const struct dossier_write *write, const struct standing *standing, struct err *err)
{
    const struct dossier *dossier = write->change->after;
    if (!(standing->has_lists ? touch_lists(tx, dossier, err) : write_lists(tx, write, err)))
        return false;
    return standing->has_index || (write_values(tx, write, err) && write_blobs(tx, write, err) &&
                                   search_write(tx, dossier->id, write->rows->index.words, err));
}

bool side_remove(struct tx *tx, int64_t dossier, struct err *err)
{
    struct sql_param id = P_INT("dossier", dossier);
    return tx_run(tx, delete_listing, err, id) && tx_run(tx, delete_values, err, id) &&
           tx_run(tx, delete_blobs, err, id) && search_write(tx, dossier, STR_EMPTY, err);
}

/* Full text: FTS5 on SQLite, tsvector on PostgreSQL. Words are folded before they come here (no accent, no case), so
 * both engines see plain words. The roles and the form stand among the words as keys: who searches walks no dossier
 * that they may not see. */
#include "dossiers/tables.h"

enum { WORDS_MOST = 8, MATCH_MOST = 8 << 10 };

static const char select_old[] = "SELECT text, keys FROM dossier_search WHERE dossier = :dossier";
static const char forget_words[] = "INSERT INTO dossier_words (dossier_words, rowid, text, keys)"
                                   " VALUES ('delete', :dossier, :text, :keys)";
static const char insert_words[] = "INSERT INTO dossier_words (rowid, text, keys) VALUES (:dossier, :text, :keys)";
static const char insert_text[] = "INSERT INTO dossier_search (dossier, text, keys) VALUES (:dossier, :text, :keys)"
                                  " ON CONFLICT (dossier) DO UPDATE SET text = :text, keys = :keys";
static const char delete_text[] = "DELETE FROM dossier_search WHERE dossier = :dossier";
static const char insert_vector[] =
    "INSERT INTO dossier_search (dossier, words)"
    " VALUES (:dossier, to_tsvector('simple', CAST(:text AS TEXT) || ' ' || CAST(:keys AS TEXT)))"
    " ON CONFLICT (dossier) DO UPDATE SET words = EXCLUDED.words";

#define FILTERS                                                                                                        \
    " AND (:form = '' OR d.form = :form) AND (:status = '' OR d.status = :status)"                                     \
    " AND (:final < 0 OR d.is_final = :final) AND d.received >= :from AND d.received < :to"

static const struct sql select_matching = {
    "SELECT d.id FROM dossier_words w JOIN dossier d ON d.id = w.rowid"
    " WHERE dossier_words MATCH :match AND w.rowid < :before" FILTERS
    " AND (:waiting = 0 OR EXISTS (SELECT 1 FROM dossier_listing l WHERE l.dossier = d.id AND l.is_waiting = 1"
    " AND l.role IN (SELECT value FROM json_each(:roles)))) ORDER BY w.rowid DESC LIMIT :limit",
    "SELECT d.id FROM dossier_search s JOIN dossier d ON d.id = s.dossier"
    " WHERE s.words @@ to_tsquery('simple', :match) AND d.id < :before" FILTERS
    " AND (:waiting = 0 OR EXISTS (SELECT 1 FROM dossier_listing l WHERE l.dossier = d.id AND l.is_waiting = 1"
    " AND l.role IN (SELECT json_array_elements_text(CAST(:roles AS JSON))))) ORDER BY d.id DESC LIMIT :limit"};

static bool is_sqlite(const struct tx *tx)
{
    static const struct sql engine = {"s", "p"};
    return sql_for(tx, &engine)[0] == 's';
}

/* FTS5 with its text elsewhere has to be told the old words to forget them. */
static bool write_sqlite(struct tx *tx, int64_t dossier, str text, str keys, struct err *err)
{
    struct arena *arena = arena_new();
    struct rows rows = tx_query(tx, select_old, P_INT("dossier", dossier));
    bool had = rows_next(&rows);
    str old_text = had ? rows_copy(&rows, arena, 0) : STR_EMPTY,
        old_keys = had ? rows_copy(&rows, arena, 1) : STR_EMPTY;
    bool ok = rows_end(&rows, err);
    bool is_same = had && str_eq(old_text, text) && str_eq(old_keys, keys);
    struct sql_param id = P_INT("dossier", dossier);
    if (ok && had && !is_same)
        ok = tx_run(tx, forget_words, err, id, P_TEXT("text", old_text), P_TEXT("keys", old_keys));
    if (ok && !is_same && text.len + keys.len)
        ok = tx_run(tx, insert_words, err, id, P_TEXT("text", text), P_TEXT("keys", keys)) &&
             tx_run(tx, insert_text, err, id, P_TEXT("text", text), P_TEXT("keys", keys));
    else if (ok && !is_same)
        ok = tx_run(tx, delete_text, err, id);
    arena_free(arena);
    return ok;
}

bool search_write(struct tx *tx, int64_t dossier, str text, str keys, struct err *err)
{
    if (is_sqlite(tx))
        return write_sqlite(tx, dossier, text, keys, err);
    if (!text.len && !keys.len)
        return tx_run(tx, delete_text, err, P_INT("dossier", dossier));
    return tx_run(tx, insert_vector, err, P_INT("dossier", dossier), P_TEXT("text", text), P_TEXT("keys", keys));
}

/* Folded words hold letters, digits and signs of other scripts: no quote, no operator. */
static void add_fts5(struct arena *arena, struct buf *out, str words, const struct dossier_query *query)
{
    size_t count = 0;
    for (str word, rest = words; count < WORDS_MOST && str_next(&rest, ' ', &word);)
        if (word.len)
            buf_fmt(out, "%stext : \"%.*s\" *", count++ ? " AND " : "", STR_ARG(word));
    if (query->form.len)
        buf_fmt(out, " AND keys : %.*s", STR_ARG(index_key(arena, 'f', query->form)));
    if (query->actor->is_admin)
        return;
    buf_add(out, STR(" AND keys : ("));
    for (size_t i = 0; i < query->actor->role_count; i++)
        buf_fmt(out, "%s%.*s", i ? " OR " : "", STR_ARG(index_key(arena, 'r', query->actor->roles[i])));
    buf_add(out, STR(")"));
}

static void add_tsquery(struct arena *arena, struct buf *out, str words, const struct dossier_query *query)
{
    size_t count = 0;
    for (str word, rest = words; count < WORDS_MOST && str_next(&rest, ' ', &word);)
        if (word.len)
            buf_fmt(out, "%s'%.*s':*", count++ ? " & " : "", STR_ARG(word));
    if (query->form.len)
        buf_fmt(out, " & %.*s", STR_ARG(index_key(arena, 'f', query->form)));
    if (query->actor->is_admin)
        return;
    buf_add(out, STR(" & ("));
    for (size_t i = 0; i < query->actor->role_count; i++)
        buf_fmt(out, "%s%.*s", i ? " | " : "", STR_ARG(index_key(arena, 'r', query->actor->roles[i])));
    buf_add(out, STR(")"));
}

static str roles_json(struct arena *arena, const struct actor *actor)
{
    json_t *list = json_keep(arena, json_array());
    if (actor->is_admin)
        json_array_append_new(list, json_from_str(EVERY_ROLE));
    for (size_t i = 0; i < actor->role_count; i++)
        json_array_append_new(list, json_from_str(actor->roles[i]));
    return json_text(arena, list);
}

bool search_walk(struct tx *tx, struct arena *arena, const struct dossier_query *query, struct found after,
                 int64_t limit, struct founds *out, struct err *err)
{
    str words = str_trim(utf8_fold(arena, query->search));
    if (str_is_empty(words) || (!query->actor->is_admin && !query->actor->role_count))
        return true;
    struct buf match = buf_new(arena, MATCH_MOST);
    if (is_sqlite(tx))
        add_fts5(arena, &match, words, query);
    else
        add_tsquery(arena, &match, words, query);
    if (match.overflowed)
        return err_set(err, ERR_INVALID, "Cette recherche est trop longue. Donnez moins de mots.");

    int64_t is_final = query->state == DOSSIER_ANY ? -1 : query->state == DOSSIER_FINAL;
    struct rows rows = tx_query(tx, sql_for(tx, &select_matching), P_TEXT("match", buf_str(&match)),
                                P_INT("before", after.id ? after.id : INT64_MAX), P_TEXT("form", query->form),
                                P_TEXT("status", query->status), P_INT("final", is_final), P_INT("from", query->from),
                                P_INT("to", query->to ? query->to : INT64_MAX), P_INT("waiting", query->waiting_only),
                                P_TEXT("roles", roles_json(arena, query->actor)), P_INT("limit", limit));
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 0);
        *vec_push(arena, out) = (struct found){id, id};
    }
    return rows_end(&rows, err);
}

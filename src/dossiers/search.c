/* Full text: FTS5 on SQLite, tsvector on PostgreSQL. Words are folded before they come here (no accent, no case), so
 * both engines see plain words; the beginning of a word finds it. The roles and the form stand among the words as keys:
 * who searches walks no dossier that they may not see.
 *
 * FTS5 walks the beginnings that it has an index for (2 to 6 letters) newest first and stops at the page's end;
 * any other length it would gather whole first. So a word is looked for by the longest such beginning, and the rest of
 * it in the text of the dossiers met. */
#include "dossiers/tables.h"

enum { WORDS_MOST = 6, MATCH_MOST = 8 << 10 };

static const char select_old[] = "SELECT words FROM dossier_search WHERE dossier = :dossier";
static const char forget_words[] = "INSERT INTO dossier_words (dossier_words, rowid, words)"
                                   " VALUES ('delete', :dossier, :words)";
static const char insert_words[] = "INSERT INTO dossier_words (rowid, words) VALUES (:dossier, :words)";
static const char insert_text[] = "INSERT INTO dossier_search (dossier, words) VALUES (:dossier, :words)"
                                  " ON CONFLICT (dossier) DO UPDATE SET words = :words";
static const char delete_text[] = "DELETE FROM dossier_search WHERE dossier = :dossier";
static const char insert_vector[] = "INSERT INTO dossier_search (dossier, words)"
                                    " VALUES (:dossier, to_tsvector('simple', CAST(:words AS TEXT)))"
                                    " ON CONFLICT (dossier) DO UPDATE SET words = EXCLUDED.words";

#define FILTERS                                                                                                        \
    " AND (:form = '' OR d.form = :form) AND (:status = '' OR d.status = :status)"                                     \
    " AND (:final < 0 OR d.is_final = :final) AND d.received >= :from AND d.received < :to"

#define WAITING(roles)                                                                                                 \
    " AND (:waiting = 0 OR EXISTS (SELECT 1 FROM dossier_listing l WHERE l.dossier = d.id AND l.phase = :waiting"      \
    " AND l.role IN (" roles ")))"
#define HAS(word) " AND (" word " = '' OR instr(s.words, " word ") > 0)"

static const struct sql select_matching = {
    "SELECT d.id FROM dossier_words w JOIN dossier d ON d.id = w.rowid JOIN dossier_search s ON s.dossier = w.rowid"
    " WHERE dossier_words MATCH :match AND w.rowid < :before" FILTERS HAS(":w0") HAS(":w1") HAS(":w2") HAS(":w3")
        HAS(":w4") HAS(":w5") WAITING("SELECT value FROM json_each(:roles)") " ORDER BY w.rowid DESC LIMIT :limit",
    "SELECT d.id FROM dossier_search s JOIN dossier d ON d.id = s.dossier"
    " WHERE s.words @@ to_tsquery('simple', :match) AND d.id < :before" FILTERS WAITING(
        "SELECT json_array_elements_text(CAST(:roles AS JSON))") " ORDER BY d.id DESC LIMIT :limit"};

static bool is_sqlite(const struct tx *tx)
{
    static const struct sql engine = {"s", "p"};
    return sql_for(tx, &engine)[0] == 's';
}

/* FTS5 with its text elsewhere has to be told the old words to forget them. */
static bool write_sqlite(struct tx *tx, int64_t dossier, str words, struct err *err)
{
    struct arena *arena = arena_new();
    struct rows rows = tx_query(tx, select_old, P_INT("dossier", dossier));
    bool had = rows_next(&rows);
    str old = had ? rows_copy(&rows, arena, 0) : STR_EMPTY;
    bool ok = rows_end(&rows, err);
    bool is_same = had && str_eq(old, words);
    struct sql_param id = P_INT("dossier", dossier);
    if (ok && had && !is_same)
        ok = tx_run(tx, forget_words, err, id, P_TEXT("words", old));
    if (ok && !is_same && words.len)
        ok = tx_run(tx, insert_words, err, id, P_TEXT("words", words)) &&
             tx_run(tx, insert_text, err, id, P_TEXT("words", words));
    else if (ok && had && !words.len)
        ok = tx_run(tx, delete_text, err, id);
    arena_free(arena);
    return ok;
}

bool search_write(struct tx *tx, int64_t dossier, str words, struct err *err)
{
    if (is_sqlite(tx))
        return write_sqlite(tx, dossier, words, err);
    if (!words.len)
        return tx_run(tx, delete_text, err, P_INT("dossier", dossier));
    return tx_run(tx, insert_vector, err, P_INT("dossier", dossier), P_TEXT("words", words));
}

static size_t split(str folded, str *words)
{
    size_t count = 0;
    for (str word, rest = folded; count < WORDS_MOST && str_next(&rest, ' ', &word);)
        if (word.len)
            words[count++] = word;
    return count;
}

/* The longest beginning that FTS5 has an index for; empty: none. Lengths count characters. */
static str indexed_beginning(str word)
{
    static const size_t lengths[] = {6, 5, 4, 3, 2};
    size_t length = utf8_length(word);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (length >= lengths[i])
            return utf8_slice(word, 0, lengths[i]);
    return STR_EMPTY;
}

/* Folded words hold letters, digits and signs of other scripts: no quote, no operator. */
static void add_fts5(struct buf *out, const str *words, size_t count)
{
    buf_add(out, STR(INDEX_KEY_OF_ALL));
    for (size_t i = 0; i < count; i++) {
        str beginning = indexed_beginning(words[i]);
        if (beginning.len)
            buf_fmt(out, " AND \"%.*s\" *", STR_ARG(beginning));
    }
}

static void add_tsquery(struct buf *out, const str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_fmt(out, "%s'%.*s':*", i ? " & " : "", STR_ARG(words[i]));
}

static void add_keys(struct arena *arena, struct buf *out, const struct dossier_query *query, bool is_fts5)
{
    const char *both = is_fts5 ? " AND " : " & ", *either = is_fts5 ? " OR " : " | ";
    if (query->form.len)
        buf_fmt(out, "%s%.*s", both, STR_ARG(index_key(arena, 'f', query->form)));
    if (query->actor->is_admin)
        return;
    buf_fmt(out, "%s(", both);
    for (size_t i = 0; i < query->actor->role_count; i++)
        buf_fmt(out, "%s%.*s", i ? either : "", STR_ARG(index_key(arena, 'r', query->actor->roles[i])));
    buf_add_char(out, ')');
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
    str words[WORDS_MOST] = {STR_EMPTY};
    size_t count = split(utf8_fold(arena, query->search), words);
    if (!count || (!query->actor->is_admin && !query->actor->role_count))
        return true;
    struct buf match = buf_new(arena, MATCH_MOST);
    if (is_sqlite(tx))
        add_fts5(&match, words, count);
    else
        add_tsquery(&match, words, count);
    add_keys(arena, &match, query, is_sqlite(tx));
    if (match.overflowed)
        return err_set(err, ERR_INVALID, "Cette recherche est trop longue. Donnez moins de mots.");

    str in_text[WORDS_MOST];
    for (size_t i = 0; i < WORDS_MOST; i++)
        in_text[i] = i < count ? str_fmt(arena, " %.*s", STR_ARG(words[i])) : STR_EMPTY;
    int64_t is_final = query->state == DOSSIER_ANY ? -1 : query->state == DOSSIER_FINAL;
    struct rows rows = tx_query(
        tx, sql_for(tx, &select_matching), P_TEXT("match", buf_str(&match)),
        P_INT("before", after.id ? after.id : INT64_MAX), P_TEXT("form", query->form), P_TEXT("status", query->status),
        P_INT("final", is_final), P_INT("from", query->from), P_INT("to", query->to ? query->to : INT64_MAX),
        P_INT("waiting", query->waiting_only ? PHASE_WAITING : 0), P_TEXT("roles", roles_json(arena, query->actor)),
        P_INT("limit", limit), P_TEXT("w0", in_text[0]), P_TEXT("w1", in_text[1]), P_TEXT("w2", in_text[2]),
        P_TEXT("w3", in_text[3]), P_TEXT("w4", in_text[4]), P_TEXT("w5", in_text[5]));
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 0);
        *vec_push(arena, out) = (struct found){id, id};
    }
    return rows_end(&rows, err);
}

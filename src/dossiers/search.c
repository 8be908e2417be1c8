/* Full text: FTS5 on SQLite, tsvector on PostgreSQL. Words are folded before they come here (no accent, no case), so
 * both engines see plain words; the beginning of a word finds it. The roles and the form stand among the words as keys:
 * who searches walks no dossier that they may not see.
 *
 * FTS5 walks what it has an index for newest first and stops at the page's end; the beginnings of any other length it
 * would gather whole first. So it is given the first six letters of each word, and indexes of their beginnings; a word
 * is looked for by the longest of these, and the rest of it in the text of the dossiers met.
 *
 * FTS5 makes a piece of index of each transaction and merges the pieces later, which was a fifth of what a filing cost.
 * So it gets the words of some hundred new dossiers at a time. Those after the mark are not in it yet: their texts are
 * read. */
#include "dossiers/tables.h"

enum {
    WORDS_MOST = 6,
    MATCH_MOST = 8 << 10,
    STEM = 6,             /* letters of a word that FTS5 is given */
    PIECE_DOSSIERS = 256, /* on the average: one new dossier in so many, by chance, takes the mark along, */
    PIECE_MOST = 4096,    /* and not further than so many */
};

static const char select_old[] = "SELECT up_to, (SELECT words FROM dossier_search WHERE dossier = :dossier)"
                                 " FROM dossier_words_mark";
static const char select_unindexed[] = "SELECT dossier, words FROM dossier_search"
                                       " WHERE dossier > (SELECT up_to FROM dossier_words_mark)"
                                       " ORDER BY dossier LIMIT :most";
static const char move_mark[] = "UPDATE dossier_words_mark SET up_to = :dossier";
static const char forget_words[] = "INSERT INTO dossier_words (dossier_words, rowid, words)"
                                   " VALUES ('delete', :dossier, :words)";
static const char insert_words[] = "INSERT INTO dossier_words (rowid, words) VALUES (:dossier, :words)";
static const char insert_text[] = "INSERT INTO dossier_search (dossier, words) VALUES (:dossier, :words)"
                                  " ON CONFLICT (dossier) DO UPDATE SET words = :words";
static const char delete_text[] = "DELETE FROM dossier_search WHERE dossier = :dossier";
static const char insert_vector[] = "INSERT INTO dossier_search (dossier, words)"
                                    " VALUES (:dossier, to_tsvector('simple', CAST(:words AS TEXT)))"
                                    " ON CONFLICT (dossier) DO UPDATE SET words = EXCLUDED.words";

#define FORM " AND (:form = '' OR d.form = :form)"
#define FILTERS                                                                                                        \
    " AND (:status = '' OR d.status = :status) AND (:final < 0 OR d.is_final = :final)"                                \
    " AND d.received >= :from AND d.received < :to"

#define ROLES "SELECT value FROM json_each(:roles)"
#define LISTED(roles)                                                                                                  \
    "EXISTS (SELECT 1 FROM dossier_listing l WHERE l.dossier = d.id AND l.role IN (" roles ")"                         \
    " AND (:waiting = 0 OR l.phase = :waiting))"
#define WAITING(roles) " AND (:waiting = 0 OR " LISTED(roles) ")"
#define HAS(word) " AND (" word " = '' OR instr(s.words, " word ") > 0)"
#define HAS_ALL HAS(":w0") HAS(":w1") HAS(":w2") HAS(":w3") HAS(":w4") HAS(":w5")

static const char select_new[] =
    "SELECT d.id FROM dossier_search s JOIN dossier d ON d.id = s.dossier"
    " WHERE s.dossier > (SELECT up_to FROM dossier_words_mark) AND s.dossier < :before" FORM FILTERS HAS_ALL
    " AND " LISTED(ROLES) " ORDER BY s.dossier DESC LIMIT :limit";

/* A thousand matches are counted for each page, so neither the dossier nor its text is read where the index knows
 * enough: [something is asked that it does not hold][a word is longer than what it was given]. */
#define MATCHING(joins, filters)                                                                                       \
    "SELECT w.rowid FROM dossier_words w" joins " WHERE dossier_words MATCH :match AND w.rowid < :before" filters      \
    " ORDER BY w.rowid DESC LIMIT :limit"
#define DOSSIER_OF(id) " JOIN dossier d ON d.id = " id
#define TEXT_OF(id) " JOIN dossier_search s ON s.dossier = " id
static const char *const select_matching[2][2] = {
    {MATCHING("", ""), MATCHING(TEXT_OF("w.rowid"), HAS_ALL)},
    {MATCHING(DOSSIER_OF("w.rowid"), FILTERS WAITING(ROLES)),
     MATCHING(DOSSIER_OF("w.rowid") TEXT_OF("w.rowid"), FILTERS WAITING(ROLES) HAS_ALL)}};

#define MATCHING_VECTORS(join, filters)                                                                                \
    "SELECT s.dossier FROM dossier_search s" join " WHERE s.words @@ to_tsquery('simple', :match)"                     \
    " AND s.dossier < :before" filters " ORDER BY s.dossier DESC LIMIT :limit"
static const char *const select_vectors[2] = {
    MATCHING_VECTORS("", ""),
    MATCHING_VECTORS(DOSSIER_OF("s.dossier"),
                     FILTERS WAITING("SELECT json_array_elements_text(CAST(:roles AS JSON))"))};

static bool is_sqlite(const struct tx *tx)
{
    static const struct sql engine = {"s", "p"};
    return sql_for(tx, &engine)[0] == 's';
}

/* Keys stay whole: a right hangs on them. */
static str stems_of(struct arena *arena, str words)
{
    struct buf stems = buf_new(arena, words.len + 1);
    for (str word, rest = words; str_next(&rest, ' ', &word);) {
        buf_add(&stems, index_is_key(word) ? word : utf8_slice(word, 0, STEM));
        buf_add_char(&stems, ' ');
    }
    return buf_str(&stems);
}

/* FTS5 keeps no text: it has to be told the old words to forget them. */
static bool replace_words(struct tx *tx, int64_t dossier, str old, str words, struct err *err)
{
    struct arena *arena = arena_new();
    struct sql_param id = P_INT("dossier", dossier);
    bool ok = (!old.len || tx_run(tx, forget_words, err, id, P_TEXT("words", stems_of(arena, old)))) &&
              (!words.len || tx_run(tx, insert_words, err, id, P_TEXT("words", stems_of(arena, words))));
    arena_free(arena);
    return ok;
}

bool search_index_new(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    int64_t last = 0;
    bool ok = true;
    if (!is_sqlite(tx))
        return true;
    struct rows rows = tx_query(tx, select_unindexed, P_INT("most", PIECE_MOST));
    while (ok && rows_next(&rows)) {
        last = rows_int(&rows, 0);
        ok = replace_words(tx, last, STR_EMPTY, rows_text(&rows, 1), err);
    }
    return rows_end(&rows, err) && ok && (last == 0 || tx_run(tx, move_mark, err, P_INT("dossier", last)));
}

static bool write_text(struct tx *tx, int64_t dossier, bool had, str words, struct err *err)
{
    struct sql_param id = P_INT("dossier", dossier);
    if (!words.len)
        return !had || tx_run(tx, delete_text, err, id);
    return tx_run(tx, insert_text, err, id, P_TEXT("words", words));
}

static bool write_sqlite(struct tx *tx, int64_t dossier, str words, struct err *err)
{
    struct arena *arena = arena_new();
    struct rows rows = tx_query(tx, select_old, P_INT("dossier", dossier));
    bool found = rows_next(&rows);
    bool is_new = found && rows_int(&rows, 0) < dossier, had = found && !rows_is_null(&rows, 1);
    str old = had ? rows_copy(&rows, arena, 1) : STR_EMPTY;
    bool ok = rows_end(&rows, err);
    if (ok && (!had || !str_eq(old, words)))
        ok = (is_new || replace_words(tx, dossier, old, words, err)) && write_text(tx, dossier, had, words, err);
    if (ok && is_new && !had && dossier % PIECE_DOSSIERS == 0)
        ok = search_index_new(tx, NULL, err);
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

/* The stem, or a beginning that has an index; one letter alone has none, and is looked for among all of its form or
 * roles. Folded words hold letters, digits and signs of other scripts: no quote, no operator. */
static void add_fts5(struct buf *out, const str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = utf8_length(words[i]);
        if (length > 1)
            buf_fmt(out, "%s\"%.*s\"%s", out->len ? " AND " : "", STR_ARG(utf8_slice(words[i], 0, STEM)),
                    length < STEM ? " *" : "");
    }
}

static void add_tsquery(struct buf *out, const str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_fmt(out, "%s'%.*s':*", i ? " & " : "", STR_ARG(words[i]));
}

/* The form, or that it is a request; and who sees it. */
static void add_keys(struct arena *arena, struct buf *out, const struct dossier_query *query, bool is_fts5)
{
    const char *both = is_fts5 ? " AND " : " & ", *either = is_fts5 ? " OR " : " | ";
    bool of_cards = form_key_is_card(query->form, NULL);
    if (query->form.len)
        buf_fmt(out, "%s%.*s", out->len ? both : "", STR_ARG(index_key(arena, 'f', query->form)));
    else if (query->actor->is_admin || !out->len)
        buf_fmt(out, "%s%s", out->len ? both : "", INDEX_KEY_OF_ALL);
    if (query->actor->is_admin)
        return;
    buf_fmt(out, "%s(", both);
    for (size_t i = 0; i < query->actor->role_count; i++)
        buf_fmt(out, "%s%.*s", i ? either : "",
                STR_ARG(index_key(arena, 'r', list_of_role(arena, of_cards, query->actor->roles[i]))));
    buf_add_char(out, ')');
}

static str lists_json(struct arena *arena, const struct dossier_query *query)
{
    const struct actor *actor = query->actor;
    bool of_cards = form_key_is_card(query->form, NULL);
    json_t *list = json_keep(arena, json_array());
    if (actor->is_admin)
        json_array_append_new(list, json_from_str(list_of_role(arena, of_cards, EVERY_ROLE)));
    for (size_t i = 0; i < actor->role_count; i++)
        json_array_append_new(list, json_from_str(list_of_role(arena, of_cards, actor->roles[i])));
    return json_text(arena, list);
}

struct search {
    const struct dossier_query *query;
    int64_t before; /* 0: none */
    int64_t limit;
    str match, roles;
    str words[WORDS_MOST]; /* each as the text holds it, after a space */
    bool is_in_index[WORDS_MOST];
};

/* What the index was not given of a word is looked for in the text; and one letter alone, which has no index. */
static bool is_in_index(str word)
{
    size_t length = utf8_length(word);
    return length > 1 && length <= STEM;
}

static const char *matching_text(const struct tx *tx, const struct search *search)
{
    const struct dossier_query *query = search->query;
    bool is_filtered =
        query->status.len || query->state != DOSSIER_ANY || query->from || query->to || query->waiting_only;
    bool is_whole = true;
    for (size_t i = 0; i < WORDS_MOST; i++)
        is_whole = is_whole && (!search->words[i].len || search->is_in_index[i]);
    return is_sqlite(tx) ? select_matching[is_filtered][!is_whole] : select_vectors[is_filtered];
}

/* Adds the next ones, up to the limit. */
static bool walk(struct tx *tx, struct arena *arena, const char *text, const struct search *search, struct founds *out,
                 struct err *err)
{
    const struct dossier_query *query = search->query;
    str in_text[WORDS_MOST];
    for (size_t i = 0; i < WORDS_MOST; i++)
        in_text[i] = text != select_new && search->is_in_index[i] ? STR_EMPTY : search->words[i];
    int64_t is_final = query->state == DOSSIER_ANY ? -1 : query->state == DOSSIER_FINAL;
    const struct sql_param params[] = {P_TEXT("match", search->match),
                                       P_INT("before", search->before ? search->before : INT64_MAX),
                                       P_TEXT("form", query->form),
                                       P_TEXT("status", query->status),
                                       P_INT("final", is_final),
                                       P_INT("from", query->from),
                                       P_INT("to", query->to ? query->to : INT64_MAX),
                                       P_INT("waiting", query->waiting_only ? PHASE_WAITING : 0),
                                       P_TEXT("roles", search->roles),
                                       P_INT("limit", search->limit - (int64_t)out->len),
                                       P_TEXT("w0", in_text[0]),
                                       P_TEXT("w1", in_text[1]),
                                       P_TEXT("w2", in_text[2]),
                                       P_TEXT("w3", in_text[3]),
                                       P_TEXT("w4", in_text[4]),
                                       P_TEXT("w5", in_text[5])};
    struct rows rows = tx_query_planned(tx, text, params, sizeof params / sizeof *params);
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 0);
        *vec_push(arena, out) = (struct found){id, id};
    }
    return rows_end(&rows, err);
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
    struct search search = {query, after.id, limit, buf_str(&match), lists_json(arena, query)};
    for (size_t i = 0; i < count; i++) {
        search.words[i] = str_fmt(arena, " %.*s", STR_ARG(words[i]));
        search.is_in_index[i] = is_in_index(words[i]);
    }
    return (!is_sqlite(tx) || walk(tx, arena, select_new, &search, out, err)) &&
           walk(tx, arena, matching_text(tx, &search), &search, out, err);
}

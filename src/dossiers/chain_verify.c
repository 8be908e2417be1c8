/* Proves the chains of all histories, and says what is wrong where one is broken. Dossiers and entries are two walks in
 * the order of the dossiers' ids, a page of dossiers at a time. */
#include "dossiers/chain.h"

static const char select_dossiers[] =
    "SELECT id, code, form, sequence, is_anonymised, is_removed, history_length, history_head FROM dossier"
    " WHERE id > :after ORDER BY id LIMIT :limit";
static const char select_entries[] = "SELECT " CHAIN_COLUMNS " FROM dossier_history"
                                     " WHERE dossier > :after AND dossier <= :last ORDER BY dossier, position";
static const char select_last[] = "SELECT COALESCE(MAX(dossier), 0) FROM dossier_history WHERE dossier > :after";

enum { PAGE = 200 };

struct owner_row { /* a dossier, as the proof needs it */
    int64_t id, sequence;
    str code, form;
    bool is_anonymised, is_removed;
    struct chain chain;
};

struct proof {
    struct history_check *check;
    struct arena *arena; /* of the page */
    int64_t after;       /* the dossier that was looked at last */
    bool is_over;
    struct VEC_OF(struct owner_row) owners;
    size_t next; /* among them */

    /* of one dossier */
    const struct owner_row *owner;
    struct owner_row stray;       /* whom entries name that have no dossier */
    struct chain_entries entries; /* without their texts but the status */
    int64_t missing, added;       /* that were told */
    bool is_broken;
};

static void tell(struct proof *proof, enum history_fault_kind kind, int64_t position, int64_t count)
{
    const struct owner_row *owner = proof->owner;
    struct history_fault fault = {kind, owner->id, owner->code, owner->form, owner->sequence, position, count};
    proof->is_broken = true;
    proof->check->faults++;
    proof->check->tell(proof->check->data, &fault);
}

/* ---- One entry ---- */

/* While its texts are there. A content that does not fit its digest makes the link wrong too, so that it is told. */
static void prove_content(struct proof *proof, struct chain_entry *entry)
{
    struct chain_hash content = chain_content(entry);
    proof->check->entries++;
    if (entry->salt.len == 0 && chain_is_blank(entry)) {
        proof->check->erased++;
        if (!proof->owner->is_anonymised && !proof->owner->is_removed)
            tell(proof, HISTORY_ERASED, entry->position, 1);
    } else if (!chain_hash_eq(&content, &entry->content)) {
        tell(proof, HISTORY_CHANGED, entry->position, 1);
    }
}

/* before NULL: as the first one. */
static bool follows(const struct chain_entry *before, const struct chain_entry *entry)
{
    static const struct chain_hash none = {0};
    struct chain_hash link = chain_link(before ? &before->link : &none, entry);
    return chain_hash_eq(&link, &entry->link);
}

static bool follows_another(const struct proof *proof, const struct chain_entry *entry)
{
    for (size_t i = 0; i < proof->entries.len; i++)
        if (follows(&proof->entries.at[i], entry))
            return true;
    return follows(NULL, entry);
}

/* ---- One chain ---- */

/* An entry whose link does not follow from the one before. True: the chain goes on without it. */
static bool tell_broken(struct proof *proof, size_t at, const struct chain_entry *before)
{
    const struct chain_entry *entry = &proof->entries.at[at];
    const struct chain_entry *next = at + 1 < proof->entries.len ? entry + 1 : NULL;
    int64_t found = (int64_t)proof->entries.len, length = proof->owner->chain.length;
    if (follows_another(proof, entry)) {
        tell(proof, HISTORY_MOVED, entry->position, 1);
    } else if (next ? follows(before, next) : found + proof->missing - proof->added > length) {
        tell(proof, HISTORY_ADDED, entry->position, 1);
        proof->added++;
        return true;
    } else if (found + proof->missing - proof->added < length) { /* those behind were numbered anew */
        tell(proof, HISTORY_MISSING, entry->position, 1);
        proof->missing++;
    } else {
        tell(proof, HISTORY_CHANGED, entry->position, 1);
    }
    return false;
}

static const struct chain_entry *walk(struct proof *proof)
{
    const struct chain_entry *before = NULL;
    int64_t expected = 1;
    for (size_t i = 0; i < proof->entries.len; i++) {
        const struct chain_entry *entry = &proof->entries.at[i];
        int64_t gap = entry->position - expected;
        bool is_added = false;
        if (gap > 0) {
            tell(proof, HISTORY_MISSING, expected, gap);
            proof->missing += gap;
        } else if (!follows(before, entry)) {
            is_added = tell_broken(proof, i, before);
        }
        before = is_added ? before : entry;
        expected = entry->position + 1;
    }
    return before;
}

static void prove_end(struct proof *proof, const struct chain_entry *last)
{
    static const struct chain_hash none = {0};
    const struct chain *chain = &proof->owner->chain;
    int64_t found = (int64_t)proof->entries.len + proof->missing - proof->added;
    if (found < chain->length)
        tell(proof, HISTORY_CUT, found + 1, chain->length - found);
    else if (found > chain->length)
        tell(proof, HISTORY_ADDED, chain->length + 1, found - chain->length);
    else if (!proof->is_broken && !chain_hash_eq(last ? &last->link : &none, &chain->head))
        tell(proof, HISTORY_END, found, 1);
}

/* A dossier that goes on without a history has a chain that was cut; a removed one has neither. */
static void end_dossier(struct proof *proof)
{
    if (!proof->owner->is_removed) {
        const struct chain_entry *last = walk(proof);
        if (proof->owner->chain.length != 0 || last)
            prove_end(proof, last);
        proof->check->dossiers++;
    } else if (proof->entries.len) {
        tell(proof, HISTORY_NO_DOSSIER, 1, (int64_t)proof->entries.len);
    }
    proof->entries.len = 0;
    proof->missing = proof->added = 0;
    proof->is_broken = false;
}

/* ---- The walk ---- */

static bool read_owners(struct tx *tx, struct proof *proof, struct err *err)
{
    struct rows rows = tx_query(tx, select_dossiers, P_INT("after", proof->after), P_INT("limit", PAGE));
    while (rows_next(&rows)) {
        struct owner_row *owner = vec_push(proof->arena, &proof->owners);
        *owner = (struct owner_row){.id = rows_int(&rows, 0),
                                    .code = rows_copy(&rows, proof->arena, 1),
                                    .form = rows_copy(&rows, proof->arena, 2),
                                    .sequence = rows_int(&rows, 3),
                                    .is_anonymised = rows_int(&rows, 4) != 0,
                                    .is_removed = rows_int(&rows, 5) != 0,
                                    .chain = {.length = rows_int(&rows, 6)}};
        owner->chain.head = chain_hash_of(rows_text(&rows, 7));
    }
    proof->is_over = proof->owners.len < PAGE;
    return rows_end(&rows, err);
}

/* Behind the last dossier there may be entries yet, which nobody has. */
static bool last_of_page(struct tx *tx, struct proof *proof, int64_t *last, struct err *err)
{
    if (!proof->is_over) {
        *last = proof->owners.at[proof->owners.len - 1].id;
        return true;
    }
    struct rows rows = tx_query(tx, select_last, P_INT("after", proof->after));
    *last = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    return rows_end(&rows, err);
}

/* To the dossier of the next entry: those before it are over. Nobody has what has no row of dossier. */
static void go_to(struct proof *proof, int64_t dossier)
{
    if (proof->owner)
        end_dossier(proof);
    for (; proof->next < proof->owners.len && proof->owners.at[proof->next].id < dossier; proof->next++) {
        proof->owner = &proof->owners.at[proof->next];
        end_dossier(proof);
    }
    bool is_known = proof->next < proof->owners.len && proof->owners.at[proof->next].id == dossier;
    proof->stray = (struct owner_row){.id = dossier, .is_removed = true};
    proof->owner = is_known ? &proof->owners.at[proof->next++] : &proof->stray;
}

static bool prove_entries(struct tx *tx, struct proof *proof, int64_t last, struct err *err)
{
    struct rows rows = tx_query(tx, select_entries, P_INT("after", proof->after), P_INT("last", last));
    while (rows_next(&rows)) {
        struct chain_entry entry;
        chain_load(&rows, &entry);
        if (!proof->owner || proof->owner->id != entry.dossier)
            go_to(proof, entry.dossier);
        prove_content(proof, &entry);
        entry.status = str_dup(proof->arena, entry.status);
        entry.author_name = entry.parts = entry.salt = STR_EMPTY;
        *vec_push(proof->arena, &proof->entries) = entry;
    }
    return rows_end(&rows, err);
}

static bool prove_page(struct tx *tx, void *arg, struct err *err)
{
    struct proof *proof = arg;
    int64_t last;
    if (!read_owners(tx, proof, err) || !last_of_page(tx, proof, &last, err) || !prove_entries(tx, proof, last, err))
        return false;
    go_to(proof, INT64_MAX);
    proof->owner = NULL;
    proof->after = last;
    return true;
}

bool dossiers_verify_histories(struct store *store, struct history_check *check, struct err *err)
{
    bool ok = true, is_over = false;
    int64_t after = 0;
    check->dossiers = check->entries = check->erased = check->faults = 0;
    while (ok && !is_over) {
        struct proof proof = {.check = check, .arena = arena_new(), .after = after};
        ok = store_read(store, prove_page, &proof, err);
        after = proof.after;
        is_over = proof.is_over;
        arena_free(proof.arena);
    }
    return ok;
}

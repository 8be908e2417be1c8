/* Links the histories that were written before there were chains, in the order that they were read in then. */
#include "dossiers/chain.h"

/* The columns of chains are empty yet: chain_load takes them as they are. */
static const char select_page[] =
    "SELECT h.id, h.dossier, h.position, h.at, h.author, h.account, h.author_name, h.status, h.parts, h.salt,"
    " h.content, h.link, COALESCE(d.is_anonymised, 0) FROM dossier_history h LEFT JOIN dossier d ON d.id = h.dossier"
    " WHERE (h.dossier, h.id) > (:dossier, :id) ORDER BY h.dossier, h.id LIMIT :limit";
static const char link_entry[] =
    "UPDATE dossier_history SET position = :position, salt = :salt, content = :content, link = :link WHERE id = :id";
static const char keep_head[] = "UPDATE dossier SET history_length = :length, history_head = :head WHERE id = :id";

enum { PAGE = 1000 };

struct linking {
    struct arena *arena;
    struct chain chain;
    int64_t dossier, id; /* the entry that was linked last; 0: none */
    struct chain_entries page;
};

/* PostgreSQL answers whole, SQLite row by row: what is read is kept before anything is written. */
static bool read_page(struct tx *tx, struct linking *linking, struct err *err)
{
    linking->page.len = 0;
    struct rows rows =
        tx_query(tx, select_page, P_INT("dossier", linking->dossier), P_INT("id", linking->id), P_INT("limit", PAGE));
    while (rows_next(&rows)) {
        struct chain_entry *entry = vec_push(linking->arena, &linking->page);
        chain_load(&rows, entry);
        bool is_blank = rows_int(&rows, 12) != 0 && chain_is_blank(entry);
        chain_seal(linking->arena, entry, is_blank);
        entry->status = str_dup(linking->arena, entry->status);
    }
    return rows_end(&rows, err);
}

static bool end_dossier(struct tx *tx, struct linking *linking, struct err *err)
{
    bool ok = linking->chain.length == 0 ||
              tx_run(tx, keep_head, err, P_INT("length", linking->chain.length),
                     P_BLOB("head", chain_hash_bytes(&linking->chain.head)), P_INT("id", linking->dossier));
    linking->chain = (struct chain){0};
    return ok;
}

static bool link_one(struct tx *tx, struct linking *linking, struct chain_entry *entry, struct err *err)
{
    if (entry->dossier != linking->dossier && !end_dossier(tx, linking, err))
        return false;
    chain_add(&linking->chain, entry);
    linking->dossier = entry->dossier;
    linking->id = entry->id;
    return tx_run(tx, link_entry, err, P_INT("position", entry->position), P_BLOB("salt", entry->salt),
                  P_BLOB("content", chain_hash_bytes(&entry->content)), P_BLOB("link", chain_hash_bytes(&entry->link)),
                  P_INT("id", entry->id));
}

bool chain_all(struct tx *tx, struct err *err)
{
    struct linking linking = {.arena = arena_new()};
    bool ok = true;
    do {
        arena_reset(linking.arena);
        linking.page = (struct chain_entries){0};
        ok = read_page(tx, &linking, err);
        for (size_t i = 0; ok && i < linking.page.len; i++)
            ok = link_one(tx, &linking, &linking.page.at[i], err);
    } while (ok && linking.page.len == PAGE);
    ok = ok && end_dossier(tx, &linking, err);
    arena_free(linking.arena);
    return ok;
}

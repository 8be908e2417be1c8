/* The chain of a dossier's history: each entry carries a link, a hash over the link before and what the entry says, so
 * that none is changed, taken out, put in or moved without its being seen (verify.c). The dossier's row keeps how many
 * there are and the last link: the end can't be cut off either.
 *
 * What may be erased (who wrote, and the parts) goes into the link by a salted digest. Anonymisation takes it away
 * together with the salt: the digest that stays tells nothing of it, and the chain holds.
 *
 *   content = SHA-256(salt, account, author's name, parts)
 *   link    = SHA-256(link before, id, dossier, at, author, status, content)
 *
 * A number goes in as 8 bytes, the highest first; a text as its length and its bytes; a hash as it is; before the first
 * entry stand zeros. Stored chains hang on this: it never changes. */
#ifndef GUICHET_DOSSIERS_CHAIN_H
#define GUICHET_DOSSIERS_CHAIN_H

#include "dossiers/dossiers.h"

enum { CHAIN_SALT = 16, CHAIN_HASH = 32 };

struct chain_hash {
    unsigned char bytes[CHAIN_HASH];
};
/* An entry as its row has it. */
struct chain_entry {
    int64_t id, dossier, position, at, author, account;
    str author_name, status, parts;
    str salt; /* CHAIN_SALT bytes; empty: its content was erased */
    struct chain_hash content, link;
};
struct chain_entries VEC_OF(struct chain_entry);
/* What the dossier's row keeps. */
struct chain {
    int64_t length;
    struct chain_hash head; /* zeros: no entry yet */
};

/* Gives the entry a salt and the digest of its content; a blank one no salt. */
void chain_seal(struct arena *arena, struct chain_entry *entry, bool is_blank);
struct chain_hash chain_content(const struct chain_entry *entry);
/* The link of an entry that follows one. */
struct chain_hash chain_link(const struct chain_hash *before, const struct chain_entry *entry);
bool chain_hash_eq(const struct chain_hash *a, const struct chain_hash *b);
/* Puts it at the end: its position, its link, the chain's length and head. */
void chain_add(struct chain *chain, struct chain_entry *entry);
/* Bytes of another length are no hash: zeros, which none is. */
struct chain_hash chain_hash_of(str bytes);
str chain_hash_bytes(const struct chain_hash *hash);

/* Inserts the row of a linked entry. */
bool chain_insert(struct tx *tx, const struct chain_entry *entry, struct err *err);
/* Whether all is gone that may be erased. */
bool chain_is_blank(const struct chain_entry *entry);
/* Takes away what may be erased of the entries of a dossier. */
bool chain_erase(struct tx *tx, int64_t dossier, struct err *err);
/* Links the histories that were there before chains were: a step of a migration. */
bool chain_all(struct tx *tx, struct err *err);

/* What chain_load reads, from column 0; its texts live as long as the row. */
#define CHAIN_COLUMNS "id, dossier, position, at, author, account, author_name, status, parts, salt, content, link"
void chain_load(struct rows *rows, struct chain_entry *entry);

#endif

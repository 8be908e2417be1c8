#include "dossiers/chain.h"

#include <openssl/evp.h>
#include <string.h>

static const char insert_entry[] =
    "INSERT INTO dossier_history (id, dossier, position, at, author, account, author_name, status, parts, salt,"
    " content, link) VALUES (:id, :dossier, :position, :at, :author, :account, :author_name, :status, :parts, :salt,"
    " :content, :link)";
static const char erase_history[] =
    "UPDATE dossier_history SET parts = '[]', account = 0, author_name = '', salt = '' WHERE dossier = :dossier";

/* ---- Hashing ---- */

static EVP_MD_CTX *hash_new(void)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    return hash;
}

static void hash_number(EVP_MD_CTX *hash, int64_t number)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (56 - 8 * i));
    EVP_DigestUpdate(hash, bytes, sizeof bytes);
}

static void hash_text(EVP_MD_CTX *hash, str text)
{
    hash_number(hash, (int64_t)text.len);
    EVP_DigestUpdate(hash, text.len ? text.ptr : "", text.len);
}

static struct chain_hash hash_end(EVP_MD_CTX *hash)
{
    struct chain_hash out = {0};
    EVP_DigestFinal_ex(hash, out.bytes, NULL);
    EVP_MD_CTX_free(hash);
    return out;
}

struct chain_hash chain_content(const struct chain_entry *entry)
{
    EVP_MD_CTX *hash = hash_new();
    hash_text(hash, entry->salt);
    hash_number(hash, entry->account);
    hash_text(hash, entry->author_name);
    hash_text(hash, entry->parts);
    return hash_end(hash);
}

struct chain_hash chain_link(const struct chain_hash *before, const struct chain_entry *entry)
{
    EVP_MD_CTX *hash = hash_new();
    EVP_DigestUpdate(hash, before->bytes, CHAIN_HASH);
    hash_number(hash, entry->id);
    hash_number(hash, entry->dossier);
    hash_number(hash, entry->at);
    hash_number(hash, entry->author);
    hash_text(hash, entry->status);
    EVP_DigestUpdate(hash, entry->content.bytes, CHAIN_HASH);
    return hash_end(hash);
}

bool chain_hash_eq(const struct chain_hash *a, const struct chain_hash *b)
{
    return memcmp(a->bytes, b->bytes, CHAIN_HASH) == 0;
}

str chain_hash_bytes(const struct chain_hash *hash)
{
    return (str){(const char *)hash->bytes, CHAIN_HASH};
}

void chain_seal(struct arena *arena, struct chain_entry *entry, bool is_blank)
{
    entry->salt = STR_EMPTY;
    if (!is_blank) {
        unsigned char *salt = arena_alloc(arena, CHAIN_SALT);
        random_bytes(salt, CHAIN_SALT);
        entry->salt = (str){(const char *)salt, CHAIN_SALT};
    }
    entry->content = chain_content(entry);
}

void chain_add(struct chain *chain, struct chain_entry *entry)
{
    entry->position = ++chain->length;
    entry->link = chain_link(&chain->head, entry);
    chain->head = entry->link;
}

/* ---- Rows ---- */

struct chain_hash chain_hash_of(str bytes)
{
    struct chain_hash hash = {0};
    if (bytes.len == CHAIN_HASH)
        memcpy(hash.bytes, bytes.ptr, CHAIN_HASH);
    return hash;
}

void chain_load(struct rows *rows, struct chain_entry *entry)
{
    *entry = (struct chain_entry){
        .id = rows_int(rows, 0),
        .dossier = rows_int(rows, 1),
        .position = rows_int(rows, 2),
        .at = rows_int(rows, 3),
        .author = rows_int(rows, 4),
        .account = rows_int(rows, 5),
        .author_name = rows_text(rows, 6),
        .status = rows_text(rows, 7),
        .parts = rows_text(rows, 8),
        .salt = rows_text(rows, 9),
        .content = chain_hash_of(rows_text(rows, 10)),
        .link = chain_hash_of(rows_text(rows, 11)),
    };
}

bool chain_insert(struct tx *tx, const struct chain_entry *entry, struct err *err)
{
    return tx_run(tx, insert_entry, err, P_INT("id", entry->id), P_INT("dossier", entry->dossier),
                  P_INT("position", entry->position), P_INT("at", entry->at), P_INT("author", entry->author),
                  P_INT("account", entry->account), P_TEXT("author_name", entry->author_name),
                  P_TEXT("status", entry->status), P_TEXT("parts", entry->parts), P_BLOB("salt", entry->salt),
                  P_BLOB("content", chain_hash_bytes(&entry->content)), P_BLOB("link", chain_hash_bytes(&entry->link)));
}

bool chain_is_blank(const struct chain_entry *entry)
{
    return entry->account == 0 && entry->author_name.len == 0 && str_eq(entry->parts, STR("[]"));
}

bool chain_erase(struct tx *tx, int64_t dossier, struct err *err)
{
    return tx_run(tx, erase_history, err, P_INT("dossier", dossier));
}

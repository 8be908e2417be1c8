/* The common database's tables, the installation's secret, and what is signed with it. */
#include "people/internal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

const struct migration people_migrations[] = {
    {1, "people",
     "CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
     "CREATE TABLE account ("
     " id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, email TEXT NOT NULL, email_key TEXT NOT NULL UNIQUE,"
     " is_verified INTEGER NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL, data TEXT NOT NULL,"
     " is_locked INTEGER NOT NULL, password TEXT NOT NULL, created BIGINT NOT NULL);"
     "CREATE TABLE link (digest TEXT PRIMARY KEY, account BIGINT NOT NULL, purpose INTEGER NOT NULL, expires BIGINT "
     "NOT NULL);"
     "CREATE INDEX link_expires ON link (expires);"
     "CREATE TABLE session ("
     " digest TEXT PRIMARY KEY, account BIGINT NOT NULL, created BIGINT NOT NULL, seen BIGINT NOT NULL);"
     "CREATE INDEX session_account ON session (account);"
     "CREATE INDEX session_seen ON session (seen);"
     "CREATE TABLE attempt (who TEXT PRIMARY KEY, failures INTEGER NOT NULL, until BIGINT NOT NULL);"
     "CREATE TABLE membership ("
     " account BIGINT NOT NULL, site TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (account, site, role));"
     "CREATE INDEX membership_role ON membership (site, role);"
     "CREATE TABLE account_site (account BIGINT NOT NULL, site TEXT NOT NULL, PRIMARY KEY (account, site))",
     NULL},
    {2, "people", "ALTER TABLE session ADD COLUMN context TEXT NOT NULL DEFAULT ''", NULL},
};
const size_t people_migration_count = sizeof people_migrations / sizeof *people_migrations;

static const char insert_secret[] =
    "INSERT INTO secret (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING";
static const char select_secret[] = "SELECT value FROM secret WHERE name = :name";

static bool make_secret(struct tx *tx, void *arg, struct err *err)
{
    struct people *people = arg;
    struct arena *arena = arena_new();
    bool ok = tx_run(tx, insert_secret, err, P_TEXT("name", STR("hmac")), P_TEXT("value", random_token(arena)));
    struct rows rows = tx_query(tx, select_secret, P_TEXT("name", STR("hmac")));
    if (ok && rows_next(&rows)) {
        str value = rows_text(&rows, 0);
        EVP_Digest(value.ptr, value.len, people->secret, NULL, EVP_sha256(), NULL);
    }
    ok = rows_end(&rows, err) && ok;
    arena_free(arena);
    return ok;
}

/* An HMAC that has taken the secret: each signature begins as a copy of it, since setting one up costs ten times the
 * signature. */
static EVP_MAC_CTX *signer_new(const unsigned char *secret)
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *signer = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
                         OSSL_PARAM_construct_end()};
    if (signer == NULL || EVP_MAC_init(signer, secret, SECRET_BYTES, with) != 1)
        abort();
    return signer;
}

struct people *people_open(struct store *common, struct err *err)
{
    struct people *people = calloc(1, sizeof *people);
    if (people == NULL)
        abort();
    people->store = common;
    pthread_mutex_init(&people->lock, NULL);
    if (store_write(common, make_secret, people, err)) {
        people->signer = signer_new(people->secret);
        return people;
    }
    people_close(people);
    return NULL;
}

void people_close(struct people *people)
{
    if (people == NULL)
        return;
    pthread_mutex_destroy(&people->lock);
    EVP_MAC_CTX_free(people->signer);
    OPENSSL_cleanse(people->secret, sizeof people->secret);
    free(people);
}

uint64_t cache_hash(str a, str b)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (size_t i = 0; i < a.len; i++)
        hash = (hash ^ (unsigned char)a.ptr[i]) * 0x100000001b3U;
    for (size_t i = 0; i < b.len; i++)
        hash = (hash ^ (unsigned char)b.ptr[i]) * 0x100000001b3U;
    return hash == 0 ? 1 : hash;
}

enum { SIGNATURE_LENGTH = 43 }; /* 32 bytes in base 64 */

static bool feed(EVP_MAC_CTX *signing, str text)
{
    return EVP_MAC_update(signing, (const unsigned char *)text.ptr, text.len) == 1;
}

/* URL-safe, without the padding sign. */
static void sign(const struct people *people, str purpose, str text, char out[SIGNATURE_LENGTH])
{
    unsigned char digest[32], encoded[48];
    size_t length;
    EVP_MAC_CTX *signing = EVP_MAC_CTX_dup(people->signer);
    if (signing == NULL || !feed(signing, purpose) || !feed(signing, STR("\n")) || !feed(signing, text) ||
        EVP_MAC_final(signing, digest, &length, sizeof digest) != 1)
        abort();
    EVP_MAC_CTX_free(signing);
    EVP_EncodeBlock(encoded, digest, 32);
    for (int i = 0; i < SIGNATURE_LENGTH; i++)
        out[i] = encoded[i] == '+' ? '-' : encoded[i] == '/' ? '_' : (char)encoded[i];
}

str people_sign(const struct people *people, struct arena *arena, str purpose, str text)
{
    char *out = arena_alloc(arena, SIGNATURE_LENGTH);
    sign(people, purpose, text, out);
    return (str){out, SIGNATURE_LENGTH};
}

bool people_signed(const struct people *people, str purpose, str text, str signature)
{
    char expected[SIGNATURE_LENGTH];
    sign(people, purpose, text, expected);
    return signature.len == sizeof expected && CRYPTO_memcmp(expected, signature.ptr, sizeof expected) == 0;
}

str csrf_token(const struct people *people, struct arena *arena, str cookie)
{
    return people_sign(people, arena, STR("csrf"), cookie);
}

bool csrf_holds(const struct people *people, str cookie, str token)
{
    return cookie.len > 0 && people_signed(people, STR("csrf"), cookie, token);
}

bool rate_allows(struct people *people, str what, str who, int most, int seconds, struct err *err)
{
    uint64_t hash = cache_hash(what, who);
    instant now = instant_now();
    pthread_mutex_lock(&people->lock);
    struct rate *rate = &people->rates[hash % RATE_SLOTS];
    if (rate->hash != hash || rate->until < now)
        *rate = (struct rate){hash, now + seconds * INSTANT_SECOND, 0};
    bool allowed = ++rate->count <= most;
    instant until = rate->until;
    pthread_mutex_unlock(&people->lock);
    if (allowed)
        return true;
    struct datetime local = datetime_local(until + 59 * INSTANT_SECOND); /* the minute that is over by then */
    return err_set(err, ERR_LIMIT, "Trop d’essais. Réessayez à %d h %02d.", local.hour, local.minute);
}

bool rate_is_spent(struct people *people, str what, str who, int most)
{
    uint64_t hash = cache_hash(what, who);
    instant now = instant_now();
    pthread_mutex_lock(&people->lock);
    const struct rate *rate = &people->rates[hash % RATE_SLOTS];
    bool is_spent = rate->hash == hash && rate->until >= now && rate->count >= most;
    pthread_mutex_unlock(&people->lock);
    return is_spent;
}

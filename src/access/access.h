/* access: the other programs that may ask a site, by Publik's two ways: a signed URL, and an API access (an identifier
 * and a key, by HTTP Basic). Everything kept lives in the common database; nothing here knows pages or accounts.
 *
 * Keys of signatures stand in the site's document (« api.keys »), which only who runs the installation writes: an HMAC
 * wants them as they are. Of an API access the SHA-256 of the key is kept and nothing else. */
#ifndef GUICHET_ACCESS_H
#define GUICHET_ACCESS_H

#include "base/base.h"
#include "store/store.h"

/* ---- Signed URLs ---- */

enum { ACCESS_SKEW_SECONDS = 30 }; /* between two clocks, as in w.c.s. */

/* {"orig": "key"} of a site's settings; NULL: it lets nobody sign. */
const json_t *access_keys(const json_t *settings);

struct access_signature {
    str orig;   /* who signed */
    str digest; /* of the nonce, or of the signature where there is none: used once */
};

/* Whether the query carries a good signature at its end: orig has a key, each of orig, algo, timestamp, nonce and
 * signature stands there once at the most, and the time is ours. keys: {"orig": "key"}; may be NULL. ERR_FORBIDDEN,
 * with a message for who wrote the caller. The nonce is not looked at yet: access_use_nonce. */
bool access_check_signature(struct arena *arena, const json_t *keys, str query, instant now,
                            struct access_signature *out, struct err *err);
/* Marks the nonce used, on disk, so that neither a restart nor another process forgets it. ERR_FORBIDDEN: it was. */
bool access_use_nonce(struct store *common, const struct access_signature *signature, instant now, struct err *err);

/* ---- API accesses ---- */

enum { ACCESS_KEY_LEAST = 20, ACCESS_KEY_MOST = 200, ACCESS_IDENTIFIER_MOST = 100 };

struct access {
    str site, identifier;
    const str *roles; /* slugs: it may see and do what an agent with these roles may */
    size_t role_count;
    instant created;
};
struct accesses VEC_OF(struct access);

/* ERR_CONFLICT: the site has one of that identifier; ERR_INVALID: a key that is too short, an identifier with a colon.
 */
bool access_create(struct store *common, const struct access *access, str key, struct err *err);
/* ERR_NOT_FOUND where there is none. */
bool access_remove(struct store *common, str site, str identifier, struct err *err);
/* In the order of their identifiers. */
bool access_list(struct store *common, struct arena *arena, str site, struct accesses *out, struct err *err);
/* What « Authorization: Basic … » gives access to. ERR_FORBIDDEN: nothing; unknown and wrong take as long. */
bool access_find(struct store *common, struct arena *arena, str site, str authorization, struct access *out,
                 struct err *err);

extern const struct migration access_migrations[];
extern const size_t access_migration_count;

#endif

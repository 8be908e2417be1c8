/* Private to people/. */
#ifndef GUICHET_PEOPLE_INTERNAL_H
#define GUICHET_PEOPLE_INTERNAL_H

#include "base/password.h"
#include "people/people.h"

#include <openssl/evp.h>
#include <pthread.h>

enum { SECRET_BYTES = 32, SESSION_CACHE_SLOTS = 4096, RATE_SLOTS = 4096 };

struct cached_session {
    uint64_t hash; /* of the token; 0: free */
    char token[48];
    char context[SESSION_CONTEXT_MOST + 1];
    int64_t account;
    instant created, seen, read;
};

struct rate {
    uint64_t hash;
    instant until;
    int count;
};

struct people {
    struct store *store;
    unsigned char secret[SECRET_BYTES];
    EVP_MAC_CTX *signer;  /* has the secret; only copied */
    pthread_mutex_t lock; /* of what follows */
    struct cached_session sessions[SESSION_CACHE_SLOTS];
    struct rate rates[RATE_SLOTS];
};

/* A hash for the caches, of no secrecy. */
uint64_t cache_hash(str a, str b);

/* E-mail addresses are compared by this form. */
str email_key(struct arena *arena, str email);

/* Columns of an account, in the order of ACCOUNT_COLUMNS. */
#define ACCOUNT_COLUMNS "id, uuid, email, is_verified, first_name, last_name, data, is_locked, password"
bool account_of_rows(struct rows *rows, struct arena *arena, struct account *out, str *password, struct err *err);

#endif

#include "base/password.h"

#include "base/random.h"

#include <argon2.h>

enum { MEMORY_KIB = 19456, PASSES = 2, LANES = 1, SALT_BYTES = 16, HASH_BYTES = 32 };

str password_hash(struct arena *arena, str password)
{
    char salt[SALT_BYTES], encoded[128];
    random_bytes(salt, sizeof salt);
    if (argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.ptr, password.len, salt, sizeof salt, HASH_BYTES,
                              encoded, sizeof encoded) != ARGON2_OK)
        return STR_EMPTY; /* matches nothing */
    return str_dup(arena, str_of(encoded));
}

bool password_matches(str password, str hash)
{
    /* Of no password: what an unknown address is compared with. */
    static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    if (password.len > PASSWORD_MOST)
        return false;
    struct arena *arena = arena_new();
    const char *encoded = hash.len == 0 ? nobody : str_z(arena, hash);
    bool matches = argon2id_verify(encoded, password.len == 0 ? "" : password.ptr, password.len) == ARGON2_OK;
    arena_free(arena);
    return matches && hash.len > 0;
}

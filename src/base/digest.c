#include "base/digest.h"

#include <openssl/evp.h>

str digest_hex(struct arena *arena, str text)
{
    unsigned char digest[32];
    char *hex = arena_alloc(arena, 2 * sizeof digest);
    EVP_Digest(text.len == 0 ? "" : text.ptr, text.len, digest, NULL, EVP_sha256(), NULL);
    str_hex(digest, sizeof digest, hex);
    return (str){hex, 2 * sizeof digest};
}

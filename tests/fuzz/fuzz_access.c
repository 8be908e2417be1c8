/* What another program sends to say who it is: a signed query, and a base 64 text, which comes out as it went in. */
#include "access/access.h"
#include "base/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str text = str_dup(arena, (str){(const char *)data, size}), bytes, again;
    struct access_signature signature;
    const json_t *keys = json_parse(arena, STR("{\"ville.example\": \"cle\"}"), NULL);
    if (access_check_signature(arena, keys, text, 0, &signature, NULL) && signature.digest.len != 64)
        __builtin_trap();
    if (base64_decode(arena, text, &bytes) &&
        (!base64_decode(arena, base64_encode(arena, bytes), &again) || !str_eq(bytes, again)))
        __builtin_trap();
    arena_free(arena);
    return 0;
}

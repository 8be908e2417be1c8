/* JSON as bodies, definitions and stored answers are read: what is read is written and read again as the same. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct err err;
    const json_t *json = json_parse(arena, str_dup(arena, (str){(const char *)data, size}), &err);
    if (json != NULL) {
        str text = json_text_sorted(arena, json);
        const json_t *again = json_parse(arena, text, &err);
        if (again == NULL || !str_eq(json_text_sorted(arena, again), text))
            __builtin_trap();
    }
    arena_free(arena);
    return 0;
}

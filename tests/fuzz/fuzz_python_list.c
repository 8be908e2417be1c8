/* A literal of Python that an old definition gives as its choices. */
#include "sources/python_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str text = str_dup(arena, (str){(const char *)data, size});
    if (utf8_is_valid(text)) {
        const json_t *json = python_literal(arena, text);
        if (json != NULL && !utf8_is_valid(json_text(arena, json)))
            __builtin_trap();
    }
    arena_free(arena);
    return 0;
}

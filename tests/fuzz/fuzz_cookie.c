/* A Cookie header: the first line is the name that is asked for, the rest the header. What is found stands in it. */
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str name, header;
    str_cut(str_dup(arena, (str){(const char *)data, size}), '\n', &name, &header);
    str value = http_cookie_value(header, name);
    if (value.len > 0 && (value.ptr < header.ptr || value.ptr + value.len > header.ptr + header.len))
        __builtin_trap();
    arena_free(arena);
    return 0;
}

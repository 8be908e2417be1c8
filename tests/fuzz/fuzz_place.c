/* What is printed of a photograph's notes, which are whatever its sender wrote. */
#include "received/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct position position;
    if (received_read_place(str_dup(arena, (str){(const char *)data, size}), &position) &&
        !position_is_on_earth(position))
        __builtin_trap();
    arena_free(arena);
    return 0;
}

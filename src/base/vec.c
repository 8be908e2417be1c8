#include "base/vec.h"

#include <string.h>

void *vec_grow(struct arena *arena, void *at, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return at;
    *cap = *cap > 0 ? *cap * 2 : size > 16 ? 2 : 8; /* most arrays of large things hold one */
    void *larger = arena_alloc_array(arena, *cap, size);
    if (len > 0)
        memcpy(larger, at, len * size);
    return larger;
}

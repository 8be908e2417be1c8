/* Rich text of a browser: what is kept of it is clean, and clean once is clean for ever. */
#include "forms/rich.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str text = utf8_repair(arena, (str){(const char *)data, size});
    str clean = rich_clean(arena, text, RICH_FULL);
    if (str_contains(clean, STR("<script")) || str_contains(clean, STR("<img")) || str_contains(clean, STR("=\"java")))
        abort();
    rich_plain(arena, clean);
    rich_clean(arena, rich_from_plain(arena, text), RICH_BASIC);
    arena_free(arena);
    return 0;
}

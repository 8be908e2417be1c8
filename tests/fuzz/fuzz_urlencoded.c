/* A posted form or a query string: names and values are UTF-8, and never more than were allowed. */
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 100 };

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct http_params params = {0};
    str text = str_dup(arena, (str){(const char *)data, size});
    if (http_parse_urlencoded(arena, text, MOST, &params)) {
        check(params.len <= MOST);
        for (size_t i = 0; i < params.len; i++)
            check(utf8_is_valid(params.at[i].name) && utf8_is_valid(params.at[i].value));
    }
    arena_free(arena);
    return 0;
}

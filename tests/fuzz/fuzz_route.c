/* A request's path: decoded once, then looked up; a parameter is never empty and stands in the path. */
#include "http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route routes[] = {
    {HTTP_GET, "/", 0, 0, BODY_NONE, NULL},
    {HTTP_GET, "/demarches/", 0, 0, BODY_NONE, NULL},
    {HTTP_GET, "/demarches/{slug}/", 0, 0, BODY_NONE, NULL},
    {HTTP_POST, "/demarches/{slug}/{n:int}/", 0, 0, BODY_UPLOADS, NULL},
    {HTTP_GET, "/demarches/{slug}/verifier/", 0, 0, BODY_NONE, NULL},
    {HTTP_GET, "/theme.css", 0, 0, BODY_NONE, NULL},
    {HTTP_GET, "/assets/{path*}", 0, 0, BODY_NONE, NULL},
};

static bool stands_in(str part, str whole)
{
    return part.len > 0 && part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    struct request request = {.arena = arena, .method = data[0] & 1 ? HTTP_POST : HTTP_GET};
    struct route_table *table = route_table_new(arena, routes, sizeof routes / sizeof *routes);
    str target = str_dup(arena, (str){(const char *)data + 1, size - 1});
    unsigned others;
    if (target.len > 0 && target.ptr[0] == '/' && http_decode_path(arena, target, &request.path)) {
        route_find(table, &request, &others);
        for (size_t i = 0; i < request.path_params.len; i++)
            if (!stands_in(request.path_params.at[i].value, request.path))
                __builtin_trap();
    }
    arena_free(arena);
    return 0;
}

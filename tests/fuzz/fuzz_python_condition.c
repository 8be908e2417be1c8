/* A condition of an old definition in Python: what is translated compiles as ours. */
#include "template/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str text = str_dup(arena, (str){(const char *)data, size}), ours;
    struct template_settings settings = {.kind = TEMPLATE_CONDITION};
    struct err err = {0};
    if (utf8_is_valid(text) && template_of_python(arena, text, &ours) &&
        template_compile(arena, ours, &settings, &err) == NULL)
        __builtin_trap();
    arena_free(arena);
    return 0;
}

/* What another server answers for a source of choices. */
#include "remote/remote.h"
#include "sources/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(struct arena *arena, const char *type, const char *attributes, const json_t *answer)
{
    const json_t *document = json_parse(
        arena,
        str_fmt(arena, "{\"source\": {\"type\": \"%s\", \"value\": \"https://x.example/\"}%s}", type, attributes),
        NULL);
    struct choices choices = {0};
    const char *problem = NULL;
    source_rows(source_compile(arena, document, STR("essai")), arena, answer, &choices, &problem);
    for (size_t i = 0; i < choices.len; i++)
        if (choices.at[i].id.len == 0 || choices.at[i].text.len == 0 || !utf8_is_valid(choices.at[i].text) ||
            choices.at[i].row == NULL)
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const json_t *answer = remote_parse(arena, str_dup(arena, (str){(const char *)data, size}), true, NULL);
    if (answer != NULL) {
        read_as(arena, "json", "", answer);
        read_as(arena, "json", ", \"data_attribute\": \"a.0\", \"id_attribute\": \"k.v\", \"text_attribute\": \"t\"",
                answer);
        read_as(arena, "geojson", ", \"label_template_property\": \"{{ nom }} {{ cp }}\"", answer);
    }
    arena_free(arena);
    return 0;
}

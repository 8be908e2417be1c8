/* A table that somebody hands in as a list of choices: every choice has an id that no other has and a whole row; and
 * what is kept of it gives the same list, and is kept the same again. */
#include "sources/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static struct choices choices_of(struct arena *arena, str text)
{
    json_t *json = json_keep(arena, json_object());
    json_set_str(json, STR("type"), STR("csv"));
    json_set_str(json, STR("value"), text);
    struct render render = {.arena = arena, .scope = VALUE_OF_UNDEFINED, .lang = STR("fr")};
    const struct source *source = source_compile(arena, json, STR("source"));
    check(utf8_is_valid(source_problem(source)));
    return source_choices(source, NULL, &render);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str text, again;
    struct err err = {0};
    if (source_table_text(arena, (str){(const char *)data, size}, &text, &err)) {
        check(utf8_is_valid(text));
        struct map ids = map_new(arena);
        struct choices choices = choices_of(arena, text);
        for (size_t i = 0; i < choices.len; i++) {
            const struct choice *choice = &choices.at[i];
            check(choice->id.len > 0 && choice->text.len > 0 && map_get(&ids, choice->id) == NULL);
            check(str_eq(json_str(choice->row, "id"), choice->id) &&
                  str_eq(json_str(choice->row, "text"), choice->text));
            map_set(&ids, choice->id, arena);
        }
        if (source_table_text(arena, text, &again, &err)) /* one column has no separator to know it by */
            check(str_eq(text, again) || !str_contains(text, STR(";")));
    }
    arena_free(arena);
    return 0;
}

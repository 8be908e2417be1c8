/* Each example of the language's reference is a test. */
#include "template/template.h"

#include "arena.h"

#include <string.h>

static void every_tag_and_filter_says_what_it_does(void **state)
{
    (void)state;
    struct template_entries entries = template_entries(arena);
    assert_true(entries.len > 150);
    for (size_t i = 0; i < entries.len; i++)
        if (entries.at[i].what == NULL || entries.at[i].what[0] == '\0')
            fail_msg("%s says nothing of itself", entries.at[i].name);
}

static bool uses(const struct template_entry *entry)
{
    const char *at = strstr(entry->example, entry->name);
    return at != NULL && at > entry->example;
}

static void each_example_uses_what_it_is_for_and_gives_what_it_says(void **state)
{
    (void)state;
    struct template_entries entries = template_entries(arena);
    struct template_settings settings = {.kind = TEMPLATE_HTML, .strict = true};
    size_t rendered = 0;
    for (size_t i = 0; i < entries.len; i++) {
        const struct template_entry *entry = &entries.at[i];
        if (entry->gives == NULL)
            continue;
        struct err err = {0};
        struct render_log log = {0};
        struct render render = template_example_render(arena);
        render.log = &log;
        const struct template *template = template_compile(arena, str_of(entry->example), &settings, &err);
        if (template == NULL)
            fail_msg("%s: %s", entry->example, err.message);
        if (!uses(entry))
            fail_msg("%s does not use %s", entry->example, entry->name);
        str text = str_trim(template_text(template, &render));
        if (!str_eq(text, str_of(entry->gives)) || log.len > 0)
            fail_msg("%s gives « %.*s » with %zu faults, not « %s »", entry->example, STR_ARG(text), log.len,
                     entry->gives);
        rendered++;
    }
    assert_true(rendered > 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(every_tag_and_filter_says_what_it_does),
        WITH_ARENA(each_example_uses_what_it_is_for_and_gives_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

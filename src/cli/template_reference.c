/* guichet template --reference: each tag and filter with its example, in Markdown. */
#include "cli/template.h"

#include <stdio.h>
#include <string.h>

static void print_usage_of(const struct template_entry *entry)
{
    if (entry->is_tag)
        printf("- `{%% %s %%}` : ", entry->name);
    else
        printf("- `|%s%s` : ", entry->name, entry->needs_argument ? ":…" : entry->takes_argument ? "[:…]" : "");
}

/* An example that holds a line end is shown with \\n. */
static void print_code(const char *text)
{
    putchar('`');
    for (; *text != '\0'; text++)
        if (*text == '\n')
            fputs("⏎", stdout);
        else if (*text == '\r')
            continue;
        else
            putchar(*text);
    putchar('`');
}

static void print_entry(const struct template_entry *entry)
{
    print_usage_of(entry);
    fputs(entry->what, stdout);
    if (entry->example != NULL) {
        fputs("\\\n  ", stdout);
        print_code(entry->example);
    }
    if (entry->gives != NULL) {
        fputs(" donne ", stdout);
        print_code(entry->gives);
    }
    putchar('\n');
}

int template_reference(void)
{
    struct arena *arena = arena_new();
    struct template_entries entries = template_entries(arena);
    const char *title = "";
    for (size_t i = 0; i < entries.len; i++) {
        const struct template_entry *entry = &entries.at[i];
        if (i == 0 || (!entry->is_tag && entries.at[i - 1].is_tag))
            printf("%s## %s\n", i == 0 ? "" : "\n", entry->is_tag ? "Les balises" : "Les filtres");
        if (strcmp(title, entry->title) != 0 || (!entry->is_tag && entries.at[i - 1].is_tag))
            printf("\n### %s\n\n", title = entry->title);
        print_entry(entry);
    }
    arena_free(arena);
    return 0;
}

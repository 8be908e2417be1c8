/* The parts of entries of a history: read from their text when somebody asks for them. A dossier that has lived long
 * holds a great deal of them (traces above all), and most of what is done with it reads none. */
#include "workflow/model.h"

struct history_parts {
    struct arena *arena;
    str text;           /* as it was stored; empty: it was made here */
    const json_t *list; /* NULL: not read yet */
};

struct history_parts *history_parts_new(struct arena *arena, json_t *list)
{
    struct history_parts *parts = arena_new_of(arena, struct history_parts);
    parts->list = json_keep(arena, list);
    return parts;
}

struct history_parts *history_parts_of_text(struct arena *arena, str text)
{
    struct history_parts *parts = arena_new_of(arena, struct history_parts);
    *parts = (struct history_parts){.arena = arena, .text = text};
    return parts;
}

const json_t *entry_parts(const struct history_entry *entry)
{
    struct history_parts *parts = entry->parts;
    if (parts && !parts->list)
        parts->list = json_parse(parts->arena, parts->text, NULL);
    return parts ? parts->list : NULL;
}

/* A text that does not hold the word, in quotes, need not be read. */
static bool may_hold(const struct history_entry *entry, const char *word)
{
    const struct history_parts *parts = entry->parts;
    if (!parts || parts->list)
        return parts != NULL;
    char quoted[64];
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", word);
    return memmem(parts->text.ptr, parts->text.len, quoted, (size_t)length) != NULL;
}

static bool suits(const struct part_walk *walk, const json_t *part)
{
    return walk->type ? str_eq(json_str(part, "type"), str_of(walk->type))
                      : json_object_get(part, walk->member) != NULL;
}

bool next_part(struct part_walk *walk)
{
    const struct history *history = &walk->dossier->history;
    for (; walk->entries < history->len; walk->entries++, walk->parts = 0) {
        walk->entry = &history->at[walk->entries];
        if (!may_hold(walk->entry, walk->type ? walk->type : walk->member))
            continue;
        const json_t *parts = entry_parts(walk->entry);
        while (walk->parts < json_array_size(parts)) {
            walk->part = json_array_get(parts, walk->parts++);
            if (suits(walk, walk->part))
                return true;
        }
    }
    return false;
}

/* Searching in long lists, and finding one choice of them. */
#include "sources/source.h"

/* Every word of what is typed stands in the text, at the beginning of one of its words. */
static bool has_words(str text, str typed)
{
    for (str word, rest = typed; str_next(&rest, ' ', &word);) {
        bool has = false;
        for (size_t at = 0; !has && (at = str_find(text, word, at)) != SIZE_MAX; at++)
            has = at == 0 || text.ptr[at - 1] == ' ';
        if (!has)
            return false;
    }
    return true;
}

static void add_found(struct arena *arena, const struct choices *all, str typed, bool at_beginning, size_t most,
                      struct choices *out)
{
    for (size_t i = 0; i < all->len && out->len < most; i++) {
        str folded = utf8_fold(arena, all->at[i].text);
        if (all->at[i].is_disabled || str_starts(folded, typed) != at_beginning || !has_words(folded, typed))
            continue;
        *vec_push(arena, out) = all->at[i];
    }
}

static struct choices search_in(struct arena *arena, const struct choices *all, str typed, size_t most)
{
    struct choices found = {0};
    str folded = utf8_fold(arena, typed);
    add_found(arena, all, folded, true, most, &found);
    add_found(arena, all, folded, false, most, &found);
    return found;
}

struct choices source_search(const struct source *source, const struct source_finder *finder, struct render *render,
                             str typed, size_t most)
{
    bool fails;
    const struct source *found = source_meant(source, finder);
    if (found == NULL || found->query_parameter.len == 0) {
        struct choices all = source_choices(source, finder, render);
        return search_in(render->arena, &all, typed, most);
    }
    struct choices answered = source_ask(found, finder, render, found->query_parameter, typed, &fails);
    if (answered.len > most)
        answered.len = most;
    return answered;
}

static bool take(const struct choices *choices, str id, struct choice *out)
{
    const struct choice *choice = choice_find(choices, id);
    if (choice != NULL)
        *out = *choice;
    return choice != NULL;
}

bool source_choice(const struct source *source, const struct source_finder *finder, struct render *render, str id,
                   str hint, struct choice *out)
{
    bool fails;
    const struct source *found = source_meant(source, finder);
    struct choices choices;
    if (found != NULL && found->type == SOURCE_LOCAL) {
        choices = id.len > 0 ? source_of_site(found, finder, render, id) : (struct choices){0};
        return take(&choices, id, out);
    }
    if (found != NULL && found->id_parameter.len > 0) {
        choices = source_ask(found, finder, render, found->id_parameter, id, &fails);
        if (take(&choices, id, out))
            return true;
    }
    if (found != NULL && found->query_parameter.len > 0 && hint.len > 0) {
        choices = source_ask(found, finder, render, found->query_parameter, hint, &fails);
        if (take(&choices, id, out))
            return true;
    }
    choices = source_choices(source, finder, render);
    return take(&choices, id, out);
}

/* Searching in long lists, and finding one choice of them. */
#include "sources/source.h"

/* The better, the earlier it is shown. */
enum rank { RANK_BEGINNING, RANK_WORDS, RANK_WITHIN, RANK_NONE };

/* How a word stands in the text. */
static enum rank rank_of_word(str text, str word)
{
    enum rank rank = RANK_NONE;
    for (size_t at = 0; rank != RANK_WORDS && (at = str_find(text, word, at)) != SIZE_MAX; at++)
        rank = at == 0 || text.ptr[at - 1] == ' ' ? RANK_WORDS : RANK_WITHIN;
    return rank;
}

/* As its worst word. Both are folded. */
static enum rank rank_of(str text, str typed)
{
    if (str_starts(text, typed))
        return RANK_BEGINNING;
    enum rank worst = RANK_WORDS;
    for (str word, rest = typed; worst != RANK_NONE && str_next(&rest, ' ', &word);) {
        enum rank rank = rank_of_word(text, word);
        if (rank > worst)
            worst = rank;
    }
    return worst;
}

static struct choices search_in(struct arena *arena, const struct choices *all, str typed, size_t most)
{
    struct choices found[RANK_NONE] = {0};
    str wanted = utf8_fold(arena, typed);
    char *room = NULL; /* each text is folded in the same place: a long list costs no memory */
    size_t size = 0;
    for (size_t i = 0; i < all->len && found[RANK_BEGINNING].len < most; i++) {
        const struct choice *choice = &all->at[i];
        if (choice->is_disabled)
            continue;
        if (choice->text.len >= size) {
            size = choice->text.len * 2 + 64;
            room = arena_alloc(arena, size);
        }
        enum rank rank = rank_of(utf8_fold_into(arena, choice->text, room), wanted);
        if (rank != RANK_NONE && found[rank].len < most)
            *vec_push(arena, &found[rank]) = *choice;
    }
    struct choices best = found[RANK_BEGINNING];
    for (enum rank rank = RANK_WORDS; rank < RANK_NONE; rank++)
        for (size_t i = 0; i < found[rank].len && best.len < most; i++)
            *vec_push(arena, &best) = found[rank].at[i];
    return best;
}

bool source_is_searched(const struct source *source, const struct source_finder *finder)
{
    const struct source *found = source_meant(source, finder);
    return found != NULL && found->type == SOURCE_REMOTE && found->query_parameter.len > 0;
}

struct choices source_search(const struct source *source, const struct source_finder *finder, struct render *render,
                             str typed, size_t most, bool *fails)
{
    bool unheeded;
    const struct source *found = source_meant(source, finder);
    if (fails == NULL)
        fails = &unheeded;
    *fails = false;
    if (source_is_searched(source, finder)) {
        struct choices answered = source_ask(found, finder, render, found->query_parameter, typed, fails);
        if (answered.len > most)
            answered.len = most;
        return answered;
    }
    struct choices all = found != NULL && found->type == SOURCE_LOCAL
                             ? source_of_site(found, finder, render, STR_EMPTY, typed)
                             : source_choices(source, finder, render);
    *fails = all.len == 0 && source_fails(source, finder, render);
    return search_in(render->arena, &all, typed, most);
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
        choices = id.len > 0 ? source_of_site(found, finder, render, id, STR_EMPTY) : (struct choices){0};
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
    if (source_is_searched(source, finder))
        return false;
    choices = source_choices(source, finder, render);
    return take(&choices, id, out);
}

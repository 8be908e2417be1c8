/* The word that was probably meant. */
#include "base/near.h"

enum { WORD_MOST = 64 };

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters are to be added, taken away, changed, or swapped with their neighbour (Damerau's distance, no letter
 * being moved twice). */
static size_t distance_of(str a, str b)
{
    size_t rows[3][WORD_MOST + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *higher = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
            row[j] = least_of(change, 1 + least_of(above[j], row[j - 1]));
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least_of(row[j], higher[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

void near_try(struct near_search *search, str candidate)
{
    str word = search->word;
    size_t difference = candidate.len > word.len ? candidate.len - word.len : word.len - candidate.len;
    size_t bound = search->most > 0 ? search->most : word.len < 4 ? 1 : word.len < 10 ? 2 : 3;
    if (candidate.len == 0 || candidate.len > WORD_MOST || word.len > WORD_MOST || difference > bound)
        return;
    size_t distance = distance_of(word, candidate);
    if (distance == 0 || distance > bound || distance >= word.len ||
        (search->best.len > 0 && distance >= search->distance))
        return;
    search->best = candidate;
    search->distance = distance;
}

str near_say(struct arena *arena, const struct near_search *search)
{
    return search->best.len == 0 ? STR(".") : str_fmt(arena, " : vouliez-vous dire « %.*s » ?", STR_ARG(search->best));
}

/* near: of many words, the one that was probably meant where another was typed. */
#ifndef GUICHET_BASE_NEAR_H
#define GUICHET_BASE_NEAR_H

#include "base/str.h"

struct near_search {
    str word, best;  /* best: empty where no candidate is near */
    size_t distance; /* of the best: letters added, taken away, changed, or swapped with their neighbour */
    size_t most;     /* how far a candidate may be; 0: by the length of the word */
};
void near_try(struct near_search *search, str candidate);
/* « : vouliez-vous dire « X » ? », or a dot. */
str near_say(struct arena *arena, const struct near_search *search);

#endif

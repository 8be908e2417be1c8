/* What other servers answer in a rehearsal. Private to rehearse/. */
#ifndef GUICHET_REHEARSE_ANSWERS_H
#define GUICHET_REHEARSE_ANSWERS_H

#include "fetch/fetch.h"
#include "rehearse/internal.h"

/* One of each kind, made of what the site's texts read; memory of arena. Status 0: none comes. */
void answers_make(struct arena *arena, const struct stage *stage, struct fetch_answer out[ANSWERS]);

#endif

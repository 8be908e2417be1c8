/* Which statuses nothing leads to, whatever a form of the workflow asks, its options are, people do and other servers
 * answer: shown from the definition alone, never guessed. Private to rehearse/. */
#ifndef GUICHET_REHEARSE_PROVE_H
#define GUICHET_REHEARSE_PROVE_H

#include "catalogue/catalogue.h"
#include "rehearse/ways.h"
#include "template/template.h"

struct proving {
    struct arena *arena;
    const struct workflow *workflow;
    struct catalogue *catalogue; /* whose forms may set options that the workflow has no more */
    const struct map *filters;   /* the site's own; NULL: none */
    struct ways ways;
    bool *is_shut;    /* by the index of the status: nothing that is open leads there */
    struct map texts; /* compiled conditions, by their source */
};
/* reached: ids of statuses that a rehearsal has seen: these are open. */
void prove(struct proving *proving, const struct map *reached);
/* Why the way is never taken, a French sentence without its end; empty: it may be, as far as is known. */
str prove_why_not(struct proving *proving, const struct way *way);
/* What a name may be, as template_check asks (prove_names.c); data: a struct proving. */
enum template_extent prove_names(const void *data, struct arena *arena, str path, struct value near,
                                 struct value_list *examples);
/* The compiled condition of an action; NULL: it has none, or not one that runs. */
const struct template *prove_condition(struct proving *proving, const json_t *action);
/* The ways to a status that was not reached, and what kept each from being taken: a new list of {"from", "action",
 * "label", "because"} (why.c). */
json_t *prove_ways_json(struct proving *proving, const struct map *reached, str status);

#endif

/* The workflows of the site, each for itself: what its forms have reached of it together, then what a form made for the
 * rehearsal reaches besides, with options, variables of the site and answers that were looked for so that the
 * conditions of a way hold. Private to rehearse/. */
#ifndef GUICHET_REHEARSE_CIRCUIT_H
#define GUICHET_REHEARSE_CIRCUIT_H

#include "rehearse/internal.h"
#include "rehearse/literals.h"
#include "rehearse/prove.h"

/* The document of such a form (made_form.c). */
json_t *made_form(struct arena *arena, const struct stage *stage, const struct workflow *workflow);

/* ---- What may be set otherwise (dials.c) ---- */

enum dial_kind { DIAL_OPTION, DIAL_VARIABLE, DIAL_ANSWER };
struct dial {
    enum dial_kind kind;
    str name;                  /* of the option, of the variable; the answer's field's varname */
    const struct field *field; /* NULL: a variable */
    struct trials values;
    size_t at; /* which of them; values.len: not set */
};
struct dials VEC_OF(struct dial);
/* Of the form, which was made for the workflow: options at their first value, addresses among the answers too, the rest
 * not set. */
void dials_find(struct arena *arena, const struct stage *stage, const struct form *form,
                const struct workflow *workflow, struct dials *out);
/* What they come to: an object for each kind, and the wishes that a form is filled with. */
json_t *dials_json(struct arena *arena, const struct dials *dials, enum dial_kind kind);
void dials_wishes(struct arena *arena, const struct dials *dials, struct wishes *out);

/* ---- Ways through, and what they want (passage.c) ---- */

struct passage {
    struct VEC_OF(const struct way *) ways; /* from the first status on */
};
struct setter { /* of a datum of the treatment */
    str varname;
    const struct template *text; /* NULL: it empties it */
    const json_t *action;
};
struct seeking {
    struct stage *stage;
    struct arena *arena;
    const struct form *form; /* that it is played with */
    struct proving *proving;
    struct dials *dials;
    uint64_t seed;
    /* passage_begin: */
    struct map taken; /* ways that were tried already: address → int * */
    struct map texts; /* compiled, by their source */
    struct VEC_OF(struct setter) setters;
};
/* The members above the line are set. */
void passage_begin(struct seeking *seeking);
/* The way to a status that asks the least, and least of it was tried before; false: there is none. */
bool passage_find(struct seeking *seeking, int status, struct passage *out);
/* Sets the dials so that its conditions hold, as many as can be; how many do not, of those that dials decide. */
size_t passage_settle(struct seeking *seeking, const struct passage *passage);

/* ---- The pass (circuit.c) ---- */

/* What was reached of a workflow so far, by whatever form: ids of statuses. */
struct map *circuit_reached(struct stage *stage, const struct workflow *workflow);
/* Plays what is still missing of the workflow with a form of its own, and tells all of it: a new object.
 * forms: the reports of those that were played. */
json_t *circuit_play(struct stage *stage, const struct workflow *workflow, const json_t *forms, int64_t seconds);

#endif

/* What the files of lint share. */
#ifndef GUICHET_LINT_INTERNAL_H
#define GUICHET_LINT_INTERNAL_H

#include "lint/lint.h"

/* A text of a document, compiled. */
struct lint_text {
    str where;
    const struct template *template;
};
struct lint_texts VEC_OF(struct lint_text);

/* A document while it is looked at. */
struct linting {
    struct arena *arena;
    str kind, slug;
    const json_t *json;
    const struct form *form;         /* of a form that compiles, else NULL */
    const struct workflow *workflow; /* of a workflow that compiles, else NULL */
    struct lint_texts texts;
    struct lint_findings *out;
};

/* Compiles the document, and tells what does not run (document.c). */
void linting_begin(struct linting *linting, struct arena *arena, str kind, const json_t *json,
                   struct lint_findings *out);
/* Adds a finding; a message with its « . » at the end. */
struct lint_finding *linting_add(struct linting *linting, bool is_error, str where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Keys that no kind of document has (keys.c). */
void linting_keys(struct linting *linting);
/* Statuses that nothing leads to, or that nothing leads out of (statuses.c). */
void linting_statuses(struct linting *linting);

/* What a name of Publik's stands for that is not given here yet: « var:webservice »; empty: none (inert_names.c). */
str inert_name(struct arena *arena, str path);
/* Whether a filter is one of Publik's own that does not run yet; else an unknown one was added by a site. */
bool filter_is_inert(str name);

/* The names that the texts of a document may read: in a request of each form with its workflow (names.c). */
struct name_world; /* of the whole site */
struct name_world *name_world_new(struct arena *arena, const struct lint_place *place);
void linting_names(struct linting *linting, struct name_world *world);

/* The word among the candidates that was probably meant; empty where none is near (near.c). */
struct near_search {
    str word, best;
    size_t distance;
};
void near_try(struct near_search *search, str candidate);
/* « : vouliez-vous dire « X » ? », or a dot. */
str near_say(struct arena *arena, const struct near_search *search);

#endif

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
    const struct form *form;           /* of a form that compiles, else NULL */
    const struct workflow *workflow;   /* of a workflow that compiles, else NULL */
    const struct block *block;         /* of a block that compiles, else NULL */
    const struct block_finder *blocks; /* the site's; NULL: the document is looked at alone */
    struct lint_texts texts;
    struct lint_findings *out;
};

/* Compiles the document, and tells what does not run (document.c). blocks: NULL where it is looked at alone. */
void linting_begin(struct linting *linting, struct arena *arena, str kind, const json_t *json,
                   const struct block_finder *blocks, struct lint_findings *out);
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

/* ---- What texts are read in (worlds.c) ---- */

struct world {               /* a form with its workflow */
    const struct form *form; /* NULL: a workflow that no form uses */
    const struct workflow *workflow;
    const struct dossier *dossier; /* a request that has all that they can give it: every sub-form, every comment */
    struct value scope;            /* its names */
    struct VEC_OF(str) opaque; /* beginnings of names that actions give which do not run yet, or calls from outside */
    bool is_called;            /* a call from outside may bring any data */
};

struct name_world { /* all of a site's */
    struct arena *arena;
    const struct lint_place *place;
    struct VEC_OF(struct world) worlds;
};
struct name_world *name_world_new(struct arena *arena, const struct lint_place *place);
/* Whether the document's texts are read in it. any_form: only in forms. */
bool world_is_read(const struct linting *linting, const struct world *world, bool any_form);
/* Whether some form has them. */
bool any_form_reads(const struct linting *linting, const struct name_world *names);

/* The names that the texts of a document read and nobody knows (names.c). */
void linting_names(struct linting *linting, struct name_world *names);
/* What its texts can't do (templates.c). */
void linting_templates(struct linting *linting, const struct name_world *names);

/* « cle » of form_var_cle_raw; empty where the path is of another family than form_var (names.c). */
str behind(str path, const char *family);

/* What a name may be, for template_check: data is a struct knowing (values.c). */
struct knowing {
    const struct linting *linting;
    const struct name_world *names;
    bool any_form; /* some form reads the document */
};
enum template_extent values_of(const void *data, struct arena *arena, str path, struct value near,
                               struct value_list *examples);

#endif

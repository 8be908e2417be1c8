/* sources: the lists that choices come from. Fixed lists, JSON values written as a template, named sources of the site,
 * and Python's literal lists of old definitions (formula). Kinds that ask another server (json, jsonp, geojson) or the
 * site's cards are kept, not run yet: they give no choice and a fault in the render's log, never an error. */
#ifndef GUICHET_SOURCES_H
#define GUICHET_SOURCES_H

#include "base/base.h"
#include "template/template.h"

struct choice {
    str id, text;
    bool is_disabled;
    const json_t *row; /* the whole row: {"id", "text", …}; what _structured gives */
};
struct choices VEC_OF(struct choice);

/* Where a field or a source document takes its choices from; immutable, compiled. */
struct source;

/* Compiles {"type", "value"} of a field, or of a source document with its attributes. where names it in messages. A
 * kind that does not run, or a text that does not compile, gives an inert source that source_problem tells of. Never
 * NULL. */
const struct source *source_compile(struct arena *arena, const json_t *json, str where);

/* Empty where the source runs; else what is wrong, French, for the administrator. */
str source_problem(const struct source *source);
/* What does not run, in the words of the importer's report: « ds:json », « ds:carddef-view » … */
str source_construct(const struct source *source);
/* The slug, of a source of kind « named »; empty else. */
str source_named(const struct source *source);
/* The texts of the source, for the static check: NULL where it has none. */
const struct template *source_template(const struct source *source);

/* Finds the named sources of a site; NULL where there is none of that slug. */
struct source_finder {
    const struct source *(*find)(const void *data, str slug);
    const void *data;
};

/* The choices now. render carries the names that templates of the source may use. finder may be NULL. Texts live in
 * the render's arena, or as long as the definition. */
struct choices source_choices(const struct source *source, const struct source_finder *finder, struct render *render);

/* The choices where they are the same for every request: a list as it is written, or the named source that is one.
 * False: others. */
bool source_fixed(const struct source *source, const struct source_finder *finder, struct choices *out);

/* The choices of a plain list of texts (id and text alike), or of rows {"id", "text"}. */
struct choices choices_from_json(struct arena *arena, const json_t *list);
/* NULL where no choice has the id. */
const struct choice *choice_find(const struct choices *choices, str id);
/* choices as a template sees them: a list of rows. */
struct value choices_value(struct arena *arena, const struct choices *choices);

#endif

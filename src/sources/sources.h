/* sources: the lists that choices come from. Fixed lists, tables (csv), JSON values written as a template, lists that
 * another server gives (json, jsonp, geojson), what the site itself holds (accounts by role, cards), named sources of
 * the site, and Python's literal lists of old definitions (formula).
 *
 * A source never fails: where it can't be read it gives no choice, a fault in the render's log, and source_fails. */
#ifndef GUICHET_SOURCES_H
#define GUICHET_SOURCES_H

#include "base/base.h"
#include "calls/calls.h"
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
/* What does not run, in the words of the importer's report: « ds:formula », « ds:carddef-view » … */
str source_construct(const struct source *source);
/* The slug, of a source of kind « named »; empty else. */
str source_named(const struct source *source);
/* The texts of the source, for the static check. */
void source_texts(const struct source *source, struct arena *arena, struct call_texts *out);

/* What the site itself is asked for. */
struct local_asking {
    str kind, value;    /* « wcs:users »; « card », « slug:view » */
    const json_t *json; /* the whole definition */
    str id;             /* this choice; empty: all */
    str typed;          /* words that they are searched by: who answers may leave out what has none of them */
};

/* What sources are read with, in one request or job. */
struct source_finder {
    /* The named sources of the site; NULL where there is none of that slug. */
    const struct source *(*find)(const void *data, str slug);
    const void *data;
    /* The choices of what the site itself holds: « wcs:users », « card ». False: not that kind. NULL: none here. */
    bool (*local)(const void *local_data, const struct local_asking *asking, struct render *render,
                  struct choices *out);
    const void *local_data;
    struct remote_session *session; /* NULL: other servers are not asked */
};

/* The choices now. render carries the names that templates of the source may use. finder may be NULL. Texts live in
 * the render's arena, or as long as the definition. */
struct choices source_choices(const struct source *source, const struct source_finder *finder, struct render *render);
/* What another server says beside its list, « meta »; NULL: nothing, or it is no list of another server. */
const json_t *source_about(const struct source *source, const struct source_finder *finder, struct render *render);
/* Whether it gives nothing because the server that has it does not answer; one that only searches is asked for a word
 * then. */
bool source_fails(const struct source *source, const struct source_finder *finder, struct render *render);

/* Whether another server searches it: it is asked with what is typed, and never for the whole list. */
bool source_is_searched(const struct source *source, const struct source_finder *finder);
/* Those whose text has every word of what is typed, accents and case forgiven, most of them at the most: those that
 * begin by it, then those where each stands at the beginning of a word, then within. Where the source has a query
 * parameter its server searches, in its order. Nothing typed: the first ones. *fails, which may be NULL: its server
 * does. */
struct choices source_search(const struct source *source, const struct source_finder *finder, struct render *render,
                             str typed, size_t most, bool *fails);
/* One choice by its id; false where there is none. hint: a text by which it may be searched, where its server neither
 * gives the whole list nor finds by id; may be empty. */
bool source_choice(const struct source *source, const struct source_finder *finder, struct render *render, str id,
                   str hint, struct choice *out);

/* Of a source of cards, a named one too: « slug », or « slug:view »; empty: it is of another kind. */
str source_cards(const struct source *source, const struct source_finder *finder);

/* The choices where they are the same for every request: a list as it is written, or the named source that is one.
 * False: others. */
bool source_fixed(const struct source *source, const struct source_finder *finder, struct choices *out);

/* The choices of a plain list of texts (id and text alike), or of rows {"id", "text"}. */
struct choices choices_from_json(struct arena *arena, const json_t *list);
/* NULL where no choice has the id. */
const struct choice *choice_find(const struct choices *choices, str id);
/* choices as a template sees them: a list of rows. */
struct value choices_value(struct arena *arena, const struct choices *choices);

/* ---- Tables that somebody hands in as a file, made the definition of a source (type « csv ») ---- */

enum { SOURCE_TABLE_MOST = 3 << 20 }; /* bytes of a table: it stands in a definition (DEFINITION_TEXT_MOST) */

/* The bytes of a CSV file as a definition keeps them: UTF-8, semicolons, LF, so that saving the same table from another
 * spreadsheet changes nothing. ERR_INVALID names the line that can't be read; ERR_TOO_LARGE. */
bool source_table_text(struct arena *arena, str bytes, str *text, struct err *err);
/* A source document with this file as its table, where all its lines are right; else NULL, and err names them. */
const json_t *source_with_table(struct arena *arena, const json_t *document, str bytes, struct err *err);
/* The same of the file at this path; it must be there. */
const json_t *source_with_file(struct arena *arena, const json_t *document, const char *path, struct err *err);

#endif

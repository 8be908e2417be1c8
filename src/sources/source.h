/* Private to sources/. */
#ifndef GUICHET_SOURCES_SOURCE_H
#define GUICHET_SOURCES_SOURCE_H

#include "sources/sources.h"

enum { CHOICES_MOST = 50000 }; /* the communes of France, and those that were, are 40,000 */

enum source_type {
    SOURCE_FIXED,
    SOURCE_TABLE,
    SOURCE_TEMPLATE,
    SOURCE_NAMED,
    SOURCE_REMOTE,
    SOURCE_LOCAL,
    SOURCE_INERT
};

/* Where rows and their members are in what another server answers; paths with dots. */
struct source_shape {
    str data, id, text;
    const struct template *label; /* of a GeoJSON feature, over its properties; NULL: its text */
    bool is_geojson, is_padded;
};

struct source {
    enum source_type type;
    str kind, where, named, problem, construct, value;
    const json_t *json;   /* the definition, for who answers a local one */
    struct choices fixed; /* also a template without tags, read once */
    const struct template *template;
    const struct source_table *table; /* SOURCE_TABLE; table.h */
    const struct call *call;          /* SOURCE_REMOTE */
    struct source_shape shape;
    str query_parameter, id_parameter;
};

/* The source that is meant: of a named one, what it names; NULL: nothing. */
const struct source *source_meant(const struct source *source, const struct source_finder *finder);
/* Of the site itself: all, those that words may find, or the one of this id. */
struct choices source_of_site(const struct source *source, const struct source_finder *finder, struct render *render,
                              str id, str typed);
void source_tell(struct render *render, const struct source *source, const char *message);

/* remote_source.c. name empty: the whole list; else with one more parameter. *fails: the server does, and nothing
 * stands in. */
struct choices source_ask(const struct source *source, const struct source_finder *finder, struct render *render,
                          str name, str value, bool *fails);
/* The rows in what a server answered; for tests and fuzzing too. False where it is not what the shape says. */
bool source_rows(const struct source *source, struct arena *arena, const json_t *answer, struct choices *out,
                 const char **problem);

#endif

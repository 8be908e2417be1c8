/* Reading libxml2's tree as str. Private to publik/. */
#ifndef GUICHET_PUBLIK_NODE_H
#define GUICHET_PUBLIK_NODE_H

#include "publik/publik.h"

#include <libxml/tree.h>

/* What a conversion carries along. */
struct conversion {
    struct arena *arena;
    struct publik_document *document;
};

str node_name(const xmlNode *node);
str node_attribute(struct conversion *conversion, const xmlNode *node, const char *name);
/* All text inside. */
str node_text(struct conversion *conversion, const xmlNode *node);
xmlNode *node_first(const xmlNode *node); /* first child element */
xmlNode *node_next(const xmlNode *node);  /* next element beside it */
xmlNode *node_child(const xmlNode *node, const char *name);
/* The text of a child; empty where absent. */
str node_child_text(struct conversion *conversion, const xmlNode *node, const char *name);

/* An element as JSON, by what it looks like: booleans by type="bool" or True/False, numbers by type, lists of
 * same-named children, objects of others, else text. A new reference. */
json_t *node_to_json(struct conversion *conversion, const xmlNode *node);

/* {"type": "django", "value": …} as our bare condition text; another language is kept as it is. NULL: none. */
json_t *condition_to_json(struct conversion *conversion, const xmlNode *node);
/* A list of fields. */
json_t *fields_to_json(struct conversion *conversion, const xmlNode *node);
/* Of a page or a block: a list of {condition, error_message}. */
json_t *post_conditions_to_json(struct conversion *conversion, const xmlNode *node);
/* <item role_id slug>Name</item> … as functions, role slugs, addresses or templates. */
json_t *people_to_json(struct conversion *conversion, const xmlNode *node);
/* {"type", "value"} of a source; a type that is no kind is the slug of a named one. */
json_t *source_to_json(struct conversion *conversion, const xmlNode *node);

/* The converters of each root. */
void convert_form(struct conversion *conversion, const xmlNode *root, json_t *out);
void convert_workflow(struct conversion *conversion, const xmlNode *root, json_t *out);
void convert_source(struct conversion *conversion, const xmlNode *root, json_t *out);
/* Mail templates, categories, calls, blocks …: every child under its own name. */
void convert_other(struct conversion *conversion, const xmlNode *root, json_t *out);

/* out[key] = text, where there is any. */
void set_text(json_t *out, const char *key, str text);
/* <workflow slug="…">Name</workflow>: out[key] = the slug, made of the name where old exports have none, and
 * out[key_name] = the name. */
void set_reference(struct conversion *conversion, const xmlNode *node, json_t *out, const char *key);

#endif

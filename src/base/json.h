/* JSON by jansson, with an arena as the owner: trees that these functions give are freed with the arena, and a view of
 * a string in a tree lives as long as the tree. Texts are bounded in size and depth. */
#ifndef GUICHET_BASE_JSON_H
#define GUICHET_BASE_JSON_H

#include "base/err.h"
#include "base/str.h"

#include <jansson.h>

enum { JSON_TEXT_MOST = 16 << 20 };

/* RFC 8259, UTF-8, no duplicate key, one value and nothing behind it. NULL and err (with line and column) else. */
json_t *json_parse(struct arena *arena, str text, struct err *err);

/* Gives the arena a reference that the caller owned, and returns it: json_t *list = json_keep(arena, json_array()); */
json_t *json_keep(struct arena *arena, json_t *json);

/* Compact text, in the arena. sorted: keys in order, so that equal trees have equal texts. */
str json_text(struct arena *arena, const json_t *json);
str json_text_sorted(struct arena *arena, const json_t *json);
/* Two blanks of indent: what people read and diff. */
str json_text_pretty(struct arena *arena, const json_t *json);

/* Members of an object by literal key; the empty str, 0, false or NULL where absent or of another kind. */
str json_str(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key);
bool json_bool(const json_t *object, const char *key);
const json_t *json_list(const json_t *object, const char *key);
const json_t *json_dict(const json_t *object, const char *key);

/* The text of a JSON string node; empty for any other. */
str json_str_of(const json_t *json);

/* A new JSON string of s; the caller owns it (json_object_set_new takes it). */
json_t *json_from_str(str s);
/* object[key] = s; key need not be NUL-terminated. */
void json_set_str(json_t *object, str key, str s);
/* object[key] = value, taking the reference. */
void json_set(json_t *object, str key, json_t *value);
json_t *json_get(const json_t *object, str key);

#endif

/* From the names and values of a body to the tree that is sent. Private to calls/. */
#ifndef GUICHET_CALLS_PAYLOAD_H
#define GUICHET_CALLS_PAYLOAD_H

#include "base/base.h"

struct payload_part {
    str name;
    json_t *value;
};
struct payload_parts VEC_OF(struct payload_part);

/* w.c.s.: a slash in a name goes a level down, a number there is the place in a list, two slashes are one in the name:
 * {"a/b/0/x": 1} is {"a": {"b": [{"x": 1}]}}. The parts are put in order. NULL and ERR_INVALID where they contradict
 * each other (a list with a hole, a name that is both a value and a level). The arena owns the tree. */
json_t *payload_tree(struct arena *arena, struct payload_parts *parts, struct err *err);

#endif

/* JSON spelt as Python's json.dumps does. Private to template. */
#ifndef GUICHET_TEMPLATE_PYTHON_JSON_H
#define GUICHET_TEMPLATE_PYTHON_JSON_H

#include "base/base.h"

/* Appends the text of json; NULL is null. It goes as deep as the tree: value_to_json bounds that. */
void python_json(struct buf *out, const json_t *json);

#endif

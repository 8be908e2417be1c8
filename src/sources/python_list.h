/* Private to sources/. */
#ifndef GUICHET_SOURCES_PYTHON_LIST_H
#define GUICHET_SOURCES_PYTHON_LIST_H

#include "base/base.h"

/* A literal of Python as JSON: what old definitions give as a list of choices ([('a', 'A'), ('b', u'B')]). Lists,
 * tuples, dicts, texts, numbers, True, False and None, nothing that computes. NULL where the text is anything else. */
const json_t *python_literal(struct arena *arena, str text);

#endif

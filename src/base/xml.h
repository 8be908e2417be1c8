/* XML that came from outside, read into libxml2's tree: no document type in any encoding, no network, bounded depth
 * (libxml2's own) and size. */
#ifndef GUICHET_BASE_XML_H
#define GUICHET_BASE_XML_H

#include "base/err.h"

#include <libxml/tree.h>

/* The caller frees it with xmlFreeDoc. NULL, and err with line and column, where it is no XML, declares a document type
 * or entities, or is more than most bytes. */
xmlDoc *xml_parse(str bytes, size_t most, struct err *err);
/* Sets line and column of err (NULL is allowed) to those of a byte, counted from 1, and returns false. */
bool xml_refuse_at(str bytes, size_t at, struct err *err);
/* Before the first use of libxml2, from any thread. */
void xml_prepare(void);

#endif

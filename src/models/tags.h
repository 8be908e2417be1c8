/* The XML of a model, as libxml2 has read it: names and values as str, and its tags written again. Private to models/.
 */
#ifndef GUICHET_MODELS_TAGS_H
#define GUICHET_MODELS_TAGS_H

#include "models/weave.h"

#include <libxml/tree.h>

/* Whether the node is this element of that namespace. */
bool xml_is(const xmlNode *node, const char *space, const char *name);
/* NULL where the element has none of this name. */
const xmlAttr *xml_attribute(const xmlNode *node, const char *space, const char *name);
/* What an attribute says, entities resolved; of an element's attribute, empty where it has none. */
str xml_value(struct arena *arena, const xmlAttr *attribute);
str xml_said(struct arena *arena, const xmlNode *node, const char *space, const char *name);

void xml_add_escaped(struct buf *out, str text, bool is_attribute);
/* The begin-tag, closed at once where is_empty. The value of the attribute at cut, where there is one, is left out
 * between the two halves of the piece. */
struct piece xml_tag(struct arena *arena, const xmlNode *node, const xmlAttr *cut, bool is_empty);
struct piece xml_end(struct arena *arena, const xmlNode *node);

#endif

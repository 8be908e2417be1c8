/* libxml2's tree read as str, and built. Private to publik/. */
#ifndef GUICHET_PUBLIK_NODE_H
#define GUICHET_PUBLIK_NODE_H

#include "publik/publik.h"

#include <libxml/tree.h>

/* How an element says what it holds, where only its look tells: Publik has its ways for each sort of object. */
enum manner {
    MANNER_HEADER, /* <x>true</x> */
    MANNER_FIELD,  /* <x type="bool">True</x>, <x type="str">…</x>, <xs><x>…</x></xs> */
    MANNER_ACTION, /* <x>True</x>, <xs><x>…</x></xs> */
    MANNER_OPTION, /* <x type="bool">true</x> */
};

/* What a conversion carries along, whichever way it goes. */
struct conversion {
    struct arena *arena;
    const struct publik_roles *roles; /* writing: what roles are called */
    enum manner manner;               /* writing: of the element under way */
    struct err *err;                  /* writing: what could not be said in XML */
    bool has_failed;
};

str node_name(const xmlNode *node);
str node_attribute(struct conversion *conversion, const xmlNode *node, const char *name);
/* All text inside. */
str node_text(struct conversion *conversion, const xmlNode *node);
xmlNode *node_first(const xmlNode *node); /* first child element */
xmlNode *node_next(const xmlNode *node);  /* next element beside it */
xmlNode *node_child(const xmlNode *node, const char *name);
/* The text of a child, trimmed; empty where absent. */
str node_child_text(struct conversion *conversion, const xmlNode *node, const char *name);

/* An element at the end of the parent's. */
xmlNode *node_add(xmlNode *parent, const char *name);
/* What XML can't hold (a control character) fails the conversion. */
void node_set_text(struct conversion *conversion, xmlNode *node, str text);
void node_set_attribute(struct conversion *conversion, xmlNode *node, const char *name, str text);
/* <name>text</name> */
xmlNode *node_add_text(struct conversion *conversion, xmlNode *parent, const char *name, str text);

#endif

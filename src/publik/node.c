#include "publik/node.h"

#include <libxml/xmlstring.h>
#include <string.h>

str node_name(const xmlNode *node)
{
    return str_of((const char *)node->name);
}

static str taken(struct arena *arena, xmlChar *text)
{
    str copy = text == NULL ? STR_EMPTY : str_dup(arena, str_of((const char *)text));
    xmlFree(text);
    return copy;
}

str node_attribute(struct conversion *conversion, const xmlNode *node, const char *name)
{
    return taken(conversion->arena, xmlGetProp(node, (const xmlChar *)name));
}

str node_text(struct conversion *conversion, const xmlNode *node)
{
    return node == NULL ? STR_EMPTY : taken(conversion->arena, xmlNodeGetContent(node));
}

xmlNode *node_first(const xmlNode *node)
{
    xmlNode *child = node == NULL ? NULL : node->children;
    while (child != NULL && child->type != XML_ELEMENT_NODE)
        child = child->next;
    return child;
}

xmlNode *node_next(const xmlNode *node)
{
    xmlNode *next = node->next;
    while (next != NULL && next->type != XML_ELEMENT_NODE)
        next = next->next;
    return next;
}

xmlNode *node_child(const xmlNode *node, const char *name)
{
    xmlNode *child = node_first(node);
    while (child != NULL && strcmp((const char *)child->name, name) != 0)
        child = node_next(child);
    return child;
}

str node_child_text(struct conversion *conversion, const xmlNode *node, const char *name)
{
    return str_trim(node_text(conversion, node_child(node, name)));
}

/* ---- Building ---- */

xmlNode *node_add(xmlNode *parent, const char *name)
{
    xmlNode *node = xmlNewNode(NULL, (const xmlChar *)name);
    xmlAddChild(parent, node);
    return node;
}

/* XML 1.0 §2.2. */
static bool is_character(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code != 0xFFFE && code != 0xFFFF);
}

static bool is_sayable(struct conversion *conversion, str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = utf8_next(text, &at);
        if (is_character(code))
            continue;
        if (!conversion->has_failed)
            err_set(conversion->err, ERR_INVALID, "Le caractère U+%04X de « %.*s » ne peut pas être écrit en XML.",
                    (unsigned)code, STR_ARG(utf8_slice(text, 0, 60)));
        conversion->has_failed = true;
        return false;
    }
    return true;
}

void node_set_text(struct conversion *conversion, xmlNode *node, str text)
{
    if (is_sayable(conversion, text))
        xmlNodeAddContentLen(node, (const xmlChar *)text.ptr, (int)text.len);
}

void node_set_attribute(struct conversion *conversion, xmlNode *node, const char *name, str text)
{
    if (is_sayable(conversion, text))
        xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)str_z(conversion->arena, text));
}

xmlNode *node_add_text(struct conversion *conversion, xmlNode *parent, const char *name, str text)
{
    xmlNode *node = node_add(parent, name);
    node_set_text(conversion, node, text);
    return node;
}

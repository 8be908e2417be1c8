#include "models/tags.h"

#include <string.h>

/* ---- The tree, as str ---- */

static str xml_name(struct arena *arena, const xmlNs *ns, const xmlChar *name)
{
    if (ns == NULL || ns->prefix == NULL)
        return str_dup(arena, str_of((const char *)name));
    return str_fmt(arena, "%s:%s", (const char *)ns->prefix, (const char *)name);
}

static bool is_named(const xmlNs *ns, const xmlChar *given, const char *space, const char *name)
{
    return ns != NULL && strcmp((const char *)ns->href, space) == 0 && strcmp((const char *)given, name) == 0;
}

bool xml_is(const xmlNode *node, const char *space, const char *name)
{
    return node->type == XML_ELEMENT_NODE && is_named(node->ns, node->name, space, name);
}

str xml_value(struct arena *arena, const xmlAttr *attribute)
{
    struct buf value = buf_new(arena, MODEL_FILLED_MOST);
    for (const xmlNode *child = attribute->children; child != NULL; child = child->next)
        buf_add(&value, str_of((const char *)child->content));
    return buf_str(&value);
}

const xmlAttr *xml_attribute(const xmlNode *node, const char *space, const char *name)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
        if (is_named(attribute->ns, attribute->name, space, name))
            return attribute;
    return NULL;
}

str xml_said(struct arena *arena, const xmlNode *node, const char *space, const char *name)
{
    const xmlAttr *attribute = xml_attribute(node, space, name);
    return attribute == NULL ? STR_EMPTY : xml_value(arena, attribute);
}

/* ---- Writing tags again ---- */

void xml_add_escaped(struct buf *out, str text, bool is_attribute)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&')
            buf_add(out, STR("&amp;"));
        else if (c == '<')
            buf_add(out, STR("&lt;"));
        else if (c == '>')
            buf_add(out, STR("&gt;"));
        else if (c == '"' && is_attribute)
            buf_add(out, STR("&quot;"));
        else if (c == '\r' || (is_attribute && (c == '\n' || c == '\t')))
            buf_fmt(out, "&#%d;", c);
        else
            buf_add_char(out, c);
    }
}

static void add_attribute(struct arena *arena, struct buf *out, const xmlAttr *attribute)
{
    str name = xml_name(arena, attribute->ns, attribute->name);
    buf_fmt(out, " %.*s=\"", STR_ARG(name));
    xml_add_escaped(out, xml_value(arena, attribute), true);
    buf_add_char(out, '"');
}

static void add_namespaces(struct buf *out, const xmlNode *node)
{
    for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next) {
        buf_fmt(out, " xmlns%s%s=\"", ns->prefix != NULL ? ":" : "",
                ns->prefix != NULL ? (const char *)ns->prefix : "");
        xml_add_escaped(out, str_of((const char *)ns->href), true);
        buf_add_char(out, '"');
    }
}

struct piece xml_tag(struct arena *arena, const xmlNode *node, const xmlAttr *cut, bool is_empty)
{
    struct buf head = buf_new(arena, MODEL_FILLED_MOST);
    struct piece piece = {.kind = is_empty ? PIECE_XML : PIECE_OPEN, .name = xml_name(arena, node->ns, node->name)};
    buf_fmt(&head, "<%.*s", STR_ARG(piece.name));
    add_namespaces(&head, node);
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
        if (attribute != cut)
            add_attribute(arena, &head, attribute);
    const char *end = is_empty ? "/>" : ">";
    if (cut == NULL) {
        buf_fmt(&head, "%s", end);
    } else {
        buf_fmt(&head, " %.*s=\"", STR_ARG(xml_name(arena, cut->ns, cut->name)));
        piece.tail = str_fmt(arena, "\"%s", end);
    }
    piece.xml = buf_str(&head);
    return piece;
}

struct piece xml_end(struct arena *arena, const xmlNode *node)
{
    str name = xml_name(arena, node->ns, node->name);
    return (struct piece){.kind = PIECE_CLOSE, .name = name, .xml = str_fmt(arena, "</%.*s>", STR_ARG(name))};
}

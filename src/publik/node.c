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

void set_text(json_t *out, const char *key, str text)
{
    if (text.len > 0)
        json_object_set_new_nocheck(out, key, json_from_str(text));
}

void set_reference(struct conversion *conversion, const xmlNode *node, json_t *out, const char *key)
{
    struct arena *arena = conversion->arena;
    str slug = node_attribute(conversion, node, "slug"), name = str_trim(node_text(conversion, node));
    str built_in = node_attribute(conversion, node, "workflow_id"); /* a number, but for Publik's own: « _default » */
    if (slug.len == 0 && str_starts(built_in, STR("_")))
        slug = built_in;
    set_text(out, key, slug.len > 0 ? slug : utf8_slug(arena, name));
    set_text(out, str_fmt(arena, "%s_name", key).ptr, name);
}

/* ---- By what it looks like ---- */

static json_t *leaf_to_json(struct conversion *conversion, const xmlNode *node)
{
    str type = node_attribute(conversion, node, "type"), text = node_text(conversion, node), bare = str_trim(text);
    int64_t number;
    bool is_true = str_eq_nocase(bare, STR("true")), is_false = str_eq_nocase(bare, STR("false"));
    if ((is_true || is_false) && !str_eq(type, STR("str")))
        return json_boolean(is_true);
    if (str_eq(type, STR("int")) && str_to_int64(bare, &number))
        return json_integer(number);
    if (str_eq(type, STR("none")))
        return json_null();
    return json_from_str(text);
}

/* Several children of one name, or the one named item: a list. */
static bool is_list(const xmlNode *node)
{
    const xmlNode *first = node_first(node);
    if (strcmp((const char *)first->name, "item") == 0)
        return true;
    const xmlNode *second = node_next(first);
    for (const xmlNode *child = second; child != NULL; child = node_next(child))
        if (xmlStrcmp(child->name, first->name) != 0)
            return false;
    return second != NULL;
}

static void add_attributes(struct conversion *conversion, const xmlNode *node, json_t *out)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        if (strcmp(name, "type") != 0 || node_first(node) == NULL)
            set_text(out, name, node_attribute(conversion, node, name));
    }
}

json_t *node_to_json(struct conversion *conversion, const xmlNode *node)
{
    str type = node_attribute(conversion, node, "type");
    if (node_first(node) == NULL) {
        if (str_eq(type, STR("list")))
            return json_array();
        return str_eq(type, STR("dict")) ? json_object() : leaf_to_json(conversion, node);
    }
    if (!str_eq(type, STR("dict")) && is_list(node)) {
        json_t *list = json_array();
        for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
            json_array_append_new(list, node_to_json(conversion, child));
        return list;
    }
    json_t *object = json_object();
    if (!str_eq(type, STR("dict")))
        add_attributes(conversion, node, object);
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_set(object, node_name(child), node_to_json(conversion, child));
    return object;
}

json_t *condition_to_json(struct conversion *conversion, const xmlNode *node)
{
    if (node_first(node) == NULL) { /* an old bare one */
        str text = str_trim(node_text(conversion, node));
        return text.len == 0 ? NULL : json_from_str(text);
    }
    str type = node_child_text(conversion, node, "type"), value = node_child_text(conversion, node, "value");
    if (value.len == 0)
        return NULL;
    if (type.len == 0 || str_eq(type, STR("django")))
        return json_from_str(value);
    return node_to_json(conversion, node);
}

json_t *people_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *item = node_first(node); item != NULL; item = node_next(item)) {
        str id = node_attribute(conversion, item, "role_id"), slug = node_attribute(conversion, item, "slug");
        str text = str_trim(node_text(conversion, item));
        if (str_starts(text, STR("_")) || str_eq(text, STR("logged-users")))
            id = text;
        bool is_function = str_starts(id, STR("_")) || str_eq(id, STR("logged-users"));
        bool is_address = str_contains(text, STR("@")) || str_contains(text, STR("{")) || str_contains(text, STR("["));
        str meant = is_function ? id : slug.len > 0 ? slug : is_address ? text : utf8_slug(conversion->arena, text);
        if (meant.len > 0)
            json_array_append_new(list, json_from_str(meant));
    }
    return list;
}

json_t *source_to_json(struct conversion *conversion, const xmlNode *node)
{
    static const char *const kinds[] = {"json", "jsonp", "geojson", "jsonvalue", "formula", "wcs:users"};
    str type = node_child_text(conversion, node, "type"), value = node_child_text(conversion, node, "value");
    json_t *out = json_object();
    bool is_kind = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        is_kind = is_kind || str_eq(type, str_of(kinds[i]));
    if (is_kind) {
        json_set_str(out, STR("type"), type);
        json_set_str(out, STR("value"), value);
    } else if (str_starts(type, STR("carddef:"))) {
        json_set_str(out, STR("type"), STR("card"));
        json_set_str(out, STR("value"), str_slice(type, 8, type.len));
    } else {
        json_set_str(out, STR("type"), STR("named"));
        json_set_str(out, STR("value"), type);
    }
    return out;
}

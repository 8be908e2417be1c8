/* What Publik's exports say by the look of an element: booleans by type="bool" or True and False, numbers by type,
 * lists by same-named children, objects by others. Attributes are « @name »; « #text » is what stands beside them. */
#include "publik/shape.h"

#include <libxml/valid.h>
#include <stdio.h>
#include <string.h>

#define ENTRY "entry" /* of an object, where the key can't be the name of an element */
#define TEXT_KEY "#text"

static bool is_type(str type)
{
    static const char *const types[] = {"str", "bool", "int", "decimal", "float", "list", "dict", "none"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(type, str_of(types[i])))
            return true;
    return false;
}

static bool reads_as_flag(str text)
{
    return str_eq_nocase(str_trim(text), STR("true")) || str_eq_nocase(str_trim(text), STR("false"));
}

/* ---- Reading ---- */

static json_t *leaf_value(str type, str text)
{
    str bare = str_trim(text);
    int64_t number;
    if (reads_as_flag(bare) && !str_eq(type, STR("str")))
        return json_boolean(str_eq_nocase(bare, STR("true")));
    if (str_eq(type, STR("int")) && str_to_int64(bare, &number))
        return json_integer(number);
    if (str_eq(type, STR("float")) && bare.len > 0) {
        json_t *real = json_loadb(bare.ptr, bare.len, JSON_DECODE_ANY, NULL);
        if (json_is_number(real))
            return real;
        json_decref(real);
    }
    if (str_eq(type, STR("none")))
        return json_null();
    return json_from_str(text);
}

/* <attachments><attachment>: Publik calls each of xs x. */
static bool is_plural_of(const xmlChar *many, const xmlChar *one)
{
    size_t length = strlen((const char *)one);
    return strncmp((const char *)many, (const char *)one, length) == 0 && strcmp((const char *)many + length, "s") == 0;
}

/* Several children of one name, or one that is named item or as the parent's singular. */
static bool is_list(const xmlNode *node)
{
    const xmlNode *first = node_first(node);
    if (strcmp((const char *)first->name, "item") == 0)
        return true;
    const xmlNode *second = node_next(first);
    for (const xmlNode *child = second; child != NULL; child = node_next(child))
        if (xmlStrcmp(child->name, first->name) != 0)
            return false;
    return second != NULL || is_plural_of(node->name, first->name);
}

static json_t *list_value(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_array_append_new(list, looks_value(conversion, child, NULL));
    return list;
}

static bool is_attribute_read(const xmlAttr *attribute, str type, const char *known)
{
    const char *name = (const char *)attribute->name;
    return (known != NULL && strcmp(name, known) == 0) || (strcmp(name, "type") == 0 && is_type(type));
}

const char *looks_known(const xmlNode *node)
{
    bool has_key = xmlHasProp((xmlNode *)node, (const xmlChar *)"key") != NULL;
    return strcmp((const char *)node->name, ENTRY) == 0 && has_key ? "key" : NULL;
}

str looks_key(struct conversion *conversion, const xmlNode *node)
{
    const char *known = looks_known(node);
    return known != NULL ? node_attribute(conversion, node, known) : node_name(node);
}

static json_t *object_value(struct conversion *conversion, const xmlNode *node, const char *known)
{
    struct arena *arena = conversion->arena;
    str type = node_attribute(conversion, node, "type");
    json_t *object = json_object();
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
        if (!is_attribute_read(attribute, type, known))
            json_set_str(object, str_fmt(arena, "@%s", (const char *)attribute->name),
                         node_attribute(conversion, node, (const char *)attribute->name));
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_set(object, looks_key(conversion, child), looks_value(conversion, child, looks_known(child)));
    str text = node_first(node) == NULL ? node_text(conversion, node) : STR_EMPTY;
    if (str_trim(text).len > 0)
        json_set_str(object, STR(TEXT_KEY), text);
    return object;
}

json_t *looks_value(struct conversion *conversion, const xmlNode *node, const char *known)
{
    str type = node_attribute(conversion, node, "type");
    if (node_first(node) != NULL && !str_eq(type, STR("dict")) && is_list(node))
        return list_value(conversion, node);
    if (node_first(node) != NULL || str_eq(type, STR("dict")))
        return object_value(conversion, node, known);
    if (str_eq(type, STR("list")))
        return json_array();
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
        if (!is_attribute_read(attribute, type, known))
            return object_value(conversion, node, known);
    return leaf_value(type, node_text(conversion, node));
}

/* ---- Writing ---- */

static void set_type(xmlNode *node, const char *type)
{
    xmlSetProp(node, (const xmlChar *)"type", (const xmlChar *)type);
}

static void write_text(struct conversion *conversion, str text, xmlNode *node)
{
    if (conversion->manner == MANNER_FIELD || reads_as_flag(text))
        set_type(node, "str");
    node_set_text(conversion, node, text);
}

static void write_flag(bool flag, enum manner manner, xmlNode *node)
{
    bool is_capital = manner == MANNER_FIELD || manner == MANNER_ACTION;
    if (manner == MANNER_FIELD || manner == MANNER_OPTION)
        set_type(node, "bool");
    xmlNodeAddContent(node, (const xmlChar *)(flag ? is_capital ? "True" : "true" : is_capital ? "False" : "false"));
}

static void write_number(struct conversion *conversion, const json_t *value, xmlNode *node)
{
    set_type(node, json_is_integer(value) ? "int" : "float");
    node_set_text(conversion, node, json_text(conversion->arena, value));
}

static void write_list(struct conversion *conversion, const json_t *list, xmlNode *node)
{
    enum manner manner = conversion->manner;
    size_t length = strlen((const char *)node->name);
    bool is_plural = (manner == MANNER_FIELD || manner == MANNER_ACTION) && length > 1 && node->name[length - 1] == 's';
    str one = is_plural ? str_slice(node_name(node), 0, length - 1) : STR("item");
    if (json_array_size(list) == 0)
        set_type(node, "list");
    for (size_t i = 0; i < json_array_size(list); i++)
        looks_element(conversion, json_array_get(list, i), node_add(node, str_z(conversion->arena, one)));
}

static bool may_be_attribute(const char *key, const json_t *value)
{
    bool is_own = strcmp(key, "@type") == 0 && is_type(json_str_of(value));
    return key[0] == '@' && !is_own && json_is_string(value) && xmlValidateNCName((const xmlChar *)key + 1, 0) == 0;
}

xmlNode *looks_add(struct conversion *conversion, xmlNode *parent, const char *key)
{
    bool is_name = xmlValidateNCName((const xmlChar *)key, 0) == 0 && strcmp(key, ENTRY) != 0;
    xmlNode *node = node_add(parent, is_name ? key : ENTRY);
    if (!is_name)
        node_set_attribute(conversion, node, "key", str_of(key));
    return node;
}

static void write_object(struct conversion *conversion, const json_t *object, xmlNode *node)
{
    const char *key;
    json_t *value;
    bool is_leaf = json_object_size(object) > 1 || json_object_get(object, TEXT_KEY) == NULL;
    json_object_foreach((json_t *)object, key, value) is_leaf =
        is_leaf && (may_be_attribute(key, value) || strcmp(key, TEXT_KEY) == 0);
    json_object_foreach((json_t *)object, key, value)
    {
        if (may_be_attribute(key, value)) {
            node_set_attribute(conversion, node, key + 1, json_str_of(value));
        } else if (is_leaf) {
            node_set_text(conversion, node, json_str_of(value));
        } else {
            looks_element(conversion, value, looks_add(conversion, node, key));
        }
    }
    if (json_object_size(object) == 0 || (!is_leaf && is_list(node)))
        set_type(node, "dict");
}

void looks_element(struct conversion *conversion, const json_t *value, xmlNode *node)
{
    if (json_is_string(value))
        write_text(conversion, json_str_of(value), node);
    else if (json_is_boolean(value))
        write_flag(json_is_true(value), conversion->manner, node);
    else if (json_is_number(value))
        write_number(conversion, value, node);
    else if (json_is_array(value))
        write_list(conversion, value, node);
    else if (json_is_object(value))
        write_object(conversion, value, node);
    else
        set_type(node, "none");
}

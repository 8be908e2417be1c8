/* formdef and carddef: the header, then the fields. */
#include "publik/node.h"

#include <string.h>

static json_t *options_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *out = json_object();
    for (const xmlNode *option = node_first(node); option != NULL; option = node_next(option)) {
        str name = node_attribute(conversion, option, "varname");
        json_t *value = node_to_json(conversion, option);
        bool is_empty = json_is_string(value) && json_string_length(value) == 0;
        if (name.len > 0 && !is_empty)
            json_set(out, name, json_incref(value));
        json_decref(value);
    }
    return out;
}

/* <role role_key="_receiver" slug="…">Name</role>: functions bound to roles; those without a key are old receivers. */
static json_t *functions_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *out = json_object();
    for (const xmlNode *role = node_first(node); role != NULL; role = node_next(role)) {
        str key = node_attribute(conversion, role, "role_key"), slug = node_attribute(conversion, role, "slug");
        str name = str_trim(node_text(conversion, role));
        if (slug.len == 0)
            slug = utf8_slug(conversion->arena, name);
        if (slug.len > 0)
            json_set_str(out, key.len > 0 ? key : STR("_receiver"), slug);
    }
    return out;
}

/* The usual one, and those of custom views. */
static void set_digest(struct conversion *conversion, const xmlNode *node, json_t *out)
{
    json_t *others = json_keep(conversion->arena, json_object());
    for (const xmlNode *template = node_first(node); template != NULL; template = node_next(template)) {
        str key = node_attribute(conversion, template, "key"), text = node_text(conversion, template);
        if (key.len == 0 || str_eq(key, STR("default")))
            set_text(out, "digest_template", text);
        else if (text.len > 0)
            json_set_str(others, key, text);
    }
    if (json_object_size(others) > 0)
        json_set(out, STR("digest_templates"), json_incref(others));
}

static json_t *keywords_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (str part, rest = node_text(conversion, node); str_next(&rest, ',', &part);)
        if (str_trim(part).len > 0)
            json_array_append_new(list, json_from_str(str_trim(part)));
    return list;
}

static void convert_member(struct conversion *conversion, const xmlNode *node, json_t *out)
{
    const char *name = (const char *)node->name;
    if (strcmp(name, "name") == 0 || strcmp(name, "url_name") == 0)
        return;
    if (strcmp(name, "fields") == 0)
        json_set(out, STR("fields"), fields_to_json(conversion, node));
    else if (strcmp(name, "post_conditions") == 0)
        json_set(out, STR("post_conditions"), post_conditions_to_json(conversion, node));
    else if (strcmp(name, "workflow") == 0 || strcmp(name, "category") == 0)
        set_reference(conversion, node, out, name);
    else if (strcmp(name, "options") == 0)
        json_set(out, STR("workflow_options"), options_to_json(conversion, node));
    else if (strcmp(name, "roles") == 0)
        json_set(out, STR("functions"), functions_to_json(conversion, node));
    else if (strcmp(name, "user-roles") == 0)
        json_set(out, STR("roles"), people_to_json(conversion, node));
    else if (strcmp(name, "backoffice-submission-roles") == 0)
        json_set(out, STR("backoffice_submission_roles"), people_to_json(conversion, node));
    else if (strcmp(name, "keywords") == 0)
        json_set(out, STR("keywords"), keywords_to_json(conversion, node));
    else if (strcmp(name, "digest_templates") == 0)
        set_digest(conversion, node, out);
    else if (strcmp(name, "description") == 0)
        set_text(out, name, node_text(conversion, node));
    else
        json_object_set_new_nocheck(out, name, node_to_json(conversion, node));
}

void convert_form(struct conversion *conversion, const xmlNode *root, json_t *out)
{
    json_set(out, STR("fields"), json_array());
    for (const xmlNode *node = node_first(root); node != NULL; node = node_next(node))
        convert_member(conversion, node, out);
    conversion->document->was_disabled = json_bool(out, "disabled");
}

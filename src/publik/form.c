/* formdef, carddef and block: the header, then the fields. */
#include "publik/shape.h"

#include <string.h>

/* ---- Options: what the form answers to those of its workflow ---- */

static json_t *options_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *out = json_object();
    for (const xmlNode *option = node_first(node); option != NULL; option = node_next(option)) {
        str name = node_attribute(conversion, option, "varname");
        json_t *value = looks_value(conversion, option, "varname");
        bool is_empty = json_is_string(value) && json_string_length(value) == 0;
        if (name.len > 0 && !is_empty)
            json_set(out, name, json_incref(value));
        json_decref(value);
    }
    return out;
}

static void options_element(struct conversion *conversion, const json_t *options, const struct member *member,
                            xmlNode *node)
{
    const char *name;
    json_t *value;
    enum manner before = conversion->manner;
    conversion->manner = MANNER_OPTION;
    json_object_foreach((json_t *)options, name, value)
    {
        xmlNode *option = node_add(node, member->one);
        node_set_attribute(conversion, option, "varname", str_of(name));
        looks_element(conversion, value, option);
    }
    conversion->manner = before;
}
static const struct shape shape_options = {.value = options_value, .element = options_element};

/* ---- Digests: the usual one, and those of custom views ---- */

#define USUAL "default"

static void digests_read(struct conversion *conversion, const xmlNode *node, const struct member *member, json_t *out)
{
    json_t *all = json_keep(conversion->arena, shape_keyed.value(conversion, node, member));
    set_text(out, member->key, json_str(all, USUAL));
    set_text(out, member->key, json_str(all, ""));
    json_object_del(all, USUAL);
    json_object_del(all, "");
    if (json_object_size(all) > 0)
        json_object_set_nocheck(out, member->also, all);
}

static void digests_write(struct conversion *conversion, const json_t *in, const struct member *member, xmlNode *parent)
{
    json_t *all = json_keep(conversion->arena, json_object());
    set_text(all, USUAL, json_str(in, member->key));
    json_object_update(all, (json_t *)json_dict(in, member->also));
    if (json_object_size(all) > 0)
        shape_keyed.element(conversion, all, member, node_add(parent, member->element));
}
static const struct shape shape_digests = {.read = digests_read, .write = digests_write};

/* ---- Keywords: one text, commas between ---- */

static json_t *keywords_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (str part, rest = node_text(conversion, node); str_next(&rest, ',', &part);)
        if (str_trim(part).len > 0)
            json_array_append_new(list, json_from_str(str_trim(part)));
    return list;
}

static void keywords_element(struct conversion *conversion, const json_t *list, const struct member *member,
                             xmlNode *node)
{
    (void)member;
    struct buf text = buf_new(conversion->arena, PUBLIK_FILE_MOST);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_fmt(&text, "%s%.*s", i > 0 ? ", " : "", STR_ARG(json_str_of(json_array_get(list, i))));
    node_set_text(conversion, node, buf_str(&text));
}
static const struct shape shape_keywords = {.value = keywords_value, .element = keywords_element};

/* ---- Lists of the header ---- */

static const struct member of_view[] = {
    {"title", "title", &shape_text},       {"slug", "slug", &shape_text},
    {"order_by", "order_by", &shape_text}, {"columns", "columns", &shape_texts, .one = "id"},
    {"filters", "filters", &shape_dict},
};
static const struct record view_record = {RECORD_OF(of_view), .rest = &shape_looks, .manner = MANNER_ACTION};

static const struct member of_mapping[] = {{"@old", "old", NULL}, {"@new", "new", NULL}};
static const struct record mapping_record = {RECORD_OF(of_mapping), .rest = &shape_looks};

/* Which statuses became which when the form changed its workflow. */
static const struct member of_migration[] = {
    {"@old-workflow", "old_workflow", NULL},
    {"@new-workflow", "new_workflow", NULL},
    {"@timestamp", "at", NULL},
    {"status-mapping", "statuses", &shape_records, .one = "map", .record = &mapping_record},
};
static const struct record migration_record = {RECORD_OF(of_migration), .rest = &shape_looks};

static const struct member of_form[] = {
    {"description", "description", &shape_body},
    {"keywords", "keywords", &shape_keywords},
    {"category", "category", &shape_reference, .also = "category_name"},
    {"workflow", "workflow", &shape_reference, .also = "workflow_name"},
    {"options", "workflow_options", &shape_options, .one = "option"},
    {"roles", "functions", &shape_bindings, .one = "role"},
    {"user-roles", "roles", &shape_people, .one = "role"},
    {"backoffice-submission-roles", "backoffice_submission_roles", &shape_people, .one = "role"},
    {"digest_templates", "digest_template", &shape_digests, .one = "template", .also = "digest_templates"},
    {"geolocations", "geolocations", &shape_keyed, .one = "geolocation"},
    {"custom_views", "custom_views", &shape_records, .one = "custom_view", .record = &view_record},
    {"workflow-migrations", "workflow_migrations", &shape_records, .one = "migration", .record = &migration_record},
    {"required_authentication_contexts", "required_authentication_contexts", &shape_texts, .one = "method"},
    {"tracking_code_verify_fields", "tracking_code_verify_fields", &shape_texts, .one = "item"},
    {"management_sidebar_items", "management_sidebar_items", &shape_texts, .one = "item"},
    {"submission_sidebar_items", "submission_sidebar_items", &shape_texts, .one = "item"},
    {"lateral_template", "lateral_template", &shape_text},
    {"submission_lateral_template", "submission_lateral_template", &shape_text},
    POST_CONDITIONS,
    {"fields", "fields", &shape_fields},
};
const struct record form_record = {RECORD_OF(of_form), .like = &root_record, .rest = &shape_looks};

/* A block says its digest as one text, under the name of ours. */
static const struct member of_block[] = {
    {"digest_template", "digest_template", &shape_text},
    {"category", "category", &shape_reference, .also = "category_name"},
    POST_CONDITIONS,
    {"fields", "fields", &shape_fields},
};
const struct record block_record = {RECORD_OF(of_block), .like = &root_record, .rest = &shape_looks};

/* workflow: statuses and their actions, options, data of the treatment, global actions. */
#include "publik/shape.h"

#include <string.h>

#define TEXT(name)                                                                                                     \
    {                                                                                                                  \
        name, name, &shape_text                                                                                        \
    }

/* ---- Fields within: <formdef><name>-</name><fields>…</fields></formdef> ---- */

static json_t *form_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    const xmlNode *fields = node_child(node, "fields");
    return fields == NULL ? json_array() : shape_fields.value(conversion, fields, member);
}

static void form_element(struct conversion *conversion, const json_t *fields, const struct member *member,
                         xmlNode *node)
{
    node_add_text(conversion, node, "name", STR("-"));
    shape_fields.element(conversion, fields, member, node_add(node, "fields"));
}

static json_t *inner_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    const xmlNode *form = node_child(node, "formdef");
    return form_value(conversion, form != NULL ? form : node, member);
}

static void inner_element(struct conversion *conversion, const json_t *fields, const struct member *member,
                          xmlNode *node)
{
    form_element(conversion, fields, member, node_add(node, "formdef"));
}
static const struct shape shape_inner_fields = {.value = inner_value, .element = inner_element};

/* ---- Actions ---- */

static const struct member of_assignment[] = {{"field_id", "field_id", &shape_said}, TEXT("value")};
static const struct record assignment_record = {RECORD_OF(of_assignment), .rest = &shape_looks,
                                                .manner = MANNER_ACTION};
static const struct member assignments = {"fields", "fields", &shape_records, .one = "field",
                                          .record = &assignment_record};

static bool asks_fields(const json_t *action)
{
    return str_eq(json_str(action, "type"), STR("form"));
}

static const struct member post_conditions = POST_CONDITIONS;

/* A sub-form's fields, in <formdef>, and those that an action sets, in <fields>, are both « fields » of ours. */
static void sub_form_read(struct conversion *conversion, const xmlNode *node, const struct member *member, json_t *out)
{
    const xmlNode *conditions = node_child(node, post_conditions.element);
    json_object_set_new_nocheck(out, member->key, form_value(conversion, node, member));
    if (conditions != NULL)
        json_object_set_new_nocheck(out, post_conditions.key,
                                    shape_records.value(conversion, conditions, &post_conditions));
}

static void sub_form_write(struct conversion *conversion, const json_t *in, const struct member *member,
                           xmlNode *parent)
{
    const json_t *fields = json_list(in, member->key), *conditions = json_list(in, post_conditions.key);
    if (fields == NULL || !asks_fields(in))
        return;
    xmlNode *form = node_add(parent, member->element);
    form_element(conversion, fields, member, form);
    if (conditions != NULL) /* w.c.s. reads them here, beside what stands in the action */
        shape_records.element(conversion, conditions, &post_conditions, node_add(form, post_conditions.element));
}
static const struct shape shape_sub_form = {.read = sub_form_read, .write = sub_form_write};

static void assignments_read(struct conversion *conversion, const xmlNode *node, const struct member *member,
                             json_t *out)
{
    json_object_set_new_nocheck(out, member->key, shape_records.value(conversion, node, &assignments));
}

static void assignments_write(struct conversion *conversion, const json_t *in, const struct member *member,
                              xmlNode *parent)
{
    const json_t *fields = json_list(in, member->key);
    if (fields != NULL && !asks_fields(in))
        shape_records.element(conversion, fields, &assignments, node_add(parent, member->element));
}
static const struct shape shape_assignments = {.read = assignments_read, .write = assignments_write};

/* <mapping field_id="…">template</mapping>: what a card or a form that an action makes is filled with. */
static json_t *mappings_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one)) {
        json_t *out = json_object();
        json_set_str(out, STR("field_id"), node_attribute(conversion, one, "field_id"));
        json_set_str(out, STR("expression"), node_text(conversion, one));
        json_array_append_new(list, out);
    }
    return list;
}

static void mappings_element(struct conversion *conversion, const json_t *list, const struct member *member,
                             xmlNode *node)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *mapping = json_array_get(list, i);
        xmlNode *one = node_add_text(conversion, node, member->one, json_str(mapping, "expression"));
        node_set_attribute(conversion, one, "field_id", json_str(mapping, "field_id"));
    }
}
static const struct shape shape_mappings = {.value = mappings_value, .element = mappings_element};

/* Of a file that is asked: <id>, <label>, and a <mimetype> for each type. */
static json_t *document_type_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *out = json_object(), *types = json_array();
    for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one)) {
        str text = str_trim(node_text(conversion, one));
        if (str_eq(node_name(one), STR("mimetype")))
            json_array_append_new(types, json_from_str(text));
        else
            json_set_str(out, node_name(one), text);
    }
    if (json_object_size(out) == 0 && json_array_size(types) == 0) {
        json_decref(out);
        json_decref(types);
        return NULL;
    }
    json_set(out, STR("mimetypes"), types);
    return out;
}

static void document_type_element(struct conversion *conversion, const json_t *value, const struct member *member,
                                  xmlNode *node)
{
    static const char *const texts[] = {"id", "label"};
    (void)member;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (json_object_get(value, texts[i]) != NULL)
            node_add_text(conversion, node, texts[i], json_str(value, texts[i]));
    const json_t *types = json_list(value, "mimetypes");
    for (size_t i = 0; i < json_array_size(types); i++)
        node_add_text(conversion, node, "mimetype", json_str_of(json_array_get(types, i)));
}
static const struct shape shape_document_type = {.value = document_type_value, .element = document_type_element};

/* A file that the definition carries: a model of a document. */
static const struct member of_model_file[] = {
    {"base_filename", "base_filename", &shape_said},
    {"content_type", "content_type", &shape_said},
    {"b64_content", "b64_content", &shape_said},
};
static const struct record model_file_record = {RECORD_OF(of_model_file), .rest = &shape_looks,
                                                .manner = MANNER_ACTION};

/* <item><name>…</name><value>…</value></item>: what a call sends, texts whatever they look like. */
static const struct member of_parameter[] = {{"name", "name", &shape_said}, {"value", "value", &shape_said}};
static const struct record parameter_record = {RECORD_OF(of_parameter), .rest = &shape_looks, .manner = MANNER_ACTION};

/* Of « dispatch »: who plays the function where the value is this one. */
static const struct member of_rule[] = {{"role_id", "role_id", &shape_person}, {"value", "value", &shape_said}};
static const struct record rule_record = {RECORD_OF(of_rule), .rest = &shape_looks, .manner = MANNER_ACTION};

static const struct member of_action[] = {
    {"@type", "type", NULL},
    {"@id", "id", NULL},
    {"by", "by", &shape_people, .one = "item"},
    {"to", "to", &shape_people, .one = "item"},
    {"roles", "roles", &shape_people, .one = "item"},
    {"condition", "condition", &shape_condition},
    {"role_id", "role_id", &shape_person},
    {"rules", "rules", &shape_records, .one = "rule", .record = &rule_record},
    {"formdef", "fields", &shape_sub_form},
    {"fields", "fields", &shape_assignments},
    {"mappings", "mappings", &shape_mappings, .one = "mapping"},
    {"document_type", "document_type", &shape_document_type},
    {"model_file", "model_file", &shape_record, .record = &model_file_record},
    TEXT("model_file_template"),
    TEXT("filename"),
    POST_CONDITIONS,
    {"qs_data", "qs_data", &shape_records, .one = "item", .record = &parameter_record},
    {"post_data", "post_data", &shape_records, .one = "item", .record = &parameter_record},
    TEXT("request_signature_key"),
    TEXT("variable"),
    TEXT("formdef_slug"),
    TEXT("target_id"),
    TEXT("action_label"),
    TEXT("user_association_template"),
    TEXT("status"),
    TEXT("timeout"),
    TEXT("label"),
    TEXT("message"),
    TEXT("comment"),
    TEXT("title"),
    TEXT("body"),
    TEXT("subject"),
    TEXT("url"),
    TEXT("varname"),
    TEXT("value"),
    TEXT("hint"),
    TEXT("trigger"),
};
static const struct record action_record = {RECORD_OF(of_action), .rest = &shape_looks, .manner = MANNER_ACTION};

/* ---- Triggers call a status as its requests are marked: wf-ID ---- */

static str status_id(str text)
{
    return str_starts(text, STR("wf-")) ? str_slice(text, 3, text.len) : text;
}

static json_t *status_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str id = status_id(str_trim(node_text(conversion, node)));
    return id.len == 0 ? NULL : json_from_str(id);
}

static void status_element(struct conversion *conversion, const json_t *value, const struct member *member,
                           xmlNode *node)
{
    (void)member;
    node_set_text(conversion, node, str_fmt(conversion->arena, "wf-%s", json_str_of(value).ptr));
}
static const struct shape shape_status = {.value = status_value, .element = status_element};

static json_t *statuses_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one))
        json_array_append_new(list, json_from_str(status_id(str_trim(node_text(conversion, one)))));
    return list;
}

static void statuses_element(struct conversion *conversion, const json_t *list, const struct member *member,
                             xmlNode *node)
{
    shape_texts.element(conversion, list, member, node);
}
static const struct shape shape_statuses = {.value = statuses_value, .element = statuses_element};

static const struct member of_trigger[] = {
    {"anchor_status_first", "anchor_status_first", &shape_status},
    {"anchor_status_latest", "anchor_status_latest", &shape_status},
    {"statuses", "statuses", &shape_statuses, .one = "statuse"}, /* w.c.s. writes it so */
};
static const struct record trigger_record = {RECORD_OF(of_trigger), .like = &action_record, .rest = &shape_looks,
                                             .manner = MANNER_ACTION};

static const struct member of_global_action[] = {
    {"items", "actions", &shape_records, .one = "item", .record = &action_record},
    {"triggers", "triggers", &shape_records, .one = "trigger", .record = &trigger_record},
};
static const struct record global_action_record = {RECORD_OF(of_global_action), .rest = &shape_text};

/* ---- Statuses ---- */

#define HIDDEN_HERE "_hidden"
#define HIDDEN_THERE "__hidden__"

/* Roles, and w.c.s.'s own words for « agents only » and « nobody ». */
static json_t *visibility_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *role = node_first(node); role != NULL; role = node_next(role)) {
        str text = str_trim(node_text(conversion, role));
        if (text.len > 0)
            json_array_append_new(list, json_from_str(str_eq(text, STR(HIDDEN_THERE)) ? STR(HIDDEN_HERE) : text));
    }
    return list;
}

static void visibility_element(struct conversion *conversion, const json_t *list, const struct member *member,
                               xmlNode *node)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        str who = json_str_of(json_array_get(list, i));
        node_add_text(conversion, node, member->one, str_eq(who, STR(HIDDEN_HERE)) ? STR(HIDDEN_THERE) : who);
    }
}
static const struct shape shape_visibility = {.value = visibility_value, .element = visibility_element};

static const struct member of_status[] = {
    {"items", "actions", &shape_records, .one = "item", .record = &action_record},
    {"visibility", "visibility", &shape_visibility, .one = "role"},
    {"forced_endpoint", "forced_endpoint", &shape_looks},
};
static const struct record status_record = {RECORD_OF(of_status), .rest = &shape_text};

/* ---- The workflow ---- */

/* <role id="_receiver">Name</role> */
static json_t *functions_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *role = node_first(node); role != NULL; role = node_next(role)) {
        json_t *out = json_object();
        set_text(out, "id", node_attribute(conversion, role, "id"));
        set_text(out, "name", str_trim(node_text(conversion, role)));
        json_array_append_new(list, out);
    }
    return list;
}

static void functions_element(struct conversion *conversion, const json_t *list, const struct member *member,
                              xmlNode *node)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *function = json_array_get(list, i);
        xmlNode *one = node_add_text(conversion, node, member->one, json_str(function, "name"));
        node_set_attribute(conversion, one, "id", json_str(function, "id"));
    }
}
static const struct shape shape_functions = {.value = functions_value, .element = functions_element};

static const struct member of_level[] = {{"@id", "id", NULL}};
static const struct record level_record = {RECORD_OF(of_level), .rest = &shape_text};

static const struct member of_remapping[] = {
    {"@action", "action", NULL}, {"@status", "status", NULL}, {"@timestamp", "at", NULL}};
static const struct record remapping_record = {RECORD_OF(of_remapping), .rest = &shape_looks};

static const struct member of_workflow[] = {
    {"category", "category", &shape_reference, .also = "category_name"},
    {"roles", "functions", &shape_functions, .one = "role"},
    {"variables", "options", &shape_inner_fields},
    {"backoffice-fields", "backoffice_fields", &shape_inner_fields},
    {"possible_status", "statuses", &shape_records, .one = "status", .record = &status_record},
    {"global_actions", "global_actions", &shape_records, .one = "action", .record = &global_action_record},
    {"criticality_levels", "criticality_levels", &shape_records, .one = "criticality-level", .record = &level_record},
    {"status-remapping", "status_remapping", &shape_records, .one = "remap", .record = &remapping_record},
};
const struct record workflow_record = {RECORD_OF(of_workflow), .like = &root_record, .rest = &shape_looks};

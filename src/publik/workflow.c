/* workflow: statuses and their actions, options, data of the treatment, global actions. */
#include "publik/node.h"

#include <string.h>

static json_t *functions_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *role = node_first(node); role != NULL; role = node_next(role)) {
        json_t *out = json_object();
        set_text(out, "id", node_attribute(conversion, role, "id"));
        set_text(out, "name", str_trim(node_text(conversion, role)));
        json_array_append_new(list, out);
    }
    return list;
}

static bool is_people(const char *name)
{
    return strcmp(name, "by") == 0 || strcmp(name, "to") == 0 || strcmp(name, "roles") == 0;
}

/* Texts that may read « True », « 0 » or « 3 ». */
static bool is_text(const char *name)
{
    static const char *const texts[] = {"status",  "timeout", "label",   "message", "comment", "title",  "body",
                                        "subject", "url",     "varname", "value",   "hint",    "trigger"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i]) == 0)
            return true;
    return false;
}

/* <formdef><fields>…</fields></formdef> */
static json_t *inner_fields(struct conversion *conversion, const xmlNode *node)
{
    const xmlNode *form = node_child(node, "formdef");
    const xmlNode *fields = node_child(form != NULL ? form : node, "fields");
    return fields == NULL ? json_array() : fields_to_json(conversion, fields);
}

/* set-backoffice-fields: each {field_id, value}, values as they are written. */
static json_t *assignments(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *field = node_first(node); field != NULL; field = node_next(field)) {
        json_t *out = json_object();
        set_text(out, "field_id", node_child_text(conversion, field, "field_id"));
        json_set_str(out, STR("value"), node_text(conversion, node_child(field, "value")));
        json_array_append_new(list, out);
    }
    return list;
}

static void convert_action_member(struct conversion *conversion, const xmlNode *node, json_t *out)
{
    const char *name = (const char *)node->name;
    if (is_people(name)) {
        json_object_set_new_nocheck(out, name, people_to_json(conversion, node));
    } else if (strcmp(name, "condition") == 0) {
        json_t *condition = condition_to_json(conversion, node);
        if (condition != NULL)
            json_set(out, STR("condition"), condition);
    } else if (strcmp(name, "formdef") == 0) {
        const xmlNode *fields = node_child(node, "fields");
        json_set(out, STR("fields"), fields == NULL ? json_array() : fields_to_json(conversion, fields));
    } else if (strcmp(name, "fields") == 0) {
        json_set(out, STR("fields"), assignments(conversion, node));
    } else if (is_text(name) && node_first(node) == NULL) {
        json_object_set_new_nocheck(out, name, json_from_str(node_text(conversion, node)));
    } else {
        json_object_set_new_nocheck(out, name, node_to_json(conversion, node));
    }
}

static json_t *actions_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *action = node_first(node); action != NULL; action = node_next(action)) {
        json_t *out = json_object();
        set_text(out, "type", node_attribute(conversion, action, "type"));
        set_text(out, "id", node_attribute(conversion, action, "id"));
        for (const xmlNode *member = node_first(action); member != NULL; member = node_next(member))
            convert_action_member(conversion, member, out);
        json_array_append_new(list, out);
    }
    return list;
}

/* Roles, and w.c.s.'s own words for « agents only » and « nobody ». */
static json_t *visibility_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *role = node_first(node); role != NULL; role = node_next(role)) {
        str text = str_trim(node_text(conversion, role));
        str meant = str_eq(text, STR("__hidden__")) ? STR("_hidden") : text;
        if (meant.len > 0)
            json_array_append_new(list, json_from_str(meant));
    }
    return list;
}

static json_t *status_to_json(struct conversion *conversion, const xmlNode *status)
{
    json_t *out = json_object();
    json_set(out, STR("actions"), json_array());
    for (const xmlNode *node = node_first(status); node != NULL; node = node_next(node)) {
        const char *name = (const char *)node->name;
        if (strcmp(name, "items") == 0)
            json_set(out, STR("actions"), actions_to_json(conversion, node));
        else if (strcmp(name, "visibility") == 0)
            json_set(out, STR("visibility"), visibility_to_json(conversion, node));
        else if (node_first(node) == NULL && strcmp(name, "forced_endpoint") != 0)
            json_object_set_new_nocheck(out, name, json_from_str(node_text(conversion, node)));
        else
            json_object_set_new_nocheck(out, name, node_to_json(conversion, node));
    }
    return out;
}

/* Triggers call a status as its requests are marked: wf-ID. */
static str status_id(str text)
{
    return str_starts(text, STR("wf-")) ? str_slice(text, 3, text.len) : text;
}

static json_t *trigger_to_json(struct conversion *conversion, const xmlNode *trigger)
{
    json_t *out = json_object();
    set_text(out, "type", node_attribute(conversion, trigger, "type"));
    set_text(out, "id", node_attribute(conversion, trigger, "id"));
    for (const xmlNode *member = node_first(trigger); member != NULL; member = node_next(member)) {
        const char *name = (const char *)member->name;
        if (strcmp(name, "anchor_status_first") == 0 || strcmp(name, "anchor_status_latest") == 0) {
            set_text(out, name, status_id(str_trim(node_text(conversion, member))));
        } else if (strcmp(name, "statuses") == 0) {
            json_t *statuses = json_array();
            for (const xmlNode *one = node_first(member); one != NULL; one = node_next(one))
                json_array_append_new(statuses, json_from_str(status_id(str_trim(node_text(conversion, one)))));
            json_set(out, STR("statuses"), statuses);
        } else {
            convert_action_member(conversion, member, out);
        }
    }
    return out;
}

static json_t *global_to_json(struct conversion *conversion, const xmlNode *action)
{
    json_t *out = json_object();
    for (const xmlNode *node = node_first(action); node != NULL; node = node_next(node)) {
        const char *name = (const char *)node->name;
        if (strcmp(name, "items") == 0) {
            json_set(out, STR("actions"), actions_to_json(conversion, node));
        } else if (strcmp(name, "triggers") == 0) {
            json_t *triggers = json_array();
            for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one))
                json_array_append_new(triggers, trigger_to_json(conversion, one));
            json_set(out, STR("triggers"), triggers);
        } else {
            json_object_set_new_nocheck(out, name, json_from_str(node_text(conversion, node)));
        }
    }
    return out;
}

static json_t *each(struct conversion *conversion, const xmlNode *node,
                    json_t *(*convert)(struct conversion *conversion, const xmlNode *node))
{
    json_t *list = json_array();
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_array_append_new(list, convert(conversion, child));
    return list;
}

void convert_workflow(struct conversion *conversion, const xmlNode *root, json_t *out)
{
    json_set(out, STR("statuses"), json_array());
    for (const xmlNode *node = node_first(root); node != NULL; node = node_next(node)) {
        const char *name = (const char *)node->name;
        if (strcmp(name, "name") == 0 || strcmp(name, "slug") == 0)
            continue;
        if (strcmp(name, "roles") == 0)
            json_set(out, STR("functions"), functions_to_json(conversion, node));
        else if (strcmp(name, "possible_status") == 0)
            json_set(out, STR("statuses"), each(conversion, node, status_to_json));
        else if (strcmp(name, "variables") == 0)
            json_set(out, STR("options"), inner_fields(conversion, node));
        else if (strcmp(name, "backoffice-fields") == 0)
            json_set(out, STR("backoffice_fields"), inner_fields(conversion, node));
        else if (strcmp(name, "category") == 0)
            set_reference(conversion, node, out, name);
        else if (strcmp(name, "global_actions") == 0)
            json_set(out, STR("global_actions"), each(conversion, node, global_to_json));
        else
            json_object_set_new_nocheck(out, name, node_to_json(conversion, node));
    }
}

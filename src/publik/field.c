/* Fields: of forms, of sub-forms, of options, of blocks. */
#include "publik/node.h"

#include <string.h>

static json_t *required_to_json(struct conversion *conversion, const xmlNode *node)
{
    str text = str_trim(node_text(conversion, node));
    if (str_eq_nocase(text, STR("true")))
        return json_string("required");
    return str_eq_nocase(text, STR("false")) || text.len == 0 ? json_string("optional") : json_from_str(text);
}

static json_t *anonymise_to_json(struct conversion *conversion, const xmlNode *node)
{
    str text = str_trim(node_text(conversion, node));
    if (str_eq_nocase(text, STR("true")))
        return json_string("final");
    return str_eq_nocase(text, STR("false")) ? json_string("no") : json_from_str(text);
}

/* A list of the children's texts, whatever they are called. */
static json_t *texts_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_array_append_new(list, json_from_str(str_trim(node_text(conversion, child))));
    return list;
}

static json_t *css_to_json(struct conversion *conversion, const xmlNode *node)
{
    if (node_first(node) == NULL)
        return json_from_str(str_trim(node_text(conversion, node)));
    struct buf classes = buf_new(conversion->arena, 4096);
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        buf_fmt(&classes, "%s%.*s", classes.len > 0 ? " " : "", STR_ARG(str_trim(node_text(conversion, child))));
    return json_from_str(buf_str(&classes));
}

static json_t *prefill_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *out = json_object();
    set_text(out, "type", node_child_text(conversion, node, "type"));
    set_text(out, "value", node_child_text(conversion, node, "value"));
    if (str_eq_nocase(node_child_text(conversion, node, "locked"), STR("true")))
        json_set(out, STR("locked"), json_true());
    if (str_eq_nocase(node_child_text(conversion, node, "locked-unless-empty"), STR("true")))
        json_set(out, STR("locked_unless_empty"), json_true());
    return out;
}

static json_t *document_type_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *out = node_first(node) == NULL ? json_object() : node_to_json(conversion, node);
    const xmlNode *types = node_child(node, "mimetypes");
    json_t *list = json_array();
    if (types != NULL && node_first(types) != NULL) {
        json_decref(list);
        list = texts_to_json(conversion, types);
    } else if (types != NULL) {
        for (str part, rest = node_text(conversion, types); str_next(&rest, ',', &part);)
            json_array_append_new(list, json_from_str(str_trim(part)));
    }
    if (!json_is_object(out)) {
        json_decref(out);
        out = json_object();
    }
    json_set(out, STR("mimetypes"), list);
    return out;
}

json_t *post_conditions_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one)) {
        json_t *out = json_object();
        const xmlNode *condition = node_child(one, "condition");
        json_t *text = condition == NULL ? NULL : condition_to_json(conversion, condition);
        if (text != NULL)
            json_set(out, STR("condition"), text);
        set_text(out, "error_message", node_child_text(conversion, one, "error_message"));
        json_array_append_new(list, out);
    }
    return list;
}

static json_t *validation_to_json(struct conversion *conversion, const xmlNode *node)
{
    if (node_child_text(conversion, node, "type").len == 0)
        return NULL;
    json_t *out = json_object();
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        set_text(out, (const char *)child->name, str_trim(node_text(conversion, child)));
    return out;
}

static json_t *source_or_none(struct conversion *conversion, const xmlNode *node)
{
    return node_child_text(conversion, node, "type").len == 0 ? NULL : source_to_json(conversion, node);
}

/* Of a table their names, of a text how many lines it shows. */
static json_t *rows_to_json(struct conversion *conversion, const xmlNode *node)
{
    return node_first(node) == NULL ? node_to_json(conversion, node) : texts_to_json(conversion, node);
}

/* Elements that are not what they look like. */
static const struct {
    const char *name, *key;
    json_t *(*convert)(struct conversion *conversion, const xmlNode *node);
} special[] = {
    {"required", "required", required_to_json},
    {"anonymise", "anonymise", anonymise_to_json},
    {"display_locations", "display_locations", texts_to_json},
    {"items", "items", texts_to_json},
    {"columns", "columns", texts_to_json},
    {"rows", "rows", rows_to_json},
    {"extra_css_class", "extra_css_class", css_to_json},
    {"prefill", "prefill", prefill_to_json},
    {"condition", "condition", condition_to_json},
    {"data_source", "source", source_or_none},
    {"validation", "validation", validation_to_json},
    {"document_type", "document_type", document_type_to_json},
    {"post_conditions", "post_conditions", post_conditions_to_json},
};

/* Texts, even where they read « True » or « 12 ». */
static bool is_text(const char *name)
{
    static const char *const texts[] = {"id",
                                        "label",
                                        "varname",
                                        "hint",
                                        "value_template",
                                        "type",
                                        "minimum_date",
                                        "maximum_date",
                                        "max_file_size",
                                        "default_value",
                                        "max_value",
                                        "min_value",
                                        "max_items",
                                        "default_items_count",
                                        "add_element_label",
                                        "remove_element_label",
                                        "label_display",
                                        "display_mode",
                                        "block_slug",
                                        "position_template"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i]) == 0)
            return true;
    return false;
}

static void convert_member(struct conversion *conversion, const xmlNode *node, json_t *out)
{
    const char *name = (const char *)node->name;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (strcmp(name, special[i].name) != 0)
            continue;
        json_t *value = special[i].convert(conversion, node);
        if (value != NULL)
            json_object_set_new_nocheck(out, special[i].key, value);
        return;
    }
    if (is_text(name) && node_first(node) == NULL)
        json_object_set_new_nocheck(out, name, json_from_str(node_text(conversion, node)));
    else
        json_object_set_new_nocheck(out, name, node_to_json(conversion, node));
}

/* ---- Tables of the time before blocks: a block that the field holds itself, its columns as fields ---- */

enum { TABLE_ROWS_MOST = 50 }; /* of one whose rows are added */

static json_t *column_to_field(struct conversion *conversion, const json_t *table, size_t index)
{
    json_t *field = json_object();
    str label = json_str_of(json_array_get(json_list(table, "columns"), index));
    const json_t *choices = json_list(table, "items");
    str name = str_replace(conversion->arena, utf8_slug(conversion->arena, label), STR("-"), STR("_"));
    json_set_str(field, STR("id"), str_fmt(conversion->arena, "%zu", index + 1));
    json_set_str(field, STR("type"), choices == NULL ? STR("string") : STR("item"));
    json_set_str(field, STR("label"), label);
    json_set_str(field, STR("varname"), name);
    json_set_str(field, STR("required"), STR("optional"));
    if (choices != NULL)
        json_set(field, STR("items"), json_deep_copy(choices));
    return field;
}

static void table_to_block(struct conversion *conversion, json_t *out)
{
    json_t *fields = json_array();
    size_t columns = json_array_size(json_list(out, "columns")), rows = json_array_size(json_list(out, "rows"));
    bool has_names = rows > 0;
    for (size_t i = 0; i < columns; i++)
        json_array_append_new(fields, column_to_field(conversion, out, i));
    json_set_str(out, STR("publik_type"), json_str(out, "type"));
    json_set_str(out, STR("type"), STR("block"));
    json_set(out, STR("fields"), fields);
    json_set(out, STR("max_items"), json_integer(has_names ? (json_int_t)rows : TABLE_ROWS_MOST));
    json_set(out, STR("default_items_count"), json_integer(has_names ? (json_int_t)rows : 1));
    json_set(out, STR("remove_button"), json_boolean(!has_names));
    if (has_names)
        json_set(out, STR("row_labels"), json_deep_copy(json_list(out, "rows")));
    json_object_del(out, "columns");
    json_object_del(out, "rows");
    json_object_del(out, "items");
}

static bool is_table(str type)
{
    return str_eq(type, STR("table")) || str_eq(type, STR("table-select")) || str_eq(type, STR("tablerows"));
}

/* The first generation wrote block:SLUG as the type, and <pre> for a display mode. */
static void modernise(struct conversion *conversion, json_t *out)
{
    str type = json_str(out, "type");
    if (str_starts(type, STR("block:"))) {
        json_set_str(out, STR("block"), str_slice(type, 6, type.len));
        json_set_str(out, STR("type"), STR("block"));
    } else if (str_eq(type, STR("block")) && json_str(out, "block_slug").len > 0) {
        json_set_str(out, STR("block"), json_str(out, "block_slug"));
    }
    if (is_table(type))
        table_to_block(conversion, out);
    if (json_bool(out, "pre") && json_str(out, "display_mode").len == 0)
        json_set_str(out, STR("display_mode"), STR("pre"));
}

json_t *fields_to_json(struct conversion *conversion, const xmlNode *node)
{
    json_t *list = json_array();
    for (const xmlNode *field = node_first(node); field != NULL; field = node_next(field)) {
        json_t *out = json_object();
        for (const xmlNode *member = node_first(field); member != NULL; member = node_next(member))
            convert_member(conversion, member, out);
        modernise(conversion, out);
        if (json_str(out, "id").len == 0) /* an old export without ids: the place stands in */
            json_set_str(out, STR("id"), str_fmt(conversion->arena, "n%zu", json_array_size(list) + 1));
        json_array_append_new(list, out);
    }
    return list;
}

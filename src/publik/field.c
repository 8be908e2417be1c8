/* Fields: of forms, of sub-forms, of options, of blocks. */
#include "publik/shape.h"

#include <string.h>

/* ---- Words that older exports said by booleans or otherwise ---- */

static void write_word(struct conversion *conversion, const json_t *value, const struct member *member, xmlNode *node)
{
    (void)member;
    looks_element(conversion, value, node);
}

static json_t *required_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str text = str_trim(node_text(conversion, node));
    if (str_eq_nocase(text, STR("true")))
        return json_string("required");
    return str_eq_nocase(text, STR("false")) || text.len == 0 ? json_string("optional") : json_from_str(text);
}
static const struct shape shape_required = {.value = required_value, .element = write_word};

static json_t *anonymise_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str text = str_trim(node_text(conversion, node));
    if (str_eq_nocase(text, STR("true")))
        return json_string("final");
    return str_eq_nocase(text, STR("false")) ? json_string("no") : json_from_str(text);
}
static const struct shape shape_anonymise = {.value = anonymise_value, .element = write_word};

static json_t *css_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    if (node_first(node) == NULL)
        return json_from_str(str_trim(node_text(conversion, node)));
    struct buf classes = buf_new(conversion->arena, 4096);
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        buf_fmt(&classes, "%s%.*s", classes.len > 0 ? " " : "", STR_ARG(str_trim(node_text(conversion, child))));
    return json_from_str(buf_str(&classes));
}
static const struct shape shape_css = {.value = css_value, .element = write_word};

/* ---- What is made of several ---- */

static const struct member of_prefill[] = {
    {"type", "type", &shape_said},
    {"value", "value", &shape_said},
    {"locked", "locked", &shape_if_true},
    {"locked-unless-empty", "locked_unless_empty", &shape_if_true},
};
static const struct record prefill_record = {RECORD_OF(of_prefill), .rest = &shape_looks, .manner = MANNER_ACTION};

static const struct record validation_record = {.rest = &shape_said, .manner = MANNER_ACTION};

static json_t *validation_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    return node_child_text(conversion, node, "type").len == 0 ? NULL : shape_record.value(conversion, node, member);
}

static void validation_element(struct conversion *conversion, const json_t *value, const struct member *member,
                               xmlNode *node)
{
    shape_record.element(conversion, value, member, node);
}
static const struct shape shape_validation = {.value = validation_value, .element = validation_element};

static json_t *source_or_none(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    return node_child_text(conversion, node, "type").len == 0 ? NULL : shape_source.value(conversion, node, member);
}

static void source_element(struct conversion *conversion, const json_t *value, const struct member *member,
                           xmlNode *node)
{
    shape_source.element(conversion, value, member, node);
}
static const struct shape shape_field_source = {.value = source_or_none, .element = source_element};

/* Media types: elements, or one text with a bar or, before, a comma between them. */
static json_t *media_types_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    if (node_first(node) != NULL)
        return shape_texts.value(conversion, node, member);
    json_t *list = json_array();
    str text = str_replace(conversion->arena, node_text(conversion, node), STR("|"), STR(","));
    for (str part, rest = text; str_next(&rest, ',', &part);)
        json_array_append_new(list, json_from_str(str_trim(part)));
    return list;
}

static void media_types_element(struct conversion *conversion, const json_t *list, const struct member *member,
                                xmlNode *node)
{
    (void)member;
    struct buf text = buf_new(conversion->arena, PUBLIK_FILE_MOST);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_fmt(&text, "%s%.*s", i > 0 ? "|" : "", STR_ARG(json_str_of(json_array_get(list, i))));
    node_set_text(conversion, node, buf_str(&text));
}
static const struct shape shape_media_types = {.value = media_types_value, .element = media_types_element};

static const struct member of_document_type[] = {{"mimetypes", "mimetypes", &shape_media_types}};
static const struct record document_type_record = {RECORD_OF(of_document_type), .rest = &shape_looks,
                                                   .manner = MANNER_ACTION};

/* Of a table their names, of a text how many lines it shows. */
static json_t *rows_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    return (node_first(node) == NULL ? shape_looks : shape_texts).value(conversion, node, member);
}

static void rows_element(struct conversion *conversion, const json_t *value, const struct member *member, xmlNode *node)
{
    (json_is_array(value) ? shape_texts : shape_looks).element(conversion, value, member, node);
}
static const struct shape shape_rows = {.value = rows_value, .element = rows_element};

/* ---- A field ---- */

#define TEXT(name)                                                                                                     \
    {                                                                                                                  \
        name, name, &shape_text                                                                                        \
    }

static const struct member of_field[] = {
    TEXT("id"),
    TEXT("type"),
    TEXT("label"),
    {"required", "required", &shape_required},
    TEXT("hint"),
    TEXT("varname"),
    {"display_locations", "display_locations", &shape_texts, .one = "item"},
    {"extra_css_class", "extra_css_class", &shape_css},
    {"prefill", "prefill", &shape_record, .record = &prefill_record},
    {"condition", "condition", &shape_condition},
    {"anonymise", "anonymise", &shape_anonymise},
    {"data_source", "source", &shape_field_source},
    {"items", "items", &shape_texts, .one = "item"},
    {"columns", "columns", &shape_texts, .one = "item"},
    {"rows", "rows", &shape_rows, .one = "item"},
    {"validation", "validation", &shape_validation, .record = &validation_record},
    {"document_type", "document_type", &shape_record, .record = &document_type_record},
    {"fields", "fields", &shape_fields},
    POST_CONDITIONS,
    TEXT("value_template"),
    TEXT("minimum_date"),
    TEXT("maximum_date"),
    TEXT("max_file_size"),
    TEXT("default_value"),
    TEXT("max_value"),
    TEXT("min_value"),
    TEXT("max_items"),
    TEXT("default_items_count"),
    TEXT("add_element_label"),
    TEXT("remove_element_label"),
    TEXT("label_display"),
    TEXT("display_mode"),
    {"block_slug", "block", &shape_text},
    TEXT("position_template"),
};
static const struct record field_record = {RECORD_OF(of_field), .rest = &shape_looks, .manner = MANNER_FIELD};

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
    json_set_str(out, STR("max_items"), str_fmt(conversion->arena, "%zu", has_names ? rows : TABLE_ROWS_MOST));
    json_set_str(out, STR("default_items_count"), str_fmt(conversion->arena, "%zu", has_names ? rows : 1));
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
    }
    if (is_table(type))
        table_to_block(conversion, out);
    if (json_bool(out, "pre") && json_str(out, "display_mode").len == 0)
        json_set_str(out, STR("display_mode"), STR("pre"));
}

static json_t *fields_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *field = node_first(node); field != NULL; field = node_next(field)) {
        json_t *out = json_object();
        record_read(conversion, field, &field_record, out);
        modernise(conversion, out);
        if (json_str(out, "id").len == 0) /* an old export without ids: the place stands in */
            json_set_str(out, STR("id"), str_fmt(conversion->arena, "n%zu", json_array_size(list) + 1));
        json_array_append_new(list, out);
    }
    return list;
}

static void fields_element(struct conversion *conversion, const json_t *list, const struct member *member,
                           xmlNode *node)
{
    (void)member;
    for (size_t i = 0; i < json_array_size(list); i++)
        record_write(conversion, json_array_get(list, i), &field_record, node_add(node, "field"));
}
const struct shape shape_fields = {.value = fields_value, .element = fields_element};

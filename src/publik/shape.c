#include "publik/shape.h"

#include <string.h>

void set_text(json_t *out, const char *key, str text)
{
    if (text.len > 0)
        json_object_set_new_nocheck(out, key, json_from_str(text));
}

/* ---- Records ---- */

static const struct member *member_of(const struct record *record, const char *element)
{
    for (; record != NULL; record = record->like)
        for (size_t i = 0; i < record->count; i++)
            if (strcmp(record->members[i].element, element) == 0)
                return &record->members[i];
    return NULL;
}

static void member_read(struct conversion *conversion, const xmlNode *node, const struct member *member, json_t *out)
{
    if (member->shape == NULL)
        return;
    if (member->shape->read != NULL) {
        member->shape->read(conversion, node, member, out);
        return;
    }
    json_t *value = member->shape->value(conversion, node, member);
    if (value != NULL)
        json_object_set_new_nocheck(out, member->key, value);
}

void record_read(struct conversion *conversion, const xmlNode *node, const struct record *record, json_t *out)
{
    const struct shape *rest = record->rest;
    for (const struct record *like = record; like != NULL; like = like->like)
        for (size_t i = 0; i < like->count; i++)
            if (like->members[i].element[0] == '@')
                set_text(out, like->members[i].key, node_attribute(conversion, node, like->members[i].element + 1));
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child)) {
        const struct member *member = member_of(record, (const char *)child->name);
        struct member other = {.key = str_dup(conversion->arena, looks_key(conversion, child)).ptr,
                               .shape = rest,
                               .known = looks_known(child)};
        member_read(conversion, child, member != NULL ? member : &other, out);
    }
}

static void member_write(struct conversion *conversion, const json_t *in, const struct member *member, xmlNode *node)
{
    const json_t *value = json_object_get(in, member->key);
    if (member->element[0] == '@') {
        if (json_str_of(value).len > 0)
            node_set_attribute(conversion, node, member->element + 1, json_str_of(value));
    } else if (member->shape != NULL && member->shape->write != NULL) {
        member->shape->write(conversion, in, member, node);
    } else if (member->shape != NULL && value != NULL) {
        member->shape->element(conversion, value, member, node_add(node, member->element));
    }
}

static bool is_written(const struct record *record, const char *key)
{
    for (; record != NULL; record = record->like)
        for (size_t i = 0; i < record->count; i++)
            if (strcmp(record->members[i].key, key) == 0 ||
                (record->members[i].also != NULL && strcmp(record->members[i].also, key) == 0))
                return true;
    return false;
}

void record_write(struct conversion *conversion, const json_t *in, const struct record *record, xmlNode *node)
{
    const char *key;
    json_t *value;
    enum manner before = conversion->manner;
    conversion->manner = record->manner;
    for (const struct record *like = record; like != NULL; like = like->like)
        for (size_t i = 0; i < like->count; i++)
            member_write(conversion, in, &like->members[i], node);
    json_object_foreach((json_t *)in, key, value)
    {
        struct member other = {.key = key};
        if (!is_written(record, key))
            record->rest->element(conversion, value, &other, looks_add(conversion, node, key));
    }
    conversion->manner = before;
}

static json_t *record_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    json_t *out = json_object();
    record_read(conversion, node, member->record, out);
    return out;
}

static void record_element(struct conversion *conversion, const json_t *value, const struct member *member,
                           xmlNode *node)
{
    record_write(conversion, value, member->record, node);
}
const struct shape shape_record = {.value = record_value, .element = record_element};

static json_t *records_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    json_t *list = json_array();
    for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one))
        json_array_append_new(list, record_value(conversion, one, member));
    return list;
}

static void records_element(struct conversion *conversion, const json_t *list, const struct member *member,
                            xmlNode *node)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        record_write(conversion, json_array_get(list, i), member->record, node_add(node, member->one));
}
const struct shape shape_records = {.value = records_value, .element = records_element};

/* ---- Texts, and what looks like what it is ---- */

static json_t *look(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    return looks_value(conversion, node, member->known);
}

static void write_look(struct conversion *conversion, const json_t *value, const struct member *member, xmlNode *node)
{
    (void)member;
    looks_element(conversion, value, node);
}
const struct shape shape_looks = {.value = look, .element = write_look};

static json_t *text_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    return node_first(node) == NULL ? json_from_str(node_text(conversion, node)) : look(conversion, node, member);
}

static void text_element(struct conversion *conversion, const json_t *value, const struct member *member, xmlNode *node)
{
    if (json_is_string(value) && conversion->manner != MANNER_FIELD)
        node_set_text(conversion, node, json_str_of(value));
    else
        write_look(conversion, value, member, node);
}
const struct shape shape_text = {.value = text_value, .element = text_element};

static json_t *said_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str text = str_trim(node_text(conversion, node));
    return text.len == 0 ? NULL : json_from_str(text);
}
const struct shape shape_said = {.value = said_value, .element = text_element};

static json_t *body_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str text = node_text(conversion, node);
    return text.len == 0 ? NULL : json_from_str(text);
}
const struct shape shape_body = {.value = body_value, .element = text_element};

static json_t *if_true_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    return str_eq_nocase(str_trim(node_text(conversion, node)), STR("true")) ? json_true() : NULL;
}
const struct shape shape_if_true = {.value = if_true_value, .element = write_look};

static json_t *dict_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *out = json_object();
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_set(out, node_name(child), looks_value(conversion, child, NULL));
    return out;
}
const struct shape shape_dict = {.value = dict_value, .element = write_look};

static json_t *texts_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *child = node_first(node); child != NULL; child = node_next(child))
        json_array_append_new(list, json_from_str(str_trim(node_text(conversion, child))));
    return list;
}

static void texts_element(struct conversion *conversion, const json_t *list, const struct member *member, xmlNode *node)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        node_add_text(conversion, node, member->one, json_str_of(json_array_get(list, i)));
}
const struct shape shape_texts = {.value = texts_value, .element = texts_element};

static json_t *keyed_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *out = json_object();
    for (const xmlNode *one = node_first(node); one != NULL; one = node_next(one))
        json_set_str(out, node_attribute(conversion, one, "key"), node_text(conversion, one));
    return out;
}

static void keyed_element(struct conversion *conversion, const json_t *value, const struct member *member,
                          xmlNode *node)
{
    const char *key;
    json_t *text;
    json_object_foreach((json_t *)value, key, text) node_set_attribute(
        conversion, node_add_text(conversion, node, member->one, json_str_of(text)), "key", str_of(key));
}
const struct shape shape_keyed = {.value = keyed_value, .element = keyed_element};

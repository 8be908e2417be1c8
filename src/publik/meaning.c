/* Shapes that mean something: conditions, people, references, sources. */
#include "publik/shape.h"

#include <string.h>

/* ---- Conditions ---- */

static json_t *condition_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    if (node_first(node) == NULL) /* an old bare one */
        return shape_said.value(conversion, node, member);
    str type = node_child_text(conversion, node, "type"), value = node_child_text(conversion, node, "value");
    if (value.len == 0)
        return NULL;
    if (type.len == 0 || str_eq(type, STR("django")))
        return json_from_str(value);
    return looks_value(conversion, node, NULL);
}

static void condition_element(struct conversion *conversion, const json_t *value, const struct member *member,
                              xmlNode *node)
{
    (void)member;
    if (!json_is_string(value)) {
        looks_element(conversion, value, node);
        return;
    }
    node_add_text(conversion, node, "type", STR("django"));
    node_add_text(conversion, node, "value", json_str_of(value));
}
const struct shape shape_condition = {.value = condition_value, .element = condition_element};

static const struct member of_post_condition[] = {
    {"condition", "condition", &shape_condition},
    {"error_message", "error_message", &shape_said},
};
const struct record post_condition_record = {RECORD_OF(of_post_condition), .rest = &shape_looks,
                                             .manner = MANNER_ACTION};

/* ---- People ---- */

static bool is_function(str id)
{
    return str_starts(id, STR("_")) || str_eq(id, STR("logged-users"));
}

/* Of « sendsms ». */
static bool is_telephone(str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        digits += c >= '0' && c <= '9';
        if (!(c >= '0' && c <= '9') && strchr("+.-() ,", c) == NULL)
            return false;
    }
    return digits >= 6;
}

/* Where somebody is reached who has no role: an address, a number, a template of one. */
static bool is_address(str text)
{
    return is_telephone(text) || str_contains(text, STR("@")) || str_contains(text, STR("{")) ||
           str_contains(text, STR("["));
}

static str person_meant(struct conversion *conversion, const xmlNode *node)
{
    str id = node_attribute(conversion, node, "role_id"), slug = str_trim(node_attribute(conversion, node, "slug"));
    str text = str_trim(node_text(conversion, node));
    if (is_function(text))
        id = text;
    return is_function(id) ? id : slug.len > 0 ? slug : is_address(text) ? text : utf8_slug(conversion->arena, text);
}

static json_t *people_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *list = json_array();
    for (const xmlNode *item = node_first(node); item != NULL; item = node_next(item)) {
        str meant = person_meant(conversion, item);
        if (meant.len > 0)
            json_array_append_new(list, json_from_str(meant));
    }
    return list;
}

/* What a role is called, if that can't be taken for something else. */
static str role_name(struct conversion *conversion, str slug)
{
    const struct publik_roles *roles = conversion->roles;
    str name = roles == NULL ? STR_EMPTY : roles->name(roles->of, slug);
    return name.len == 0 || is_function(name) ? slug : name;
}

static void write_person(struct conversion *conversion, str who, xmlNode *node)
{
    bool is_role = !is_function(who) && !is_address(who);
    node_set_text(conversion, node, is_role ? role_name(conversion, who) : who);
    if (is_function(who))
        node_set_attribute(conversion, node, "role_id", who);
    else if (is_role)
        node_set_attribute(conversion, node, "slug", who);
}

static void people_element(struct conversion *conversion, const json_t *list, const struct member *member,
                           xmlNode *node)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        write_person(conversion, json_str_of(json_array_get(list, i)), node_add(node, member->one));
}
const struct shape shape_people = {.value = people_value, .element = people_element};

/* One alone: <role_id slug="…">Name</role_id>. */
static json_t *person_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str meant = person_meant(conversion, node);
    return meant.len > 0 ? json_from_str(meant) : NULL;
}

static void person_element(struct conversion *conversion, const json_t *who, const struct member *member, xmlNode *node)
{
    (void)member;
    write_person(conversion, json_str_of(who), node);
}
const struct shape shape_person = {.value = person_value, .element = person_element};

/* <role role_key="_receiver" slug="…">Name</role>: functions bound to roles; those without a key are old receivers. */
static json_t *bindings_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    json_t *out = json_object();
    for (const xmlNode *role = node_first(node); role != NULL; role = node_next(role)) {
        str key = node_attribute(conversion, role, "role_key");
        str slug = str_trim(node_attribute(conversion, role, "slug"));
        if (slug.len == 0)
            slug = utf8_slug(conversion->arena, str_trim(node_text(conversion, role)));
        if (slug.len > 0)
            json_set_str(out, key.len > 0 ? key : STR("_receiver"), slug);
    }
    return out;
}

static void bindings_element(struct conversion *conversion, const json_t *value, const struct member *member,
                             xmlNode *node)
{
    const char *key;
    json_t *role;
    json_object_foreach((json_t *)value, key, role)
    {
        str slug = json_str_of(role);
        xmlNode *one = node_add_text(conversion, node, member->one, role_name(conversion, slug));
        node_set_attribute(conversion, one, "role_key", str_of(key));
        node_set_attribute(conversion, one, "slug", slug);
    }
}
const struct shape shape_bindings = {.value = bindings_value, .element = bindings_element};

/* ---- References ---- */

/* workflow_id: the number it has in its installation, but for Publik's own: « _default ». */
static const char *number_of(struct conversion *conversion, const struct member *member)
{
    return str_fmt(conversion->arena, "%s_id", member->element).ptr;
}

static void reference_read(struct conversion *conversion, const xmlNode *node, const struct member *member, json_t *out)
{
    str slug = node_attribute(conversion, node, "slug"), name = str_trim(node_text(conversion, node));
    str built_in = node_attribute(conversion, node, number_of(conversion, member));
    if (slug.len == 0 && str_starts(built_in, STR("_")))
        slug = built_in;
    set_text(out, member->key, slug.len > 0 ? slug : utf8_slug(conversion->arena, name));
    set_text(out, member->also, name);
}

static void reference_write(struct conversion *conversion, const json_t *in, const struct member *member,
                            xmlNode *parent)
{
    str slug = json_str(in, member->key), name = json_str(in, member->also);
    if (slug.len == 0 && name.len == 0)
        return;
    xmlNode *node = node_add_text(conversion, parent, member->element, name);
    if (slug.len > 0)
        node_set_attribute(conversion, node, str_starts(slug, STR("_")) ? number_of(conversion, member) : "slug", slug);
}
const struct shape shape_reference = {.read = reference_read, .write = reference_write};

/* ---- Sources: a type that is no kind is the slug of a named one ---- */

#define CARD "carddef:"
/* Our lists that are written in the document are JSON for Publik, and told by this beside it. */
#define FIXED "fixed"

static bool is_source_kind(str type)
{
    static const char *const kinds[] = {"json", "jsonp", "geojson", "jsonvalue", "formula", "wcs:users"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(type, str_of(kinds[i])))
            return true;
    return false;
}

static json_t *source_value(struct conversion *conversion, const xmlNode *node, const struct member *member)
{
    (void)member;
    str type = node_child_text(conversion, node, "type"), value = node_child_text(conversion, node, "value");
    json_t *out = json_object();
    json_t *rows = node_child(node, FIXED) == NULL ? NULL : json_parse(conversion->arena, value, NULL);
    bool is_table = str_eq(type, STR("csv")) && value.len > 0; /* ours: what Publik has by a connector */
    if (is_table)
        value = node_text(conversion, node_child(node, "value"));
    bool is_card = str_starts(type, STR(CARD)), is_kind = is_table || is_source_kind(type);
    json_set_str(out, STR("type"), rows != NULL ? STR(FIXED) : is_card ? STR("card") : is_kind ? type : STR("named"));
    if (rows != NULL)
        json_set(out, STR("value"), json_incref(rows));
    else
        json_set_str(out, STR("value"), is_card ? str_slice(type, sizeof CARD - 1, type.len) : is_kind ? value : type);
    return out;
}

static void source_element(struct conversion *conversion, const json_t *source, const struct member *member,
                           xmlNode *node)
{
    (void)member;
    str type = json_str(source, "type"), value = json_str(source, "value");
    bool is_card = str_eq(type, STR("card")), is_named = str_eq(type, STR("named")),
         is_fixed = str_eq(type, STR(FIXED));
    if (is_card)
        type = str_fmt(conversion->arena, CARD "%.*s", STR_ARG(value));
    node_add_text(conversion, node, "type", is_named ? value : is_fixed ? STR("jsonvalue") : type);
    if (is_fixed) {
        node_add_text(conversion, node, "value", json_text(conversion->arena, json_object_get(source, "value")));
        node_add_text(conversion, node, FIXED, STR("true"));
    } else if (!is_card && !is_named) {
        node_add_text(conversion, node, "value", value);
    }
}
const struct shape shape_source = {.value = source_value, .element = source_element};

/* A template's names from JSON, with what JSON has no kind for. */
#include "cli/template.h"

#include <stdlib.h>

static struct value_list *read_list(struct arena *arena, const json_t *json)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < json_array_size(json); i++)
        value_list_add(arena, list, template_context(arena, json_array_get(json, i)));
    return list;
}

static struct value read_time(const json_t *json)
{
    struct datetime at = {0};
    struct arena *arena = arena_new();
    value_to_time(arena, value_text(json_str_of(json)), &at);
    arena_free(arena);
    return (struct value){.kind = VALUE_TIME, .datetime = at};
}

static struct value read_number(struct arena *arena, str tag, const json_t *json)
{
    struct decimal decimal = {0};
    value_to_decimal(arena, value_text(json_str_of(json)), &decimal);
    return str_eq(tag, STR("$float")) ? value_float(strtod(str_z(arena, json_str_of(json)), NULL))
                                      : value_decimal(arena, decimal);
}

/* {"$date": "2020-07-14"} and the like: what JSON has no kind for. */
static bool read_tagged(struct arena *arena, str tag, const json_t *json, struct value *out)
{
    struct date date = {0};
    struct datetime at = {0};
    if (str_eq(tag, STR("$date"))) {
        value_to_date(arena, value_text(json_str_of(json)), &date);
        *out = value_date(date);
    } else if (str_eq(tag, STR("$datetime"))) {
        value_to_datetime(arena, value_text(json_str_of(json)), &at);
        *out = value_datetime(at);
    } else if (str_eq(tag, STR("$time"))) {
        *out = read_time(json);
    } else if (str_eq(tag, STR("$decimal")) || str_eq(tag, STR("$float"))) {
        *out = read_number(arena, tag, json);
    } else if (str_eq(tag, STR("$safe"))) {
        *out = value_html(json_str_of(json));
    } else if (str_eq(tag, STR("$lazy"))) {
        *out = template_context(arena, json);
    } else if (str_eq(tag, STR("$tuple")) || str_eq(tag, STR("$block"))) {
        struct value_list *list = read_list(arena, json);
        list->is_tuple = str_eq(tag, STR("$tuple"));
        *out = value_list(list);
    } else {
        return false;
    }
    return true;
}

struct value template_context(struct arena *arena, const json_t *json)
{
    if (json_is_array(json))
        return value_list(read_list(arena, json));
    if (!json_is_object(json))
        return value_from_json(arena, json);
    struct value_dict *dict = value_dict_new(arena);
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)json, key, item)
    {
        struct value tagged;
        if (key[0] == '$' && read_tagged(arena, str_of(key), item, &tagged))
            return tagged;
        value_dict_set(arena, dict, str_of(key), template_context(arena, item));
    }
    return value_dict(dict);
}

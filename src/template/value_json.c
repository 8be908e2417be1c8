#include "template/value.h"

enum { DEEPEST = 200 };

static struct value from_json(struct arena *arena, const json_t *json, int deep)
{
    if (json == NULL || json_is_null(json) || deep > DEEPEST)
        return VALUE_OF_NONE;
    if (json_is_boolean(json))
        return value_bool(json_is_true(json));
    if (json_is_integer(json))
        return value_int(json_integer_value(json));
    if (json_is_real(json))
        return value_float(json_real_value(json));
    if (json_is_string(json))
        return value_text(json_str_of(json));
    if (json_is_array(json)) {
        struct value_list *list = value_list_new(arena);
        for (size_t i = 0; i < json_array_size(json); i++)
            value_list_add(arena, list, from_json(arena, json_array_get(json, i), deep + 1));
        return value_list(list);
    }
    struct value_dict *dict = value_dict_new(arena);
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)json, key, item)
        value_dict_set(arena, dict, str_of(key), from_json(arena, item, deep + 1));
    return value_dict(dict);
}

struct value value_from_json(struct arena *arena, const json_t *json)
{
    return from_json(arena, json, 0);
}

/* Milliseconds where there are any, as Django's encoder writes them. */
static str iso_text(struct arena *arena, const struct value *value)
{
    const struct datetime *at = &value->datetime;
    struct buf out = buf_new(arena, 40);
    if (value->kind == VALUE_DATETIME)
        buf_fmt(&out, "%.*sT", STR_ARG(date_iso(arena, at->date)));
    buf_fmt(&out, "%02d:%02d:%02d", at->hour, at->minute, at->second);
    if (at->microsecond != 0)
        buf_fmt(&out, ".%03d", at->microsecond / 1000);
    return buf_str(&out);
}

static json_t *to_json(struct arena *arena, struct value value, int deep);

static json_t *list_to_json(struct arena *arena, const struct value_list *list, int deep)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(array, to_json(arena, list->at[i], deep + 1));
    return array;
}

static json_t *dict_to_json(struct arena *arena, const struct value_dict *dict, int deep)
{
    json_t *object = json_object();
    for (size_t i = 0; i < dict->map.len; i++)
        json_set(object, dict->map.entries[i].key,
                 to_json(arena, *(const struct value *)dict->map.entries[i].value, deep + 1));
    return object;
}

static json_t *to_json(struct arena *arena, struct value value, int deep)
{
    value = value_plain(arena, value);
    const struct value_list *items;
    if (deep > DEEPEST)
        return json_null();
    switch (value.kind) {
    case VALUE_BOOL:
        return json_boolean(value.boolean);
    case VALUE_INT:
        return json_integer(value.integer);
    case VALUE_FLOAT: {
        json_t *real = json_real(value.real);
        return real == NULL ? json_null() : real;
    }
    case VALUE_DECIMAL:
        return json_from_str(decimal_text(arena, *value.decimal));
    case VALUE_TEXT:
        return json_from_str(value.text);
    case VALUE_DATE:
        return json_from_str(date_iso(arena, value.date));
    case VALUE_DATETIME:
    case VALUE_TIME:
        return json_from_str(iso_text(arena, &value));
    case VALUE_LIST:
        return list_to_json(arena, value.list, deep);
    case VALUE_DICT:
        return dict_to_json(arena, value.dict, deep);
    case VALUE_OBJECT:
        return value_items(arena, value, &items) ? list_to_json(arena, items, deep) : json_null();
    default:
        return json_null();
    }
}

json_t *value_to_json(struct arena *arena, struct value value)
{
    return json_keep(arena, to_json(arena, value, 0));
}

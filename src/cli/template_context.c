/* A template's names from JSON, with what JSON has no kind for. */
#include "cli/template.h"

#include <math.h>
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

/* Numbers from a bound to another: {"$range": [0, 5, 1]}. */
static struct value read_range(struct arena *arena, const json_t *json)
{
    enum { MOST = 100000 };
    struct value_list *list = value_list_new(arena);
    int64_t bounds[3] = {0, 0, 1};
    for (size_t i = 0; i < 3 && i < json_array_size(json); i++)
        bounds[i] = json_integer_value(json_array_get(json, i));
    bool up = bounds[2] > 0;
    for (int64_t at = bounds[0]; bounds[2] != 0 && (up ? at < bounds[1] : at > bounds[1]) && list->len < MOST;
         at += bounds[2])
        value_list_add(arena, list, value_int(at));
    return value_list(list);
}

/* A duration, as Python prints it: {"$seconds": 90061} is « 1 day, 1:01:01 ». */
static struct value read_duration(struct arena *arena, const json_t *json)
{
    int64_t total = llround(json_number_value(json) * 1e6), day = INSTANT_DAY;
    int64_t days = total / day - (total % day < 0), rest = total - days * day, seconds = rest / INSTANT_SECOND;
    struct buf out = buf_new(arena, 80);
    if (days != 0)
        buf_fmt(&out, "%lld day%s, ", (long long)days, llabs(days) == 1 ? "" : "s");
    buf_fmt(&out, "%d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    if (rest % INSTANT_SECOND != 0)
        buf_fmt(&out, ".%06d", (int)(rest % INSTANT_SECOND));
    return value_text(buf_str(&out));
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
    } else if (str_eq(tag, STR("$range"))) {
        *out = read_range(arena, json);
    } else if (str_eq(tag, STR("$seconds"))) {
        *out = read_duration(arena, json);
    } else if (str_eq(tag, STR("$bytes"))) {
        *out = value_text(str_fmt(arena, "b'%.*s'", STR_ARG(json_str_of(json))));
    } else if (str_eq(tag, STR("$tuple")) || str_eq(tag, STR("$block")) || str_eq(tag, STR("$set"))) {
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

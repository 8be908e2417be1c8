#include "template/value_members.h"

static bool index_of(str key, size_t len, size_t *index)
{
    int64_t number;
    if (key.len == 0 || key.len > 9 || key.ptr[0] < '0' || key.ptr[0] > '9' || !str_to_int64(key, &number))
        return false;
    *index = (size_t)number;
    return *index < len;
}

static struct value pair(struct arena *arena, const struct map_entry *entry)
{
    struct value_list *pair = value_list_new(arena);
    pair->is_tuple = true;
    value_list_add(arena, pair, value_text(entry->key));
    value_list_add(arena, pair, *(const struct value *)entry->value);
    return value_list(pair);
}

bool value_dict_method(struct arena *arena, const struct value_dict *dict, str key, struct value *out)
{
    bool items = str_eq(key, STR("items")), keys = str_eq(key, STR("keys")), values = str_eq(key, STR("values"));
    if (!items && !keys && !values)
        return false;
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < dict->map.len; i++) {
        const struct map_entry *entry = &dict->map.entries[i];
        value_list_add(arena, list,
                       items  ? pair(arena, entry)
                       : keys ? value_text(entry->key)
                              : *(const struct value *)entry->value);
    }
    *out = value_list(list);
    return true;
}

static bool dict_member(struct arena *arena, const struct value_dict *dict, str key, struct value *out)
{
    const struct value *found = map_get(&dict->map, key);
    if (found == NULL)
        return value_dict_method(arena, dict, key, out);
    *out = *found;
    return true;
}

static bool text_member(struct arena *arena, str text, str key, struct value *out)
{
    size_t index;
    if (index_of(key, text.len, &index)) {
        str item = utf8_slice(text, index, index + 1);
        *out = value_text(item);
        return item.len > 0;
    }
    if (str_eq(key, STR("upper")))
        *out = value_text(utf8_upper(arena, text));
    else if (str_eq(key, STR("lower")))
        *out = value_text(utf8_lower(arena, text));
    else if (str_eq(key, STR("strip")))
        *out = value_text(str_trim(text));
    else
        return false;
    return true;
}

static bool date_member(struct arena *arena, struct date date, str key, struct value *out)
{
    if (str_eq(key, STR("year")))
        *out = value_int(date.year);
    else if (str_eq(key, STR("month")))
        *out = value_int(date.month);
    else if (str_eq(key, STR("day")))
        *out = value_int(date.day);
    else if (str_eq(key, STR("weekday")))
        *out = value_int(date_weekday(date));
    else if (str_eq(key, STR("isoweekday")))
        *out = value_int(date_weekday(date) + 1);
    else if (str_eq(key, STR("isoformat")))
        *out = value_text(date_iso(arena, date));
    else
        return false;
    return true;
}

static bool datetime_member(struct arena *arena, const struct value *from, str key, struct value *out)
{
    const struct datetime *at = &from->datetime;
    if (str_eq(key, STR("hour")))
        *out = value_int(at->hour);
    else if (str_eq(key, STR("minute")))
        *out = value_int(at->minute);
    else if (str_eq(key, STR("second")))
        *out = value_int(at->second);
    else if (from->kind == VALUE_TIME)
        return false;
    else if (str_eq(key, STR("date")))
        *out = value_date(at->date);
    else if (str_eq(key, STR("time")))
        *out = (struct value){.kind = VALUE_TIME, .datetime = *at};
    else
        return date_member(arena, at->date, key, out);
    return true;
}

static bool object_member(struct arena *arena, const struct value_object *object, str key, struct value *out)
{
    size_t index;
    if (object->type->get != NULL && object->type->get(object, arena, key, out))
        return out->kind != VALUE_UNDEFINED;
    if (object->type->item != NULL && object->type->length != NULL &&
        index_of(key, object->type->length(object, arena), &index))
        return object->type->item(object, arena, index, out);
    if (object->type->plain == NULL)
        return false;
    struct value plain = value_plain(arena, (struct value){.kind = VALUE_OBJECT, .object = *object});
    return plain.kind != VALUE_OBJECT && plain.kind != VALUE_TEXT && value_member(arena, plain, key, out);
}

bool value_member(struct arena *arena, struct value from, str key, struct value *out)
{
    size_t index;
    switch (from.kind) {
    case VALUE_DICT:
        return dict_member(arena, from.dict, key, out);
    case VALUE_OBJECT:
        return object_member(arena, &from.object, key, out);
    case VALUE_LIST:
        if (!index_of(key, from.list->len, &index))
            return false;
        *out = from.list->at[index];
        return true;
    case VALUE_TEXT:
        return text_member(arena, from.text, key, out);
    case VALUE_DATE:
        return date_member(arena, from.date, key, out);
    case VALUE_DATETIME:
    case VALUE_TIME:
        return datetime_member(arena, &from, key, out);
    default:
        return false;
    }
}

#include "template/value.h"

#include <math.h>

enum { DEEPEST = 40 };

static bool is_number(enum value_kind kind)
{
    return kind == VALUE_BOOL || kind == VALUE_INT || kind == VALUE_FLOAT || kind == VALUE_DECIMAL;
}

static double as_double(const struct value *value)
{
    return value->kind == VALUE_FLOAT     ? value->real
           : value->kind == VALUE_DECIMAL ? decimal_to_double(*value->decimal)
           : value->kind == VALUE_BOOL    ? (double)value->boolean
                                          : (double)value->integer;
}

static struct decimal as_decimal(const struct value *value)
{
    return value->kind == VALUE_DECIMAL ? *value->decimal
           : value->kind == VALUE_BOOL  ? decimal_from_int(value->boolean)
                                        : decimal_from_int(value->integer);
}

/* Two numbers; false for NaN, which has no order. A float meets a decimal as floats do: the program's floats come from
 * texts such as 0.1, and a designer who writes 0.1 means it. */
static bool compare_numbers(const struct value *a, const struct value *b, int *order)
{
    if (a->kind != VALUE_FLOAT && b->kind != VALUE_FLOAT) {
        *order = decimal_cmp(as_decimal(a), as_decimal(b));
        return true;
    }
    double left = as_double(a), right = as_double(b);
    if (isnan(left) || isnan(right))
        return false;
    *order = (left > right) - (left < right);
    return true;
}

static int time_cmp(const struct datetime *a, const struct datetime *b)
{
    int64_t left = (((int64_t)a->hour * 60 + a->minute) * 60 + a->second) * 1000000 + a->microsecond;
    int64_t right = (((int64_t)b->hour * 60 + b->minute) * 60 + b->second) * 1000000 + b->microsecond;
    return (left > right) - (left < right);
}

static struct datetime midnight(const struct value *value)
{
    return value->kind == VALUE_DATE ? (struct datetime){.date = value->date} : value->datetime;
}

/* A date meets a datetime as its midnight, so that {% if form_var_date < now %} means what it says. */
static bool compare_dates(const struct value *a, const struct value *b, int *order)
{
    struct datetime left = midnight(a), right = midnight(b);
    *order = date_cmp(left.date, right.date);
    if (*order == 0)
        *order = time_cmp(&left, &right);
    return true;
}

static bool is_date(enum value_kind kind)
{
    return kind == VALUE_DATE || kind == VALUE_DATETIME;
}

static bool compare(struct arena *arena, struct value a, struct value b, int *order, int deep);
static bool equals(struct arena *arena, struct value a, struct value b, int deep);

static bool compare_lists(struct arena *arena, const struct value_list *a, const struct value_list *b, int *order,
                          int deep)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (equals(arena, a->at[i], b->at[i], deep + 1))
            continue;
        return compare(arena, a->at[i], b->at[i], order, deep + 1);
    }
    *order = (a->len > b->len) - (a->len < b->len);
    return true;
}

/* What an object on either side says of it. */
static bool object_compares(struct arena *arena, struct value a, struct value b, int *order)
{
    if (a.kind == VALUE_OBJECT && a.object.type->compare != NULL && a.object.type->compare(&a.object, arena, b, order))
        return true;
    if (b.kind != VALUE_OBJECT || b.object.type->compare == NULL || !b.object.type->compare(&b.object, arena, a, order))
        return false;
    *order = -*order;
    return true;
}

static bool compare(struct arena *arena, struct value a, struct value b, int *order, int deep)
{
    if (object_compares(arena, a, b, order))
        return true;
    a = value_plain(arena, a);
    b = value_plain(arena, b);
    if (deep > DEEPEST)
        return false;
    if (is_number(a.kind) && is_number(b.kind))
        return compare_numbers(&a, &b, order);
    if (is_date(a.kind) && is_date(b.kind))
        return compare_dates(&a, &b, order);
    if (a.kind != b.kind)
        return false;
    if (a.kind == VALUE_TEXT) {
        *order = str_cmp(a.text, b.text);
        return true;
    }
    if (a.kind == VALUE_TIME) {
        *order = time_cmp(&a.datetime, &b.datetime);
        return true;
    }
    return a.kind == VALUE_LIST && a.list->is_tuple == b.list->is_tuple &&
           compare_lists(arena, a.list, b.list, order, deep);
}

bool value_compare(struct arena *arena, struct value a, struct value b, int *order)
{
    if (a.kind == VALUE_INT && b.kind == VALUE_INT) { /* what pages mostly ask */
        *order = (a.integer > b.integer) - (a.integer < b.integer);
        return true;
    }
    return compare(arena, a, b, order, 0);
}

static bool equal_lists(struct arena *arena, const struct value_list *a, const struct value_list *b, int deep)
{
    if (a->len != b->len || a->is_tuple != b->is_tuple)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (!equals(arena, a->at[i], b->at[i], deep + 1))
            return false;
    return true;
}

static bool equal_dicts(struct arena *arena, const struct value_dict *a, const struct value_dict *b, int deep)
{
    if (a->map.len != b->map.len)
        return false;
    for (size_t i = 0; i < a->map.len; i++) {
        const struct value *other = map_get(&b->map, a->map.entries[i].key);
        if (other == NULL || !equals(arena, *(const struct value *)a->map.entries[i].value, *other, deep + 1))
            return false;
    }
    return true;
}

static bool option_equals(const struct value *option, const struct value *other)
{
    return other->kind == VALUE_BOOL && other->boolean == str_eq(option->text, STR("true"));
}

static bool equals(struct arena *arena, struct value a, struct value b, int deep)
{
    int order;
    if (object_compares(arena, a, b, &order))
        return order == 0;
    a = value_plain(arena, a);
    b = value_plain(arena, b);
    if ((a.is_option && option_equals(&a, &b)) || (b.is_option && option_equals(&b, &a)))
        return true;
    if (deep > DEEPEST)
        return false;
    if (is_number(a.kind) && is_number(b.kind))
        return compare_numbers(&a, &b, &order) && order == 0;
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case VALUE_UNDEFINED:
    case VALUE_NONE:
        return true;
    case VALUE_LIST:
        return equal_lists(arena, a.list, b.list, deep);
    case VALUE_DICT:
        return equal_dicts(arena, a.dict, b.dict, deep);
    case VALUE_OBJECT:
        return a.object.type == b.object.type && a.object.self == b.object.self;
    default:
        return compare(arena, a, b, &order, deep) && order == 0;
    }
}

bool value_equals(struct arena *arena, struct value a, struct value b)
{
    if (a.kind == VALUE_TEXT && b.kind == VALUE_TEXT) /* what pages mostly ask */
        return str_eq(a.text, b.text);
    if (a.kind == VALUE_INT && b.kind == VALUE_INT)
        return a.integer == b.integer;
    return equals(arena, a, b, 0);
}

bool value_is_true(struct arena *arena, struct value value)
{
    if (value.kind == VALUE_OBJECT)
        value = value_plain(arena, value);
    switch (value.kind) {
    case VALUE_BOOL:
        return value.boolean;
    case VALUE_INT:
        return value.integer != 0;
    case VALUE_FLOAT:
        return value.real != 0;
    case VALUE_DECIMAL:
        return !decimal_is_zero(*value.decimal);
    case VALUE_TEXT:
        return value.text.len > 0 && !(value.is_option && str_eq(value.text, STR("false")));
    case VALUE_LIST:
        return value.list->len > 0;
    case VALUE_DICT:
        return value.dict->map.len > 0;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return true;
    case VALUE_OBJECT:
        return value.object.type->length == NULL || value.object.type->length(&value.object, arena) > 0;
    default:
        return false;
    }
}

/* What Python takes for a key: no list, no dict, no tuple that holds one. */
static bool is_hashable(const struct value *value)
{
    if (value->kind != VALUE_LIST || !value->list->is_tuple)
        return value->kind != VALUE_LIST && value->kind != VALUE_DICT;
    for (size_t i = 0; i < value->list->len; i++)
        if (value->list->at[i].kind == VALUE_LIST || value->list->at[i].kind == VALUE_DICT)
            return false;
    return true;
}

bool value_contains(struct arena *arena, struct value container, struct value item, bool *holds)
{
    if (container.kind == VALUE_OBJECT && container.object.type->contains != NULL &&
        container.object.type->contains(&container.object, arena, item, holds))
        return true;
    struct value whole = item;
    container = value_plain(arena, container);
    item = value_plain(arena, item);
    if (container.kind == VALUE_TEXT) {
        *holds = item.kind == VALUE_TEXT && str_contains(container.text, item.text);
        return item.kind == VALUE_TEXT;
    }
    if (container.kind == VALUE_DICT && !is_hashable(&item))
        return false;
    if (container.kind == VALUE_DICT) {
        *holds = item.kind == VALUE_TEXT && map_get(&container.dict->map, item.text) != NULL;
        return true;
    }
    const struct value_list *items;
    if (!value_items(arena, container, &items))
        return false;
    *holds = false;
    for (size_t i = 0; i < items->len && !*holds; i++)
        *holds = value_equals(arena, items->at[i], whole);
    return true;
}

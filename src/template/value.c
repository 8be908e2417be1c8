#include "template/value.h"

#include "template/value_members.h"

struct value value_bool(bool boolean)
{
    return (struct value){.kind = VALUE_BOOL, .boolean = boolean};
}

struct value value_int(int64_t integer)
{
    return (struct value){.kind = VALUE_INT, .integer = integer};
}

struct value value_float(double real)
{
    return (struct value){.kind = VALUE_FLOAT, .real = real};
}

struct value value_decimal(struct arena *arena, struct decimal decimal)
{
    return (struct value){.kind = VALUE_DECIMAL, .decimal = arena_copy(arena, &decimal, sizeof decimal)};
}

struct value value_text(str text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

struct value value_html(str html)
{
    return (struct value){.kind = VALUE_TEXT, .safe = true, .text = html};
}

struct value value_option(str text)
{
    bool is_boolean = str_eq(text, STR("true")) || str_eq(text, STR("false"));
    return (struct value){.kind = VALUE_TEXT, .is_option = is_boolean, .text = text};
}

struct value value_date(struct date date)
{
    return (struct value){.kind = VALUE_DATE, .date = date};
}

struct value value_datetime(struct datetime local)
{
    return (struct value){.kind = VALUE_DATETIME, .datetime = local};
}

struct value value_object(const struct value_object_type *type, const void *self)
{
    return (struct value){.kind = VALUE_OBJECT, .object = {type, self}};
}

struct value_list *value_list_new(struct arena *arena)
{
    return arena_new_of(arena, struct value_list);
}

void value_list_add(struct arena *arena, struct value_list *list, struct value item)
{
    *vec_push(arena, list) = item;
}

struct value value_list(const struct value_list *list)
{
    return (struct value){.kind = VALUE_LIST, .list = list};
}

struct value_dict *value_dict_new(struct arena *arena)
{
    struct value_dict *dict = arena_new_of(arena, struct value_dict);
    dict->map = map_new(arena);
    return dict;
}

struct value_dict *value_dict_copy(struct arena *arena, const struct value_dict *dict)
{
    struct value_dict *copy = arena_new_of(arena, struct value_dict);
    copy->map = map_copy(arena, &dict->map);
    return copy;
}

void value_dict_set(struct arena *arena, struct value_dict *dict, str key, struct value item)
{
    map_set(&dict->map, key, arena_copy(arena, &item, sizeof item));
}

struct value value_dict(const struct value_dict *dict)
{
    return (struct value){.kind = VALUE_DICT, .dict = dict};
}

struct value value_plain(struct arena *arena, struct value value)
{
    for (int i = 0; i < 8 && value.kind == VALUE_OBJECT && value.object.type->plain != NULL; i++)
        value = value.object.type->plain(&value.object, arena);
    return value;
}

struct value value_get(struct arena *arena, struct value from, str key)
{
    struct value out;
    return value_member(arena, from, key, &out) ? out : VALUE_OF_UNDEFINED;
}

/* A member by its key: a dict's methods (items, keys …) are asked for behind a dot alone, lest {{ items }} show all
 * that a scope holds. */
static bool member_by_key(struct arena *arena, struct value from, str key, struct value *out)
{
    if (from.kind != VALUE_DICT)
        return value_member(arena, from, key, out);
    const struct value *found = map_get(&from.dict->map, key);
    if (found != NULL)
        *out = *found;
    return found != NULL;
}

/* The underscore rule, from key onwards. tries bounds what a name of many underscores can cost. */
static bool lookup_joined(struct arena *arena, struct value from, str key, struct value *out, int *tries)
{
    if (member_by_key(arena, from, key, out))
        return true;
    for (size_t i = key.len; i-- > 1;) {
        if (key.ptr[i] != '_' || i + 1 == key.len)
            continue;
        struct value next;
        if (--*tries < 0)
            return false;
        if (member_by_key(arena, from, str_slice(key, 0, i), &next) && next.kind != VALUE_TEXT &&
            lookup_joined(arena, next, str_slice(key, i + 1, key.len), out, tries))
            return true;
    }
    return false;
}

bool value_member_joined(struct arena *arena, struct value from, str key, struct value *out)
{
    int tries = 1000;
    return lookup_joined(arena, from, key, out, &tries);
}

struct value value_lookup(struct arena *arena, struct value scope, str path)
{
    str part, rest;
    struct value at;
    bool more = str_cut(path, '.', &part, &rest);
    if (!value_member_joined(arena, scope, part, &at))
        return VALUE_OF_UNDEFINED;
    while (more) {
        more = str_cut(rest, '.', &part, &rest);
        bool found =
            at.kind == VALUE_OBJECT ? value_member_joined(arena, at, part, &at) : value_member(arena, at, part, &at);
        if (!found)
            return VALUE_OF_UNDEFINED;
    }
    return at;
}

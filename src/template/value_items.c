#include "template/value.h"

enum { ITEMS_MOST = 1000000 };

static const struct value_list *keys_of(struct arena *arena, const struct value_dict *dict)
{
    struct value_list *keys = value_list_new(arena);
    for (size_t i = 0; i < dict->map.len; i++)
        value_list_add(arena, keys, value_text(dict->map.entries[i].key));
    return keys;
}

static const struct value_list *characters_of(struct arena *arena, str text)
{
    struct value_list *characters = value_list_new(arena);
    for (size_t at = 0, from; at < text.len && characters->len < ITEMS_MOST;) {
        from = at;
        utf8_next(text, &at);
        value_list_add(arena, characters, value_text(str_slice(text, from, at)));
    }
    return characters;
}

static const struct value_list *items_of(struct arena *arena, const struct value_object *object)
{
    struct value_list *items = value_list_new(arena);
    size_t length = object->type->length(object, arena);
    for (size_t i = 0; i < length && i < ITEMS_MOST; i++) {
        struct value item;
        if (object->type->item(object, arena, i, &item))
            value_list_add(arena, items, item);
    }
    return items;
}

bool value_items(struct arena *arena, struct value from, const struct value_list **out)
{
    if (from.kind == VALUE_OBJECT && from.object.type->item != NULL && from.object.type->length != NULL) {
        *out = items_of(arena, &from.object);
        return true;
    }
    from = value_plain(arena, from);
    switch (from.kind) {
    case VALUE_LIST:
        *out = from.list;
        return true;
    case VALUE_DICT:
        *out = keys_of(arena, from.dict);
        return true;
    case VALUE_TEXT:
        *out = characters_of(arena, from.text);
        return true;
    default:
        return false;
    }
}

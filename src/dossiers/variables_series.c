/* Things of one name that came one after the other: the last one, or by their number. */
#include "dossiers/tables.h"

size_t series_length(const struct value_object *object, struct arena *arena)
{
    (void)arena;
    return ((const struct series *)object->self)->len;
}

bool series_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    const struct series *series = object->self;
    (void)arena;
    if (index >= series->len)
        return false;
    *out = series->at[index];
    return true;
}

bool series_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct series *series = object->self;
    int64_t index;
    if (str_to_int64(key, &index))
        return index >= 0 && series_item(object, arena, (size_t)index, out);
    *out = value_get(arena, series->at[series->len - 1], key);
    return out->kind != VALUE_UNDEFINED;
}

/* Controls of one field whose answers must fit one another. */
#include "rehearse/fill.h"

enum { LENGTHS = 8 }; /* of a time range that are tried from each beginning */

size_t together_index(str control, size_t nth)
{
    size_t at = str_find(control, STR("-place-"), 0);
    int64_t place;
    if (at != SIZE_MAX && str_to_int64(str_slice(control, at + 7, control.len), &place) && place >= 1)
        return (size_t)place - 1;
    if (str_ends(control, STR("-debut")))
        return nth / LENGTHS;
    return str_ends(control, STR("-fin")) ? nth / LENGTHS + nth % LENGTHS : SIZE_MAX;
}

static size_t count_of(const json_t *json, const char *key)
{
    int64_t count = json_int(json, key);
    if (count == 0)
        str_to_int64(json_str(json, key), &count);
    return count > 0 ? (size_t)count : 0;
}

str together_password(struct arena *arena, const struct field *field)
{
    static const char *const counts[] = {"count_uppercase", "count_lowercase", "count_digit", "count_special"};
    const json_t *json = field == NULL ? NULL : field->json;
    size_t length = 20, most = count_of(json, "max_length");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (4 * count_of(json, counts[i]) > length)
            length = 4 * count_of(json, counts[i]);
    if (count_of(json, "min_length") > length)
        length = count_of(json, "min_length");
    if (most > 0 && length > most)
        length = most;
    char *text = arena_alloc(arena, length);
    for (size_t i = 0; i < length; i++)
        text[i] = "Xz7!"[i % 4];
    return (str){text, length};
}

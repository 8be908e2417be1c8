#include "rehearse/literals.h"

bool literal_is_of_name(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

str literal_behind(str text, size_t at)
{
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    if (at + 1 >= text.len || (text.ptr[at] != '=' && text.ptr[at] != '!') || text.ptr[at + 1] != '=')
        return STR_EMPTY;
    for (at += 2; at < text.len && text.ptr[at] == ' '; at++)
        ;
    if (at >= text.len || (text.ptr[at] != '"' && text.ptr[at] != '\''))
        return STR_EMPTY;
    size_t end = at + 1;
    while (end < text.len && text.ptr[end] != text.ptr[at])
        end++;
    return str_slice(text, at + 1, end);
}

static void each_text(const json_t *json, void (*told)(void *arg, str text), void *arg, int depth)
{
    enum { DEPTH_MOST = 30 };
    const char *key;
    json_t *child;
    size_t index;
    if (depth > DEPTH_MOST)
        return;
    if (json_is_string(json))
        told(arg, json_str_of(json));
    json_object_foreach((json_t *)(uintptr_t)json, key, child) each_text(child, told, arg, depth + 1);
    json_array_foreach((json_t *)(uintptr_t)json, index, child) each_text(child, told, arg, depth + 1);
}

void literal_each_text(const json_t *json, void (*told)(void *arg, str text), void *arg)
{
    each_text(json, told, arg, 0);
}

void trials_add(struct arena *arena, struct trials *values, size_t most, json_t *value)
{
    json_keep(arena, value);
    bool is_known = values->len >= most;
    for (size_t i = 0; i < values->len; i++)
        is_known = is_known || json_equal(values->at[i], value);
    if (!is_known)
        *vec_push(arena, values) = value;
}

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static void release(void *json)
{
    json_decref(json);
}

json_t *json_keep(struct arena *arena, json_t *json)
{
    if (json != NULL)
        arena_defer(arena, release, json);
    return json;
}

json_t *json_parse(struct arena *arena, str text, struct err *err)
{
    if (text.len > JSON_TEXT_MOST) {
        err_set(err, ERR_TOO_LARGE, "The JSON text is larger than %d MiB.", JSON_TEXT_MOST >> 20);
        return NULL;
    }
    if (text.len > 0 && memchr(text.ptr, 0, text.len) != NULL) { /* jansson takes one behind the value for the end */
        err_set(err, ERR_INVALID, "The JSON text holds a NUL byte.");
        return NULL;
    }
    json_error_t error;
    json_t *json = json_loadb(text.len == 0 ? "" : text.ptr, text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (json == NULL) {
        err_set(err, ERR_INVALID, "The JSON text is wrong at line %d, column %d: %s.", error.line, error.column,
                error.text);
        if (err != NULL) {
            err->line = error.line;
            err->column = error.column;
        }
        return NULL;
    }
    return json_keep(arena, json);
}

str json_str_of(const json_t *json)
{
    return json_is_string(json) ? (str){json_string_value(json), json_string_length(json)} : STR_EMPTY;
}

str json_str(const json_t *object, const char *key)
{
    return json_str_of(json_object_get(object, key));
}

int64_t json_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool json_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

const json_t *json_list(const json_t *object, const char *key)
{
    const json_t *list = json_object_get(object, key);
    return json_is_array(list) ? list : NULL;
}

const json_t *json_dict(const json_t *object, const char *key)
{
    const json_t *dict = json_object_get(object, key);
    return json_is_object(dict) ? dict : NULL;
}

json_t *json_from_str(str s)
{
    return json_stringn_nocheck(s.len == 0 ? "" : s.ptr, s.len);
}

void json_set(json_t *object, str key, json_t *value)
{
    json_object_setn_new_nocheck(object, key.ptr, key.len, value);
}

void json_set_str(json_t *object, str key, str s)
{
    json_set(object, key, json_from_str(s));
}

json_t *json_get(const json_t *object, str key)
{
    return json_object_getn(object, key.ptr, key.len);
}

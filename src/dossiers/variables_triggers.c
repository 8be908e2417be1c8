/* form_trigger_NAME_content, _datetime, _kind: the calls from outside that were obeyed, the last one, or by their
 * number; names as in w.c.s. */
#include "dossiers/tables.h"

/* w.c.s.: a trigger is called in templates by its name in lower case, without accents, blanks as underscores, other
 * signs left out. */
static str name_in_templates(struct arena *arena, str name)
{
    struct buf out = buf_new(arena, name.len * 4 + 16);
    str folded = utf8_unaccent(arena, utf8_lower(arena, name));
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'), is_gap = c == ' ' || c == '_' || c == '\'';
        if (is_word)
            buf_add_char(&out, c);
        else if (is_gap && out.len && out.ptr[out.len - 1] != '_')
            buf_add_char(&out, '_');
    }
    return buf_str(&out);
}

static struct value call_value(struct arena *arena, const struct history_entry *entry, const json_t *part)
{
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("content"), value_from_json(arena, json_object_get(part, "content")));
    value_dict_set(arena, dict, STR("datetime"), value_datetime(datetime_local(entry->at)));
    value_dict_set(arena, dict, STR("kind"), value_text(json_str(part, "kind")));
    return value_dict(dict);
}

static bool calls_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct series *calls = object->self;
    if (!str_eq(key, STR("latest")))
        return series_get(object, arena, key, out);
    *out = calls->at[calls->len - 1];
    return true;
}

static const struct value_object_type calls_type = {
    .name = "appels reçus", .get = calls_get, .length = series_length, .item = series_item};

static bool triggers_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    struct series *calls = arena_new_of(arena, struct series);
    static const struct dossier none;
    struct part_walk walk = {.dossier = scope->dossier ? scope->dossier : &none, .type = "trigger"};
    while (next_part(&walk))
        if (str_eq(name_in_templates(arena, json_str(walk.part, "name")), key))
            *vec_push(arena, calls) = call_value(arena, walk.entry, walk.part);
    if (calls->len)
        *out = value_object(&calls_type, calls);
    return calls->len > 0;
}

static const struct value_object_type triggers_type = {.name = "form_trigger", .get = triggers_get};

struct value variables_triggers(const struct scope *scope)
{
    return value_object(&triggers_type, scope);
}

/* Reading and writing the answers object, and what was posted. */
#include "forms/field.h"

#include <string.h>

static json_t *at_key(const json_t *answers, const struct field *field, const char *suffix)
{
    char key[256];
    int length = snprintf(key, sizeof key, "%.*s%s", STR_ARG(field->id), suffix);
    return length < (int)sizeof key ? json_object_get(answers, key) : NULL;
}

static void set_key(json_t *answers, const struct field *field, const char *suffix, json_t *value)
{
    char key[256];
    int length = snprintf(key, sizeof key, "%.*s%s", STR_ARG(field->id), suffix);
    if (value == NULL)
        json_object_del(answers, key);
    else if (length < (int)sizeof key)
        json_object_set_new_nocheck(answers, key, value);
    else
        json_decref(value);
}

const json_t *answer_of(const struct field *field, const json_t *answers)
{
    return at_key(answers, field, "");
}

const json_t *answer_beside(const struct field *field, const json_t *answers, const char *suffix)
{
    return at_key(answers, field, suffix);
}

void answer_set(const struct field *field, json_t *answers, json_t *value)
{
    set_key(answers, field, "", value);
}

void answer_set_beside(const struct field *field, json_t *answers, const char *suffix, json_t *value)
{
    set_key(answers, field, suffix, value);
}

void field_remove(const struct field *field, json_t *answers)
{
    set_key(answers, field, "", NULL);
    set_key(answers, field, "_display", NULL);
    set_key(answers, field, "_structured", NULL);
}

bool field_has_answer(const struct field *field, const json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    if (answer == NULL || json_is_null(answer))
        return false;
    if (json_is_string(answer))
        return json_string_length(answer) > 0;
    return !json_is_array(answer) || json_array_size(answer) > 0;
}

str field_control(struct arena *arena, const struct field *field)
{
    return str_fmt(arena, "f%.*s", STR_ARG(field->id));
}

struct render context_render(const struct form_context *context)
{
    return (struct render){
        .arena = context->arena, .scope = context->scope, .lang = STR("fr"), .now = context->now, .log = context->log};
}

/* Lines end by \n, NUL and other control characters are no text of a person. */
static str cleaned(struct arena *arena, str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\r') {
            if (i + 1 < text.len && text.ptr[i + 1] == '\n')
                continue;
            c = '\n';
        }
        if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            out[length++] = c;
    }
    return str_trim((str){out, length});
}

bool posted_text(const struct form_context *context, const struct posted *posted, str control, str *out)
{
    for (size_t i = 0; i < posted->value_count; i++) {
        if (!str_eq(posted->values[i].name, control))
            continue;
        *out = cleaned(context->arena, posted->values[i].value);
        return true;
    }
    return false;
}

const struct posted_file *posted_file(const struct posted *posted, str control)
{
    for (size_t i = 0; i < posted->file_count; i++)
        if (str_eq(posted->files[i].name, control))
            return &posted->files[i];
    return NULL;
}

str label_in_sentence(const struct field *field, struct arena *arena)
{
    str label = str_trim(field->label_text);
    while (label.len > 0 && strchr(" *:?.", label.ptr[label.len - 1]) != NULL)
        label.len--;
    if (label.len == 0)
        return STR("cette information");
    str first = utf8_slice(label, 0, 1), second = utf8_slice(label, 1, 2);
    bool is_acronym = second.len > 0 && str_eq(utf8_upper(arena, second), second) && !str_eq(second, STR(" ")) &&
                      !str_eq(utf8_lower(arena, second), second);
    if (is_acronym)
        return label;
    str parts[] = {utf8_lower(arena, first), str_slice(label, first.len, label.len)};
    return str_concat(arena, parts, 2);
}

/* ---- What an answer is, by its type ---- */

str field_display(const struct field *field, struct arena *arena, const json_t *answers)
{
    if (field->type == NULL || !field->type->holds_answer || !field_has_answer(field, answers))
        return STR_EMPTY;
    if (field->type->display != NULL)
        return field->type->display(field, arena, answers);
    return json_str_of(answer_of(field, answers));
}

struct index_value field_index(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct index_value index = {INDEX_NONE, STR_EMPTY, 0};
    if (field->type == NULL || field->type->index == INDEX_NONE || !field_has_answer(field, answers))
        return index;
    struct decimal number;
    str text = json_str_of(answer_of(field, answers));
    index.kind = field->type->index;
    index.text = index.kind == INDEX_DATE ? text : field_display(field, arena, answers);
    if (index.kind == INDEX_NUMBER && decimal_parse(text, &number))
        index.number = decimal_to_double(number);
    return index;
}

void fields_files(const struct field_list *fields, struct arena *arena, const json_t *answers, struct named_files *out)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        const json_t *answer = answer_of(field, answers);
        if (!json_is_object(answer) || json_str(answer, "blob").len == 0)
            continue;
        *vec_push(arena, out) = (struct named_file){json_str(answer, "blob"), json_str(answer, "name"),
                                                    json_str(answer, "type"), json_int(answer, "size"), field};
    }
}

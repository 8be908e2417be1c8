/* Reading and writing the answers object, and what was posted. */
#include "forms/rows.h"

#include "forms/fields/file.h"

#include <string.h>
#include <unictype.h>

/* « 12_display »; empty where the id leaves no room for it. */
static str key_beside(char *buffer, size_t size, const struct field *field, str suffix)
{
    if (suffix.len == 0)
        return field->id;
    if (field->id.len + suffix.len > size)
        return STR_EMPTY;
    memcpy(buffer, field->id.ptr, field->id.len);
    memcpy(buffer + field->id.len, suffix.ptr, suffix.len);
    return (str){buffer, field->id.len + suffix.len};
}

static json_t *at_key(const json_t *answers, const struct field *field, const char *suffix)
{
    char buffer[256];
    str key = key_beside(buffer, sizeof buffer, field, str_of(suffix));
    return key.len == 0 ? NULL : json_get(answers, key);
}

static void set_key(json_t *answers, const struct field *field, const char *suffix, json_t *value)
{
    char buffer[256];
    str key = key_beside(buffer, sizeof buffer, field, str_of(suffix));
    if (value == NULL)
        json_object_deln(answers, key.ptr, key.len);
    else if (key.len > 0)
        json_set(answers, key, value);
    else
        json_decref(value);
}

const json_t *answer_of(const struct field *field, const json_t *answers)
{
    return at_key(answers, field, "");
}

str control_beside(struct arena *arena, str control, const char *name)
{
    return str_fmt(arena, "%.*s-%s", STR_ARG(control), name);
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

void answers_carry(const struct field_list *fields, const json_t *from, json_t *to)
{
    static const char *const suffixes[] = {"", "_display", "_structured"};
    for (size_t i = 0; i < fields->len; i++)
        for (size_t j = 0; j < sizeof suffixes / sizeof *suffixes; j++)
            set_key(to, &fields->at[i], suffixes[j], json_incref(at_key(from, &fields->at[i], suffixes[j])));
}

bool field_holds_answer(const struct field *field)
{
    return field->type != NULL && field->type->holds_answer;
}

bool field_has_answer(const struct field *field, const json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    if (answer == NULL || json_is_null(answer))
        return false;
    if (json_is_string(answer))
        return json_string_length(answer) > 0;
    const struct block *block = field_block_of(field);
    for (size_t i = 0; block != NULL && i < json_array_size(answer); i++)
        if (!row_is_empty(block, json_array_get(answer, i)))
            return true;
    if (block != NULL)
        return false;
    return !json_is_array(answer) || json_array_size(answer) > 0;
}

struct render context_render(const struct form_context *context)
{
    return (struct render){.arena = context->arena,
                           .scope = context->scope,
                           .site = context->site,
                           .lang = STR("fr"),
                           .now = context->now,
                           .log = context->log};
}

/* « https://a.fr:8080 » of an address there; empty: of this server, or no address. */
static str origin_of(str url)
{
    size_t from = str_starts(url, STR("https://")) ? 8 : str_starts(url, STR("http://")) ? 7 : SIZE_MAX;
    for (size_t at = from; from != SIZE_MAX && at < url.len; at++) {
        char c = url.ptr[at];
        if (c == '/' || c == '?' || c == '#')
            return str_slice(url, 0, at);
        if (strchr(";, '\"\t\r\n\\", c) != NULL) /* would end the policy's directive */
            return STR_EMPTY;
    }
    return from == SIZE_MAX || url.len == from ? STR_EMPTY : url;
}

void context_shows_image(const struct form_context *context, str url)
{
    str origin = origin_of(url);
    if (context->origins == NULL || origin.len == 0)
        return;
    for (size_t i = 0; i < context->origins->len; i++)
        if (str_eq(context->origins->at[i], origin))
            return;
    *vec_push(context->arena, context->origins) = origin;
}

/* White space as Python's str.strip sees it. */
static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F) || uc_is_property_white_space(c);
}

static str trimmed(str text)
{
    size_t from = 0, to = 0;
    bool begun = false;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        if (is_blank(utf8_next(text, &at)))
            continue;
        if (!begun)
            from = start;
        begun = true;
        to = at;
    }
    return str_slice(text, from, to);
}

/* Lines end by \n; what is no text (NUL, ill-formed UTF-8) can't be kept: posted_problem refuses it. */
static str cleaned(struct arena *arena, str text)
{
    text = utf8_repair(arena, text);
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool ends_line = text.ptr[i] == '\r';
        if (ends_line && i + 1 < text.len && text.ptr[i + 1] == '\n')
            continue;
        if (text.ptr[i] != '\0')
            out[length++] = ends_line ? '\n' : text.ptr[i];
    }
    return trimmed((str){out, length});
}

static const struct posted_value *posted_of(const struct posted *posted, str control)
{
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, control))
            return &posted->values[i];
    return NULL;
}

bool posted_text(const struct form_context *context, const struct posted *posted, str control, str *out)
{
    const struct posted_value *value = posted_of(posted, control);
    if (value != NULL)
        *out = cleaned(context->arena, value->value);
    return value != NULL;
}

bool posted_exactly(const struct posted *posted, str control, str *out)
{
    const struct posted_value *value = posted_of(posted, control);
    if (value != NULL)
        *out = value->value;
    return value != NULL;
}

str posted_problem(const struct posted *posted, str control)
{
    const struct posted_value *value = posted_of(posted, control);
    if (value == NULL || (utf8_is_valid(value->value) && memchr(value->value.ptr, 0, value->value.len) == NULL))
        return STR_EMPTY;
    return STR("Cette réponse contient un signe qui n’est pas du texte. Vérifiez-la, puis continuez.");
}

const struct posted_file *posted_file(const struct posted *posted, str control)
{
    for (size_t i = 0; i < posted->file_count; i++)
        if (str_eq(posted->files[i].name, control))
            return &posted->files[i];
    return NULL;
}

str text_in_sentence(struct arena *arena, str text)
{
    str first = utf8_slice(text, 0, 1), second = utf8_slice(text, 1, 2);
    bool is_acronym = second.len > 0 && str_eq(utf8_upper(arena, second), second) && !str_eq(second, STR(" ")) &&
                      !str_eq(utf8_lower(arena, second), second);
    if (is_acronym)
        return text;
    str parts[] = {utf8_lower(arena, first), str_slice(text, first.len, text.len)};
    return str_concat(arena, parts, 2);
}

str label_in_sentence(const struct field *field, struct arena *arena)
{
    str label = str_trim(field->label_text);
    while (label.len > 0 && strchr(" *:?.", label.ptr[label.len - 1]) != NULL)
        label.len--;
    return label.len == 0 ? STR("cette information") : text_in_sentence(arena, label);
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

struct value field_value_shown(const struct field *field, struct arena *arena, const json_t *answers)
{
    return field_has_answer(field, answers) ? value_text(field_display(field, arena, answers)) : VALUE_OF_NONE;
}

struct index_value field_index(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct index_value index = {INDEX_NONE, STR_EMPTY, 0};
    if (field->type == NULL || field->type->index == INDEX_NONE || !field_has_answer(field, answers))
        return index;
    struct decimal number;
    str text = json_str_of(answer_of(field, answers));
    index.kind = field->type->index;
    if (field->type->indexed != NULL)
        index.text = field->type->indexed(field, arena, answers);
    else
        index.text = index.kind == INDEX_DATE ? text : field_display(field, arena, answers);
    if (index.kind == INDEX_NUMBER && decimal_parse(text, &number))
        index.number = decimal_to_double(number);
    return index;
}

str field_words(const struct field *field, struct arena *arena, const json_t *answers)
{
    bool has_more = field->type != NULL && field->type->words != NULL && field_has_answer(field, answers);
    str shown = field_display(field, arena, answers),
        more = has_more ? field->type->words(field, arena, answers) : STR_EMPTY;
    return more.len == 0 ? shown : str_fmt(arena, "%.*s %.*s", STR_ARG(shown), STR_ARG(more));
}

/* ---- What goes when a request is anonymised ---- */

static bool goes(const struct field *field, bool is_final)
{
    return str_eq(field->anonymise, STR("intermediate")) || (is_final && !str_eq(field->anonymise, STR("no")));
}

/* all: the block itself goes, and what of it does not stay for the statistics. The lines told what has gone. */
static void anonymise_rows(const struct field *field, json_t *answers, bool all)
{
    const struct block *block = field_block_of(field);
    json_t *rows = (json_t *)(uintptr_t)answer_of(field, answers);
    for (size_t i = json_array_size(rows); i-- > 0;) {
        json_t *row = json_array_get(rows, i);
        fields_anonymise(&block->fields, row, all);
        if (row_is_empty(block, row))
            json_array_remove(rows, i);
    }
    if (json_array_size(rows) == 0)
        field_remove(field, answers);
    answer_set_beside(field, answers, "_display", NULL);
}

void fields_anonymise(const struct field_list *fields, json_t *answers, bool is_final)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        bool stays = str_eq(field->anonymise, STR("no"));
        if (field->type == &field_block && !stays)
            anonymise_rows(field, answers, goes(field, is_final));
        else if (goes(field, is_final))
            field_remove(field, answers);
    }
}

static void add_file(const struct field *field, struct arena *arena, const json_t *file, struct named_files *out)
{
    if (json_str(file, "blob").len > 0)
        *vec_push(arena, out) = (struct named_file){json_str(file, "blob"), json_str(file, "name"),
                                                    json_str(file, "type"), json_int(file, "size"), field};
}

void fields_files(const struct field_list *fields, struct arena *arena, const json_t *answers, struct named_files *out)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        const json_t *answer = answer_of(field, answers), *row;
        size_t at;
        const struct block *block = field_block_of(field);
        json_array_foreach(block == NULL ? NULL : answer, at, row)
        {
            fields_files(&block->fields, arena, row, out);
        }
        json_array_foreach(field->type == &field_files ? answer : NULL, at, row)
        {
            add_file(field, arena, row, out);
        }
        add_file(field, arena, answer, out);
    }
}

static bool names_blob(const struct named_files *files, str blob)
{
    for (size_t i = 0; i < files->len; i++)
        if (str_eq(files->at[i].blob, blob))
            return true;
    return false;
}

static void forget_some(const struct field *field, json_t *answers, json_t *files, const struct named_files *kept)
{
    for (size_t i = json_array_size(files); i-- > 0;)
        if (!names_blob(kept, json_str(json_array_get(files, i), "blob")))
            json_array_remove(files, i);
    if (json_array_size(files) == 0)
        field_remove(field, answers);
}

static void forget_files(const struct field_list *fields, json_t *answers, const struct named_files *kept)
{
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        const struct block *block = field_block_of(field);
        json_t *answer = json_get(answers, field->id), *row;
        size_t at;
        str blob = json_str(answer, "blob");
        if (field->type == &field_files && answer != NULL)
            forget_some(field, answers, answer, kept);
        else if (blob.len > 0 && !names_blob(kept, blob))
            field_remove(field, answers);
        json_array_foreach(block == NULL ? NULL : answer, at, row)
        {
            forget_files(&block->fields, row, kept);
        }
    }
}

void fields_forget_files(const struct field_list *fields, struct arena *arena, json_t *answers, const json_t *kept)
{
    struct named_files files = {0};
    fields_files(fields, arena, kept, &files);
    forget_files(fields, answers, &files);
}

/* ---- After a change of the definition ---- */

static bool fits(const struct field *field, const json_t *answer)
{
    if (field->type == NULL || !field->type->holds_answer)
        return false;
    if (field->type == &field_computed)
        return true;
    if (field->type == &field_bool)
        return json_is_boolean(answer);
    if (field->type == &field_items || field->type == &field_block || field->type == &field_files)
        return json_is_array(answer);
    return field->type->is_object ? json_is_object(answer) : json_is_string(answer);
}

/* The id in a key such as 12_display. */
static str id_of_key(str key)
{
    static const char *const suffixes[] = {"_display", "_structured"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (str_ends(key, str_of(suffixes[i])))
            return str_slice(key, 0, key.len - strlen(suffixes[i]));
    return key;
}

static bool fit(const struct field_list *fields, json_t *answers);

/* A row that holds nothing more is one all the same: it may have been added just now. */
static bool fit_rows(const struct field *field, json_t *rows)
{
    bool removed = false;
    for (size_t i = json_array_size(rows); i-- > 0;) {
        json_t *row = json_array_get(rows, i);
        bool is_row = json_is_object(row);
        removed |= !is_row || fit(&field_block_of(field)->fields, row);
        if (!is_row)
            json_array_remove(rows, i);
    }
    return removed;
}

static bool fit(const struct field_list *fields, json_t *answers)
{
    bool removed = false;
    const char *key;
    json_t *answer;
    void *next;
    json_object_foreach_safe(answers, next, key, answer)
    {
        const struct field *field = field_by_id(fields, id_of_key(str_of(key)));
        const json_t *main = field == NULL ? NULL : answer_of(field, answers);
        if (main != NULL && fits(field, main)) {
            removed |= field->type == &field_block && answer == main && fit_rows(field, answer);
            continue;
        }
        removed = true;
        json_object_del(answers, key);
    }
    return removed;
}

bool form_fit_answers(const struct form *form, json_t *answers)
{
    return fit(&form->fields, answers);
}

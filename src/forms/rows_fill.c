/* Rows of a block while they are filled: what is read of a post, what is wrong with it, what is prefilled. */
#include "forms/rows.h"

#include "forms/fields/file.h"

#include "forms/computed.h"

/* ---- Checking ---- */

static str named(const struct field *field, struct arena *arena, size_t index, bool is_single, str message)
{
    if (is_single)
        return message;
    return str_fmt(arena, "%.*s : %.*s", STR_ARG(row_title(field, arena, index, false)),
                   STR_ARG(text_in_sentence(arena, message)));
}

static str first_control(const struct row *row)
{
    for (size_t i = 0; i < row->fields.len; i++)
        if (row->fields.at[i].type != NULL && row->fields.at[i].type->is_typed)
            return row->fields.at[i].control;
    return STR_EMPTY;
}

struct settling { /* what was found row by row */
    const struct field *field;
    const struct form_context *context;
    struct rows_bounds bounds;
    struct field_errors *errors;
    size_t before; /* errors that are not the block's */
};

static void tell(struct settling *settling, str control, str message)
{
    *vec_push(settling->context->arena, settling->errors) =
        (struct field_error){settling->field, control, message, false};
}

static void tell_of_row(struct settling *settling, const struct row *row, size_t index, struct field_errors *own)
{
    bool is_single = settling->bounds.most == 1;
    if (own->len == 0)
        post_conditions_hold(field_block_of(settling->field)->post_conditions, &row->context, own);
    for (size_t i = 0; i < own->len; i++) {
        struct field_error error = own->at[i];
        error.message = named(settling->field, settling->context->arena, index, is_single, error.message);
        if (error.control.len == 0)
            error.control = first_control(row);
        *vec_push(settling->context->arena, settling->errors) = error;
    }
}

static void check_count(struct settling *settling, size_t count)
{
    const struct field *field = settling->field;
    const struct block_params *params = field->params;
    struct arena *arena = settling->context->arena;
    size_t most = settling->bounds.most, least = settling->bounds.least;
    str what = params->noun.len > 0 ? params->noun : STR("ligne");
    if (count > most)
        tell(settling, field->control,
             str_fmt(arena, "« %.*s » : %zu au maximum. Retirez ce qui est en trop.",
                     STR_ARG(str_trim(field->label_text)), most));
    else if (count > 0 && count < least)
        tell(settling, field->control,
             str_fmt(arena, "« %.*s » : il en faut au moins %zu (%.*s).", STR_ARG(str_trim(field->label_text)), least,
                     STR_ARG(what)));
}

/* Nothing was answered where something must be: what the first row lacks is said, or that there is none. */
static void check_none(struct settling *settling, json_t *rows)
{
    const struct field *field = settling->field;
    if (!field_is_required(field, settling->context))
        return;
    struct row row = row_of(field, settling->context, json_array_get(rows, 0), 0, STR("0"));
    struct field_errors own = {0};
    if (json_array_size(rows) > 0)
        fields_check(&row.fields, &row.context, row.answers, &own);
    tell_of_row(settling, &row, 0, &own);
    if (settling->errors->len == settling->before)
        tell(settling, field->control, field->type->missing(field, settling->context->arena));
}

/* Rows that hold nothing go once nothing is wrong: until then the page is shown again as it was. */
static void drop_empty(const struct block *block, json_t *rows)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (row_is_empty(block, json_array_get(rows, i)))
            json_array_remove(rows, i);
}

static void compute(const struct row *row)
{
    for (size_t i = 0; i < row->fields.len; i++)
        if (row->fields.at[i].type == &field_computed)
            computed_update(&row->fields.at[i], &row->context, row->answers);
}

static struct settling settling_begin(const struct field *field, const struct form_context *context,
                                      struct field_errors *errors)
{
    return (struct settling){field, context, rows_bounds(field, context), errors, errors->len};
}

static void settle(struct settling *settling, json_t *answers, bool keeps_empty)
{
    const struct field *field = settling->field;
    const struct block *block = field_block_of(field);
    json_t *rows = (json_t *)(uintptr_t)answer_of(field, answers);
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(rows); i++)
        count += !row_is_empty(block, json_array_get(rows, i));
    if (count == 0 && settling->errors->len == settling->before)
        check_none(settling, rows);
    check_count(settling, count);
    if (settling->errors->len == settling->before && !keeps_empty && (count == 0 || !rows_are_fixed(field)))
        drop_empty(block, rows);
    if (json_array_size(rows) == 0 && !keeps_empty)
        field_remove(field, answers);
    else
        rows_complete(field, settling->context, answers);
}

void rows_check(const struct field *field, const struct form_context *context, json_t *answers,
                struct field_errors *errors)
{
    struct settling settling = settling_begin(field, context, errors);
    json_t *rows = (json_t *)(uintptr_t)answer_of(field, answers);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        struct row row = row_of(field, context, json_array_get(rows, i), i, str_fmt(context->arena, "%zu", i));
        struct field_errors own = {0};
        compute(&row);
        if (row_is_empty(field_block_of(field), row.answers))
            continue;
        fields_check(&row.fields, &row.context, row.answers, &own);
        tell_of_row(&settling, &row, i, &own);
    }
    settle(&settling, answers, false);
}

/* ---- Reading ---- */

static str row_control(const struct field *field, struct arena *arena, str key, const char *suffix)
{
    return str_fmt(arena, "%.*s-%.*s-%s", STR_ARG(field->control), STR_ARG(key), suffix);
}

static bool has_view(const struct str_views *views, str view)
{
    for (size_t i = 0; i < views->len; i++)
        if (str_eq(views->at[i], view))
            return true;
    return false;
}

/* A key is a number as we write them, so that each row has one name. */
static bool is_key(str key)
{
    bool is_number = key.len > 0 && key.len <= 4 && (key.ptr[0] != '0' || key.len == 1);
    for (size_t i = 0; i < key.len; i++)
        is_number = is_number && key.ptr[i] >= '0' && key.ptr[i] <= '9';
    return is_number;
}

struct str_views rows_posted(const struct field *field, struct arena *arena, const struct posted *posted)
{
    str control = str_fmt(arena, "%.*s-rang", STR_ARG(field->control));
    str *keys = arena_array_of(arena, str, ROWS_MOST);
    struct str_views views = {keys, 0};
    for (size_t i = 0; i < posted->value_count && views.len < ROWS_MOST; i++) {
        str key = posted->values[i].value;
        if (str_eq(posted->values[i].name, control) && is_key(key) && !has_view(&views, key))
            keys[views.len++] = key;
    }
    return views;
}

/* The button that was pressed; empty: none is about rows. */
static str pressed(const struct posted *posted)
{
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, STR("rangs")))
            return posted->values[i].value;
    return STR_EMPTY;
}

static bool names_control(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
        if (!is_word)
            return false;
    }
    return text.len > 0;
}

bool posted_changes_rows(const struct posted *posted, struct arena *arena, str *control)
{
    str button = pressed(posted), add = STR("-ajouter"), remove = STR("-enlever");
    if (!names_control(button))
        return false;
    if (str_ends(button, add)) {
        *control = str_fmt(arena, "%.*s-dernier", STR_ARG(str_slice(button, 0, button.len - add.len)));
        return true;
    }
    if (!str_ends(button, remove))
        return false;
    size_t end = button.len - remove.len;
    while (end > 0 && button.ptr[end - 1] != '-')
        end--;
    *control = str_slice(button, 0, end > 0 ? end - 1 : 0);
    return true;
}

/* The stored file of that blob, in whichever row it was. */
static const json_t *file_in_rows(const json_t *rows, str id, str blob)
{
    const json_t *file = NULL;
    for (size_t i = 0; file == NULL && i < json_array_size(rows); i++)
        file = file_with_blob(json_get(json_array_get(rows, i), id), blob);
    return file;
}

/* A browser never sends again what was kept: the page says which files a row had. Rows may have moved since. */
static void keep_files_of(const struct row *row, const struct field *field, const struct posted *posted,
                          const json_t *before)
{
    json_t *files = json_array();
    str control = str_fmt(row->context.arena, "%.*s-garde", STR_ARG(field->control));
    for (size_t i = 0; i < posted->value_count; i++) {
        bool is_of = str_eq(posted->values[i].name, control);
        const json_t *file = is_of ? file_in_rows(before, field->id, posted->values[i].value) : NULL;
        if (file != NULL && file_with_blob(files, posted->values[i].value) == NULL)
            json_array_append_new(files, json_deep_copy(file));
    }
    json_t *kept = field->type == &field_files ? files : json_array_get(files, 0);
    if (json_array_size(files) > 0)
        answer_set(field, row->answers, json_incref(kept));
    json_decref(files);
}

static void keep_files(const struct row *row, const struct posted *posted, const json_t *before)
{
    for (size_t i = 0; i < row->fields.len; i++)
        if (row->fields.at[i].type == &field_file || row->fields.at[i].type == &field_files)
            keep_files_of(row, &row->fields.at[i], posted, before);
}

/* Blocks within find there what their rows had. */
static void keep_blocks(const struct row *row, const json_t *before)
{
    for (size_t i = 0; i < row->fields.len; i++) {
        const struct field *field = &row->fields.at[i];
        json_t *all = json_array();
        for (size_t j = 0; field->type == &field_block && j < json_array_size(before); j++)
            json_array_extend(all, json_get(json_array_get(before, j), field->id));
        if (json_array_size(all) > 0)
            answer_set(field, row->answers, json_deep_copy(all));
        json_decref(all);
    }
}

static bool is_removed(const struct field *field, struct arena *arena, const struct posted *posted, str key)
{
    return str_eq(pressed(posted), row_control(field, arena, key, "enlever"));
}

/* A file or a choice that is refused leaves its row empty, and is told all the same. */
static bool was_filled(const struct field *field, struct arena *arena, const struct posted *posted, str key)
{
    static const char *const hidden[] = {"-vu", "-rang", "-garde", "-pour"};
    str beginning = row_control(field, arena, key, "");
    for (size_t i = 0; i < posted->file_count; i++)
        if (str_starts(posted->files[i].name, beginning) && posted->files[i].file_name.len > 0)
            return true;
    for (size_t i = 0; i < posted->value_count; i++) {
        const struct posted_value *value = &posted->values[i];
        bool is_hidden = !str_starts(value->name, beginning) || str_trim(value->value).len == 0;
        for (size_t j = 0; j < sizeof hidden / sizeof *hidden && !is_hidden; j++)
            is_hidden = str_ends(value->name, str_of(hidden[j]));
        if (!is_hidden)
            return true;
    }
    return false;
}

static void read_row(struct settling *settling, const struct posted *posted, str key, const json_t *before,
                     json_t *rows)
{
    size_t index = json_array_size(rows);
    json_t *answers = json_object();
    json_array_append_new(rows, answers);
    struct row row = row_of(settling->field, settling->context, answers, index, key);
    struct field_errors own = {0};
    keep_files(&row, posted, before);
    keep_blocks(&row, before);
    fields_read(&row.fields, &row.context, posted, row.answers, &own);
    compute(&row);
    if (was_filled(settling->field, settling->context->arena, posted, key) ||
        !row_is_empty(field_block_of(settling->field), row.answers))
        tell_of_row(settling, &row, index, &own);
}

static bool adds_row(const struct field *field, struct arena *arena, const struct posted *posted)
{
    return str_eq(pressed(posted), str_fmt(arena, "%.*s-ajouter", STR_ARG(field->control)));
}

void rows_read(const struct field *field, const struct form_context *context, const struct posted *posted,
               json_t *answers, struct field_errors *errors)
{
    struct arena *arena = context->arena;
    struct settling settling = settling_begin(field, context, errors);
    struct str_views keys = rows_posted(field, arena, posted);
    const json_t *stored = answer_of(field, answers);
    json_t *before = json_keep(arena, stored == NULL ? json_array() : json_deep_copy(stored));
    json_t *rows = json_array();
    field_remove(field, answers);
    answer_set(field, answers, rows);
    for (size_t i = 0; i < keys.len; i++)
        if (!is_removed(field, arena, posted, keys.at[i]))
            read_row(&settling, posted, keys.at[i], before, rows);
    if (adds_row(field, arena, posted) && json_array_size(rows) < settling.bounds.most)
        json_array_append_new(rows, json_object());
    settle(&settling, answers, posted->is_typing || posted->stays || pressed(posted).len > 0);
}

/* ---- Prefilling ---- */

static bool any_is_prefilled(const struct block *block)
{
    for (size_t i = 0; i < block->fields.len; i++) {
        const struct field *field = &block->fields.at[i];
        const struct block *within = field_block_of(field);
        if (field->prefill != PREFILL_NONE || (within != NULL && any_is_prefilled(within)))
            return true;
    }
    return false;
}

/* The rows that the page shows come to be, so that what is prefilled in them stands in the answers. */
void rows_prefill(const struct field *field, const struct form_context *context, json_t *answers)
{
    if (!any_is_prefilled(field_block_of(field)))
        return;
    json_t *rows = (json_t *)(uintptr_t)answer_of(field, answers);
    if (!json_is_array(rows)) {
        size_t shown = rows_bounds(field, context).shown;
        rows = json_array();
        answer_set(field, answers, rows);
        while (json_array_size(rows) < shown)
            json_array_append_new(rows, json_object());
    }
    for (size_t i = 0; i < json_array_size(rows); i++) {
        struct row row = row_of(field, context, json_array_get(rows, i), i, str_fmt(context->arena, "%zu", i));
        fields_prefill(&row.fields, &row.context, row.answers);
    }
    rows_complete(field, context, answers);
}

/* What templates see of answers: form_var_NAME, and its raw, display and structured forms. Lazy, as in w.c.s.: the
 * object of a field stands for its answer in texts and comparisons, and has attributes. */
#include "forms/rows.h"

struct one_answer {
    const struct field *field;
    const struct answers_view *view;
};

static struct value plain_answer(const struct one_answer *one, struct arena *arena)
{
    const struct field *field = one->field;
    if (field->type->value != NULL)
        return field->type->value(field, arena, one->view->answers);
    if (!field_has_answer(field, one->view->answers))
        return VALUE_OF_NONE;
    return value_from_json(arena, answer_of(field, one->view->answers));
}

static struct value answer_plain(const struct value_object *object, struct arena *arena)
{
    return plain_answer(object->self, arena);
}

/* The row of the source; for fields without one, nothing. */
static struct value structured(const struct one_answer *one, struct arena *arena)
{
    const json_t *row = answer_beside(one->field, one->view->answers, "_structured");
    return row == NULL ? VALUE_OF_NONE : value_from_json(arena, row);
}

/* w.c.s.: the id of a choice, the ids of several, the file itself; a day and a box are what they are. */
static struct value raw(const struct value_object *object, struct arena *arena)
{
    const struct one_answer *one = object->self;
    const struct field_type *type = one->field->type;
    if (type == &field_bool || type == &field_date || type == &field_numeric)
        return plain_answer(one, arena);
    if (!field_has_answer(one->field, one->view->answers))
        return VALUE_OF_NONE;
    if (type == &field_file)
        return (struct value){.kind = VALUE_OBJECT, .object = *object};
    return value_from_json(arena, answer_of(one->field, one->view->answers));
}

static bool answer_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct one_answer *one = object->self;
    const struct field *field = one->field;
    if (str_eq(key, STR("raw"))) {
        *out = raw(object, arena);
        return true;
    }
    if (str_eq(key, STR("display"))) {
        *out = value_text(field_display(field, arena, one->view->answers));
        return true;
    }
    if (str_eq(key, STR("structured"))) {
        *out = structured(one, arena);
        return true;
    }
    if (field->type->attribute != NULL && field->type->attribute(field, arena, one->view, key, out))
        return true;
    struct value row = structured(one, arena);
    *out = value_get(arena, row.kind == VALUE_NONE ? plain_answer(one, arena) : row, key);
    return out->kind != VALUE_UNDEFINED;
}

/* ---- Comparing ---- */

static bool is_number(struct value value)
{
    return value.kind == VALUE_INT || value.kind == VALUE_FLOAT || value.kind == VALUE_DECIMAL;
}

static bool compare_as_numbers(struct arena *arena, struct value a, struct value b, int *order)
{
    struct decimal left, right;
    if (!value_to_decimal(arena, a, &left) || !value_to_decimal(arena, b, &right))
        return false;
    *order = decimal_cmp(left, right);
    return true;
}

/* w.c.s. compares answers by their texts: « 3 » that was typed equals the number 3, a ticked box equals "True", what
 * was not answered "None"; a date is compared with whatever reads as one. */
static bool answer_compare(const struct value_object *object, struct arena *arena, struct value other, int *order)
{
    struct value mine = answer_plain(object, arena), theirs = value_plain(arena, other);
    struct datetime moment;
    if ((mine.kind == VALUE_TEXT && is_number(theirs)) || (is_number(mine) && theirs.kind == VALUE_TEXT))
        return compare_as_numbers(arena, mine, theirs, order);
    if (mine.kind == VALUE_NONE && theirs.kind == VALUE_TEXT && str_eq(theirs.text, STR("None"))) {
        *order = 0;
        return true;
    }
    if (mine.kind == VALUE_BOOL && theirs.kind == VALUE_TEXT) {
        *order = str_cmp(mine.boolean ? STR("True") : STR("False"), theirs.text);
        return true;
    }
    if (mine.kind == VALUE_DATE && theirs.kind == VALUE_TEXT && value_to_datetime(arena, theirs, &moment))
        return value_compare(arena, mine, value_datetime(moment), order);
    return false;
}

static const struct value_object_type answer_type = {
    .name = "answer", .get = answer_get, .plain = answer_plain, .compare = answer_compare};

/* ---- Several choices: a list of rows to loops, their labels to texts ---- */

static const json_t *rows_of(const struct one_answer *one)
{
    const json_t *rows = answer_beside(one->field, one->view->answers, "_structured");
    return json_is_array(rows) ? rows : answer_of(one->field, one->view->answers);
}

static size_t choices_length(const struct value_object *object, struct arena *arena)
{
    (void)arena;
    const struct one_answer *one = object->self;
    return json_array_size(answer_of(one->field, one->view->answers));
}

static bool choices_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    const json_t *row = json_array_get(rows_of(object->self), index);
    if (row != NULL)
        *out = value_from_json(arena, row);
    return row != NULL;
}

/* By id or by label, whole. */
static bool choices_contain(const struct value_object *object, struct arena *arena, struct value item, bool *holds)
{
    const struct one_answer *one = object->self;
    const json_t *ids = answer_of(one->field, one->view->answers), *rows = rows_of(one);
    str wanted = value_to_text(arena, item, STR("fr"));
    *holds = false;
    for (size_t i = 0; i < json_array_size(ids) && !*holds; i++)
        *holds = str_eq(json_str_of(json_array_get(ids, i)), wanted) ||
                 str_eq(json_str(json_array_get(rows, i), "text"), wanted);
    return true;
}

static const struct value_object_type choices_type = {
    .name = "choices",
    .get = answer_get,
    .plain = answer_plain,
    .compare = answer_compare,
    .length = choices_length,
    .item = choices_item,
    .contains = choices_contain,
};

const json_t *answer_behind(struct value value, const struct field **field)
{
    const json_t *rows = rows_behind(value, field);
    if (rows != NULL)
        return rows;
    if (value.kind != VALUE_OBJECT || (value.object.type != &answer_type && value.object.type != &choices_type))
        return NULL;
    const struct one_answer *one = value.object.self;
    *field = one->field;
    return answer_of(one->field, one->view->answers);
}

const json_t *answer_file(struct value value)
{
    const struct field *field;
    const json_t *answer = answer_behind(value, &field);
    return answer != NULL && (field->type == &field_file || field->type == &field_files) ? answer : NULL;
}

/* ---- The names ---- */

/* w.c.s.: of several fields with one name, the first that has an answer; where none has, the last. */
static const struct field *field_of(const struct answers_view *view, str varname)
{
    const struct field *found = NULL;
    for (size_t i = 0; varname.len > 0 && i < view->list_count; i++)
        for (size_t j = 0; view->lists[i] != NULL && j < view->lists[i]->len; j++) {
            const struct field *field = &view->lists[i]->at[j];
            if (!str_eq(field->varname, varname) || field->type == NULL || !field->type->holds_answer)
                continue;
            if (field_has_answer(field, view->answers))
                return field;
            found = field;
        }
    return found;
}

static bool answers_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct answers_view *view = object->self;
    const struct field *field = field_of(view, key);
    if (field == NULL)
        return false;
    if (field->type == &field_block) {
        *out = rows_value(field, view, arena);
        return true;
    }
    struct one_answer *one = arena_new_of(arena, struct one_answer);
    *one = (struct one_answer){field, view};
    *out = value_object(field->type == &field_items ? &choices_type : &answer_type, one);
    return true;
}

static void answers_keys(const struct value_object *object, struct arena *arena, struct value_list *out)
{
    const struct answers_view *view = object->self;
    for (size_t i = 0; i < view->list_count; i++)
        for (size_t j = 0; view->lists[i] != NULL && j < view->lists[i]->len; j++)
            if (view->lists[i]->at[j].varname.len > 0)
                value_list_add(arena, out, value_text(view->lists[i]->at[j].varname));
}

static const struct value_object_type answers_type = {.name = "answers", .get = answers_get, .keys = answers_keys};

struct value answers_value(const struct answers_view *view)
{
    return value_object(&answers_type, view);
}

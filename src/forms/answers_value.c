/* What templates see of answers: form_var_NAME, and its raw, display and structured forms. Lazy, as in w.c.s.: the
 * object of a field stands for its answer in texts and comparisons, and has attributes. */
#include "forms/field.h"

#include "base/vec.h"

struct one_answer {
    const struct field *field;
    const struct answers_view *view;
};

static struct value plain_answer(const struct one_answer *one, struct arena *arena)
{
    const struct field *field = one->field;
    if (!field_has_answer(field, one->view->answers) && field->type->value == NULL)
        return VALUE_OF_NONE;
    if (field->type->value != NULL)
        return field->type->value(field, arena, one->view->answers);
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

static bool answer_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct one_answer *one = object->self;
    const struct field *field = one->field;
    if (str_eq(key, STR("raw")))
        *out = field_has_answer(field, one->view->answers)
                   ? value_from_json(arena, answer_of(field, one->view->answers))
                   : VALUE_OF_NONE;
    else if (str_eq(key, STR("display")))
        *out = value_text(field_display(field, arena, one->view->answers));
    else if (str_eq(key, STR("structured")))
        *out = structured(one, arena);
    else if (field->type->attribute != NULL && field->type->attribute(field, arena, one->view, key, out))
        return true;
    else {
        struct value row = structured(one, arena);
        struct value member = value_get(arena, row.kind == VALUE_NONE ? plain_answer(one, arena) : row, key);
        *out = member;
        return member.kind != VALUE_UNDEFINED;
    }
    return true;
}

static size_t answer_length(const struct value_object *object, struct arena *arena)
{
    struct value plain = plain_answer(object->self, arena);
    if (plain.kind == VALUE_LIST)
        return plain.list->len;
    return plain.kind == VALUE_TEXT ? utf8_length(plain.text) : 0;
}

static bool answer_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    struct value plain = plain_answer(object->self, arena);
    if (plain.kind != VALUE_LIST || index >= plain.list->len)
        return false;
    *out = plain.list->at[index];
    return true;
}

static const struct value_object_type answer_type = {
    .name = "answer",
    .get = answer_get,
    .plain = answer_plain,
    .length = answer_length,
    .item = answer_item,
};

static const struct field *field_of(const struct answers_view *view, str varname)
{
    for (size_t i = 0; i < view->list_count; i++) {
        const struct field *field = field_by_varname(view->lists[i], varname);
        if (field != NULL && field->type != NULL && field->type->holds_answer)
            return field;
    }
    return NULL;
}

static bool answers_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct answers_view *view = object->self;
    const struct field *field = field_of(view, key);
    if (field == NULL)
        return false;
    struct one_answer *one = arena_new_of(arena, struct one_answer);
    *one = (struct one_answer){field, view};
    *out = value_object(&answer_type, one);
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

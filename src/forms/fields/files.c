/* Several files in one field: « file » with « max_files ». Each may be taken away by itself, and more added later. */
#include "forms/fields/file.h"

static str name_of(const json_t *file)
{
    return json_str(file, "name");
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    json_t *list = json_array(), *named = file_answer_of_name(field, context, posted);
    if (named != NULL)
        json_array_append_new(list, named);
    for (size_t i = 0; i < posted->file_count; i++) {
        const struct posted_file *file = &posted->files[i];
        if (!str_eq(file->name, field->control) || file->file_name.len == 0)
            continue;
        json_t *answer = file_answer(field->params, context, file, error);
        if (answer != NULL)
            json_array_append_new(list, answer);
    }
    if (json_array_size(list) > 0)
        return list;
    json_decref(list);
    return NULL;
}

/* Its box « retirer » is ticked. */
static bool is_removed(const struct field *field, struct arena *arena, const struct posted *posted, const json_t *file)
{
    str control = str_fmt(arena, "%.*s-retirer", STR_ARG(field->control));
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, control) && str_eq(posted->values[i].value, json_str(file, "blob")))
            return true;
    return false;
}

/* What was kept before, without what is taken away and what was not sent yet; then what came, each once. */
static json_t *keep(const struct field *field, const struct form_context *context, const struct posted *posted,
                    const json_t *before, json_t *answer)
{
    json_t *list = json_array(), *file;
    size_t i;
    json_array_foreach(before, i,
                       file) if (json_str(file, "blob").len > 0 && !is_removed(field, context->arena, posted, file))
        json_array_append(list, file);
    json_array_foreach(answer, i, file) if (json_str(file, "blob").len == 0 ||
                                            file_with_blob(list, json_str(file, "blob")) == NULL)
        json_array_append(list, file);
    json_decref(answer);
    if (json_array_size(list) > 0)
        return list;
    json_decref(list);
    return NULL;
}

static int64_t size_of_all(const json_t *files)
{
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(files); i++)
        sum += json_int(json_array_get(files, i), "size");
    return sum;
}

static str check_all(const struct file_params *params, struct arena *arena, const json_t *files)
{
    if (json_array_size(files) > params->count_most)
        return str_fmt(arena, "%zu documents au maximum : retirez-en %zu.", params->count_most,
                       json_array_size(files) - params->count_most);
    if (params->most_all > 0 && size_of_all(files) > params->most_all)
        return str_fmt(arena, "Les documents dépassent %.*s à eux tous. Retirez-en, ou choisissez-en de plus légers.",
                       STR_ARG(file_size_shown(arena, params->most_all)));
    return STR_EMPTY;
}

/* A file that is refused is not kept; the others are. */
static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    str error = STR_EMPTY;
    json_t *kept = json_array(), *file;
    size_t i;
    json_array_foreach(answer_of(field, answers), i, file)
    {
        str problem = file_problem(field->params, context->arena, file);
        if (problem.len == 0)
            json_array_append(kept, file);
        else if (error.len == 0)
            error = problem;
    }
    if (json_array_size(kept) == 0) {
        json_decref(kept);
        field_remove(field, answers);
        return error;
    }
    answer_set(field, answers, kept);
    return error.len > 0 ? error : check_all(field->params, context->arena, kept);
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct file_params *params = field->params;
    struct arena *arena = context->arena;
    struct value_list *list = value_list_new(arena);
    const json_t *files = answer_of(field, answers);
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        struct value_dict *dict = value_dict_new(arena);
        value_dict_set(arena, dict, STR("name"), value_text(name_of(file)));
        value_dict_set(arena, dict, STR("blob"), value_text(json_str(file, "blob")));
        value_dict_set(arena, dict, STR("size"), value_text(file_size_shown(arena, json_int(file, "size"))));
        value_list_add(arena, list, value_dict(dict));
    }
    file_view_limits(params, arena, out);
    value_dict_set(arena, out, STR("widget"), value_text(STR("files")));
    value_dict_set(arena, out, STR("max_files"), value_int((int64_t)params->count_most));
    if (params->most_all > 0)
        value_dict_set(arena, out, STR("max_all"), value_text(file_size_shown(arena, params->most_all)));
    value_dict_set(arena, out, STR("files"), value_list(list));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct buf out = buf_new(arena, 1 << 16);
    const json_t *files = answer_of(field, answers);
    for (size_t i = 0; i < json_array_size(files); i++)
        buf_fmt(&out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(name_of(json_array_get(files, i))));
    return buf_str(&out);
}

static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    json_t *given = value_to_json(context->arena, value_plain(context->arena, value)), *list = json_array(), *file;
    size_t i;
    json_array_foreach(given, i, file) if (json_str(file, "blob").len == 64) json_array_append(list, file);
    if (json_array_size(list) > 0)
        return list;
    json_decref(list);
    return NULL;
}

const struct field_type field_files = {
    .name = "file",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_NONE,
    .required_default = FIELD_REQUIRED,
    .compile = file_compile,
    .read = read,
    .keep = keep,
    .check = check,
    .view = view,
    .display = display,
    .value = field_value_shown,
    .from_value = from_value,
    .missing = file_missing,
};

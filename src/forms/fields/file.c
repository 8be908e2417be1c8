/* file: a document, received and kept before it comes here (struct posted_file). Its type is what its bytes say. */
#include "forms/fields/file.h"

enum { SIZE_DEFAULT = 20000000 };

/* « 10 Mo », « 500 KB », « 2Mi », a bare number of bytes. */
static int64_t size_of_text(struct arena *arena, str text)
{
    int64_t number = 0;
    size_t at = 0;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    if (!str_to_int64(str_slice(text, 0, at), &number) || number > 1 << 20)
        return 0;
    str unit = str_lower(arena, str_trim(str_slice(text, at, text.len)));
    int64_t factor = str_starts(unit, STR("k"))   ? 1000
                     : str_starts(unit, STR("m")) ? 1000000
                     : str_starts(unit, STR("g")) ? 1000000000
                                                  : 1;
    return number * factor;
}

static size_t count_of(const json_t *json)
{
    int64_t count = json_int(json, "max_files");
    if (count == 0)
        str_to_int64(json_str(json, "max_files"), &count);
    return count > 1 ? (size_t)count : 1;
}

bool file_is_several(const json_t *json)
{
    return count_of(json) > 1;
}

const void *file_compile(struct compiling *compiling, const struct field *field)
{
    struct file_params *params = arena_new_of(compiling->arena, struct file_params);
    const json_t *type = json_dict(field->json, "document_type");
    params->mimetypes = json_list(type, "mimetypes");
    if (json_array_size(params->mimetypes) == 0)
        params->mimetypes = NULL;
    params->type_label = json_str(type, "label");
    params->most = size_of_text(compiling->arena, json_str(field->json, "max_file_size"));
    if (params->most == 0)
        params->most = SIZE_DEFAULT;
    params->most_all = size_of_text(compiling->arena, json_str(field->json, "max_total_size"));
    params->count_most = count_of(field->json);
    params->shrinks = json_bool(field->json, "automatic_image_resize");
    params->strips = json_bool(field->json, "remove_metadata");
    params->uses_camera = json_bool(field->json, "camera");
    return params;
}

/* A browser may name a whole path. */
static str name_of_path(str path)
{
    size_t from = 0;
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/' || path.ptr[i] == '\\')
            from = i + 1;
    return str_slice(path, from, path.len);
}

/* Conditions ask whether there is one. */
json_t *file_answer_of_name(const struct field *field, const struct form_context *context, const struct posted *posted)
{
    str name;
    str control = str_fmt(context->arena, "%.*s-nom", STR_ARG(field->control));
    if (!posted->is_typing || !posted_text(context, posted, control, &name) || name.len == 0)
        return NULL;
    json_t *answer = json_object();
    json_set_str(answer, STR("name"), name_of_path(name));
    return answer;
}

/* Why a file that came was not kept. */
static str refusal(struct arena *arena, const struct posted_file *file)
{
    str name = name_of_path(file->file_name);
    switch (file->problem) {
    case FILE_LOCKED:
        return str_fmt(arena, "Le fichier « %.*s » est protégé par un mot de passe. Envoyez-le sans mot de passe.",
                       STR_ARG(name));
    case FILE_INFECTED:
        return str_fmt(arena, "Le fichier « %.*s » contient un risque : envoyez un autre fichier.", STR_ARG(name));
    case FILE_UNSCANNED:
        return str_fmt(arena, "Le fichier « %.*s » n’a pas pu être contrôlé : réessayez.", STR_ARG(name));
    default:
        return STR_EMPTY;
    }
}

/* A picture as the field wants it. One that can't be read stays as it came, but where its notes must go. */
static bool prepare_picture(const struct file_params *params, const struct form_context *context,
                            struct posted_file *file)
{
    if ((!params->shrinks && !params->strips) || context->files == NULL || !str_starts(file->type, STR("image/")))
        return true;
    return context->files->shrink(context->files->data, context->arena, file, params->strips) || !params->strips;
}

/* Before it is made smaller, which takes the camera's notes away. */
static void note_place(const struct file_params *params, const struct form_context *context,
                       const struct posted_file *file, json_t *answer)
{
    struct position position;
    if (!params->strips && context->files != NULL && context->files->place != NULL &&
        str_starts(file->type, STR("image/")) &&
        context->files->place(context->files->data, context->arena, file, &position))
        json_set_str(answer, STR("position"), position_text(context->arena, position));
}

json_t *file_answer(const struct file_params *params, const struct form_context *context,
                    const struct posted_file *file, str *error)
{
    struct posted_file kept = *file;
    str problem = refusal(context->arena, file);
    if (problem.len == 0 && !prepare_picture(params, context, &kept))
        problem = str_fmt(context->arena, "Le fichier « %.*s » n’a pas pu être lu. Choisissez-en un autre.",
                          STR_ARG(name_of_path(file->file_name)));
    if (problem.len > 0) {
        *error = problem;
        return NULL;
    }
    json_t *answer = json_object();
    json_set_str(answer, STR("blob"), kept.blob);
    json_set_str(answer, STR("name"), name_of_path(kept.file_name));
    json_set_str(answer, STR("type"), kept.type);
    json_set(answer, STR("size"), json_integer(kept.size));
    note_place(params, context, file, answer);
    return answer;
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    const struct posted_file *file = posted_file(posted, field->control);
    if (file == NULL || file->file_name.len == 0)
        return file_answer_of_name(field, context, posted);
    return file_answer(field->params, context, file, error);
}

static bool accepts(const struct file_params *params, str type)
{
    for (size_t i = 0; i < json_array_size(params->mimetypes); i++) {
        str known = json_str_of(json_array_get(params->mimetypes, i));
        if (str_eq(known, type) || (str_ends(known, STR("/*")) && str_starts(type, str_slice(known, 0, known.len - 1))))
            return true;
    }
    return params->mimetypes == NULL;
}

/* « un PDF, un JPEG ou un PNG »; empty where a type among them has no name that people know. */
static str types_said(const struct file_params *params, struct arena *arena)
{
    static const struct {
        const char *type, *name;
    } known[] = {
        {"application/pdf", "un PDF"},
        {"image/jpeg", "un JPEG"},
        {"image/png", "un PNG"},
        {"image/webp", "un WEBP"},
        {"image/heic", "un HEIC"},
        {"image/*", "une photo au format JPEG, PNG, WEBP ou HEIC"},
        {"application/msword", "un document Word"},
        {"application/vnd.oasis.opendocument.text", "un document LibreOffice"},
        {"text/plain", "un texte"},
    };
    struct buf out = buf_new(arena, 1024);
    size_t count = json_array_size(params->mimetypes);
    for (size_t i = 0; i < count; i++) {
        const char *name = NULL;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            if (str_eq(json_str_of(json_array_get(params->mimetypes, i)), str_of(known[j].type)))
                name = known[j].name;
        if (name == NULL)
            return STR_EMPTY;
        buf_fmt(&out, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " ou ", name);
    }
    return buf_str(&out);
}

static str not_accepted(const struct file_params *params, struct arena *arena, str name)
{
    str types = types_said(params, arena);
    if (types.len > 0)
        return str_fmt(arena, "Le fichier « %.*s » n’est pas accepté. Choisissez %.*s.", STR_ARG(name), STR_ARG(types));
    if (params->type_label.len > 0)
        return str_fmt(arena, "Le fichier « %.*s » n’est pas accepté. Types acceptés : %.*s.", STR_ARG(name),
                       STR_ARG(params->type_label));
    return str_fmt(arena, "Le fichier « %.*s » n’est pas d’un type accepté.", STR_ARG(name));
}

str file_size_shown(struct arena *arena, int64_t bytes)
{
    long long tenths = bytes / 100000;
    if (tenths >= 10)
        return tenths % 10 == 0 ? str_fmt(arena, "%lld Mo", tenths / 10)
                                : str_fmt(arena, "%lld,%lld Mo", tenths / 10, tenths % 10);
    return bytes >= 1000 ? str_fmt(arena, "%lld Ko", (long long)(bytes / 1000))
                         : str_fmt(arena, "%lld octets", (long long)bytes);
}

str file_problem(const struct file_params *params, struct arena *arena, const json_t *answer)
{
    str name = json_str(answer, "name");
    if (json_str(answer, "blob").len == 0) /* not sent yet */
        return STR_EMPTY;
    if (json_int(answer, "size") == 0)
        return str_fmt(arena, "Le fichier « %.*s » est vide. Choisissez-en un autre.", STR_ARG(name));
    if (json_int(answer, "size") > params->most)
        return str_fmt(arena, "Le fichier « %.*s » dépasse %.*s. Choisissez un fichier plus léger.", STR_ARG(name),
                       STR_ARG(file_size_shown(arena, params->most)));
    return accepts(params, json_str(answer, "type")) ? STR_EMPTY : not_accepted(params, arena, name);
}

/* A file that is refused is not kept. */
static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    str error = file_problem(field->params, context->arena, answer_of(field, answers));
    if (error.len > 0)
        field_remove(field, answers);
    return error;
}

static str accept_attribute(const struct file_params *params, struct arena *arena)
{
    struct buf out = buf_new(arena, 4096);
    for (size_t i = 0; i < json_array_size(params->mimetypes); i++) {
        if (out.len > 0)
            buf_add_char(&out, ',');
        buf_add(&out, json_str_of(json_array_get(params->mimetypes, i)));
    }
    return buf_str(&out);
}

void file_view_limits(const struct file_params *params, struct arena *arena, struct value_dict *out)
{
    value_dict_set(arena, out, STR("accept"), value_text(accept_attribute(params, arena)));
    if (params->uses_camera)
        value_dict_set(arena, out, STR("capture"), value_bool(true));
    value_dict_set(arena, out, STR("max_size"), value_text(file_size_shown(arena, params->most)));
    value_dict_set(arena, out, STR("types"), value_text(params->type_label));
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    struct arena *arena = context->arena;
    const json_t *answer = answer_of(field, answers);
    file_view_limits(field->params, arena, out);
    if (answer == NULL)
        return;
    value_dict_set(arena, out, STR("file_name"), value_text(json_str(answer, "name")));
    value_dict_set(arena, out, STR("file_blob"), value_text(json_str(answer, "blob")));
    value_dict_set(arena, out, STR("file_size"), value_text(file_size_shown(arena, json_int(answer, "size"))));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str(answer_of(field, answers), "name");
}

static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    const json_t *answer = answer_of(field, view->answers);
    if (answer == NULL)
        return false;
    if (str_eq(key, STR("base_filename")) || str_eq(key, STR("orig_filename")))
        *out = value_text(json_str(answer, "name"));
    else if (str_eq(key, STR("content_type")))
        *out = value_text(json_str(answer, "type"));
    else if (str_eq(key, STR("file_digest")))
        *out = value_text(json_str(answer, "blob"));
    else if (str_eq(key, STR("file_size")) || str_eq(key, STR("size")))
        *out = value_int(json_int(answer, "size"));
    else if (str_eq(key, STR("url")) && view->file_url.len > 0)
        *out = value_text(str_fmt(arena, "%.*s/%.*s/", STR_ARG(view->file_url), STR_ARG(json_str(answer, "blob"))));
    else
        return false;
    return true;
}

/* The stored form of a file, as the workflow's data hold it. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    if (value.kind != VALUE_DICT)
        return NULL;
    json_t *json = value_to_json(context->arena, value);
    return json_str(json, "blob").len == 64 ? json_incref(json) : NULL;
}

str file_missing(const struct field *field, struct arena *arena)
{
    return str_fmt(arena, "Ajoutez le document « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

const struct field_type field_file = {
    .name = "file",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_NONE,
    .required_default = FIELD_REQUIRED,
    .compile = file_compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .value = field_value_shown,
    .attribute = attribute,
    .from_value = from_value,
    .keep = field_keep,
    .missing = file_missing,
    .is_object = true,
};

const json_t *file_with_blob(const json_t *answer, str blob)
{
    if (blob.len == 0)
        return NULL;
    if (json_is_object(answer))
        return str_eq(json_str(answer, "blob"), blob) ? answer : NULL;
    for (size_t i = 0; i < json_array_size(answer); i++)
        if (str_eq(json_str(json_array_get(answer, i), "blob"), blob))
            return json_array_get(answer, i);
    return NULL;
}

#include "web/api/posted.h"

#include "base/base64.h"
#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- What was posted ---- */

/* w.c.s. takes back what it gives: « fields », those of the circuit, and what was added to them. */
static json_t *merged(struct request *request, const json_t *body)
{
    json_t *all = json_keep(request->arena, json_deep_copy(json_dict(body, "fields")));
    const json_t *own = json_dict(json_dict(body, "workflow"), "fields"), *extra = json_dict(body, "extra");
    if (own != NULL)
        json_object_update(all, (json_t *)(uintptr_t)own);
    if (extra != NULL)
        json_object_update(all, (json_t *)(uintptr_t)extra);
    return all;
}

const json_t *api_posted_data(struct request *request)
{
    const json_t *body = request->json;
    if (json_dict(body, "data") != NULL)
        return json_dict(body, "data");
    return json_dict(body, "fields") != NULL ? merged(request, body) : NULL;
}

/* By its name, of a choice rather the id beside it; else by its id. */
static const json_t *given_of(struct arena *arena, const json_t *data, const struct field *field)
{
    if (field->varname.len > 0) {
        const json_t *raw = json_get(data, str_fmt(arena, "%.*s_raw", STR_ARG(field->varname)));
        const json_t *value = raw != NULL ? raw : json_get(data, field->varname);
        if (value != NULL)
            return value;
    }
    return json_get(data, field->id);
}

/* ---- Files: {"filename", "content_type", "content": base 64} ---- */

static bool keep_file(struct request *request, const struct field *field, const json_t *given, str bytes,
                      struct posted_file *out, struct err *err)
{
    const struct installation *installation = visit_of(request)->installation;
    char *path =
        (char *)(uintptr_t)str_fmt(request->arena, "%s/uploads/api-XXXXXX", stores_folder(installation->stores)).ptr;
    int fd = mkstemp(path);
    if (fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être reçu.");
    bool ok = file_write_open(fd, bytes);
    close(fd);
    str name = json_str(given, "filename");
    struct http_upload upload = {.field = field->control,
                                 .file_name = name.len > 0 ? utf8_slice(name, 0, 200) : STR("fichier"),
                                 .path = path,
                                 .size = (int64_t)bytes.len};
    ok = ok ? visit_keep_upload(request, &upload, out, err) : err_set(err, ERR_UNAVAILABLE, "Le disque est plein.");
    unlink(path);
    return ok;
}

static void add_error(struct arena *arena, const struct field *field, str message, struct field_errors *errors)
{
    *vec_push(arena, errors) = (struct field_error){.field = field, .control = field->control, .message = message};
}

/* False: it can't be kept now. */
static bool set_file(struct request *request, const struct field *field, const struct form_context *context,
                     const json_t *given, json_t *answers, struct field_errors *errors, struct err *err)
{
    str bytes;
    struct posted_file file;
    if (!base64_decode(request->arena, json_str(given, "content"), &bytes) || bytes.len == 0) {
        add_error(request->arena, field, STR("Un fichier se donne par « filename » et « content », en base 64."),
                  errors);
        return true;
    }
    if (!keep_file(request, field, given, bytes, &file, err))
        return false;
    struct posted posted = {.files = &file, .file_count = 1};
    fields_read(&(struct field_list){field, 1}, context, &posted, answers, errors);
    return true;
}

/* ---- Setting ---- */

static bool is_unset(const json_t *given)
{
    return json_is_null(given) || (json_is_string(given) && json_string_length(given) == 0) ||
           (json_is_array(given) && json_array_size(given) == 0);
}

static bool set_one(struct request *request, const struct field *field, const struct form_context *context,
                    const json_t *given, json_t *answers, struct field_errors *errors, struct err *err)
{
    if (is_unset(given)) {
        field_remove(field, answers);
        return true;
    }
    if (str_eq(field->type_name, STR("file")))
        return set_file(request, field, context, given, answers, errors, err);
    struct value value = value_from_json(request->arena, given);
    if (str_eq(field->type_name, STR("map")) && json_is_object(given))
        value = value_text(str_fmt(request->arena, "%.7g;%.7g", json_number_value(json_object_get(given, "lat")),
                                   json_number_value(json_object_get(given, "lon"))));
    field_set(field, context, value, answers);
    if (!field_has_answer(field, answers))
        add_error(request->arena, field, STR("Cette valeur ne convient pas."), errors);
    return true;
}

static bool set_all(struct request *request, const struct form *form, const struct form_context *context,
                    const json_t *data, json_t *answers, struct field_errors *errors, struct err *err)
{
    for (size_t i = 0; i < form->fields.len; i++) {
        const struct field *field = &form->fields.at[i];
        const json_t *given = field_holds_answer(field) ? given_of(request->arena, data, field) : NULL;
        if (given != NULL && !str_eq(field->type_name, STR("computed")) &&
            !set_one(request, field, context, given, answers, errors, err))
            return false;
    }
    return true;
}

/* ---- What is wrong ---- */

static void show_errors(struct request *request, const struct field_errors *errors)
{
    json_t *json = json_keep(request->arena, json_pack("{s:i, s:s, s:s}", "err", 1, "err_class", "Invalid request",
                                                       "err_code", "invalid-answers"));
    json_t *by_field = json_object();
    str first = STR("Des réponses manquent.");
    for (size_t i = errors->len; i-- > 0;) {
        const struct field *field = errors->at[i].field;
        str label = field == NULL ? STR_EMPTY : str_trim(field->label_text), message = errors->at[i].message;
        str name = field == NULL ? STR("") : field->varname.len > 0 ? field->varname : field->id;
        first = label.len == 0 ? message : str_fmt(request->arena, "%.*s : %.*s", STR_ARG(label), STR_ARG(message));
        json_set(by_field, name, json_from_str(message));
    }
    json_set_str(json, STR("err_desc"), first);
    json_set(json, STR("errors"), by_field);
    response_json(request, 400, json);
}

bool api_set_answers(struct request *request, const struct form *form, const json_t *data, json_t *answers)
{
    struct form_context context = visit_form_context(request, form, answers, NULL);
    struct field_errors errors = {0};
    struct err err = {0};
    size_t page;
    context.account = NULL; /* nothing is prefilled: it is the caller who answers */
    if (!set_all(request, form, &context, data, answers, &errors, &err)) {
        show_failure(request, &err);
        return false;
    }
    if (errors.len == 0 && form_check(form, &context, answers, &errors, &page))
        return true;
    show_errors(request, &errors);
    return false;
}

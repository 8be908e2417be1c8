/* Files that a definition has sent or added to the history: what each text gives, and how they are told. */
#include "workflow/model.h"

#define FIELD_NAME "form_f" /* w.c.s. before templates: form_fID, of a field without a name */

/* ---- Compiling ---- */

static bool is_name(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool is_later = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!is_letter && (!is_later || i == 0))
            return false;
    }
    return text.len > 0;
}

bool attachment_compile(struct arena *arena, str source, str name, struct attachment *out, struct err *err)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = name};
    source = str_trim(source);
    bool is_template = str_contains(source, STR("{{")) || str_contains(source, STR("{%"));
    *out = (struct attachment){0};
    if (!is_template && !is_name(source))
        return err_set(err, ERR_UNSUPPORTED, "« %.*s » n’est ni un texte ni un nom : rien n’est joint.",
                       STR_ARG(utf8_slice(source, 0, 80)));
    if (!is_template && str_starts(source, STR(FIELD_NAME)))
        out->field = str_slice(source, STR(FIELD_NAME).len, source.len);
    if (!is_template && str_contains(source, STR("-")))
        return out->field.len > 0 || err_set(err, ERR_UNSUPPORTED, "« %.*s » n’est le nom d’aucun fichier.",
                                             STR_ARG(utf8_slice(source, 0, 80)));
    out->value =
        template_compile(arena, is_template ? source : str_fmt(arena, "{{ %.*s }}", STR_ARG(source)), &settings, err);
    return out->value != NULL;
}

void compiler_attachments(struct compiler *compiler, const json_t *json, struct attachments *out)
{
    const json_t *list = json_list(json, "attachments");
    for (size_t i = 0; i < json_array_size(list); i++) {
        str source = json_str_of(json_array_get(list, i));
        str where = str_fmt(compiler->arena, "%.*s, pièce jointe %zu", STR_ARG(compiler->where), i + 1);
        struct attachment one;
        struct err err = {0};
        if (str_is_empty(str_trim(source)))
            continue;
        if (!attachment_compile(compiler->arena, source, where, &one, &err)) {
            bool is_python = err.code == ERR_UNSUPPORTED;
            compiler_report(compiler, !is_python, "Pièce jointe %zu : %s", i + 1, err.message);
            compiler_construct(compiler, is_python ? STR("attachment:python") : STR("template"));
            continue;
        }
        *vec_push(compiler->arena, out) = one;
        if (one.value)
            *vec_push(compiler->arena, &compiler->workflow->texts) = (struct workflow_text){where, one.value};
    }
}

/* ---- Running ---- */

static void add_file(json_t *files, const json_t *file)
{
    size_t index;
    json_t *known;
    json_array_foreach(files, index, known)
    {
        if (str_eq(json_str(known, "blob"), json_str(file, "blob")))
            return;
    }
    if (json_str(file, "blob").len)
        json_array_append_new(files, json_pack("{s:O, s:O, s:O, s:O}", "blob", json_object_get(file, "blob"), "name",
                                               json_object_get(file, "name"), "type", json_object_get(file, "type"),
                                               "size", json_object_get(file, "size")));
}

/* Only what stands for an answer is a file: a text of another server can't name one. */
static void add_value(struct engine *engine, json_t *files, struct value value, bool is_within)
{
    const json_t *answer = answer_file(value);
    const struct value_list *items;
    if (json_is_object(answer)) {
        add_file(files, answer);
    } else if (answer) {
        for (size_t i = 0; i < json_array_size(answer); i++)
            add_file(files, json_array_get(answer, i));
    } else if (!is_within && value.kind != VALUE_TEXT && value_items(engine->arena, value, &items)) {
        for (size_t i = 0; i < items->len; i++)
            add_value(engine, files, items->at[i], true);
    } else if (value_is_true(engine->arena, value)) {
        engine_add_error(engine, STR("Pièce jointe : la valeur obtenue n’est pas un fichier."));
    }
}

/* w.c.s. writes the hyphens of an id as underscores or as they are. */
static bool is_field(struct arena *arena, str id, str named)
{
    return str_eq(str_replace(arena, id, STR("-"), STR("_")), str_replace(arena, named, STR("-"), STR("_")));
}

static bool add_field(struct engine *engine, json_t *files, const struct field_list *fields, str id)
{
    struct named_files named = {0};
    bool is_known = false;
    for (size_t i = 0; fields && i < fields->len; i++)
        is_known |= is_field(engine->arena, fields->at[i].id, id);
    if (is_known)
        fields_files(fields, engine->arena, engine->dossier->answers, &named);
    for (size_t i = 0; i < named.len; i++) {
        if (!is_field(engine->arena, named.at[i].field->id, id))
            continue;
        json_t *file = json_keep(engine->arena, json_object());
        json_set_str(file, STR("blob"), named.at[i].blob);
        json_set_str(file, STR("name"), named.at[i].name);
        json_set_str(file, STR("type"), named.at[i].type);
        json_set(file, STR("size"), json_integer(named.at[i].size));
        add_file(files, file);
    }
    return is_known;
}

void engine_attachments(struct engine *engine, const struct attachments *attachments, json_t *files)
{
    for (size_t i = 0; i < attachments->len; i++) {
        const struct attachment *one = &attachments->at[i];
        if (one->field.len && (add_field(engine, files, engine->context->form_fields, one->field) ||
                               add_field(engine, files, engine->workflow->backoffice_fields, one->field)))
            continue;
        if (one->value)
            add_value(engine, files, template_value(one->value, &engine->render), false);
        else
            engine_add_error(engine,
                             str_fmt(engine->arena, "Pièce jointe : le champ %.*s n’existe pas.", STR_ARG(one->field)));
    }
}

void engine_add_file(struct engine *engine, const struct file_part *added)
{
    json_t *part = JSON_PART("file"), *row = json_object();
    json_set_str(row, STR("label"), added->label);
    json_set_str(row, STR("value"), json_str(added->file, "name"));
    json_set_str(row, STR("blob"), json_str(added->file, "blob"));
    json_set_str(part, STR("varname"), added->varname);
    json_set(part, STR("file"), json_deep_copy(added->file));
    json_set(part, STR("fields"), json_pack("[o]", row));
    if (added->to && added->to->len)
        json_set(part, STR("to"), names_json(added->to));
    if (added->is_hidden)
        json_set(part, STR("is_hidden"), json_true());
    engine_add_part(engine, part);
}

const struct field *compiler_file_field(struct compiler *compiler, const json_t *json, const char *key)
{
    const struct field_list *own = compiler->workflow->backoffice_fields;
    str id = json_str(json, key);
    const struct field *field = id.len && own ? field_by_id(own, id) : NULL;
    if (id.len && !field)
        compiler_report(compiler, true, "Le champ « %.*s », où garder le fichier, n’existe pas.", STR_ARG(id));
    return field;
}

void engine_set_file(struct engine *engine, const struct field *field, const json_t *file)
{
    struct form_context context = {.arena = engine->arena,
                                   .scope = engine->render.scope,
                                   .site = engine->context->site,
                                   .now = engine->now,
                                   .log = &engine->log};
    if (field)
        field_set(field, &context, value_from_json(engine->arena, file), engine->dossier->answers);
}

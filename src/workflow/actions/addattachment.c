/* addattachment: a file that is added to the dossier. It is asked, received and kept as the file field of a sub-form.
 */
#include "workflow/actions/actions.h"

struct attachment_action {
    const struct field_list *fields; /* the one field */
    const struct template *info;
};

str action_field_id(struct arena *arena, const char *prefix, const struct action *action)
{
    return str_fmt(arena, "%s%.*s", prefix, STR_ARG(str_replace(arena, action->id, STR("-"), STR("_"))));
}

static str title_of(const json_t *json)
{
    str title = str_trim(json_str(json, "title"));
    return title.len ? title : STR("Fichier");
}

static json_t *field_of(struct arena *arena, const json_t *json, const struct action *action)
{
    static const char *const kept[] = {"hint", "varname", "document_type", "max_file_size"};
    json_t *field =
        json_pack("{s:s, s:s}", "type", "file", "required", json_bool(json, "required") ? "required" : "optional");
    json_set_str(field, STR("id"), action_field_id(arena, "piece", action));
    json_set_str(field, STR("label"), title_of(json));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (json_object_get(json, kept[i]))
            json_object_set(field, kept[i], json_object_get(json, kept[i]));
    return field;
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct attachment_action *self = arena_new_of(compiler->arena, struct attachment_action);
    json_t *list = json_keep(compiler->arena, json_array());
    json_array_append_new(list, field_of(compiler->arena, json, action));
    self->fields = compiler_fields(compiler, list);
    self->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
    action->self = self;
}

static void keep_as_data(struct engine *engine, const struct action *action, const json_t *answer)
{
    str id = json_str(action->json, "backoffice_filefield_id");
    const struct field *field =
        id.len && engine->workflow->backoffice_fields ? field_by_id(engine->workflow->backoffice_fields, id) : NULL;
    if (field)
        json_set(engine->dossier->answers, id, json_deep_copy(answer));
    else if (id.len)
        engine_add_error(engine, str_fmt(engine->arena, "Le champ %.*s n’existe pas.", STR_ARG(id)));
}

static const char *lacks(const struct engine *engine, const struct action *action)
{
    const struct posted_form *sent = posted_form_of(engine, action);
    bool is_missing = json_bool(action->json, "required") && !(sent && json_object_size(sent->answers));
    return is_missing ? "Choisissez un fichier." : NULL;
}

/* w.c.s.: what is not to be in the history is read by its name alone. */
static void submit(struct engine *engine, const struct action *action)
{
    const struct attachment_action *self = action->self;
    const struct posted_form *sent = posted_form_of(engine, action);
    const json_t *answer = sent ? json_get(sent->answers, action_field_id(engine->arena, "piece", action)) : NULL;
    if (!answer || sent->has_errors)
        return;
    json_t *part = form_part(engine, action, self->fields, sent->answers);
    json_set(part, STR("is_attachment"), json_true());
    if (json_is_false(json_object_get(action->json, "attach_to_history")))
        json_set(part, STR("is_hidden"), json_true());
    engine_add_part(engine, part);
    keep_as_data(engine, action, answer);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct attachment_action *self = action->self;
    bool has_button = !json_is_false(json_object_get(action->json, "display_button"));
    str label = str_trim(json_str(action->json, "button_label"));
    *vec_push(engine->arena, &offer->forms) = (struct offered_form){.action = action->id,
                                                                    .varname = json_str(action->json, "varname"),
                                                                    .info = engine_text(engine, self->info),
                                                                    .fields = self->fields,
                                                                    .has_button = has_button};
    if (has_button)
        offer_button(offer, label.len ? label : STR("Envoyer le fichier"));
}

static const struct field_list *fields(const struct action *action)
{
    return ((const struct attachment_action *)action->self)->fields;
}

const struct action_type action_addattachment = {.name = "addattachment",
                                                 .compile = compile,
                                                 .submit = submit,
                                                 .lacks = lacks,
                                                 .offer = offer,
                                                 .fields = fields,
                                                 .is_interactive = true,
                                                 .waits = true};

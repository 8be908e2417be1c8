/* give-documents (ours): who filed gives the documents that ask-documents named, a file each; the clock goes on, and
 * the request goes where the action leads. Nothing is offered where none are asked for. */
#include "workflow/actions/actions.h"

struct give {
    const struct field_list *fields; /* as many as may be asked for, each shown where there is one to ask */
};

static json_t *field_of(struct arena *arena, const json_t *json, const struct action *action, int index)
{
    static const char *const kept[] = {"document_type", "max_file_size"};
    const char *prefix = str_fmt(arena, "doc%dde", index).ptr;
    json_t *field = json_pack("{s:s, s:s}", "type", "file", "required", "required");
    json_set_str(field, STR("id"), action_field_id(arena, prefix, action));
    json_set_str(field, STR("label"), str_fmt(arena, "{{ form_documents_%d }}", index));
    json_set_str(field, STR("condition"), str_fmt(arena, "form_documents_%d", index));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (json_object_get(json, kept[i]))
            json_object_set(field, kept[i], json_object_get(json, kept[i]));
    return field;
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct give *give = arena_new_of(compiler->arena, struct give);
    json_t *list = json_keep(compiler->arena, json_array());
    for (int i = 0; i < DOCUMENTS_MOST; i++)
        json_array_append_new(list, field_of(compiler->arena, json, action, i));
    action->self = give;
    give->fields = compiler_fields(compiler, list);
}

/* They are called as they were asked for, also once nobody asks any more. */
static void name_files(json_t *part, const json_t *names)
{
    const json_t *rows = json_list(part, "fields");
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_set_str(json_array_get(rows, i), STR("label"), json_str_of(json_array_get(names, i)));
}

static bool has_all(const struct give *give, const struct posted_form *sent, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!field_has_answer(&give->fields->at[i], sent->answers))
            return false;
    return count > 0;
}

static void submit(struct engine *engine, const struct action *action)
{
    const struct give *give = action->self;
    const struct posted_form *sent = posted_form_of(engine, action);
    struct workflow_stop stop;
    bool is_asked = workflow_stop_now(engine->dossier, &stop);
    if (!is_asked || !sent || sent->has_errors || !has_all(give, sent, json_array_size(stop.documents)))
        return;
    json_t *part = form_part(engine, action, give->fields, sent->answers);
    json_set(part, STR("is_attachment"), json_true());
    name_files(part, stop.documents);
    engine_add_part(engine, part);
    clock_note(engine, STR("Les documents demandés sont reçus."));
    clock_go_on(engine);
    engine_jump(engine, action);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct give *give = action->self;
    struct workflow_stop stop;
    if (!workflow_stop_now(engine->dossier, &stop))
        return;
    *vec_push(engine->arena, &offer->forms) =
        (struct offered_form){.action = action->id, .fields = give->fields, .has_button = true};
    offer_button(offer, STR("Envoyer les documents"));
}

static const struct field_list *fields(const struct action *action)
{
    return ((const struct give *)action->self)->fields;
}

const struct action_type action_give_documents = {.name = "give-documents",
                                                  .compile = compile,
                                                  .submit = submit,
                                                  .offer = offer,
                                                  .fields = fields,
                                                  .is_interactive = true,
                                                  .waits = true,
                                                  .claims_work = true};

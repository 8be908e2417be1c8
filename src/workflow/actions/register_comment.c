/* register-comment: the workflow's own word in the history, to those it names, with files. */
#include "workflow/actions/actions.h"

struct register_comment {
    const struct template *comment;
    str comment_template;
    struct attachments attachments;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct register_comment *self = arena_new_of(compiler->arena, struct register_comment);
    action->self = self;
    self->comment = compiler_text(compiler, json, "comment", TEMPLATE_HTML);
    self->comment_template = json_str(json, "comment_template");
    compiler_attachments(compiler, json, &self->attachments);
    action->by = compiler_names(compiler, json, "to");
}

/* w.c.s.: a comment template that is named takes the place of the text; one that is not there leaves nothing to say. */
static bool text_of(struct engine *engine, const struct action *action, struct comment_text *out)
{
    const struct register_comment *self = action->self;
    const struct workflow_context *context = engine->context;
    *out = (struct comment_text){.comment = self->comment};
    if (str_is_empty(self->comment_template))
        return true;
    if (context->comment_template && context->comment_template(context->data, self->comment_template, out))
        return true;
    engine_add_error(engine, str_fmt(engine->arena, "%.*s : le modèle de commentaire « %.*s » n’existe pas.",
                                     STR_ARG(action->where), STR_ARG(self->comment_template)));
    return false;
}

/* Before the text, which may name them. */
static void add_files(struct engine *engine, const struct action *action, const struct attachments *of_template)
{
    const struct register_comment *self = action->self;
    json_t *files = json_keep(engine->arena, json_array());
    engine_attachments(engine, &self->attachments, files);
    engine_attachments(engine, of_template, files);
    for (size_t i = 0; i < json_array_size(files); i++)
        engine_add_file(engine, &(struct file_part){
                                    .label = STR("Pièce jointe"), .file = json_array_get(files, i), .to = &action->by});
}

static void perform(struct engine *engine, const struct action *action)
{
    struct comment_text text;
    if (!text_of(engine, action, &text))
        return;
    add_files(engine, action, &text.attachments);
    str html = engine_text(engine, text.comment);
    if (str_is_empty(str_trim(html)))
        return;
    json_t *part = JSON_PART("message");
    json_set_str(part, STR("html"), html);
    json_set_str(part, STR("level"), json_str(action->json, "level"));
    if (action->by.len)
        json_set(part, STR("to"), names_json(&action->by));
    engine_add_part(engine, part);
}

const struct action_type action_register_comment = {.name = "register-comment", .compile = compile, .perform = perform};

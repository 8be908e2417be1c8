/* commentable: a box for a comment. form_comment is the comment of the latest entry, comment_VARNAME is kept. */
#include "workflow/actions/actions.h"

enum { COMMENT_MOST = 20000 }; /* characters */

struct comment_action {
    const struct template *label, *button, *hint, *info;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct comment_action *comment = arena_new_of(compiler->arena, struct comment_action);
    action->self = comment;
    comment->label = compiler_text(compiler, json, "label", TEMPLATE_TEXT);
    comment->button = compiler_text(compiler, json, "button_label", TEMPLATE_TEXT);
    comment->hint = compiler_text(compiler, json, "hint", TEMPLATE_TEXT);
    comment->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
}

static str posted_text(const struct engine *engine, const struct action *action)
{
    const struct event *event = engine->event;
    for (size_t i = 0; i < event->comment_count; i++)
        if (str_eq(event->comments[i].action, action->id))
            return utf8_slice(str_trim(event->comments[i].text), 0, COMMENT_MOST);
    return STR_EMPTY;
}

static const char *lacks(const struct engine *engine, const struct action *action)
{
    bool is_missing = json_bool(action->json, "required") && str_is_empty(posted_text(engine, action));
    return is_missing ? "Écrivez un commentaire." : NULL;
}

static void submit(struct engine *engine, const struct action *action)
{
    str text = posted_text(engine, action);
    if (str_is_empty(text))
        return;
    str varname = json_str(action->json, "varname");
    json_t *part = JSON_PART("comment");
    json_set_str(part, STR("text"), text);
    if (varname.len)
        json_set_str(part, STR("varname"), varname);
    engine_add_part(engine, part);
    if (varname.len)
        engine_set_data(engine, str_fmt(engine->arena, "comment_%.*s", STR_ARG(varname)), json_from_str(text));
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct comment_action *comment = action->self;
    struct offered_comment offered = {
        .action = action->id,
        .label = engine_text(engine, comment->label),
        .button_label = engine_text(engine, comment->button),
        .hint = engine_text(engine, comment->hint),
        .info = engine_text(engine, comment->info),
        .is_required = json_bool(action->json, "required"),
    };
    if (str_is_empty(offered.label))
        offered.label = STR("Commentaire");
    if (str_is_empty(offered.button_label))
        offered.button_label = STR("Ajouter le commentaire");
    *vec_push(engine->arena, &offer->comments) = offered;
    offer_button(offer, offered.button_label);
}

const struct action_type action_commentable = {.name = "commentable",
                                               .compile = compile,
                                               .submit = submit,
                                               .lacks = lacks,
                                               .offer = offer,
                                               .is_interactive = true,
                                               .waits = true};

/* sendmail: a mail whose subject and text stand in the action or in a mail template; rendered now, sent by a job. */
#include "workflow/actions/actions.h"

struct sendmail {
    const struct template *subject, *body, *from;
    str mail_template;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct sendmail *mail = arena_new_of(compiler->arena, struct sendmail);
    action->self = mail;
    mail->subject = compiler_text(compiler, json, "subject", TEMPLATE_TEXT);
    mail->body = compiler_text(compiler, json, "body", mail_body_kind(json_str(json, "body")));
    mail->from = compiler_text(compiler, json, "custom_from", TEMPLATE_TEXT);
    mail->mail_template = json_str(json, "mail_template");
    action->by = compiler_names(compiler, json, "to");
    if (!action->by.len)
        compiler_report(compiler, false, "Ce courriel n’a pas de destinataire : il n’est pas envoyé.");
}

static void note_sent(struct engine *engine, const struct recipients *to, str subject)
{
    json_t *part = JSON_PART("mail"), *list = json_array();
    for (size_t i = 0; i < to->len; i++)
        json_array_append_new(list, json_from_str(to->at[i]));
    json_set(part, STR("to"), list);
    json_set_str(part, STR("subject"), subject);
    engine_add_part(engine, part);
}

/* w.c.s.: a mail template, where it is named and exists, wins over the action's own texts; a mail without a subject or
 * a text, or without anybody to read it, is not sent. */
static void perform(struct engine *engine, const struct action *action)
{
    const struct sendmail *mail = action->self;
    const struct workflow_context *context = engine->context;
    struct mail_text text = {mail->subject, mail->body};
    struct mail_text named;
    if (mail->mail_template.len && context->mail_template &&
        context->mail_template(context->data, mail->mail_template, &named))
        text = named;

    struct recipients to = {0};
    recipients_of(engine, &action->by, &to);
    str subject = engine_text(engine, text.subject);
    struct mail_body body = engine_mail_body(engine, text.body);
    if (!to.len || str_is_empty(subject) || str_is_empty(str_trim(body.text)))
        return;
    engine_send_mail(engine, &to, subject, body, engine_text(engine, mail->from));
    note_sent(engine, &to, subject);
}

const struct action_type action_sendmail = {.name = "sendmail", .compile = compile, .perform = perform};

/* sendmail: a mail whose subject and text stand in the action or in a mail template; rendered now, sent by a job. */
#include "workflow/actions/actions.h"

struct sendmail {
    const struct template *subject, *body, *from;
    str mail_template, varname;
    struct attachments attachments;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct sendmail *mail = arena_new_of(compiler->arena, struct sendmail);
    action->self = mail;
    mail->subject = compiler_text(compiler, json, "subject", TEMPLATE_TEXT);
    mail->body = compiler_text(compiler, json, "body", mail_body_kind(json_str(json, "body")));
    mail->from = compiler_text(compiler, json, "custom_from", TEMPLATE_TEXT);
    mail->mail_template = json_str(json, "mail_template");
    mail->varname = json_str(json, "varname");
    compiler_attachments(compiler, json, &mail->attachments);
    action->by = compiler_names(compiler, json, "to");
    if (!action->by.len)
        compiler_report(compiler, false, "Ce courriel n’a pas de destinataire : il n’est pas envoyé.");
}

static json_t *names_of(const json_t *files)
{
    json_t *names = json_array();
    for (size_t i = 0; i < json_array_size(files); i++)
        json_array_append_new(names, json_from_str(json_str(json_array_get(files, i), "name")));
    return names;
}

/* The text is kept where a name reads it again: form_workflow_email_NAME_body. */
static void note_sent(struct engine *engine, const struct outgoing_mail *sent, str varname)
{
    json_t *part = JSON_PART("mail"), *list = json_array();
    for (size_t i = 0; i < sent->to->len; i++)
        json_array_append_new(list, json_from_str(sent->to->at[i]));
    json_set(part, STR("to"), list);
    json_set_str(part, STR("subject"), sent->subject);
    if (json_array_size(sent->files))
        json_set(part, STR("attachments"), names_of(sent->files));
    if (varname.len) {
        json_set_str(part, STR("varname"), varname);
        json_set_str(part, STR("body"),
                     buttons_in(engine->arena, sent->body.text, sent->body.buttons, BUTTON_WITHOUT_ADDRESS));
    }
    json_set_str(part, STR("job"), engine->change->jobs.at[engine->change->jobs.len - 1].key);
    engine_add_part(engine, part);
}

/* w.c.s.: a mail template, where it is named and exists, wins over the action's own texts, and its files go with those
 * of the action; a mail without a subject or a text, or without anybody to read it, is not sent. */
static void perform(struct engine *engine, const struct action *action)
{
    const struct sendmail *mail = action->self;
    const struct workflow_context *context = engine->context;
    struct mail_text text = {.subject = mail->subject, .body = mail->body}, named;
    if (mail->mail_template.len && context->mail_template &&
        context->mail_template(context->data, mail->mail_template, &named))
        text = named;

    struct recipients to = {0};
    recipients_of(engine, &action->by, &to);
    json_t *files = json_keep(engine->arena, json_array());
    struct outgoing_mail outgoing = {.to = &to,
                                     .subject = engine_text(engine, text.subject),
                                     .from = engine_text(engine, mail->from),
                                     .body = engine_mail_body(engine, text.body),
                                     .files = files};
    if (!to.len || str_is_empty(outgoing.subject) || str_is_empty(str_trim(outgoing.body.text)))
        return;
    engine_attachments(engine, &mail->attachments, files);
    engine_attachments(engine, &text.attachments, files);
    engine_send_mail(engine, &outgoing);
    note_sent(engine, &outgoing, mail->varname);
}

const struct action_type action_sendmail = {.name = "sendmail", .compile = compile, .perform = perform};

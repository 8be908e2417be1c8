/* The job that sends a mail: everything is rendered, nothing is left to look up. */
#include "workflow/model.h"

#include "mail/mail.h"

static str laid_out(struct engine *engine, str subject, str body)
{
    const struct workflow_context *context = engine->context;
    const struct template *layout = context->pages ? pages_find(context->pages, STR("mails/workflow.html")) : NULL;
    if (!layout)
        return body;
    struct value_dict *names = value_dict_new(engine->arena);
    value_dict_set(engine->arena, names, STR("title"), value_text(subject));
    value_dict_set(engine->arena, names, STR("site_name"), value_text(context->site_name));
    value_dict_set(engine->arena, names, STR("body"), value_html(body));
    struct render render = {.arena = engine->arena, .scope = value_dict(names), .now = engine->now};
    return template_text(layout, &render);
}

void engine_send_mail(struct engine *engine, const struct recipients *to, str subject, struct mail_body body, str from)
{
    struct arena *arena = engine->arena;
    subject = str_trim(str_replace(arena, subject, STR("\n"), STR(" ")));
    struct mail mail = {
        .to = to->at,
        .to_count = to->len,
        .from = from.len ? from : engine->context->mail_from,
        .from_name = engine->context->site_name,
        .subject = subject,
        .text = mail_plain(arena, body),
        .html = laid_out(engine, subject, mail_html(arena, body)),
    };
    str key = str_fmt(arena, "mail:%lld:%lld:%zu", (long long)engine->dossier->id,
                      (long long)engine->dossier->revision + 1, engine->change->jobs.len);
    *vec_push(arena, &engine->change->jobs) = mail_job(arena, &mail, key);
}

/* The job that sends a mail: what the town wrote is rendered, nothing is left to look up. */
#include "workflow/model.h"

#include "mail/mail.h"

void engine_send_mail(struct engine *engine, const struct recipients *to, str subject, struct mail_body body, str from)
{
    struct arena *arena = engine->arena;
    subject = str_trim(str_replace(arena, subject, STR("\n"), STR(" ")));
    json_t *words = json_keep(arena, json_object());
    json_set_str(words, STR("title"), subject);
    json_set_str(words, STR("site_name"), engine->context->site_name);
    json_set_str(words, STR("text"), mail_plain(arena, body));
    json_set_str(words, STR("html"), mail_html(arena, body));
    struct mail mail = {
        .to = to->at,
        .to_count = to->len,
        .from = from.len ? from : engine->context->mail_from,
        .from_name = engine->context->site_name,
        .subject = subject,
        .page = STR("workflow"),
        .words = words,
    };
    str key = str_fmt(arena, "mail:%lld:%lld:%zu", (long long)engine->dossier->id,
                      (long long)engine->dossier->revision + 1, engine->change->jobs.len);
    *vec_push(arena, &engine->change->jobs) = mail_job(arena, &mail, key);
}

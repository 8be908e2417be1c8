/* The job that sends a mail: everything is rendered, nothing is left to look up. */
#include "workflow/model.h"

void engine_send_mail(struct engine *engine, const struct recipients *to, str subject, str body, str from)
{
    json_t *payload = json_object(), *list = json_array();
    for (size_t i = 0; i < to->len; i++)
        json_array_append_new(list, json_from_str(to->at[i]));
    json_set(payload, STR("to"), list);
    json_set_str(payload, STR("subject"), str_replace(engine->arena, subject, STR("\n"), STR(" ")));
    json_set_str(payload, STR("text"), mail_plain(engine->arena, body));
    json_set_str(payload, STR("html"), mail_html(engine->arena, body));
    if (from.len || engine->context->mail_from.len)
        json_set_str(payload, STR("from"), from.len ? from : engine->context->mail_from);
    str key = str_fmt(engine->arena, "mail:%lld:%lld:%zu", (long long)engine->dossier->id,
                      (long long)engine->dossier->revision + 1, engine->change->jobs.len);
    engine_add_job(engine, STR("mail.send"), key, payload, engine->now);
}

/* The job that sends a mail: what the town wrote is rendered, nothing is left to look up but the bytes of its files. */
#include "workflow/model.h"

#include "mail/mail.h"

static void name_files(struct arena *arena, const json_t *files, struct mail *mail)
{
    struct mail_file *list = arena_array_of(arena, struct mail_file, json_array_size(files));
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        list[i] = (struct mail_file){
            .blob = json_str(file, "blob"), .name = json_str(file, "name"), .type = json_str(file, "type")};
    }
    mail->files = list;
    mail->file_count = json_array_size(files);
}

void engine_send_mail(struct engine *engine, const struct outgoing_mail *outgoing)
{
    struct arena *arena = engine->arena;
    str subject = str_trim(str_replace(arena, outgoing->subject, STR("\n"), STR(" ")));
    json_t *words = json_keep(arena, json_object());
    json_set_str(words, STR("title"), subject);
    json_set_str(words, STR("site_name"), engine->context->site_name);
    json_set_str(words, STR("text"), mail_plain(arena, outgoing->body));
    json_set_str(words, STR("html"), mail_html(arena, outgoing->body));
    struct mail mail = {
        .to = outgoing->to->at,
        .to_count = outgoing->to->len,
        .from = outgoing->from.len ? outgoing->from : engine->context->mail_from,
        .from_name = engine->context->site_name,
        .subject = subject,
        .page = STR("workflow"),
        .words = words,
        .dossier = engine->dossier->id,
    };
    name_files(arena, outgoing->files, &mail);
    buttons_keep(engine, outgoing->body.buttons);
    str key = str_fmt(arena, "mail:%lld:%lld:%zu", (long long)engine->dossier->id,
                      (long long)engine->dossier->revision + 1, engine->change->jobs.len);
    *vec_push(arena, &engine->change->jobs) = mail_job(arena, &mail, key);
}

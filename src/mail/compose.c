/* What a message says, and how it looks. */
#include "mail/mail.h"

void mail_compose(struct arena *arena, const struct mail_page *page, struct mail *mail)
{
    json_t *words = json_keep(arena, json_object());
    json_set_str(words, STR("site_name"), page->site_name);
    json_set_str(words, STR("title"), page->title);
    json_set_str(words, STR("text"), page->text);
    json_set_str(words, STR("action_label"), page->action_label);
    json_set_str(words, STR("action_url"), page->action_url);
    json_set_str(words, STR("footer"), page->footer);
    mail->subject = page->title;
    mail->page = STR("layout");
    mail->words = words;
}

static bool render_part(const struct pages *pages, str page, const char *extension, struct render *render, str *out,
                        struct err *err)
{
    str path = str_fmt(render->arena, "mails/%.*s.%s", STR_ARG(page), extension);
    const struct template *template = pages_find(pages, path);
    if (template == NULL)
        return err_set(err, ERR_UNSUPPORTED, "There is no page %.*s.", STR_ARG(path));
    *out = template_text(template, render);
    return true;
}

bool mail_render(struct arena *arena, const struct pages *pages, str page, const json_t *words, struct mail_parts *out,
                 struct err *err)
{
    struct render render = {.arena = arena, .scope = value_from_json(arena, words), .lang = STR("fr")};
    return render_part(pages, page, "txt", &render, &out->text, err) &&
           render_part(pages, page, "html", &render, &out->html, err);
}

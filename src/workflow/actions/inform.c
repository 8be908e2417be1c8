/* inform (ours): tells people something by every way that reaches them, once: a mail, a notice in their account, a text
 * message, and a line in the history that says by which ways. « preference » is how the person wants to be
 * reached, where a text knows it. Whoever was told the same by this action is not told again. */
#include "workflow/actions/actions.h"

enum way { WAY_MAIL = 1, WAY_SMS = 2, WAY_PORTAL = 4 };

struct inform {
    const struct template *subject, *body, *sms, *preference, *url;
    bool is_repeated;
};

static const struct {
    const char *name, *shown;
    enum way way;
} ways[] = {
    {"mail", "courriel", WAY_MAIL},
    {"sms", "SMS", WAY_SMS},
    {"portal", "notification", WAY_PORTAL},
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct inform *inform = arena_new_of(compiler->arena, struct inform);
    action->self = inform;
    inform->subject = compiler_text(compiler, json, "subject", TEMPLATE_TEXT);
    inform->body = compiler_text(compiler, json, "body", mail_body_kind(json_str(json, "body")));
    inform->sms = compiler_text(compiler, json, "sms", TEMPLATE_TEXT);
    inform->preference = compiler_text(compiler, json, "preference", TEMPLATE_TEXT);
    inform->url = compiler_text(compiler, json, "target_url", TEMPLATE_TEXT);
    inform->is_repeated = json_bool(json, "repeat");
    action->by = compiler_names(compiler, json, "to");
    if (!action->by.len || !inform->subject || !inform->body)
        compiler_report(compiler, true, "Cette action ne dit pas qui elle informe, ou de quoi.");
}

/* « sms, mail »; what names none of the ways wants all of them. */
static unsigned wanted(struct engine *engine, const struct inform *inform)
{
    str text = str_replace(engine->arena, engine_text(engine, inform->preference), STR(","), STR(" "));
    unsigned chosen = 0;
    for (str word, rest = text; rest.len && str_next(&rest, ' ', &word);)
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
            if (str_eq_nocase(str_trim(word), str_of(ways[i].name)))
                chosen |= ways[i].way;
    return chosen ? chosen : WAY_MAIL | WAY_SMS | WAY_PORTAL;
}

/* Of the part that says it; a new reference. */
static json_t *part_of(struct engine *engine, const struct action *action, str subject, str text)
{
    json_t *part = JSON_PART("inform");
    json_set_str(part, STR("action"), str_fmt(engine->arena, "%.*s/%.*s", STR_ARG(engine->place), STR_ARG(action->id)));
    json_set_str(part, STR("subject"), subject);
    json_set_str(part, STR("body"), text);
    json_set(part, STR("to"), names_json(&action->by));
    return part;
}

static bool is_the_same(const json_t *part, const json_t *other)
{
    static const char *const keys[] = {"type", "action", "subject", "body"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!str_eq(json_str(part, keys[i]), json_str(other, keys[i])))
            return false;
    return true;
}

static bool was_told(const struct engine *engine, const json_t *part)
{
    for (struct part_walk walk = {.dossier = engine->dossier, .type = "inform"}; next_part(&walk);)
        if (is_the_same(walk.part, part))
            return true;
    return false;
}

static bool tell_by_mail(struct engine *engine, const struct action *action, str subject, struct mail_body body)
{
    struct recipients to = {0};
    recipients_of(engine, &action->by, &to);
    struct outgoing_mail mail = {
        .to = &to, .subject = subject, .body = body, .files = json_keep(engine->arena, json_array())};
    if (to.len)
        engine_send_mail(engine, &mail);
    return to.len > 0;
}

static bool tell_by_sms(struct engine *engine, const struct action *action, str subject)
{
    const struct inform *inform = action->self;
    str said = str_trim(engine_text(engine, inform->sms));
    return engine->context->sends_sms && sms_send(engine, numbers_of(engine, &action->by), said.len ? said : subject);
}

static bool tell_by_notice(struct engine *engine, const struct action *action, str subject, str text)
{
    const struct inform *inform = action->self;
    size_t before = engine->change->notices.len;
    struct notice notice = {.title = subject, .body = text, .url = engine_text(engine, inform->url)};
    notify_names(engine, &action->by, &notice);
    return engine->change->notices.len > before;
}

/* Who can't be reached by a way that they want is told by the others. */
static unsigned tell(struct engine *engine, const struct action *action, unsigned by, str subject,
                     struct mail_body body)
{
    unsigned told = 0;
    if (by & WAY_MAIL && tell_by_mail(engine, action, subject, body))
        told |= WAY_MAIL;
    if (by & WAY_SMS && tell_by_sms(engine, action, subject))
        told |= WAY_SMS;
    if (by & WAY_PORTAL && tell_by_notice(engine, action, subject, mail_plain(engine->arena, body)))
        told |= WAY_PORTAL;
    return told;
}

static void note(struct engine *engine, unsigned told, json_t *part)
{
    struct buf by = buf_new(engine->arena, 256);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (told & ways[i].way)
            buf_fmt(&by, "%s%s", by.len ? ", " : "", ways[i].shown);
    json_set_str(part, STR("by"), by.len ? buf_str(&by) : STR("aucun moyen connu"));
    engine_add_part(engine, part);
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct inform *inform = action->self;
    const unsigned all = WAY_MAIL | WAY_SMS | WAY_PORTAL;
    str subject = str_trim(engine_text(engine, inform->subject));
    struct mail_body body = engine_mail_body(engine, inform->body);
    if (str_is_empty(subject) || str_is_empty(str_trim(body.text)))
        return;
    struct mail_body unsent = body;
    unsent.text = buttons_in(engine->arena, body.text, body.buttons, BUTTON_WITHOUT_ADDRESS);
    json_t *part = part_of(engine, action, subject, mail_plain(engine->arena, unsent));
    if (!inform->is_repeated && was_told(engine, part)) {
        json_decref(part);
        return;
    }
    unsigned by = wanted(engine, inform), told = tell(engine, action, by, subject, body);
    if (!told)
        told = tell(engine, action, all & ~by, subject, body);
    note(engine, told, part);
}

const struct action_type action_inform = {.name = "inform", .compile = compile, .perform = perform};

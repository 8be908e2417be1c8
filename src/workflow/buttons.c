/* Buttons in mails (w.c.s. {% action_button %}): whoever has the mail may press it, once, until it expires. The dossier
 * remembers them in marks.buttons, each
 *   {key, action, label, message, done_message, until: instant, used: instant or absent}
 * where key is a hash of the secret in the button's address: who reads the store can press none. */
#include "workflow/model.h"

enum { BUTTONS_MOST = 100 }; /* the oldest are forgotten */

/* ---- In the text of a mail ---- */

/* Two signs that no keyboard has, the number of the button between them: an answer that holds them shows a button that
 * is in the mail already, and never an address of its own. */
#define OPENS "\xee\x80\x80"
#define CLOSES "\xee\x80\x81"

str workflow_button_marker(struct arena *arena, size_t index)
{
    return str_fmt(arena, OPENS "%zu" CLOSES, index);
}

static void add_button(struct buf *out, const struct mail_button *button, enum button_form form)
{
    if (form == BUTTON_AS_HTML) {
        buf_add(out, STR("<a style=\"display:inline-block;padding:12px 20px;background:#1b1b1b;color:#fff;"
                         "text-decoration:none;border-radius:4px\" href=\""));
        buf_add_html(out, button->url);
        buf_add(out, STR("\">"));
        buf_add_html(out, button->label);
        buf_add(out, STR("</a>"));
        return;
    }
    buf_fmt(out, "[%.*s]", STR_ARG(button->label));
    if (form == BUTTON_AS_TEXT)
        buf_fmt(out, " %.*s", STR_ARG(button->url));
}

str buttons_in(struct arena *arena, str text, const struct mail_buttons *buttons, enum button_form form)
{
    if (!buttons || !buttons->len || !str_contains(text, STR(OPENS)))
        return text;
    struct buf out = buf_new(arena, MAIL_MOST);
    for (size_t at; (at = str_find(text, STR(OPENS), 0)) != SIZE_MAX;) {
        size_t end = str_find(text, STR(CLOSES), at);
        int64_t index;
        buf_add(&out, str_slice(text, 0, at));
        bool is_one = end != SIZE_MAX && str_to_int64(str_slice(text, at + STR(OPENS).len, end), &index) &&
                      index >= 0 && (size_t)index < buttons->len;
        if (is_one)
            add_button(&out, &buttons->at[index], form);
        text = str_slice(text, is_one ? end + STR(CLOSES).len : at + STR(OPENS).len, SIZE_MAX);
    }
    buf_add(&out, text);
    return buf_str(&out);
}

/* ---- What the dossier remembers ---- */

void buttons_keep(struct engine *engine, const struct mail_buttons *buttons)
{
    json_t *marks = engine->dossier->marks, *kept = json_get(marks, STR("buttons"));
    if (!buttons || !buttons->len)
        return;
    if (!kept) {
        kept = json_array();
        json_set(marks, STR("buttons"), kept);
    }
    for (size_t i = 0; i < buttons->len; i++) {
        const struct mail_button *button = &buttons->at[i];
        json_t *one = json_pack("{s:I}", "until", (json_int_t)button->until);
        json_set_str(one, STR("key"), button->key);
        json_set_str(one, STR("action"), button->action);
        json_set_str(one, STR("label"), button->label);
        json_set_str(one, STR("message"), button->message);
        json_set_str(one, STR("done_message"), button->done_message);
        json_array_append_new(kept, one);
    }
    while (json_array_size(kept) > BUTTONS_MOST)
        json_array_remove(kept, 0);
}

static json_t *find(const struct dossier *dossier, str key)
{
    const json_t *kept = json_get(dossier->marks, STR("buttons"));
    for (size_t i = 0; i < json_array_size(kept); i++)
        if (key.len && str_eq(json_str(json_array_get(kept, i), "key"), key))
            return json_array_get(kept, i);
    return NULL;
}

/* ---- What it does ---- */

/* A choice of the status that has this identifier, or a global action that is started under it. */
static const struct action *find_choice(struct engine *engine, str identifier)
{
    const struct status *status = engine_status(engine);
    for (size_t i = 0; status && i < status->actions.len; i++) {
        const struct action *action = &status->actions.at[i];
        if (str_eq(action->type_name, STR("choice")) && str_eq(json_str(action->json, "identifier"), identifier) &&
            action_applies(engine, action))
            return action;
    }
    return NULL;
}

static const struct global_action *find_global(struct engine *engine, str identifier)
{
    for (size_t i = 0; i < engine->workflow->globals.len; i++) {
        const struct triggers *triggers = &engine->workflow->globals.at[i].triggers;
        for (size_t k = 0; k < triggers->len; k++)
            if (str_eq(triggers->at[k].identifier, identifier))
                return &engine->workflow->globals.at[i];
    }
    return NULL;
}

static enum button_state state_of(struct engine *engine, const json_t *button)
{
    str action = json_str(button, "action");
    if (!button || engine->dossier->is_anonymised || engine->dossier->is_removed)
        return BUTTON_UNKNOWN;
    if (json_int(button, "used"))
        return BUTTON_USED;
    if (json_int(button, "until") <= engine->now)
        return BUTTON_EXPIRED;
    bool is_there = action.len && (find_choice(engine, action) || find_global(engine, action));
    return is_there && !calls_are_awaited(engine->dossier) ? BUTTON_READY : BUTTON_GONE;
}

enum button_state workflow_button(const struct workflow_context *context, const struct dossier *dossier, str key,
                                  struct mail_button *out)
{
    struct engine engine;
    const json_t *button = find(dossier, key);
    *out = (struct mail_button){.key = key,
                                .label = json_str(button, "label"),
                                .message = json_str(button, "message"),
                                .done_message = json_str(button, "done_message")};
    engine_start(&engine, context, dossier);
    return state_of(&engine, button);
}

bool button_press(struct engine *engine, struct err *err)
{
    json_t *button = find(engine->dossier, engine->event->action);
    if (state_of(engine, button) != BUTTON_READY)
        return err_set(err, ERR_CONFLICT, "Ce bouton ne peut pas ou plus être utilisé.");
    str action = json_str(button, "action");
    json_set(button, STR("used"), json_integer(engine->now));
    json_t *part = JSON_PART("button");
    json_set_str(part, STR("name"), json_str(button, "label"));
    engine_open_entry(engine, AUTHOR_PROGRAM, NULL);
    engine_add_part(engine, part);
    const struct action *choice = find_choice(engine, action);
    if (choice) {
        engine_jump(engine, choice);
        engine_follow(engine);
    } else {
        global_start(engine, find_global(engine, action));
    }
    return true;
}

/* notification: a notice on the portal, kept with the account. */
#include "workflow/actions/actions.h"

struct notification {
    const struct template *title, *body, *url, *origin, *users;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct notification *notification = arena_new_of(compiler->arena, struct notification);
    action->self = notification;
    notification->title = compiler_text(compiler, json, "title", TEMPLATE_TEXT);
    notification->body = compiler_text(compiler, json, "body", mail_body_kind(json_str(json, "body")));
    notification->url = compiler_text(compiler, json, "target_url", TEMPLATE_TEXT);
    notification->origin = compiler_text(compiler, json, "origin", TEMPLATE_TEXT);
    notification->users = compiler_text(compiler, json, "users_template", TEMPLATE_TEXT);
    action->by = compiler_names(compiler, json, "to");
}

static void add_notice(struct engine *engine, int64_t account, const struct notice *notice)
{
    const struct notices *notices = &engine->change->notices;
    struct notice own = *notice;
    own.account = account;
    for (size_t i = 0; i < notices->len; i++)
        if (notices->at[i].account == account && str_eq(notices->at[i].title, own.title) &&
            str_eq(notices->at[i].body, own.body))
            return;
    *vec_push(engine->arena, &engine->change->notices) = own;
}

static void notify_roles(struct engine *engine, str name, const struct notice *notice)
{
    const struct workflow_context *context = engine->context;
    struct str_list roles = {0};
    roles_of_name(engine, name, &roles);
    for (size_t i = 0; i < roles.len && context->role_accounts; i++) {
        int64_t *accounts = NULL;
        size_t count = 0;
        context->role_accounts(context->data, roles.at[i], &accounts, &count);
        for (size_t k = 0; k < count; k++)
            add_notice(engine, accounts[k], notice);
    }
}

void notify_names(struct engine *engine, const struct names *names, const struct notice *notice)
{
    for (size_t i = 0; i < names->len; i++) {
        if (!str_eq(names->at[i], STR("_submitter")))
            notify_roles(engine, names->at[i], notice);
        else if (engine->dossier->account)
            add_notice(engine, engine->dossier->account, notice);
    }
}

static void notify_person(struct engine *engine, struct value person, const struct notice *notice)
{
    const struct workflow_context *context = engine->context;
    int64_t account = context->account_of ? context->account_of(context->data, person) : 0;
    if (account)
        add_notice(engine, account, notice);
}

/* w.c.s.: a text of addresses with commas between them, or a list: of texts, or of persons. */
static void notify_users(struct engine *engine, const struct template *users, const struct notice *notice)
{
    struct value value = users ? template_value(users, &engine->render) : VALUE_OF_NONE;
    if (value.kind == VALUE_TEXT) {
        for (str one, rest = value.text; str_next(&rest, ',', &one);)
            notify_person(engine, value_text(one), notice);
        return;
    }
    const struct value_list *list;
    for (size_t i = 0; value_items(engine->arena, value, &list) && i < list->len; i++)
        notify_person(engine, list->at[i], notice);
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct notification *notification = action->self;
    struct notice notice = {.title = engine_text(engine, notification->title),
                            .body = mail_plain(engine->arena, engine_mail_body(engine, notification->body)),
                            .url = engine_text(engine, notification->url),
                            .origin = engine_text(engine, notification->origin)};
    if (str_is_empty(notice.title))
        return;
    notify_names(engine, &action->by, &notice);
    notify_users(engine, notification->users, &notice);
}

const struct action_type action_notification = {.name = "notification", .compile = compile, .perform = perform};

/* Whose the dossier is that an action makes or changes. */
#include "workflow/actions/association.h"

struct association_rule association_compile(struct compiler *compiler, const json_t *json)
{
    str mode = json_str(json, "user_association_mode");
    struct association_rule rule = {ASSOCIATE_NOBODY, NULL};
    if (str_eq(mode, STR("keep-user")) || json_bool(json, "keep_user")) /* the latter: old exports */
        rule.mode = ASSOCIATE_SUBMITTER;
    if (str_eq(mode, STR("custom"))) {
        rule.mode = ASSOCIATE_CALLED;
        rule.called = compiler_text(compiler, json, "user_association_template", TEMPLATE_TEXT);
    }
    return rule;
}

static int64_t account_called(struct engine *engine, const struct template *called)
{
    const struct workflow_context *context = engine->context;
    struct value who = called ? template_value(called, &engine->render) : VALUE_OF_NONE;
    int64_t account = context->account_of ? context->account_of(context->data, who) : 0;
    str text = value_to_text(engine->arena, value_plain(engine->arena, who), STR("fr"));
    if (!account && str_trim(text).len)
        engine_add_error(engine, str_fmt(engine->arena, "Aucun compte n’est « %.*s » : personne n’est associé.",
                                         STR_ARG(utf8_slice(text, 0, 80))));
    return account;
}

struct association association_of(struct engine *engine, const struct association_rule *rule)
{
    struct association association = {.from = engine->dossier, .keeps_submitter = rule->mode == ASSOCIATE_SUBMITTER};
    if (rule->mode == ASSOCIATE_CALLED)
        association.account = account_called(engine, rule->called);
    return association;
}

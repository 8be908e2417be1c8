/* create_formdata, create_carddata: another request, or a card, filled from this one. It runs its own circuit from the
 * start, within the same change, and both histories name the other. Semantics of w.c.s. */
#include "workflow/actions/actions.h"
#include "workflow/actions/mappings.h"

enum owner { OWNER_NOBODY, OWNER_SUBMITTER, OWNER_CALLED };

struct create {
    bool is_card;
    str slug, varname;
    const struct mappings *mappings;
    enum owner owner;
    const struct template *called; /* OWNER_CALLED */
    bool is_draft;                 /* does not run yet */
    bool is_entered, keeps_context, is_shown;
};

static enum owner owner_of(const json_t *json)
{
    str mode = json_str(json, "user_association_mode");
    if (str_eq(mode, STR("keep-user")) || json_bool(json, "keep_user")) /* the latter: old exports */
        return OWNER_SUBMITTER;
    return str_eq(mode, STR("custom")) ? OWNER_CALLED : OWNER_NOBODY;
}

static void compile_of(struct compiler *compiler, const json_t *json, struct action *action, bool is_card)
{
    struct create *create = arena_new_of(compiler->arena, struct create);
    action->self = create;
    *create = (struct create){.is_card = is_card,
                              .slug = json_str(json, "formdef_slug"),
                              .varname = json_str(json, "varname"),
                              .mappings = mappings_compile(compiler, json),
                              .owner = owner_of(json),
                              .is_draft = json_bool(json, "draft"),
                              .is_entered = json_bool(json, "backoffice_submission"),
                              .keeps_context = json_bool(json, "keep_submission_context"),
                              .is_shown = json_bool(json, "attach_to_history")};
    if (create->owner == OWNER_CALLED)
        create->called = compiler_text(compiler, json, "user_association_template", TEMPLATE_TEXT);
    if (str_is_empty(create->slug) || !create->mappings)
        compiler_report(compiler, true, "Cette action ne dit pas ce qui est créé, ou de quoi c’est rempli.");
}

static void compile_form(struct compiler *compiler, const json_t *json, struct action *action)
{
    compile_of(compiler, json, action, false);
}

static void compile_card(struct compiler *compiler, const json_t *json, struct action *action)
{
    compile_of(compiler, json, action, true);
}

static int64_t account_called(struct engine *engine, const struct create *create)
{
    const struct workflow_context *context = engine->context;
    struct value who = create->called ? template_value(create->called, &engine->render) : VALUE_OF_NONE;
    int64_t account = context->account_of ? context->account_of(context->data, who) : 0;
    str text = value_to_text(engine->arena, value_plain(engine->arena, who), STR("fr"));
    if (!account && str_trim(text).len)
        engine_add_error(engine, str_fmt(engine->arena, "Aucun compte n’est « %.*s » : personne n’est associé.",
                                         STR_ARG(utf8_slice(text, 0, 80))));
    return account;
}

static void describe(struct engine *engine, const struct action *action, struct creation *creation)
{
    const struct create *create = action->self;
    const struct dossier *from = engine->dossier;
    creation->from = from;
    creation->action = str_fmt(engine->arena, "%.*s/%.*s/%.*s", STR_ARG(engine->workflow->slug), STR_ARG(engine->place),
                               STR_ARG(action->id));
    creation->keeps_submitter = create->owner == OWNER_SUBMITTER;
    if (create->owner == OWNER_CALLED)
        creation->account = account_called(engine, create);
    if (create->keeps_context) {
        creation->channel = from->channel;
        creation->agent = from->agent;
    }
    if (create->is_entered && engine->actor && engine->actor->is_agent)
        creation->agent = engine->actor->account;
}

static str name_of(struct arena *arena, const struct dossier *dossier)
{
    if (dossier->identifier.len)
        return dossier->identifier;
    return str_fmt(arena, "n° %lld-%lld", (long long)dossier->form_number, (long long)dossier->sequence);
}

static void note(struct engine *engine, const struct create *create, const struct action_target *target,
                 const struct dossier *made)
{
    str name = name_of(engine->arena, made);
    json_t *part = link_part(made, create->varname);
    json_set(part, STR("is_shown"), json_boolean(create->is_shown));
    json_set_str(part, STR("text"),
                 str_fmt(engine->arena, "%s « %.*s » : %.*s", create->is_card ? "Fiche créée," : "Demande créée,",
                         STR_ARG(target->form->name), STR_ARG(name)));
    engine_add_part(engine, part);
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct create *create = action->self;
    const struct workflow_context *context = engine->context;
    struct creation creation = {0};
    struct change *made = NULL;
    struct err err = {0};
    if (create->is_draft) {
        engine_note_inert(engine, action);
        return;
    }
    if (str_is_empty(create->slug) || !create->mappings || !context->target_called || !context->create)
        return;
    if (!context->target_called(context->data, create->is_card, create->slug, &creation.target)) {
        engine_add_error(engine,
                         str_fmt(engine->arena, "« %.*s » n’existe pas : rien n’est créé.", STR_ARG(create->slug)));
        return;
    }
    creation.answers = json_keep(engine->arena, json_object());
    mappings_apply(engine, create->mappings, &creation.target, creation.answers);
    describe(engine, action, &creation);
    if (!context->create(context->data, &creation, &made, &err)) {
        engine_add_error(engine, str_fmt(engine->arena, "Rien n’est créé : %s", err.message));
        return;
    }
    *vec_push(engine->arena, &engine->change->others) = (struct other_change){made, true};
    note(engine, create, &creation.target, made->after);
}

const struct action_type action_create_formdata = {
    .name = "create_formdata", .compile = compile_form, .perform = perform};
const struct action_type action_create_carddata = {
    .name = "create_carddata", .compile = compile_card, .perform = perform};

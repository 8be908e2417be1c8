/* create_formdata, create_carddata: another request, or a card, filled from this one. It runs its own circuit from the
 * start, within the same change, and both histories name the other; or it is a draft, which whose it is goes on with.
 * Semantics of w.c.s. */
#include "workflow/actions/actions.h"
#include "workflow/actions/association.h"
#include "workflow/actions/mappings.h"

struct create {
    bool is_card;
    str slug, varname;
    const struct mappings *mappings;
    struct association_rule association;
    bool is_draft;
    enum page_extent extent; /* of the draft */
    str extent_page;
    bool is_entered, keeps_context, is_shown;
};

static void compile_of(struct compiler *compiler, const json_t *json, struct action *action, bool is_card)
{
    struct create *create = arena_new_of(compiler->arena, struct create);
    action->self = create;
    *create = (struct create){.is_card = is_card,
                              .slug = json_str(json, "formdef_slug"),
                              .varname = json_str(json, "varname"),
                              .mappings = mappings_compile(compiler, json),
                              .association = association_compile(compiler, json),
                              .is_draft = !is_card && json_bool(json, "draft"),
                              .extent = page_extent_of(json_str(json, "draft_edit_operation_mode")),
                              .extent_page = json_str(json, "page_identifier"),
                              .is_entered = json_bool(json, "backoffice_submission"),
                              .keeps_context = json_bool(json, "keep_submission_context"),
                              .is_shown = json_bool(json, "attach_to_history")};
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

static void describe(struct engine *engine, const struct action *action, struct creation *creation)
{
    const struct create *create = action->self;
    const struct dossier *from = engine->dossier;
    creation->action = str_fmt(engine->arena, "%.*s/%.*s/%.*s", STR_ARG(engine->workflow->slug), STR_ARG(engine->place),
                               STR_ARG(action->id));
    creation->association = association_of(engine, &create->association);
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

/* It has the id of what it becomes. */
static void begin(struct engine *engine, const struct create *create, const struct creation *creation)
{
    struct draft *draft = vec_push(engine->arena, &engine->change->drafts);
    engine->context->begin(engine->context->data, creation, draft);
    const struct dossier begun = {.id = draft->id, .form = creation->target.form->key};
    json_t *part = link_part(&begun, create->varname);
    json_set(part, STR("is_draft"), json_true());
    json_set(part, STR("is_shown"), json_boolean(create->is_shown));
    json_set_str(part, STR("text"),
                 str_fmt(engine->arena, "Brouillon préparé, « %.*s »", STR_ARG(creation->target.form->name)));
    engine_add_part(engine, part);
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct create *create = action->self;
    const struct workflow_context *context = engine->context;
    struct creation creation = {0};
    struct change *made = NULL;
    struct err err = {0};
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
    if (create->is_draft) {
        creation.extent = create->extent;
        creation.extent_page = create->extent_page;
        begin(engine, create, &creation);
        return;
    }
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

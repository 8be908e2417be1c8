/* edit_carddata, assign_carddata: cards of a model change, those that are linked to this dossier or those that a
 * template names: their answers, or whose they are. Their circuits do not run. Semantics of w.c.s. */
#include "workflow/actions/actions.h"
#include "workflow/actions/association.h"
#include "workflow/actions/mappings.h"

struct change_cards {
    str slug;
    bool is_manual;
    const struct template *named;    /* is_manual: which */
    const struct mappings *mappings; /* NULL: none, of assign_carddata */
    bool assigns;
    struct association_rule association;
};

static struct change_cards *compile_of(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct change_cards *self = arena_new_of(compiler->arena, struct change_cards);
    action->self = self;
    self->slug = json_str(json, "formdef_slug");
    self->is_manual = str_eq(json_str(json, "target_mode"), STR("manual"));
    if (self->is_manual)
        self->named = compiler_text(compiler, json, "target_id", TEMPLATE_TEXT);
    if (str_is_empty(self->slug) || (self->is_manual && !self->named))
        compiler_report(compiler, true, "Cette action ne dit pas quelles fiches sont changées.");
    return self;
}

static void compile_edit(struct compiler *compiler, const json_t *json, struct action *action)
{
    compile_of(compiler, json, action)->mappings = mappings_compile(compiler, json);
}

static void compile_assign(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct change_cards *self = compile_of(compiler, json, action);
    self->assigns = true;
    self->association = association_compile(compiler, json);
}

/* A card that its own circuit changes: it is the working copy. */
static void edit_own(struct engine *engine, const struct change_cards *self, const struct action_target *target)
{
    const json_t *before = json_keep(engine->arena, json_deep_copy(engine->dossier->answers));
    mappings_apply(engine, self->mappings, target, engine->dossier->answers);
    if (!json_equal(before, engine->dossier->answers))
        engine_add_part(engine, edit_part(engine, &target->form->fields, before, engine->dossier->answers));
}

static void change_card(struct engine *engine, const struct change_cards *self, const struct action_target *target,
                        const struct dossier *card)
{
    const struct workflow_context *context = engine->context;
    struct rewriting rewriting = {.assigns = self->assigns};
    struct change *change = NULL;
    struct err err = {0};
    if (card->is_anonymised)
        return;
    if (self->mappings) {
        rewriting.answers = json_keep(engine->arena, json_deep_copy(card->answers));
        mappings_apply(engine, self->mappings, target, rewriting.answers);
        if (json_equal(rewriting.answers, (json_t *)(uintptr_t)card->answers))
            return;
    }
    if (self->assigns)
        rewriting.association = association_of(engine, &self->association);
    if (context->rewrite(context->data, card, &rewriting, &change, &err))
        *vec_push(engine->arena, &engine->change->others) = (struct other_change){change, false};
    else
        engine_add_error(engine, str_fmt(engine->arena, "La fiche « %.*s » n’est pas changée : %s",
                                         STR_ARG(card->identifier), err.message));
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct change_cards *self = action->self;
    const struct workflow_context *context = engine->context;
    struct action_target target;
    struct targets cards = {0};
    if (str_is_empty(self->slug) || (!self->mappings && !self->assigns) || !context->rewrite)
        return;
    if (!context->target_called(context->data, true, self->slug, &target)) {
        engine_add_error(engine,
                         str_fmt(engine->arena, "« %.*s » n’existe pas : rien n’est changé.", STR_ARG(self->slug)));
        return;
    }
    struct value named = VALUE_OF_UNDEFINED;
    if (self->is_manual)
        named = self->named ? template_value(self->named, &engine->render) : VALUE_OF_NONE;
    context->targets(context->data, &target, self->is_manual ? &named : NULL, &cards);
    for (size_t i = 0; i < cards.len; i++) {
        if (cards.at[i]->id != engine->dossier->id)
            change_card(engine, self, &target, cards.at[i]);
        else if (self->mappings)
            edit_own(engine, self, &target);
    }
}

const struct action_type action_edit_carddata = {.name = "edit_carddata", .compile = compile_edit, .perform = perform};
const struct action_type action_assign_carddata = {
    .name = "assign_carddata", .compile = compile_assign, .perform = perform};

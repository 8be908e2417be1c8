/* modify_criticality: the dossier becomes more or less urgent, by one level or to a given one. Semantics of w.c.s.: it
 * stays within the levels of the workflow. */
#include "workflow/actions/actions.h"

enum mode { MODE_RAISE = 1, MODE_LOWER = 2, MODE_SET = 3 }; /* as w.c.s. numbers them */

struct modify_criticality {
    enum mode mode;
    int64_t level; /* MODE_SET */
};

/* Publik writes numbers as texts. */
static int64_t number_of(const json_t *json, const char *key)
{
    int64_t number;
    return str_to_int64(str_trim(json_str(json, key)), &number) ? number : json_int(json, key);
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct modify_criticality *self = arena_new_of(compiler->arena, struct modify_criticality);
    int64_t mode = number_of(json, "mode");
    action->self = self;
    *self = (struct modify_criticality){
        .mode = mode == MODE_LOWER || mode == MODE_SET ? (enum mode)mode : MODE_RAISE,
        .level = number_of(json, "absolute_value"),
    };
    if (!compiler->workflow->levels.len)
        compiler_report(compiler, true, "Le circuit n’a pas de niveaux de criticité : cette action est sans effet.");
}

static int64_t level_after(const struct modify_criticality *self, int64_t level, int64_t highest)
{
    if (level > highest) /* the workflow has fewer by now */
        level = highest;
    if (self->mode == MODE_SET)
        level = self->level;
    else
        level += self->mode == MODE_RAISE ? 1 : -1;
    if (level > highest)
        level = highest;
    return level < 0 ? 0 : level;
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct workflow_levels *levels = &engine->workflow->levels;
    struct dossier *dossier = engine->dossier;
    if (!levels->len)
        return;
    int64_t level = level_after(action->self, dossier->level, (int64_t)levels->len - 1);
    if (level == dossier->level)
        return;
    dossier->level = level;
    json_t *part = JSON_PART("level");
    json_set_str(part, STR("text"),
                 str_fmt(engine->arena, "Niveau de criticité : %.*s", STR_ARG(levels->at[level].name)));
    engine_add_part(engine, part);
}

const struct action_type action_modify_criticality = {
    .name = "modify_criticality", .compile = compile, .perform = perform};

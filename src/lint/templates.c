/* What texts can't do: what the language itself sees wrong in them, with what their names may be. */
#include "lint/internal.h"

static str rule_of(enum template_rule rule)
{
    static const str rules[] = {[TEMPLATE_ARGUMENT] = STR_INIT("argument"),
                                [TEMPLATE_COMPARISON] = STR_INIT("comparison"),
                                [TEMPLATE_UNUSED] = STR_INIT("unused")};
    return rules[rule];
}

static void check_text(struct linting *linting, const struct lint_text *text,
                       const struct template_knowledge *knowledge)
{
    struct template_findings findings = {0};
    struct arena *arena = arena_new();
    template_check(text->template, arena, knowledge, &findings);
    for (size_t i = 0; i < findings.len; i++) {
        const struct template_finding *found = &findings.at[i];
        struct lint_finding *finding = linting_add(linting, false, text->where, "%.*s", STR_ARG(found->message));
        finding->rule = rule_of(found->rule);
        finding->line = found->line;
        finding->column = found->column;
    }
    arena_free(arena);
}

void linting_templates(struct linting *linting, const struct name_world *names)
{
    struct knowing knowing = {linting, names, any_form_reads(linting, names)};
    struct template_knowledge knowledge = {values_of, &knowing};
    for (size_t i = 0; i < linting->texts.len; i++)
        if (!template_is_constant(linting->texts.at[i].template))
            check_text(linting, &linting->texts.at[i], &knowledge);
}

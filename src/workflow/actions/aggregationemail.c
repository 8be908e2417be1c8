/* aggregationemail: the dossier stands in the daily mail of the roles that are named, each once a day. Semantics of
 * w.c.s. */
#include "workflow/actions/actions.h"

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    action->by = compiler_names(compiler, json, "to");
    if (!action->by.len)
        compiler_report(compiler, false, "Ce récapitulatif n’a pas de destinataire : il n’est pas envoyé.");
}

static void perform(struct engine *engine, const struct action *action)
{
    for (size_t i = 0; i < action->by.len; i++) {
        struct str_list roles = {0};
        roles_of_name(engine, action->by.at[i], &roles);
        for (size_t k = 0; k < roles.len; k++)
            *vec_push(engine->arena, &engine->change->summaries) = roles.at[k];
    }
}

const struct action_type action_aggregationemail = {.name = "aggregationemail", .compile = compile, .perform = perform};

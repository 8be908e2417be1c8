/* anonymise: takes away what tells who it was; statistics stay. */
#include "workflow/actions/actions.h"

/* The mark tells it from one that nobody left an address for: its code opens it no more. */
static void forget_submitter(struct dossier *dossier)
{
    json_set(dossier->marks, STR("unlinked"), json_true());
    dossier->account = 0;
    dossier->email = STR_EMPTY;
    dossier->submitter_name = STR_EMPTY;
}

static void perform(struct engine *engine, const struct action *action)
{
    str mode = json_str(action->json, "mode");
    struct dossier *dossier = engine->dossier;
    if (str_eq(mode, STR("unlink_user"))) {
        forget_submitter(dossier);
        return;
    }
    bool is_final = !str_eq(mode, STR("intermediate"));
    if (engine->context->anonymise)
        engine->context->anonymise(engine->context->data, dossier, is_final ? STR("final") : mode);
    if (!is_final)
        return;
    forget_submitter(dossier);
    json_object_clear(dossier->data);
    json_object_del(dossier->marks, "position");
    calls_forget(engine); /* they carry what the dossier said */
    dossier->is_anonymised = true;
    engine->change->is_anonymised = true;
}

const struct action_type action_anonymise = {.name = "anonymise", .perform = perform};

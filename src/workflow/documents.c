/* The document that a dossier waits for: made outside of the engine's events, by who runs its job. */
#include "workflow/actions/actions.h"

bool workflow_make_document(const struct workflow_context *context, const struct dossier *dossier, str token,
                            const struct document_tools *tools, struct document *out, struct err *err)
{
    struct engine engine;
    struct change nothing = {0};
    static const struct actor nobody = {0};
    engine_start(&engine, context, dossier);
    engine.actor = &nobody;
    engine.change = &nothing;
    const struct action *action = calls_action(&engine, token);
    if (!action || action->type != &action_export_to_model)
        return err_set(err, ERR_NOT_FOUND, "L’action qui attendait ce document n’existe plus.");
    bool ok = export_to_model_make(&engine, action, tools, out, err);
    engine_log_faults(&engine);
    return ok;
}

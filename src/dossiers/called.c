/* A call of another server that came back: what follows is written in the transaction that ends its job. */
#include "dossiers/tables.h"

enum { RUNS_MOST = 10 };

static bool finish(struct tx *tx, void *job, struct err *err)
{
    return job_finish(tx, job, err);
}

static bool write_back(const struct dossier_place *place, const struct dossier *dossier, struct change *change,
                       const struct job *job, struct err *err)
{
    struct dossier_write write = dossier_write_make(place, dossier_form(place, dossier), change, false);
    if (change->call_end == CALL_ENDED) {
        write.also = finish;
        write.also_arg = (void *)(uintptr_t)job;
    }
    if (!store_write(place->store, dossier_apply, &write, err))
        return false;
    if (change->call_end == CALL_ENDED)
        job_is_over(job);
    return true;
}

/* One try: ERR_CONFLICT where somebody changed the dossier meanwhile, or the job is no longer ours. */
static bool take(const struct dossier_place *place, const struct job *job, const struct event *event,
                 enum call_end *end, struct err *err)
{
    const json_t *payload = json_parse(place->arena, job->payload, err);
    struct dossier *dossier;
    struct change change = {0};
    *end = CALL_UNKNOWN;
    if (!payload || !dossier_load(place, json_int(payload, "dossier"), &dossier, err) ||
        !dossier_perform_prepare(place, dossier, event, &change, err))
        return false;
    *end = change.call_end;
    bool is_written = change.call_end == CALL_ENDED || change.call_end == CALL_FAILED;
    return !is_written || write_back(place, dossier, &change, job, err);
}

bool dossier_document(const struct dossier_place *place, int64_t id, str token, const struct document_tools *tools,
                      struct document *out, bool *found, struct err *err)
{
    struct dossier *dossier;
    struct workflow_context context;
    struct err wrong = {0};
    *found = dossier_load(place, id, &dossier, &wrong) && context_of(place, dossier, &context) &&
             workflow_make_document(&context, dossier, token, tools, out, &wrong);
    if (*found || wrong.code == ERR_NOT_FOUND || wrong.code == ERR_NONE)
        return true;
    *err = wrong;
    return false;
}

bool dossier_called(const struct dossier_place *place, const struct job *job, str token,
                    const struct call_outcome *outcome, struct err *err)
{
    struct event event = {.kind = EVENT_CALLED, .action = token, .outcome = outcome};
    enum call_end end = CALL_UNKNOWN;
    struct err found = {0};
    bool ok = false;
    for (int i = 0; i < RUNS_MOST && !ok; i++) {
        found = (struct err){0};
        ok = take(place, job, &event, &end, &found);
        if (!ok && found.code != ERR_CONFLICT)
            break;
    }
    if (!ok && found.code == ERR_NOT_FOUND) /* nobody is left to be told */
        return true;
    if (!ok) {
        *err = found;
        return false;
    }
    if (end == CALL_ENDED || end == CALL_UNKNOWN)
        return true;
    return err_set(err, ERR_UNAVAILABLE, "%.*s",
                   STR_ARG(outcome->status ? str_fmt(place->arena, "réponse %d", outcome->status) : outcome->problem));
}

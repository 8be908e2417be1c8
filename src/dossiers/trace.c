/* What was done to a dossier and why, and what became of the mails, messages and calls that it sent. */
#include "dossiers/tables.h"

struct reading {
    struct arena *arena;
    int64_t dossier;
    struct failed_jobs *out;
};

static bool read_sendings(struct tx *tx, void *arg, struct err *err)
{
    const struct reading *reading = arg;
    long long id = (long long)reading->dossier;
    *reading->out = (struct failed_jobs){0};
    return jobs_about(tx, reading->arena, str_fmt(reading->arena, "mail:%lld:", id), reading->out, err) &&
           jobs_about(tx, reading->arena, str_fmt(reading->arena, "sms:%lld:", id), reading->out, err) &&
           jobs_about(tx, reading->arena, str_fmt(reading->arena, "call:%lld:", id), reading->out, err);
}

bool dossier_read_trace(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                        struct traced_entries *out, struct failed_jobs *sendings, struct err *err)
{
    struct workflow_context context;
    struct reading reading = {place->arena, dossier->id, sendings};
    struct trace_reading tracing = {
        .actor = actor, .data = place->definitions->data, .version = place->definitions->workflow};
    *out = (struct traced_entries){0};
    if (!context_of(place, dossier, &context))
        return err_set(err, ERR_NOT_FOUND, "Le circuit de traitement de cette demande n’existe plus.");
    workflow_read_trace(&context, dossier, &tracing, out);
    return store_read(place->store, read_sendings, &reading, err);
}

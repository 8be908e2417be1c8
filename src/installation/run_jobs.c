/* The jobs of the counter: mail, what dossiers wait for, drafts that expire, files that nobody names. */
#include "installation/installation.h"
#include "installation/run_calls.h"
#include "installation/run_documents.h"
#include "installation/run_geocodes.h"
#include "installation/sweep_blobs.h"

#include <string.h>

/* Of the daily jobs: they are never given up for a store that is away for a week. */
enum { DAILY_ATTEMPTS = 1000 };

typedef bool (*job_in_place)(struct place *place, const void *what, struct err *err);

static bool run_dossier(struct place *place, const void *job, struct err *err)
{
    return dossier_run_job(&place->dossiers, job, err);
}

static bool run_summaries(struct place *place, const void *job, struct err *err)
{
    return summaries_run_job(&place->dossiers, job, err);
}

static bool run_call(struct place *place, const void *job, struct err *err)
{
    return call_run_job(place, job, err);
}

static bool give_call_up(struct place *place, const void *job, struct err *err)
{
    return call_give_up(place, job, err);
}

static bool give_document_up(struct place *place, const void *job, struct err *err)
{
    return document_give_up(place, job, err);
}

static bool run_document(struct place *place, const void *job, struct err *err)
{
    return document_run_job(place, job, err);
}

static bool run_geocode(struct place *place, const void *job, struct err *err)
{
    return geocode_run_job(place, job, err);
}

static bool give_geocode_up(struct place *place, const void *job, struct err *err)
{
    return geocode_give_up(place, job, err);
}

static bool run_sms(struct place *place, const void *job, struct err *err)
{
    return sms_run_job(place, job, err);
}

static bool run_in_place(struct installation *installation, struct estate *estate, struct store *store,
                         struct arena *arena, job_in_place run, const void *what, struct err *err)
{
    for (size_t i = 0; i < estate->sites.len; i++) {
        if (estate->sites.at[i].store != store)
            continue;
        struct place place;
        place_make(&place, installation, estate, &estate->sites.at[i], arena, NULL);
        return run(&place, what, err);
    }
    return err_set(err, ERR_UNAVAILABLE, "The site of this job is not known yet.");
}

static bool run_of_site(struct installation *installation, struct store *store, job_in_place run, const void *what,
                        struct err *err)
{
    struct arena *arena = arena_new();
    struct estate *estate = installation_hold(installation);
    bool ok = run_in_place(installation, estate, store, arena, run, what, err);
    estate_release(installation, estate);
    arena_free(arena);
    if (ok)
        jobs_wake(installation->jobs); /* it may have added some */
    return ok;
}

static bool run_dossier_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, run_dossier, job, err);
}

/* ---- Mail ---- */

static bool tell_lost(struct place *place, const void *what, struct err *err)
{
    const struct mail_lost *lost = what;
    struct buf text = buf_new(lost->arena, 1 << 16);
    buf_add(&text, STR("Courriel parti sans ses pièces jointes, qui ne sont plus gardées ou sont trop lourdes :"));
    for (size_t i = 0; i < lost->names.len; i++)
        buf_fmt(&text, " « %.*s »", STR_ARG(lost->names.at[i]));
    return dossier_tell_of_mail(&place->dossiers, lost->dossier, buf_str(&text), err);
}

/* What the message left without is told after it left: where that fails, the message is not sent again. */
static bool run_mail(void *context, struct store *store, const struct job *job, struct err *err)
{
    struct installation *installation = context;
    struct arena *arena = arena_new();
    struct mail_lost lost = {.arena = arena};
    struct err untold = {0};
    bool ok = mail_run_job(&installation->relay, installation->pages, store, installation->stores, job, &lost, err);
    if (ok && lost.names.len > 0) {
        log_line(LOG_WARNING, "mail.lost_files", "job=%lld files=%zu", (long long)job->id, lost.names.len);
        if (lost.dossier != 0 && !run_of_site(installation, store, tell_lost, &lost, &untold))
            log_err("mail.lost_files", &untold);
    }
    arena_free(arena);
    return ok;
}

static bool run_summaries_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, run_summaries, job, err);
}

static bool run_call_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, run_call, job, err);
}

static bool run_document_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, run_document, job, err);
}

static bool give_call_job_up(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, give_call_up, job, err);
}

static bool give_document_job_up(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, give_document_up, job, err);
}

static bool run_geocode_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, run_geocode, job, err);
}

static bool give_geocode_job_up(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, give_geocode_up, job, err);
}

static bool run_sms_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    return run_of_site(context, store, run_sms, job, err);
}

static bool schedule_daily(struct tx *tx, void *unused, struct err *err)
{
    return drafts_schedule_purge(tx, unused, err) && summaries_schedule(tx, unused, err);
}

void installation_watch_site(struct installation *installation, struct store *store)
{
    struct err err = {0};
    if (!store_write(store, schedule_daily, NULL, &err))
        log_err("jobs.schedule", &err);
    jobs_watch(installation->jobs, store);
}

void installation_run_jobs(struct installation *installation, int threads)
{
    struct arena *arena = installation->arena;
    const struct job_kind own[] = {
        {STR(MAIL_JOB_KIND), run_mail, MAIL_ATTEMPTS, MAIL_LEASE_SECONDS},
        {STR(DRAFTS_PURGE_JOB), drafts_run_purge_job, DAILY_ATTEMPTS, 0},
        {STR(SUMMARIES_JOB_KIND), run_summaries_job, DAILY_ATTEMPTS, 0},
        {STR(CALL_JOB_KIND), run_call_job, CALL_ATTEMPTS, CALL_LEASE_SECONDS, give_call_job_up},
        {STR(DOCUMENT_JOB_KIND), run_document_job, DOCUMENT_ATTEMPTS, DOCUMENT_LEASE_SECONDS, give_document_job_up},
        {STR(GEOCODE_JOB_KIND), run_geocode_job, GEOCODE_ATTEMPTS, GEOCODE_LEASE_SECONDS, give_geocode_job_up},
        {STR(SMS_JOB_KIND), run_sms_job, CALL_ATTEMPTS, CALL_LEASE_SECONDS},
        {STR(BLOBS_SWEEP_JOB), blobs_run_sweep_job, DAILY_ATTEMPTS, BLOBS_SWEEP_LEASE_SECONDS},
    };
    enum { OWN = sizeof own / sizeof *own };
    struct job_kind *kinds = arena_array_of(arena, struct job_kind, dossier_job_kind_count + OWN);
    memcpy(kinds, own, sizeof own);
    for (size_t i = 0; i < dossier_job_kind_count; i++)
        kinds[OWN + i] =
            (struct job_kind){dossier_job_kinds[i], run_dossier_job, DOSSIER_JOB_ATTEMPTS, DOSSIER_JOB_LEASE_SECONDS};
    installation->jobs = jobs_start(installation, kinds, OWN + dossier_job_kind_count, threads);
    struct err err = {0};
    if (!store_write(installation->common, blobs_schedule_sweep, NULL, &err))
        log_err("jobs.schedule", &err);
    jobs_watch(installation->jobs, installation->common);
    struct estate *estate = installation_hold(installation);
    for (size_t i = 0; i < estate->sites.len; i++)
        installation_watch_site(installation, estate->sites.at[i].store);
    estate_release(installation, estate);
}

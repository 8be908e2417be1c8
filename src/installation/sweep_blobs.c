/* The daily sweep of the files that nobody names any more: of drafts that expired, of dossiers that were anonymised or
 * removed. Where a site can't be asked nothing goes. */
#include "installation/sweep_blobs.h"

#include "store/blobs.h"

enum { LEFT_ALONE_HOURS = 1 }; /* the row that will name it may not be written yet */

struct naming {
    struct estate *estate;
    struct map of_drafts;
    struct err err; /* of the store that did not answer: then everything is named */
};

struct drafts_reading {
    struct arena *arena;
    struct map *blobs;
};

static bool read_drafts(struct tx *tx, void *arg, struct err *err)
{
    struct drafts_reading *reading = arg;
    return drafts_blobs(tx, reading->arena, reading->blobs, err);
}

struct asking {
    str blob;
    bool is_used;
};

/* The mails last: a change that takes a file from a dossier may send it. */
static bool ask(struct tx *tx, void *arg, struct err *err)
{
    struct asking *asking = arg;
    return dossier_blob_is_used(tx, asking->blob, &asking->is_used, err) &&
           (asking->is_used || mail_names_file(tx, asking->blob, &asking->is_used, err));
}

static bool is_named(void *arg, str blob)
{
    struct naming *naming = arg;
    bool named = naming->err.code != ERR_NONE || map_get(&naming->of_drafts, blob) != NULL;
    for (size_t i = 0; !named && i < naming->estate->sites.len; i++) {
        struct asking asking = {.blob = blob};
        named = !store_read(naming->estate->sites.at[i].store, ask, &asking, &naming->err) || asking.is_used;
    }
    return named;
}

static bool sweep(struct installation *installation, struct arena *arena, struct estate *estate, struct err *err)
{
    struct naming naming = {.estate = estate, .of_drafts = map_new(arena)};
    instant before = instant_now() - LEFT_ALONE_HOURS * (3600 * INSTANT_SECOND);
    int64_t removed = 0;
    struct drafts_reading reading = {arena, &naming.of_drafts};
    for (size_t i = 0; i < estate->sites.len; i++)
        if (!store_read(estate->sites.at[i].store, read_drafts, &reading, err))
            return false;
    if (!blobs_sweep(installation->stores, before, is_named, &naming, &removed, err))
        return false;
    if (naming.err.code != ERR_NONE && err != NULL)
        *err = naming.err;
    if (removed > 0)
        log_line(LOG_INFO, "blobs.swept", "removed=%lld", (long long)removed);
    return naming.err.code == ERR_NONE;
}

bool blobs_schedule_sweep(struct tx *tx, void *unused, struct err *err)
{
    (void)unused;
    return job_add_sole(tx, STR(BLOBS_SWEEP_JOB), 0, err);
}

static bool come_again(struct tx *tx, void *arg, struct err *err)
{
    return job_finish(tx, arg, err) && job_add_sole(tx, STR(BLOBS_SWEEP_JOB), instant_now() + INSTANT_DAY, err);
}

/* The sites are read anew: one that this process does not know yet may have files. */
bool blobs_run_sweep_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    struct installation *installation = context;
    struct job ended = *job;
    if (!installation_refresh(installation, err))
        return false;
    struct arena *arena = arena_new();
    struct estate *estate = installation_hold(installation);
    bool ok = sweep(installation, arena, estate, err);
    estate_release(installation, estate);
    arena_free(arena);
    return ok && store_write(store, come_again, &ended, err);
}

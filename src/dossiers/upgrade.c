/* Having the open requests of a circuit go over to its version in service. Those that have gone over are no longer
 * found, so that whoever begins anew goes on where another left off. */
#include "dossiers/tables.h"

enum { BATCH = 50, TRIES = 3 };

static const char select_some[] =
    "SELECT id FROM dossier WHERE id > :after AND " UPGRADE_OLD " ORDER BY id LIMIT :limit";

struct batch {
    const struct upgrade *upgrade;
    int64_t ids[BATCH];
    size_t count;
};

static bool read_some(struct tx *tx, void *arg, struct err *err)
{
    struct batch *batch = arg;
    const struct workflow *workflow = batch->upgrade->workflow;
    batch->count = 0;
    struct rows rows =
        tx_query(tx, select_some, P_INT("after", batch->upgrade->after), P_TEXT("workflow", workflow_slug(workflow)),
                 P_INT("version", workflow_version(workflow)), P_INT("limit", (int64_t)BATCH));
    while (rows_next(&rows))
        batch->ids[batch->count++] = rows_int(&rows, 0);
    return rows_end(&rows, err);
}

/* ---- One dossier ---- */

static bool has(const struct str_list *list, str item)
{
    for (size_t i = 0; i < list->len; i++)
        if (str_eq(list->at[i], item))
            return true;
    return false;
}

/* Files of fields that the new circuit has no more: the dossier goes on holding them. */
static const json_t *files_lost(struct arena *arena, const struct form *form, const struct workflow *before,
                                const struct workflow *after, const struct dossier *dossier)
{
    struct str_list named = {0}, still_named = {0};
    json_t *lost = json_keep(arena, json_array());
    rows_blobs(arena, form, before, dossier, &named);
    rows_blobs(arena, form, after, dossier, &still_named);
    for (size_t i = 0; i < named.len; i++)
        if (!has(&still_named, named.at[i]))
            json_array_append_new(lost, json_from_str(named.at[i]));
    return lost;
}

/* Those that stand for others, without what is removed. */
static const json_t *targets_of(struct arena *arena, const json_t *statuses)
{
    json_t *targets = json_keep(arena, json_copy((json_t *)(uintptr_t)statuses));
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(targets, next, key, value) if (str_eq(json_str_of(value), UPGRADE_REMOVE))
        json_object_del(targets, key);
    return targets;
}

static bool go_over(const struct dossier_place *place, const struct upgrade *upgrade, int64_t id, struct err *err)
{
    struct dossier *dossier;
    struct workflow_context context;
    struct change change = {0};
    if (!dossier_load(place, id, &dossier, err))
        return false;
    const struct form *form = dossier_form(place, dossier);
    const struct workflow *before = dossier_workflow(place, dossier);
    context_make(place, form, upgrade->workflow, &context);
    struct event event = {.kind = EVENT_UPGRADE,
                          .actor = upgrade->actor,
                          .before = before,
                          .statuses = targets_of(place->arena, upgrade->statuses),
                          .removes = str_eq(json_str_of(json_get(upgrade->statuses, dossier->status)), UPGRADE_REMOVE),
                          .files = files_lost(place->arena, form, before, upgrade->workflow, dossier)};
    if (!workflow_perform(&context, dossier, &event, &change, err))
        return false;
    struct dossier_write write = dossier_write_make(place, form, &change, false);
    write.also = upgrade->run ? upgrade_count : NULL;
    write.also_arg = (void *)(uintptr_t)upgrade;
    return store_write(place->store, dossier_apply, &write, err);
}

/* False: the store is away. One that was removed meanwhile has nowhere to go over to. */
static bool treat(const struct dossier_place *place, struct upgrade *upgrade, int64_t id, struct err *err)
{
    struct dossier_place own = *place;
    struct err why = {0};
    bool is_done = false;
    own.arena = arena_new();
    for (int i = 0; i < TRIES && !is_done && (i == 0 || why.code == ERR_CONFLICT); i++)
        is_done = go_over(&own, upgrade, id, &why);
    arena_free(own.arena);
    if (!is_done && why.code == ERR_UNAVAILABLE) {
        *err = why;
        return false;
    }
    upgrade->done += is_done;
    upgrade->left += !is_done && why.code != ERR_NOT_FOUND;
    if (!is_done && why.code != ERR_NOT_FOUND && why.code != ERR_CONFLICT)
        log_err("workflow.upgrade", &why);
    return true;
}

bool upgrade_go_on(const struct dossier_place *place, struct upgrade *upgrade, struct err *err)
{
    struct batch batch = {.upgrade = upgrade};
    if (!store_read(place->store, read_some, &batch, err))
        return false;
    for (size_t i = 0; i < batch.count; i++) {
        if (!treat(place, upgrade, batch.ids[i], err))
            return false;
        upgrade->after = batch.ids[i];
    }
    upgrade->is_over = batch.count < BATCH;
    return true;
}

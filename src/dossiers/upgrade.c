/* Having open requests go over to the version in service of their circuit, or of the one that their form has now. Those
 * that have gone over are no longer found, so that whoever begins anew goes on where another left off. */
#include "dossiers/tables.h"

enum { BATCH = 100, TRIES = 3 };

static const char select_some[] =
    "SELECT id, form, workflow FROM dossier WHERE id > :after AND " UPGRADE_OLD " ORDER BY id LIMIT :limit";

struct batch {
    const struct dossier_place *place;
    const struct upgrade *upgrade;
    int64_t ids[BATCH]; /* 0: none of this circuit's */
    size_t count;
    int64_t last;
};

static bool read_some(struct tx *tx, void *arg, struct err *err)
{
    struct batch *batch = arg;
    const struct workflow *workflow = batch->upgrade->workflow;
    batch->count = 0;
    struct rows rows =
        tx_query(tx, select_some, P_INT("after", batch->upgrade->after), P_TEXT("workflow", workflow_slug(workflow)),
                 P_INT("version", workflow_version(workflow)), P_INT("limit", (int64_t)BATCH));
    while (rows_next(&rows)) {
        bool is_concerned = upgrade_concerns(batch->place, workflow, rows_text(&rows, 1), rows_text(&rows, 2));
        batch->last = rows_int(&rows, 0);
        batch->ids[batch->count++] = is_concerned ? batch->last : 0;
    }
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

struct renaming {
    const struct form *form; /* as it is now */
    const struct workflow *before;
    const struct upgrade *upgrade;
    struct arena *arena;
    json_t *statuses;
};

/* One of another circuit that nothing stands for is none of this one's, whatever its id. */
static void rename_status(struct renaming *renaming, str status)
{
    const struct upgrade *upgrade = renaming->upgrade;
    struct upgrade_target target = upgrade_target_of(renaming->arena, renaming->form, renaming->before,
                                                     upgrade->workflow, upgrade->chosen, status);
    str id = target.status ? target.status->id
                           : upgrade_choice_key(renaming->arena, renaming->before, upgrade->workflow, status);
    if (status.len && !str_eq(id, status))
        json_set_str(renaming->statuses, status, id);
}

/* The statuses that the dossier stands, stood or may go back to, by the names that stand for them. */
static const json_t *names_of(const struct dossier_place *place, const struct upgrade *upgrade,
                              const struct dossier *dossier, const struct workflow *before)
{
    const struct dossier_definitions *definitions = place->definitions;
    const json_t *previous = json_get(dossier->marks, STR("previous"));
    struct renaming renaming = {definitions->form(definitions->data, dossier->form, 0), before, upgrade, place->arena,
                                json_keep(place->arena, json_object())};
    rename_status(&renaming, dossier->status);
    for (size_t i = 0; i < dossier->history.len; i++)
        rename_status(&renaming, dossier->history.at[i].status);
    for (size_t i = 0; i < json_array_size(previous); i++)
        rename_status(&renaming, json_str_of(json_array_get(previous, i)));
    return renaming.statuses;
}

static bool is_removed(const struct dossier_place *place, const struct upgrade *upgrade, const struct dossier *dossier,
                       const struct workflow *before)
{
    return upgrade_target_of(place->arena, NULL, before, upgrade->workflow, upgrade->chosen, dossier->status)
        .is_removed;
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
                          .statuses = names_of(place, upgrade, dossier, before),
                          .removes = is_removed(place, upgrade, dossier, before),
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
    struct batch batch = {.place = place, .upgrade = upgrade};
    if (!store_read(place->store, read_some, &batch, err))
        return false;
    for (size_t i = 0; i < batch.count; i++) {
        if (!batch.ids[i])
            continue;
        if (!treat(place, upgrade, batch.ids[i], err))
            return false;
        upgrade->after = batch.ids[i];
    }
    upgrade->after = batch.count ? batch.last : upgrade->after;
    upgrade->is_over = batch.count < BATCH;
    return true;
}

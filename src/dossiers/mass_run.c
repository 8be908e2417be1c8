/* Doing one thing to the dossiers of a selection: a job that treats them one after the other, each in a transaction
 * that marks it too, so that none is treated twice; after a while it lets other jobs pass and goes on. */
#include "dossiers/tables.h"

enum { TURN_SECONDS = 5, BATCH = 50, TRIES = 3 };

static const char select_run[] = "SELECT account, action, input FROM dossier_mass WHERE id = :mass AND started > 0"
                                 " AND ended = 0";
static const char select_waiting[] = "SELECT position, dossier, status FROM dossier_mass_item WHERE mass = :mass"
                                     " AND state = 0 ORDER BY position LIMIT :most";
static const char mark_item[] = "UPDATE dossier_mass_item SET state = :state, message = :message"
                                " WHERE mass = :mass AND state = 0 AND position = :position";
static const char end_mass[] = "UPDATE dossier_mass SET ended = :now, input = '' WHERE id = :mass";
static const char forget_blobs[] = "DELETE FROM dossier_mass_blob WHERE mass = :mass";

struct item {
    int64_t position, dossier;
    str status; /* that it was selected in */
};

struct run {
    struct dossier_place place; /* of the agent who started it */
    int64_t id, account;
    str action, input;
    struct actor actor;
    struct VEC_OF(struct item) items;
    bool is_there;
};

/* ---- What is to be done ---- */

static bool read_run(struct tx *tx, void *arg, struct err *err)
{
    struct run *run = arg;
    struct rows rows = tx_query(tx, select_run, P_INT("mass", run->id));
    run->is_there = rows_next(&rows);
    if (run->is_there) {
        run->account = rows_int(&rows, 0);
        run->action = rows_copy(&rows, run->place.arena, 1);
        run->input = rows_copy(&rows, run->place.arena, 2);
    }
    return rows_end(&rows, err);
}

static bool read_items(struct tx *tx, void *arg, struct err *err)
{
    struct run *run = arg;
    run->items.len = 0;
    struct rows rows = tx_query(tx, select_waiting, P_INT("mass", run->id), P_INT("most", (int64_t)BATCH));
    while (rows_next(&rows))
        *vec_push(run->place.arena, &run->items) =
            (struct item){rows_int(&rows, 0), rows_int(&rows, 1), rows_copy(&rows, run->place.arena, 2)};
    return rows_end(&rows, err);
}

/* With the rights that the agent has now: who is none any more may do nothing. */
static bool find_actor(struct run *run, struct err *err)
{
    struct dossier_place *place = &run->place;
    store_was_away(NULL);
    if (!place->agent || !place->agent(place->data, place->arena, run->account, &run->actor))
        run->actor = (struct actor){.account = run->account};
    if (place->person)
        place->person(place->data, place->arena, run->account, &place->user);
    place->in_backoffice = true;
    return !store_was_away(err);
}

static struct event event_of(const struct run *run, struct arena *arena, const struct item *item)
{
    str kind, action;
    const json_t *input = json_parse(arena, run->input, NULL);
    const json_t *forms = json_list(input, "forms"), *comments = json_list(input, "comments");
    struct posted_form *posted = arena_array_of(arena, struct posted_form, json_array_size(forms));
    struct posted_comment *said = arena_array_of(arena, struct posted_comment, json_array_size(comments));
    for (size_t i = 0; i < json_array_size(forms); i++)
        posted[i] = (struct posted_form){.action = json_str(json_array_get(forms, i), "action"),
                                         .answers = json_object_get(json_array_get(forms, i), "answers")};
    for (size_t i = 0; i < json_array_size(comments); i++)
        said[i] = (struct posted_comment){json_str(json_array_get(comments, i), "action"),
                                          json_str(json_array_get(comments, i), "text")};
    bool is_global = str_cut(run->action, ':', &kind, &action) && str_eq(kind, STR("globale"));
    str status = item->status;
    if (!is_global)
        str_cut(action, '/', &status, &action);
    return (struct event){.kind = is_global ? EVENT_GLOBAL : EVENT_SUBMIT,
                          .actor = run->actor,
                          .action = action,
                          .status = status,
                          .forms = posted,
                          .form_count = json_array_size(forms),
                          .comments = said,
                          .comment_count = json_array_size(comments)};
}

/* ---- One dossier ---- */

struct marking {
    int64_t mass, position;
    enum mass_state state;
    str message;
};

static bool mark(struct tx *tx, void *arg, struct err *err)
{
    const struct marking *marking = arg;
    int64_t changed = 0;
    const struct sql_param params[] = {P_INT("mass", marking->mass), P_INT("position", marking->position),
                                       P_INT("state", marking->state), P_TEXT("message", marking->message)};
    if (!tx_run_params(tx, mark_item, params, sizeof params / sizeof *params, &changed, err))
        return false;
    return changed == 1 || marking->state == MASS_FAILED ||
           err_set(err, ERR_CONFLICT, "Cette demande est déjà traitée.");
}

/* As the agent would find it: seen, in the status that it was selected in, and offered the action. */
static bool perform(const struct run *run, const struct dossier_place *place, const struct item *item, struct err *err)
{
    struct dossier *dossier;
    struct change change = {0};
    struct marking marking = {run->id, item->position, MASS_DONE, STR_EMPTY};
    struct event event = event_of(run, place->arena, item);
    if (!dossier_load(place, item->dossier, &dossier, err))
        return false;
    if (!dossier_is_visible(place, dossier, &run->actor))
        return err_set(err, ERR_FORBIDDEN, "Vous n’avez plus accès à cette demande.");
    if (!str_eq(event.status, item->status))
        return err_set(err, ERR_FORBIDDEN, "L’action n’est pas proposée pour cette demande.");
    if (!dossier_perform_prepare(place, dossier, &event, &change, err))
        return false;
    struct dossier_write write = dossier_write_make(place, dossier_form(place, dossier), &change, false);
    write.also = mark;
    write.also_arg = &marking;
    return store_write(place->store, dossier_apply, &write, err);
}

static bool is_of_store(const struct err *err)
{
    return err->code == ERR_UNAVAILABLE;
}

/* False: the store is away, and the dossier still waits. */
static bool treat(const struct run *run, const struct item *item, struct err *err)
{
    struct dossier_place place = run->place;
    struct err why = {0};
    bool is_done = false;
    place.arena = arena_new();
    for (int i = 0; i < TRIES && !is_done && (i == 0 || why.code == ERR_CONFLICT); i++)
        is_done = perform(run, &place, item, &why);
    bool is_told = is_done;
    if (!is_done && !is_of_store(&why)) {
        struct marking marking = {run->id, item->position, MASS_FAILED, str_of(why.message)};
        if (why.code == ERR_INTERNAL)
            log_err("mass.item", &why);
        is_told = store_write(place.store, mark, &marking, &why);
    }
    arena_free(place.arena);
    if (!is_told)
        *err = why;
    return is_told;
}

/* ---- All of them ---- */

/* Until none is left or the turn is over. False: the store is away. */
static bool treat_batches(struct run *run, bool *is_over, struct err *err)
{
    instant end = instant_now() + TURN_SECONDS * INSTANT_SECOND;
    do {
        if (!store_read(run->place.store, read_items, run, err))
            return false;
        for (size_t i = 0; i < run->items.len && instant_now() < end; i++)
            if (!treat(run, &run->items.at[i], err))
                return false;
    } while (run->items.len && instant_now() < end);
    *is_over = !run->items.len;
    return true;
}

struct ending {
    const struct job *job;
    int64_t mass;
    instant now;
    bool is_over;
    struct job next;
};

static bool end_turn(struct tx *tx, void *arg, struct err *err)
{
    const struct ending *ending = arg;
    if (!job_finish(tx, ending->job, err))
        return false;
    if (!ending->is_over)
        return job_add(tx, &ending->next, err);
    return tx_run(tx, forget_blobs, err, P_INT("mass", ending->mass)) &&
           tx_run(tx, end_mass, err, P_INT("mass", ending->mass), P_INT("now", ending->now));
}

struct job mass_job(struct arena *arena, int64_t id)
{
    return (struct job){.kind = MASS_JOB,
                        .key = str_fmt(arena, "mass:%lld", (long long)id),
                        .payload = str_fmt(arena, "{\"mass\": %lld}", (long long)id),
                        .is_remote = true}; /* long: timers do not wait behind it */
}

bool mass_run_job(const struct dossier_place *place, const struct job *job, struct err *err)
{
    const json_t *payload = json_parse(place->arena, job->payload, err);
    struct run run = {.place = *place, .id = json_int(payload, "mass")};
    struct ending ending = {
        .job = job, .mass = run.id, .now = place_now(place), .is_over = true, .next = mass_job(place->arena, run.id)};
    if (!payload || !store_read(place->store, read_run, &run, err))
        return false;
    if (run.is_there && (!find_actor(&run, err) || !treat_batches(&run, &ending.is_over, err)))
        return false;
    return store_write(place->store, end_turn, &ending, err);
}

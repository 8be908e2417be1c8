/* Having the open requests of a circuit go over by a job: its row says who began it and how far it is, its payload
 * where it goes on. Each dossier is counted in its own transaction, so that the count holds wherever the process dies.
 */
#include "dossiers/tables.h"

enum { TURN_SECONDS = 5, PASS_SECONDS = 5 * 60, PASSES = 24 * 3600 / PASS_SECONDS };

#define UNDER_WAY " WHERE workflow = :workflow AND ended = 0"
static const char select_under_way[] = "SELECT 1 FROM dossier_upgrade" UNDER_WAY;
static const char insert_run[] =
    "INSERT INTO dossier_upgrade (id, workflow, version, statuses, account, author, started, ended, next, total, done,"
    " behind, is_overtaken) VALUES (:id, :workflow, :version, :statuses, :account, :author, :started, 0, 0, :total, 0, "
    "0,"
    " 0)";
static const char select_last[] =
    "SELECT id, version, author, started, ended, next, total, done, behind, is_overtaken FROM dossier_upgrade"
    " WHERE workflow = :workflow ORDER BY id DESC LIMIT 1";
static const char select_begun[] =
    "SELECT workflow, version, statuses, account, author FROM dossier_upgrade WHERE id = :id AND ended = 0";
static const char count_done[] = "UPDATE dossier_upgrade SET done = done + 1 WHERE id = :id";
static const char update_turn[] = "UPDATE dossier_upgrade SET ended = :ended, next = :next, behind = :behind,"
                                  " is_overtaken = :is_overtaken WHERE id = :id";

/* ---- Starting ---- */

/* pass: how often all were gone through already. */
static struct job job_of(struct arena *arena, const struct upgrade *upgrade, int64_t pass, instant due)
{
    json_t *payload = json_keep(arena, json_pack("{s:I, s:I, s:I, s:I}", "run", (json_int_t)upgrade->run, "after",
                                                 (json_int_t)upgrade->after, "left", (json_int_t)upgrade->left, "pass",
                                                 (json_int_t)pass));
    return (struct job){.kind = UPGRADE_JOB,
                        .key = str_fmt(arena, "upgrade:%lld", (long long)upgrade->run),
                        .payload = json_text(arena, payload),
                        .due = due,
                        .is_remote = true}; /* long: timers do not wait behind it */
}

struct starting {
    int64_t id;
    instant now;
    const struct upgrade_plan *plan;
    const struct actor *actor;
    str statuses;
    struct job job;
};

static bool start(struct tx *tx, void *arg, struct err *err)
{
    const struct starting *starting = arg;
    const struct workflow *workflow = starting->plan->workflow;
    struct rows rows = tx_query(tx, select_under_way, P_TEXT("workflow", workflow_slug(workflow)));
    bool is_under_way = rows_next(&rows);
    if (!rows_end(&rows, err))
        return false;
    if (is_under_way)
        return err_set(err, ERR_CONFLICT, "Les demandes de ce circuit sont déjà en train de passer.");
    return tx_run(tx, insert_run, err, P_INT("id", starting->id), P_TEXT("workflow", workflow_slug(workflow)),
                  P_INT("version", workflow_version(workflow)), P_TEXT("statuses", starting->statuses),
                  P_INT("account", starting->actor->account), P_TEXT("author", starting->actor->name),
                  P_INT("started", starting->now), P_INT("total", starting->plan->count)) &&
           job_add(tx, &starting->job, err);
}

bool upgrade_start(const struct dossier_place *place, const struct upgrade_plan *plan, const struct actor *actor,
                   struct err *err)
{
    if (plan->lacking)
        return err_set(err, ERR_INVALID, "Des statuts n’ont pas de suite dans le circuit en service.");
    struct upgrade upgrade = {.run = store_new_id()};
    struct starting starting = {.id = upgrade.run,
                                .now = place_now(place),
                                .plan = plan,
                                .actor = actor,
                                .statuses = json_text(place->arena, plan->chosen),
                                .job = job_of(place->arena, &upgrade, 0, 0)};
    return store_write(place->store, start, &starting, err);
}

/* ---- How far it is ---- */

struct reading {
    struct arena *arena;
    str workflow;
    struct upgrade_run *run;
};

static bool read_last(struct tx *tx, void *arg, struct err *err)
{
    const struct reading *reading = arg;
    *reading->run = (struct upgrade_run){0};
    struct rows rows = tx_query(tx, select_last, P_TEXT("workflow", reading->workflow));
    if (rows_next(&rows))
        *reading->run = (struct upgrade_run){.id = rows_int(&rows, 0),
                                             .version = rows_int(&rows, 1),
                                             .author = rows_copy(&rows, reading->arena, 2),
                                             .started = rows_int(&rows, 3),
                                             .ended = rows_int(&rows, 4),
                                             .next = rows_int(&rows, 5),
                                             .total = rows_int(&rows, 6),
                                             .done = rows_int(&rows, 7),
                                             .left = rows_int(&rows, 8),
                                             .is_overtaken = rows_int(&rows, 9) != 0};
    return rows_end(&rows, err);
}

bool upgrade_read_run(const struct dossier_place *place, str workflow, struct upgrade_run *out, struct err *err)
{
    struct reading reading = {place->arena, workflow, out};
    return store_read(place->store, read_last, &reading, err);
}

/* ---- A turn of the job ---- */

bool upgrade_count(struct tx *tx, void *arg, struct err *err)
{
    const struct upgrade *upgrade = arg;
    return tx_run(tx, count_done, err, P_INT("id", upgrade->run));
}

struct turn {
    struct arena *arena;
    const struct job *job;
    struct upgrade upgrade;
    str workflow, statuses;
    int64_t version, pass;
    bool is_there;
    bool is_overtaken;
    instant now, due; /* due: of the next pass; 0: this one goes on */
    int64_t left;
    bool goes_on;
    struct job next;
};

static bool read_begun(struct tx *tx, void *arg, struct err *err)
{
    struct turn *turn = arg;
    struct rows rows = tx_query(tx, select_begun, P_INT("id", turn->upgrade.run));
    turn->is_there = rows_next(&rows);
    if (turn->is_there) {
        turn->workflow = rows_copy(&rows, turn->arena, 0);
        turn->version = rows_int(&rows, 1);
        turn->statuses = rows_copy(&rows, turn->arena, 2);
        turn->upgrade.actor = (struct actor){.account = rows_int(&rows, 3), .name = rows_copy(&rows, turn->arena, 4)};
    }
    return rows_end(&rows, err);
}

static bool end_turn(struct tx *tx, void *arg, struct err *err)
{
    const struct turn *turn = arg;
    if (!job_finish(tx, turn->job, err))
        return false;
    if (turn->goes_on && !job_add(tx, &turn->next, err))
        return false;
    return !turn->is_there ||
           tx_run(tx, update_turn, err, P_INT("id", turn->upgrade.run), P_INT("ended", turn->goes_on ? 0 : turn->now),
                  P_INT("next", turn->due), P_INT("behind", turn->left), P_INT("is_overtaken", turn->is_overtaken));
}

static bool go_over(const struct dossier_place *place, struct turn *turn, struct err *err)
{
    struct upgrade *upgrade = &turn->upgrade;
    instant end = instant_now() + TURN_SECONDS * INSTANT_SECOND;
    do {
        if (!upgrade_go_on(place, upgrade, err))
            return false;
    } while (!upgrade->is_over && instant_now() < end);
    turn->left = upgrade->left;
    turn->goes_on = !upgrade->is_over || (upgrade->left && turn->pass + 1 < PASSES);
    if (upgrade->is_over && turn->goes_on) {
        turn->pass++;
        turn->due = turn->now + PASS_SECONDS * INSTANT_SECOND;
        upgrade->after = upgrade->left = 0;
    }
    turn->next = job_of(turn->arena, upgrade, turn->pass, turn->due);
    return true;
}

bool upgrade_run_job(const struct dossier_place *place, const struct job *job, struct err *err)
{
    const struct dossier_definitions *definitions = place->definitions;
    const json_t *payload = json_parse(place->arena, job->payload, err);
    struct turn turn = {.arena = place->arena,
                        .job = job,
                        .now = place_now(place),
                        .pass = json_int(payload, "pass"),
                        .upgrade = {.run = json_int(payload, "run"),
                                    .after = json_int(payload, "after"),
                                    .left = json_int(payload, "left")}};
    if (!payload || !store_read(place->store, read_begun, &turn, err))
        return false;
    if (turn.is_there) {
        turn.upgrade.chosen = json_parse(place->arena, turn.statuses, err);
        turn.upgrade.workflow = definitions->workflow(definitions->data, turn.workflow, 0);
        turn.is_overtaken = !turn.upgrade.workflow || workflow_version(turn.upgrade.workflow) != turn.version;
        if (!turn.upgrade.chosen || (!turn.is_overtaken && !go_over(place, &turn, err)))
            return false;
    }
    return store_write(place->store, end_turn, &turn, err);
}

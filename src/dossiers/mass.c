/* A selection of many dossiers: made, read, started, and what may be done to it. */
#include "dossiers/tables.h"

enum { KEPT_DAYS = 30, LISTED_MOST = 20, FAILURES_MOST = 100, PAGE = 200 };

static const char insert_mass[] =
    "INSERT INTO dossier_mass (id, form, account, made, started, ended, is_cut, action, label, input, back)"
    " VALUES (:id, :form, :account, :made, 0, 0, :is_cut, '', '', '', :back)";
static const struct sql insert_items = {
    "INSERT INTO dossier_mass_item (mass, position, dossier, status, state, message)"
    " SELECT :mass, i.key, d.id, d.status, 0, '' FROM json_each(:ids) i JOIN dossier d ON d.id = i.value"
    " WHERE d.is_removed = 0",
    "INSERT INTO dossier_mass_item (mass, position, dossier, status, state, message)"
    " SELECT CAST(:mass AS BIGINT), i.position, d.id, d.status, 0, '' FROM"
    " json_array_elements_text(CAST(:ids AS JSON)) WITH ORDINALITY AS i (value, position)"
    " JOIN dossier d ON d.id = CAST(i.value AS BIGINT) WHERE d.is_removed = 0"};
#define OLD " WHERE made < :before AND (ended > 0 OR started = 0)"
static const char forget_items[] = "DELETE FROM dossier_mass_item WHERE mass IN (SELECT id FROM dossier_mass" OLD ")";
static const char forget_masses[] = "DELETE FROM dossier_mass" OLD;

#define MASS_COLUMNS "id, form, started, ended, is_cut, label, back"
static const char select_mass[] = "SELECT " MASS_COLUMNS " FROM dossier_mass WHERE id = :id AND account = :account";
static const char select_masses[] = "SELECT " MASS_COLUMNS " FROM dossier_mass WHERE account = :account"
                                    " AND started > 0 ORDER BY id DESC LIMIT :most";
static const char count_states[] = "SELECT state, COUNT(*) FROM dossier_mass_item WHERE mass = :mass GROUP BY state";
static const char select_groups[] =
    "SELECT d.status, COUNT(*), MIN(d.id) FROM dossier_mass_item i JOIN dossier d ON d.id = i.dossier"
    " WHERE i.mass = :mass AND i.state = 0 AND d.is_removed = 0"
    " GROUP BY d.workflow, d.workflow_version, d.status ORDER BY MIN(i.position)";
static const char select_failures[] =
    "SELECT position, dossier, message FROM dossier_mass_item WHERE mass = :mass AND state = 2"
    " AND position > :after ORDER BY position LIMIT :most";
static const char start_mass[] = "UPDATE dossier_mass SET started = :now, action = :action, label = :label,"
                                 " input = :input WHERE id = :id AND started = 0";
static const char insert_blob[] =
    "INSERT INTO dossier_mass_blob (blob, mass) VALUES (:blob, :mass) ON CONFLICT DO NOTHING";

/* ---- Selecting ---- */

struct selecting {
    int64_t id, account;
    instant now;
    str form, back, ids;
    bool is_cut;
};

static bool insert(struct tx *tx, void *arg, struct err *err)
{
    const struct selecting *selecting = arg;
    const struct sql_param before = P_INT("before", selecting->now - KEPT_DAYS * INSTANT_DAY);
    return tx_run(tx, forget_items, err, before) && tx_run(tx, forget_masses, err, before) &&
           tx_run(tx, insert_mass, err, P_INT("id", selecting->id), P_TEXT("form", selecting->form),
                  P_INT("account", selecting->account), P_INT("made", selecting->now),
                  P_INT("is_cut", selecting->is_cut), P_TEXT("back", selecting->back)) &&
           tx_run(tx, sql_for(tx, &insert_items), err, P_INT("mass", selecting->id), P_TEXT("ids", selecting->ids));
}

static bool keep(const struct dossier_place *place, struct selecting *selecting, const json_t *ids, int64_t *id,
                 struct err *err)
{
    *id = 0;
    if (!json_array_size(ids))
        return true;
    selecting->id = *id = store_new_id();
    selecting->now = place_now(place);
    selecting->ids = json_text(place->arena, ids);
    return store_write(place->store, insert, selecting, err);
}

static bool has_id(const json_t *ids, int64_t id)
{
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (json_integer_value(json_array_get(ids, i)) == id)
            return true;
    return false;
}

bool mass_select(const struct dossier_place *place, const struct actor *actor, str form, str back, const int64_t *ids,
                 size_t count, int64_t *id, struct err *err)
{
    struct dossier_list dossiers = {0};
    struct selecting selecting = {.account = actor->account, .form = form, .back = back, .is_cut = count > PAGE};
    json_t *kept = json_keep(place->arena, json_array());
    if (!dossier_load_several(place, ids, count < PAGE ? count : PAGE, &dossiers, err))
        return false;
    for (size_t i = 0; i < dossiers.len; i++) {
        const struct dossier *dossier = dossiers.at[i];
        if (dossier && str_eq(dossier->form, form) && !has_id(kept, dossier->id) &&
            dossier_is_visible(place, dossier, actor))
            json_array_append_new(kept, json_integer(dossier->id));
    }
    return keep(place, &selecting, kept, id, err);
}

bool mass_select_all(const struct dossier_place *place, const struct dossier_query *query, str back, int64_t *id,
                     struct err *err)
{
    struct selecting selecting = {.account = query->actor->account, .form = query->form, .back = back};
    struct dossier_query page = *query;
    json_t *ids = json_keep(place->arena, json_array());
    page.limit = PAGE;
    page.cursor = STR_EMPTY;
    do {
        struct dossier_page found = {0};
        if (!dossier_list(place, &page, &found, err))
            return false;
        for (size_t i = 0; i < found.lines.len && json_array_size(ids) < MASS_MOST; i++)
            json_array_append_new(ids, json_integer(found.lines.at[i].id));
        page.cursor = found.next;
        selecting.is_cut = page.cursor.len && json_array_size(ids) >= MASS_MOST;
    } while (page.cursor.len && !selecting.is_cut);
    return keep(place, &selecting, ids, id, err);
}

/* ---- Reading ---- */

struct reading {
    struct arena *arena;
    int64_t id, account, after;
    struct mass *mass;
    struct masses *masses;
    struct mass_failures *failures;
    struct VEC_OF(struct mass_offer) groups;
};

static struct mass mass_of(struct rows *rows, struct arena *arena)
{
    return (struct mass){.id = rows_int(rows, 0),
                         .form = rows_copy(rows, arena, 1),
                         .started = rows_int(rows, 2),
                         .ended = rows_int(rows, 3),
                         .is_cut = rows_int(rows, 4) != 0,
                         .label = rows_copy(rows, arena, 5),
                         .back = rows_copy(rows, arena, 6)};
}

static bool count(struct tx *tx, struct mass *mass, struct err *err)
{
    struct rows rows = tx_query(tx, count_states, P_INT("mass", mass->id));
    while (rows_next(&rows)) {
        int64_t *counts[] = {[MASS_WAITING] = &mass->waiting, [MASS_DONE] = &mass->done, [MASS_FAILED] = &mass->failed};
        *counts[rows_int(&rows, 0)] = rows_int(&rows, 1);
    }
    return rows_end(&rows, err);
}

static bool read_one(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    struct rows rows = tx_query(tx, select_mass, P_INT("id", reading->id), P_INT("account", reading->account));
    bool found = rows_next(&rows);
    if (found)
        *reading->mass = mass_of(&rows, reading->arena);
    if (!rows_end(&rows, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "Nous ne trouvons pas cette action groupée.");
    return count(tx, reading->mass, err);
}

bool mass_read(const struct dossier_place *place, int64_t id, int64_t account, struct mass *out, struct err *err)
{
    struct reading reading = {.arena = place->arena, .id = id, .account = account, .mass = out};
    return store_read(place->store, read_one, &reading, err);
}

static bool read_list(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    struct rows rows =
        tx_query(tx, select_masses, P_INT("account", reading->account), P_INT("most", (int64_t)LISTED_MOST));
    *reading->masses = (struct masses){0};
    while (rows_next(&rows))
        *vec_push(reading->arena, reading->masses) = mass_of(&rows, reading->arena);
    if (!rows_end(&rows, err))
        return false;
    for (size_t i = 0; i < reading->masses->len; i++)
        if (!count(tx, &reading->masses->at[i], err))
            return false;
    return true;
}

bool mass_list(const struct dossier_place *place, int64_t account, struct masses *out, struct err *err)
{
    struct reading reading = {.arena = place->arena, .account = account, .masses = out};
    return store_read(place->store, read_list, &reading, err);
}

static bool read_failures(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    struct rows rows = tx_query(tx, select_failures, P_INT("mass", reading->id), P_INT("after", reading->after),
                                P_INT("most", (int64_t)FAILURES_MOST));
    *reading->failures = (struct mass_failures){0};
    while (rows_next(&rows))
        *vec_push(reading->arena, reading->failures) =
            (struct mass_failure){.position = rows_int(&rows, 0),
                                  .dossier = rows_int(&rows, 1),
                                  .message = rows_copy(&rows, reading->arena, 2)};
    return rows_end(&rows, err);
}

bool mass_read_failures(const struct dossier_place *place, int64_t id, int64_t after, struct mass_failures *out,
                        struct err *err)
{
    struct reading reading = {.arena = place->arena, .id = id, .after = after, .failures = out};
    return store_read(place->store, read_failures, &reading, err);
}

/* ---- What may be done ---- */

/* Those of one status of one version of a workflow are offered the same. */
static bool read_groups(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    reading->groups.len = 0;
    struct rows rows = tx_query(tx, select_groups, P_INT("mass", reading->id));
    while (rows_next(&rows))
        *vec_push(reading->arena, &reading->groups) =
            (struct mass_offer){.status_name = rows_copy(&rows, reading->arena, 0),
                                .count = rows_int(&rows, 1),
                                .dossier = rows_int(&rows, 2)};
    return rows_end(&rows, err);
}

static void add_offer(struct arena *arena, struct mass_offers *out, const struct mass_offer *offer)
{
    for (size_t i = 0; i < out->len; i++)
        if (str_eq(out->at[i].key, offer->key)) {
            out->at[i].count += offer->count;
            return;
        }
    *vec_push(arena, out) = *offer;
}

static bool offer_group(const struct dossier_place *place, const struct mass_offer *group, const struct actor *actor,
                        struct mass_offers *out, struct err *err)
{
    struct dossier *dossier;
    struct workflow_context context;
    struct offer offer;
    if (!dossier_load(place, group->dossier, &dossier, err))
        return err && err->code == ERR_NOT_FOUND; /* removed since it was counted */
    if (!context_of(place, dossier, &context))
        return true;
    workflow_offer_mass(&context, dossier, actor, &offer);
    const struct workflow_status *status = workflow_status_find(context.workflow, dossier->status);
    struct mass_offer one = *group;
    for (size_t i = 0; i < offer.buttons.len; i++) {
        one.button = offer.buttons.at[i];
        one.key = str_fmt(place->arena, "choix:%.*s/%.*s", STR_ARG(dossier->status), STR_ARG(one.button.action));
        one.status_name = status ? status->name : dossier->status;
        add_offer(place->arena, out, &one);
    }
    one.status_name = STR_EMPTY;
    for (size_t i = 0; i < offer.globals.len; i++) {
        one.button = offer.globals.at[i];
        one.key = str_fmt(place->arena, "globale:%.*s", STR_ARG(one.button.action));
        add_offer(place->arena, out, &one);
    }
    return true;
}

bool mass_offer(const struct dossier_place *place, int64_t id, const struct actor *actor, struct mass_offers *out,
                struct err *err)
{
    struct reading reading = {.arena = place->arena, .id = id};
    struct err found = {0};
    *out = (struct mass_offers){0};
    if (!store_read(place->store, read_groups, &reading, err))
        return false;
    for (size_t i = 0; i < reading.groups.len; i++)
        if (!offer_group(place, &reading.groups.at[i], actor, out, &found)) {
            if (err)
                *err = found;
            return false;
        }
    return true;
}

bool dossier_form_has_mass(const struct dossier_place *place, const struct form *form, const struct actor *actor)
{
    struct workflow_context context;
    const struct dossier_definitions *definitions = place->definitions;
    return context_make(place, form, definitions->workflow_of(definitions->data, form), &context) &&
           workflow_has_mass(&context, actor);
}

/* ---- Starting ---- */

struct starting {
    int64_t id;
    instant now;
    const struct mass_offer *offer;
    str input;
    const struct str_list *blobs;
    struct job job;
};

static bool start(struct tx *tx, void *arg, struct err *err)
{
    const struct starting *starting = arg;
    int64_t changed = 0;
    const struct sql_param params[] = {
        P_INT("id", starting->id), P_INT("now", starting->now), P_TEXT("action", starting->offer->key),
        P_TEXT("label", starting->offer->button.label), P_TEXT("input", starting->input)};
    if (!tx_run_params(tx, start_mass, params, sizeof params / sizeof *params, &changed, err))
        return false;
    if (changed != 1)
        return err_set(err, ERR_CONFLICT, "Cette action est déjà lancée.");
    for (size_t i = 0; i < starting->blobs->len; i++)
        if (!tx_run(tx, insert_blob, err, P_TEXT("blob", starting->blobs->at[i]), P_INT("mass", starting->id)))
            return false;
    return job_add(tx, &starting->job, err);
}

static json_t *input_of(const struct event *event)
{
    json_t *forms = json_array(), *comments = json_array();
    for (size_t i = 0; i < event->form_count; i++) {
        json_t *form = json_object();
        json_set_str(form, STR("action"), event->forms[i].action);
        json_set(form, STR("answers"), json_deep_copy(event->forms[i].answers));
        json_array_append_new(forms, form);
    }
    for (size_t i = 0; i < event->comment_count; i++) {
        json_t *comment = json_object();
        json_set_str(comment, STR("action"), event->comments[i].action);
        json_set_str(comment, STR("text"), event->comments[i].text);
        json_array_append_new(comments, comment);
    }
    return json_pack("{s:o, s:o}", "forms", forms, "comments", comments);
}

bool mass_start(const struct dossier_place *place, int64_t id, const struct mass_offer *offer,
                const struct event *event, const struct str_list *blobs, struct err *err)
{
    struct starting starting = {.id = id,
                                .now = place_now(place),
                                .offer = offer,
                                .input = json_text(place->arena, json_keep(place->arena, input_of(event))),
                                .blobs = blobs,
                                .job = mass_job(place->arena, id)};
    return store_write(place->store, start, &starting, err);
}

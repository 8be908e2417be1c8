/* The daily mail that tells a role which requests came to it (aggregationemail). What is to be told is kept in rows,
 * written with the change that causes them; one job a site looks at them each working day at six, and late where the
 * server was away then: the rows wait for it. Semantics of w.c.s. */
#include "dossiers/tables.h"

#include "mail/mail.h"

#include <stdlib.h>

enum { HOUR = 6, TOLD_MOST = 500 };

static const char insert_told[] =
    "INSERT INTO dossier_summary (role, dossier) VALUES (:role, :dossier) ON CONFLICT DO NOTHING";
static const char select_roles[] = "SELECT DISTINCT role FROM dossier_summary ORDER BY role";
static const char select_told[] = "SELECT dossier FROM dossier_summary WHERE role = :role ORDER BY dossier";
static const char delete_told[] = "DELETE FROM dossier_summary WHERE role = :role AND dossier = :dossier";

bool summaries_write(struct tx *tx, const struct change *change, struct err *err)
{
    for (size_t i = 0; i < change->summaries.len; i++)
        if (!tx_run(tx, insert_told, err, P_TEXT("role", change->summaries.at[i]), P_INT("dossier", change->after->id)))
            return false;
    return true;
}

/* The next time that it is six on a working day. */
static instant next_time(instant now)
{
    struct datetime at = {.date = datetime_local(now).date, .hour = HOUR};
    while (date_weekday(at.date) > 4 || instant_from_local(at) <= now)
        at.date = date_from_days(date_to_days(at.date) + 1);
    return instant_from_local(at);
}

bool summaries_schedule(struct tx *tx, void *unused, struct err *err)
{
    (void)unused;
    return job_add_sole(tx, STR(SUMMARIES_JOB_KIND), next_time(instant_now()), err);
}

/* ---- Reading ---- */

struct ids VEC_OF(int64_t);
struct told { /* of one role */
    str role;
    struct ids ids;
    struct dossier_list dossiers;
};
struct tolds {
    struct arena *arena;
    struct VEC_OF(struct told) list;
};

static bool read_roles(struct tx *tx, struct tolds *tolds, struct err *err)
{
    struct rows rows = tx_query(tx, select_roles);
    while (rows_next(&rows))
        *vec_push(tolds->arena, &tolds->list) = (struct told){.role = rows_copy(&rows, tolds->arena, 0)};
    return rows_end(&rows, err);
}

static bool read_ids(struct tx *tx, struct arena *arena, struct told *told, struct err *err)
{
    struct rows rows = tx_query(tx, select_told, P_TEXT("role", told->role));
    while (rows_next(&rows))
        *vec_push(arena, &told->ids) = rows_int(&rows, 0);
    return rows_end(&rows, err);
}

static bool read_tolds(struct tx *tx, void *arg, struct err *err)
{
    struct tolds *tolds = arg;
    tolds->list.len = 0;
    bool ok = read_roles(tx, tolds, err);
    for (size_t i = 0; ok && i < tolds->list.len; i++)
        ok = read_ids(tx, tolds->arena, &tolds->list.at[i], err);
    return ok;
}

static int by_form(const void *a, const void *b)
{
    const struct dossier *one = *(struct dossier *const *)a, *other = *(struct dossier *const *)b;
    int order = str_cmp(one->form, other->form);
    return order ? order : (one->sequence > other->sequence) - (one->sequence < other->sequence);
}

/* Those that are still there, form by form; ERR_UNAVAILABLE where the store is away. */
static bool load_told(const struct dossier_place *place, struct told *told, struct err *err)
{
    struct dossier_list all = {0};
    if (!dossier_load_several(place, told->ids.at, told->ids.len, &all, err))
        return false;
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i] && !all.at[i]->is_anonymised)
            *vec_push(place->arena, &told->dossiers) = all.at[i];
    if (told->dossiers.len)
        qsort(told->dossiers.at, told->dossiers.len, sizeof(struct dossier *), by_form);
    return true;
}

/* ---- Telling ---- */

static json_t *line_of(const struct dossier_place *place, const struct dossier *dossier)
{
    const struct workflow *workflow = dossier_workflow(place, dossier);
    const struct workflow_status *status = workflow ? workflow_status_find(workflow, dossier->status) : NULL;
    json_t *line = json_object();
    json_set_str(line, STR("number"),
                 dossier->identifier.len ? dossier->identifier : dossier_number(place->arena, dossier));
    json_set_str(line, STR("status"), status ? status->name : dossier->status);
    json_set_str(line, STR("url"), dossier_url_backoffice(place, dossier));
    return line;
}

static json_t *forms_told(const struct dossier_place *place, const struct told *told)
{
    json_t *forms = json_array(), *lines = NULL;
    for (size_t i = 0; i < told->dossiers.len && i < TOLD_MOST; i++) {
        const struct dossier *dossier = told->dossiers.at[i];
        if (i == 0 || !str_eq(dossier->form, told->dossiers.at[i - 1]->form)) {
            const struct form *form = dossier_form(place, dossier);
            json_t *one = json_object();
            json_set_str(one, STR("name"), form ? form->name : dossier->form);
            lines = json_array();
            json_set(one, STR("lines"), lines);
            json_array_append_new(forms, one);
        }
        json_array_append_new(lines, line_of(place, dossier));
    }
    return forms;
}

/* False: there is nobody to write to, or nothing to write. */
static bool mail_of(const struct dossier_place *place, const struct told *told, struct job *out)
{
    struct arena *arena = place->arena;
    struct recipients to = {0};
    context_addresses_of(place, told->role, &to);
    if (!to.len || !told->dossiers.len)
        return false;
    size_t more = told->dossiers.len > TOLD_MOST ? told->dossiers.len - TOLD_MOST : 0;
    json_t *words = json_keep(arena, json_object());
    json_set_str(words, STR("site_name"), place->site_name);
    json_set_str(words, STR("role"), context_role_name(place, told->role));
    json_set_str(words, STR("list_url"), str_fmt(arena, "%.*s/agents/demandes/", STR_ARG(place->base_url)));
    json_set(words, STR("forms"), forms_told(place, told));
    json_set(words, STR("more"), json_integer((json_int_t)more));
    struct mail mail = {
        .to = to.at,
        .to_count = to.len,
        .from = place->mail_from,
        .from_name = place->site_name,
        .subject = str_fmt(arena, "Nouvelles demandes : %.*s", STR_ARG(place->site_name)),
        .page = STR("summary"),
        .words = words,
    };
    str day = date_iso(arena, datetime_local(place_now(place)).date);
    *out = mail_job(arena, &mail, str_fmt(arena, "summary:%.*s:%.*s", STR_ARG(told->role), STR_ARG(day)));
    return true;
}

struct telling {
    const struct job *job;
    const struct tolds *tolds;
    struct job_list mails;
    instant next;
};

/* Only what was read is forgotten: what comes meanwhile waits for the next day. */
static bool forget(struct tx *tx, const struct told *told, struct err *err)
{
    for (size_t i = 0; i < told->ids.len; i++)
        if (!tx_run(tx, delete_told, err, P_TEXT("role", told->role), P_INT("dossier", told->ids.at[i])))
            return false;
    return true;
}

static bool tell(struct tx *tx, void *arg, struct err *err)
{
    const struct telling *telling = arg;
    if (!job_finish(tx, telling->job, err))
        return false;
    for (size_t i = 0; i < telling->tolds->list.len; i++)
        if (!forget(tx, &telling->tolds->list.at[i], err))
            return false;
    for (size_t i = 0; i < telling->mails.len; i++)
        if (!job_add(tx, &telling->mails.at[i], err))
            return false;
    return job_add_sole(tx, STR(SUMMARIES_JOB_KIND), telling->next, err);
}

bool summaries_run_job(const struct dossier_place *place, const struct job *job, struct err *err)
{
    struct tolds tolds = {.arena = place->arena};
    struct telling telling = {.job = job, .tolds = &tolds, .next = next_time(instant_now())};
    if (!store_read(place->store, read_tolds, &tolds, err))
        return false;
    for (size_t i = 0; i < tolds.list.len; i++) {
        struct job mail;
        if (!load_told(place, &tolds.list.at[i], err))
            return false;
        store_was_away(NULL);
        bool has_mail = mail_of(place, &tolds.list.at[i], &mail);
        if (store_was_away(err)) /* who has the role is not known: nothing is forgotten */
            return false;
        if (has_mail)
            *vec_push(place->arena, &telling.mails) = mail;
    }
    return store_write(place->store, tell, &telling, err);
}

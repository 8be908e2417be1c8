/* Quotas: of each form, period and account a count in a row, which a filing raises in its own transaction where there
 * is room: the row is locked until it commits, so that no two take the last place. What a dossier took is noted beside
 * it, and given back where the dossier is removed; one that is only closed, refused or anonymised keeps its place, and
 * of an anonymised one nothing tells any more who had it. */
#include "dossiers/tables.h"

static const char raise_count[] =
    "INSERT INTO dossier_quota (form, period, account, used) VALUES (:form, :period, :account, 1)"
    " ON CONFLICT (form, period, account) DO UPDATE SET used = dossier_quota.used + 1"
    " WHERE dossier_quota.used < :most";
static const char note_taken[] = "INSERT INTO dossier_quota_taken (dossier, period, account)"
                                 " VALUES (:dossier, :period, :account)";
static const char lower_counts[] =
    "UPDATE dossier_quota SET used = used - 1 WHERE form = :form AND used > 0 AND (period, account) IN"
    " (SELECT period, account FROM dossier_quota_taken WHERE dossier = :dossier)";
static const char forget_taken[] = "DELETE FROM dossier_quota_taken WHERE dossier = :dossier";
static const char select_used[] =
    "SELECT used FROM dossier_quota WHERE form = :form AND period = :period AND account = :account";

void quotas_prepare(struct arena *arena, const struct form *form, int64_t account, instant at, struct quota_counts *out)
{
    for (size_t i = 0; form != NULL && i < form->quotas.len; i++) {
        const struct quota *quota = &form->quotas.at[i];
        if (!quota->is_each || account != 0)
            *vec_push(arena, out) =
                (struct quota_count){quota, quota_period_key(arena, quota, at), quota->is_each ? account : 0};
    }
}

bool quotas_take(struct tx *tx, const struct dossier *dossier, const struct quota_counts *counts, struct err *err)
{
    for (size_t i = 0; i < counts->len; i++) {
        const struct quota_count *count = &counts->at[i];
        const struct sql_param params[] = {P_TEXT("form", dossier->form), P_TEXT("period", count->period),
                                           P_INT("account", count->account), P_INT("most", count->quota->most)};
        int64_t changed = 0;
        if (!tx_run_params(tx, raise_count, params, sizeof params / sizeof *params, &changed, err))
            return false;
        if (changed == 0)
            return quota_refuse(count->quota, dossier->received, dossier->agent != 0, err);
        if (!tx_run(tx, note_taken, err, P_INT("dossier", dossier->id), P_TEXT("period", count->period),
                    P_INT("account", count->account)))
            return false;
    }
    return true;
}

bool quotas_forget(struct tx *tx, const struct dossier *dossier, struct err *err)
{
    return tx_run(tx, forget_taken, err, P_INT("dossier", dossier->id));
}

bool quotas_give_back(struct tx *tx, const struct dossier *dossier, struct err *err)
{
    return tx_run(tx, lower_counts, err, P_TEXT("form", dossier->form), P_INT("dossier", dossier->id)) &&
           quotas_forget(tx, dossier, err);
}

/* ---- Looking ahead ---- */

struct looking {
    const struct form *form;
    struct quota_counts counts;
    const struct quota *full; /* the first that is used up; NULL: none */
    int64_t left;             /* -1: no bound */
};

static bool look(struct tx *tx, void *arg, struct err *err)
{
    struct looking *looking = arg;
    looking->full = NULL;
    looking->left = -1;
    for (size_t i = 0; i < looking->counts.len; i++) {
        const struct quota_count *count = &looking->counts.at[i];
        struct rows rows = tx_query(tx, select_used, P_TEXT("form", looking->form->key),
                                    P_TEXT("period", count->period), P_INT("account", count->account));
        int64_t used = rows_next(&rows) ? rows_int(&rows, 0) : 0;
        int64_t left = count->quota->most > used ? count->quota->most - used : 0;
        if (!rows_end(&rows, err))
            return false;
        if (left == 0 && looking->full == NULL)
            looking->full = count->quota;
        if (looking->left < 0 || left < looking->left)
            looking->left = left;
    }
    return true;
}

static bool look_at(const struct dossier_place *place, const struct form *form, int64_t account,
                    struct looking *looking, struct err *err)
{
    *looking = (struct looking){.form = form, .left = -1};
    quotas_prepare(place->arena, form, account, place_now(place), &looking->counts);
    return looking->counts.len == 0 || store_read(place->store, look, looking, err);
}

bool dossier_has_place(const struct dossier_place *place, const struct form *form, int64_t account, bool of_other,
                       struct err *err)
{
    struct looking looking;
    if (!look_at(place, form, account, &looking, err))
        return false;
    return looking.full == NULL || quota_refuse(looking.full, place_now(place), of_other, err);
}

int64_t dossier_places_left(const struct dossier_place *place, const struct form *form, int64_t account)
{
    struct looking looking;
    return look_at(place, form, account, &looking, NULL) ? looking.left : -1;
}

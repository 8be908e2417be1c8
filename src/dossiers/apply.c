/* The one transaction that writes a change: the row under its revision, its history, indexes, jobs, notices. */
#include "dossiers/tables.h"

static const char insert_row[] =
    "INSERT INTO dossier (id, uuid, code, form, form_version, form_name, workflow, workflow_version, form_number,"
    " sequence, account, submitter_name, email, channel, agent, status, status_name, status_colour, public_status,"
    " received, updated, arrived, is_final, waits_for_submitter, summary, revision, is_anonymised, is_removed, answers,"
    " data, marks, identifier, history_length, history_head, level, level_name, level_colour, listed, indexed)"
    " VALUES (:id, :uuid, "
    ":code, :form, :form_version, "
    ":form_name, :workflow, "
    ":workflow_version,"
    " :form_number, :sequence, :account, :submitter_name, :email, :channel, :agent, :status, :status_name,"
    " :status_colour, :public_status, :received, :updated, :arrived, :is_final, :waits_for_submitter, :summary,"
    " :revision, :is_anonymised, 0, :answers, :data, :marks, :identifier, :history_length, :history_head,"
    " :level, :level_name, :level_colour, :listed, :indexed)";
static const char update_row[] =
    "UPDATE dossier SET workflow = :workflow, workflow_version = :workflow_version, account = :account, submitter_name "
    "= :submitter_name, email = :email, status = :status,"
    " status_name = :status_name, status_colour = :status_colour, public_status = :public_status, updated = :updated,"
    " arrived = :arrived, is_final = :is_final, waits_for_submitter = :waits_for_submitter, summary = :summary,"
    " revision = :revision, is_anonymised = :is_anonymised, answers = :answers, data = :data, marks = :marks,"
    " identifier = :identifier, history_length = :history_length, history_head = :history_head, level = :level,"
    " level_name = :level_name, level_colour = :level_colour, listed = :listed, indexed = :indexed WHERE id = :id AND "
    "revision = :revision_before AND is_removed = 0";
static const char remove_row[] =
    "UPDATE dossier SET account = 0, submitter_name = '', email = '', summary = '', revision = :revision,"
    " is_removed = 1, answers = '{}', data = '{}', marks = '{}', identifier = '', history_length = 0, history_head = ''"
    " WHERE id = :id AND revision = :revision_before AND is_removed = 0";
static const char insert_notice[] =
    "INSERT INTO dossier_notice (id, account, dossier, at, title, body, url, origin, is_read)"
    " VALUES (:id, :account, :dossier, :at, :title, :body, :url, :origin, 0)";
static const char delete_history[] = "DELETE FROM dossier_history WHERE dossier = :dossier";
static const char delete_notes[] = "DELETE FROM dossier_note WHERE dossier = :dossier";
static const char delete_notices[] = "DELETE FROM dossier_notice WHERE dossier = :dossier";

static bool write_row(struct tx *tx, const struct dossier_write *write, const struct chain *chain, struct err *err)
{
    const struct dossier *dossier = write->change->after;
    const struct dossier_rows *rows = write->rows;
    const struct sql_param params[] = {
        P_INT("id", dossier->id),
        P_TEXT("workflow", dossier->workflow),
        P_INT("workflow_version", dossier->workflow_version),
        P_INT("account", dossier->account),
        P_TEXT("submitter_name", dossier->submitter_name),
        P_TEXT("email", dossier->email),
        P_TEXT("status", dossier->status),
        P_TEXT("status_name", rows->status_name),
        P_TEXT("status_colour", rows->status_colour),
        P_TEXT("public_status", rows->public_status),
        P_INT("updated", dossier->updated),
        P_INT("arrived", dossier->arrived),
        P_INT("is_final", dossier->is_final),
        P_INT("waits_for_submitter", rows->waits_for_submitter),
        P_TEXT("summary", rows->index.summary),
        P_INT("revision", dossier->revision),
        P_INT("is_anonymised", dossier->is_anonymised),
        P_TEXT("answers", rows->answers),
        P_TEXT("data", rows->data),
        P_TEXT("marks", rows->marks),
        P_TEXT("identifier", dossier->identifier),
        P_INT("history_length", chain->length),
        P_BLOB("history_head", chain_hash_bytes(&chain->head)),
        P_INT("level", dossier->level),
        P_TEXT("level_name", rows->level_name),
        P_TEXT("level_colour", rows->level_colour),
        P_TEXT("listed", rows->listed),
        P_TEXT("indexed", rows->indexed),
        /* only the new row has these */
        P_TEXT("uuid", dossier->uuid),
        P_TEXT("code", dossier->code),
        P_TEXT("form", dossier->form),
        P_INT("form_version", dossier->form_version),
        P_TEXT("form_name", rows->form_name),
        P_INT("form_number", dossier->form_number),
        P_INT("sequence", dossier->sequence),
        P_TEXT("channel", dossier->channel),
        P_INT("agent", dossier->agent),
        P_INT("received", dossier->received),
    };
    enum { COUNT = sizeof params / sizeof *params, OF_UPDATE = 28 };
    if (write->is_new) {
        int64_t inserted; /* asked for, so that it is known now */
        bool ok = tx_run_params(tx, insert_row, params, COUNT, &inserted, err);
        if (!ok)
            numbers_forget(write->store, dossier->form);
        return ok;
    }
    struct sql_param some[OF_UPDATE + 1];
    for (size_t i = 0; i < OF_UPDATE; i++)
        some[i] = params[i];
    some[OF_UPDATE] = P_INT("revision_before", write->change->revision_before);
    int64_t changed = 0;
    if (!tx_run_params(tx, update_row, some, OF_UPDATE + 1, &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_CONFLICT, "Cette demande vient d’être modifiée par quelqu’un d’autre.");
}

static void chain_entries(const struct dossier_write *write, struct chain *chain)
{
    for (size_t i = 0; i < write->change->entries.len; i++)
        chain_add(chain, &write->rows->entries[i]);
}

static bool write_history(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    if (write->change->is_anonymised && !chain_erase(tx, write->change->after->id, err))
        return false;
    for (size_t i = 0; i < write->change->entries.len; i++)
        if (!chain_insert(tx, &write->rows->entries[i], err))
            return false;
    return true;
}

static bool write_notices(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    const struct change *change = write->change;
    if (change->is_anonymised)
        return quotas_forget(tx, change->after, err) &&
               tx_run(tx, delete_notices, err, P_INT("dossier", change->after->id)) &&
               tx_run(tx, delete_notes, err, P_INT("dossier", change->after->id));
    for (size_t i = 0; i < change->notices.len; i++) {
        const struct notice *notice = &change->notices.at[i];
        if (!tx_run(tx, insert_notice, err, P_INT("id", write->rows->notice_ids[i]), P_INT("account", notice->account),
                    P_INT("dossier", change->after->id), P_INT("at", change->after->updated),
                    P_TEXT("title", notice->title), P_TEXT("body", notice->body), P_TEXT("url", notice->url),
                    P_TEXT("origin", notice->origin)))
            return false;
    }
    return true;
}

/* Timers that are taken back go first: a status that was left and come to again sets its own anew. */
static bool write_jobs(struct tx *tx, const struct change *change, struct err *err)
{
    for (size_t i = 0; i < change->cancelled.len; i++)
        if (!job_cancel(tx, change->cancelled.at[i], err))
            return false;
    for (size_t i = 0; i < change->jobs.len; i++)
        if (!job_add(tx, &change->jobs.at[i], err))
            return false;
    for (size_t i = 0; i < change->released.len; i++)
        if (!job_release(tx, change->released.at[i], err))
            return false;
    return true;
}

static bool write_drafts(struct tx *tx, const struct change *change, struct err *err)
{
    for (size_t i = 0; i < change->drafts.len; i++)
        if (!draft_save(tx, &change->drafts.at[i], err))
            return false;
    return true;
}

static bool remove_all(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    const struct dossier *dossier = write->change->after;
    struct sql_param id = P_INT("dossier", dossier->id);
    int64_t changed = 0;
    const struct sql_param params[] = {P_INT("id", dossier->id), P_INT("revision", dossier->revision),
                                       P_INT("revision_before", write->change->revision_before)};
    if (!tx_run_params(tx, remove_row, params, 3, &changed, err))
        return false;
    if (changed != 1)
        return err_set(err, ERR_CONFLICT, "Cette demande vient d’être modifiée par quelqu’un d’autre.");
    return side_remove(tx, dossier->id, err) && tx_run(tx, delete_history, err, id) &&
           tx_run(tx, delete_notes, err, id) && tx_run(tx, delete_notices, err, id) &&
           quotas_give_back(tx, dossier, err);
}

/* The row that was just inserted, with its own revision. */
static bool remove_new(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    const struct dossier *dossier = write->change->after;
    return tx_run(tx, remove_row, err, P_INT("id", dossier->id), P_INT("revision", dossier->revision),
                  P_INT("revision_before", dossier->revision));
}

/* A dossier that its own filing removes (a form that only redirects) leaves a blank row behind. */
static bool write_all(struct tx *tx, const struct dossier_write *write, struct err *err)
{
    if (write->change->is_removed && !write->is_new)
        return remove_all(tx, write, err);
    struct standing standing;
    if (!card_is_unique(tx, write->change->after, err) || !standing_read(tx, write, &standing, err))
        return false;
    chain_entries(write, &standing.chain);
    if (!write_row(tx, write, &standing.chain, err))
        return false;
    if (!quotas_take(tx, write->change->after, &write->rows->counts, err))
        return false;
    if (write->change->is_removed)
        return remove_new(tx, write, err);
    return write_history(tx, write, err) && side_write(tx, write, &standing, err) && write_notices(tx, write, err);
}

/* And those that come of it. */
bool dossier_apply(struct tx *tx, void *arg, struct err *err)
{
    const struct dossier_write *write = arg;
    if (!write_all(tx, write, err) || !write_jobs(tx, write->change, err) || !write_drafts(tx, write->change, err) ||
        !summaries_write(tx, write->change, err))
        return false;
    for (size_t i = 0; i < write->rows->others.len; i++)
        if (!dossier_apply(tx, &write->rows->others.at[i], err))
            return false;
    return !write->also || write->also(tx, write->also_arg, err);
}

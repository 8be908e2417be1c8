/* Drafts: what was answered so far, saved at each page. */
#include "forms/forms.h"

const struct migration forms_migrations[] = {
    {1, "forms",
     "CREATE TABLE draft ("
     " id BIGINT PRIMARY KEY, token TEXT NOT NULL UNIQUE, form TEXT NOT NULL, form_version BIGINT NOT NULL,"
     " account BIGINT, answers TEXT NOT NULL, page INTEGER NOT NULL, revision BIGINT NOT NULL,"
     " created BIGINT NOT NULL, updated BIGINT NOT NULL, expires BIGINT NOT NULL, filed TEXT NOT NULL DEFAULT '');"
     "CREATE INDEX draft_account ON draft (account, updated) WHERE account IS NOT NULL AND filed = '';"
     "CREATE INDEX draft_expires ON draft (expires)",
     NULL},
    {2, "forms",
     "ALTER TABLE draft ADD COLUMN agent BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE draft ADD COLUMN channel TEXT NOT NULL DEFAULT ''",
     NULL},
    {3, "forms", "ALTER TABLE draft ADD COLUMN maker BIGINT NOT NULL DEFAULT 0", NULL},
    {4, "forms",
     "ALTER TABLE draft ADD COLUMN extent INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE draft ADD COLUMN extent_page TEXT NOT NULL DEFAULT ''",
     NULL},
};
const size_t forms_migration_count = sizeof forms_migrations / sizeof *forms_migrations;

enum { LIFESPAN_DEFAULT_DAYS = 60, LISTED_MOST = 100 };

#define COLUMNS                                                                                                        \
    "id, token, form, form_version, account, answers, page, revision, created, updated, expires, filed, agent, "       \
    "channel, maker, extent, extent_page"
static const char insert[] =
    "INSERT INTO draft (id, token, form, form_version, account, answers, page, revision, created,"
    " updated, expires, agent, channel, maker, extent, extent_page) VALUES (:id, :token, :form, :version, :account, "
    ":answers, :page, 1, "
    ":created,"
    " :updated, :expires, :agent, :channel, :maker, :extent, :extent_page) ON CONFLICT DO NOTHING";
static const char update[] =
    "UPDATE draft SET form_version = :version, account = :account, answers = :answers, page = :page,"
    " revision = revision + 1, updated = :updated, expires = :expires"
    " WHERE id = :id AND revision = :revision AND filed = ''";
static const char select_by_token[] = "SELECT " COLUMNS " FROM draft WHERE token = :token AND expires > :now";
static const char select_by_id[] = "SELECT " COLUMNS " FROM draft WHERE id = :id AND expires > :now";
static const char select_by_account[] = "SELECT " COLUMNS " FROM draft WHERE account = :account"
                                        " AND filed = '' AND agent = 0 AND expires > :now"
                                        " ORDER BY updated DESC LIMIT :most";
static const char select_of_form[] = "SELECT " COLUMNS " FROM draft WHERE account = :account AND form = :form"
                                     " AND filed = '' AND agent = 0 AND expires > :now"
                                     " ORDER BY updated DESC LIMIT 1";
static const char select_with_files[] = "SELECT answers FROM draft WHERE answers LIKE '%\"blob\":%'";
static const char delete_by_id[] = "DELETE FROM draft WHERE id = :id";
static const char mark_filed[] = "UPDATE draft SET filed = :code, answers = '{}' WHERE id = :id AND filed = ''";
static const char delete_expired[] = "DELETE FROM draft WHERE id IN"
                                     " (SELECT id FROM draft WHERE expires <= :now LIMIT :most)";

void draft_begin(struct arena *arena, struct draft *draft, str form, int64_t form_version, int64_t account, instant now,
                 int lifespan_days)
{
    int days = lifespan_days > 0 ? lifespan_days : LIFESPAN_DEFAULT_DAYS;
    *draft = (struct draft){.id = store_new_id(),
                            .token = random_token(arena),
                            .form = form,
                            .form_version = form_version,
                            .account = account,
                            .answers = json_keep(arena, json_object()),
                            .page = -1,
                            .created = now,
                            .updated = now,
                            .expires = now + days * INSTANT_DAY,
                            .channel = STR_EMPTY,
                            .extent_page = STR_EMPTY};
}

str draft_path(struct arena *arena, str token)
{
    return str_fmt(arena, "/reprendre/%.*s/", STR_ARG(token));
}

static struct sql_param account_param(const struct draft *draft)
{
    return draft->account == 0 ? P_NULL("account") : P_INT("account", draft->account);
}

bool draft_save(struct tx *tx, void *arg, struct err *err)
{
    const struct draft *draft = arg;
    struct arena *arena = arena_new();
    str answers = json_text(arena, draft->answers);
    struct sql_param params[] = {P_INT("id", draft->id),
                                 P_TEXT("token", draft->token),
                                 P_TEXT("form", draft->form),
                                 P_INT("version", draft->form_version),
                                 account_param(draft),
                                 P_TEXT("answers", answers),
                                 P_INT("page", draft->page),
                                 P_INT("revision", draft->revision),
                                 P_INT("created", draft->created),
                                 P_INT("updated", draft->updated),
                                 P_INT("expires", draft->expires),
                                 P_INT("agent", draft->agent),
                                 P_TEXT("channel", draft->channel),
                                 P_INT("maker", draft->maker),
                                 P_INT("extent", draft->extent),
                                 P_TEXT("extent_page", draft->extent_page)};
    int64_t changed = 0;
    bool ok = tx_run_params(tx, draft->revision == 0 ? insert : update, params, sizeof params / sizeof *params,
                            &changed, err);
    arena_free(arena);
    if (ok && changed == 0)
        return err_set(err, ERR_CONFLICT, "Ce brouillon a été modifié dans un autre onglet. Rechargez la page.");
    return ok;
}

void draft_saved(struct draft *draft)
{
    draft->revision++;
}

static bool draft_of(struct rows *rows, struct arena *arena, struct draft *out, struct err *err)
{
    *out = (struct draft){.id = rows_int(rows, 0),
                          .token = rows_copy(rows, arena, 1),
                          .form = rows_copy(rows, arena, 2),
                          .form_version = rows_int(rows, 3),
                          .account = rows_is_null(rows, 4) ? 0 : rows_int(rows, 4),
                          .page = (int)rows_int(rows, 6),
                          .revision = rows_int(rows, 7),
                          .created = rows_int(rows, 8),
                          .updated = rows_int(rows, 9),
                          .expires = rows_int(rows, 10),
                          .filed = rows_copy(rows, arena, 11),
                          .agent = rows_int(rows, 12),
                          .channel = rows_copy(rows, arena, 13),
                          .maker = rows_int(rows, 14),
                          .extent = (enum page_extent)rows_int(rows, 15),
                          .extent_page = rows_copy(rows, arena, 16)};
    out->answers = json_parse(arena, rows_copy(rows, arena, 5), err);
    return out->answers != NULL;
}

static bool only_draft(struct rows *rows, struct arena *arena, struct draft *out, struct err *err)
{
    bool found = rows_next(rows);
    bool ok = found && draft_of(rows, arena, out, err);
    if (!rows_end(rows, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "Ce brouillon n’existe plus : il a été envoyé, effacé ou il a expiré.");
    return ok;
}

bool draft_find(struct tx *tx, struct arena *arena, str token, instant now, struct draft *out, struct err *err)
{
    struct rows rows = tx_query(tx, select_by_token, P_TEXT("token", token), P_INT("now", now));
    return only_draft(&rows, arena, out, err);
}

bool draft_find_by_id(struct tx *tx, struct arena *arena, int64_t id, instant now, struct draft *out, struct err *err)
{
    struct rows rows = tx_query(tx, select_by_id, P_INT("id", id), P_INT("now", now));
    return only_draft(&rows, arena, out, err);
}

bool draft_find_of(struct tx *tx, struct arena *arena, int64_t account, str form, instant now, struct draft *out,
                   struct err *err)
{
    struct rows rows = tx_query(tx, select_of_form, P_INT("account", account), P_TEXT("form", form), P_INT("now", now));
    return only_draft(&rows, arena, out, err);
}

bool draft_list(struct tx *tx, struct arena *arena, int64_t account, instant now, struct drafts *out, struct err *err)
{
    struct rows rows =
        tx_query(tx, select_by_account, P_INT("account", account), P_INT("now", now), P_INT("most", LISTED_MOST));
    bool ok = true;
    while (ok && rows_next(&rows))
        ok = draft_of(&rows, arena, vec_push(arena, out), err);
    return rows_end(&rows, err) && ok;
}

bool draft_delete(struct tx *tx, int64_t id, struct err *err)
{
    return tx_run(tx, delete_by_id, err, P_INT("id", id));
}

bool draft_file(struct tx *tx, int64_t id, str code, struct err *err)
{
    int64_t changed = 0;
    struct sql_param params[] = {P_INT("id", id), P_TEXT("code", code)};
    if (!tx_run_params(tx, mark_filed, params, 2, &changed, err))
        return false;
    return changed > 0 || err_set(err, ERR_CONFLICT, "Cette demande a déjà été envoyée.");
}

bool drafts_purge(struct tx *tx, instant now, int most, int64_t *deleted, struct err *err)
{
    struct sql_param params[] = {P_INT("now", now), P_INT("most", most)};
    return tx_run_params(tx, delete_expired, params, 2, deleted, err);
}

/* In answers, in lists of files and in the rows of blocks, however deep. */
static void add_blobs(struct arena *arena, json_t *json, struct map *blobs)
{
    const char *key;
    json_t *member;
    size_t i;
    str found = json_str(json, "blob");
    if (found.len > 0) {
        str *blob = arena_new_of(arena, str);
        *blob = str_dup(arena, found);
        map_set(blobs, *blob, blob);
    }
    json_object_foreach(json, key, member) add_blobs(arena, member, blobs);
    json_array_foreach(json, i, member) add_blobs(arena, member, blobs);
}

bool drafts_blobs(struct tx *tx, struct arena *arena, struct map *blobs, struct err *err)
{
    struct rows rows = tx_query(tx, select_with_files);
    bool ok = true;
    while (ok && rows_next(&rows)) {
        struct arena *scratch = arena_new();
        json_t *answers = json_parse(scratch, rows_text(&rows, 0), err);
        ok = answers != NULL;
        add_blobs(arena, answers, blobs);
        arena_free(scratch);
    }
    return rows_end(&rows, err) && ok;
}

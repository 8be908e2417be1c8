/* Lists: keyset pages of what the walk finds, and the lines of each. */
#include "dossiers/list.h"

enum { LIMIT_USUAL = 50, LIMIT_MOST = 200 };

#define LINE                                                                                                           \
    "SELECT id, code, form_number, sequence, form, form_name, submitter_name, status, status_name, status_colour,"     \
    " public_status, received, updated, is_final, waits_for_submitter, summary, identifier, level_name, level_colour"  \
    " FROM dossier "
static const struct sql select_lines = {
    LINE "WHERE id IN (SELECT value FROM json_each(:ids))",
    LINE "WHERE id IN (SELECT CAST(json_array_elements_text(CAST(:ids AS JSON)) AS BIGINT))"};
static const char select_of_account[] = LINE "WHERE account = :account AND account <> 0 AND id < :before"
                                             " AND is_removed = 0 AND identifier = ''"
                                             " ORDER BY id DESC LIMIT :limit";
static const char select_open_of_account[] =
    "SELECT 1 FROM dossier WHERE account = :account AND account <> 0 AND form = :form AND is_final = 0"
    " AND is_removed = 0 LIMIT 1";

/* ---- Lines ---- */

static struct dossier_line line_of(struct rows *rows, struct arena *arena)
{
    return (struct dossier_line){
        .id = rows_int(rows, 0),
        .code = rows_copy(rows, arena, 1),
        .sequence = rows_int(rows, 3),
        .number = str_fmt(arena, "%lld-%lld", (long long)rows_int(rows, 2), (long long)rows_int(rows, 3)),
        .form = rows_copy(rows, arena, 4),
        .form_name = rows_copy(rows, arena, 5),
        .submitter_name = rows_copy(rows, arena, 6),
        .status = rows_copy(rows, arena, 7),
        .status_name = rows_copy(rows, arena, 8),
        .status_colour = rows_copy(rows, arena, 9),
        .public_status_name = rows_copy(rows, arena, 10),
        .received = rows_int(rows, 11),
        .updated = rows_int(rows, 12),
        .is_final = rows_int(rows, 13) != 0,
        .waits_for_submitter = rows_int(rows, 14) != 0,
        .summary = rows_copy(rows, arena, 15),
        .identifier = rows_copy(rows, arena, 16),
        .level_name = rows_copy(rows, arena, 17),
        .level_colour = rows_copy(rows, arena, 18),
    };
}

static bool read_lines(struct tx *tx, struct arena *arena, const struct founds *found, size_t count,
                       struct dossier_page *out, struct err *err)
{
    struct dossier_line *lines = arena_array_of(arena, struct dossier_line, count);
    json_t *ids = json_keep(arena, json_array());
    for (size_t i = 0; i < count; i++)
        json_array_append_new(ids, json_integer(found->at[i].id));
    struct rows rows = tx_query(tx, sql_for(tx, &select_lines), P_TEXT("ids", json_text(arena, ids)));
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 0);
        for (size_t i = 0; i < count; i++)
            if (found->at[i].id == id)
                lines[i] = line_of(&rows, arena);
    }
    for (size_t i = 0; i < count; i++)
        if (lines[i].id)
            *vec_push(arena, &out->lines) = lines[i];
    return rows_end(&rows, err);
}

static struct found start_of(const struct dossier_query *query)
{
    if (query->sort == DOSSIER_OLDEST)
        return (struct found){query->from, -1};
    return (struct found){query->to && query->sort == DOSSIER_NEWEST ? query->to : INT64_MAX, 0};
}

static str cursor_text(struct arena *arena, struct found last)
{
    return str_fmt(arena, "%lld.%lld", (long long)last.at, (long long)last.id);
}

static bool parse_cursor(str cursor, struct found *out)
{
    str at, id;
    return str_cut(cursor, '.', &at, &id) && str_to_int64(at, &out->at) && str_to_int64(id, &out->id);
}

struct list {
    struct walk walk;
    struct dossier_page *out;
};

/* One more than the page is asked for: whether there is a next page. */
static bool list(struct tx *tx, void *arg, struct err *err)
{
    struct list *list = arg;
    struct walk *walk = &list->walk;
    if (!list_walk_view(tx, walk, err))
        return false;
    size_t limit = (size_t)walk->limit - 1, count = walk->found.len < limit ? walk->found.len : limit;
    *list->out = (struct dossier_page){.next = STR_EMPTY};
    if (walk->found.len > limit)
        list->out->next = cursor_text(walk->arena, walk->found.at[limit - 1]);
    else if (walk->is_cut)
        list->out->next = cursor_text(walk->arena, walk->after);
    return read_lines(tx, walk->arena, &walk->found, count, list->out, err);
}

static size_t limit_of(size_t asked)
{
    if (!asked)
        return LIMIT_USUAL;
    return asked < LIMIT_MOST ? asked : LIMIT_MOST;
}

bool dossier_list(const struct dossier_place *place, const struct dossier_query *query, struct dossier_page *out,
                  struct err *err)
{
    struct list arg = {.out = out,
                       .walk = {.arena = place->arena,
                                .query = query,
                                .view = list_view(place, query),
                                .after = start_of(query),
                                .limit = (int64_t)limit_of(query->limit) + 1}};
    if (query->search.len)
        arg.walk.after = (struct found){0};
    if (query->cursor.len && !parse_cursor(query->cursor, &arg.walk.after))
        return err_set(err, ERR_INVALID, "Cette page de la liste n’existe pas. Revenez à la première.");
    return store_read(place->store, list, &arg, err);
}

static bool count(struct tx *tx, void *arg, struct err *err)
{
    return list_walk_view(tx, arg, err);
}

bool dossier_count(const struct dossier_place *place, const struct dossier_query *query, int64_t *number, bool *is_more,
                   struct err *err)
{
    struct walk walk = {.arena = place->arena,
                        .query = query,
                        .view = list_view(place, query),
                        .after = start_of(query),
                        .limit = DOSSIER_COUNT_MOST + 1};
    if (query->search.len)
        walk.after = (struct found){0};
    if (!store_read(place->store, count, &walk, err))
        return false;
    bool is_much = walk.found.len > DOSSIER_COUNT_MOST;
    *is_more = is_much || walk.is_cut;
    *number = is_much ? DOSSIER_COUNT_MOST : (int64_t)walk.found.len;
    return true;
}

/* Page by page, each in an arena that is emptied. */
bool dossier_count_whole(const struct dossier_place *place, const struct dossier_query *query, int64_t *number,
                         struct err *err)
{
    enum { PAGE = 5000 };
    struct arena *arena = arena_new();
    struct walk walk = {.arena = arena, .query = query, .view = list_view(place, query), .limit = PAGE};
    walk.after = query->search.len ? (struct found){0} : start_of(query);
    bool ok = true, is_last = false;
    for (*number = 0; ok && !is_last;) {
        walk.found = (struct founds){0};
        ok = store_read(place->store, count, &walk, err);
        *number += (int64_t)walk.found.len;
        is_last = walk.found.len < PAGE && !walk.is_cut;
        if (walk.found.len && !walk.is_cut)
            walk.after = walk.found.at[walk.found.len - 1];
        arena_reset(arena);
    }
    arena_free(arena);
    return ok;
}

/* ---- Of an account ---- */

struct own {
    struct arena *arena;
    int64_t account, before;
    size_t limit;
    str form;
    bool has;
    struct dossier_page *out;
};

static bool list_own(struct tx *tx, void *arg, struct err *err)
{
    struct own *own = arg;
    *own->out = (struct dossier_page){.next = STR_EMPTY};
    struct rows rows = tx_query(tx, select_of_account, P_INT("account", own->account), P_INT("before", own->before),
                                P_INT("limit", (int64_t)own->limit + 1));
    while (rows_next(&rows))
        *vec_push(own->arena, &own->out->lines) = line_of(&rows, own->arena);
    if (own->out->lines.len > own->limit) {
        own->out->lines.len = own->limit;
        own->out->next = str_fmt(own->arena, "%lld", (long long)own->out->lines.at[own->limit - 1].id);
    }
    return rows_end(&rows, err);
}

bool dossier_list_of_account(const struct dossier_place *place, int64_t account, str cursor, size_t limit,
                             struct dossier_page *out, struct err *err)
{
    struct own own = {
        .arena = place->arena, .account = account, .before = INT64_MAX, .limit = limit_of(limit), .out = out};
    if (cursor.len && !str_to_int64(cursor, &own.before))
        return err_set(err, ERR_INVALID, "Cette page de la liste n’existe pas. Revenez à la première.");
    return store_read(place->store, list_own, &own, err);
}

static bool has_open(struct tx *tx, void *arg, struct err *err)
{
    struct own *own = arg;
    struct rows rows = tx_query(tx, select_open_of_account, P_INT("account", own->account), P_TEXT("form", own->form));
    own->has = rows_next(&rows);
    return rows_end(&rows, err);
}

bool dossier_account_has(const struct dossier_place *place, int64_t account, str form, bool *has, struct err *err)
{
    struct own own = {.arena = place->arena, .account = account, .form = form};
    if (!store_read(place->store, has_open, &own, err))
        return false;
    *has = own.has;
    return true;
}

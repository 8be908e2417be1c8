/* The walk of a list along the indexes of dossier_listing, one for each role of who asks and each phase, merged. */
#include "dossiers/list.h"

#include <stdlib.h>

enum { ROLES_MOST = 64 };

/* Every combination of filter and order is a text of its own, so that each walks along its index and reads nothing
 * beside it. Those that hold OF_PHASE walk along one phase; the others pass over what is of no phase that is asked. */
#define OF_PHASE " AND l.phase = :lowest"
#define OF_PHASES " AND l.phase BETWEEN :lowest AND :highest"
#define OF_FORM " AND l.form = :form"
#define OF_STATUS " AND l.form = :form AND l.status = :status"
#define NEWEST(filter)                                                                                                 \
    "SELECT l.received, l.dossier FROM dossier_listing l WHERE l.role = :role" filter                                  \
    " AND (l.received, l.dossier) < (:at, :id) AND l.received >= :bound"                                               \
    " ORDER BY l.received DESC, l.dossier DESC LIMIT :limit"
#define OLDEST(filter)                                                                                                 \
    "SELECT l.received, l.dossier FROM dossier_listing l WHERE l.role = :role" filter                                  \
    " AND (l.received, l.dossier) > (:at, :id) AND l.received < :bound"                                                \
    " ORDER BY l.received, l.dossier LIMIT :limit"
#define UPDATED(filter)                                                                                                \
    "SELECT l.updated, l.dossier FROM dossier_listing l WHERE l.role = :role" filter                                   \
    " AND (l.updated, l.dossier) < (:at, :id) AND l.received >= :bound AND l.received < :to"                           \
    " ORDER BY l.updated DESC, l.dossier DESC LIMIT :limit"

/* The most urgent first: those above the first level along an index of their own, which holds no other, then the rest
 * as the newest. What is found has level and date in one number, so that one cursor leads through both. */
#define ONE_LEVEL (INT64_C(1) << 55) /* microseconds: further off than any date */
#define URGENT(filter)                                                                                                 \
    "SELECT l.level * 36028797018963968 + l.received, l.dossier FROM dossier_listing l WHERE l.role = :role" filter    \
    " AND l.level > 0 AND (l.level, l.received, l.dossier) < (:level, :at, :id)"                                       \
    " AND l.received >= :bound AND l.received < :to"                                                                   \
    " ORDER BY l.level DESC, l.received DESC, l.dossier DESC LIMIT :limit"
#define CALM(filter) NEWEST(filter " AND l.level = 0 AND l.received < :to")

enum shape { SHAPE_ALL, SHAPE_FORM, SHAPE_STATUS };
static const char *const walks[][4] = {
    [SHAPE_ALL] = {NEWEST(OF_PHASE), OLDEST(OF_PHASE), UPDATED(OF_PHASES), CALM(OF_PHASE)},
    [SHAPE_FORM] = {NEWEST(OF_FORM OF_PHASE), OLDEST(OF_FORM OF_PHASE), UPDATED(OF_FORM OF_PHASES),
                    CALM(OF_FORM OF_PHASE)},
    [SHAPE_STATUS] = {NEWEST(OF_STATUS OF_PHASES), OLDEST(OF_STATUS OF_PHASES), UPDATED(OF_STATUS OF_PHASES),
                      CALM(OF_STATUS OF_PHASES)},
};
static const char *const walks_urgent[] = {
    [SHAPE_ALL] = URGENT(OF_PHASES),
    [SHAPE_FORM] = URGENT(OF_FORM OF_PHASES),
    [SHAPE_STATUS] = URGENT(OF_STATUS OF_PHASES),
};

static const char walk_value[] =
    "SELECT v.dossier, v.dossier FROM dossier_value v"
    " WHERE v.form = :form AND v.field = :field AND v.text = :value AND v.dossier < :id"
    " AND EXISTS (SELECT 1 FROM dossier_listing l WHERE l.dossier = v.dossier AND l.role = :role"
    " AND (:status = '' OR l.status = :status)" OF_PHASES
    " AND l.received >= :bound AND l.received < :to) ORDER BY v.dossier DESC LIMIT :limit";

static const char select_by_code[] = "SELECT id FROM dossier WHERE code = :code AND is_removed = 0";
static const char select_by_identifier[] =
    "SELECT id FROM dossier WHERE form = :form AND identifier = :identifier AND identifier <> ''";
static const char select_by_number[] = "SELECT d.id FROM dossier_form f JOIN dossier d ON d.form = f.form"
                                       " WHERE f.number = :number AND d.sequence = :sequence AND d.is_removed = 0"
                                       " AND d.identifier = ''";
static const char select_right[] = "SELECT 1 FROM dossier_listing WHERE dossier = :dossier AND role = :role";

/* ---- The walk ---- */

str list_of_role(struct arena *arena, bool of_cards, str role)
{
    return of_cards ? str_fmt(arena, "card:%.*s", STR_ARG(role)) : role;
}

static enum shape shape_of(const struct dossier_query *query)
{
    if (!query->form.len)
        return SHAPE_ALL;
    return query->status.len ? SHAPE_STATUS : SHAPE_FORM;
}

static bool is_by_value(const struct dossier_query *query)
{
    return query->form.len && query->field.len;
}

static bool is_by_level(const struct dossier_query *query)
{
    return query->sort == DOSSIER_MOST_URGENT && !is_by_value(query);
}

static bool run_walk(struct tx *tx, struct walk *walk, const char *text, str role, enum phase lowest,
                     enum phase highest, struct err *err)
{
    const struct dossier_query *query = walk->query;
    bool by_value = is_by_value(query);
    int64_t at = is_by_level(query) ? walk->after.at % ONE_LEVEL : walk->after.at;
    int64_t to = query->to ? query->to : INT64_MAX, bound = query->sort == DOSSIER_OLDEST ? to : query->from;
    const struct sql_param params[] = {
        P_TEXT("role", role),
        P_INT("id", by_value && !walk->after.id ? INT64_MAX : walk->after.id),
        P_INT("bound", bound),
        P_INT("limit", walk->limit),
        P_INT("at", at),
        P_INT("level", walk->after.at / ONE_LEVEL),
        P_INT("to", to),
        P_TEXT("form", query->form),
        P_TEXT("status", query->status),
        P_INT("lowest", lowest),
        P_INT("highest", highest),
        P_TEXT("field", query->field),
        P_TEXT("value", query->value),
    };
    struct rows rows = tx_query_planned(tx, text, params, sizeof params / sizeof *params);
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 1);
        *vec_push(walk->arena, &walk->found) = (struct found){rows_int(&rows, 0), id};
    }
    return rows_end(&rows, err);
}

static bool walk_phases(struct tx *tx, struct walk *walk, str role, enum phase lowest, enum phase highest,
                        struct err *err)
{
    const struct dossier_query *query = walk->query;
    const char *text = is_by_value(query) ? walk_value : walks[shape_of(query)][query->sort];
    struct found after = walk->after;
    if (is_by_level(query) && after.at >= ONE_LEVEL) /* among the urgent: all others are behind */
        walk->after = (struct found){ONE_LEVEL - 1, 0};
    bool ok = run_walk(tx, walk, text, role, lowest, highest, err);
    walk->after = after;
    return ok;
}

static enum phase lowest_of(const struct dossier_query *query)
{
    if (query->waiting_only)
        return PHASE_WAITING;
    return query->state == DOSSIER_OPEN ? PHASE_OPEN : PHASE_FINAL;
}

static enum phase highest_of(const struct dossier_query *query)
{
    return query->state == DOSSIER_FINAL && !query->waiting_only ? PHASE_FINAL : PHASE_WAITING;
}

static bool walk_role(struct tx *tx, struct walk *walk, str role, struct err *err)
{
    const struct dossier_query *query = walk->query;
    enum phase lowest = lowest_of(query), highest = highest_of(query);
    if (is_by_level(query) && walk->after.at >= ONE_LEVEL &&
        !run_walk(tx, walk, walks_urgent[shape_of(query)], role, lowest, highest, err))
        return false;
    if (is_by_value(query) || query->sort == DOSSIER_LAST_UPDATED || shape_of(query) == SHAPE_STATUS)
        return walk_phases(tx, walk, role, lowest, highest, err);
    for (enum phase phase = lowest; phase <= highest; phase++)
        if (!walk_phases(tx, walk, role, phase, phase, err))
            return false;
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct found *left = a, *right = b;
    if (left->at != right->at)
        return left->at > right->at ? -1 : 1;
    return left->id == right->id ? 0 : left->id > right->id ? -1 : 1;
}

static int oldest_first(const void *a, const void *b)
{
    return newest_first(b, a);
}

/* The pages of several walks, merged; a dossier that two roles see comes once. */
static void merge(struct walk *walk)
{
    struct founds *found = &walk->found;
    bool is_oldest = walk->query->sort == DOSSIER_OLDEST && str_is_empty(walk->query->search);
    if (found->len)
        qsort(found->at, found->len, sizeof *found->at, is_oldest ? oldest_first : newest_first);
    size_t kept = 0;
    for (size_t i = 0; i < found->len; i++)
        if (!kept || found->at[kept - 1].id != found->at[i].id)
            found->at[kept++] = found->at[i];
    found->len = kept < (size_t)walk->limit ? kept : (size_t)walk->limit;
}

static bool walk_roles(struct tx *tx, struct walk *walk, struct err *err)
{
    const struct actor *actor = walk->query->actor;
    const str every = EVERY_ROLE, *roles = actor->is_admin ? &every : actor->roles;
    size_t count = actor->is_admin ? 1 : actor->role_count;
    bool of_cards = form_key_is_card(walk->query->form, NULL);
    for (size_t i = 0; i < count && i < ROLES_MOST; i++)
        if (!walk_role(tx, walk, list_of_role(walk->arena, of_cards, roles[i]), err))
            return false;
    merge(walk);
    return true;
}

/* ---- A code or a number finds its dossier, an identifier its card ---- */

static bool find_one(struct tx *tx, struct arena *arena, const struct dossier_query *query, int64_t *id,
                     struct err *err)
{
    str code, left, right, search = query->search;
    int64_t number, sequence;
    struct rows rows;
    *id = 0;
    if (form_key_is_card(query->form, NULL))
        rows = tx_query(tx, select_by_identifier, P_TEXT("form", query->form), P_TEXT("identifier", str_trim(search)));
    else if (dossier_code_parse(arena, search, &code))
        rows = tx_query(tx, select_by_code, P_TEXT("code", code));
    else if (str_cut(str_trim(search), '-', &left, &right) && str_to_int64(left, &number) &&
             str_to_int64(right, &sequence))
        rows = tx_query(tx, select_by_number, P_INT("number", number), P_INT("sequence", sequence));
    else
        return true;
    if (rows_next(&rows))
        *id = rows_int(&rows, 0);
    return rows_end(&rows, err);
}

static bool may_see(struct tx *tx, const struct walk *walk, int64_t id, bool *may, struct err *err)
{
    const struct actor *actor = walk->query->actor;
    bool of_cards = form_key_is_card(walk->query->form, NULL);
    *may = actor->is_admin;
    for (size_t i = 0; i < actor->role_count && !*may; i++) {
        struct rows rows = tx_query(tx, select_right, P_INT("dossier", id),
                                    P_TEXT("role", list_of_role(walk->arena, of_cards, actor->roles[i])));
        *may = rows_next(&rows);
        if (!rows_end(&rows, err))
            return false;
    }
    return true;
}

static bool walk_search(struct tx *tx, struct walk *walk, struct err *err)
{
    int64_t id;
    bool may = false;
    if (!find_one(tx, walk->arena, walk->query, &id, err))
        return false;
    if (id && !may_see(tx, walk, id, &may, err))
        return false;
    if (!may)
        return search_walk(tx, walk->arena, walk->query, walk->after, walk->limit, &walk->found, err);
    if (!walk->after.id)
        *vec_push(walk->arena, &walk->found) = (struct found){id, id};
    return true;
}

bool list_walk(struct tx *tx, struct walk *walk, struct err *err)
{
    walk->found.len = 0;
    if (!str_is_empty(str_trim(walk->query->search)))
        return walk_search(tx, walk, err);
    return walk_roles(tx, walk, err);
}

/* Counting and reading: chooses the index that leads, writes the tests down, runs one statement. */
#include "dossiers/query_sql.h"

enum { VERSIONS_MOST = 32, INDEXED_MOST = 160 };

/* ---- Which index leads ---- */

struct lead {
    enum query_lead kind;
    const struct query_test *test; /* NULL: LEAD_FORM */
    int64_t since;                 /* the first version of the form that lists the test's field */
};

static bool is_listed(const struct field *field)
{
    return field && (field->places & PLACE_LISTINGS);
}

/* Choices are listed by their text, which is compared with no id but where both are one. */
static bool text_is_indexed(const struct field *field)
{
    static const str types[] = {STR_INIT("string"), STR_INIT("text"), STR_INIT("email"), STR_INIT("date"),
                                STR_INIT("bool")};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(field->type_name, types[i]))
            return true;
    return str_eq(field->type_name, STR("item")) && json_is_array(json_object_get(field->json, "items")) &&
           !json_object_get(field->json, "source");
}

/* The first of the latest versions that all list the field; 1: every one does. */
static int64_t listed_since(const struct query *query, const struct field *field)
{
    const struct dossier_definitions *definitions = query->place->definitions;
    int64_t version = query->form->version, lowest = version - VERSIONS_MOST;
    while (version > 1 && version > lowest) {
        const struct form *older = definitions->form(definitions->data, query->form->key, version - 1);
        const struct field *same = older ? field_by_id(&older->fields, field->id) : NULL;
        bool is_number = str_eq(field->type_name, STR("numeric"));
        if (!is_listed(same) || !str_eq(same->type_name, field->type_name) || (!is_number && !text_is_indexed(same)))
            break;
        version--;
    }
    return version;
}

/* A text of which no more than a beginning is indexed has no range but of itself. */
static bool has_range(const struct query_test *test)
{
    bool is_date = str_eq(test->field->type_name, STR("date"));
    return is_date || (test->has_low && test->has_high && str_eq(test->low, test->high));
}

static bool is_alone(const struct query *query, const struct query_test *test)
{
    for (const struct query_test *other = query->tests; other; other = other->next)
        if (other != test && other->group == test->group)
            return false;
    return true;
}

static enum query_lead lead_of(const struct query *query, const struct query_test *test)
{
    if (test->negated || !is_alone(query, test))
        return LEAD_FORM;
    if (!test->field && str_eq(test->column, STR("sequence")))
        return test->has_low && test->has_high ? LEAD_SEQUENCE : LEAD_FORM;
    if (!test->field && str_eq(test->column, STR("identifier")))
        return LEAD_IDENTIFIER;
    if (!test->field && str_eq(test->column, STR("account")))
        return LEAD_ACCOUNT;
    if (!test->field && str_eq(test->column, STR("status")))
        return LEAD_STATUS;
    if (!test->field && str_eq(test->column, STR("final")))
        return LEAD_FINAL;
    if (!is_listed(test->field) || !field_by_id(&query->form->fields, test->field->id))
        return LEAD_FORM;
    if (test->kind == TEST_NUMBER)
        return LEAD_NUMBER;
    return test->kind == TEST_TEXT && text_is_indexed(test->field) && has_range(test) ? LEAD_TEXT : LEAD_FORM;
}

/* The kinds stand in the order of how few they lead to. */
static struct lead choose_lead(const struct query *query)
{
    struct lead best = {LEAD_FORM, NULL, 1};
    for (const struct query_test *test = query->tests; test; test = test->next) {
        enum query_lead kind = lead_of(query, test);
        if (kind != LEAD_FORM && (best.kind == LEAD_FORM || kind < best.kind))
            best = (struct lead){kind, test, 1};
    }
    if (best.kind == LEAD_TEXT || best.kind == LEAD_NUMBER)
        best.since = listed_since(query, best.test->field);
    return best;
}

/* ---- The tests, as the statement reads them ---- */

static json_t *test_json(struct arena *arena, const struct query_test *test)
{
    static const char *const kinds[] = {[TEST_ANY] = "any",
                                        [TEST_TEXT] = "text",
                                        [TEST_NUMBER] = "number",
                                        [TEST_DIGITS] = "digits",
                                        [TEST_LIKE] = "like"};
    json_t *json = json_object();
    bool is_number = test->kind == TEST_NUMBER || test->kind == TEST_DIGITS;
    json_object_set_new(json, "group", json_integer(test->group));
    json_object_set_new(json, "kind", json_string(kinds[test->kind]));
    json_object_set_new(json, "place", json_from_str(test->field ? STR("answer") : test->column));
    json_object_set_new(json, "path",
                        json_from_str(test->field ? str_fmt(arena, "$.\"%.*s\"", STR_ARG(test->field->id)) : STR("$")));
    json_object_set_new(json, "field", json_from_str(test->field ? test->field->id : STR_EMPTY));
    json_object_set_new(json, "negated", json_boolean(test->negated));
    json_object_set_new(json, "with_low", json_boolean(test->with_low));
    json_object_set_new(json, "with_high", json_boolean(test->with_high));
    if (test->has_low)
        json_object_set_new(json, is_number ? "least" : "low",
                            is_number ? json_real(test->from) : json_from_str(test->low));
    if (test->has_high)
        json_object_set_new(json, is_number ? "most" : "high",
                            is_number ? json_real(test->to) : json_from_str(test->high));
    return json;
}

static str tests_text(struct arena *arena, const struct query *query)
{
    json_t *list = json_keep(arena, json_array());
    for (const struct query_test *test = query->tests; test; test = test->next)
        json_array_append_new(list, test_json(arena, test));
    return json_text(arena, list);
}

/* ---- Running ---- */

struct reading {
    struct arena *arena;
    const struct query *query;
    struct lead lead;
    bool is_descending;
    int64_t limit;
    int64_t count;
    struct query_rows *rows;   /* NULL: counts */
    const struct dossier *own; /* NULL: none */
    str tests, path, own_answers;
};

/* What dossier_value holds of the test's text (index.c). */
static str indexed(const struct query_test *test, str text)
{
    if (str_eq(test->field->type_name, STR("bool")))
        return str_eq(text, STR("true")) ? STR("Oui") : STR("Non");
    return utf8_slice(text, 0, INDEXED_MOST);
}

/* The dossier at hand, where it is one that the query may find: it counts as it is now. */
static const struct dossier *own_of(const struct query *query)
{
    const struct dossier *own = query->scope ? query->scope->dossier : NULL;
    bool may = own && !own->is_removed && !own->is_anonymised && str_eq(own->form, query->form->key);
    return may ? own : NULL;
}

static struct dossier *read_one(struct reading *reading, struct rows *rows)
{
    struct dossier *dossier = arena_new_of(reading->arena, struct dossier);
    if (reading->own && reading->own->id == rows_int(rows, 0))
        *dossier = *reading->own;
    else
        load_row(rows, reading->arena, dossier);
    return dossier;
}

static bool run(struct tx *tx, void *arg, struct err *err)
{
    static const char *const orders[] = {"id", "received", "updated", "sequence", "status", "text", "number", "level"};
    struct reading *reading = arg;
    const struct query *query = reading->query;
    const struct query_test none = {.low = STR_EMPTY}, *lead = reading->lead.test ? reading->lead.test : &none;
    bool is_text = reading->lead.kind == LEAD_TEXT;
    int64_t account = 0;
    if (reading->lead.kind == LEAD_ACCOUNT)
        str_to_int64(lead->low, &account);
    bool is_final = str_eq(lead->low, STR("1"));
    const struct dossier nobody = {.status = STR_EMPTY, .identifier = STR_EMPTY},
                         *own = reading->own ? reading->own : &nobody;
    const struct sql_param params[] = {
        P_TEXT("tests", reading->tests),
        P_TEXT("form", query->form->key),
        P_INT("groups", query->group_count),
        P_INT("limit", reading->limit),
        P_INT("down", reading->is_descending),
        P_TEXT("order", str_of(orders[query->order])),
        P_TEXT("path", reading->path),
        P_TEXT("field", query->order_field ? query->order_field->id : STR_EMPTY),
        P_INT("sequence", (int64_t)lead->from),
        P_INT("account", account),
        P_TEXT("lead", lead->field ? lead->field->id : STR_EMPTY),
        P_TEXT("low", is_text && lead->has_low ? indexed(lead, lead->low) : lead->low),
        P_TEXT("high", is_text && lead->has_high ? indexed(lead, lead->high) : STR("9999-99-99")),
        P_REAL("from", lead->has_low ? lead->from : -1e300),
        P_REAL("to", lead->has_high ? lead->to : 1e300),
        P_INT("since", reading->lead.since),
        P_TEXT("status", lead->low),
        P_INT("lowest", is_final ? PHASE_FINAL : PHASE_OPEN),
        P_INT("highest", is_final ? PHASE_FINAL : PHASE_WAITING),
        P_INT("own", own->id),
        P_INT("own_form_number", own->form_number),
        P_INT("own_sequence", own->sequence),
        P_INT("own_account", own->account),
        P_TEXT("own_status", own->status),
        P_INT("own_received", own->received),
        P_INT("own_updated", own->updated),
        P_INT("own_final", own->is_final),
        P_TEXT("own_answers", reading->own_answers),
        P_TEXT("own_identifier", own->identifier),
        P_INT("own_level", own->level),
        P_TEXT("every", list_of_role(reading->arena, query->form->is_card, EVERY_ROLE)),
    };
    const struct sql *text = reading->rows ? &query_selects[reading->lead.kind] : &query_counts[reading->lead.kind];
    struct rows rows = tx_query_planned(tx, sql_for(tx, text), params, sizeof params / sizeof *params);
    while (rows_next(&rows)) {
        if (!reading->rows) {
            reading->count = rows_int(&rows, 0);
            continue;
        }
        struct dossier *dossier = read_one(reading, &rows);
        *vec_push(reading->arena, &reading->rows->dossiers) = dossier;
    }
    return rows_end(&rows, err);
}

static void tell(const struct err *err)
{
    value_fault("La recherche n’a pas abouti : %s", err->message);
}

/* False: nothing passes, or it could not be read, which was told. */
static bool start(struct reading *reading)
{
    const struct query *query = reading->query;
    struct arena *arena = reading->arena;
    struct err err = {0};
    if (query->is_empty || !query->form || !query->place->store)
        return false;
    reading->lead = choose_lead(query);
    reading->tests = tests_text(arena, query);
    reading->own = own_of(query);
    reading->own_answers = reading->own ? json_text(arena, reading->own->answers) : STR("{}");
    reading->path = STR("$");
    if (query->order_field)
        reading->path = str_fmt(arena, "$.\"%.*s\"", STR_ARG(query->order_field->id));
    bool ok = store_read(query->place->store, run, reading, &err);
    if (!ok)
        tell(&err);
    return ok;
}

int64_t query_count(struct query *query, struct arena *arena)
{
    if (query->rows && !query->rows->has_more)
        return (int64_t)query->rows->dossiers.len;
    struct reading reading = {.arena = arena, .query = query};
    if (query->count < 0)
        query->count = start(&reading) ? reading.count : 0;
    return query->count;
}

const struct query_rows *query_read(struct query *query, struct arena *arena)
{
    if (query->rows)
        return query->rows;
    struct query_rows *rows = query->rows = arena_new_of(arena, struct query_rows);
    struct reading reading = {.arena = arena,
                              .query = query,
                              .rows = rows,
                              .limit = QUERY_ROWS_MOST + 1,
                              .is_descending = query->is_descending};
    if (!start(&reading))
        rows->dossiers.len = 0;
    rows->has_more = rows->dossiers.len > QUERY_ROWS_MOST;
    if (rows->has_more) {
        rows->dossiers.len = QUERY_ROWS_MOST;
        value_fault("La recherche trouve plus de %d demandes : les suivantes ne sont pas lues.", QUERY_ROWS_MOST);
    }
    return rows;
}

struct dossier *query_end(const struct query *query, struct arena *arena, bool last)
{
    struct query_rows rows = {0};
    struct reading reading = {
        .arena = arena, .query = query, .rows = &rows, .limit = 1, .is_descending = query->is_descending != last};
    return start(&reading) && rows.dossiers.len ? rows.dossiers.at[0] : NULL;
}

/* ---- Those of a list that pass ---- */

static json_t *ids_json(struct arena *arena, const struct founds *founds)
{
    json_t *ids = json_keep(arena, json_array());
    for (size_t i = 0; i < founds->len; i++)
        json_array_append_new(ids, json_integer(founds->at[i].id));
    return ids;
}

bool query_keep(struct tx *tx, const struct query *query, struct arena *arena, struct founds *founds, struct err *err)
{
    struct map passing = map_new(arena);
    struct rows rows =
        tx_query(tx, sql_for(tx, &query_passing), P_TEXT("tests", tests_text(arena, query)),
                 P_INT("groups", query->group_count), P_TEXT("ids", json_text(arena, ids_json(arena, founds))));
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 0);
        map_set(&passing, str_dup(arena, (str){(const char *)&id, sizeof id}), founds);
    }
    size_t kept = 0;
    for (size_t i = 0; i < founds->len; i++)
        if (map_get(&passing, (str){(const char *)&founds->at[i].id, sizeof founds->at[i].id}))
            founds->at[kept++] = founds->at[i];
    founds->len = kept;
    return rows_end(&rows, err);
}

/* ---- Histories ---- */

struct history_reading {
    struct arena *arena;
    struct query_rows *rows;
    str ids;
};

static bool read_histories(struct tx *tx, void *arg, struct err *err)
{
    struct history_reading *reading = arg;
    struct map known = map_new(reading->arena);
    for (size_t i = 0; i < reading->rows->dossiers.len; i++) {
        struct dossier *dossier = reading->rows->dossiers.at[i];
        dossier->history = (struct history){0};
        map_set(&known, (str){(const char *)&dossier->id, sizeof dossier->id}, dossier);
    }
    struct rows rows = tx_query(tx, sql_for(tx, &query_histories), P_TEXT("ids", reading->ids));
    while (rows_next(&rows)) {
        int64_t id = rows_int(&rows, 7);
        struct dossier *dossier = map_get(&known, (str){(const char *)&id, sizeof id});
        if (dossier)
            load_entry(&rows, reading->arena, dossier);
    }
    for (size_t i = 0; i < reading->rows->dossiers.len; i++)
        workflow_carry_history(reading->rows->dossiers.at[i]);
    return rows_end(&rows, err);
}

void query_read_history(const struct dossier_place *place, struct arena *arena, struct query_rows *rows)
{
    if (rows->has_history)
        return;
    rows->has_history = true;
    json_t *ids = json_keep(arena, json_array());
    for (size_t i = 0; i < rows->dossiers.len; i++)
        json_array_append_new(ids, json_integer(rows->dossiers.at[i]->id));
    struct history_reading reading = {arena, rows, json_text(arena, ids)};
    struct err err = {0};
    if (!store_read(place->store, read_histories, &reading, &err))
        tell(&err);
}

/* filter_by on what every dossier has: status, user, internal_id, number, identifier, criticality-level. */
#include "dossiers/query.h"

static struct query *refuse(const struct query *query, struct arena *arena, str column, enum query_operator op)
{
    value_fault("L’opérateur « %s » ne convient pas au filtre « %.*s ».", query_operator_name(op), STR_ARG(column));
    return query_nothing(arena, query);
}

static struct query *compare_status(const struct query *query, struct arena *arena, enum query_operator op,
                                    struct value value)
{
    if (op != OPERATOR_EQUAL && op != OPERATOR_NOT_EQUAL)
        return refuse(query, arena, STR("status"), op);
    str name = value_to_text(arena, value_plain(arena, value), STR("fr"));
    for (size_t i = 0; query->workflow && i < workflow_status_count(query->workflow); i++) {
        const struct workflow_status *status = workflow_status_at(query->workflow, i);
        if (!str_eq(status->name, name))
            continue;
        struct query *next = query_copy(arena, query);
        query_add_column(arena, next, "status", status->id, op == OPERATOR_NOT_EQUAL);
        return next;
    }
    value_fault("Le circuit n’a pas de statut « %.*s ».", STR_ARG(utf8_slice(name, 0, 60)));
    return query_nothing(arena, query);
}

/* A person, or the address or identifier of one. */
static int64_t account_meant(const struct dossier_place *place, struct arena *arena, struct value value)
{
    int64_t account = variables_account_of(value);
    struct dossier_person person;
    value = value_plain(arena, value);
    if (account || value.kind != VALUE_TEXT || !value.text.len)
        return account;
    if (place->user.account && (str_eq(value.text, place->user.uuid) || str_eq(value.text, place->user.email)))
        return place->user.account;
    return place->person_called && place->person_called(place->data, arena, value.text, &person) ? person.account : 0;
}

static struct query *compare_user(const struct query *query, struct arena *arena, enum query_operator op,
                                  struct value value)
{
    if (op != OPERATOR_EQUAL)
        return refuse(query, arena, STR("user"), op);
    int64_t account = account_meant(query->place, arena, value);
    if (!account)
        return query_nothing(arena, query);
    struct query *next = query_copy(arena, query);
    query_add_column(arena, next, "account", str_fmt(arena, "%lld", (long long)account), false);
    return next;
}

static struct query_test sequence_test(enum query_operator op, int64_t sequence, bool negated)
{
    bool is_upper = op == OPERATOR_LESS || op == OPERATOR_LESS_OR_EQUAL;
    bool is_lower = op == OPERATOR_GREATER || op == OPERATOR_GREATER_OR_EQUAL;
    bool with = op != OPERATOR_LESS && op != OPERATOR_GREATER;
    return (struct query_test){.kind = TEST_NUMBER,
                               .column = STR("sequence"),
                               .negated = negated,
                               .has_low = !is_upper,
                               .has_high = !is_lower,
                               .with_low = with,
                               .with_high = with,
                               .from = (double)sequence,
                               .to = (double)sequence};
}

/* w.c.s.: several are separated by « | » or a comma. */
static struct query *compare_id(const struct query *query, struct arena *arena, enum query_operator op,
                                struct value value)
{
    bool many = op == OPERATOR_IN || op == OPERATOR_NOT_IN;
    bool negated = op == OPERATOR_NOT_EQUAL || op == OPERATOR_NOT_IN;
    if ((!many && op > OPERATOR_GREATER_OR_EQUAL) || op == OPERATOR_I_EQUAL)
        return refuse(query, arena, STR("internal_id"), op);
    struct query *next = query_copy(arena, query);
    str text = value_to_text(arena, value_plain(arena, value), STR("en"));
    str rest = many ? str_replace(arena, text, STR(","), STR("|")) : text, part;
    bool is_first = true, is_right = text.len > 0;
    while (is_right && str_next(&rest, many ? '|' : '\n', &part)) {
        int64_t sequence;
        is_right = str_to_int64(str_trim(part), &sequence) && next->test_count < QUERY_TESTS_MOST;
        if (is_right)
            query_add(arena, next, sequence_test(op, sequence, negated), !is_first && !negated);
        is_first = false;
    }
    if (is_right)
        return next;
    value_fault("La valeur « %.*s » ne convient pas au filtre « internal_id ».", STR_ARG(utf8_slice(text, 0, 60)));
    return query_nothing(arena, query);
}

static struct query *compare_number(const struct query *query, struct arena *arena, str column, enum query_operator op,
                                    struct value value)
{
    if (op != OPERATOR_EQUAL)
        return refuse(query, arena, column, op);
    str text = value_to_text(arena, value_plain(arena, value), STR("en")), form, sequence;
    int64_t number;
    struct query *next = query_copy(arena, query);
    if (!query_text_is_fit(text))
        return query_nothing(arena, query);
    query_add_column(arena, next, "number", text, false);
    if (str_cut(text, '-', &form, &sequence) && str_to_int64(sequence, &number)) /* finds it by its index */
        query_add(arena, next, sequence_test(OPERATOR_EQUAL, number, false), false);
    return next;
}

static struct query *compare_own_identifier(const struct query *query, struct arena *arena, enum query_operator op,
                                            str text)
{
    if (op != OPERATOR_EQUAL)
        return refuse(query, arena, STR("identifier"), op);
    if (!text.len || !query_text_is_fit(text))
        return query_nothing(arena, query);
    struct query *next = query_copy(arena, query);
    query_add_column(arena, next, "identifier", text, false);
    return next;
}

/* An identifier is the internal number, or the whole one: form_identifier gives the latter. A card has one of its own.
 */
static struct query *compare_identifier(const struct query *query, struct arena *arena, enum query_operator op,
                                        struct value value)
{
    str text = value_to_text(arena, value_plain(arena, value), STR("en"));
    int64_t sequence;
    if (query->form && query->form->is_card)
        return compare_own_identifier(query, arena, op, text);
    if (op != OPERATOR_EQUAL || !str_to_int64(text, &sequence))
        return compare_number(query, arena, STR("identifier"), op, value);
    struct query *next = query_copy(arena, query);
    query_add(arena, next, sequence_test(op, sequence, false), false);
    return next;
}

/* By its place among the levels of the workflow. */
static struct query *compare_level(const struct query *query, struct arena *arena, enum query_operator op,
                                   struct value value)
{
    int64_t level;
    if (op != OPERATOR_EQUAL)
        return refuse(query, arena, STR("criticality-level"), op);
    str text = value_to_text(arena, value_plain(arena, value), STR("en"));
    if (!str_to_int64(str_trim(text), &level))
        return query_nothing(arena, query);
    struct query *next = query_copy(arena, query);
    query_add_column(arena, next, "level", str_fmt(arena, "%lld", (long long)level), false);
    return next;
}

struct query *query_compare_column(const struct query *query, struct arena *arena, str column, enum query_operator op,
                                   struct value value)
{
    if (str_eq(column, STR("status")))
        return compare_status(query, arena, op, value);
    if (str_eq(column, STR("user")))
        return compare_user(query, arena, op, value);
    if (str_eq(column, STR("internal_id")))
        return compare_id(query, arena, op, value);
    if (str_eq(column, STR("number")))
        return compare_number(query, arena, column, op, value);
    if (str_eq(column, STR("identifier")))
        return compare_identifier(query, arena, op, value);
    if (str_eq(column, STR("criticality-level")))
        return compare_level(query, arena, op, value);
    if (!str_eq(column, STR("distance")))
        return NULL;
    value_fault("La géolocalisation des demandes n’est pas encore conservée.");
    return query_nothing(arena, query);
}

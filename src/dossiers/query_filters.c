/* The filters of a query that give another query: one function each, and one line of the table. */
#include "dossiers/query.h"

typedef struct query *filter_fn(const struct query *query, struct arena *arena, struct value arg);

/* ---- filter_by, operators, values ---- */

static struct query *filter_by(const struct query *query, struct arena *arena, struct value arg)
{
    struct query *next = query_copy(arena, query);
    next->has_attribute = true;
    next->has_operator = false;
    next->attribute_field = NULL;
    arg = value_plain(arena, arg);
    next->attribute = arg.kind == VALUE_NONE ? STR_EMPTY : value_to_text(arena, arg, STR("en"));
    return next;
}

static struct query *filter_value(const struct query *query, struct arena *arena, struct value arg)
{
    return query_compare(query, arena, arg, false);
}

static struct query *exclude_value(const struct query *query, struct arena *arena, struct value arg)
{
    if (!query->has_operator)
        return query_compare(query, arena, arg, true);
    value_fault("« exclude_value » ne prend pas d’opérateur.");
    return query_nothing(arena, query);
}

static struct query *use_operator(const struct query *query, struct arena *arena, enum query_operator op)
{
    struct query *next = query_copy(arena, query);
    next->has_operator = true;
    next->op = op;
    return op >= OPERATOR_ABSENT ? query_compare(next, arena, VALUE_OF_UNDEFINED, false) : next;
}

/* ---- By what every dossier has ---- */

static struct query *by_column(const struct query *query, struct arena *arena, const char *column, struct value arg)
{
    return query_compare_column(query, arena, str_of(column), OPERATOR_EQUAL, arg);
}

static struct query *by_status(const struct query *query, struct arena *arena, struct value arg)
{
    return by_column(query, arena, "status", arg);
}

static struct query *by_user(const struct query *query, struct arena *arena, struct value arg)
{
    return by_column(query, arena, "user", arg);
}

static struct query *by_internal_id(const struct query *query, struct arena *arena, struct value arg)
{
    return by_column(query, arena, "internal_id", arg);
}

static struct query *by_number(const struct query *query, struct arena *arena, struct value arg)
{
    return by_column(query, arena, "number", arg);
}

static struct query *by_identifier(const struct query *query, struct arena *arena, struct value arg)
{
    return by_column(query, arena, "identifier", arg);
}

static struct query *of_account(const struct query *query, struct arena *arena, int64_t account)
{
    if (!account)
        return query_nothing(arena, query);
    struct query *next = query_copy(arena, query);
    query_add_column(arena, next, "account", str_fmt(arena, "%lld", (long long)account), false);
    return next;
}

static struct query *current_user(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    return of_account(query, arena, query->place->user.account);
}

/* w.c.s.: where nobody is known to have filed it, all pass. */
static struct query *same_user(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    const struct dossier *own = query->scope ? query->scope->dossier : NULL;
    if (!query->scope) {
        value_fault("« same_user » ne vaut que pour une demande.");
        return query_nothing(arena, query);
    }
    int64_t account = own ? own->account : query->place->user.account;
    return account ? of_account(query, arena, account) : query_copy(arena, query);
}

static struct query *exclude_self(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    if (!query->scope) {
        value_fault("« exclude_self » ne vaut que pour une demande.");
        return query_nothing(arena, query);
    }
    struct query *next = query_copy(arena, query);
    if (query->scope->dossier)
        query_add_column(arena, next, "id", str_fmt(arena, "%lld", (long long)query->scope->dossier->id), true);
    return next;
}

static struct query *of_phase(const struct query *query, struct arena *arena, bool is_final)
{
    struct query *next = query_copy(arena, query);
    query_add_column(arena, next, "final", is_final ? STR("1") : STR("0"), false);
    return next;
}

static struct query *pending(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    return of_phase(query, arena, false);
}

static struct query *done(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    return of_phase(query, arena, true);
}

/* ---- Order ---- */

static bool order_by_column(struct query *query, str name)
{
    static const struct {
        str name;
        enum query_order order;
    } orders[] = {{STR_INIT("receipt_time"), ORDER_RECEIVED},
                  {STR_INIT("receipt_datetime"), ORDER_RECEIVED},
                  {STR_INIT("last_update_time"), ORDER_UPDATED},
                  {STR_INIT("last_update_datetime"), ORDER_UPDATED},
                  {STR_INIT("id"), ORDER_SEQUENCE},
                  {STR_INIT("internal_id"), ORDER_SEQUENCE},
                  {STR_INIT("number"), ORDER_SEQUENCE},
                  {STR_INIT("id_display"), ORDER_SEQUENCE},
                  {STR_INIT("status"), ORDER_STATUS},
                  {STR_INIT("criticality_level"), ORDER_LEVEL}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (str_eq(name, orders[i].name)) {
            query->order = orders[i].order;
            return true;
        }
    return false;
}

static struct query *order_by(const struct query *query, struct arena *arena, struct value arg)
{
    struct query *next = query_copy(arena, query);
    arg = value_plain(arena, arg);
    str name = arg.kind == VALUE_TEXT ? arg.text : STR_EMPTY;
    next->is_descending = str_starts(name, STR("-"));
    name = str_slice(name, next->is_descending, name.len);
    size_t at = 0;
    next->order_field = query_field(query, name, &at);
    if (next->order_field)
        next->order = str_eq(next->order_field->type_name, STR("numeric")) ? ORDER_NUMBER : ORDER_TEXT;
    else if (!order_by_column(next, name)) {
        value_fault("« order_by » ne connaît pas « %.*s ».", STR_ARG(name));
        return query_nothing(arena, query);
    }
    return next;
}

/* ---- What there is nothing for yet ---- */

static struct query *with_drafts(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    value_fault("« with_drafts » : les brouillons ne sont pas des demandes, ils ne sont pas comptés.");
    return query_copy(arena, query);
}

static struct query *with_custom_view(const struct query *query, struct arena *arena, struct value arg)
{
    return query_use_view(query, arena, value_to_text(arena, value_plain(arena, arg), STR("en")), NULL);
}

static struct query *by_distance(const struct query *query, struct arena *arena, struct value arg)
{
    (void)arg;
    value_fault("La géolocalisation des demandes n’est pas encore conservée.");
    return query_nothing(arena, query);
}

/* ---- The table ---- */

static const struct {
    const char *name;
    filter_fn *apply;
    bool is_member; /* wants no argument */
} filters[] = {
    {"current_user", current_user, true},
    {"distance_filter", by_distance, false},
    {"done", done, true},
    {"exclude_self", exclude_self, true},
    {"exclude_value", exclude_value, false},
    {"filter_by", filter_by, false},
    {"filter_by_distance", by_distance, false},
    {"filter_by_identifier", by_identifier, false},
    {"filter_by_internal_id", by_internal_id, false},
    {"filter_by_number", by_number, false},
    {"filter_by_status", by_status, false},
    {"filter_by_user", by_user, false},
    {"filter_value", filter_value, false},
    {"order_by", order_by, false},
    {"pending", pending, true},
    {"same_user", same_user, true},
    {"set_geo_center", by_distance, false},
    {"with_custom_view", with_custom_view, false},
    {"with_drafts", with_drafts, true},
};

bool query_filter_is_member(str name)
{
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (str_eq(name, str_of(filters[i].name)))
            return filters[i].is_member;
    return false;
}

bool query_filter(const struct query *query, struct arena *arena, str name, struct value arg, struct query **out)
{
    enum query_operator op;
    if (query_operator_called(name, &op)) {
        *out = use_operator(query, arena, op);
        return true;
    }
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (str_eq(name, str_of(filters[i].name))) {
            *out = filters[i].apply(query, arena, arg);
            return true;
        }
    return false;
}

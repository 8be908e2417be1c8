/* filter_value and exclude_value: what an operator and a value mean to a field of each type, as w.c.s. has it. */
#include "dossiers/query.h"

/* ---- Operators, and the types that know them ---- */

enum {
    OF_TEXT = 1, /* string, text */
    OF_EMAIL = 2,
    OF_DATE = 4,
    OF_CHOICE = 8, /* item, items */
    OF_NUMBER = 16,
    OF_BOOL = 32,
    OF_FILE = 64,
    OF_OTHER = 128, /* computed */
    OF_ORDERED = OF_TEXT | OF_DATE | OF_CHOICE | OF_NUMBER,
    OF_VALUES = OF_ORDERED | OF_EMAIL,
};

static const struct {
    const char *name;
    unsigned types;
} operators[] = {
    [OPERATOR_EQUAL] = {"equal", OF_VALUES | OF_BOOL | OF_OTHER},
    [OPERATOR_NOT_EQUAL] = {"not_equal", OF_VALUES | OF_BOOL | OF_OTHER},
    [OPERATOR_I_EQUAL] = {"i_equal", OF_TEXT | OF_EMAIL},
    [OPERATOR_LESS] = {"less_than", OF_ORDERED},
    [OPERATOR_LESS_OR_EQUAL] = {"less_than_or_equal", OF_ORDERED},
    [OPERATOR_GREATER] = {"greater_than", OF_ORDERED},
    [OPERATOR_GREATER_OR_EQUAL] = {"greater_than_or_equal", OF_ORDERED},
    [OPERATOR_BETWEEN] = {"between", OF_ORDERED},
    [OPERATOR_IN] = {"in", OF_VALUES},
    [OPERATOR_NOT_IN] = {"not_in", OF_VALUES},
    [OPERATOR_ICONTAINS] = {"icontains", OF_TEXT | OF_EMAIL},
    [OPERATOR_ABSENT] = {"absent", OF_VALUES | OF_BOOL | OF_FILE},
    [OPERATOR_EXISTING] = {"existing", OF_VALUES | OF_BOOL | OF_FILE},
    [OPERATOR_TODAY] = {"is_today", OF_DATE},
    [OPERATOR_TOMORROW] = {"is_tomorrow", OF_DATE},
    [OPERATOR_YESTERDAY] = {"is_yesterday", OF_DATE},
    [OPERATOR_THIS_WEEK] = {"is_this_week", OF_DATE},
    [OPERATOR_FUTURE] = {"is_future", OF_DATE},
    [OPERATOR_PAST] = {"is_past", OF_DATE},
    [OPERATOR_TODAY_OR_FUTURE] = {"is_today_or_future", OF_DATE},
    [OPERATOR_TODAY_OR_PAST] = {"is_today_or_past", OF_DATE},
};

static const struct {
    const char *name;
    unsigned type;
} types[] = {{"string", OF_TEXT}, {"text", OF_TEXT},     {"email", OF_EMAIL},    {"date", OF_DATE},
             {"item", OF_CHOICE}, {"items", OF_CHOICE},  {"numeric", OF_NUMBER}, {"bool", OF_BOOL},
             {"file", OF_FILE},   {"computed", OF_OTHER}};

static unsigned type_of(const struct field *field)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(field->type_name, str_of(types[i].name)))
            return types[i].type;
    return 0;
}

bool query_operator_called(str name, enum query_operator *out)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (str_eq(name, str_of(operators[i].name))) {
            *out = (enum query_operator)i;
            return true;
        }
    return false;
}

const char *query_operator_name(enum query_operator op)
{
    return operators[op].name;
}

const struct field *query_field(const struct query *query, str varname, size_t *at)
{
    if (query->attribute_field)
        return (*at)++ == 0 && type_of(query->attribute_field) ? query->attribute_field : NULL;
    const struct field_list *own = query->form ? &query->form->fields : NULL;
    const struct field_list *data = query->workflow ? workflow_backoffice_fields(query->workflow) : NULL;
    size_t own_count = own ? own->len : 0, data_count = data ? data->len : 0;
    while (varname.len && *at < own_count + data_count) {
        const struct field *field = *at < own_count ? &own->at[*at] : &data->at[*at - own_count];
        (*at)++;
        if (str_eq(field->varname, varname) && type_of(field))
            return field;
    }
    return NULL;
}

/* ---- A value, as the field keeps it ---- */

struct operand {
    enum test_kind kind;
    str text;
    double number;
};

static bool wrong(const struct query *query, struct arena *arena, struct value value)
{
    str text = value_to_text(arena, value, STR("fr"));
    value_fault("La valeur « %.*s » ne convient pas au filtre « %.*s ».", STR_ARG(utf8_slice(text, 0, 60)),
                STR_ARG(query->attribute));
    return false;
}

static str bool_text(struct arena *arena, struct value value)
{
    if (value.kind != VALUE_TEXT)
        return value_is_true(arena, value) ? STR("true") : STR("false");
    static const str yes[] = {STR_INIT("true"), STR_INIT("oui"), STR_INIT("yes"), STR_INIT("1"), STR_INIT("on")};
    str folded = utf8_fold(arena, value.text);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_eq(folded, yes[i]))
            return STR("true");
    return STR("false");
}

/* w.c.s.: a text of digits without a leading zero is a number to an order, in a field of texts or choices. */
static bool is_whole(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len <= 9 && (text.ptr[0] != '0' || text.len == 1);
}

static bool operand_of(const struct query *query, struct arena *arena, const struct field *field, struct value value,
                       struct operand *out)
{
    struct decimal decimal;
    struct date date;
    *out = (struct operand){.kind = TEST_TEXT};
    switch (type_of(field)) {
    case OF_NUMBER:
        if (!value_to_decimal(arena, value, &decimal))
            return wrong(query, arena, value);
        out->kind = TEST_NUMBER;
        out->number = decimal_to_double(decimal);
        return true;
    case OF_DATE:
        if (!value_to_date(arena, value, &date))
            return wrong(query, arena, value);
        out->text = date_iso(arena, date);
        return true;
    case OF_BOOL:
        out->text = bool_text(arena, value);
        return true;
    default:
        out->text = value_to_text(arena, value, STR("en"));
        return query_text_is_fit(out->text) || wrong(query, arena, VALUE_OF_UNDEFINED);
    }
}

struct operands VEC_OF(struct operand);

/* A list's items, or what « | » separates where the operator takes several. */
static bool operands_of(const struct query *query, struct arena *arena, const struct field *field, struct value value,
                        bool splits, struct operands *out)
{
    struct value_list *parts = value_list_new(arena);
    const struct value_list *items = parts;
    if (value.kind == VALUE_LIST)
        items = value.list;
    else if (splits && value.kind == VALUE_TEXT) {
        for (str part, rest = value.text; str_next(&rest, '|', &part);)
            if (str_trim(part).len)
                value_list_add(arena, parts, value_text(str_trim(part)));
    } else
        value_list_add(arena, parts, value);
    for (size_t i = 0; i < items->len; i++) {
        struct operand operand;
        if (!operand_of(query, arena, field, value_plain(arena, items->at[i]), &operand))
            return false;
        *vec_push(arena, out) = operand;
    }
    return true;
}

/* ---- The tests ---- */

static struct query_test test_of(const struct field *field, const struct operand *low, bool with_low,
                                 const struct operand *high, bool with_high)
{
    struct query_test test = {
        .field = field, .has_low = low != NULL, .has_high = high != NULL, .with_low = with_low, .with_high = with_high};
    if (low) {
        test.kind = low->kind;
        test.low = low->text;
        test.from = low->number;
    }
    if (high) {
        test.kind = high->kind;
        test.high = high->text;
        test.to = high->number;
    }
    return test;
}

static struct query_test equals(const struct field *field, const struct operand *operand, bool negated)
{
    struct query_test test = test_of(field, operand, true, operand, true);
    test.negated = negated;
    return test;
}

/* Signs of each case of each letter, in the store's own pattern: what it holds does not hang on a locale. */
static str pattern(struct arena *arena, enum store_engine engine, str text, bool whole)
{
    bool is_glob = engine == STORE_SQLITE;
    struct buf out = buf_new(arena, 16 * QUERY_VALUE_MOST + 16);
    buf_add(&out, whole ? (is_glob ? STR_EMPTY : STR("^")) : (is_glob ? STR("*") : STR_EMPTY));
    for (size_t at = 0, from = 0; at < text.len; from = at) {
        utf8_next(text, &at);
        str sign = str_slice(text, from, at), lower = utf8_lower(arena, sign), upper = utf8_upper(arena, sign);
        if (!str_eq(lower, upper))
            buf_fmt(&out, "[%.*s%.*s]", STR_ARG(lower), STR_ARG(upper));
        else if (sign.len == 1 && strchr(is_glob ? "*?[" : "*?[.+(){|$", *sign.ptr) != NULL)
            buf_fmt(&out, "[%.*s]", STR_ARG(sign));
        else if (sign.len == 1 && !is_glob && strchr("^\\", *sign.ptr) != NULL)
            buf_fmt(&out, "\\%.*s", STR_ARG(sign));
        else
            buf_add(&out, sign);
    }
    buf_add(&out, whole ? (is_glob ? STR_EMPTY : STR("$")) : (is_glob ? STR("*") : STR_EMPTY));
    return buf_str(&out);
}

static struct query_test like(const struct query *query, struct arena *arena, const struct field *field,
                              const struct operand *operand, bool whole)
{
    enum store_engine engine = store_engine(query->place->store);
    return (struct query_test){
        .field = field, .kind = TEST_LIKE, .has_low = true, .low = pattern(arena, engine, operand->text, whole)};
}

static void use_numbers(const struct field *field, struct operands *operands)
{
    bool may = str_eq(field->type_name, STR("string")) || type_of(field) == OF_CHOICE;
    for (size_t i = 0; i < operands->len && may; i++)
        may = is_whole(operands->at[i].text);
    for (size_t i = 0; i < operands->len && may; i++) {
        int64_t number = 0;
        str_to_int64(operands->at[i].text, &number);
        operands->at[i].kind = TEST_DIGITS;
        operands->at[i].number = (double)number;
    }
}

static bool is_above(const struct operand *a, const struct operand *b)
{
    return a->kind == TEST_TEXT ? str_cmp(a->text, b->text) > 0 : a->number > b->number;
}

/* w.c.s.: the lower bound passes, the upper one does not; the bounds may come in any order. */
static struct query_test between(const struct field *field, const struct operands *operands)
{
    const struct operand *low = &operands->at[0], *high = &operands->at[1];
    bool swapped = is_above(low, high);
    return test_of(field, swapped ? high : low, true, swapped ? low : high, false);
}

static struct operand day(struct arena *arena, const struct query *query, int64_t after)
{
    struct date today = datetime_local(place_now(query->place)).date;
    return (struct operand){.kind = TEST_TEXT, .text = date_iso(arena, date_from_days(date_to_days(today) + after))};
}

static struct query_test relative_day(struct arena *arena, const struct query *query, const struct field *field)
{
    struct operand today = day(arena, query, 0), tomorrow = day(arena, query, 1), yesterday = day(arena, query, -1);
    int weekday = date_weekday(datetime_local(place_now(query->place)).date);
    struct operand monday = day(arena, query, -weekday), next_monday = day(arena, query, 7 - weekday);
    switch (query->op) {
    case OPERATOR_TOMORROW:
        return equals(field, &tomorrow, false);
    case OPERATOR_YESTERDAY:
        return equals(field, &yesterday, false);
    case OPERATOR_THIS_WEEK:
        return test_of(field, &monday, true, &next_monday, false);
    case OPERATOR_FUTURE:
        return test_of(field, &today, false, NULL, false);
    case OPERATOR_PAST:
        return test_of(field, NULL, false, &today, false);
    case OPERATOR_TODAY_OR_FUTURE:
        return test_of(field, &today, true, NULL, false);
    case OPERATOR_TODAY_OR_PAST:
        return test_of(field, NULL, false, &today, true);
    default:
        return equals(field, &today, false);
    }
}

struct comparison {
    struct arena *arena;
    struct query *query; /* the one that is made */
    enum query_operator op;
    bool joins; /* another field of this name was compared before: one of them must pass, or with a negation all */
};

static void add(struct comparison *comparison, struct query_test test)
{
    query_add(comparison->arena, comparison->query, test, comparison->joins && !test.negated);
}

static void add_any(struct comparison *comparison, const struct field *field, bool negated)
{
    add(comparison, (struct query_test){.kind = TEST_ANY, .field = field, .negated = negated});
}

/* Several values: one of them passes; with a negation none, and there must be an answer but where a field holds
 * several (w.c.s.). */
static void add_list(struct comparison *comparison, const struct field *field, const struct operands *operands,
                     bool negated)
{
    for (size_t i = 0; i < operands->len; i++) {
        add(comparison, equals(field, &operands->at[i], negated));
        comparison->joins = true;
    }
    if (operands->len && comparison->op == OPERATOR_NOT_IN && !str_eq(field->type_name, STR("items")))
        query_add(comparison->arena, comparison->query, (struct query_test){.kind = TEST_ANY, .field = field}, false);
}

static void add_order(struct comparison *comparison, const struct field *field, const struct operand *operand)
{
    enum query_operator op = comparison->op;
    bool with = op == OPERATOR_LESS_OR_EQUAL || op == OPERATOR_GREATER_OR_EQUAL;
    bool is_upper = op == OPERATOR_LESS || op == OPERATOR_LESS_OR_EQUAL;
    add(comparison, is_upper ? test_of(field, NULL, false, operand, with) : test_of(field, operand, with, NULL, false));
}

static bool add_values(struct comparison *comparison, const struct query *query, const struct field *field,
                       struct value value)
{
    enum query_operator op = comparison->op;
    bool many = op == OPERATOR_IN || op == OPERATOR_NOT_IN || op == OPERATOR_BETWEEN;
    bool is_items = str_eq(field->type_name, STR("items"));
    struct operands operands = {0};
    if (!operands_of(query, comparison->arena, field, value, many || is_items, &operands))
        return false;
    bool takes_list = many || (is_items && op <= OPERATOR_NOT_EQUAL);
    if (operands.len > QUERY_TESTS_MOST || (op == OPERATOR_BETWEEN && operands.len != 2) ||
        (!takes_list && operands.len != 1))
        return wrong(query, comparison->arena, value);
    if (operands.len == 0 && op <= OPERATOR_NOT_EQUAL) { /* no choice at all */
        add_any(comparison, field, op == OPERATOR_EQUAL);
        return true;
    }
    if (operands.len == 0 && op == OPERATOR_IN)
        comparison->query->is_empty = true;
    if (op == OPERATOR_EQUAL || op == OPERATOR_NOT_EQUAL || op == OPERATOR_IN || op == OPERATOR_NOT_IN) {
        add_list(comparison, field, &operands, op == OPERATOR_NOT_EQUAL || op == OPERATOR_NOT_IN);
        return true;
    }
    if (op == OPERATOR_I_EQUAL || op == OPERATOR_ICONTAINS) {
        add(comparison, like(query, comparison->arena, field, &operands.at[0], op == OPERATOR_I_EQUAL));
        return true;
    }
    use_numbers(field, &operands);
    if (op == OPERATOR_BETWEEN)
        add(comparison, between(field, &operands));
    else
        add_order(comparison, field, &operands.at[0]);
    return true;
}

static bool add_field(struct comparison *comparison, const struct query *query, const struct field *field,
                      struct value value)
{
    enum query_operator op = comparison->op;
    if (!(type_of(field) & operators[op].types)) {
        value_fault("L’opérateur « %s » ne convient pas au filtre « %.*s ».", operators[op].name,
                    STR_ARG(query->attribute));
        return false;
    }
    if (op >= OPERATOR_TODAY) {
        add(comparison, relative_day(comparison->arena, query, field));
        return true;
    }
    bool is_none = value.kind == VALUE_NONE || value.kind == VALUE_UNDEFINED;
    if (op >= OPERATOR_ABSENT || (is_none && op <= OPERATOR_NOT_EQUAL)) {
        add_any(comparison, field, op == OPERATOR_ABSENT || op == OPERATOR_EQUAL);
        return true;
    }
    if (is_none) /* w.c.s.: None has no order, and is in nothing */
        comparison->query->is_empty = true;
    return is_none || add_values(comparison, query, field, value);
}

/* A choice is compared by its id: form_var_x stands for its text. */
static struct value value_for(struct arena *arena, const struct field *field, struct value value)
{
    if (type_of(field) == OF_CHOICE && value.kind == VALUE_OBJECT) {
        struct value raw = value_get(arena, value, STR("raw"));
        if (raw.kind != VALUE_UNDEFINED)
            return value_plain(arena, raw);
    }
    return value_plain(arena, value);
}

static struct query *compare_fields(const struct query *query, struct arena *arena, enum query_operator op,
                                    struct value value)
{
    struct comparison comparison = {arena, query_copy(arena, query), op, false};
    size_t at = 0;
    const struct field *field = query_field(query, query->attribute, &at);
    if (!field)
        value_fault("« filter_by » ne connaît pas « %.*s ».", STR_ARG(query->attribute));
    bool is_right = field != NULL;
    for (; field && is_right; field = query_field(query, query->attribute, &at)) {
        is_right = add_field(&comparison, query, field, value_for(arena, field, value));
        comparison.joins = true;
    }
    struct query *next = comparison.query;
    next->has_attribute = next->has_operator = false;
    next->attribute_field = NULL;
    if (is_right && next->test_count <= QUERY_TESTS_MOST)
        return next;
    if (is_right)
        value_fault("Cette recherche compare avec plus de %d valeurs.", QUERY_TESTS_MOST);
    return query_nothing(arena, query);
}

struct query *query_compare(const struct query *query, struct arena *arena, struct value value, bool excludes)
{
    if (!query->has_attribute || !query->attribute.len) {
        value_fault("Une valeur est comparée sans « filter_by » qui dise à quoi.");
        return query_nothing(arena, query);
    }
    enum query_operator op = excludes ? OPERATOR_NOT_EQUAL : query->has_operator ? query->op : OPERATOR_EQUAL;
    struct query *next =
        query->attribute_field ? NULL : query_compare_column(query, arena, query->attribute, op, value);
    if (next) {
        next->has_attribute = next->has_operator = false;
        return next;
    }
    return compare_fields(query, arena, op, value);
}

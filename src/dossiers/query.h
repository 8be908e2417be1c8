/* A query: which dossiers of one form, in which order. Immutable: a filter gives another one; nothing is read before
 * it is counted, gone through or tested. What the files query*.c share. */
#ifndef GUICHET_DOSSIERS_QUERY_H
#define GUICHET_DOSSIERS_QUERY_H

#include "dossiers/tables.h"

enum {
    QUERY_ROWS_MOST = 1000,  /* dossiers read of one query; counting has no bound */
    QUERY_TESTS_MOST = 200,  /* values that filters compare with, in one query */
    QUERY_VALUE_MOST = 4000, /* bytes of such a value */
};

/* What a test compares. */
enum test_kind {
    TEST_ANY,    /* there is an answer that is not empty */
    TEST_TEXT,   /* by bytes */
    TEST_NUMBER, /* a decimal number */
    TEST_DIGITS, /* the same, of a text of one to nine digits; any other text holds nothing (w.c.s.) */
    TEST_LIKE,   /* low: a pattern of the store's own (query_pattern) */
};

/* One comparison with an answer or a column. Several choices pass where one of them does. */
struct query_test {
    const struct query_test *next;
    int group; /* of each group one test must pass */
    enum test_kind kind;
    const struct field *field; /* NULL: a column */
    str column; /* « status », « account », « sequence », « number », « identifier », « id », « final » or
                  « level » */
    bool negated;
    bool has_low, has_high, with_low, with_high; /* with: the bound itself passes */
    str low, high;                               /* TEST_TEXT, TEST_LIKE */
    double from, to;                             /* TEST_NUMBER, TEST_DIGITS */
};

enum query_operator {
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_I_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_OR_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_OR_EQUAL,
    OPERATOR_BETWEEN,
    OPERATOR_IN,
    OPERATOR_NOT_IN,
    OPERATOR_ICONTAINS,
    OPERATOR_ABSENT, /* from here on: no value */
    OPERATOR_EXISTING,
    OPERATOR_TODAY,
    OPERATOR_TOMORROW,
    OPERATOR_YESTERDAY,
    OPERATOR_THIS_WEEK,
    OPERATOR_FUTURE,
    OPERATOR_PAST,
    OPERATOR_TODAY_OR_FUTURE,
    OPERATOR_TODAY_OR_PAST,
};

enum query_order {
    ORDER_ID,
    ORDER_RECEIVED,
    ORDER_UPDATED,
    ORDER_SEQUENCE,
    ORDER_STATUS,
    ORDER_TEXT,
    ORDER_NUMBER,
    ORDER_LEVEL
};

/* The dossiers that were read. */
struct query_rows {
    struct VEC_OF(struct dossier *) dossiers;
    bool has_more;    /* than QUERY_ROWS_MOST */
    bool has_history; /* those of all were read */
};

struct query {
    const struct dossier_place *place;
    const struct scope *scope; /* whose dossier exclude_self and same_user mean; NULL: none */
    const struct form *form;   /* the one in service; NULL: nothing passes */
    const struct workflow *workflow;
    bool is_empty; /* a filter was at fault: nothing passes */
    str words;     /* of the digest, that cards must have; empty: none */
    const struct query_test *tests;
    int group_count, test_count;
    enum query_order order;
    const struct field *order_field;
    bool is_descending;
    bool has_attribute, has_operator; /* filter_by and an operator wait for their value */
    str attribute;
    const struct field *attribute_field; /* the field itself, where a view names it by its id; NULL: by the attribute */
    enum query_operator op;
    struct query_rows *rows; /* NULL: not read yet */
    int64_t count;           /* -1: not counted yet */
};

/* ---- query.c ---- */
/* All of a form; NULL: nothing passes. */
struct query *query_of_form(const struct dossier_place *place, struct arena *arena, const struct form *form);
struct query *query_copy(struct arena *arena, const struct query *query);
/* The same with nothing in it. */
struct query *query_nothing(struct arena *arena, const struct query *query);
/* Adds a copy of the test in a group of its own, or in the latest one. */
void query_add(struct arena *arena, struct query *query, struct query_test test, bool in_same_group);
/* Adds: the column has this text. */
void query_add_column(struct arena *arena, struct query *query, const char *column, str text, bool negated);

/* Whether both stores can compare with it: UTF-8, without NUL, not too long. */
bool query_text_is_fit(str text);

/* ---- query_filters.c: a filter of the query; false where there is none of that name. ---- */
bool query_filter(const struct query *query, struct arena *arena, str name, struct value arg, struct query **out);
/* Whether it needs nothing behind a colon: it is a member too (form_objects.pending). */
bool query_filter_is_member(str name);

/* ---- query_values.c: filter_value and exclude_value ---- */
struct query *query_compare(const struct query *query, struct arena *arena, struct value value, bool excludes);
/* An operator that wants no value is a whole comparison. */
bool query_operator_called(str name, enum query_operator *out);
const char *query_operator_name(enum query_operator op);
/* The first field of the form or of the workflow's data with this varname that holds an answer, from index *at on;
 * NULL: there is none any more. */
const struct field *query_field(const struct query *query, str varname, size_t *at);

/* ---- query_views.c: the filters and the order of a saved view of the form; an unknown one finds nothing ---- */
/* render: what the templates of its values read; NULL: the scope of the query. */
struct query *query_use_view(const struct query *query, struct arena *arena, str slug, const struct render *render);
/* An operator by its name in views, which are shorter (« lte ») or the same. */
bool query_operator_of_view(str name, enum query_operator *out);
/* The filters alone. */
struct query *query_filter_by_view(const struct query *query, struct arena *arena, const struct custom_view *view,
                                   const struct render *render);

/* ---- query_columns.c: status, user, internal_id, number, identifier, criticality-level ---- */
/* NULL: no such column. */
struct query *query_compare_column(const struct query *query, struct arena *arena, str column, enum query_operator op,
                                   struct value value);

/* ---- query_read.c: one statement each; what fails is a fault of the rendering, and nothing is found ---- */
int64_t query_count(struct query *query, struct arena *arena);
const struct query_rows *query_read(struct query *query, struct arena *arena);
/* The first or last dossier alone; NULL: there is none. */
struct dossier *query_end(const struct query *query, struct arena *arena, bool last);
/* Takes out of what was found what does not pass the tests. */
bool query_keep(struct tx *tx, const struct query *query, struct arena *arena, struct founds *founds, struct err *err);
/* The histories of all the rows, where they were not read yet. */
void query_read_history(const struct dossier_place *place, struct arena *arena, struct query_rows *rows);

/* ---- query_items.c ---- */
/* A dossier as form is, with the answers by their names too. rows: what it was read with. */
struct value query_item(const struct dossier_place *place, struct arena *arena, struct query_rows *rows,
                        struct dossier *dossier);
/* The dossier behind such a value; NULL: it is none. */
struct dossier *query_item_dossier(struct value value);
/* w.c.s. |get: an answer by its name, else a name as in form_NAME. */
struct value query_item_get(struct arena *arena, struct value item, str key);

#endif

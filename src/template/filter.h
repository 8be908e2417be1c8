/* filter: a filter is one function and one line of a table. Private to template. */
#ifndef GUICHET_TEMPLATE_FILTER_H
#define GUICHET_TEMPLATE_FILTER_H

#include "template/machine.h"

enum filter_flags {
    FILTER_TEXT = 1,   /* wants a text: whatever comes is printed first (Django's stringfilter) */
    FILTER_SAFE = 2,   /* a safe text stays safe (Django's is_safe) */
    FILTER_WCS = 4,    /* in the w.c.s. dialect only */
    FILTER_DJANGO = 8, /* in plain Django only */
    FILTER_LAZY = 16,  /* wants the object itself, not what stands for it */
    FILTER_QUERY = 32, /* known only to objects (queries): on any other value a fault */
};

enum filter_argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_NEEDED };

/* argument is NULL where none is given. */
typedef struct value filter_fn(struct machine *m, struct value value, const struct value *argument);

/* What a value must be for a filter to work with it, for the static check. What several filters want is in filter.c,
 * what one alone wants stands beside it. */
struct filter_want {
    const char *what;                                    /* « un nombre » */
    bool (*fits)(struct machine *m, struct value value); /* a plain value, neither None nor undefined */
};
extern const struct filter_want want_number, want_integer, want_positive, want_date, want_time, want_countable,
    want_rows;

/* The kinds of value that a filter gives where it works; where it does not, it gives None or an empty text. */
enum filter_gives {
    GIVES_ANYTHING = 0,
    GIVES_BOOL = 1 << VALUE_BOOL,
    GIVES_INT = 1 << VALUE_INT,
    GIVES_FLOAT = 1 << VALUE_FLOAT,
    GIVES_DECIMAL = 1 << VALUE_DECIMAL,
    GIVES_TEXT = 1 << VALUE_TEXT,
    GIVES_DATE = 1 << VALUE_DATE,
    GIVES_DATETIME = 1 << VALUE_DATETIME,
    GIVES_TIME = 1 << VALUE_TIME,
    GIVES_LIST = 1 << VALUE_LIST,
    GIVES_DICT = 1 << VALUE_DICT,
};

struct filter {
    const char *name;
    filter_fn *apply;
    enum filter_argument argument;
    unsigned flags;
    /* For the reference (template_reference.h): what it does, one French sentence; a text that uses it, and what that
     * text gives, which is a test. NULL in the Django dialect; gives is NULL where it depends on what is stored. */
    const char *what, *example, *gives;
    /* For the static check: the value and the argument that it works with, NULL: any; the kinds that it gives, of enum
     * filter_gives, and bare_kinds where it gives others without an argument. */
    const struct filter_want *wants, *takes;
    unsigned kinds, bare_kinds;
};

struct filter_table {
    const char *title; /* of the reference */
    const struct filter *at;
    size_t len;
};

/* All of them, one table a file; ends with NULL. */
extern const struct filter_table *const filter_tables[];

const struct filter *filter_find(str name, enum template_dialect dialect);

/* What filters share. */
#define VALUE_EMPTY value_text(STR_EMPTY)
/* The text of a value as a filter reads it: None and undefined are empty. */
str filter_text(struct machine *m, struct value value);
bool filter_is_missing(struct value value); /* None, undefined */
/* Python's int(value): numbers, and texts of an integer. */
bool filter_int(struct machine *m, struct value value, int64_t *out);
/* The fault of an int that could not be read: in Django it raises where the kind is wrong, else fallback is given. */
struct value filter_no_int(struct machine *m, struct value value, struct value fallback);
/* Python's float(value). */
bool filter_double(struct machine *m, struct value value, double *out);
struct buf filter_buf(struct machine *m);
/* The text escaped unless it is safe or escaping is off. */
str filter_escape(struct machine *m, struct value text);

/* Dates by Django's letters; kind says which are known (a time has no day). */
void dates_format(struct buf *out, struct value value, str format, str lang);
/* What SHORT_DATE_FORMAT and its like stand for; any other format is itself. */
str dates_named_format(struct machine *m, str format);
/* How a date of that kind is printed in that language. */
str dates_default_format(struct machine *m, enum value_kind kind, str lang);

#endif

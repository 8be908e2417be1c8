/* check: the static check runs a program without values, on what each expression may be. Private to template. */
#ifndef GUICHET_TEMPLATE_CHECK_H
#define GUICHET_TEMPLATE_CHECK_H

#include "template/filter.h"
#include "template/machine.h"

struct fact { /* what holds where an expression is true: the one that is written so equals the literal */
    const struct fact *next;
    str written;
    struct value literal;
};

enum origin_kind { OF_ANYTHING, OF_LITERAL, OF_FILTER, OF_NAME, OF_VALUES };

/* What an expression may give. */
struct possible {
    enum origin_kind kind;
    struct value literal;     /* OF_LITERAL */
    unsigned gives;           /* OF_FILTER: set of enum filter_gives */
    str path;                 /* OF_NAME: of the scope */
    struct value_list values; /* OF_VALUES: one of these */
    str written;              /* as messages show it; empty: it can't be shown */
    const struct fact *facts; /* where it is true */
};

struct checker {
    struct arena *arena;
    const struct template_knowledge *knowledge; /* may be NULL */
    struct machine machine;                     /* what comparisons and the wants of filters ask for */
};

struct examples { /* what an expression may be */
    struct value_list values;
    enum template_extent extent;
};
/* near: as of struct template_knowledge. */
struct examples possible_examples(struct checker *checker, const struct possible *possible, struct value near);
/* With a machine that comparisons may ask; render and unused must outlive it. */
struct checker checker_begin(struct arena *arena, const struct template *template,
                             const struct template_knowledge *knowledge, struct render *render, struct buf *unused);
/* Whether a comparison may hold: false only where no value of either side makes it hold. */
bool possible_holds(struct checker *checker, const struct possible *a, const struct possible *b, enum comparison how);
/* Whether some value of it is one that a filter wants. lazy: the filter is given the object itself. */
bool possible_fits(struct checker *checker, const struct possible *possible, const struct filter_want *want, bool lazy);
/* Why a comparison with it may be vain: « : « x » est un nombre », « : « x » vaut « a » ou « b » »; empty: unknown. */
str possible_say(struct checker *checker, const struct possible *possible);
/* A literal as messages show it. */
str literal_say(struct arena *arena, struct value literal);
/* Whether two literals exclude each other for whatever is compared with them. */
bool literals_exclude(struct checker *checker, struct value a, struct value b);
/* None, or an empty text: what a name may always be, and a filter that fails gives. */
bool literal_is_empty(struct value literal);

#endif

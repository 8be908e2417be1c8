/* template: the one language of Guichet, Django's template language with the filters that w.c.s. adds.
 *
 * Pages, mails, and the texts, conditions and computed values of definitions are all written in it. A text is compiled
 * once into bytecode and rendered many times, by any thread. Names are looked up when they are used, never before:
 * form_var_x_raw costs what it touches. A fault while rendering (wrong argument, unknown name) gives an empty value and
 * a line in the render's log, never an error page, as in w.c.s.; only running out of a bound stops a rendering. */
#ifndef GUICHET_TEMPLATE_H
#define GUICHET_TEMPLATE_H

#include "base/base.h"
#include "template/value.h"

struct template; /* immutable; lives in the arena it was compiled in */

/* What a text is, and how it is read. */
enum template_kind {
    TEMPLATE_HTML,      /* autoescaped: a page, a rich text */
    TEMPLATE_TEXT,      /* not escaped: a mail, a URL, a prefilled value; both ends stripped, as w.c.s. does */
    TEMPLATE_CONDITION, /* a bare expression, no braces: form_var_a == "b" and not form_var_c */
};

/* Whose rules hold where Django and w.c.s. differ (add, date, the text of a date, unknown arguments …). */
enum template_dialect {
    TEMPLATE_WCS,
    TEMPLATE_DJANGO, /* plain Django 3.2: a fault ends the rendering, dates print as « Dec. 21, 2017 » */
};

struct template_loader { /* gives the source of {% include %} and {% extends %}; pages only */
    bool (*load)(void *data, struct arena *arena, str name, str *source);
    void *data;
};

struct template_settings {
    enum template_kind kind;
    const struct template_loader *loader; /* NULL: include and extends are refused */
    str name;                             /* what messages call this text: a path, « form X, field 3, condition » */
    enum template_dialect dialect;
    bool no_brackets; /* the legacy dialect of w.c.s. ([form_var_x], [if-any x]) is not read; it never is in pages, in
                       * conditions, nor beside {{ and {% */
    bool keep_ends;   /* a TEMPLATE_TEXT keeps the blanks at its ends: what is glued to another text */
    bool strict; /* an unknown filter is refused (our pages); else it gives an empty value and a fault when it runs */
};

/* NULL and err (message, line, column) where the text is not of the language. A text without any tag compiles to a
 * constant. */
struct template *template_compile(struct arena *arena, str source, const struct template_settings *settings,
                                  struct err *err);

/* A condition that w.c.s. kept in Python, from before it had templates, as one of our language. False where it asks
 * more than comparisons of names, literals and a few functions. */
bool template_of_python(struct arena *arena, str source, str *out);

/* A text without tags, which renders as itself. */
bool template_is_constant(const struct template *template);
/* Whether what it gives is HTML: it was compiled as such. */
bool template_is_html(const struct template *template);
bool template_is_condition(const struct template *template);

/* Every name the text reads, whole paths (« form_var_x_raw », « user.name »), for the static check and to know which
 * fields a condition follows; « tag_X » stands for a tag that shows what the scope gives. In the order of first use,
 * without repetition. */
struct template_name {
    str path;
    int line, column; /* of the tag that uses it first, 1-based */
    bool may_be_text; /* in old brackets: where nobody knows it, it stays as it was written */
};
struct template_names {
    const struct template_name *at;
    size_t len;
};
struct template_names template_names(const struct template *template);

/* The filters that the text uses and nobody knows, each use: for the importer and the check. Empty where strict. */
struct template_unknown {
    str filter;
    int line, column; /* 1-based */
};
struct template_unknowns {
    const struct template_unknown *at;
    size_t len;
};
struct template_unknowns template_unknown_filters(const struct template *template);

/* The static check: what of a text can't do what it says, seen before there is a request. */
enum template_rule {
    TEMPLATE_ARGUMENT,   /* a value that its filter can't work with, or an argument */
    TEMPLATE_COMPARISON, /* a comparison that never holds, or always does; two that exclude each other */
    TEMPLATE_UNUSED,     /* a name that is given a value and never read */
};
struct template_finding {
    enum template_rule rule;
    str message;      /* French, for who wrote the text */
    int line, column; /* of the tag, 1-based */
};
struct template_findings VEC_OF(struct template_finding);

/* How much of what a name may be its examples stand for. */
enum template_extent {
    TEMPLATE_ANYTHING, /* nothing is known of it */
    TEMPLATE_NEAR,     /* as an equal, or in order, it compares with near as one of the examples does */
    TEMPLATE_WHOLE,    /* the examples are all that it may be, beside None */
};
/* What the caller knows of the names: of adds examples of what path may be. near is what it will be compared with: of
 * a name that may be any text, near's own text is to be among the examples; VALUE_UNDEFINED: nothing yet, the least and
 * the greatest are wanted. */
struct template_knowledge {
    enum template_extent (*of)(const void *data, struct arena *arena, str path, struct value near,
                               struct value_list *examples);
    const void *data;
};
/* Appends to out, in the arena. knowledge: NULL where nothing is known of any name. */
void template_check(const struct template *template, struct arena *arena, const struct template_knowledge *knowledge,
                    struct template_findings *out);

/* Whether a condition may hold, when its names are what knowledge says, for ever. TEMPLATE_WHOLE: it is also asked for
 * « filter_NAME » of a filter that nobody knows; no example: the site has none. Where it may not, *why is the part of
 * the condition that can't be true, as it is written. What is no condition may hold. */
bool template_may_hold(const struct template *template, struct arena *arena, const struct template_knowledge *knowledge,
                       str *why);

/* One rendering: where values live, what is known, who is told of faults. Made on the stack for one request or job. */
struct render {
    struct arena *arena;
    struct value scope; /* a dict or an object: the names that the text may use */
    struct value site;  /* the names of the whole site alone: what |as_template may use */
    str lang;           /* « fr » unless set; « en » */
    instant now;        /* what now and today mean; 0 is instant_now() */
    str calendar;       /* working days: « workalendar.europe.France » where ptr is NULL; another text: none known */
    str invalid;        /* Django's string_if_invalid: what an unknown name prints; empty in w.c.s. */
    struct render_log *log;         /* NULL: nobody is told */
    size_t steps_most, output_most; /* 0: the defaults, 2 million steps and 16 MiB */
};

struct render_fault {
    str template_name, message;
    int line, column;
};
struct render_log VEC_OF(struct render_fault);

/* Appends the text to out. False and err (ERR_LIMIT) only where a bound was reached. */
bool template_render(const struct template *template, struct render *render, struct buf *out, struct err *err);

/* The text in the render's arena; empty where a bound was reached, which is logged. */
str template_text(const struct template *template, struct render *render);

/* « Complex » rendering: a text that is one lone expression gives its value, any other its text. */
struct value template_value(const struct template *template, struct render *render);

/* Whether a condition holds; a fault in it makes it false. */
bool template_holds(const struct template *template, struct render *render);

/* A filter that is a template, for a site's own filters: it is rendered with the names « value » and « argument » (None
 * where there is none) beside those of render.site, within the bounds of the rendering that applies it, and gives a
 * value as template_value does. What render.site gives under « filter_NAME » is such a filter. */
struct value template_filter(const struct template *template);

/* What {% block_value %} gives: rows of a block of fields, by the names of its fields. */
struct block_value {
    struct value_list *rows; /* dicts; shared by what was made of one another */
    bool appends;            /* behind the rows that are there; else in their place */
    bool merges;             /* its first row into one that is there, … */
    bool merges_last;        /* … the last, or the one of this number, */
    int64_t merge_index;     /* counted from 0 */
};

/* NULL where the value is none. */
const struct block_value *block_value_of(struct value value);

/* For rehearsals: fn is told of each rendering of a text that is no constant, from any thread: whether nothing came out
 * of it (a condition: whether it does not hold). NULL: nobody is told. */
typedef void (*template_watch)(const struct template *template, bool is_empty);
void template_set_watch(template_watch fn);

/* ---- The language's own list of itself, for its reference ---- */

struct template_entry {
    const char *name, *title; /* title: of the group it belongs to */
    bool is_tag;
    bool takes_argument, needs_argument; /* of a filter */
    const char *what;                    /* one French sentence */
    const char *example;                 /* NULL where there is none */
    const char *gives;                   /* what the example renders; NULL where it depends on what is stored */
};
struct template_entries {
    const struct template_entry *at;
    size_t len;
};

/* The tags, then the filters of the w.c.s. dialect, a group behind the other, in the order of their tables. */
struct template_entries template_entries(struct arena *arena);

/* What examples are rendered with: their names, in French, on 14 July 2026 at 10:32. */
struct render template_example_render(struct arena *arena);

#endif

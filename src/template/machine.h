/* machine: runs programs. Private to template; filters and tags see it to know the language, the clock, the arena. */
#ifndef GUICHET_TEMPLATE_MACHINE_H
#define GUICHET_TEMPLATE_MACHINE_H

#include "template/program.h"

struct local {
    uint64_t hash;
    str name;
    struct value value;
};

struct loop {
    struct loop *parent;
    const struct loop_info *info;
    const struct value_list *items;
    size_t index;
    size_t first_local; /* forloop; its names follow */
    uint64_t serial;    /* which run of which loop this is */
};

/* The texts of one rendering, a child first, then what it extends. */
struct chain {
    struct unit **units;
    size_t len;
    struct value **slots; /* of each unit */
};

struct machine {
    struct arena *arena;
    struct render *render;
    const struct template *template;
    enum template_dialect dialect;
    str lang;
    struct buf *out;
    struct err *err;
    bool stopped; /* a bound was reached, or Django would have raised */
    bool escape;
    bool plain_numbers; /* {% localize off %}: numbers and dates are printed as no language has them */
    bool isolated;      /* {% include … only %} */
    size_t steps_left;
    size_t arena_most; /* arena_used must stay below */
    int depth;
    struct {
        struct local *at;
        size_t len, cap;
    } locals;
    size_t locals_base; /* the locals below are hidden */
    struct {
        size_t *at;
        size_t len, cap;
    } scopes; /* where each scope's locals begin */
    struct {
        size_t *at;
        size_t len, cap;
    } marks;                 /* of captures and escaping */
    const struct unit *unit; /* whose call runs */
    struct loop *loop;
    uint64_t loop_serial;
    struct chain *chain;

    /* For « complex » rendering: what was printed last as a value, and where its text stands. */
    size_t print_count, print_start, print_end;
    struct value printed;
};

/* Django raised here: an operator of a condition takes it as false, any other use ends the rendering. Made in the
 * Django dialect alone. The second stands for a filter's argument that is an unknown name: a condition is then false.
 */
#define VALUE_RAISED ((struct value){.kind = VALUE_UNDEFINED, .safe = true})
#define VALUE_RAISED_BY_NAME ((struct value){.kind = VALUE_UNDEFINED, .safe = true, .is_option = true})
/* What a tag gives to « as » where Django returns before it assigns: the name stays as it was. */
#define VALUE_NOT_ASSIGNED ((struct value){.kind = VALUE_UNDEFINED, .is_option = true})
bool machine_has_raised(const struct value *value);
/* Ends the rendering where value stands for what Django raised; whether it does. */
bool machine_refuses(struct machine *m, const struct value *value);

bool machine_run(struct machine *m, const struct unit *unit, uint32_t address);
/* A whole unit in a chain of its own. */
bool machine_run_unit(struct machine *m, struct unit *unit);
/* A machine for another text within this rendering: other names, the same bounds and output. render is the caller's
 * to keep while it runs. */
struct machine machine_within(const struct machine *m, struct render *render, const struct template *template,
                              struct value scope);
/* Takes back what the inner machine wrote from start on; what it used of the bounds is used. */
void machine_return(struct machine *m, const struct machine *inner, size_t start);
/* Runs another text within this rendering: its output. */
str machine_render_text(struct machine *m, str source, struct value scope);

/* What a machine that has run gives as a value, of all that it wrote from start on: what it printed last where that is
 * all there is, else the text. */
struct value machine_result(struct machine *m, size_t start);
/* A filter of the site's own: false where the site has none of that name. */
bool machine_apply_own(struct machine *m, str name, struct value value, const struct value *argument,
                       struct value *out);

/* Steps are taken where code may run again: for a text or block when it begins, for a loop's body at each turn. What
 * lies between runs once at the most. Stops where none is left, or the output is full. */
void machine_take_steps(struct machine *m, size_t steps);
/* Work that one instruction does by itself, in bytes read or made, counts as so many steps more: a long text is no way
 * around the bound of steps. Stops where the memory of the rendering is used up. */
void machine_charge(struct machine *m, size_t bytes);
/* What a value makes a filter or a comparison go through: bytes. */
size_t machine_weight(const struct value *value);

/* Makes m (NULL: none) the one that value_fault tells; gives the one before, to be entered again afterwards. */
struct machine *machine_enter(struct machine *m);

/* Ends the rendering with an error; false. */
bool machine_stop(struct machine *m, enum err_code code, const char *message);
/* A fault in w.c.s. is told to the log; in Django it raises. The value that stands for the failed one. */
struct value machine_fault(struct machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void machine_log(struct machine *m, str message, int line, int column);

/* The text that {{ value }} prints, before escaping. */
str machine_text(struct machine *m, struct value value);
/* The same as the language has it, or as none does, whatever {% localize %} says. */
str machine_localised(struct machine *m, struct value value, bool localised);
/* The text that a filter reads: in Django Python's str(value), in w.c.s. what is printed. */
str machine_str(struct machine *m, struct value value);
void machine_print(struct machine *m, const struct value *value);
/* What a path names, where it stands, or in *made where it had to be made; NULL: nothing. */
const struct value *machine_find(struct machine *m, const struct path *path, struct value *made);
void machine_bind(struct machine *m, const struct hashed_name *name, struct value value);
void machine_assign(struct machine *m, const struct hashed_name *name, struct value value);
/* The state that a tag keeps from one turn to the next. */
struct value *machine_slot(struct machine *m, const struct call *call);
/* An ordering that has no sense is false, as Django takes Python's TypeError. */
bool machine_compare(struct machine *m, const struct value *a, const struct value *b, enum comparison how);
instant machine_now(const struct machine *m);
bool machine_is_wcs(const struct machine *m);
/* Where a text that a filter makes must end: bytes. */
size_t machine_text_most(const struct machine *m);
/* Changes the value into what the filter makes of it; no argument: NULL. */
void machine_apply(struct machine *m, const struct filter_use *use, struct value *value, const struct value *argument);

#endif

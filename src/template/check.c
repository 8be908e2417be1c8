/* The static check of a text: its program is gone through once, from the first instruction to the last, with what each
 * value may be in the place of the value. Code is structured (jumps lead forward, loops leave the stack as it was), so
 * once is enough. */
#include "template/check.h"

#include <stdarg.h>
#include <stdio.h>

struct bound { /* a local name */
    str name;
    struct possible possible;
    bool is_read;
    bool is_owed; /* it was given a value to be read: not a loop's name */
    struct origin origin;
};

struct landing { /* the left side of « and », « or », where the jump over the right side leads */
    uint32_t address;
    struct possible left;
    bool is_and;
};

struct walk {
    struct checker checker;
    const struct unit *unit;
    struct template_findings *out;
    uint32_t at;
    size_t origin; /* of the instruction at hand */
    struct VEC_OF(struct possible) stack;
    struct VEC_OF(struct bound) locals;
    struct VEC_OF(size_t) scopes;
    struct VEC_OF(struct landing) landings;
    struct VEC_OF(str) unbound; /* names read that no local had */
};

static void tell_at(struct walk *w, struct origin origin, enum template_rule rule, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void tell_at(struct walk *w, struct origin origin, enum template_rule rule, const char *format, ...)
{
    char message[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    *vec_push(w->checker.arena, w->out) =
        (struct template_finding){.rule = rule,
                                  .message = utf8_repair(w->checker.arena, str_dup(w->checker.arena, str_of(message))),
                                  .line = origin.line,
                                  .column = origin.column};
}

static struct origin origin_of(const struct walk *w)
{
    return w->unit->origins.at[w->origin];
}

/* ---- The stack ---- */

static void push(struct walk *w, struct possible possible)
{
    *vec_push(w->checker.arena, &w->stack) = possible;
}

static void push_unknown(struct walk *w)
{
    push(w, (struct possible){.kind = OF_ANYTHING});
}

static struct possible pop(struct walk *w)
{
    if (w->stack.len == 0) /* code takes no more than it has pushed */
        return (struct possible){.kind = OF_ANYTHING};
    return w->stack.at[--w->stack.len];
}

static void drop(struct walk *w, size_t count)
{
    while (count-- > 0)
        pop(w);
}

static struct possible *top(struct walk *w)
{
    return &w->stack.at[w->stack.len - 1];
}

static struct possible literal_of(struct arena *arena, struct value value)
{
    if (value.kind == VALUE_UNDEFINED) /* what old brackets hold that is no name */
        return (struct possible){.kind = OF_ANYTHING};
    return (struct possible){.kind = OF_LITERAL, .literal = value, .written = literal_say(arena, value)};
}

/* ---- Names ---- */

static struct possible read_path(struct walk *w, const struct path *path)
{
    for (size_t i = w->locals.len; i-- > 0;) {
        struct bound *bound = &w->locals.at[i];
        if (!str_eq(bound->name, path->head.text))
            continue;
        bound->is_read = true;
        struct possible possible = path->part_count == 0 ? bound->possible : (struct possible){.kind = OF_ANYTHING};
        possible.written = path->whole;
        return possible;
    }
    *vec_push(w->checker.arena, &w->unbound) = path->head.text;
    return (struct possible){.kind = OF_NAME, .path = path->whole, .written = path->whole};
}

static bool is_unbound(const struct walk *w, str name)
{
    for (size_t i = 0; i < w->unbound.len; i++)
        if (str_eq(w->unbound.at[i], name))
            return true;
    return false;
}

/* A loop may read in its next turn, above, what it assigns below: then the name was read while nobody had it. */
static void tell_unread(struct walk *w, const struct bound *bound)
{
    if (bound->is_owed && !bound->is_read && !is_unbound(w, bound->name))
        tell_at(w, bound->origin, TEMPLATE_UNUSED, "La valeur donnée à « %.*s » n’est lue nulle part.",
                STR_ARG(bound->name));
}

static void open_scope(struct walk *w)
{
    *vec_push(w->checker.arena, &w->scopes) = w->locals.len;
}

static void close_scope(struct walk *w)
{
    size_t from = w->scopes.len > 0 ? w->scopes.at[--w->scopes.len] : 0;
    for (size_t i = from; i < w->locals.len; i++)
        tell_unread(w, &w->locals.at[i]);
    w->locals.len = from;
}

static void bind(struct walk *w, str name, struct possible possible, bool is_owed)
{
    *vec_push(w->checker.arena, &w->locals) =
        (struct bound){.name = name, .possible = possible, .is_owed = is_owed, .origin = origin_of(w)};
}

/* Assigned in a branch or a turn, it may as well have what it had before. */
static void assign(struct walk *w, str name)
{
    size_t from = w->scopes.len > 0 ? w->scopes.at[w->scopes.len - 1] : 0;
    struct possible unknown = {.kind = OF_ANYTHING};
    for (size_t i = from; i < w->locals.len; i++)
        if (str_eq(w->locals.at[i].name, name)) {
            w->locals.at[i].possible = unknown;
            return;
        }
    bind(w, name, unknown, true);
}

/* Another text may read them all. */
static void show_locals(struct walk *w)
{
    for (size_t i = 0; i < w->locals.len; i++)
        w->locals.at[i].is_read = true;
}

static void open_loop(struct walk *w, const struct loop_info *info)
{
    pop(w);
    open_scope(w);
    bind(w, STR("forloop"), (struct possible){.kind = OF_ANYTHING}, false);
    for (size_t i = 0; i < info->name_count; i++)
        bind(w, info->names[i].text, (struct possible){.kind = OF_ANYTHING}, false);
}

static void push_loop_member(struct walk *w, enum loop_member member)
{
    static const str names[LOOP_MEMBERS] = {
        [LOOP_COUNTER] = STR_INIT("forloop.counter"),       [LOOP_COUNTER0] = STR_INIT("forloop.counter0"),
        [LOOP_REVCOUNTER] = STR_INIT("forloop.revcounter"), [LOOP_REVCOUNTER0] = STR_INIT("forloop.revcounter0"),
        [LOOP_FIRST] = STR_INIT("forloop.first"),           [LOOP_LAST] = STR_INIT("forloop.last")};
    bool is_flag = member == LOOP_FIRST || member == LOOP_LAST;
    push(w, (struct possible){.kind = OF_FILTER, .gives = is_flag ? GIVES_BOOL : GIVES_INT, .written = names[member]});
}

/* ---- Filters ---- */

static void tell_unfit(struct walk *w, const struct filter_use *use, const struct possible *possible,
                       const struct filter_want *want)
{
    tell_at(w, (struct origin){.line = use->line, .column = use->column}, TEMPLATE_ARGUMENT,
            "Le filtre « %.*s » attend %s : « %.*s » ne convient pas.", STR_ARG(use->name), want->what,
            STR_ARG(possible->written));
}

static str written_filter(struct arena *arena, const struct possible *value, const struct filter_use *use,
                          const struct possible *argument)
{
    if (value->written.len == 0 || (use->has_argument && argument->written.len == 0))
        return STR_EMPTY;
    if (!use->has_argument)
        return str_fmt(arena, "%.*s|%.*s", STR_ARG(value->written), STR_ARG(use->name));
    return str_fmt(arena, "%.*s|%.*s:%.*s", STR_ARG(value->written), STR_ARG(use->name), STR_ARG(argument->written));
}

static void run_filter(struct walk *w, const struct filter_use *use)
{
    struct possible argument = use->has_argument ? pop(w) : (struct possible){0}, value = pop(w);
    const struct filter *filter = use->filter;
    struct possible result = {.written = written_filter(w->checker.arena, &value, use, &argument)};
    if (filter != NULL) {
        bool is_lazy = (filter->flags & FILTER_LAZY) != 0;
        if (filter->wants != NULL && !possible_fits(&w->checker, &value, filter->wants, is_lazy))
            tell_unfit(w, use, &value, filter->wants);
        if (use->has_argument && filter->takes != NULL && !possible_fits(&w->checker, &argument, filter->takes, false))
            tell_unfit(w, use, &argument, filter->takes);
        result.gives = !use->has_argument && filter->bare_kinds != 0 ? filter->bare_kinds : filter->kinds;
        result.kind = result.gives != GIVES_ANYTHING ? OF_FILTER : OF_ANYTHING;
    }
    push(w, result);
}

/* ---- Comparisons ---- */

static const char *sign_of(enum comparison how)
{
    static const char *const signs[] = {
        [COMPARE_EQ] = "==", [COMPARE_NE] = "!=",        [COMPARE_LT] = "<",  [COMPARE_LE] = "<=",
        [COMPARE_GT] = ">",  [COMPARE_GE] = ">=",        [COMPARE_IN] = "in", [COMPARE_NOT_IN] = "not in",
        [COMPARE_IS] = "is", [COMPARE_IS_NOT] = "is not"};
    return signs[how];
}

static bool is_empty_literal(const struct possible *possible)
{
    return possible->kind == OF_LITERAL && literal_is_empty(possible->literal);
}

/* « != » is looked at as the « == » that it denies: always true is the same mistake as never true. */
static void check_comparison(struct walk *w, const struct possible *a, const struct possible *b, enum comparison how)
{
    bool denies = how == COMPARE_NE || how == COMPARE_NOT_IN;
    enum comparison asked = how == COMPARE_NE ? COMPARE_EQ : how == COMPARE_NOT_IN ? COMPARE_IN : how;
    bool is_told = how != COMPARE_IS && how != COMPARE_IS_NOT && !is_empty_literal(a) && !is_empty_literal(b);
    if (!is_told || a->written.len == 0 || b->written.len == 0 || possible_holds(&w->checker, a, b, asked))
        return;
    str why = possible_say(&w->checker, a->kind == OF_LITERAL ? b : a);
    tell_at(w, origin_of(w), TEMPLATE_COMPARISON, "La comparaison « %.*s %s %.*s » est toujours %s%.*s.",
            STR_ARG(a->written), sign_of(how), STR_ARG(b->written), denies ? "vraie" : "fausse", STR_ARG(why));
}

static const struct fact *fact_of(struct walk *w, const struct possible *a, const struct possible *b)
{
    const struct possible *name = a->kind == OF_LITERAL ? b : a, *literal = a->kind == OF_LITERAL ? a : b;
    if (literal->kind != OF_LITERAL || name->kind == OF_LITERAL || name->written.len == 0)
        return NULL;
    struct fact *fact = arena_new_of(w->checker.arena, struct fact);
    *fact = (struct fact){.written = name->written, .literal = literal->literal};
    return fact;
}

static void run_comparison(struct walk *w, enum comparison how)
{
    struct possible b = pop(w), a = pop(w);
    check_comparison(w, &a, &b, how);
    push(w, (struct possible){.kind = OF_ANYTHING, .facts = how == COMPARE_EQ ? fact_of(w, &a, &b) : NULL});
}

/* ---- and, or ---- */

static void check_exclusion(struct walk *w, const struct fact *left, const struct fact *right)
{
    struct arena *arena = w->checker.arena;
    for (const struct fact *a = left; a != NULL; a = a->next)
        for (const struct fact *b = right; b != NULL; b = b->next) {
            if (!str_eq(a->written, b->written) || !literals_exclude(&w->checker, a->literal, b->literal))
                continue;
            str first = literal_say(arena, a->literal), second = literal_say(arena, b->literal);
            tell_at(w, origin_of(w), TEMPLATE_COMPARISON,
                    "« %.*s » ne peut pas être à la fois %.*s et %.*s : ce « and » est toujours faux.",
                    STR_ARG(a->written), STR_ARG(first), STR_ARG(second));
        }
}

static const struct fact *joined(struct arena *arena, const struct fact *a, const struct fact *b)
{
    for (; a != NULL; a = a->next) {
        struct fact *fact = arena_copy(arena, a, sizeof *a);
        fact->next = b;
        b = fact;
    }
    return b;
}

/* What a jump over the right side brought here meets the right side. */
static void land(struct walk *w)
{
    while (w->landings.len > 0 && w->landings.at[w->landings.len - 1].address == w->at) {
        struct landing landing = w->landings.at[--w->landings.len];
        struct possible *right = top(w);
        const struct fact *facts = NULL;
        if (landing.is_and) {
            check_exclusion(w, landing.left.facts, right->facts);
            facts = joined(w->checker.arena, landing.left.facts, right->facts);
        }
        *right = (struct possible){.kind = OF_ANYTHING, .facts = facts};
    }
}

static void jump_over(struct walk *w, struct instruction i)
{
    *vec_push(w->checker.arena, &w->landings) =
        (struct landing){.address = i.arg, .left = pop(w), .is_and = i.op == OP_AND};
}

/* ---- Instructions ---- */

static void run_include(struct walk *w, const struct include *include)
{
    if (include->unit == NULL)
        pop(w);
    drop(w, include->name_count);
    if (!include->only)
        show_locals(w);
}

/* Those that make and end names and texts. */
static void run_rare(struct walk *w, struct instruction i)
{
    const struct unit *unit = w->unit;
    switch ((enum op)i.op) {
    case OP_FOR:
        open_loop(w, &unit->loops.at[i.arg]);
        break;
    case OP_SCOPE:
        open_scope(w);
        break;
    case OP_FOR_NEXT:
    case OP_SCOPE_END:
        close_scope(w);
        break;
    case OP_SET:
        bind(w, unit->names.at[i.arg].text, pop(w), true);
        break;
    case OP_ASSIGN:
        pop(w);
        assign(w, unit->names.at[i.arg].text);
        break;
    case OP_CAPTURED:
        push_unknown(w);
        break;
    case OP_CALL:
        drop(w, unit->calls.at[i.arg].argument_count);
        push_unknown(w);
        break;
    case OP_BLOCK:
        show_locals(w);
        break;
    case OP_INCLUDE:
        run_include(w, &unit->includes.at[i.arg]);
        break;
    case OP_EXTENDS:
        if (i.arg == 0)
            pop(w);
        break;
    default:
        break;
    }
}

static void run_one(struct walk *w, struct instruction i)
{
    const struct unit *unit = w->unit;
    switch ((enum op)i.op) {
    case OP_LOAD:
    case OP_LOAD_OR_NONE:
        push(w, read_path(w, &unit->paths.at[i.arg]));
        break;
    case OP_LOAD_LOOP:
        push_loop_member(w, (enum loop_member)i.arg);
        break;
    case OP_CONST:
        push(w, literal_of(w->checker.arena, unit->constants.at[i.arg]));
        break;
    case OP_FILTER:
        run_filter(w, &unit->filters.at[i.arg]);
        break;
    case OP_PRINT:
    case OP_JUMP_FALSE:
        pop(w);
        break;
    case OP_PRINT_PATH:
        read_path(w, &unit->paths.at[i.arg]);
        break;
    case OP_TEST:
    case OP_TEST_NOT:
        read_path(w, &unit->paths.at[i.arg]);
        w->at++; /* its jump */
        break;
    case OP_AND:
    case OP_OR:
    case OP_FIRST:
        jump_over(w, i);
        break;
    case OP_NOT:
        *top(w) = (struct possible){.kind = OF_ANYTHING};
        break;
    case OP_COMPARE:
        run_comparison(w, (enum comparison)i.arg);
        break;
    default:
        run_rare(w, i);
    }
}

static void find_origin(struct walk *w)
{
    while (w->origin + 1 < w->unit->origins.len && w->unit->origins.at[w->origin + 1].address <= w->at)
        w->origin++;
}

struct checker checker_begin(struct arena *arena, const struct template *template,
                             const struct template_knowledge *knowledge, struct render *render, struct buf *unused)
{
    return (struct checker){.arena = arena,
                            .knowledge = knowledge,
                            .machine = {.arena = arena,
                                        .render = render,
                                        .template = template,
                                        .dialect = template->settings.dialect,
                                        .lang = STR("fr"),
                                        .out = unused,
                                        .steps_left = SIZE_MAX,
                                        .arena_most = SIZE_MAX}};
}

void template_check(const struct template *template, struct arena *arena, const struct template_knowledge *knowledge,
                    struct template_findings *out)
{
    struct render render = {.arena = arena};
    struct buf unused = buf_new(arena, 0);
    struct walk w = {
        .checker = checker_begin(arena, template, knowledge, &render, &unused), .unit = template->unit, .out = out};
    for (w.at = 0; w.at < w.unit->code.len;) {
        land(&w);
        find_origin(&w);
        struct instruction i = w.unit->code.at[w.at++];
        run_one(&w, i);
    }
    for (size_t i = 0; i < w.locals.len; i++)
        tell_unread(&w, &w.locals.at[i]);
}

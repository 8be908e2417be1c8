/* Whether a condition may hold: its program is run on what each value may be. Both sides of « and » and « or » are
 * looked at, so that nothing is jumped over. */
#include "template/check.h"

struct abstract {
    struct possible possible;
    bool may_be_true, may_be_false;
    str why; /* what can't be true; empty where it may */
};

struct landing {
    uint32_t address;
    bool is_and;
    struct abstract left;
};

struct holding {
    struct checker checker;
    const struct unit *unit;
    struct VEC_OF(struct abstract) stack;
    struct VEC_OF(struct landing) landings;
    bool is_lost; /* an instruction that conditions do not have: all may be */
};

static const struct value nothing = {.kind = VALUE_NONE};

static bool is_true(const struct holding *h, struct value value)
{
    return value_is_true(h->checker.arena, value);
}

/* Its truth, by its examples; a name may always be None. */
static struct abstract weighed(struct holding *h, struct possible possible)
{
    struct abstract out = {.possible = possible};
    struct examples examples = possible_examples(&h->checker, &possible, VALUE_OF_UNDEFINED);
    bool is_whole = examples.extent == TEMPLATE_WHOLE;
    out.may_be_true = !is_whole;
    out.may_be_false = !is_whole || possible.kind == OF_NAME;
    for (size_t i = 0; i < examples.values.len; i++)
        *(is_true(h, examples.values.at[i]) ? &out.may_be_true : &out.may_be_false) = true;
    if (!out.may_be_true)
        out.why = possible.written;
    return out;
}

static void push(struct holding *h, struct abstract one)
{
    *vec_push(h->checker.arena, &h->stack) = one;
}

static struct abstract pop(struct holding *h)
{
    if (h->stack.len == 0) {
        h->is_lost = true;
        return (struct abstract){.may_be_true = true, .may_be_false = true};
    }
    return h->stack.at[--h->stack.len];
}

static struct possible literal(struct holding *h, struct value value, str written)
{
    str shown = written.len > 0 ? written : literal_say(h->checker.arena, value);
    return (struct possible){.kind = OF_LITERAL, .literal = value, .written = shown};
}

/* A filter that nobody knows gives nothing, unless the site has one of that name. */
static bool gives_nothing(struct holding *h, const struct filter_use *use)
{
    const struct template_knowledge *knowledge = h->checker.knowledge;
    struct value_list examples = {0};
    str path = str_fmt(h->checker.arena, "filter_%.*s", STR_ARG(use->name));
    return use->filter == NULL && knowledge != NULL &&
           knowledge->of(knowledge->data, h->checker.arena, path, VALUE_OF_UNDEFINED, &examples) == TEMPLATE_WHOLE &&
           examples.len == 0;
}

/* Those that give the same whenever and wherever they are applied. */
static bool is_constant(str name)
{
    static const char *const names[] = {"add",         "decimal",  "default", "default_if_none", "divide",
                                        "floatformat", "length",   "lower",   "multiply",        "slugify",
                                        "strip",       "subtract", "upper"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_of(names[i])))
            return true;
    return false;
}

/* All that it gives, where all that it is given is known. */
static bool applied(struct holding *h, const struct filter_use *use, const struct possible *value,
                    const struct possible *argument, struct value_list *out)
{
    struct examples examples = possible_examples(&h->checker, value, VALUE_OF_UNDEFINED);
    bool has_known = !use->has_argument || argument->kind == OF_LITERAL;
    if (use->filter == NULL || !is_constant(use->name) || !has_known || examples.extent != TEMPLATE_WHOLE)
        return false;
    if (value->kind == OF_NAME)
        value_list_add(h->checker.arena, &examples.values, nothing);
    for (size_t i = 0; i < examples.values.len; i++) {
        struct value given = examples.values.at[i];
        machine_apply(&h->checker.machine, use, &given, use->has_argument ? &argument->literal : NULL);
        if (machine_has_raised(&given))
            given = nothing;
        value_list_add(h->checker.arena, out, given);
    }
    return true;
}

static void run_filter(struct holding *h, const struct filter_use *use)
{
    struct abstract argument = use->has_argument ? pop(h) : (struct abstract){0}, value = pop(h);
    struct arena *arena = h->checker.arena;
    struct possible result = {.written =
                                  str_fmt(arena, "%.*s|%.*s", STR_ARG(value.possible.written), STR_ARG(use->name))};
    if (use->has_argument)
        result.written = str_fmt(arena, "%.*s:%.*s", STR_ARG(result.written), STR_ARG(argument.possible.written));
    if (gives_nothing(h, use))
        result = literal(h, VALUE_EMPTY, result.written);
    else if (applied(h, use, &value.possible, &argument.possible, &result.values))
        result.kind = OF_VALUES;
    push(h, weighed(h, result));
}

/* Where a name may be nothing, or is never anything, it is compared as None too. */
static bool may_compare(struct holding *h, const struct possible *a, const struct possible *b, enum comparison how)
{
    const struct possible none = literal(h, nothing, STR_EMPTY);
    bool a_may_be_none = a->kind == OF_NAME, b_may_be_none = b->kind == OF_NAME;
    return possible_holds(&h->checker, a, b, how) || (a_may_be_none && possible_holds(&h->checker, &none, b, how)) ||
           (b_may_be_none && possible_holds(&h->checker, a, &none, how)) ||
           (a_may_be_none && b_may_be_none && possible_holds(&h->checker, &none, &none, how));
}

static void run_comparison(struct holding *h, enum comparison how)
{
    static const char *const signs[] = {
        [COMPARE_EQ] = "==", [COMPARE_NE] = "!=",        [COMPARE_LT] = "<",  [COMPARE_LE] = "<=",
        [COMPARE_GT] = ">",  [COMPARE_GE] = ">=",        [COMPARE_IN] = "in", [COMPARE_NOT_IN] = "not in",
        [COMPARE_IS] = "is", [COMPARE_IS_NOT] = "is not"};
    struct abstract b = pop(h), a = pop(h), out = {.may_be_false = true};
    out.possible.written =
        str_fmt(h->checker.arena, "%.*s %s %.*s", STR_ARG(a.possible.written), signs[how], STR_ARG(b.possible.written));
    out.may_be_true = may_compare(h, &a.possible, &b.possible, how);
    out.why = out.may_be_true ? STR_EMPTY : out.possible.written;
    push(h, out);
}

static struct abstract joined(struct holding *h, const struct abstract *a, const struct abstract *b, bool is_and)
{
    struct abstract out = {.may_be_true = is_and ? a->may_be_true && b->may_be_true : a->may_be_true || b->may_be_true,
                           .may_be_false =
                               is_and ? a->may_be_false || b->may_be_false : a->may_be_false && b->may_be_false};
    if (out.may_be_true)
        return out;
    if (is_and)
        out.why = a->may_be_true ? b->why : a->why;
    else
        out.why = str_fmt(h->checker.arena, "%.*s, %.*s", STR_ARG(a->why), STR_ARG(b->why));
    return out;
}

static void land(struct holding *h, uint32_t at)
{
    while (h->landings.len > 0 && h->landings.at[h->landings.len - 1].address == at) {
        struct landing landing = h->landings.at[--h->landings.len];
        struct abstract right = pop(h);
        push(h, joined(h, &landing.left, &right, landing.is_and));
    }
}

static void run_not(struct holding *h)
{
    struct abstract one = pop(h);
    struct abstract out = {.may_be_true = one.may_be_false, .may_be_false = one.may_be_true};
    out.possible.written = str_fmt(h->checker.arena, "not %.*s", STR_ARG(one.possible.written));
    out.why = out.may_be_true ? STR_EMPTY : out.possible.written;
    push(h, out);
}

static void run_one(struct holding *h, struct instruction i)
{
    switch ((enum op)i.op) {
    case OP_LOAD:
    case OP_LOAD_OR_NONE: {
        str path = h->unit->paths.at[i.arg].whole;
        push(h, weighed(h, (struct possible){.kind = OF_NAME, .path = path, .written = path}));
        break;
    }
    case OP_CONST:
        push(h, weighed(h, literal(h, h->unit->constants.at[i.arg], STR_EMPTY)));
        break;
    case OP_FILTER:
        run_filter(h, &h->unit->filters.at[i.arg]);
        break;
    case OP_COMPARE:
        run_comparison(h, (enum comparison)i.arg);
        break;
    case OP_NOT:
        run_not(h);
        break;
    case OP_AND:
    case OP_OR:
        *vec_push(h->checker.arena, &h->landings) =
            (struct landing){.address = i.arg, .is_and = i.op == OP_AND, .left = pop(h)};
        break;
    case OP_TRUTH:
    case OP_END:
        break;
    default:
        h->is_lost = true;
    }
}

bool template_may_hold(const struct template *template, struct arena *arena, const struct template_knowledge *knowledge,
                       str *why)
{
    struct render render = {.arena = arena};
    struct buf unused = buf_new(arena, 0);
    struct holding h = {.checker = checker_begin(arena, template, knowledge, &render, &unused), .unit = template->unit};
    if (!template_is_condition(template))
        return true;
    for (uint32_t at = 0; at < h.unit->code.len && !h.is_lost; at++) {
        land(&h, at);
        run_one(&h, h.unit->code.at[at]);
    }
    struct abstract last = pop(&h);
    *why = last.why;
    return h.is_lost || last.may_be_true;
}

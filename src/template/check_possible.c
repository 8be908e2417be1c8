/* What an expression may be, told by examples: a comparison can't hold where it holds for none of them. The examples
 * are compared as the machine would, so that nothing of the language's rules is said twice. */
#include "template/check.h"

/* ---- Of a filter's result ---- */

enum { FAR = 1000000000 };

static bool is_number(enum value_kind kind)
{
    return kind == VALUE_INT || kind == VALUE_FLOAT || kind == VALUE_DECIMAL || kind == VALUE_BOOL;
}

static bool is_date(enum value_kind kind)
{
    return kind == VALUE_DATE || kind == VALUE_DATETIME;
}

/* Some of a kind, from the least to the greatest. */
static void add_of_kind(struct arena *arena, enum value_kind kind, struct value_list *out)
{
    static const struct datetime first = {.date = {1, 1, 1}}, last = {.date = {9999, 12, 31}};
    static const struct value_list no_items;
    switch (kind) {
    case VALUE_BOOL:
        value_list_add(arena, out, value_bool(false));
        value_list_add(arena, out, value_bool(true));
        break;
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_DECIMAL:
        for (int64_t number = -FAR; number <= FAR; number += FAR)
            value_list_add(arena, out, value_int(number));
        break;
    case VALUE_TEXT:
        value_list_add(arena, out, value_text(STR_EMPTY));
        value_list_add(arena, out, value_text(STR("\U0010FFFF")));
        break;
    case VALUE_DATE:
        value_list_add(arena, out, value_date(first.date));
        value_list_add(arena, out, value_date(last.date));
        break;
    case VALUE_DATETIME:
        value_list_add(arena, out, value_datetime(first));
        value_list_add(arena, out, value_datetime(last));
        break;
    case VALUE_TIME:
        value_list_add(arena, out, (struct value){.kind = VALUE_TIME, .datetime = first});
        break;
    case VALUE_LIST:
        value_list_add(arena, out, value_list(&no_items));
        break;
    case VALUE_DICT:
        value_list_add(arena, out, value_dict(value_dict_new(arena)));
        break;
    default:
        break;
    }
}

/* Whether a value of this kind may be the very one it is compared with. */
static bool may_be(enum value_kind kind, enum value_kind near)
{
    return kind == near || (is_number(kind) && is_number(near)) || (is_date(kind) && is_date(near));
}

static struct examples of_filter(struct arena *arena, unsigned gives, struct value near)
{
    struct examples out = {.extent = TEMPLATE_NEAR};
    struct value plain = value_plain(arena, near);
    for (unsigned kind = VALUE_BOOL; kind <= VALUE_DICT; kind++) {
        if ((gives & (1u << kind)) == 0)
            continue;
        add_of_kind(arena, (enum value_kind)kind, &out.values);
        if (may_be((enum value_kind)kind, plain.kind))
            value_list_add(arena, &out.values, plain);
    }
    return out;
}

/* ---- Of any expression ---- */

struct examples possible_examples(struct checker *checker, const struct possible *possible, struct value near)
{
    struct examples out = {.extent = TEMPLATE_ANYTHING};
    switch (possible->kind) {
    case OF_LITERAL:
        out.extent = TEMPLATE_WHOLE;
        value_list_add(checker->arena, &out.values, possible->literal);
        break;
    case OF_FILTER:
        return of_filter(checker->arena, possible->gives, near);
    case OF_NAME:
        if (checker->knowledge != NULL)
            out.extent =
                checker->knowledge->of(checker->knowledge->data, checker->arena, possible->path, near, &out.values);
        break;
    case OF_VALUES:
        return (struct examples){.values = possible->values, .extent = TEMPLATE_WHOLE};
    case OF_ANYTHING:
        break;
    }
    return out;
}

/* Some example of a makes it hold with some that b has near it. */
static bool some_pair_holds(struct checker *checker, const struct possible *a, const struct possible *b,
                            enum comparison how, bool swapped)
{
    bool is_search = how == COMPARE_IN || how == COMPARE_NOT_IN;
    struct examples left = possible_examples(checker, a, VALUE_OF_UNDEFINED);
    if (left.extent == TEMPLATE_ANYTHING || (is_search && left.extent != TEMPLATE_WHOLE))
        return true;
    for (size_t i = 0; i < left.values.len; i++) {
        struct examples right = possible_examples(checker, b, left.values.at[i]);
        if (right.extent == TEMPLATE_ANYTHING || (is_search && right.extent != TEMPLATE_WHOLE))
            return true;
        for (size_t j = 0; j < right.values.len; j++) {
            const struct value *first = &left.values.at[i], *second = &right.values.at[j];
            if (machine_compare(&checker->machine, swapped ? second : first, swapped ? first : second, how))
                return true;
        }
    }
    return false;
}

bool possible_holds(struct checker *checker, const struct possible *a, const struct possible *b, enum comparison how)
{
    return some_pair_holds(checker, a, b, how, false) || some_pair_holds(checker, b, a, how, true);
}

bool possible_fits(struct checker *checker, const struct possible *possible, const struct filter_want *want, bool lazy)
{
    struct examples examples = possible_examples(checker, possible, VALUE_OF_UNDEFINED);
    bool any = false;
    for (size_t i = 0; i < examples.values.len; i++) {
        struct value value = examples.values.at[i], plain = value_plain(checker->arena, value);
        if (literal_is_empty(plain))
            continue;
        if (plain.kind == VALUE_TEXT && examples.extent == TEMPLATE_NEAR)
            return true;
        if (want->fits(&checker->machine, lazy ? value : plain))
            return true;
        any = true;
    }
    return !any;
}

/* ---- In words ---- */

enum { SAID_MOST = 6, SAID_LONGEST = 60 }; /* values, characters */

static const char *kind_in_words(enum value_kind kind)
{
    switch (kind) {
    case VALUE_BOOL:
        return "vrai ou faux";
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_DECIMAL:
        return "un nombre";
    case VALUE_TEXT:
        return "un texte";
    case VALUE_DATE:
    case VALUE_DATETIME:
        return "une date";
    case VALUE_TIME:
        return "une heure";
    default:
        return "une liste";
    }
}

static str shortened(struct arena *arena, str text)
{
    if (utf8_length(text) <= SAID_LONGEST)
        return text;
    str cut = utf8_slice(text, 0, SAID_LONGEST);
    return str_fmt(arena, "%.*s…", STR_ARG(cut));
}

/* Each once, the first ones. */
static void say_values(struct checker *checker, const struct value_list *values, struct buf *out)
{
    size_t said = 0;
    for (size_t i = 0; i < values->len; i++) {
        str text = shortened(checker->arena, value_to_text(checker->arena, values->at[i], STR("fr")));
        str quoted = str_fmt(checker->arena, "« %.*s »", STR_ARG(text));
        if (str_contains(buf_str(out), quoted))
            continue;
        if (++said > SAID_MOST) {
            buf_add(out, STR(" …"));
            return;
        }
        buf_fmt(out, "%s%.*s", said > 1 ? ", " : "", STR_ARG(quoted));
    }
}

str literal_say(struct arena *arena, struct value literal)
{
    str text = shortened(arena, value_to_text(arena, literal, STR("fr")));
    return literal.kind == VALUE_TEXT ? str_fmt(arena, "\"%.*s\"", STR_ARG(text)) : text;
}

str possible_say(struct checker *checker, const struct possible *possible)
{
    struct examples examples = possible_examples(checker, possible, VALUE_OF_UNDEFINED);
    struct buf out = buf_new(checker->arena, 4096);
    if (possible->kind == OF_LITERAL || examples.values.len == 0)
        return STR_EMPTY;
    struct value last = value_plain(checker->arena, examples.values.at[examples.values.len - 1]);
    buf_fmt(&out, " : « %.*s » ", STR_ARG(possible->written));
    if (examples.extent == TEMPLATE_WHOLE && last.kind == VALUE_TEXT) {
        buf_add(&out, STR("vaut "));
        say_values(checker, &examples.values, &out);
    } else {
        buf_fmt(&out, "est %s", kind_in_words(last.kind));
    }
    return buf_str(&out);
}

/* ---- Literals ---- */

bool literal_is_empty(struct value literal)
{
    return filter_is_missing(literal) || (literal.kind == VALUE_TEXT && literal.text.len == 0);
}

/* Texts that read as a number or a date may be another writing of the same. */
static bool is_mere_text(struct checker *checker, struct value literal)
{
    struct decimal number;
    struct datetime at;
    return literal.kind == VALUE_TEXT && !value_to_decimal(checker->arena, literal, &number) &&
           !value_to_datetime(checker->arena, literal, &at);
}

bool literals_exclude(struct checker *checker, struct value a, struct value b)
{
    if (value_equals(checker->arena, a, b))
        return false;
    return (is_mere_text(checker, a) && is_mere_text(checker, b)) || (a.kind == VALUE_INT && b.kind == VALUE_INT);
}

/* Old conditions of w.c.s. in Python, as conditions of our language: comparisons of names, literals and a few
 * functions. Our language has no brackets: what they group is multiplied out. What is beyond that is not translated. */
#include "base/vec.h"
#include "template/template.h"

#include <string.h>

enum { DEEPEST = 32, TERMS_MOST = 32, TEXT_MOST = 8 << 10 };

enum node_kind { NODE_ATOM, NODE_AND, NODE_OR, NODE_NOT };

struct node {
    enum node_kind kind;
    str text; /* of an atom */
    const struct node *left, *right;
};

struct reader {
    struct arena *arena;
    str text;
    size_t at;
    int depth;
};

/* ---- Words ---- */

static bool is_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static char peek(struct reader *r)
{
    while (r->at < r->text.len && strchr(" \t\r\n\\", r->text.ptr[r->at]) != NULL)
        r->at++;
    return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static bool take(struct reader *r, const char *sign)
{
    peek(r);
    str rest = str_slice(r->text, r->at, r->text.len), wanted = str_of(sign);
    if (!str_starts(rest, wanted) ||
        (is_word(sign[0]) && rest.len > wanted.len && is_word(rest.ptr[wanted.len]))) /* « order » begins with « or » */
        return false;
    r->at += wanted.len;
    return true;
}

static str take_word(struct reader *r)
{
    size_t from = (peek(r), r->at);
    while (r->at < r->text.len && is_word(r->text.ptr[r->at]))
        r->at++;
    return str_slice(r->text, from, r->at);
}

static struct node *node_new(struct reader *r, struct node node)
{
    struct node *made = arena_new_of(r->arena, struct node);
    *made = node;
    return made;
}

/* ---- Operands: expressions of our language ---- */

static bool read_operand(struct reader *r, str *out);

/* Quotes stay as they are: both languages read '…', "…" and a backslash before a quote alike; nothing else is escaped.
 */
static bool read_text(struct reader *r, str *out)
{
    char quote = peek(r);
    size_t from = r->at++;
    for (; r->at < r->text.len && r->text.ptr[r->at] != quote; r->at++) {
        char c = r->text.ptr[r->at];
        if (c == '\n' || (c == '\\' && (++r->at >= r->text.len || strchr("'\"\\", r->text.ptr[r->at]) == NULL)))
            return false;
    }
    *out = str_slice(r->text, from, ++r->at);
    return r->at <= r->text.len && out->len >= 2;
}

static bool is_number(str text)
{
    size_t points = 0;
    for (size_t i = 0; i < text.len; i++) {
        points += text.ptr[i] == '.';
        if (text.ptr[i] != '.' && (text.ptr[i] < '0' || text.ptr[i] > '9'))
            return false;
    }
    return points <= 1 && text.len > 0 && text.ptr[0] != '.' && text.ptr[text.len - 1] != '.';
}

static bool read_number(struct reader *r, str *out)
{
    size_t from = (peek(r), r->at);
    r->at += r->text.ptr[r->at] == '-';
    size_t digits = r->at;
    while (r->at < r->text.len && (is_word(r->text.ptr[r->at]) || r->text.ptr[r->at] == '.'))
        r->at++;
    *out = str_slice(r->text, from, r->at);
    return is_number(str_slice(r->text, digits, r->at));
}

/* Decimal('12.50') is the number. */
static str number_of(struct arena *arena, str argument)
{
    str inner = argument.len >= 2 ? str_slice(argument, 1, argument.len - 1) : STR_EMPTY;
    if (is_number(argument))
        return argument;
    return is_number(inner) ? inner : str_fmt(arena, "%.*s|decimal", STR_ARG(argument));
}

static bool read_function(struct reader *r, str name, str *out)
{
    static const struct {
        const char *name, *filter;
    } filters[] = {{"len", "length"}, {"str", NULL}, {"bool", NULL}};
    str argument;
    if (!read_operand(r, &argument) || !take(r, ")"))
        return false;
    if (str_eq(name, STR("Decimal")) || str_eq(name, STR("int")) || str_eq(name, STR("float"))) {
        *out = number_of(r->arena, argument);
        return true;
    }
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (str_eq(name, str_of(filters[i].name))) {
            *out = filters[i].filter == NULL ? argument
                                             : str_fmt(r->arena, "%.*s|%s", STR_ARG(argument), filters[i].filter);
            return true;
        }
    return false;
}

/* x.lower(), x.startswith('a'): filters of the same name; vars().get('x'): the name x. */
static bool read_method(struct reader *r, str name, str *out)
{
    static const char *const bare[] = {"lower", "upper", "strip"}, *const with_argument[] = {"startswith", "endswith"};
    str argument;
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        if (str_eq(name, str_of(bare[i]))) {
            *out = str_fmt(r->arena, "%.*s|%s", STR_ARG(*out), bare[i]);
            return take(r, ")");
        }
    for (size_t i = 0; i < sizeof with_argument / sizeof *with_argument; i++)
        if (str_eq(name, str_of(with_argument[i]))) {
            if (!read_operand(r, &argument) || str_contains(argument, STR("|"))) /* an argument has no filters */
                return false;
            *out = str_fmt(r->arena, "%.*s|%s:%.*s", STR_ARG(*out), with_argument[i], STR_ARG(argument));
            return take(r, ")");
        }
    return false;
}

static bool read_vars(struct reader *r, str *out)
{
    str name, unheeded;
    if (!take(r, ")") || !take(r, ".") || !take(r, "get") || !take(r, "(") || !read_text(r, &name))
        return false;
    if (take(r, ",") && !read_operand(r, &unheeded))
        return false;
    *out = str_slice(name, 1, name.len - 1);
    for (size_t i = 0; i < out->len; i++)
        if (!is_word(out->ptr[i]))
            return false;
    return out->len > 0 && take(r, ")");
}

static bool read_name(struct reader *r, str *out)
{
    static const char *const keywords[] = {"and", "or", "not", "in", "is", "if", "else", "for", "lambda"};
    str name = take_word(r);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (str_eq(name, str_of(keywords[i])))
            return false;
    if (name.len == 0 || name.ptr[0] == '_' || (name.ptr[0] >= '0' && name.ptr[0] <= '9'))
        return false;
    if (take(r, "("))
        return str_eq(name, STR("vars")) ? read_vars(r, out) : read_function(r, name, out);
    *out = name;
    while (take(r, ".")) {
        str member = take_word(r);
        if (member.len == 0 || member.ptr[0] == '_')
            return false;
        if (take(r, "(")) {
            if (!read_method(r, member, out))
                return false;
        } else if (str_contains(*out, STR("|"))) {
            return false; /* nor has what a filter gives members */
        } else {
            *out = str_fmt(r->arena, "%.*s.%.*s", STR_ARG(*out), STR_ARG(member));
        }
    }
    return true;
}

static bool read_bare_operand(struct reader *r, str *out)
{
    char c = peek(r);
    if (c == '\'' || c == '"')
        return read_text(r, out);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(r, out);
    if (take(r, "("))
        return read_operand(r, out) && take(r, ")");
    return read_name(r, out);
}

static bool read_operand(struct reader *r, str *out)
{
    bool ok = ++r->depth <= DEEPEST && read_bare_operand(r, out);
    r->depth--;
    return ok;
}

/* ---- Conditions ---- */

static struct node *read_or(struct reader *r);

static struct node *join(struct reader *r, enum node_kind kind, struct node *left, struct node *right)
{
    if (left == NULL)
        return right;
    return node_new(r, (struct node){.kind = kind, .left = left, .right = right});
}

static struct node *atom(struct reader *r, str left, const char *sign, str right)
{
    return node_new(r, (struct node){.text = str_fmt(r->arena, "%.*s %s %.*s", STR_ARG(left), sign, STR_ARG(right))});
}

/* x in ('a', 'b') is x == 'a' or x == 'b'; ('a') alone is no list, but a text. */
static struct node *read_among(struct reader *r, str left, const char *end)
{
    struct node *all = NULL;
    bool has_comma = end[0] == ']';
    while (!take(r, end)) {
        str one;
        if (!read_operand(r, &one))
            return NULL;
        all = join(r, NODE_OR, all, atom(r, left, "==", one));
        bool is_last = !take(r, ",");
        has_comma |= !is_last;
        if (is_last)
            return take(r, end) && has_comma ? all : NULL;
    }
    return all;
}

static struct node *read_in(struct reader *r, str left)
{
    size_t from = r->at;
    str right;
    if (take(r, "["))
        return read_among(r, left, "]");
    if (take(r, "(")) {
        struct node *among = read_among(r, left, ")");
        if (among != NULL)
            return among;
        r->at = from;
    }
    return read_operand(r, &right) ? atom(r, left, "in", right) : NULL;
}

static struct node *negated(struct reader *r, const struct node *node)
{
    return node == NULL ? NULL : node_new(r, (struct node){.kind = NODE_NOT, .left = node});
}

static struct node *read_comparison(struct reader *r)
{
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">"};
    str left, right;
    if (!read_operand(r, &left))
        return NULL;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (take(r, signs[i]))
            return read_operand(r, &right) ? atom(r, left, signs[i], right) : NULL;
    if (take(r, "in"))
        return read_in(r, left);
    if (take(r, "is")) {
        const char *sign = take(r, "not") ? "is not" : "is";
        return read_operand(r, &right) ? atom(r, left, sign, right) : NULL;
    }
    if (take(r, "not"))
        return take(r, "in") ? negated(r, read_in(r, left)) : NULL;
    return node_new(r, (struct node){.text = left});
}

/* An opening bracket may hold a condition or one side of a comparison. */
static struct node *read_bracketed(struct reader *r)
{
    static const char signs[] = "=!<>.";
    size_t from = r->at;
    if (take(r, "(")) {
        struct node *inner = read_or(r);
        if (inner != NULL && take(r, ")")) {
            size_t behind = (peek(r), r->at);
            bool is_operand = (behind < r->text.len && strchr(signs, r->text.ptr[behind]) != NULL) || take(r, "in") ||
                              take(r, "is") || take(r, "not");
            r->at = behind;
            if (!is_operand)
                return inner;
        }
        r->at = from;
    }
    return read_comparison(r);
}

static struct node *read_not(struct reader *r)
{
    if (r->depth >= DEEPEST)
        return NULL;
    r->depth++;
    struct node *node = take(r, "not") ? negated(r, read_not(r)) : read_bracketed(r);
    r->depth--;
    return node;
}

static struct node *read_and(struct reader *r)
{
    struct node *left = read_not(r);
    while (left != NULL && take(r, "and")) {
        struct node *right = read_not(r);
        left = right == NULL ? NULL : join(r, NODE_AND, left, right);
    }
    return left;
}

static struct node *read_or(struct reader *r)
{
    struct node *left = read_and(r);
    while (left != NULL && take(r, "or")) {
        struct node *right = read_and(r);
        left = right == NULL ? NULL : join(r, NODE_OR, left, right);
    }
    return left;
}

/* ---- Without brackets: alternatives, each of which is « a and not b » ---- */

struct terms VEC_OF(str);

static bool expand(struct arena *arena, const struct node *node, bool is_not, struct terms *out);

static bool expand_product(struct arena *arena, const struct node *node, bool is_not, struct terms *out)
{
    struct terms left = {0}, right = {0};
    if (!expand(arena, node->left, is_not, &left) || !expand(arena, node->right, is_not, &right) ||
        out->len + left.len * right.len > TERMS_MOST)
        return false;
    for (size_t i = 0; i < left.len; i++)
        for (size_t j = 0; j < right.len; j++)
            *vec_push(arena, out) = str_fmt(arena, "%.*s and %.*s", STR_ARG(left.at[i]), STR_ARG(right.at[j]));
    return true;
}

static bool expand(struct arena *arena, const struct node *node, bool is_not, struct terms *out)
{
    switch (node->kind) {
    case NODE_NOT:
        return expand(arena, node->left, !is_not, out);
    case NODE_AND:
    case NODE_OR:
        if ((node->kind == NODE_AND) != is_not)
            return expand_product(arena, node, is_not, out);
        return expand(arena, node->left, is_not, out) && expand(arena, node->right, is_not, out);
    case NODE_ATOM:
        break;
    }
    if (out->len >= TERMS_MOST)
        return false;
    *vec_push(arena, out) = is_not ? str_fmt(arena, "not %.*s", STR_ARG(node->text)) : node->text;
    return true;
}

bool template_of_python(struct arena *arena, str source, str *out)
{
    struct reader reader = {.arena = arena, .text = source};
    struct terms terms = {0};
    struct buf text = buf_new(arena, TEXT_MOST);
    if (source.len > TEXT_MOST)
        return false;
    const struct node *node = read_or(&reader);
    if (node == NULL || peek(&reader) != '\0' || reader.at < source.len || !expand(arena, node, false, &terms))
        return false;
    for (size_t i = 0; i < terms.len; i++)
        buf_fmt(&text, "%s%.*s", i > 0 ? " or " : "", STR_ARG(terms.at[i]));
    *out = buf_str(&text);
    struct template_settings settings = {.kind = TEMPLATE_CONDITION};
    struct err unheeded = {0};
    return !text.overflowed && template_compile(arena, *out, &settings, &unheeded) != NULL;
}

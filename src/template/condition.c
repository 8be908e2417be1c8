/* The expression of {% if %}: Django's operators with their precedence, read by Pratt's method. */
#include "template/compiler.h"

struct reader {
    struct compiler *c;
    const struct words *words;
    size_t at;
    int deep;
};

struct infix {
    int power; /* 0: none */
    int comparison;
    bool is_and, is_or;
    size_t words;
};

enum { POWER_OR = 6, POWER_AND = 7, POWER_NOT = 8, POWER_IN = 9, POWER_COMPARE = 10 };

static bool word_is(const struct reader *r, size_t ahead, str text)
{
    return r->at + ahead < r->words->len && str_eq(r->words->at[r->at + ahead], text);
}

static struct infix infix_at(const struct reader *r)
{
    static const struct {
        str word;
        int comparison;
    } signs[] = {{STR_INIT("=="), COMPARE_EQ}, {STR_INIT("!="), COMPARE_NE}, {STR_INIT("<"), COMPARE_LT},
                 {STR_INIT("<="), COMPARE_LE}, {STR_INIT(">"), COMPARE_GT},  {STR_INIT(">="), COMPARE_GE}};
    if (word_is(r, 0, STR("or")))
        return (struct infix){.power = POWER_OR, .is_or = true, .words = 1};
    if (word_is(r, 0, STR("and")))
        return (struct infix){.power = POWER_AND, .is_and = true, .words = 1};
    if (word_is(r, 0, STR("in")))
        return (struct infix){.power = POWER_IN, .comparison = COMPARE_IN, .words = 1};
    if (word_is(r, 0, STR("not")) && word_is(r, 1, STR("in")))
        return (struct infix){.power = POWER_IN, .comparison = COMPARE_NOT_IN, .words = 2};
    if (word_is(r, 0, STR("is")) && word_is(r, 1, STR("not")))
        return (struct infix){.power = POWER_COMPARE, .comparison = COMPARE_IS_NOT, .words = 2};
    if (word_is(r, 0, STR("is")))
        return (struct infix){.power = POWER_COMPARE, .comparison = COMPARE_IS, .words = 1};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (word_is(r, 0, signs[i].word))
            return (struct infix){.power = POWER_COMPARE, .comparison = signs[i].comparison, .words = 1};
    return (struct infix){0};
}

static bool read_expression(struct reader *r, int power);

static bool read_operand(struct reader *r)
{
    if (r->at >= r->words->len)
        return compiler_fail(r->c, "La condition s'arrête trop tôt.");
    if (word_is(r, 0, STR("not")) && !word_is(r, 1, STR("in"))) {
        r->at++;
        if (!read_expression(r, POWER_NOT))
            return false;
        compiler_emit(r->c, OP_NOT, 0);
        return true;
    }
    if (infix_at(r).power > 0)
        return compiler_fail(r->c, "« %.*s » n'est pas à sa place dans la condition.", STR_ARG(r->words->at[r->at]));
    return compile_expression(r->c, r->words->at[r->at++], true);
}

static bool read_infix(struct reader *r, struct infix infix)
{
    uint32_t jump = 0;
    bool jumps = infix.is_and || infix.is_or;
    r->at += infix.words;
    if (jumps)
        jump = compiler_emit(r->c, infix.is_and ? OP_AND : OP_OR, 0);
    if (!read_expression(r, infix.power))
        return false;
    if (jumps) {
        compiler_emit(r->c, OP_TRUTH, 0);
        compiler_land(r->c, jump);
    } else {
        compiler_emit(r->c, OP_COMPARE, (size_t)infix.comparison);
    }
    return true;
}

static bool read_expression(struct reader *r, int power)
{
    if (++r->deep > NESTING_MOST)
        return compiler_fail(r->c, "La condition est trop profonde.");
    if (!read_operand(r))
        return false;
    for (struct infix infix; (infix = infix_at(r)).power > power;)
        if (!read_infix(r, infix))
            return false;
    r->deep--;
    return true;
}

bool compile_condition(struct compiler *c, const struct words *words, size_t from)
{
    struct reader r = {.c = c, .words = words, .at = from};
    if (!read_expression(&r, 0))
        return false;
    if (r.at < words->len)
        return compiler_fail(c, "« %.*s » est de trop dans la condition.", STR_ARG(words->at[r.at]));
    return true;
}

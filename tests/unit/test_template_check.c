/* What the static check tells of a text, and what it leaves alone. */
#include "arena.h"

#include "template/template.h"

/* What the tests know: coche is true or false, choix is a or b, mot any text, age any number; the rest is unknown. */
static enum template_extent known(const void *data, struct arena *in, str path, struct value near,
                                  struct value_list *examples)
{
    (void)data;
    if (str_eq(path, STR("coche"))) {
        value_list_add(in, examples, value_bool(false));
        value_list_add(in, examples, value_bool(true));
        return TEMPLATE_WHOLE;
    }
    if (str_eq(path, STR("choix"))) {
        value_list_add(in, examples, value_text(STR("a")));
        value_list_add(in, examples, value_text(STR("b")));
        return TEMPLATE_WHOLE;
    }
    bool is_text = str_eq(path, STR("mot"));
    if (!is_text && !str_eq(path, STR("age")))
        return TEMPLATE_ANYTHING;
    value_list_add(in, examples, is_text ? value_text(STR("!")) : value_int(-1000));
    value_list_add(in, examples, is_text ? value_text(STR("~")) : value_int(1000));
    if (near.kind == (is_text ? VALUE_TEXT : VALUE_INT))
        value_list_add(in, examples, near);
    return TEMPLATE_NEAR;
}

static struct template_findings findings_of(enum template_kind kind, const char *source)
{
    struct template_settings settings = {.kind = kind, .name = STR("essai")};
    struct template_knowledge knowledge = {.of = known};
    struct template_findings findings = {0};
    struct err err = {0};
    const struct template *template = template_compile(arena, str_of(source), &settings, &err);
    if (template == NULL)
        fail_msg("%s: %s", source, err.message);
    template_check(template, arena, &knowledge, &findings);
    return findings;
}

/* Exactly one finding of the rule, whose message has the words, blanks of any kind. */
static void assert_told(enum template_kind kind, const char *source, enum template_rule rule, const char *words)
{
    struct template_findings findings = findings_of(kind, source);
    if (findings.len != 1)
        fail_msg("%s: %zu findings", source, findings.len);
    str message = str_replace(arena, findings.at[0].message, STR("\u00A0"), STR(" "));
    if (findings.at[0].rule != rule || !str_contains(message, str_of(words)))
        fail_msg("%s: rule %d, %.*s", source, (int)findings.at[0].rule, STR_ARG(message));
}

static void assert_sound(enum template_kind kind, const char *source)
{
    struct template_findings findings = findings_of(kind, source);
    if (findings.len > 0)
        fail_msg("%s: %.*s", source, STR_ARG(findings.at[0].message));
}

static void an_argument_that_its_filter_cannot_take_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *source, *words;
    } cases[] = {
        {"{{ x|add_days:\"abc\" }}", "« add_days » attend un nombre : « \"abc\" »"},
        {"{{ x|add_hours:\"demain\" }}", "un nombre"},
        {"{{ x|add_working_days:\"1.5\" }}", "un nombre entier"},
        {"{{ x|floatformat:\"x\" }}", "un nombre de chiffres"},
        {"{{ x|decimal:\"30\" }}", "de 0 à 27"},
        {"{{ x|get_table_row:0 }}", "à partir de 1"},
        {"{{ x|get_table_column:\"a\" }}", "à partir de 1"},
        {"{{ x|duration:\"foo\" }}", "« short » ou « long »"},
        {"{{ x|clamp:\"1\" }}", "deux nombres"},
        {"{{ x|limit_low:\"bas\" }}", "un nombre"},
        {"{{ x|divide:0 }}", "autre que 0"},
        {"{{ x|divisibleby:0 }}", "autre que 0"},
        {"{{ x|multiply:\"deux\" }}", "un nombre"},
        {"{{ x|reproj:\"Lambert\" }}", "une projection"},
        {"{{ x|repeat:-1 }}", "un nombre de fois"},
        {"{{ x|slice:\"a\" }}", "une tranche"},
        {"{{ x|truncatechars:\"long\" }}", "un nombre entier"},
        {"{{ x|stringformat:\"z\" }}", "un format"},
        {"{{ x|yesno:\"oui\" }}", "deux ou trois réponses"},
        {"{{ x|pluralize:\"a,b,c\" }}", "une terminaison"},
        {"{{ x|age_in_years:\"hier\" }}", "une date"},
        {"{{ x|add_days:coche }}", "« coche » ne convient pas"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_told(TEMPLATE_TEXT, cases[i].source, TEMPLATE_ARGUMENT, cases[i].words);
}

static void a_value_that_its_filter_cannot_use_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *source, *words;
    } cases[] = {
        {"{{ 20201231|date }}", "« date » attend une date : « 20201231 »"},
        {"{{ \"bientôt\"|date:\"d/m/Y\" }}", "une date"},
        {"{{ coche|age_in_years }}", "« coche » ne convient pas"},
        {"{{ choix|add_days:1 }}", "« choix » ne convient pas"},
        {"{{ x|length|date }}", "« x|length » ne convient pas"},
        {"{{ x|split:\",\"|multiply:2 }}", "un nombre"},
        {"{{ 12|length }}", "un texte ou une liste"},
        {"{{ \"abc\"|getlist:\"a\" }}", "une liste"},
        {"{{ \"a\"|sum }}", "une liste"},
        {"{% if x|date|length > 3 %}{% endif %}", "un texte ou une liste"},
        {"{% filter upper|add_days:\"z\" %}2020-01-01{% endfilter %}", "un nombre"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_told(TEMPLATE_TEXT, cases[i].source, TEMPLATE_ARGUMENT, cases[i].words);
}

static void what_a_filter_may_work_with_is_left_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{{ x|add_days:3 }}{{ x|add_days:\"3\" }}{{ x|add_days:\"1,5\" }}{{ x|add_days:y }}{{ x|add_days:age }}",
        "{{ \"2020-12-31\"|date:\"d\" }}{{ \"31/12/2020 10h30\"|datetime }}{{ mot|date }}{{ now|date:\"Y\" }}",
        "{{ x|floatformat }}{{ x|floatformat:2 }}{{ x|floatformat:\"-2\" }}{{ x|floatformat:\"2g\" }}",
        "{{ x|clamp:\"1 10\" }}{{ x|slice:\":3\" }}{{ x|slice:\"1:-1\" }}{{ x|duration:\"long\" }}",
        "{{ x|yesno:\"oui,non\" }}{{ x|pluralize:\"al,aux\" }}{{ x|pluralize }}{{ x|stringformat:\"05d\" }}",
        "{{ x|get_table_row:1 }}{{ x|get_table_row:y }}{{ x|reproj:\"EPSG:2154\" }}{{ x|repeat:0 }}",
        "{{ \"\"|date }}{{ None|add_days:1 }}{{ \"10\"|multiply:\"2,5\" }}{{ mot|length }}{{ choix|length }}",
        "{{ x|add:\"abc\" }}{{ x|date|add_days:1|date:\"d/m\" }}{{ x|split:\",\"|length|multiply:2 }}",
        "{{ x|inconnu:\"abc\"|add_days:1 }}{{ x|default:\"a\"|date }}{{ x|age_in_years:\"2020-01-01\" }}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_sound(TEMPLATE_TEXT, cases[i]);
}

static void a_comparison_that_never_holds_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *source, *words;
    } cases[] = {
        {"coche == \"Oui\"", "« coche == \"Oui\" » est toujours fausse : « coche » est vrai ou faux."},
        {"choix == \"c\"", "toujours fausse : « choix » vaut « a », « b »."},
        {"\"c\" == choix", "toujours fausse"},
        {"choix != \"c\"", "toujours vraie"},
        {"choix in \"xyz\"", "toujours fausse"},
        {"choix not in \"xyz\"", "toujours vraie"},
        {"age == \"douze\"", "« age » est un nombre"},
        {"age > \"12\"", "toujours fausse"},
        {"x|length == \"3\"", "« x|length == \"3\" » est toujours fausse : « x|length » est un nombre."},
        {"x|length > y|lower", "toujours fausse"},
        {"x|age_in_years >= \"18\"", "toujours fausse"},
        {"x|date == \"demain\"", "« x|date » est une date"},
        {"x|date:\"Y\" > 2020", "« x|date:\"Y\" » est un texte"},
        {"x|split:\",\" == \"a\"", "une liste"},
        {"x|startswith:\"a\" == \"True\"", "vrai ou faux"},
        {"\"a\" == \"b\"", "toujours fausse."},
        {"1 == \"1\"", "toujours fausse"},
        {"2 < 1", "toujours fausse"},
        {"x == \"a\" and x == \"b\"", "« x » ne peut pas être à la fois"},
        {"x|lower == \"a\" and y and x|lower == \"b\"", "à la fois"},
        {"x == 1 and x == 2", "à la fois"},
        {"mot == 3", "« mot » est un texte"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_told(TEMPLATE_CONDITION, cases[i].source, TEMPLATE_COMPARISON, cases[i].words);
    assert_told(TEMPLATE_TEXT, "{% for x in l %}{% if forloop.counter == \"1\" %}a{% endif %}{% endfor %}",
                TEMPLATE_COMPARISON, "« forloop.counter » est un nombre");
    assert_told(TEMPLATE_TEXT, "{% with n=x|length %}{% if n == \"0\" %}a{% endif %}{% endwith %}", TEMPLATE_COMPARISON,
                "« n == \"0\" »");
    assert_told(TEMPLATE_TEXT, "{% ifequal choix \"c\" %}a{% endifequal %}", TEMPLATE_COMPARISON, "« choix »");
}

static void a_comparison_that_may_hold_is_left_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "x == \"a\"",
        "coche == True",
        "choix == \"a\" or choix == \"b\"",
        "choix == y",
        "choix in \"abc\"",
        "choix in y|split:\",\"",
        "choix|lower == \"c\"",
        "mot in \"abc\"",
        "mot == \"abc\" and mot != \"d\"",
        "age == 12 or age > 100",
        "age < 12.5",
        "x|length == 3",
        "x|length == age",
        "x|date == y|date",
        "x|date > now|date",
        "x|date:\"Y\" == \"2020\"",
        "x|default:\"a\" == \"a\"",
        "x == \"\" or x|length == \"\"",
        "x is None and coche != None",
        "x == \"a\" or x == \"b\"",
        "not x == \"a\" and x == \"b\"",
        "x == \"a\" and y == \"b\"",
        "x == \"1\" and x == \"1.0\"",
        "x == \"2020-01-01\" and x == \"01/01/2020\"",
        "x == 1 and x == \"1\"",
        "1 == 1",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_sound(TEMPLATE_CONDITION, cases[i]);
    assert_sound(TEMPLATE_TEXT, "{% firstof x y as z %}{% if z == \"a\" and z == y %}a{% endif %}");
    assert_sound(TEMPLATE_TEXT, "[if-any choix]a[end][is choix \"c\"]b[end]");
}

static void a_value_that_nobody_reads_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *source, *words;
    } cases[] = {
        {"{% with a=x %}b{% endwith %}", "« a » n’est lue nulle part"},
        {"{% with a=x b=y %}{{ b }}{% endwith %}", "« a »"},
        {"{% with a=x %}{{ b }}{% endwith %}{{ a }}", "« a »"},
        {"{% with a=x %}{% with a=y %}{{ a }}{% endwith %}{% endwith %}", "« a »"},
        {"{% firstof x y as z %}", "« z »"},
        {"{% cycle \"a\" \"b\" as c silent %}", "« c »"},
        {"{% regroup l by k as g %}", "« g »"},
        {"{% now \"Y\" as an %}", "« an »"},
        {"{% blocktrans with a=x %}b{% endblocktrans %}", "« a »"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_told(TEMPLATE_HTML, cases[i].source, TEMPLATE_UNUSED, cases[i].words);
}

static void a_value_that_is_read_is_left_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{% with a=x %}{{ a }}{% endwith %}",
        "{% with a=x %}{{ a.b }}{% endwith %}",
        "{% with a=x %}{% if a %}b{% endif %}{% endwith %}",
        "{% with a=x %}{% if not a %}b{% endif %}{% endwith %}",
        "{% with a=x %}{% for b in a %}c{% endfor %}{% endwith %}",
        "{% with a=x %}{{ y|add:a }}{% endwith %}",
        "{% with a=x %}{% with b=a %}{{ b }}{% endwith %}{% endwith %}",
        "{% for a in l %}b{% empty %}c{% endfor %}",
        "{% for a in l %}{{ z }}{% firstof a y as z %}{% endfor %}",
        "{% firstof x y as z %}{{ z }}",
        "{% if x %}{% firstof x as z %}{% else %}{% firstof y as z %}{% endif %}{{ z }}",
        "{% cycle \"a\" \"b\" as c %}",
        "{% regroup l by k as g %}{% for h in g %}{{ h.grouper }}{% endfor %}",
        "{% blocktrans with a=x %}{{ a }}{% endblocktrans %}",
        "{% blocktrans count n=x|length %}un{% plural %}plusieurs{% endblocktrans %}",
        "[for l][l.a][end]",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_sound(TEMPLATE_HTML, cases[i]);
}

/* jamais is never anything, and neither is what the filter « inconnu » gives; constant is 2 or nothing; the rest as
 * above. */
static enum template_extent known_for_ever(const void *data, struct arena *in, str path, struct value near,
                                           struct value_list *examples)
{
    if (str_eq(path, STR("jamais")) || str_eq(path, STR("filter_inconnu")))
        return TEMPLATE_WHOLE;
    if (str_eq(path, STR("constant"))) {
        value_list_add(in, examples, value_text(STR("2")));
        return TEMPLATE_WHOLE;
    }
    return known(data, in, path, near, examples);
}

static bool may_hold(const char *source, str *why)
{
    struct template_settings settings = {.kind = TEMPLATE_CONDITION, .name = STR("essai")};
    struct template_knowledge knowledge = {.of = known_for_ever};
    struct err err = {0};
    const struct template *template = template_compile(arena, str_of(source), &settings, &err);
    if (template == NULL)
        fail_msg("%s: %s", source, err.message);
    return template_may_hold(template, arena, &knowledge, why);
}

static void a_condition_that_can_never_hold_is_known_with_its_cause(void **state)
{
    (void)state;
    static const struct {
        const char *source, *why;
    } cases[] = {
        {"jamais", "jamais"},
        {"False", "False"},
        {"jamais and x", "jamais"},
        {"x and jamais", "jamais"},
        {"x|add:0 > 0 and jamais", "jamais"},
        {"jamais or False", "jamais, False"},
        {"jamais == \"a\"", "jamais == \"a\""},
        {"jamais > 3", "jamais > 3"},
        {"choix == \"c\"", "choix == \"c\""},
        {"not True", "not True"},
        {"x|inconnu", "x|inconnu"},
        {"x|inconnu == \"a\"", "x|inconnu == \"a\""},
        {"choix == \"c\" and x or jamais", "choix == \"c\", jamais"},
        {"1 == 2", "1 == 2"},
        {"constant|add:0 > 2", "constant|add:0 > 2"},
        {"jamais|add:0 > 0", "jamais|add:0 > 0"},
        {"\"a\" not in jamais", "\"a\" not in jamais"}, /* as in Python: it can't be looked into */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str why = STR_EMPTY;
        bool holds = may_hold(cases[i].source, &why);
        if (holds || !str_eq(why, str_of(cases[i].why)))
            fail_msg("%s: %d, %.*s", cases[i].source, (int)holds, STR_ARG(why));
    }
}

static void a_condition_that_may_hold_is_never_given_up(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "x",
        "not x",
        "not jamais",
        "True",
        "jamais is None",
        "jamais == None",
        "not jamais and x",
        "jamais != \"a\"",
        "jamais or x",
        "x or jamais and y",
        "choix == \"a\"",
        "choix != \"a\"",
        "not choix",
        "choix is None",
        "coche",
        "not coche",
        "mot == \"z\"",
        "age > 3",
        "age|add:1 == 12",
        "jamais|default:\"a\" == \"a\"",
        "x|inconnu == \"\"",
        "not x|inconnu",
        "x|length > 2",
        "\"a\" in x",
        "x == y",
        "jamais|default:3",
        "constant|add:3 > 4",
        "1 == 1",
        "not x or not jamais",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str why = STR_EMPTY;
        if (!may_hold(cases[i], &why))
            fail_msg("%s: %.*s", cases[i], STR_ARG(why));
    }
}

static void a_finding_stands_where_its_tag_stands(void **state)
{
    (void)state;
    struct template_findings findings =
        findings_of(TEMPLATE_HTML, "é{% if x %}\n {% elif choix == \"c\" %}{{ x|add_days:\"z\" }}\n{% endif %}\n"
                                   "  {% with a=x %}\n{% endwith %}{% if 1 == 2 %}{% endif %}");
    static const struct {
        enum template_rule rule;
        int line, column;
    } expected[] = {
        {TEMPLATE_COMPARISON, 2, 2}, {TEMPLATE_ARGUMENT, 2, 25}, {TEMPLATE_UNUSED, 4, 3}, {TEMPLATE_COMPARISON, 5, 14}};
    assert_int_equal(findings.len, 4);
    for (size_t i = 0; i < findings.len; i++) {
        assert_int_equal(findings.at[i].rule, expected[i].rule);
        assert_int_equal(findings.at[i].line, expected[i].line);
        assert_int_equal(findings.at[i].column, expected[i].column);
    }
}

#define SENTENCE(test) WITH_ARENA(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(an_argument_that_its_filter_cannot_take_is_told),
        SENTENCE(a_value_that_its_filter_cannot_use_is_told),
        SENTENCE(what_a_filter_may_work_with_is_left_alone),
        SENTENCE(a_comparison_that_never_holds_is_told),
        SENTENCE(a_comparison_that_may_hold_is_left_alone),
        SENTENCE(a_value_that_nobody_reads_is_told),
        SENTENCE(a_value_that_is_read_is_left_alone),
        SENTENCE(a_finding_stands_where_its_tag_stands),
        SENTENCE(a_condition_that_can_never_hold_is_known_with_its_cause),
        SENTENCE(a_condition_that_may_hold_is_never_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

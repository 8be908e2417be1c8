#include "template/template.h"

#include "arena.h"

static struct value_dict *scope;
static struct render_log faults;

static int set_up(void **state)
{
    arena_begin(state);
    scope = value_dict_new(arena);
    faults = (struct render_log){0};
    return 0;
}

static void given(const char *name, struct value value)
{
    value_dict_set(arena, scope, str_of(name), value);
}

/* A text of so many letters. */
static str str_repeat_a(size_t length)
{
    char *text = arena_alloc(arena, length);
    for (size_t i = 0; i < length; i++)
        text[i] = 'a';
    return (str){text, length};
}

static void given_json(const char *name, const char *text)
{
    given(name, value_from_json(arena, json_parse(arena, str_of(text), NULL)));
}

static struct render render_with(void)
{
    return (struct render){.arena = arena, .scope = value_dict(scope), .log = &faults, .now = 1765713000000000};
}

static struct template *compiled(enum template_kind kind, const char *source)
{
    struct template_settings settings = {.kind = kind, .name = STR("essai")};
    struct err err = {0};
    struct template *template = template_compile(arena, str_of(source), &settings, &err);
    if (template == NULL)
        fail_msg("%s: %s", source, err.message);
    return template;
}

static str text_of(const char *source)
{
    struct render render = render_with();
    return template_text(compiled(TEMPLATE_TEXT, source), &render);
}

static str html_of(const char *source)
{
    struct render render = render_with();
    return template_text(compiled(TEMPLATE_HTML, source), &render);
}

static bool holds(const char *condition)
{
    struct render render = render_with();
    return template_holds(compiled(TEMPLATE_CONDITION, condition), &render);
}

static struct value value_of(const char *source)
{
    struct render render = render_with();
    return template_value(compiled(TEMPLATE_TEXT, source), &render);
}

static struct err refused(const char *source)
{
    struct template_settings settings = {.kind = TEMPLATE_HTML};
    struct err err = {0};
    assert_null(template_compile(arena, str_of(source), &settings, &err));
    return err;
}

static void a_text_without_tags_is_itself(void **state)
{
    (void)state;
    assert_str(text_of("  Bonjour [nom], 50 % {de} remise  "), "Bonjour [nom], 50 % {de} remise");
    assert_true(template_is_constant(compiled(TEMPLATE_TEXT, "Bonjour")));
    assert_false(template_is_constant(compiled(TEMPLATE_TEXT, "Bonjour {{ nom }}")));
}

static void html_is_escaped_and_plain_text_is_not(void **state)
{
    (void)state;
    given("nom", value_text(STR("<b>L'été</b>")));
    assert_str(html_of("{{ nom }}"), "&lt;b&gt;L&#x27;été&lt;/b&gt;");
    assert_str(html_of("{{ nom|safe }}"), "<b>L'été</b>");
    assert_str(html_of("{% autoescape off %}{{ nom }}{% endautoescape %}"), "<b>L'été</b>");
    assert_str(text_of("{{ nom }}"), "<b>L'été</b>");
}

static void an_unknown_name_is_empty_and_none_in_conditions(void **state)
{
    (void)state;
    assert_str(text_of("a{{ inconnu }}b{{ in.con.nu|upper }}c"), "abc");
    assert_true(holds("inconnu is None"));
    assert_false(holds("inconnu"));
    assert_true(holds("inconnu != \"x\""));
}

static void names_are_cut_at_underscores_longest_first(void **state)
{
    (void)state;
    given_json("form", "{\"var\": {\"ville\": \"Dinant\", \"x\": {\"raw\": 1}}}");
    given_json("form_var_x", "{\"raw\": 2}");
    assert_str(text_of("{{ form_var_ville }}"), "Dinant");
    assert_str(text_of("{{ form_var_x_raw }}"), "2");
    assert_str(text_of("{{ form.var.x.raw }}"), "1");
    assert_str(text_of("{{ form_var_y }}{{ items }}{{ form_var_items }}"), "");
    assert_str(text_of("{% for k, v in form_var_x.items %}{{ k }}={{ v }}{% endfor %}"), "raw=2");
}

static void conditions_have_the_precedence_of_django(void **state)
{
    (void)state;
    given("a", value_text(STR("x")));
    given("n", value_int(3));
    assert_true(holds("a == \"x\" or a == \"y\" and n == 4"));
    assert_true(holds("not a == \"y\""));
    assert_true(holds("\"x\" in a and n >= 3 and n < 4"));
    assert_true(holds("\"z\" not in a"));
    assert_false(holds("\"z\" not in inconnu"));
    assert_false(holds("n > \"2\""));
    assert_true(holds("n is not None"));
    assert_false(holds("False or not True"));
}

static void loops_know_where_they_are(void **state)
{
    (void)state;
    given_json("noms", "[\"Ada\", \"Bob\", \"Cléo\"]");
    given_json("paires", "[[1, 2], [3, 4]]");
    assert_str(text_of("{% for n in noms %}{{ forloop.counter }}:{{ n }}{% if not forloop.last %}, {% endif %}"
                       "{% endfor %}"),
               "1:Ada, 2:Bob, 3:Cléo");
    assert_str(text_of("{% for a, b in paires reversed %}{{ a }}-{{ b }} {% endfor %}"), "3-4 1-2");
    assert_str(text_of("{% for n in rien %}x{% empty %}personne{% endfor %}"), "personne");
    assert_str(
        text_of("{% for n in noms %}{% for m in noms %}{{ forloop.parentloop.counter }}{% endfor %}{% endfor %}"),
        "111222333");
    assert_str(text_of("{% for n in noms %}{% cycle 'a' 'b' %}{% endfor %}"), "aba");
}

static void a_lone_expression_keeps_its_kind(void **state)
{
    (void)state;
    given_json("liste", "[1, 2]");
    assert_int_equal(value_of("{{ liste }}").kind, VALUE_LIST);
    assert_int_equal(value_of(" {% if liste %}{{ liste|length }}{% endif %} ").kind, VALUE_INT);
    assert_int_equal(value_of("{{ liste }}!").kind, VALUE_TEXT);
    assert_int_equal(value_of("x").kind, VALUE_TEXT);
}

static bool load(void *data, struct arena *to, str name, str *source)
{
    (void)data;
    (void)to;
    if (str_eq(name, STR("base.html")))
        *source = STR("<t>{% block titre %}Site{% endblock %}</t>{% block corps %}{% endblock %}");
    else if (str_eq(name, STR("carte.html")))
        *source = STR("[{{ nom }}]");
    else if (str_eq(name, STR("ronde.html")))
        *source = STR("{% include \"ronde.html\" %}");
    else
        return false;
    return true;
}

static str page_of(const char *source, struct err *err)
{
    struct template_loader loader = {.load = load};
    struct template_settings settings = {.kind = TEMPLATE_HTML, .loader = &loader, .strict = true};
    struct template *template = template_compile(arena, str_of(source), &settings, err);
    if (template == NULL)
        return STR_EMPTY;
    struct render render = render_with();
    struct buf out = buf_new(arena, 1 << 20);
    return template_render(template, &render, &out, err) ? buf_str(&out) : STR_EMPTY;
}

static void texts_extend_and_include_others(void **state)
{
    (void)state;
    struct err err = {0};
    assert_str(page_of("{% extends \"base.html\" %}{% block titre %}Aide – {{ block.super }}{% endblock %}"
                       "{% block corps %}{% include \"carte.html\" with nom=\"Ada\" only %}{% endblock %}",
                       &err),
               "<t>Aide – Site</t>[Ada]");
    assert_str(page_of("{% include \"absent.html\" %}", &err), "");
    assert_int_equal(err.code, ERR_INVALID);
    assert_str(page_of("{% include \"ronde.html\" %}", &err), "");
    assert_int_equal(err.code, ERR_LIMIT);
}

static void old_conditions_in_python_are_translated(void **state)
{
    (void)state;
    static const struct {
        const char *python, *ours; /* NULL: it is not */
    } cases[] = {
        {"form_var_a == 'x'", "form_var_a == 'x'"},
        {"Decimal(form_var_a) == Decimal('0') and form_var_b == '0.00'",
         "form_var_a|decimal == 0 and form_var_b == '0.00'"},
        {"not(form_var_a == 1 or form_var_b)", "not form_var_a == 1 and not form_var_b"},
        {"a and (b or c)", "a and b or a and c"},
        {"(a or b) and not (c and d)", "a and not c or a and not d or b and not c or b and not d"},
        {"a in ('x', \"y\",)", "a == 'x' or a == \"y\""},
        {"a not in [1, 2]", "not a == 1 and not a == 2"},
        {"'x' in a", "'x' in a"},
        {"a in ('x')", "a in 'x'"},
        {"(a) == (b)", "a == b"},
        {"a is not None", "a is not None"},
        {"len(a) > 2 and int(b) >= 18", "a|length > 2 and b|decimal >= 18"},
        {"vars().get('form_var_a', '') == 'x'", "form_var_a == 'x'"},
        {"form_var_a.lower().startswith('é')", "form_var_a|lower|startswith:'é'"},
        {"form_objects.count == 2", "form_objects.count == 2"},
        {"notes and order", "notes and order"},
        {"", NULL},
        {"a ==", NULL},
        {"a = 1", NULL},
        {"a < b < c", NULL},
        {"a if b else c", NULL},
        {"open('/etc/passwd')", NULL},
        {"a.__class__()", NULL},
        {"a[0] == 1", NULL},
        {"lambda: 1", NULL},
        {"'a\\n' == b", NULL},
        {"((((((((((((((((((((((((((((((((((((((a", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str ours;
        bool is_told = template_of_python(arena, str_of(cases[i].python), &ours);
        if (cases[i].ours == NULL) {
            assert_false(is_told);
            continue;
        }
        assert_true(is_told);
        assert_str(ours, cases[i].ours);
        compiled(TEMPLATE_CONDITION, cases[i].ours);
    }
}

static void what_is_not_of_the_language_is_refused_with_its_place(void **state)
{
    (void)state;
    struct err err = refused("ligne 1\n  {% if a %}x{% end %}");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 14);
    refused("{% if a %}x");
    refused("{{ }}");
    refused("{{ a|b c }}");
    refused("{% for x from y %}{% endfor %}");
    refused("{% if a and %}x{% endif %}");
    refused("{% blocktranslate %}x{% endblocktrans %}");
    refused("{{ a._b }}");
}

static void an_unknown_filter_is_empty_told_and_listed(void **state)
{
    (void)state;
    given("a", value_text(STR("x")));
    struct template *template = compiled(TEMPLATE_TEXT, "[{{ a|nouveau_filtre }}]");
    struct template_unknowns unknowns = template_unknown_filters(template);
    assert_int_equal(unknowns.len, 1);
    assert_str(unknowns.at[0].filter, "nouveau_filtre");
    assert_int_equal(unknowns.at[0].column, 2);
    struct render render = render_with();
    assert_str(template_text(template, &render), "[]");
    assert_int_equal(faults.len, 1);
}

static void names_read_are_known_before_rendering(void **state)
{
    (void)state;
    struct template_names names = template_names(
        compiled(TEMPLATE_TEXT, "{% for x in form_var_liste %}{{ x }}{{ form_var_y|add:z }}{% endfor %}{{ z }}"));
    assert_int_equal(names.len, 3);
    assert_str(names.at[0].path, "form_var_liste");
    assert_str(names.at[2].path, "z");
    assert_int_equal(names.at[2].column, 37);
}

static const char *bound_reached(const char *source, size_t steps, size_t output)
{
    static struct err err;
    struct render render = render_with();
    struct buf out = buf_new(arena, output > 0 ? output : 16 << 20);
    render.steps_most = steps;
    err = (struct err){0};
    if (template_render(compiled(TEMPLATE_HTML, source), &render, &out, &err))
        return "none";
    assert_int_equal(err.code, ERR_LIMIT);
    return err.message;
}

#define LOOPS(body)                                                                                                    \
    "{% for a in l %}{% for b in l %}{% for c in l %}{% for d in l %}" body                                            \
    "{% endfor %}{% endfor %}{% endfor %}{% endfor %}"

static void bounds_stop_a_rendering(void **state)
{
    (void)state;
    const char *work = "Ce modèle demande trop de travail.", *length = "Ce modèle fait un texte trop long.";
    given_json("l", "[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0]");
    assert_string_equal(bound_reached("{% for a in l %}{% for b in l %}x{% endfor %}{% endfor %}", 0, 0), "none");
    assert_string_equal(bound_reached("{% for a in l %}{% for b in l %}x{% endfor %}{% endfor %}", 1000, 0), work);
    assert_string_equal(bound_reached("{% for a in l %}x{% endfor %}", 0, 10), length);
    assert_string_equal(bound_reached(LOOPS("x"), 0, 0), work);
}

static void a_long_text_is_no_way_around_the_bound_of_steps(void **state)
{
    (void)state;
    const char *work = "Ce modèle demande trop de travail.";
    given_json("l", "[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0]");
    given("s", value_text(str_repeat_a(1 << 20)));
    given("t", value_text(str_repeat_a(1 << 20)));
    assert_string_equal(bound_reached(LOOPS("{{ s|length }}"), 0, 0), work);
    assert_string_equal(bound_reached(LOOPS("{% if s == t %}x{% endif %}"), 0, 0), work);
    assert_string_equal(bound_reached(LOOPS("{% if \"b\" in s %}x{% endif %}"), 0, 0), work);
    assert_string_equal(bound_reached(LOOPS("{% filter length %}{{ s }}{% endfilter %}"), 0, 0), work);
    assert_string_equal(bound_reached("{% with x=s|make_list %}{% for a in l %}{{ x|join:t|length }}{% endfor %}"
                                      "{% endwith %}",
                                      SIZE_MAX, 0),
                        "Ce modèle demande trop de mémoire.");
}

static void a_site_option_is_a_text_and_a_boolean(void **state)
{
    (void)state;
    given("option", value_option(STR("false")));
    assert_str(text_of("{{ option }}"), "false");
    assert_false(holds("option"));
    assert_true(holds("option == False and option == \"false\""));
}

static void old_texts_in_brackets_are_read(void **state)
{
    (void)state;
    given("nom", value_text(STR("Ada")));
    given("non", value_bool(false));
    given_json("l", "[1, 2]");
    assert_str(text_of("[nom] [inconnu] [nom autre] [[]x]"), "Ada [inconnu] [nom autre] [x]");
    assert_str(text_of("[if-any non]a[else]b[end][if-any inconnu]a[else]b[end]"), "ab");
    assert_str(text_of("[is nom \"ADA\"]oui[end]"), "oui");
    assert_str(text_of("[for l][l][if-index l last].[else],[end][end]"), "1,2.");
    assert_str(text_of("[for l][l]"), "[for l][l]");
    assert_str(text_of("{{ nom }} [nom]"), "Ada [nom]");
}

static void numbers_add_and_texts_join(void **state)
{
    (void)state;
    given("a", value_text(STR("1,10")));
    given("f", value_float(0.1));
    assert_str(text_of("{{ a|add:\"2.2\" }} {{ \"x\"|add:\"y\" }} {{ f|add:0.2 }} {{ a|multiply:3 }}"),
               "3.30 xy 0.3 3.30");
    assert_str(text_of("{{ 10|divide:0 }}{{ 7|divide:2|decimal:2 }}"), "3.50");
}

static void dates_are_read_from_texts(void **state)
{
    (void)state;
    given("d", value_text(STR("14/07/2020 10h32")));
    assert_str(text_of("{{ d|date }} {{ d|datetime }} {{ d|date:\"l j F Y\" }}"),
               "14/07/2020 14/07/2020 10:32 mardi 14 juillet 2020");
    assert_str(text_of("{{ \"2024-02-29\"|add_days:366 }} {{ d|is_working_day }} {{ d|adjust_to_working_day }}"),
               "01/03/2025 False 15/07/2020");
    assert_true(holds("d|date < \"2021-01-01\"|date"));
}

static str django_text(const char *source)
{
    struct template_settings settings = {.kind = TEMPLATE_HTML, .dialect = TEMPLATE_DJANGO, .name = STR("essai")};
    struct err err = {0};
    struct render render = render_with();
    struct template *template = template_compile(arena, str_of(source), &settings, &err);
    assert_non_null(template);
    return template_text(template, &render);
}

static void where_django_finds_no_name_it_assigns_nothing(void **state)
{
    (void)state;
    given("n", value_int(7));
    assert_str(
        django_text("{% widthratio n n|default_if_none:nobody 3 as v %}{% if n|upper >= v %}x{% endif %}[{{ v }}]"),
        "[]");
    assert_str(django_text("{% widthratio n 2 10 as v %}{% widthratio n n|default_if_none:nobody 3 as v %}{{ v }}"),
               "35");
}

/* ---- Filters of a site's own ---- */

static struct value_dict *site;

static void site_has_filter(const char *name, const char *source)
{
    if (value_get(arena, value_dict(site), STR("name")).kind == VALUE_UNDEFINED)
        value_dict_set(arena, site, STR("name"), value_text(STR("Ville")));
    value_dict_set(arena, site, str_fmt(arena, "filter_%s", name), template_filter(compiled(TEMPLATE_TEXT, source)));
}

static struct value own_value(enum template_kind kind, const char *source)
{
    struct render render = render_with();
    render.site = value_dict(site);
    return template_value(compiled(kind, source), &render);
}

static str own_text(enum template_kind kind, const char *source)
{
    struct render render = render_with();
    render.site = value_dict(site);
    return template_text(compiled(kind, source), &render);
}

static void a_site_has_filters_of_its_own(void **state)
{
    (void)state;
    site = value_dict_new(arena);
    site_has_filter("double", "{{ value|multiply:2 }}");
    site_has_filter("civilite",
                    "{% if value == \"f\" %}Madame{% else %}Monsieur{% endif %}{{ argument|default:\"\" }}");
    site_has_filter("quadruple", "{{ value|double|double }}");
    site_has_filter("words", "{{ value|split }}");
    site_has_filter("of_site", "{{ name }}{{ form_var_secret }}");
    site_has_filter("fixed", "toujours");
    given_json("form_var_secret", "\"s\"");
    given_json("genre", "\"f\"");
    assert_int_equal(own_value(TEMPLATE_TEXT, "{{ 4|double }}").kind, VALUE_DECIMAL);
    assert_str(own_text(TEMPLATE_TEXT, "a {{ genre|civilite:\" Durand\" }} {{ 1|quadruple }} b {{ 0|fixed }}"),
               "a Madame Durand 4 b toujours");
    assert_int_equal(own_value(TEMPLATE_TEXT, "{{ \"a b c\"|words }}").list->len, 3);
    assert_str(own_text(TEMPLATE_TEXT, "{{ 1|of_site }}"), "Ville"); /* the request's names are not the filter's */
    assert_str(own_text(TEMPLATE_TEXT, "{% for x in \"ab\" %}{{ x|civilite }},{{ forloop.counter }};{% endfor %}"),
               "Monsieur,1;Monsieur,2;");
    assert_int_equal(faults.len, 0);
}

static void a_filter_of_a_site_is_escaped_and_never_hides_one_of_the_language(void **state)
{
    (void)state;
    site = value_dict_new(arena);
    site_has_filter("bold", "<b>{{ value }}</b>");
    site_has_filter("upper", "non");
    assert_str(own_text(TEMPLATE_HTML, "{{ \"x\"|bold }} {{ \"x\"|upper }}"), "&lt;b&gt;x&lt;/b&gt; X");
}

static void a_filter_that_calls_itself_ends(void **state)
{
    (void)state;
    site = value_dict_new(arena);
    site_has_filter("endless", "{{ value|endless }}");
    site_has_filter("twice", "{{ value|twice }}{{ value|twice }}");
    assert_str(own_text(TEMPLATE_TEXT, "a{{ 1|endless }}b"), "ab");
    assert_int_equal(faults.len, 1);
    assert_str(own_text(TEMPLATE_TEXT, "a{{ 1|twice }}b"), ""); /* two to the hundred: the bound of steps */
}

/* The text by the rules of plain Django; NULL where Django raises. */
static const char *django(const char *source, const char *lang)
{
    struct template_settings settings = {.kind = TEMPLATE_HTML, .name = STR("essai"), .dialect = TEMPLATE_DJANGO};
    struct err err = {0};
    struct render render = render_with();
    render.lang = str_of(lang);
    struct template *template = template_compile(arena, str_of(source), &settings, &err);
    struct buf out = buf_new(arena, 10000);
    if (template == NULL)
        fail_msg("%s: %s", source, err.message);
    return template_render(template, &render, &out, &err) ? str_z(arena, buf_str(&out)) : NULL;
}

static void plain_django_prints_by_the_language_and_filters_read_pythons_text(void **state)
{
    (void)state;
    given("day", value_date((struct date){2026, 3, 1}));
    given("half", value_float(0.5));
    assert_string_equal(django("{{ half }} {{ half|upper }} {{ day }} {{ day|upper }}", "fr"),
                        "0,5 0.5 1 mars 2026 2026-03-01");
    assert_string_equal(django("{{ half }} {{ day }}", "en"), "0.5 March 1, 2026");
    assert_string_equal(
        django("{% localize off %}{{ half }}{% endlocalize %}{% language 'en' %}{{ half }}{% endlanguage %}", "fr"),
        "0.50.5");
    assert_string_equal(django("{{ 1234567.5|floatformat:'2g' }} {{ day|date:'M E' }}", "fr"), "1 234 567,50 Mar Mars");
}

static void plain_django_stops_where_python_raises_but_not_in_an_operator(void **state)
{
    (void)state;
    given_json("list", "[1]");
    assert_null(django("{{ 'a'|cut:5 }}", "fr"));
    assert_null(django("{% if 'a'|cut:5 %}{% endif %}", "fr"));
    assert_null(django("{% with x=list|get_digit:1 %}{% endwith %}", "fr"));
    assert_null(django("{{ 'a'|center:'x' }}", "fr"));
    assert_string_equal(django("{% if 'a'|cut:5 == 'a' or 1 %}oui{% endif %}", "fr"), "oui");
    assert_string_equal(django("{% if 1|default:inconnu %}oui{% else %}non{% endif %}", "fr"), "non");
}

static void lines_are_wrapped_at_blanks(void **state)
{
    (void)state;
    given_json("text", "\"un  deux\\ttrois\\n\\n  fin anticonstitutionnel\"");
    assert_string_equal(django("{{ text|wordwrap:9 }}", "fr"), "un  deux\ntrois\n  fin\nanticonstitutionnel");
    assert_string_equal(django("{{ ''|wordwrap:0 }}", "fr"), "");
    assert_null(django("{{ text|wordwrap:0 }}", "fr"));
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, arena_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_text_without_tags_is_itself),
        SENTENCE(html_is_escaped_and_plain_text_is_not),
        SENTENCE(an_unknown_name_is_empty_and_none_in_conditions),
        SENTENCE(names_are_cut_at_underscores_longest_first),
        SENTENCE(conditions_have_the_precedence_of_django),
        SENTENCE(loops_know_where_they_are),
        SENTENCE(a_lone_expression_keeps_its_kind),
        SENTENCE(texts_extend_and_include_others),
        SENTENCE(old_conditions_in_python_are_translated),
        SENTENCE(what_is_not_of_the_language_is_refused_with_its_place),
        SENTENCE(an_unknown_filter_is_empty_told_and_listed),
        SENTENCE(names_read_are_known_before_rendering),
        SENTENCE(bounds_stop_a_rendering),
        SENTENCE(a_long_text_is_no_way_around_the_bound_of_steps),
        SENTENCE(a_site_option_is_a_text_and_a_boolean),
        SENTENCE(numbers_add_and_texts_join),
        SENTENCE(dates_are_read_from_texts),
        SENTENCE(old_texts_in_brackets_are_read),
        SENTENCE(where_django_finds_no_name_it_assigns_nothing),
        SENTENCE(a_site_has_filters_of_its_own),
        SENTENCE(a_filter_of_a_site_is_escaped_and_never_hides_one_of_the_language),
        SENTENCE(a_filter_that_calls_itself_ends),
        SENTENCE(plain_django_prints_by_the_language_and_filters_read_pythons_text),
        SENTENCE(plain_django_stops_where_python_raises_but_not_in_an_operator),
        SENTENCE(lines_are_wrapped_at_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Where choices come from. */
#include "sources/sources.h"

#include "arena.h"
#include "asking.h"
#include "sources/source.h"

static const struct source *source_of(const char *json)
{
    return source_compile(arena, asking_json(arena, json), STR("champ 1"));
}

/* « id=text|id=text », a star behind what is disabled. */
static str listed(const struct choices *choices)
{
    struct buf out = buf_new(arena, 1 << 16);
    for (size_t i = 0; i < choices->len; i++)
        buf_fmt(&out, "%s%.*s=%.*s%s", i > 0 ? "|" : "", STR_ARG(choices->at[i].id), STR_ARG(choices->at[i].text),
                choices->at[i].is_disabled ? "*" : "");
    return buf_str(&out);
}

static str choices_with(const struct source *source, const struct source_finder *finder, struct render_log *log)
{
    struct value_dict *scope = value_dict_new(arena);
    value_dict_set(arena, scope, STR("commune"), value_text(STR("Lyon")));
    struct render render = {.arena = arena, .scope = value_dict(scope), .lang = STR("fr"), .log = log};
    struct choices choices = source_choices(source, finder, &render);
    return listed(&choices);
}

static void lists_of_every_shape_give_choices(void **state)
{
    (void)state;
    static const struct {
        const char *json, *choices;
    } cases[] = {
        {"{'type':'fixed','value':['a','b']}", "a=a|b=b"},
        {"{'type':'fixed','value':[{'id':'1','text':'Un'},{'id':2,'text':'Deux','disabled':true}]}", "1=Un|2=Deux*"},
        {"{'type':'fixed','value':[['x','Ixe'],['y']]}", "x=Ixe|y=y"},
        {"{'type':'fixed','value':[{'text':'sans id'},{'autre':1},null,true]}", "sans id=sans id"},
        {"{'type':'fixed','value':[]}", ""},
        {"{'type':'jsonvalue','value':'[1, 2.5]'}", "1=1|2.5=2.5"},
        {"{'type':'formula','value':'[(1, 2), (3, 4,)]'}", "1=2|3=4"},
        {"{'type':'formula','value':'()'}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct source *source = source_of(cases[i].json);
        assert_str(source_problem(source), "");
        assert_str(choices_with(source, NULL, NULL), cases[i].choices);
    }
}

static const struct source *with_value(const char *type, const char *value)
{
    json_t *json = json_keep(arena, json_object());
    json_set_str(json, STR("type"), str_of(type));
    json_set_str(json, STR("value"), str_of(value));
    return source_compile(arena, json, STR("champ 1"));
}

static void a_template_makes_choices(void **state)
{
    (void)state;
    const struct source *source =
        with_value("jsonvalue", "[{\"id\": \"c\", \"text\": \"Mairie de {{ commune }}\", \"prix\": 12}]");
    assert_str(choices_with(source, NULL, NULL), "c=Mairie de Lyon");
    struct call_texts texts = {0};
    source_texts(source, arena, &texts);
    assert_int_equal(texts.len, 1);
    /* A lone expression may give the list itself. */
    assert_str(choices_with(with_value("jsonvalue", "{{ \"a;b\"|split:\";\" }}"), NULL, NULL), "a=a|b=b");
    struct render_log log = {0};
    assert_str(choices_with(with_value("jsonvalue", "pas {{ commune }} du JSON"), NULL, &log), "");
    assert_int_equal(log.len, 1);
    assert_str(choices_with(with_value("jsonvalue", "{{ inconnu }}"), NULL, NULL), "");
    assert_true(source_problem(with_value("jsonvalue", "{\"a\": 1}")).len > 0);
    assert_true(source_problem(with_value("jsonvalue", "[{% if x %}]")).len > 0);
}

static void old_python_lists_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *choices;
    } cases[] = {
        {"[('a', 'A'), ('b', u'B')]", "a=A|b=B"},
        {"['l\\'eau', \"caf\\u00e9\", 'deux\\x41']", "l'eau=l'eau|café=café|deuxA=deuxA"},
        {"[{'id': 'x', 'text': \"L'eau\", 'disabled': False}, ]", "x=L'eau"},
        {"(\n 'un',\n 'deux',\n)", "un=un|deux=deux"},
        {"[('seul')]", "seul=seul"},
        {"[-3, 4]", "-3=-3|4=4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(choices_with(with_value("formula", cases[i].text), NULL, NULL), cases[i].choices);
    static const char *const refused[] = {
        "",        "[",   "['a'",       "['a' 'b' 'c']]", "script.commune('x')", "[x for x in y]",         "'a' + 'b'",
        "['\\q']", "['a", "[1, 2,, 3]", "{'a': }",        "['a'] extra",         "[[[[[[[[[[[[[[[[[[[[[[", "lambda: 1",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct source *source = with_value("formula", refused[i]);
        if (source_problem(source).len == 0)
            print_error("taken: %s\n", refused[i]);
        assert_true(source_problem(source).len > 0);
        assert_str(choices_with(source, NULL, NULL), "");
    }
}

static const struct source *find_named(const void *data, str slug)
{
    const struct source *const *sources = data;
    return str_eq(slug, STR("couleurs")) ? sources[0] : str_eq(slug, STR("boucle")) ? sources[1] : NULL;
}

static void a_name_leads_to_the_sites_source(void **state)
{
    (void)state;
    const struct source *sources[] = {
        source_of("{'kind':'source','slug':'couleurs','source':{'type':'fixed','value':[{'id':'r','text':'Rouge'}]}}"),
        source_of("{'kind':'source','slug':'boucle','source':{'type':'named','value':'boucle'}}")};
    struct source_finder finder = {.find = find_named, .data = sources};
    struct render_log log = {0};
    const struct source *named = source_of("{'type':'named','value':'couleurs'}");
    assert_str(source_named(named), "couleurs");
    assert_str(choices_with(named, &finder, &log), "r=Rouge");
    assert_int_equal(log.len, 0);
    /* A name never leads to another name, and what is not there is told. */
    assert_str(choices_with(source_of("{'type':'named','value':'boucle'}"), &finder, &log), "");
    assert_str(choices_with(source_of("{'type':'named','value':'absente'}"), &finder, &log), "");
    assert_str(choices_with(named, NULL, &log), "");
    assert_int_equal(log.len, 3);
}

static void kinds_that_do_not_run_give_nothing_and_say_so(void **state)
{
    (void)state;
    static const char *const kinds[] = {"inconnu", ""};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct render_log log = {0};
        const struct source *source = with_value(kinds[i], "https://exemple.invalid/{{ commune }}");
        str construct = source_construct(source);
        assert_true(str_starts(construct, STR("ds:")) && construct.len > 3);
        assert_true(source_problem(source).len > 0);
        assert_str(choices_with(source, NULL, &log), "");
        assert_int_equal(log.len, 1);
    }
}

/* ---- What another server answers ---- */

static str rows_with(const char *document, const char *answer)
{
    const struct source *source = source_of(document);
    struct choices choices = {0};
    const char *problem = NULL;
    assert_str(source_problem(source), "");
    if (!source_rows(source, arena, asking_json(arena, answer), &choices, &problem))
        return str_fmt(arena, "! %.11s", problem);
    return listed(&choices);
}

static void rows_are_found_where_the_definition_says(void **state)
{
    (void)state;
#define JSON "{'kind':'source','slug':'s','source':{'type':'json','value':'https://x.example/'}"
#define GEOJSON "{'kind':'source','slug':'s','source':{'type':'geojson','value':'https://x.example/'}"
    static const struct {
        const char *document, *answer, *rows;
    } cases[] = {
        {JSON "}", "{'data':[{'id':1,'text':'Un'},{'id':'2'},{'text':'sans id'},'texte',null]}", "1=Un|2=2"},
        {JSON "}", "[{'id':'a','text':'A','disabled':true}]", "a=A*"},
        {JSON ",'data_attribute':'r.0.l'}", "{'r':[{'l':[{'id':'a','text':'A'}]}]}", "a=A"},
        {JSON ",'id_attribute':'k.v','text_attribute':'n'}", "{'data':[{'k':{'v':7},'n':'Sept','id':'autre'}]}",
         "7=Sept"},
        {JSON "}", "{'data':[]}", ""},
        {JSON "}", "{'data':{}}", "! la réponse"},
        {JSON "}", "12", "! la réponse"},
        {JSON "}", "{'data':[{'x':1}]}", "! aucune lign"},
        {GEOJSON ",'id_property':'n','label_template_property':'{{ nom }} ({{ cp }})'}",
         "{'features':[{'geometry':{},'properties':{'n':3,'nom':'Halle','cp':'69003'}}]}", "3=Halle (69003)"},
        {GEOJSON "}", "{'features':[{'id':'f','properties':{'text':'Un arbre'}},{'properties':null}]}", "f=Un arbre"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(str_starts(rows_with(cases[i].document, cases[i].answer), str_of(cases[i].rows)));
}

static void nobody_is_asked_where_there_is_no_session(void **state)
{
    (void)state;
    struct render_log log = {0};
    assert_str(choices_with(with_value("json", "https://exemple.invalid/{{ commune }}"), NULL, &log), "");
    assert_int_equal(log.len, 1);
    assert_true(source_problem(with_value("json", "https://exemple.invalid/{% if commune %}")).len > 0);
}

static void long_lists_are_searched(void **state)
{
    (void)state;
    const struct source *source =
        source_of("{'type':'fixed','value':['Saint-Étienne','Bron','Brignais','Étoile-sur-Rhône','Bourg']}");
    static const struct {
        const char *typed, *found;
    } cases[] = {
        {"etienne", "Saint-Étienne=Saint-Étienne"},
        {"br", "Bron=Bron|Brignais=Brignais"},
        {"RHONE etoile", "Étoile-sur-Rhône=Étoile-sur-Rhône"},
        {"tienne", "Saint-Étienne=Saint-Étienne"},
        {"on", "Bron=Bron|Étoile-sur-Rhône=Étoile-sur-Rhône"},
        {"rhône x", ""},
        {"gn", "Brignais=Brignais"},
        {"", "Saint-Étienne=Saint-Étienne|Bron=Bron|Brignais=Brignais"},
        {"b", "Bron=Bron|Brignais=Brignais|Bourg=Bourg"},
    };
    struct render render = {.arena = arena, .lang = STR("fr")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct choices found = source_search(source, NULL, &render, str_of(cases[i].typed), 3, NULL);
        assert_str(listed(&found), cases[i].found);
    }
    struct choice choice;
    assert_true(source_choice(source, NULL, &render, STR("Bron"), STR_EMPTY, &choice));
    assert_false(source_choice(source, NULL, &render, STR("bron"), STR_EMPTY, &choice));
}

/* A source whose template reads the source itself ends, with a fault. */
static bool read_itself(const struct value_object *object, struct arena *in, str key, struct value *out)
{
    (void)key;
    struct render *render = (struct render *)(uintptr_t)object->self;
    struct choices choices = source_choices(with_value("jsonvalue", "{{ data_source_x|json_dumps }}"), NULL, render);
    *out = choices_value(in, &choices);
    return true;
}

static void a_source_that_reads_itself_ends(void **state)
{
    (void)state;
    static const struct value_object_type type = {.name = "data_source", .get = read_itself};
    struct render_log log = {0};
    struct render render = {.arena = arena, .lang = STR("fr"), .log = &log};
    struct value_dict *scope = value_dict_new(arena);
    value_dict_set(arena, scope, STR("data_source"), value_object(&type, &render));
    render.scope = value_dict(scope);
    struct choices choices = source_choices(with_value("jsonvalue", "{{ data_source_x|json_dumps }}"), NULL, &render);
    assert_int_equal(choices.len, 0);
    assert_true(log.len > 0);
}

/* ---- Tables ---- */

static const struct source *table_with(const char *members, const char *text)
{
    json_t *json = json_keep(arena, json_deep_copy(asking_json(arena, members)));
    json_set_str(json_object_get(json, "source"), STR("value"), str_of(text));
    return source_compile(arena, json, STR("source"));
}

#define TABLE "{'source':{'type':'csv'}}"

static void a_table_gives_choices(void **state)
{
    (void)state;
    static const struct {
        const char *members, *text, *choices;
    } cases[] = {
        {TABLE, "id;text\n1;Un\n2;Deux\n", "1=Un|2=Deux"},
        {TABLE, "text,id\nUn,1\n\n\"Deux, trois\",2", "1=Un|2=Deux, trois"},
        {TABLE, "Code INSEE\tCommune\r\n69123\tLyon\r\n", "69123=Lyon"},
        {TABLE, "ville\nLyon\nBron\n", "Lyon=Lyon|Bron=Bron"},
        {TABLE, "id;text;disabled\n1;Un;oui\n2;;non\n", "1=Un*|2=2"},
        {TABLE, "id;text\n7\n", "7=7"},
        {TABLE, "id;text\n1;\"a\nb\"\n", "1=a\nb"},
        {TABLE, "id;text\n1;'=1+1\n", "1==1+1"},
        {"{'source':{'type':'csv'},'id_attribute':'Code INSEE','text_attribute':'nom'}",
         "cp;Code INSEE;nom\n69500;69029;Bron\n", "69029=Bron"},
        {"{'source':{'type':'csv'},'id_attribute':'code_insee'}", "cp;Code INSEE\n69500;69029\n", "69029=69500"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct source *source = table_with(cases[i].members, cases[i].text);
        assert_str(source_problem(source), "");
        assert_str(choices_with(source, NULL, NULL), cases[i].choices);
        struct choices fixed;
        assert_true(source_fixed(source, NULL, &fixed));
    }
}

static void columns_are_called_by_names(void **state)
{
    (void)state;
    struct choices choices;
    const struct source *source = table_with("{'source':{'type':'csv'},'id_attribute':'CP'}",
                                             "CP;Libellé d’usage;2e choix;;Nom\n69500; Bron ;x;y;z\n");
    assert_true(source_fixed(source, NULL, &choices));
    assert_int_equal(choices.len, 1);
    assert_str(json_text(arena, choices.at[0].row), "{\"CP\":\"69500\",\"libelle_d_usage\":\"Bron\",\"_2e_choix\":"
                                                    "\"x\",\"Nom\":\"z\",\"id\":\"69500\",\"text\":\"Bron\"}");
}

static void wrong_lines_of_a_table_are_told_and_passed_over(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem, *choices;
    } cases[] = {
        {"id;text\n1;Un\n;Rien\n2;Deux\n", "ligne 3 : elle n’a pas d’identifiant", "1=Un|2=Deux"},
        {"id;text\n1;Un\n1;Autre\n", "ligne 3 : l’identifiant « 1 » est déjà celui de la ligne 2", "1=Un"},
        {"id;text\n1;Un;de trop\n2;Deux\n", "ligne 2 : elle a plus de cellules", "2=Deux"},
        {"id;text\n1;Un\n2;\"Deux\n3;Trois\n", "ligne 3 : un guillemet n’est pas fermé", "1=Un"},
        {"id;text\n;x\n;y\n;z\n;a\n;b\n;c\n;d\n1;Un\n", "et 2 autres lignes", "1=Un"},
        {"id;text\n", "il n’y a pas de ligne sous", ""},
        {"", "elle est vide", ""},
        {"\n\n", "elle est vide", ""},
        {"id;text;id\n1;a;b\n", "ligne 1 : deux colonnes s’appellent « id »", ""},
        {"Le nom;le-nom\n1;a\n", "deux colonnes s’appellent « le_nom »", ""},
        {"\"id;text\n1;a\n", "ligne 1 : un guillemet n’est pas fermé", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct source *source = table_with(TABLE, cases[i].text);
        if (!str_contains(source_problem(source), str_of(cases[i].problem)))
            fail_msg("%zu: %.*s", i, STR_ARG(source_problem(source)));
        assert_str(choices_with(source, NULL, NULL), cases[i].choices);
    }
    const struct source *source = table_with("{'source':{'type':'csv'},'id_attribute':'code'}", "id;text\n1;a\n");
    assert_str(source_problem(source),
               "le tableau de la source est faux : ligne 1 : il n’y a pas de colonne « code » ; "
               "les colonnes sont : id, text");
}

static void a_table_follows_an_answer(void **state)
{
    (void)state;
    const struct source *source = table_with("{'source':{'type':'csv'},'qs_data':{'Ville':'{{ commune }}'}}",
                                             "id;text;Ville\n1;Garibaldi;Lyon\n2;Jaurès;Bron\n3;Mercière;Lyon\n");
    struct choices fixed;
    struct call_texts texts = {0};
    assert_str(source_problem(source), "");
    assert_str(choices_with(source, NULL, NULL), "1=Garibaldi|3=Mercière");
    assert_false(source_fixed(source, NULL, &fixed));
    source_texts(source, arena, &texts);
    assert_int_equal(texts.len, 1);
    /* Two values are never taken for two others. */
    source = table_with("{'source':{'type':'csv'},'qs_data':{'a':'Lyon','b':'{{ commune }}'}}",
                        "id;text;a;b\n1;Un;Lyon;Lyon\n2;Deux;Ly;onLyon\n3;Trois;Lyon;\n");
    assert_str(choices_with(source, NULL, NULL), "1=Un");
    assert_true(source_problem(table_with("{'source':{'type':'csv'},'qs_data':{'c':'x'}}", "id;text\n1;a\n")).len > 0);
    assert_true(
        source_problem(table_with("{'source':{'type':'csv'},'qs_data':{'id':'{% if x %}'}}", "id;text\n1;a\n")).len >
        0);
}

static void a_large_table_is_read_once(void **state)
{
    (void)state;
    struct buf text = buf_new(arena, 4 << 20);
    buf_add(&text, STR("id;text;cp\n"));
    for (int i = 0; i < 40000; i++)
        buf_fmt(&text, "%05d;Commune %d;%05d\n", i, i, i % 100);
    const struct source *source =
        table_with("{'source':{'type':'csv'},'qs_data':{'cp':'00042'}}", str_z(arena, buf_str(&text)));
    struct render render = {.arena = arena, .scope = VALUE_OF_UNDEFINED, .lang = STR("fr")};
    assert_str(source_problem(source), "");
    for (int i = 0; i < 1000; i++)
        assert_int_equal(source_choices(source, NULL, &render).len, 400);
    struct choice choice;
    assert_true(source_choice(source, NULL, &render, STR("39942"), STR_EMPTY, &choice));
    for (int i = 40000; i <= 50000; i++)
        buf_fmt(&text, "%05d;Commune %d;1\n", i, i);
    source = table_with(TABLE, str_z(arena, buf_str(&text)));
    assert_true(str_contains(source_problem(source), STR("ligne 50002 : il y a plus de 50000 lignes")));
}

static void a_file_becomes_the_text_of_a_table(void **state)
{
    (void)state;
    str text;
    struct err err = {0};
    assert_true(source_table_text(arena, STR("\xEF\xBB\xBFid,text\r\n1,\"Un; deux\"\r\n\r\n2,\"a\"\"b\r\nc\"\r\n"),
                                  &text, &err));
    assert_str(text, "id;text\n1;\"Un; deux\"\n2;\"a\"\"b\nc\"\n");
    assert_true(source_table_text(arena, STR("id;text\r1;\xC9t\xE9\r"), &text, &err));
    assert_str(text, "id;text\n1;Été\n");
    assert_true(source_table_text(arena, text, &text, &err));
    assert_str(text, "id;text\n1;Été\n");
    assert_false(source_table_text(arena, STR("id;text\n1;\"a\n"), &text, &err));
    assert_str(str_of(err.message), "Ligne 2 : un guillemet n’est pas fermé.");
    assert_false(source_table_text(arena, STR_EMPTY, &text, &err));
    char *large = arena_alloc(arena, SOURCE_TABLE_MOST + 2);
    memset(large, 'a', SOURCE_TABLE_MOST + 2);
    for (size_t i = 1000; i < SOURCE_TABLE_MOST; i += 1000)
        large[i] = '\n';
    err = (struct err){0};
    assert_false(source_table_text(arena, (str){large, SOURCE_TABLE_MOST + 2}, &text, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    const json_t *document = asking_json(arena, "{'kind':'source','source':{'type':'csv','file':'x.csv'}}");
    assert_null(source_with_table(arena, document, STR("id;text\n1;a\n1;b\n"), &err));
    assert_str(json_text(arena, source_with_table(arena, document, STR("id;text\n1;a\n"), &err)),
               "{\"kind\":\"source\",\"source\":{\"type\":\"csv\",\"value\":\"id;text\\n1;a\\n\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(lists_of_every_shape_give_choices),
        WITH_ARENA(a_template_makes_choices),
        WITH_ARENA(old_python_lists_are_read),
        WITH_ARENA(a_name_leads_to_the_sites_source),
        WITH_ARENA(kinds_that_do_not_run_give_nothing_and_say_so),
        WITH_ARENA(rows_are_found_where_the_definition_says),
        WITH_ARENA(nobody_is_asked_where_there_is_no_session),
        WITH_ARENA(long_lists_are_searched),
        WITH_ARENA(a_source_that_reads_itself_ends),
        WITH_ARENA(a_table_gives_choices),
        WITH_ARENA(columns_are_called_by_names),
        WITH_ARENA(wrong_lines_of_a_table_are_told_and_passed_over),
        WITH_ARENA(a_table_follows_an_answer),
        WITH_ARENA(a_large_table_is_read_once),
        WITH_ARENA(a_file_becomes_the_text_of_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

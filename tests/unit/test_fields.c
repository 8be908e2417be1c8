/* Each type of field: what is posted, what is kept, what it means to texts and conditions, what is shown. */
#include "asking.h"

/* ---- What people type ---- */

static void a_line_of_text_is_kept_as_typed_without_blanks_at_its_ends(void **state)
{
    (void)state;
    static const struct {
        const char *posted, *kept; /* as JSON */
    } cases[] = {
        {"  Élodie ", "\"Élodie\""},
        {"a\r\nb", "\"a b\""},
        {"\xC2\xA0x\xE2\x80\xAF", "\"x\""},
        {"<b>&amp;", "\"<b>&amp;\""},
        {"{{ x }}", "\"{{ x }}\""},
        {"   ", ""},
        {"", ""},
        {"a\x07"
         "b",
         "\"a\\u0007b\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        asking_begin(&asking, "[{'id':'1','type':'string','label':'Nom','required':'optional'}]");
        assert_str(asking_answer(&asking, cases[i].posted), "");
        assert_str(asking_stored(&asking, "1"), cases[i].kept);
        asking_end(&asking);
    }
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    static const str posted[] = {STR_INIT("a\0b"), STR_INIT("\xFF\xFE"), STR_INIT("\xED\xA0\x80")};
    static const char *const types[] = {"string", "text", "email"};
    for (size_t i = 0; i < sizeof posted / sizeof *posted; i++)
        for (size_t j = 0; j < sizeof types / sizeof *types; j++) {
            struct asking asking;
            struct arena *arena = arena_new();
            asking_begin(&asking, str_fmt(arena, "[{'id':'1','type':'%s','label':'Nom'}]", types[j]).ptr);
            arena_free(arena);
            asking_post(&asking, "f1", posted[i]);
            assert_false(asking_read(&asking));
            assert_true(utf8_is_valid(json_str(asking.answers, "1")));
            asking_end(&asking);
        }
}

static void lengths_are_counted_in_signs(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'Nom','maxlength':'3'},"
                          "{'id':'2','type':'text','label':'Récit','required':'optional','maxlength':4}]");
    assert_str(asking_answer(&asking, "éèê"), "");
    assert_true(asking_answer(&asking, "éèêë").len > 0);
    asking_post(&asking, "f1", STR("a"));
    asking_post(&asking, "f2", STR("a\r\nb\r\nc"));
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "2"), "Supprimez 1 caractère : la limite est de 4.");
    asking_end(&asking);
}

static void a_long_text_keeps_its_lines(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'text','label':'Récit','varname':'recit'}]");
    assert_str(asking_answer(&asking, "un\r\n\r\ndeux\rtrois\n"), "");
    assert_str(asking_stored(&asking, "1"), "\"un\\n\\ndeux\\ntrois\"");
    assert_str(asking_says(&asking, "{{ form_var_recit }}"), "un\n\ndeux\ntrois");
    assert_str(asking_answer(&asking, ""), "Écrivez récit.");
    asking_end(&asking);
}

static void an_address_has_its_signs(void **state)
{
    (void)state;
    static const char *const right[] = {"a@b.fr", "prenom.nom+x@exemple.museum", "é@exemple.fr", "o'hara@a-b.co"};
    static const char *const wrong[] = {"a",
                                        "a@b",
                                        "@b.fr",
                                        "a@.fr",
                                        "a b@c.fr",
                                        "a@b.fr,",
                                        "a@b@c.fr",
                                        "<a@b.fr>",
                                        "a@b.",
                                        "a..b@c.fr",
                                        "a@b.fr\nBcc: x@y.fr",
                                        "\"a\"@b.fr"};
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'email','label':'Courriel'}]");
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_str(asking_answer(&asking, right[i]), "");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(asking_answer(&asking, wrong[i]).len > 0);
    asking_end(&asking);
}

static void a_box_is_ticked_or_not(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'bool','label':'J’accepte','varname':'ok','required':'required'}]");
    assert_true(asking_holds(&asking, "form_var_ok == False and not form_var_ok and form_var_ok_raw == False"));
    assert_true(asking_holds(&asking, "form_var_ok is not None"));
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "1"), "Cochez la case « J’accepte ».");
    assert_str(asking_answer(&asking, "oui"), "");
    assert_str(asking_stored(&asking, "1"), "true");
    assert_true(asking_holds(&asking, "form_var_ok and form_var_ok == True and form_var_ok == \"True\""));
    assert_str(asking_says(&asking, "{{ form_var_ok_display }}"), "Oui");
    asking_end(&asking);
}

static void a_date_comes_in_one_or_three_boxes(void **state)
{
    (void)state;
    static const struct {
        const char *whole, *day, *month, *year, *kept, *error;
    } cases[] = {
        {"2027-03-27", "", "", "", "\"2027-03-27\"", ""},
        {"27/03/2027", "", "", "", "\"2027-03-27\"", ""},
        {"", "27", "3", "2027", "\"2027-03-27\"", ""},
        {"", "27/03/2027", "", "", "\"2027-03-27\"", ""},
        {"", "29", "2", "2028", "\"2028-02-29\"", ""},
        {"", "29", "2", "2027", "\"29/2/2027\"",
         "Cette date n’existe pas. Vérifiez le jour, le mois et l’année (4 chiffres)."},
        {"", "27", "3", "", "\"27/3/\"", "Il manque l’année. Exemple : 27 3 2027"},
        {"", "", "3", "2027", "\"/3/2027\"", "Il manque le jour. Exemple : 27 3 2027"},
        {"", "27", "", "2027", "\"27//2027\"", "Il manque le mois. Exemple : 27 3 2027"},
        {"", "", "", "", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        asking_begin(&asking, "[{'id':'1','type':'date','label':'Jour','required':'optional'}]");
        asking_post(&asking, "f1", str_of(cases[i].whole));
        asking_post(&asking, "f1-jour", str_of(cases[i].day));
        asking_post(&asking, "f1-mois", str_of(cases[i].month));
        asking_post(&asking, "f1-annee", str_of(cases[i].year));
        asking_read(&asking);
        assert_str(asking_error(&asking, "1"), cases[i].error);
        assert_str(asking_stored(&asking, "1"), cases[i].kept);
        asking_end(&asking);
    }
}

static void a_date_has_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *date; /* today is 14 December 2026 */
        bool is_right;
    } cases[] = {
        {"'minimum_is_future':true", "15/12/2026", true},
        {"'minimum_is_future':true", "14/12/2026", false},
        {"'minimum_is_future':true,'date_can_be_today':true", "14/12/2026", true},
        {"'minimum_is_future':true,'date_can_be_today':true", "13/12/2026", false},
        {"'date_in_the_past':true", "13/12/2026", true},
        {"'date_in_the_past':true", "14/12/2026", false},
        {"'date_in_the_past':true,'date_can_be_today':true", "14/12/2026", true},
        {"'minimum_date':'2026-12-20'", "20/12/2026", true},
        {"'minimum_date':'2026-12-20'", "19/12/2026", false},
        {"'maximum_date':'20/12/2026'", "20/12/2026", true},
        {"'maximum_date':'20/12/2026'", "21/12/2026", false},
        {"'minimum_date':'{{ today|add_days:3 }}'", "17/12/2026", true},
        {"'minimum_date':'{{ today|add_days:3 }}'", "16/12/2026", false},
        {"'maximum_date':'nonsense'", "16/12/2060", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(&asking, str_fmt(arena, "[{'id':'1','type':'date','label':'Jour',%s}]", cases[i].rule).ptr);
        if ((asking_answer(&asking, cases[i].date).len == 0) != cases[i].is_right)
            print_error("%s %s\n", cases[i].rule, cases[i].date);
        assert_int_equal(asking.errors.len == 0, cases[i].is_right);
        asking_end(&asking);
        arena_free(arena);
    }
}

static void a_number_is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *typed, *kept; /* kept NULL: refused */
    } cases[] = {
        {"", "3", "3"},
        {"", " 1 234 ", "1234"},
        {"", "2.5", NULL},
        {"", "-1", NULL}, /* nothing below 0 unless asked */
        {"", "deux", NULL},
        {"", "1e3", NULL},
        {"", "99999999999999999999", "99999999999999999999"},
        {"'restrict_to_integers':false", "2,50", "2.50"},
        {"'restrict_to_integers':false",
         "1\xE2\x80\xAF"
         "234,5",
         "1234.5"},
        {"'restrict_to_integers':false", "0.1", "0.1"},
        {"'min_value':null", "-12", "-12"},
        {"'min_value':'10'", "9", NULL},
        {"'min_value':10,'max_value':'12.5','restrict_to_integers':false", "12,5", "12.5"},
        {"'min_value':10,'max_value':'12.5','restrict_to_integers':false", "12,6", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        const char *comma = cases[i].rule[0] != '\0' ? "," : "";
        asking_begin(&asking,
                     str_fmt(arena, "[{'id':'1','type':'numeric','label':'Nombre'%s%s}]", comma, cases[i].rule).ptr);
        str error = asking_answer(&asking, cases[i].typed);
        if ((error.len > 0) != (cases[i].kept == NULL))
            print_error("%s %s\n", cases[i].rule, cases[i].typed);
        assert_int_equal(error.len > 0, cases[i].kept == NULL);
        if (cases[i].kept != NULL)
            assert_str(json_str(asking.answers, "1"), cases[i].kept);
        asking_end(&asking);
        arena_free(arena);
    }
}

/* ---- Choices ---- */

static const char colours[] =
    "[{'id':'1','type':'item','label':'Couleur','varname':'couleur','source':{'type':'fixed','value':["
    "{'id':'r','text':'Rouge','prix':'12'},{'id':'v','text':'Vert, pâle','prix':'3'},"
    "{'id':'n','text':'Noir','disabled':true}]}},"
    "{'id':'2','type':'items','label':'Teintes','varname':'teintes','required':'optional','min_choices':'1',"
    "'max_choices':2,'source':{'type':'fixed','value':[{'id':'r','text':'Rouge'},{'id':'v','text':'Vert, pâle'},"
    "{'id':'ro','text':'Rose'}]}}]";

static void one_choice_is_one_of_those_offered(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, colours);
    assert_str(asking_answer(&asking, "v"), "");
    assert_str(asking_stored(&asking, "1_display"), "\"Vert, pâle\"");
    assert_str(asking_says(&asking, "{{ form_var_couleur }}|{{ form_var_couleur_raw }}|{{ form_var_couleur_prix }}|"
                                    "{{ form_var_couleur_structured_prix }}"),
               "Vert, pâle|v|3|3");
    assert_true(asking_holds(&asking, "form_var_couleur == \"Vert, pâle\" and form_var_couleur_raw == \"v\""));
    assert_true(asking_holds(&asking, "\"pâle\" in form_var_couleur"));
    static const char *const refused[] = {"n", "x", "Rouge", "<script>"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_str(asking_answer(&asking, refused[i]), "Ce choix n’est plus proposé. Choisissez-en un autre.");
        assert_str(asking_stored(&asking, "1"), "");
        assert_str(asking_stored(&asking, "1_display"), "");
    }
    assert_str(asking_answer(&asking, ""), "Choisissez une réponse à « Couleur ».");
    assert_true(asking_holds(&asking, "form_var_couleur is None and form_var_couleur_raw is None"));
    assert_true(asking_holds(&asking, "form_var_couleur == \"None\" and not form_var_couleur != \"None\""));
    assert_false(asking_holds(&asking, "form_var_couleur == \"Vert\" or form_var_couleur < \"a\""));
    asking_end(&asking);
}

static void several_choices_are_a_list_of_rows(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, colours);
    asking_post(&asking, "f1", STR("r"));
    asking_post(&asking, "f2", STR("v"));
    asking_post(&asking, "f2", STR("ro"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "2"), "[\"v\",\"ro\"]");
    assert_str(asking_says(&asking, "{{ form_var_teintes }}"), "Vert, pâle, Rose");
    assert_str(asking_says(&asking, "{% for t in form_var_teintes %}{{ t.id }}={{ t.text }};{% endfor %}"),
               "v=Vert, pâle;ro=Rose;");
    assert_str(asking_says(&asking, "{{ form_var_teintes|length }}"), "2");
    assert_str(asking_says(&asking, "{{ form_var_teintes|getlist:\"id\"|join:\"+\" }}"), "v+ro");
    assert_str(asking_says(&asking, "{{ form_var_teintes_0_text }}|{{ form_var_teintes_raw|join:\"+\" }}"),
               "Vert, pâle|v+ro");
    /* Whole ids and labels, no pieces of their joined text. */
    assert_true(asking_holds(&asking, "\"v\" in form_var_teintes and \"Rose\" in form_var_teintes"));
    assert_false(asking_holds(&asking, "\"r\" in form_var_teintes"));
    assert_true(asking_holds(&asking, "\"Ros\" not in form_var_teintes"));
    asking_post(&asking, "f1", STR("r"));
    asking_post(&asking, "f2", STR("v"));
    asking_post(&asking, "f2", STR("inventé"));
    assert_false(asking_read(&asking));
    asking_post(&asking, "f1", STR("r"));
    asking_post(&asking, "f2", STR("v"));
    asking_post(&asking, "f2", STR("r"));
    asking_post(&asking, "f2", STR("ro"));
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "2"), "Choisissez 2 réponses au maximum.");
    asking_end(&asking);
}

static void choices_follow_other_answers(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'Rue','varname':'rue'},"
                          "{'id':'2','type':'item','label':'Numéro','source':{'type':'jsonvalue','value':"
                          "'{{ form_var_rue|split }}'}}]");
    asking_post(&asking, "f1", STR("a b"));
    asking_post(&asking, "f2", STR("b"));
    assert_true(asking_read(&asking));
    asking_post(&asking, "f1", STR("a c"));
    asking_post(&asking, "f2", STR("b"));
    assert_false(asking_read(&asking));
    asking_end(&asking);
}

static void a_list_that_offers_nothing_does_not_shut_the_form(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'Nom'},{'id':'2','type':'item','label':'Créneau',"
                          "'source':{'type':'json','value':'https://agenda.invalid/'}},"
                          "{'id':'3','type':'items','label':'Jours','items':[]}]");
    assert_int_equal(asking.form->reports.len, 0);
    assert_str(asking_answer(&asking, "x"), "");
    asking_post(&asking, "f1", STR("x"));
    asking_post(&asking, "f2", STR("inventé"));
    assert_false(asking_read(&asking));
    asking_end(&asking);
}

/* ---- Files ---- */

static void send_file(struct asking *asking, const char *name, const char *type, int64_t size)
{
    *vec_push(asking->arena, &asking->files) =
        (struct posted_file){STR("f1"), str_of(name), str_of(type),
                             STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"), size};
}

static void a_file_is_kept_until_it_is_taken_away(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'file','label':'Plan','varname':'plan','max_file_size':'1 Mo',"
                          "'document_type':{'label':'PDF','mimetypes':['application/pdf','image/*']}}]");
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "1"), "Ajoutez le document « Plan ».");
    send_file(&asking, "C:\\Documents\\plan.pdf", "application/pdf", 1200);
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_plan }}|{{ form_var_plan_raw }}|{{ form_var_plan_file_size }}|"
                                    "{{ form_var_plan_raw_base_filename }}|{{ form_var_plan_raw_content_type }}"),
               "plan.pdf|plan.pdf|1200|plan.pdf|application/pdf");
    assert_str(asking_says(&asking, "{{ form_var_plan_url }}"),
               "/fichiers/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/");
    assert_true(asking_read(&asking)); /* none is sent: the one that was kept stays */
    assert_str(json_str(json_object_get(asking.answers, "1"), "name"), "plan.pdf");
    asking_post(&asking, "f1-retirer", STR("oui"));
    assert_false(asking_read(&asking));
    send_file(&asking, "photo.png", "image/png", 10);
    assert_true(asking_read(&asking));
    send_file(&asking, "virus.exe", "application/x-dosexec", 10);
    assert_false(asking_read(&asking));
    assert_str(asking_stored(&asking, "1"), "");
    send_file(&asking, "gros.pdf", "application/pdf", 1000001);
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "1"), "Le fichier « gros.pdf » dépasse 1 Mo. Choisissez un fichier plus léger.");
    send_file(&asking, "vide.pdf", "application/pdf", 0);
    assert_false(asking_read(&asking));
    asking_end(&asking);
}

static bool live_is_visible(struct asking *asking, const char *id)
{
    struct posted posted = {asking->values.at, asking->values.len, NULL, 0, .is_typing = true};
    json_t *copy = json_keep(asking->arena, json_deep_copy(asking->answers));
    json_t *before = asking->answers;
    asking->view.answers = asking->answers = copy;
    const json_t *all = fields_live(&asking->form->pages[0].fields, &asking->context, &posted, copy);
    asking->view.answers = asking->answers = before;
    asking->values.len = 0;
    return json_bool(json_object_get(json_dict(all, "fields"), id), "visible");
}

static void while_typing_a_file_is_its_name(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking,
                 "[{'id':'1','type':'file','label':'Plan','varname':'plan','document_type':{'label':'PDF','mimetypes':"
                 "['application/pdf']}},"
                 "{'id':'2','type':'file','label':'Suite','condition':'form_var_plan'}]");
    assert_false(live_is_visible(&asking, "2"));
    asking_post(&asking, "f1-nom", STR("plan.pdf"));
    assert_true(live_is_visible(&asking, "2"));
    asking_post(&asking, "f1-nom", STR("plan.pdf")); /* a page that is sent brings the file itself */
    assert_false(asking_read(&asking));
    assert_str(asking_stored(&asking, "1"), "");
    asking_end(&asking);
}

/* ---- What answers mean ---- */

static void dates_and_numbers_mean_what_they_are(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'date','label':'Le','varname':'le'},"
                          "{'id':'2','type':'numeric','label':'N','varname':'n','restrict_to_integers':false},"
                          "{'id':'3','type':'string','label':'T','varname':'t'}]");
    asking_post(&asking, "f1", STR("2027-03-02"));
    asking_post(&asking, "f2", STR("12,50"));
    asking_post(&asking, "f3", STR("3"));
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_le }}|{{ form_var_le|date:\"j F Y\" }}|{{ form_var_le_year }}|"
                                    "{{ form_var_le_tm_mon }}|{{ form_var_le_raw|date:\"d\" }}"),
               "02/03/2027|2 mars 2027|2027|3|02");
    assert_str(asking_says(&asking, "{{ form_var_n|add:1 }}"), "13.50");
    assert_str(asking_says(&asking, "{{ form_var_le_display }} {{ form_var_n_display }}"), "02/03/2027 12,50");
    static const char *const holding[] = {
        "form_var_le > today",
        "form_var_le == \"2027-03-02\"",
        "form_var_le == \"02/03/2027\"",
        "form_var_le < \"2027-03-03\"",
        "form_var_n == 12.5 and form_var_n > 12",
        "form_var_n == \"12,5\"",
        "form_var_t == 3 and form_var_t == \"3\" and form_var_t != 4",
        "form_var_t < 10",
        "3 == form_var_t",
        "form_var_t|add:1 == 4",
        "not form_var_inconnu",
        "form_var_t is not None",
    };
    for (size_t i = 0; i < sizeof holding / sizeof *holding; i++) {
        if (!asking_holds(&asking, holding[i]))
            print_error("does not hold: %s\n", holding[i]);
        assert_true(asking_holds(&asking, holding[i]));
    }
    asking_end(&asking);
}

static void of_several_fields_with_one_name_the_answered_one_counts(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'A','varname':'n','required':'optional'},"
                          "{'id':'2','type':'string','label':'B','varname':'n','required':'optional'},"
                          "{'id':'3','type':'title','label':'T','varname':'n'}]");
    assert_true(asking_holds(&asking, "form_var_n is None"));
    asking_post(&asking, "f2", STR("second"));
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_n }}"), "second");
    asking_post(&asking, "f1", STR("premier"));
    asking_post(&asking, "f2", STR("second"));
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_n }}"), "premier");
    asking_end(&asking);
}

static void a_long_name_wins_over_an_attribute(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'A','varname':'a'},"
                          "{'id':'2','type':'string','label':'B','varname':'a_raw','required':'optional'}]");
    asking_post(&asking, "f1", STR("court"));
    asking_post(&asking, "f2", STR("long"));
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_a }} {{ form_var_a_raw }}"), "court long");
    asking_end(&asking);
}

static void a_template_sets_any_answer(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'date','label':'D','varname':'d'},{'id':'2','type':'bool','label':'B'},"
                          "{'id':'3','type':'numeric','label':'N'},"
                          "{'id':'4','type':'item','label':'I','items':['Un','Deux']},"
                          "{'id':'5','type':'items','label':'S','varname':'s','items':['Un','Deux','Trois']},"
                          "{'id':'6','type':'string','label':'T'},{'id':'7','type':'items','label':'S',"
                          "'items':['Un','Deux','Trois']},{'id':'8','type':'file','label':'F','varname':'f'},"
                          "{'id':'9','type':'file','label':'F'}]");
    static const struct {
        size_t field;
        const char *template, *stored;
    } cases[] = {
        {0, "{{ today }}", "\"2026-12-14\""},
        {0, "24/12/2026", "\"2026-12-24\""},
        {0, "bientôt", ""},
        {1, "true", "true"},
        {1, "non", "false"},
        {2, "{{ 1|add:2 }}", "\"3\""},
        {2, "2,5", "\"2.5\""},
        {2, "x", ""},
        {3, "Deux", "\"Deux\""},
        {3, "Quatre", ""},
        {4, "Un, Trois", "[\"Un\",\"Trois\"]"},
        {6, "{{ form_var_s }}", "[\"Un\",\"Trois\"]"},
        {5, "{{ form_var_s }}", "\"Un, Trois\""},
        {8, "{{ form_var_f }}", "{\"blob\":\"ab\",\"name\":\"a.pdf\",\"size\":1,\"type\":\"application/pdf\"}"},
        {8, "{{ form_var_s }}", ""},
    };
    json_set(asking.answers, STR("8"),
             json_incref(asking_json(asking.arena, "{'blob':'ab','name':'a.pdf','type':'application/pdf','size':1}")));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct field *field = &asking.form->fields.at[cases[i].field];
        struct template_settings settings = {.kind = TEMPLATE_TEXT};
        struct render render = {.arena = asking.arena, .scope = asking.context.scope, .now = asking.context.now};
        const struct template *template = template_compile(asking.arena, str_of(cases[i].template), &settings, NULL);
        size_t faults = asking.log.len;
        field_set(field, &asking.context, template_value(template, &render), asking.answers);
        assert_str(asking_stored(&asking, str_z(asking.arena, field->id)), cases[i].stored);
        assert_int_equal(asking.log.len > faults, cases[i].stored[0] == '\0');
    }
    asking_end(&asking);
}

static void lists_sort_by_what_an_answer_is(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, colours);
    asking_post(&asking, "f1", STR("r"));
    assert_true(asking_read(&asking));
    struct index_value index = field_index(&asking.form->fields.at[0], asking.arena, asking.answers);
    assert_int_equal(index.kind, INDEX_TEXT);
    assert_str(index.text, "Rouge");
    assert_int_equal(field_index(&asking.form->fields.at[1], asking.arena, asking.answers).kind, INDEX_NONE);
    asking_end(&asking);
    asking_begin(&asking, "[{'id':'1','type':'numeric','label':'N','restrict_to_integers':false},"
                          "{'id':'2','type':'date','label':'D'}]");
    asking_post(&asking, "f1", STR("12,5"));
    asking_post(&asking, "f2", STR("2027-01-02"));
    assert_true(asking_read(&asking));
    assert_true(field_index(&asking.form->fields.at[0], asking.arena, asking.answers).number == 12.5);
    assert_str(field_index(&asking.form->fields.at[1], asking.arena, asking.answers).text, "2027-01-02");
    asking_end(&asking);
}

/* ---- Widgets ---- */

static str shown(struct asking *asking, const char *id, const char *key)
{
    struct value list =
        fields_view(&asking->form->pages[0].fields, &asking->context, asking->answers, &asking->errors, true);
    for (size_t i = 0; i < list.list->len; i++)
        if (str_eq(value_get(asking->arena, list.list->at[i], STR("id")).text, str_of(id)))
            return value_to_text(asking->arena, value_get(asking->arena, list.list->at[i], str_of(key)), STR("fr"));
    return STR("(absent)");
}

static void a_widget_knows_what_it_shows(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(
        &asking,
        "[{'id':'1','type':'string','label':'Code','validation':{'type':'zipcode-fr'},'prefill':{'type':'user',"
        "'value':'zipcode'}},{'id':'2','type':'date','label':'Né le','varname':'date_de_naissance'},"
        "{'id':'3','type':'item','label':'Choix','items':['A','B'],'display_mode':'radio','hint':'Un <b>seul</b>'},"
        "{'id':'4','type':'string','label':'Courriel','prefill':{'type':'string','value':'{{ session_user_email }}'}},"
        "{'id':'5','type':'string','label':'Prénom','varname':'prenom_enfant'},"
        "{'id':'6','type':'string','label':'Ville','extra_css_class':'grid-1-2 autocomplete-address-level2',"
        "'source':{'type':'fixed','value':['Lyon','Bron']}},"
        "{'id':'7','type':'comment','label':'<p>Bonjour {{ commune_cp }}</p>'},"
        "{'id':'8','type':'computed','label':'C'},{'id':'9','type':'retina','label':'R'},"
        "{'id':'10','type':'string','label':'Caché','condition':'false'}]");
    asking_post(&asking, "f1", STR("x"));
    asking_post(&asking, "f2-jour", STR("31"));
    asking_post(&asking, "f2-mois", STR("2"));
    asking_post(&asking, "f2-annee", STR("1980"));
    asking_post(&asking, "f3", STR("B"));
    assert_false(asking_read(&asking));
    static const struct {
        const char *id, *key, *text;
    } cases[] = {
        {"1", "name", "f1"},
        {"1", "marker", "f1-vu"},
        {"1", "value", "x"},
        {"1", "inputmode", "numeric"},
        {"1", "autocomplete", "postal-code"},
        {"1", "error", "Le code postal doit contenir 5 chiffres."},
        {"2", "day", "31"},
        {"2", "year", "1980"},
        {"2", "autocomplete", "bday"},
        {"3", "widget", "radio"},
        {"3", "hint", "Un <b>seul</b>"},
        {"3", "required", "True"},
        {"4", "autocomplete", "email"},
        {"5", "autocomplete", ""},
        {"6", "autocomplete", "address-level2"},
        {"6", "suggestions", "['Lyon', 'Bron']"},
        {"7", "label", "<p>Bonjour 69001</p>"},
        {"8", "name", "(absent)"},
        {"9", "name", "(absent)"},
        {"10", "visible", "False"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str text = shown(&asking, cases[i].id, cases[i].key);
        if (!str_eq(text, str_of(cases[i].text)))
            print_error("%s.%s\n", cases[i].id, cases[i].key);
        assert_str(text, cases[i].text);
    }
    asking_end(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_text_is_kept_as_typed_without_blanks_at_its_ends),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(lengths_are_counted_in_signs),
        cmocka_unit_test(a_long_text_keeps_its_lines),
        cmocka_unit_test(an_address_has_its_signs),
        cmocka_unit_test(a_box_is_ticked_or_not),
        cmocka_unit_test(a_date_comes_in_one_or_three_boxes),
        cmocka_unit_test(a_date_has_bounds),
        cmocka_unit_test(a_number_is_exact),
        cmocka_unit_test(one_choice_is_one_of_those_offered),
        cmocka_unit_test(several_choices_are_a_list_of_rows),
        cmocka_unit_test(choices_follow_other_answers),
        cmocka_unit_test(a_list_that_offers_nothing_does_not_shut_the_form),
        cmocka_unit_test(a_file_is_kept_until_it_is_taken_away),
        cmocka_unit_test(while_typing_a_file_is_its_name),
        cmocka_unit_test(dates_and_numbers_mean_what_they_are),
        cmocka_unit_test(of_several_fields_with_one_name_the_answered_one_counts),
        cmocka_unit_test(a_long_name_wins_over_an_attribute),
        cmocka_unit_test(a_template_sets_any_answer),
        cmocka_unit_test(lists_sort_by_what_an_answer_is),
        cmocka_unit_test(a_widget_knows_what_it_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

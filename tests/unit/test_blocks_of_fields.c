/* Blocks: fields that are asked together, once or several times. */
#include "asking.h"

#define NBSP "\xC2\xA0"

/* A name and a day of birth; « 7 » is the field, and controls are f7-ROW-ID. */
static const char people[] =
    "[{'id':'7','type':'block','label':'Personnes du foyer','varname':'foyer','max_items':3,'remove_button':true,"
    "'add_element_label':'Ajouter une personne','digest_template':'{{ block_var_nom }}/{{ foo_var_nom }}','fields':["
    "{'id':'1','type':'string','label':'Nom','varname':'nom'},"
    "{'id':'2','type':'date','label':'Né le','varname':'ne','required':'optional'},"
    "{'id':'3','type':'string','label':'École','varname':'ecole','condition':'block_var_nom == \\\"Zoé\\\"'},"
    "{'id':'4','type':'item','label':'Régime','varname':'regime','required':'optional','source':{'type':'jsonvalue',"
    "'value':'[{\\\"id\\\":\\\"v\\\",\\\"text\\\":\\\"Végétarien\\\"}]'}},"
    "{'id':'5','type':'bool','label':'Seul','varname':'seul'}]}]";

static void post_row(struct asking *asking, const char *key, const char *name)
{
    struct arena *arena = asking->arena;
    asking_post(asking, "f7-rang", str_of(key));
    asking_post(asking, str_fmt(arena, "f7-%s-1", key).ptr, str_of(name));
}

static str message(const struct asking *asking, size_t index)
{
    return index < asking->errors.len ? asking->errors.at[index].message : STR_EMPTY;
}

/* ---- What is posted, and kept ---- */

static void rows_are_kept_in_the_order_of_the_page(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "Léa");
    asking_post(&asking, "f7-0-2", STR("3/4/2015"));
    post_row(&asking, "2", "Hugo");
    asking_post(&asking, "f7-2-4", STR("v"));
    assert_true(asking_read(&asking));
    assert_str(
        asking_stored(&asking, "7"),
        "[{\"1\":\"Léa\",\"2\":\"2015-04-03\",\"5\":false},{\"1\":\"Hugo\",\"4\":\"v\",\"4_display\":\"Végétarien\","
        "\"4_structured\":{\"id\":\"v\",\"text\":\"Végétarien\"},\"5\":false}]");
    assert_str(asking_stored(&asking, "7_display"), "\"Léa/, Hugo/\"");
    asking_end(&asking);
}

static void a_row_that_holds_nothing_is_dropped(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "");
    post_row(&asking, "1", "Léa");
    post_row(&asking, "2", "  ");
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Léa\",\"5\":false}]");
    asking_end(&asking);
}

static void a_row_alone_with_its_mistake_keeps_the_others(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "Léa");
    post_row(&asking, "1", "");
    asking_post(&asking, "f7-1-2", STR("31/2/2015"));
    assert_false(asking_read(&asking));
    assert_int_equal(asking.errors.len, 2);
    assert_str(message(&asking, 0), "Personne 2" NBSP ": saisissez une réponse à «" NBSP "Nom" NBSP "».");
    assert_str(asking.errors.at[0].control, "f7-1-1");
    assert_str(asking.errors.at[1].control, "f7-1-2");
    assert_true(str_starts(message(&asking, 1), STR("Personne 2" NBSP ": cette date n’existe pas")));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Léa\",\"5\":false},{\"2\":\"31/2/2015\",\"5\":false}]");
    asking_end(&asking);
}

static void conditions_read_the_row_and_the_form(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'T','varname':'t','required':'optional'},"
                          "{'id':'7','type':'block','label':'B','varname':'b','max_items':3,'fields':["
                          "{'id':'1','type':'string','label':'A','varname':'a'},"
                          "{'id':'2','type':'string','label':'D','condition':'block_var_a == form_var_t'},"
                          "{'id':'3','type':'string','label':'P','condition':'block_counter.index == 2'}]}]");
    asking_post(&asking, "f1", STR("x"));
    post_row(&asking, "0", "x");
    post_row(&asking, "1", "y");
    assert_false(asking_read(&asking));
    assert_int_equal(asking.errors.len, 2);
    assert_str(asking.errors.at[0].control, "f7-0-2");
    assert_str(asking.errors.at[1].control, "f7-1-3");
    assert_str(message(&asking, 1), "B 2" NBSP ": saisissez une réponse à «" NBSP "P" NBSP "».");
    asking_end(&asking);
}

static void an_answer_to_what_is_not_asked_is_dropped(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "Léa");
    asking_post(&asking, "f7-0-3", STR("Jean-Jaurès"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Léa\",\"5\":false}]");
    asking_end(&asking);
}

static void nothing_is_refused_where_something_must_be(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "");
    assert_false(asking_read(&asking));
    assert_str(message(&asking, 0), "Personne 1" NBSP ": saisissez une réponse à «" NBSP "Nom" NBSP "».");
    assert_int_equal(asking.errors.len, 1);
    assert_false(asking_read(&asking)); /* not even a row */
    assert_str(message(&asking, 0), "Ajoutez au moins une personne.");
    assert_str(asking.errors.at[0].control, "f7");
    asking_end(&asking);
}

static void a_block_that_may_stay_empty_has_no_answer(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'7','type':'block','label':'B','required':'optional','fields':["
                          "{'id':'1','type':'string','label':'A'}]}]");
    post_row(&asking, "0", "");
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "");
    assert_str(asking_stored(&asking, "7_display"), "");
    asking_end(&asking);
}

static void there_are_as_many_rows_as_the_definition_says(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'numeric','label':'N','varname':'n'},"
                          "{'id':'7','type':'block','label':'B','min_items':2,'max_items':'{{ form_var_n }}','fields':["
                          "{'id':'1','type':'string','label':'A'}]}]");
    asking_post(&asking, "f1", STR("2"));
    for (size_t i = 0; i < 3; i++)
        post_row(&asking, str_fmt(asking.arena, "%zu", i).ptr, "x");
    assert_false(asking_read(&asking));
    assert_str(message(&asking, 0), "«" NBSP "B" NBSP "»" NBSP ": 2 au maximum. Retirez ce qui est en trop.");
    assert_int_equal(json_array_size(json_object_get(asking.answers, "7")), 3); /* nothing is lost */
    asking_post(&asking, "f1", STR("3"));
    for (size_t i = 0; i < 3; i++)
        post_row(&asking, str_fmt(asking.arena, "%zu", i).ptr, "x");
    assert_true(asking_read(&asking));
    asking_post(&asking, "f1", STR("3"));
    post_row(&asking, "0", "x");
    assert_false(asking_read(&asking));
    assert_true(str_contains(message(&asking, 0), STR("au moins 2")));
    asking_end(&asking);
}

static void a_block_says_itself_what_a_row_must_be(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking,
                 "[{'id':'7','type':'block','label':'B','max_items':3,'post_conditions':[{"
                 "'condition':'block_var_a != block_var_b','error_message':'Indiquez {{ block_var_a }} une fois.'}],"
                 "'fields':[{'id':'1','type':'string','label':'A','varname':'a'},"
                 "{'id':'2','type':'string','label':'B','varname':'b','required':'optional'}]}]");
    post_row(&asking, "0", "x");
    asking_post(&asking, "f7-0-2", STR("y"));
    post_row(&asking, "1", "z");
    asking_post(&asking, "f7-1-2", STR("z"));
    assert_false(asking_read(&asking));
    assert_int_equal(asking.errors.len, 1);
    assert_str(message(&asking, 0), "B 2" NBSP ": indiquez z une fois.");
    assert_str(asking.errors.at[0].control, "f7-1-1");
    asking_end(&asking);
}

/* ---- Hostile posts ---- */

static void rows_that_are_not_called_as_ours_are_not_read(void **state)
{
    (void)state;
    static const char *const keys[] = {"99999999", "-1", "00", "01", "x", "", "1e3", " 1", "0x1", "0-1-0"};
    struct asking asking;
    asking_begin(&asking, people);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        post_row(&asking, keys[i], "intrus");
    asking_post(&asking, "f7-5-1", STR("sans rang"));
    assert_false(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "");
    asking_end(&asking);
}

static void a_row_that_is_posted_twice_is_one(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "Léa");
    post_row(&asking, "0", "Hugo");
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Léa\",\"5\":false}]");
    asking_end(&asking);
}

static void rows_beyond_all_measure_are_not_kept(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    for (size_t i = 0; i < 3000; i++)
        post_row(&asking, str_fmt(asking.arena, "%zu", i).ptr, "x");
    assert_false(asking_read(&asking));
    assert_int_equal(json_array_size(json_object_get(asking.answers, "7")), 200);
    asking_end(&asking);
}

static void a_button_that_is_none_of_ours_does_nothing(void **state)
{
    (void)state;
    static const char *const buttons[] = {"",           "f7", "f7-0", "-ajouter\r\nSet-Cookie: a=b", "f7 -ajouter",
                                          "<b>-enlever"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++) {
        struct posted_value value = {STR("rangs"), str_of(buttons[i])};
        struct posted posted = {&value, 1, NULL, 0, false, false};
        str control;
        assert_false(posted_changes_rows(&posted, arena, &control));
    }
    arena_free(arena);
}

/* ---- Rows come and go ---- */

static void a_button_adds_a_row_and_another_takes_one_away(void **state)
{
    (void)state;
    struct asking asking;
    str control;
    asking_begin(&asking, people);
    post_row(&asking, "0", "Léa");
    asking_post(&asking, "rangs", STR("f7-ajouter"));
    struct posted posted = {asking.values.at, asking.values.len, NULL, 0, false, false};
    assert_true(posted_changes_rows(&posted, asking.arena, &control));
    assert_str(control, "f7-dernier");
    asking_read(&asking);
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Léa\",\"5\":false},{}]");

    post_row(&asking, "0", "Léa");
    post_row(&asking, "1", "Hugo");
    asking_post(&asking, "rangs", STR("f7-0-enlever"));
    posted = (struct posted){asking.values.at, asking.values.len, NULL, 0, false, false};
    assert_true(posted_changes_rows(&posted, asking.arena, &control));
    assert_str(control, "f7");
    asking_read(&asking);
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Hugo\",\"5\":false}]");
    asking_end(&asking);
}

static void no_row_is_added_beyond_the_last(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    for (size_t i = 0; i < 3; i++)
        post_row(&asking, str_fmt(asking.arena, "%zu", i).ptr, "x");
    asking_post(&asking, "rangs", STR("f7-ajouter"));
    asking_read(&asking);
    assert_int_equal(json_array_size(json_object_get(asking.answers, "7")), 3);
    asking_end(&asking);
}

static const char documents[] =
    "[{'id':'7','type':'block','label':'Pièces','max_items':3,'required':'optional','fields':["
    "{'id':'1','type':'string','label':'Titre','required':'optional'},"
    "{'id':'2','type':'file','label':'Pièce','varname':'piece','required':'optional'}]}]";

static void post_file(struct asking *asking, const char *control, const char *blob)
{
    *vec_push(asking->arena, &asking->files) =
        (struct posted_file){str_of(control), STR("a.pdf"), STR("application/pdf"), str_of(blob), 12};
}

static void a_file_stays_with_its_row(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, documents);
    post_row(&asking, "0", "un");
    post_file(&asking, "f7-0-2", "aaaa");
    post_row(&asking, "1", "deux");
    post_file(&asking, "f7-1-2", "bbbb");
    assert_true(asking_read(&asking));

    post_row(&asking, "1", "deux"); /* the first row went meanwhile, in another tab */
    asking_post(&asking, "f7-1-2-garde", STR("bbbb"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"deux\",\"2\":{\"blob\":\"bbbb\",\"name\":\"a.pdf\",\"size\":12,"
                                            "\"type\":\"application/pdf\"}}]");
    struct named_files files = {0};
    fields_files(&asking.form->fields, asking.arena, asking.answers, &files);
    assert_int_equal(files.len, 1);
    assert_str(files.at[0].blob, "bbbb");

    post_row(&asking, "0", "deux"); /* one that was never theirs */
    asking_post(&asking, "f7-0-2-garde", STR("cccc"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"deux\"}]");
    asking_end(&asking);
}

static void a_file_goes_where_its_box_is_ticked(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, documents);
    post_row(&asking, "0", "un");
    post_file(&asking, "f7-0-2", "aaaa");
    assert_true(asking_read(&asking));
    post_row(&asking, "0", "un");
    asking_post(&asking, "f7-0-2-garde", STR("aaaa"));
    asking_post(&asking, "f7-0-2-retirer", STR("oui"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"un\"}]");
    asking_end(&asking);
}

static void a_file_that_is_refused_is_told_though_its_row_is_empty_then(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'7','type':'block','label':'Pièces','max_items':3,'fields':["
                          "{'id':'2','type':'file','label':'Pièce','max_file_size':'5'}]}]");
    asking_post(&asking, "f7-rang", STR("0"));
    post_file(&asking, "f7-0-2", "aaaa");
    assert_false(asking_read(&asking));
    assert_int_equal(asking.errors.len, 1);
    assert_true(str_contains(message(&asking, 0), STR("dépasse")));
    asking_end(&asking);
}

/* ---- What templates see ---- */

static void templates_read_rows_as_in_publik(void **state)
{
    (void)state;
    static const struct {
        const char *text, *gives;
    } cases[] = {
        {"{{ form_var_foyer_0_nom }}", "Léa"},
        {"{{ form_var_foyer.1.nom }}", "Hugo"},
        {"{{ form_var_foyer_var_nom }}", "Léa"},
        {"{{ form_var_foyer_1_regime }}", "Végétarien"},
        {"{{ form_var_foyer_1_regime_raw }}", "v"},
        {"{{ form_var_foyer_0_ne_year }}", "2015"},
        {"{{ form_var_foyer_5_nom }}", ""},
        {"{{ form_var_foyer|length }}", "2"},
        {"{% for p in form_var_foyer %}[{{ p.nom }}]{% endfor %}", "[Léa][Hugo]"},
        {"{{ form_var_foyer|getlist:'nom'|join:', ' }}", "Léa, Hugo"},
        {"{{ form_var_foyer|getlist:'regime'|last }}", "v"},
        {"{{ form_var_foyer|getlist:'regime_display'|last }}", "Végétarien"},
        {"{{ form_var_foyer|getlistdict:'nom:n'|json_dumps }}", "[{\"n\": \"L\\u00e9a\"}, {\"n\": \"Hugo\"}]"},
        {"{{ form_var_foyer }}", "Léa/, Hugo/"},
        {"{% if form_var_foyer %}oui{% endif %}", "oui"},
        {"{{ form_var_foyer.first.nom }}", ""},
        {"{{ form_var_foyer|first|get:'nom' }}", "Léa"},
    };
    struct asking asking;
    asking_begin(&asking, people);
    assert_str(asking_says(&asking, "{% if form_var_foyer %}oui{% else %}non{% endif %}{{ form_var_foyer|length }}"),
               "non0");
    post_row(&asking, "0", "Léa");
    asking_post(&asking, "f7-0-2", STR("3/4/2015"));
    post_row(&asking, "1", "Hugo");
    asking_post(&asking, "f7-1-4", STR("v"));
    assert_true(asking_read(&asking));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!str_eq(asking_says(&asking, cases[i].text), str_of(cases[i].gives)))
            print_error("%s\n", cases[i].text);
        assert_str(asking_says(&asking, cases[i].text), cases[i].gives);
    }
    asking_end(&asking);
}

static void set(struct asking *asking, const char *text)
{
    struct err err = {0};
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = STR("essai")};
    const struct template *template = template_compile(asking->arena, str_of(text), &settings, &err);
    assert_non_null(template);
    struct render render = {.arena = asking->arena, .scope = asking->context.scope, .log = &asking->log};
    field_set(&asking->form->fields.at[0], &asking->context, template_value(template, &render), asking->answers);
}

static void block_value_makes_rows_adds_and_merges(void **state)
{
    (void)state;
    static const struct {
        const char *text, *names; /* of all rows, then the days of birth */
    } steps[] = {
        {"{% block_value nom='Léa' ne='2015-04-03' inconnu=1 %}", "Léa 03/04/2015"},
        {"{% block_value nom='Hugo' append=True %}", "Léa,Hugo 03/04/2015,"},
        {"{% block_value ne='2017-01-02' merge=True %}", "Léa,Hugo 03/04/2015,02/01/2017"},
        {"{% block_value nom='Zoé' merge=0 %}", "Zoé,Hugo 03/04/2015,02/01/2017"},
        {"{% block_value nom='X' merge=7 %}", "Zoé,Hugo 03/04/2015,02/01/2017"},
        {"{% block_value nom='X' merge='trois' %}", "Zoé,Hugo 03/04/2015,02/01/2017"},
        {"{% block_value nom='Max' %}", "Max "},
        {"{{ form_var_foyer_raw }}", "Max "},
        {"{% block_value init=True as b %}{% for n in 'AB' %}{% block_value nom=n append=b as b %}{% endfor %}"
         "{% block_value output=b %}",
         "Max,A,B ,,"},
        {"{% if False %}x{% endif %}", " "},
        {"{% block_value nom='Léa' append=True %}", "Léa "},
        {"un texte", " "},
    };
    struct asking asking;
    asking_begin(&asking, people);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        set(&asking, steps[i].text);
        str names =
            asking_says(&asking, "{{ form_var_foyer|getlist:'nom'|join:',' }} "
                                 "{% for p in form_var_foyer %}{{ p.ne|date:'d/m/Y' }}{% if not forloop.last %},"
                                 "{% endif %}{% endfor %}.");
        str expected = str_fmt(asking.arena, "%s.", steps[i].names);
        if (!str_eq(names, str_trim(expected)))
            print_error("%s\n", steps[i].text);
        assert_str(names, str_z(asking.arena, str_trim(expected)));
    }
    assert_int_equal(asking.log.len, 1); /* « un texte » is no row */
    asking_end(&asking);
}

/* ---- What is shown ---- */

static struct value shown(struct asking *asking, const struct field_errors *errors)
{
    struct value views = fields_view(&asking->form->fields, &asking->context, asking->answers, errors, true);
    return views.list->at[views.list->len - 1];
}

static str part(struct asking *asking, struct value value, const char *path)
{
    return value_to_text(asking->arena, value_lookup(asking->arena, value, str_of(path)), STR("fr"));
}

static void a_page_shows_the_rows_that_there_are_or_as_many_as_at_the_beginning(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    struct value view = shown(&asking, NULL);
    assert_str(part(&asking, view, "widget"), "block");
    assert_str(part(&asking, view, "rows.0.legend"), "Personne 1");
    assert_str(part(&asking, view, "rows.0.fields.0.name"), "f7-0-1");
    assert_str(part(&asking, view, "rows.0.fields.0.id"), "7-0-1");
    assert_str(part(&asking, view, "rows.0.fields.1.marker"), "f7-0-2-vu");
    assert_str(part(&asking, view, "rows.0.fields.2.visible"), "False");
    assert_str(part(&asking, view, "rows.1.legend"), "");
    assert_str(part(&asking, view, "may_add"), "True");
    assert_str(part(&asking, view, "may_remove"), "False");
    post_row(&asking, "0", "Léa");
    post_row(&asking, "1", "");
    asking_post(&asking, "f7-1-5", STR("oui"));
    assert_false(asking_read(&asking));
    view = shown(&asking, &asking.errors);
    assert_str(part(&asking, view, "rows.0.fields.0.value"), "Léa");
    assert_str(part(&asking, view, "rows.0.fields.0.error"), "");
    assert_true(str_starts(part(&asking, view, "rows.1.fields.0.error"), STR("Personne 2")));
    assert_str(part(&asking, view, "may_remove"), "True");
    asking_end(&asking);
}

static void answers_are_shown_row_by_row(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "Léa");
    post_row(&asking, "1", "Hugo");
    asking_post(&asking, "f7-1-5", STR("oui"));
    assert_true(asking_read(&asking));
    struct value rows = form_summary(asking.form, &asking.context, asking.answers, PLACE_VALIDATION);
    assert_str(part(&asking, rows, "0.label"), "Personnes du foyer");
    assert_str(part(&asking, rows, "0.blocks.0.title"), "Personne 1");
    assert_str(part(&asking, rows, "0.blocks.1.rows.0.label"), "Nom");
    assert_str(part(&asking, rows, "0.blocks.1.rows.0.text"), "Hugo");
    assert_true(str_contains(form_details(asking.form, &asking.context, asking.answers),
                             STR("Personne 2\n    Nom :\n      Hugo\n")));
    assert_str(field_words(&asking.form->fields.at[0], asking.arena, asking.answers), "Léa/, Hugo/ Léa Non Hugo Oui");
    asking_end(&asking);
}

static void a_table_adds_up_its_columns_of_numbers(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'7','type':'block','label':'Achats','total_row':true,'max_items':3,'fields':["
                          "{'id':'1','type':'string','label':'Objet','required':'optional'},"
                          "{'id':'2','type':'string','label':'Prix','required':'optional'},"
                          "{'id':'3','type':'string','label':'Nombre','required':'optional'},"
                          "{'id':'4','type':'string','label':'Vide','required':'optional'}]}]");
    static const char *const rows[][3] = {{"12", "1 200,50", "2"}, {"Banc", "0.25", "\xC2\xA0-3"}, {"7", "", "lot"}};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            asking_post(&asking, str_fmt(asking.arena, "f7-%zu-%zu", i, j + 1).ptr, str_of(rows[i][j]));
    for (size_t i = 0; i < 3; i++)
        asking_post(&asking, "f7-rang", str_fmt(asking.arena, "%zu", i));
    assert_true(asking_read(&asking));
    struct value shown = form_summary(asking.form, &asking.context, asking.answers, PLACE_VALIDATION);
    assert_str(part(&asking, shown, "0.blocks.3.title"), "Total");
    assert_str(part(&asking, shown, "0.blocks.3.rows.0.label"), "Prix");
    assert_str(part(&asking, shown, "0.blocks.3.rows.0.text"), "1200,75");
    assert_str(part(&asking, shown, "0.blocks.3.rows.1.label"), "");
    assert_true(
        str_contains(form_details(asking.form, &asking.context, asking.answers), STR("Total, prix :\n    1200,75\n")));
    asking_end(&asking);
}

static void what_is_prefilled_in_a_row_is_there_when_the_page_opens(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking,
                 "[{'id':'7','type':'block','label':'B','max_items':3,'default_items_count':'2','fields':["
                 "{'id':'1','type':'string','label':'A','varname':'a','prefill':{'type':'string','value':'n° {{ "
                 "block_counter.index }}'}},"
                 "{'id':'2','type':'string','label':'C','prefill':{'type':'string','value':'{{ block_var_a "
                 "}}!','locked':true}}]}]");
    form_page_open(asking.form, 0, &asking.context, asking.answers);
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"n° 1\",\"2\":\"n° 1!\"},{\"1\":\"n° 2\",\"2\":\"n° 2!\"}]");
    post_row(&asking, "0", "x");
    asking_post(&asking, "f7-0-2", STR("forcé"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"x\",\"2\":\"x!\"}]");
    asking_end(&asking);
}

static void while_one_types_each_row_is_told_under_its_own_controls(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    post_row(&asking, "0", "");
    post_row(&asking, "3", "Zoé");
    struct posted posted = {asking.values.at, asking.values.len, NULL, 0, true, false};
    json_t *live = fields_live(&asking.form->fields, &asking.context, &posted, asking.answers);
    const json_t *fields = json_dict(live, "fields");
    assert_true(json_bool(json_object_get(fields, "7"), "visible"));
    assert_false(json_bool(json_object_get(fields, "7-0-3"), "visible"));
    assert_true(json_bool(json_object_get(fields, "7-3-3"), "visible"));
    assert_null(json_object_get(fields, "7-1-3"));
    asking_end(&asking);
}

/* ---- Blocks that others use ---- */

struct library {
    struct arena *arena;
    struct map blocks;
    struct block_finder finder;
};

static const struct block *find(const void *data, str slug)
{
    return map_get(&((const struct library *)data)->blocks, slug);
}

static const struct block *add(struct library *library, const char *json)
{
    const json_t *document = asking_json(library->arena, json);
    const struct block *block = block_compile(library->arena, document, &library->finder, NULL);
    map_set(&library->blocks, block->slug, (void *)(uintptr_t)block);
    return block;
}

static void begin(struct library *library)
{
    *library = (struct library){.arena = arena_new()};
    library->blocks = map_new(library->arena);
    library->finder = (struct block_finder){find, library};
}

static const struct field *compiled(struct library *library, const char *fields, struct form_reports *reports)
{
    struct form_texts texts = {0};
    return field_list_compile(library->arena, asking_json(library->arena, fields), &library->finder, reports, &texts)
        ->at;
}

static void a_field_uses_a_block_by_its_slug(void **state)
{
    (void)state;
    struct library library;
    struct form_reports reports = {0};
    begin(&library);
    const struct block *block = add(&library, "{'slug':'enfant','fields':[{'id':'1','type':'string','label':'Nom'}]}");
    const struct field *field = compiled(&library, "[{'id':'7','type':'block','block':'enfant'}]", &reports);
    assert_ptr_equal(field_block_of(field), block);
    assert_int_equal(reports.len, 0);
    arena_free(library.arena);
}

static void a_field_whose_block_is_missing_is_inert(void **state)
{
    (void)state;
    struct library library;
    struct form_reports reports = {0};
    begin(&library);
    const struct field *field =
        compiled(&library, "[{'id':'7','type':'block','block':'perdu','varname':'x'}]", &reports);
    assert_null(field->type);
    assert_null(field_block_of(field));
    assert_int_equal(reports.len, 0); /* the reference is told as missing */
    arena_free(library.arena);
}

static void blocks_stand_in_blocks_three_deep_and_never_in_themselves(void **state)
{
    (void)state;
    struct library library;
    struct form_reports reports = {0};
    begin(&library);
    add(&library, "{'slug':'a','fields':[{'id':'1','type':'string','label':'A'}]}");
    assert_int_equal(add(&library, "{'slug':'b','fields':[{'id':'1','type':'block','block':'a'}]}")->depth, 2);
    assert_int_equal(add(&library, "{'slug':'c','fields':[{'id':'1','type':'block','block':'b'}]}")->depth, 3);
    const struct block *deep = add(&library, "{'slug':'d','fields':[{'id':'1','type':'block','block':'c'}]}");
    assert_int_equal(deep->reports.len, 1);
    assert_true(deep->reports.at[0].is_error);
    assert_str(deep->reports.at[0].message, "trop de blocs l’un dans l’autre" NBSP ": trois au plus");
    const struct block *self = add(&library, "{'slug':'e','fields':[{'id':'1','type':'block','block':'e'}]}");
    assert_str(self->reports.at[0].message, "ce bloc se contient lui-même");
    assert_null(self->fields.at[0].type);
    add(&library, "{'slug':'f','fields':[{'id':'1','type':'block','block':'g'}]}");
    const struct block *both = add(&library, "{'slug':'g','fields':[{'id':'1','type':'block','block':'f'}]}");
    assert_str(both->reports.at[0].message, "ces blocs se contiennent l’un l’autre");
    compiled(
        &library,
        "[{'id':'1','type':'block','fields':[{'id':'1','type':'block','fields':[{'id':'1','type':'block','fields':["
        "{'id':'1','type':'block','fields':[]}]}]}]}]",
        &reports);
    assert_int_equal(reports.len, 1);
    arena_free(library.arena);
}

static void rows_stand_in_rows(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'7','type':'block','label':'Foyer','varname':'foyer','max_items':2,'fields':["
                          "{'id':'1','type':'string','label':'Rue','varname':'rue'},"
                          "{'id':'2','type':'block','label':'Enfants','varname':'enfants','max_items':2,'fields':["
                          "{'id':'1','type':'string','label':'Nom','varname':'nom'}]}]}]");
    post_row(&asking, "0", "Lepic");
    asking_post(&asking, "f7-0-2-rang", STR("0"));
    asking_post(&asking, "f7-0-2-0-1", STR("Léa"));
    asking_post(&asking, "f7-0-2-rang", STR("1"));
    asking_post(&asking, "f7-0-2-1-1", STR("Hugo"));
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_foyer_0_enfants_1_nom }}"), "Hugo");
    assert_str(asking_stored(&asking, "7_display"), "\"Lepic Léa, Hugo\"");
    post_row(&asking, "0", "Lepic");
    asking_post(&asking, "f7-0-2-rang", STR("0"));
    assert_false(asking_read(&asking));
    assert_str(message(&asking, 0),
               "Foyer 1" NBSP ": enfants 1" NBSP ": saisissez une réponse à «" NBSP "Nom" NBSP "».");
    assert_str(asking.errors.at[0].control, "f7-0-2-0-1");
    asking_end(&asking);
}

/* ---- Later ---- */

static void answers_of_a_field_that_is_gone_leave_the_rows(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, people);
    json_object_set_new(asking.answers, "7",
                        json_incref(asking_json(asking.arena, "[{'1':'Léa','9':'x','2':{'blob':'a'}},'texte',{}]")));
    assert_true(form_fit_answers(asking.form, asking.answers));
    assert_str(asking_stored(&asking, "7"), "[{\"1\":\"Léa\"},{}]");
    assert_false(form_fit_answers(asking.form, asking.answers));
    asking_end(&asking);
}

static void each_field_of_a_row_says_when_it_goes(void **state)
{
    (void)state;
    static const struct {
        const char *block, *intermediate, *final; /* what is left */
    } cases[] = {
        {"final", "[{\"1\":\"a\",\"3\":\"c\"}]", "[{\"3\":\"c\"}]"},
        {"intermediate", "[{\"3\":\"c\"}]", "[{\"3\":\"c\"}]"},
        {"no", "[{\"1\":\"a\",\"2\":\"b\",\"3\":\"c\"}]", "[{\"1\":\"a\",\"2\":\"b\",\"3\":\"c\"}]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int is_final = 0; is_final < 2; is_final++) {
            struct asking asking;
            struct arena *arena = arena_new();
            asking_begin(&asking, str_fmt(arena,
                                          "[{'id':'7','type':'block','label':'B','anonymise':'%s','fields':["
                                          "{'id':'1','type':'string','label':'A'},"
                                          "{'id':'2','type':'string','label':'B','anonymise':'intermediate'},"
                                          "{'id':'3','type':'string','label':'C','anonymise':'no'}]}]",
                                          cases[i].block)
                                      .ptr);
            arena_free(arena);
            post_row(&asking, "0", "a");
            asking_post(&asking, "f7-0-2", STR("b"));
            asking_post(&asking, "f7-0-3", STR("c"));
            assert_true(asking_read(&asking));
            fields_anonymise(&asking.form->fields, asking.answers, is_final);
            assert_str(asking_stored(&asking, "7"), is_final ? cases[i].final : cases[i].intermediate);
            asking_end(&asking);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_kept_in_the_order_of_the_page),
        cmocka_unit_test(a_row_that_holds_nothing_is_dropped),
        cmocka_unit_test(a_row_alone_with_its_mistake_keeps_the_others),
        cmocka_unit_test(conditions_read_the_row_and_the_form),
        cmocka_unit_test(an_answer_to_what_is_not_asked_is_dropped),
        cmocka_unit_test(nothing_is_refused_where_something_must_be),
        cmocka_unit_test(a_block_that_may_stay_empty_has_no_answer),
        cmocka_unit_test(there_are_as_many_rows_as_the_definition_says),
        cmocka_unit_test(a_block_says_itself_what_a_row_must_be),
        cmocka_unit_test(rows_that_are_not_called_as_ours_are_not_read),
        cmocka_unit_test(a_row_that_is_posted_twice_is_one),
        cmocka_unit_test(rows_beyond_all_measure_are_not_kept),
        cmocka_unit_test(a_button_that_is_none_of_ours_does_nothing),
        cmocka_unit_test(a_button_adds_a_row_and_another_takes_one_away),
        cmocka_unit_test(no_row_is_added_beyond_the_last),
        cmocka_unit_test(a_file_stays_with_its_row),
        cmocka_unit_test(a_file_goes_where_its_box_is_ticked),
        cmocka_unit_test(a_file_that_is_refused_is_told_though_its_row_is_empty_then),
        cmocka_unit_test(templates_read_rows_as_in_publik),
        cmocka_unit_test(block_value_makes_rows_adds_and_merges),
        cmocka_unit_test(a_page_shows_the_rows_that_there_are_or_as_many_as_at_the_beginning),
        cmocka_unit_test(answers_are_shown_row_by_row),
        cmocka_unit_test(a_table_adds_up_its_columns_of_numbers),
        cmocka_unit_test(what_is_prefilled_in_a_row_is_there_when_the_page_opens),
        cmocka_unit_test(while_one_types_each_row_is_told_under_its_own_controls),
        cmocka_unit_test(a_field_uses_a_block_by_its_slug),
        cmocka_unit_test(a_field_whose_block_is_missing_is_inert),
        cmocka_unit_test(blocks_stand_in_blocks_three_deep_and_never_in_themselves),
        cmocka_unit_test(rows_stand_in_rows),
        cmocka_unit_test(answers_of_a_field_that_is_gone_leave_the_rows),
        cmocka_unit_test(each_field_of_a_row_says_when_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

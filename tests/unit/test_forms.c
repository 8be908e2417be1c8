/* A form: its header, its pages, conditions, prefilling, computed values, checks, summaries, drafts; and every form of
 * the corpus. */
#include "asking.h"
#include "corpus.h"
#include "stores.h"

/* ---- The document ---- */

static const struct form *compiled(struct arena *arena, const char *json)
{
    struct err err = {0};
    const struct form *form = form_compile(arena, asking_json(arena, json), 3, NULL, &err);
    assert_non_null(form);
    return form;
}

static void a_header_has_its_defaults(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct form *form = compiled(arena, "{'slug':'s','fields':[]}");
    assert_str(form->name, "s");
    assert_true(form->has_confirmation && !form->is_disabled && !form->only_one && !form->has_tracking_codes);
    assert_int_equal(form->page_count, 1);
    assert_int_equal(form->version, 3);
    form = compiled(arena, "{'slug':'s','name':'N','fields':[],'confirmation':false,'roles':['logged-users'],"
                           "'keywords':['a','b'],'only_allow_one':true,'drafts_lifespan':5,'workflow':'w',"
                           "'functions':{'_receiver':'urba'}}");
    assert_true(!form->has_confirmation && form->only_one && form->keywords.len == 2 && form->drafts_lifespan == 5);
    assert_str(form->roles.at[0], "logged-users");
    assert_str(json_str(form->functions, "_receiver"), "urba");
    struct err err = {0};
    assert_null(form_compile(arena, asking_json(arena, "{'slug':'s'}"), 1, NULL, &err));
    assert_null(form_compile(arena, asking_json(arena, "{'fields':[]}"), 1, NULL, &err));
    assert_null(form_compile(arena, asking_json(arena, "[]"), 1, NULL, &err));
    arena_free(arena);
}

static void a_form_opens_and_closes(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *message;
    } cases[] = {
        {"'x':1", ""},
        {"'disabled':true", "Cette démarche est fermée pour le moment."},
        {"'publication_date':'2027-01-01T09:00'", "Cette démarche ouvre le 1er janvier 2027 à 9 h 00."},
        {"'publication_date':'2026-12-01'", ""},
        {"'expiration_date':'2026-12-14 08:00'", "Cette démarche est fermée depuis le 14 décembre 2026 à 8 h 00."},
        {"'expiration_date':'2026-12-15'", ""},
        {"'expiration_date':'jamais'", ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        const struct form *form = compiled(arena, str_fmt(arena, "{'slug':'s','fields':[],%s}", cases[i].rule).ptr);
        bool open = form_is_open(form, INT64_C(1797237000) * INSTANT_SECOND, &err);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(open, cases[i].message[0] == '\0');
    }
    arena_free(arena);
}

static void quotas_are_of_a_period_and_say_when_it_ends(void **state)
{
    (void)state;
    static const struct {
        const char *quota, *key, *message;
    } cases[] = {
        {"{'most':5}", "", "Toutes les places de cette démarche sont prises."},
        {"{'most':5,'message':'Complet.'}", "", "Complet."},
        {"{'most':5,'period':'year'}", "2026",
         "Toutes les places de cette démarche sont prises pour cette année. Des places s’ouvrent le vendredi 1er "
         "janvier 2027."},
        {"{'most':1,'period':'month','of':'account'}", "2026-12",
         "Votre compte a déjà fait la demande possible pour ce mois-ci. Des places s’ouvrent le vendredi 1er janvier "
         "2027."},
        {"{'most':2,'period':'day','of':'account'}", "2026-12-14",
         "Votre compte a déjà fait toutes les demandes possibles pour aujourd’hui. Des places s’ouvrent le mardi 15 "
         "décembre 2026."},
    };
    struct arena *arena = arena_new();
    instant now = INT64_C(1797237000) * INSTANT_SECOND;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        const struct form *form =
            compiled(arena, str_fmt(arena, "{'slug':'s','fields':[],'quotas':[%s]}", cases[i].quota).ptr);
        assert_int_equal(form->quotas.len, 1);
        assert_str(quota_period_key(arena, &form->quotas.at[0], now), cases[i].key);
        assert_false(quota_refuse(&form->quotas.at[0], now, false, &err));
        assert_string_equal(err.message, cases[i].message);
    }
    const struct form *odd = compiled(arena, "{'slug':'s','fields':[],'quotas':[{'most':0},{'most':3,'period':'week'},"
                                             "{'most':3,'of':'x'},{'most':1},{'most':2}]}");
    assert_int_equal(odd->quotas.len, 1);
    assert_int_equal(odd->reports.len, 4);
    arena_free(arena);
}

static void what_does_not_run_is_kept_and_reported(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking,
                 "[{'id':'1','type':'table','label':'Lieu','required':'required'},{'id':'2','type':'','label':''},"
                 "{'id':'3','type':'string','label':'N','condition':'form_var_x ==','hint':'{% if x %}'},"
                 "{'id':'4','type':'string','label':'P','prefill':{'type':'geolocation','value':'altitude'}}]");
    static const char *const told[] = {"field:table", "field:", "template", "template", "prefill:geolocation"};
    assert_int_equal(asking.form->reports.len, 5);
    for (size_t i = 0; i < asking.form->reports.len; i++) {
        assert_str(asking.form->reports.at[i].construct, told[i]);
        assert_int_equal(asking.form->reports.at[i].is_error,
                         str_eq(asking.form->reports.at[i].construct, STR("template")));
        assert_true(asking.form->reports.at[i].where.len > 0);
    }
    /* The form works without them. */
    asking_post(&asking, "f3", STR("a"));
    asking_post(&asking, "f4", STR("b"));
    assert_true(asking_read(&asking));
    assert_true(field_type_runs(STR("items")) && !field_type_runs(STR("table")));
    size_t count = 0;
    for (; field_type_name(count) != NULL; count++)
        assert_true(field_type_runs(str_of(field_type_name(count))));
    assert_true(count > 16);
    asking_end(&asking);
}

/* ---- Conditions ---- */

static const char pets[] =
    "[{'id':'1','type':'item','label':'Animal','varname':'animal','items':['chat','chien','aucun']},"
    "{'id':'2','type':'string','label':'Nom','varname':'nom','condition':'form_var_animal != \"aucun\"'},"
    "{'id':'3','type':'string','label':'Laisse','condition':'form_var_animal == \"chien\"','required':'frontoffice'},"
    "{'id':'4','type':'comment','label':'<p>Bonjour {{ form_var_nom }}</p>','condition':'form_var_nom'}]";

static const char *quoted(struct arena *arena, const char *text) /* " within '…' as JSON wants it */
{
    return str_replace(arena, str_of(text), STR("\""), STR("\\\"")).ptr;
}

static void begin_pets(struct asking *asking)
{
    struct arena *arena = arena_new();
    asking_begin(asking, quoted(arena, pets));
    arena_free(arena);
}

static void what_is_not_shown_is_dropped(void **state)
{
    (void)state;
    struct asking asking;
    begin_pets(&asking);
    asking_post(&asking, "f1", STR("chien"));
    asking_post(&asking, "f2", STR("Médor"));
    asking_post(&asking, "f3", STR("rouge"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "3"), "\"rouge\"");
    asking_post(&asking, "f1", STR("aucun"));
    asking_post(&asking, "f2", STR("Médor"));
    asking_post(&asking, "f3", STR("rouge"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "2"), "");
    assert_str(asking_stored(&asking, "3"), "");
    asking_end(&asking);
}

static void a_question_that_answers_bring_is_asked(void **state)
{
    (void)state;
    struct asking asking;
    begin_pets(&asking);
    asking_post(&asking, "f1", STR("chien"));
    asking_post(&asking, "f1-vu", STR("1"));
    asking_post(&asking, "f2", STR("Médor"));
    asking_post(&asking, "f2-vu", STR("1"));
    assert_false(asking_read(&asking));
    assert_int_equal(asking.errors.len, 1);
    assert_true(asking.errors.at[0].is_revealed);
    assert_str(asking.errors.at[0].message, "Répondez aussi à « Laisse ».");
    assert_str(asking_stored(&asking, "2"), "\"Médor\"");
    asking_post(&asking, "f1", STR("chien"));
    asking_post(&asking, "f1-vu", STR("1"));
    asking_post(&asking, "f2", STR("Médor"));
    asking_post(&asking, "f2-vu", STR("1"));
    asking_post(&asking, "f3-vu", STR("1"));
    assert_false(asking_read(&asking));
    assert_false(asking.errors.at[0].is_revealed);
    asking_end(&asking);
}

static void agents_may_leave_out_what_residents_must_give(void **state)
{
    (void)state;
    struct asking asking;
    begin_pets(&asking);
    asking.context.in_backoffice = true;
    asking_post(&asking, "f1", STR("chien"));
    asking_post(&asking, "f2", STR("Médor"));
    assert_true(asking_read(&asking));
    asking.context.in_backoffice = false;
    asking_post(&asking, "f1", STR("chien"));
    asking_post(&asking, "f2", STR("Médor"));
    assert_false(asking_read(&asking));
    assert_true(asking_error(&asking, "3").len > 0);
    asking_end(&asking);
}

static void a_page_follows_its_answers_while_it_is_filled(void **state)
{
    (void)state;
    struct asking asking;
    begin_pets(&asking);
    struct posted_value values[] = {{STR("f1"), STR("chat")}, {STR("f2"), STR("<i>Tom")}};
    struct posted posted = {values, 2, NULL, 0};
    const json_t *live = fields_live(&asking.form->fields, &asking.context, &posted, asking.answers);
    assert_str(json_text_sorted(asking.arena, live),
               "{\"fields\":{\"1\":{\"choices\":["
               "{\"chosen\":true,\"disabled\":false,\"id\":\"chat\",\"text\":\"chat\"},"
               "{\"chosen\":false,\"disabled\":false,\"id\":\"chien\",\"text\":\"chien\"},"
               "{\"chosen\":false,\"disabled\":false,\"id\":\"aucun\",\"text\":\"aucun\"}],\"visible\":true},"
               "\"2\":{\"visible\":true},\"3\":{\"visible\":false},"
               "\"4\":{\"html\":\"<p>Bonjour &lt;i&gt;Tom</p>\",\"visible\":true}}}");
    asking_end(&asking);
}

/* ---- Prefilling ---- */

static const char prefilled[] =
    "[{'id':'1','type':'string','label':'Prénom','varname':'p','required':'optional','prefill':{'type':'user','value':"
    "'_first_name'}},"
    "{'id':'2','type':'string','label':'CP','required':'optional','prefill':{'type':'string','value':"
    "'{{ commune_cp }}','locked':true}},"
    "{'id':'3','type':'string','label':'Ville','required':'optional','prefill':{'type':'string','value':"
    "'{{ inconnue|default_if_none:%22%22 }}','locked':true,'locked_unless_empty':true}},"
    "{'id':'4','type':'date','label':'Le','required':'optional','prefill':{'type':'string','value':'{{ today }}'}},"
    "{'id':'5','type':'string','label':'Copie','required':'optional','prefill':{'type':'string','value':"
    "'{{ form_var_p }}'}}]";

static void begin_prefilled(struct asking *asking)
{
    struct arena *arena = arena_new();
    asking_begin(asking, str_replace(arena, str_of(prefilled), STR("%22"), STR("\\\"")).ptr);
    asking->context.account = asking_json(asking->arena, "{'first_name':'Rémi','address_city':'Lyon'}");
    arena_free(arena);
}

static void fields_are_prefilled_once(void **state)
{
    (void)state;
    struct asking asking;
    begin_prefilled(&asking);
    form_page_open(asking.form, 0, &asking.context, asking.answers);
    assert_str(asking_stored(&asking, "1"), "\"Rémi\"");
    assert_str(asking_stored(&asking, "2"), "\"69001\"");
    assert_str(asking_stored(&asking, "3"), "");
    assert_str(asking_stored(&asking, "4"), "\"2026-12-14\"");
    assert_str(asking_stored(&asking, "5"), "\"Rémi\"");
    /* What the person changed stays; what they emptied is prefilled when the page comes again, as in w.c.s. */
    asking_post(&asking, "f1", STR("Jeanne"));
    asking_post(&asking, "f5", STR("Autre"));
    assert_true(asking_read(&asking));
    form_page_open(asking.form, 0, &asking.context, asking.answers);
    assert_str(asking_stored(&asking, "1"), "\"Jeanne\"");
    assert_str(asking_stored(&asking, "5"), "\"Autre\"");
    asking_end(&asking);
}

static void a_locked_field_keeps_its_value(void **state)
{
    (void)state;
    struct asking asking;
    begin_prefilled(&asking);
    asking_post(&asking, "f2", STR("00000"));
    asking_post(&asking, "f3", STR("Bron"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "2"), "\"69001\"");
    assert_str(asking_stored(&asking, "3"), "\"Bron\""); /* unless it is empty */
    asking.context.in_backoffice = true;
    asking_post(&asking, "f2", STR("00000"));
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "2"), "\"00000\"");
    asking_end(&asking);
}

static void an_untouched_prefilled_value_follows_its_template(void **state)
{
    (void)state;
    struct asking asking;
    begin_prefilled(&asking);
    form_page_open(asking.form, 0, &asking.context, asking.answers);
    struct value view = fields_view(&asking.form->fields, &asking.context, asking.answers, NULL, false);
    assert_true(value_get(asking.arena, view.list->at[4], STR("prefilled")).boolean);
    /* The browser then leaves it out of what it asks with. */
    struct posted_value values[] = {{STR("f1"), STR("Jeanne")}};
    struct posted posted = {values, 1, NULL, 0};
    const json_t *live = fields_live(&asking.form->fields, &asking.context, &posted, asking.answers);
    assert_str(json_str(json_dict(json_dict(live, "fields"), "5"), "value"), "Jeanne");
    asking_end(&asking);
}

/* ---- Pages ---- */

static const char three_pages[] =
    "[{'id':'p1','type':'page','label':'Qui','post_conditions':[{'condition':'form_var_age|decimal >= 18',"
    "'error_message':'Il faut 18 ans, pas {{ form_var_age }}.'}]},"
    "{'id':'1','type':'string','label':'Âge','varname':'age'},"
    "{'id':'p2','type':'page','label':'Enfants','condition':'form_var_age|decimal < 60'},"
    "{'id':'2','type':'string','label':'Nombre','varname':'nombre'},"
    "{'id':'c','type':'computed','label':'C','varname':'double','value_template':'{{ form_var_nombre|multiply:2 }}'},"
    "{'id':'f','type':'computed','label':'F','varname':'gel','value_template':'{{ form_var_age }}',"
    "'freeze_on_initial_value':true},"
    "{'id':'p3','type':'page','label':'Fin'},"
    "{'id':'t','type':'title','label':'Pour finir'},"
    "{'id':'3','type':'text','label':'Message','required':'optional'},"
    "{'id':'4','type':'string','label':'Secret','required':'optional','display_locations':['listings']}]";

static bool read_page(struct asking *asking, size_t page, const char *control, const char *value)
{
    struct posted_value values[] = {{str_of(control), str_of(value)}};
    struct posted posted = {values, 1, NULL, 0};
    asking->errors.len = 0;
    form_page_open(asking->form, page, &asking->context, asking->answers);
    return form_page_read(asking->form, page, &asking->context, &posted, asking->answers, &asking->errors);
}

static void pages_come_by_their_conditions(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, three_pages);
    assert_int_equal(asking.form->page_count, 3);
    assert_int_equal(form_first_page(asking.form, &asking.context), 0);
    assert_false(read_page(&asking, 0, "f1", "12"));
    assert_str(asking.errors.at[0].message, "Il faut 18 ans, pas 12.");
    assert_null(asking.errors.at[0].field);
    assert_true(read_page(&asking, 0, "f1", "30"));
    assert_int_equal(form_next_page(asking.form, 0, &asking.context), 1);
    assert_int_equal(form_next_page(asking.form, 1, &asking.context), 2);
    assert_int_equal(form_next_page(asking.form, 2, &asking.context), SIZE_MAX);
    assert_true(read_page(&asking, 0, "f1", "70"));
    assert_int_equal(form_next_page(asking.form, 0, &asking.context), 2);
    assert_int_equal(form_previous_page(asking.form, 2, &asking.context), 0);
    assert_int_equal(form_previous_page(asking.form, 0, &asking.context), SIZE_MAX);
    asking_end(&asking);
}

static void computed_values_belong_to_their_page(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, three_pages);
    assert_true(read_page(&asking, 0, "f1", "30"));
    assert_str(asking_stored(&asking, "f"), ""); /* its page has not come */
    form_page_open(asking.form, 1, &asking.context, asking.answers);
    assert_str(asking_stored(&asking, "f"), "\"30\"");
    assert_true(read_page(&asking, 1, "f2", "4"));
    assert_str(asking_says(&asking, "{{ form_var_double }}"), "8");
    assert_true(read_page(&asking, 0, "f1", "40"));
    assert_str(asking_stored(&asking, "f"), "\"30\""); /* frozen */
    asking_end(&asking);
}

static void a_value_that_freezes_empty_stays_empty(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'c','type':'computed','label':'C','varname':'c','freeze_on_initial_value':true,"
                          "'value_template':'{{ form_var_n|default_if_none:form_var_z }}'},"
                          "{'id':'1','type':'string','label':'N','varname':'n'}]");
    form_page_open(asking.form, 0, &asking.context, asking.answers);
    assert_str(asking_answer(&asking, "x"), "");
    assert_true(asking_holds(&asking, "form_var_c is None"));
    asking_end(&asking);
}

static void values_before_the_first_page_make_no_page(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'c','type':'computed','label':'C','varname':'c','value_template':'oui'},"
                          "{'id':'p','type':'page','label':'Un'},{'id':'1','type':'string','label':'N'},"
                          "{'id':'q','type':'page','label':'Deux','condition':'form_var_c'}]");
    assert_int_equal(asking.form->page_count, 2);
    assert_str(asking.form->pages[0].label, "Un");
    form_page_open(asking.form, 0, &asking.context, asking.answers);
    assert_true(form_page_is_visible(asking.form, 1, &asking.context));
    asking_end(&asking);
}

static void everything_is_checked_again_before_sending(void **state)
{
    (void)state;
    struct asking asking;
    size_t page;
    asking_begin(&asking, three_pages);
    assert_true(read_page(&asking, 0, "f1", "30"));
    assert_false(form_check(asking.form, &asking.context, asking.answers, &asking.errors, &page));
    assert_int_equal(page, 1);
    asking.errors.len = 0;
    assert_true(read_page(&asking, 1, "f2", "2"));
    assert_true(form_check(asking.form, &asking.context, asking.answers, &asking.errors, &page));
    assert_int_equal(page, SIZE_MAX);
    /* The page that is hidden now takes its answers with it, computed ones too. */
    assert_true(read_page(&asking, 0, "f1", "70"));
    assert_true(form_check(asking.form, &asking.context, asking.answers, &asking.errors, &page));
    assert_str(json_text_sorted(asking.arena, asking.answers), "{\"1\":\"70\"}");
    asking_end(&asking);
}

/* ---- Summaries ---- */

static str listed(struct asking *asking, struct value rows)
{
    struct buf out = buf_new(asking->arena, 1 << 16);
    for (size_t i = 0; i < rows.list->len; i++) {
        struct value row = rows.list->at[i], title = value_get(asking->arena, row, STR("title"));
        if (title.kind == VALUE_TEXT)
            buf_fmt(&out, "[%.*s]", STR_ARG(title.text));
        else
            buf_fmt(&out, "%.*s=%.*s(%lld)", STR_ARG(value_get(asking->arena, row, STR("label")).text),
                    STR_ARG(value_get(asking->arena, row, STR("text")).text),
                    (long long)value_get(asking->arena, row, STR("page")).integer);
    }
    return buf_str(&out);
}

static void answers_are_summed_up(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, three_pages);
    json_set_str(asking.answers, STR("1"), STR("30"));
    json_set_str(asking.answers, STR("2"), STR("2"));
    json_set_str(asking.answers, STR("3"), STR("un\ndeux"));
    json_set_str(asking.answers, STR("4"), STR("caché"));
    assert_str(listed(&asking, form_summary(asking.form, &asking.context, asking.answers, PLACE_VALIDATION)),
               "[Qui]Âge=30(1)[Enfants]Nombre=2(2)[Fin][Pour finir]Message=un\ndeux(3)");
    assert_str(form_details(asking.form, &asking.context, asking.answers),
               "Qui\n\nÂge :\n  30\n\nEnfants\n\nNombre :\n  2\n\nFin\n\nMessage :\n  un\n  deux\n");
    asking_end(&asking);
}

static void files_are_found(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'file','label':'Plan'},{'id':'2','type':'string','label':'N'}]");
    json_set(asking.answers, STR("1"),
             json_incref(asking_json(asking.arena, "{'blob':'ab','name':'a.pdf','type':'application/pdf','size':7}")));
    struct named_files files = {0};
    fields_files(&asking.form->fields, asking.arena, asking.answers, &files);
    assert_int_equal(files.len, 1);
    assert_str(files.at[0].blob, "ab");
    assert_int_equal(files.at[0].size, 7);
    asking_end(&asking);
}

/* ---- Drafts ---- */

static void a_changed_form_keeps_the_answers_that_still_fit(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'A'},{'id':'2','type':'items','label':'B','items':['x']},"
                          "{'id':'3','type':'file','label':'C'},{'id':'4','type':'bool','label':'D'},"
                          "{'id':'5','type':'title','label':'E'}]");
    json_t *answers =
        json_keep(asking.arena, asking_json(asking.arena, "{'1':'oui','1_display':'Oui','2':'x',"
                                                          "'2_display':'x','3':{'blob':'ab'},'4':'non',"
                                                          "'5':'titre','gone':'x','gone_structured':{}}"));
    json_incref(answers);
    assert_true(form_fit_answers(asking.form, answers));
    assert_str(json_text_sorted(asking.arena, answers),
               "{\"1\":\"oui\",\"1_display\":\"Oui\",\"3\":{\"blob\":\"ab\"}}");
    assert_false(form_fit_answers(asking.form, answers));
    asking_end(&asking);
}

struct drafting {
    struct arena *arena;
    struct store *store;
    struct draft draft, other;
    struct drafts drafts;
    struct map blobs;
    instant now;
    int64_t deleted;
};

static bool find(struct tx *tx, void *arg, struct err *err)
{
    struct drafting *drafting = arg;
    return draft_find(tx, drafting->arena, drafting->draft.token, drafting->now, &drafting->other, err);
}

static bool list(struct tx *tx, void *arg, struct err *err)
{
    struct drafting *drafting = arg;
    drafting->drafts.len = 0;
    return draft_list(tx, drafting->arena, 7, drafting->now, &drafting->drafts, err) &&
           drafts_blobs(tx, drafting->arena, &drafting->blobs, err);
}

static bool purge(struct tx *tx, void *arg, struct err *err)
{
    struct drafting *drafting = arg;
    return drafts_purge(tx, drafting->now, 100, &drafting->deleted, err);
}

static bool drafting_begin(struct drafting *drafting, void **state)
{
    struct test_stores *test = *state;
    struct err err = {0};
    if (test == NULL)
        return false;
    *drafting = (struct drafting){.arena = arena_new(), .now = 1000 * INSTANT_DAY};
    drafting->blobs = map_new(drafting->arena);
    str name = str_fmt(drafting->arena, "%.*s-%.*s", STR_ARG(test->name),
                       STR_ARG(random_text(drafting->arena, 6, STR("abcdef"))));
    struct migration *all =
        arena_array_of(drafting->arena, struct migration, jobs_migration_count + forms_migration_count);
    for (size_t i = 0; i < jobs_migration_count; i++)
        all[i] = jobs_migrations[i];
    for (size_t i = 0; i < forms_migration_count; i++)
        all[jobs_migration_count + i] = forms_migrations[i];
    drafting->store = store_open(test->stores, name, all, jobs_migration_count + forms_migration_count, &err);
    assert_non_null(drafting->store);
    draft_begin(drafting->arena, &drafting->draft, STR("essai"), 2, 7, drafting->now, 10);
    json_set_str(drafting->draft.answers, STR("1"), STR("é<&\"'"));
    json_set(drafting->draft.answers, STR("2"), json_pack("{s:s}", "blob", "abcd"));
    assert_true(store_write(drafting->store, draft_save, &drafting->draft, &err));
    draft_saved(&drafting->draft);
    return true;
}

static void a_draft_is_found_again(void **state)
{
    struct drafting drafting;
    struct err err = {0};
    if (!drafting_begin(&drafting, state))
        skip();
    assert_true(store_read(drafting.store, find, &drafting, &err));
    assert_int_equal(drafting.other.id, drafting.draft.id);
    assert_int_equal(drafting.other.form_version, 2);
    assert_int_equal(drafting.other.account, 7);
    assert_str(json_str(drafting.other.answers, "1"), "é<&\"'");
    assert_true(store_read(drafting.store, list, &drafting, &err));
    assert_int_equal(drafting.drafts.len, 1);
    assert_non_null(map_get(&drafting.blobs, STR("abcd")));
    /* It ends with its days. */
    drafting.now += 11 * INSTANT_DAY;
    assert_false(store_read(drafting.store, find, &drafting, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_true(store_write(drafting.store, purge, &drafting, &err));
    assert_int_equal(drafting.deleted, 1);
    arena_free(drafting.arena);
}

static instant moved_clock;

static instant clock_of_test(void)
{
    return moved_clock;
}

static void expired_drafts_are_deleted_once_a_day(void **state)
{
    struct drafting drafting;
    struct err err = {0};
    if (!drafting_begin(&drafting, state))
        skip();
    moved_clock = drafting.now;
    instant_set_clock(clock_of_test);
    static const struct job_kind kind = {STR_INIT(DRAFTS_PURGE_JOB), drafts_run_purge_job, 3};
    struct jobs *jobs = jobs_start(NULL, &kind, 1, 0);
    jobs_watch(jobs, drafting.store);
    assert_true(store_write(drafting.store, drafts_schedule_purge, NULL, &err));
    assert_true(store_write(drafting.store, drafts_schedule_purge, NULL, &err));
    jobs_drain(jobs);
    assert_true(store_read(drafting.store, find, &drafting, &err));
    moved_clock += 11 * INSTANT_DAY;
    jobs_drain(jobs);
    assert_true(store_read(drafting.store, list, &drafting, &err));
    assert_null(map_get(&drafting.blobs, STR("abcd")));
    jobs_stop(jobs);
    instant_set_clock(NULL);
    arena_free(drafting.arena);
}

static void of_two_tabs_the_later_is_told(void **state)
{
    struct drafting drafting;
    struct err err = {0};
    if (!drafting_begin(&drafting, state))
        skip();
    assert_true(store_read(drafting.store, find, &drafting, &err));
    drafting.draft.page = 1;
    assert_true(store_write(drafting.store, draft_save, &drafting.draft, &err));
    draft_saved(&drafting.draft);
    assert_false(store_write(drafting.store, draft_save, &drafting.other, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_true(store_read(drafting.store, find, &drafting, &err));
    assert_int_equal(drafting.other.page, 1);
    assert_int_equal(drafting.other.revision, drafting.draft.revision);
    arena_free(drafting.arena);
}

/* What a page does whose first save another one overtook. */
static bool save_or_merge(struct tx *tx, void *arg, struct err *err)
{
    struct drafting *drafting = arg;
    if (draft_save(tx, &drafting->draft, err) || err->code != ERR_CONFLICT || !find(tx, drafting, err))
        return false;
    json_set_str(drafting->other.answers, STR("3"), STR("plus tard"));
    return draft_save(tx, &drafting->other, err);
}

static void of_two_first_saves_the_later_is_told_and_goes_on(void **state)
{
    struct drafting drafting;
    struct err err = {0};
    if (!drafting_begin(&drafting, state))
        skip();
    drafting.draft.id = store_new_id();
    drafting.draft.revision = 0;
    assert_true(store_write(drafting.store, save_or_merge, &drafting, &err));
    assert_true(store_read(drafting.store, find, &drafting, &err));
    assert_int_equal(drafting.other.revision, 2);
    assert_str(json_str(drafting.other.answers, "3"), "plus tard");
    arena_free(drafting.arena);
}

/* ---- Every form of the corpus ---- */

static struct {
    int forms, errors;
} walked;

static void walk_form(const json_t *document)
{
    struct asking asking;
    asking_begin_document(&asking, document);
    for (size_t i = 0; i < asking.form->reports.len; i++) {
        const struct form_report *report = &asking.form->reports.at[i];
        if (!report->is_error)
            continue;
        walked.errors++;
        print_error("%.*s: %.*s: %.*s\n", STR_ARG(asking.form->slug), STR_ARG(report->where), STR_ARG(report->message));
    }
    /* Every page is shown, followed, read empty and summed up, without an answer and without harm. */
    size_t page;
    struct posted nothing = {0};
    for (size_t i = 0; i < asking.form->page_count; i++) {
        form_page_open(asking.form, i, &asking.context, asking.answers);
        fields_view(&asking.form->pages[i].fields, &asking.context, asking.answers, NULL, true);
        json_t *copy = json_keep(asking.arena, json_deep_copy(asking.answers));
        fields_live(&asking.form->pages[i].fields, &asking.context, &nothing, copy);
        form_page_read(asking.form, i, &asking.context, &nothing, asking.answers, &asking.errors);
    }
    form_check(asking.form, &asking.context, asking.answers, &asking.errors, &page);
    form_summary(asking.form, &asking.context, asking.answers, PLACE_VALIDATION);
    form_details(asking.form, &asking.context, asking.answers);
    asking_end(&asking);
    walked.forms++;
}

static void every_real_form_can_be_asked(void **state)
{
    (void)state;
    struct corpus corpus;
    if (!corpus_load(&corpus)) {
        corpus_free(&corpus);
        print_message("# no corpus here, skipped\n");
        return;
    }
    walked.forms = walked.errors = 0;
    for (size_t i = 0; i < corpus.documents.len; i++)
        if (str_eq(corpus.documents.at[i].kind, STR("form")))
            walk_form(corpus.documents.at[i].json);
    assert_true(walked.forms >= 60);
    assert_int_equal(walked.errors, 0);
    corpus_free(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_its_defaults),
        cmocka_unit_test(a_form_opens_and_closes),
        cmocka_unit_test(quotas_are_of_a_period_and_say_when_it_ends),
        cmocka_unit_test(what_does_not_run_is_kept_and_reported),
        cmocka_unit_test(what_is_not_shown_is_dropped),
        cmocka_unit_test(a_question_that_answers_bring_is_asked),
        cmocka_unit_test(agents_may_leave_out_what_residents_must_give),
        cmocka_unit_test(a_page_follows_its_answers_while_it_is_filled),
        cmocka_unit_test(fields_are_prefilled_once),
        cmocka_unit_test(a_locked_field_keeps_its_value),
        cmocka_unit_test(an_untouched_prefilled_value_follows_its_template),
        cmocka_unit_test(pages_come_by_their_conditions),
        cmocka_unit_test(computed_values_belong_to_their_page),
        cmocka_unit_test(a_value_that_freezes_empty_stays_empty),
        cmocka_unit_test(values_before_the_first_page_make_no_page),
        cmocka_unit_test(everything_is_checked_again_before_sending),
        cmocka_unit_test(answers_are_summed_up),
        cmocka_unit_test(files_are_found),
        cmocka_unit_test(a_changed_form_keeps_the_answers_that_still_fit),
        ON_BOTH_STORES(a_draft_is_found_again),
        ON_BOTH_STORES(expired_drafts_are_deleted_once_a_day),
        ON_BOTH_STORES(of_two_tabs_the_later_is_told),
        ON_BOTH_STORES(of_two_first_saves_the_later_is_told_and_goes_on),
        cmocka_unit_test(every_real_form_can_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* form_objects|filter_by:"x"|filter_value:"y": what each operator finds for each type of field, and what it costs. The
 * link has tx_query_params go through here, so that statements are counted on both stores. */
#include "counterwork.h"
#include "stores.h"

#include "dossiers/tables.h"

#include <stdio.h>

static const char form[] =
    "{'kind':'form','slug':'permis','name':'Permis','workflow':'w','functions':{'_receiver':'urbanisme'},"
    "'custom_views':[{'slug':'verts','title':'Verts','order_by':'-f1','filters':{'filter-6':'on',"
    "'filter-6-value':'vert','filter-8':'on','filter-status':'on','filter':'all'}},"
    "{'slug':'memes','title':'Mêmes','filters':{'filter-1':'on','filter-1-value':'{{ form_var_nom }}',"
    "'filter-1-operator':'eq'}},"
    "{'slug':'autres','title':'Autres','filters':{'filter-2':'on','filter-2-value':'B1','filter-2-operator':'ne',"
    "'filter-status':'on','filter':'ok','filter-operator':'ne'}},"
    "{'slug':'casse','title':'Cassée','filters':{'filter-99':'on','filter-99-value':'x'}}],'fields':["
    "{'id':'1','type':'string','label':'Nom','varname':'nom','display_locations':['listings']},"
    "{'id':'2','type':'string','label':'Code','varname':'code'},"
    "{'id':'3','type':'text','label':'Texte','varname':'texte'},"
    "{'id':'4','type':'email','label':'Courriel','varname':'courriel'},"
    "{'id':'5','type':'date','label':'Jour','varname':'jour','display_locations':['listings']},"
    "{'id':'6','type':'item','label':'Choix','varname':'choix','items':['vert','bleu'],"
    "'display_locations':['listings']},"
    "{'id':'7','type':'items','label':'Choix','varname':'plusieurs','items':['a','b','c']},"
    "{'id':'8','type':'numeric','label':'Nombre','varname':'nombre','restrict_to_integers':false,"
    "'display_locations':['listings']},"
    "{'id':'9','type':'bool','label':'Case','varname':'case','display_locations':['listings']},"
    "{'id':'10','type':'file','label':'Plan','varname':'plan'},"
    "{'id':'11','type':'title','label':'Titre','varname':'titre'},"
    "{'id':'12','type':'string','label':'Autre code','varname':'code'},"
    "{'id':'14','type':'item','label':'Choix','varname':'source','source':{'type':'jsonvalue','value':'[]'},"
    "'display_locations':['listings']},"
    "{'id':'13','type':'computed','label':'Calcul','varname':'calcul','value_template':'{{ 1 }}'}]}";

static const char workflow[] =
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],"
    "'backoffice_fields':[{'id':'bo1','type':'string','label':'Note','varname':'note'}],'statuses':["
    "{'id':'new','name':'Nouveau','actions':[{'type':'jump','id':'1','mode':'immediate','status':'double',"
    "'condition':'form_objects|filter_by:\\\"nom\\\"|filter_value:form_var_nom|count > 1'},"
    "{'type':'choice','id':'2','label':'Accepter','by':['_receiver'],'status':'ok'}]},"
    "{'id':'double','name':'En double','actions':[{'type':'choice','id':'1','label':'Accepter','by':['_receiver'],"
    "'status':'ok'}]},{'id':'ok','name':'Acceptée','actions':[]}]}";

struct rows __real_tx_query_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
struct rows __wrap_tx_query_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
struct rows __real_tx_query_planned(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
struct rows __wrap_tx_query_planned(struct tx *tx, const char *text, const struct sql_param *params, size_t count);

static struct {
    int statements;
    int explains; /* the next statement is explained to plan: a number that was not used yet; 0: it is not */
    char texts[6][32 << 10], plan[8 << 10];
} seen;

/* Statements are prepared under the address of their text: each has one of its own. */
static void explain(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    char *explained = seen.texts[seen.explains];
    seen.explains = 0;
    snprintf(explained, sizeof seen.texts[0], "EXPLAIN QUERY PLAN %s", text);
    struct rows rows = __real_tx_query_params(tx, explained, params, count);
    size_t at = 0;
    while (rows_next(&rows)) {
        str line = rows_text(&rows, 3);
        at += (size_t)snprintf(seen.plan + at, sizeof seen.plan - at, "%.*s\n", STR_ARG(line));
    }
    assert_true(rows_end(&rows, NULL));
}

static void see(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    seen.statements++;
    if (seen.explains)
        explain(tx, text, params, count);
}

struct rows __wrap_tx_query_planned(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    see(tx, text, params, count);
    return __real_tx_query_planned(tx, text, params, count);
}

struct rows __wrap_tx_query_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count)
{
    see(tx, text, params, count);
    return __real_tx_query_params(tx, text, params, count);
}

struct desk {
    struct counterwork work;
    struct render_log log;
    struct scope scope;
};

static bool desk_open(struct desk *desk, void **state)
{
    struct test_stores *test = *state;
    if (!test)
        return false;
    *desk = (struct desk){0};
    counterwork_make(&desk->work, form, workflow);
    counterwork_open(&desk->work, test, test->name);
    return true;
}

#define DESK_OR_SKIP(name)                                                                                             \
    struct desk name;                                                                                                  \
    if (!desk_open(&name, state))                                                                                      \
    skip()

static const struct dossier *file(struct desk *desk, const char *answers, int64_t account)
{
    struct err err = {0};
    const struct dossier *dossier = NULL;
    struct filing filing = {.form = desk->work.form, .answers = json_of(desk->work.arena, answers), .account = account};
    test_now += INSTANT_SECOND;
    if (!dossier_file(&desk->work.place, &filing, &dossier, NULL, &err))
        print_error("%s %s\n", err.message, err.detail);
    assert_non_null(dossier);
    return dossier;
}

/* What the text gives in the scope of a dossier; NULL: that of the site. */
static str text_of(struct desk *desk, const struct dossier *dossier, const char *text)
{
    struct arena *arena = desk->work.arena;
    struct dossier_place *place = &desk->work.place;
    struct err err = {0};
    struct template *template =
        template_compile(arena, str_of(text), &(struct template_settings){.kind = TEMPLATE_TEXT}, &err);
    if (!template)
        print_error("%s: %s\n", text, err.message);
    assert_non_null(template);
    desk->log.len = 0;
    seen.statements = 0;
    struct value site = dossier_site_scope(place);
    struct render render = {.arena = arena,
                            .scope = dossier ? dossier_scope(place, desk->work.form, NULL, dossier) : site,
                            .site = site,
                            .lang = STR("fr"),
                            .now = test_now,
                            .log = &desk->log};
    return template_text(template, &render);
}

/* {{ forms|objects:"permis"|FILTERS|count }} */
static int count_of(struct desk *desk, const char *filters)
{
    str text = str_fmt(desk->work.arena, "{{ forms|objects:\"permis\"%s%s|count }}", *filters ? "|" : "", filters);
    int64_t count = -1;
    assert_true(str_to_int64(text_of(desk, NULL, text.ptr), &count));
    return (int)count;
}

struct finding {
    const char *filters;
    int count;
};

static void check_findings(struct desk *desk, const struct finding *findings, size_t len)
{
    bool ok = true;
    for (size_t i = 0; i < len; i++) {
        int count = count_of(desk, findings[i].filters);
        if (count != findings[i].count || desk->log.len > 0 || seen.statements > 1) {
            print_error("%s: %d, not %d; %d statements %.*s\n", findings[i].filters, count, findings[i].count,
                        seen.statements, STR_ARG(desk->log.len ? desk->log.at[0].message : STR_EMPTY));
            ok = false;
        }
    }
    assert_true(ok);
}
#define CHECK_FINDINGS(desk, findings) check_findings(desk, findings, sizeof(findings) / sizeof *(findings))

/* Nothing is found, no statement is run, and it is told. */
static void check_faults(struct desk *desk, const char *const *filters, size_t len)
{
    bool ok = true;
    for (size_t i = 0; i < len; i++) {
        int count = count_of(desk, filters[i]);
        if (count != 0 || desk->log.len != 1 || desk->log.at[0].line != 1 || seen.statements != 0) {
            print_error("%s: %d found, %d faults, %d statements\n", filters[i], count, (int)desk->log.len,
                        seen.statements);
            ok = false;
        }
    }
    assert_true(ok);
}
#define CHECK_FAULTS(desk, filters) check_faults(desk, filters, sizeof(filters) / sizeof *(filters))

/* ---- Each type ---- */

static void texts_are_compared_whole_and_by_bytes(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'1':'Ana','3':'Une École* de 10%','4':'ana@exemple.fr'}", 0);
    file(&desk, "{'1':'Bob','3':'école [a^b] (x.y)','4':'Bob@exemple.fr'}", 0);
    file(&desk, "{'1':'Zoé'}", 0);
    file(&desk, "{'2':'x'}", 0);
    static const struct finding findings[] = {
        {"", 4},
        {"filter_by:'nom'|filter_value:'Ana'", 1},
        {"filter_by:'nom'|equal|filter_value:'Ana'", 1},
        {"filter_by:'nom'|filter_value:'ana'", 0},
        {"filter_by:'nom'|i_equal|filter_value:'aNA'", 1},
        {"filter_by:'nom'|i_equal|filter_value:'ZOÉ'", 1},
        {"filter_by:'nom'|i_equal|filter_value:'Zo'", 0},
        {"filter_by:'nom'|exclude_value:'Ana'", 3},
        {"filter_by:'nom'|not_equal|filter_value:'Ana'", 3},
        {"filter_by:'nom'|less_than|filter_value:'Bob'", 1},
        {"filter_by:'nom'|less_than_or_equal|filter_value:'Bob'", 2},
        {"filter_by:'nom'|greater_than|filter_value:'Bob'", 1},
        {"filter_by:'nom'|greater_than_or_equal|filter_value:'Bob'", 2},
        {"filter_by:'nom'|in|filter_value:'Ana | Zoé|Max'", 2},
        {"filter_by:'nom'|in|filter_value:''", 0},
        {"filter_by:'nom'|not_in|filter_value:'Ana|Zoé'", 1},
        {"filter_by:'nom'|between|filter_value:'A|C'", 2},
        {"filter_by:'nom'|between|filter_value:'Bob|Ana'", 1},
        {"filter_by:'nom'|absent", 1},
        {"filter_by:'nom'|existing", 3},
        {"filter_by:'nom'|filter_value:None", 1},
        {"filter_by:'nom'|exclude_value:None", 3},
        {"filter_by:'nom'|less_than|filter_value:None", 0},
        {"filter_by:'texte'|icontains|filter_value:'école'", 2},
        {"filter_by:'texte'|icontains|filter_value:'ECOLE'", 0},
        {"filter_by:'texte'|icontains|filter_value:'école*'", 1},
        {"filter_by:'texte'|icontains|filter_value:'[a^b]'", 1},
        {"filter_by:'texte'|icontains|filter_value:'(X.Y)'", 1},
        {"filter_by:'texte'|icontains|filter_value:'x?y'", 0},
        {"filter_by:'texte'|icontains|filter_value:'10%'", 1},
        {"filter_by:'texte'|icontains|filter_value:'\\\\'", 0},
        {"filter_by:'courriel'|filter_value:'ana@exemple.fr'", 1},
        {"filter_by:'courriel'|i_equal|filter_value:'bob@exemple.fr'", 1},
        {"filter_by:'courriel'|icontains|filter_value:'EXEMPLE'", 2},
        {"filter_by:'courriel'|in|filter_value:'ana@exemple.fr|x'", 1},
        {"filter_by:'courriel'|absent", 2},
        {"filter_by:'nom'|existing|filter_by:'courriel'|absent", 1},
    };
    CHECK_FINDINGS(&desk, findings);
    counterwork_free(&desk.work);
}

static void digits_are_ordered_as_numbers(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'1':'9'}", 0);
    file(&desk, "{'1':'10'}", 0);
    file(&desk, "{'1':'100'}", 0);
    file(&desk, "{'1':'01234567890'}", 0);
    file(&desk, "{'1':'13_12'}", 0);
    static const struct finding findings[] = {
        {"filter_by:'nom'|less_than|filter_value:'100'", 2},
        {"filter_by:'nom'|less_than|filter_value:100", 2},
        {"filter_by:'nom'|greater_than|filter_value:'0'", 3},
        {"filter_by:'nom'|between|filter_value:'10|101'", 2},
        {"filter_by:'nom'|filter_value:10", 1},
        {"filter_by:'nom'|filter_value:'1234567890'", 0},
        {"filter_by:'nom'|filter_value:'01234567890'", 1},
        {"filter_by:'nom'|filter_value:'1312'", 0},
        {"filter_by:'nom'|filter_value:'13_12'", 1},
    };
    CHECK_FINDINGS(&desk, findings);
    counterwork_free(&desk.work);
}

static void numbers_are_compared_by_value(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'8':'2.50'}", 0);
    file(&desk, "{'8':'10'}", 0);
    file(&desk, "{'8':'-3'}", 0);
    file(&desk, "{'1':'x'}", 0);
    static const struct finding findings[] = {
        {"filter_by:'nombre'|filter_value:2.5", 1},
        {"filter_by:'nombre'|filter_value:'2,5'", 1},
        {"filter_by:'nombre'|exclude_value:10", 3},
        {"filter_by:'nombre'|less_than|filter_value:10", 2},
        {"filter_by:'nombre'|less_than_or_equal|filter_value:'10'", 3},
        {"filter_by:'nombre'|greater_than|filter_value:-3", 2},
        {"filter_by:'nombre'|greater_than_or_equal|filter_value:-3", 3},
        {"filter_by:'nombre'|between|filter_value:'-3|10'", 2},
        {"filter_by:'nombre'|in|filter_value:'2.5|10|11'", 2},
        {"filter_by:'nombre'|not_in|filter_value:'2.5|11'", 2},
        {"filter_by:'nombre'|absent", 1},
        {"filter_by:'nombre'|existing", 3},
    };
    CHECK_FINDINGS(&desk, findings);
    counterwork_free(&desk.work);
}

static void dates_know_the_days_around_today(void **state)
{
    DESK_OR_SKIP(desk); /* Monday 14 December 2026 */
    static const char *const days[] = {"2026-12-13", "2026-12-14", "2026-12-15", "2026-12-20", "2026-12-21"};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        file(&desk, str_fmt(desk.work.arena, "{'5':'%s'}", days[i]).ptr, 0);
    file(&desk, "{'1':'x'}", 0);
    static const struct finding findings[] = {
        {"filter_by:'jour'|is_today", 1},
        {"filter_by:'jour'|is_tomorrow", 1},
        {"filter_by:'jour'|is_yesterday", 1},
        {"filter_by:'jour'|is_this_week", 3},
        {"filter_by:'jour'|is_future", 3},
        {"filter_by:'jour'|is_past", 1},
        {"filter_by:'jour'|is_today_or_future", 4},
        {"filter_by:'jour'|is_today_or_past", 2},
        {"filter_by:'jour'|filter_value:today", 1},
        {"filter_by:'jour'|filter_value:'15/12/2026'", 1},
        {"filter_by:'jour'|exclude_value:'2026-12-15'", 5},
        {"filter_by:'jour'|less_than|filter_value:today", 1},
        {"filter_by:'jour'|greater_than_or_equal|filter_value:'2026-12-20'", 2},
        {"filter_by:'jour'|between|filter_value:'2026-12-14|2026-12-20'", 2},
        {"filter_by:'jour'|in|filter_value:'2026-12-14|20/12/2026'", 2},
        {"filter_by:'jour'|not_in|filter_value:'2026-12-14'", 4},
        {"filter_by:'jour'|absent", 1},
    };
    CHECK_FINDINGS(&desk, findings);
    counterwork_free(&desk.work);
}

static void choices_are_compared_by_id_and_one_of_several_suffices(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *first =
        file(&desk, "{'6':'vert','6_display':'vert','7':['a','b'],'7_display':'A, B','9':true}", 0);
    file(&desk, "{'6':'3','6_display':'3','14':'x1','14_display':'Un','7':['c'],'7_display':'C','9':false}", 0);
    file(&desk, "{'10':{'blob':'00','name':'x.pdf','type':'application/pdf','size':1},'13':'calc'}", 0);
    static const struct finding findings[] = {
        {"filter_by:'choix'|filter_value:'vert'", 1},
        {"filter_by:'choix'|filter_value:3", 1},
        {"filter_by:'source'|filter_value:'x1'", 1},
        {"filter_by:'source'|filter_value:'Un'", 0},
        {"filter_by:'choix'|greater_than|filter_value:2", 1},
        {"filter_by:'choix'|exclude_value:'vert'", 2},
        {"filter_by:'choix'|in|filter_value:'vert|3'", 2},
        {"filter_by:'choix'|not_in|filter_value:'vert'", 1},
        {"filter_by:'choix'|absent", 1},
        {"filter_by:'plusieurs'|filter_value:'b'", 1},
        {"filter_by:'plusieurs'|filter_value:'b|c'", 2},
        {"filter_by:'plusieurs'|exclude_value:'b'", 2},
        {"filter_by:'plusieurs'|in|filter_value:'a|c'", 2},
        {"filter_by:'plusieurs'|not_in|filter_value:'a|b'", 2},
        {"filter_by:'plusieurs'|less_than|filter_value:'b'", 1},
        {"filter_by:'plusieurs'|filter_value:''", 1},
        {"filter_by:'plusieurs'|exclude_value:''", 2},
        {"filter_by:'plusieurs'|absent", 1},
        {"filter_by:'plusieurs'|existing", 2},
        {"filter_by:'case'|filter_value:True", 1},
        {"filter_by:'case'|filter_value:1", 1},
        {"filter_by:'case'|filter_value:'oui'", 1},
        {"filter_by:'case'|filter_value:False", 1},
        {"filter_by:'case'|exclude_value:True", 2},
        {"filter_by:'case'|absent", 1},
        {"filter_by:'plan'|existing", 1},
        {"filter_by:'plan'|absent", 2},
        {"filter_by:'calcul'|filter_value:'calc'", 1},
    };
    CHECK_FINDINGS(&desk, findings);
    assert_str(text_of(&desk, first, "{{ form_objects|filter_by:'choix'|filter_value:form_var_choix|count }}"), "1");
    assert_str(text_of(&desk, first, "{{ form_objects|filter_by:'plusieurs'|filter_value:form_var_plusieurs|count }}"),
               "1");
    counterwork_free(&desk.work);
}

static void one_name_of_several_fields_is_all_of_them(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'2':'a','12':'b'}", 0);
    file(&desk, "{'2':'b'}", 0);
    file(&desk, "{'bo1':'vu'}", 0);
    static const struct finding findings[] = {
        {"filter_by:'code'|filter_value:'a'", 1},        {"filter_by:'code'|filter_value:'b'", 2},
        {"filter_by:'code'|exclude_value:'b'", 1},       {"filter_by:'note'|filter_value:'vu'", 1},
        {"filter_by:'code'|in|filter_value:'a|b|c'", 2},
    };
    CHECK_FINDINGS(&desk, findings);
    counterwork_free(&desk.work);
}

static void what_has_no_sense_is_a_fault_and_finds_nothing(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'1':'Ana'}", 3);
    static const char *const filters[] = {
        "filter_by:'inconnu'|filter_value:'x'",
        "filter_by:'titre'|filter_value:'x'",
        "filter_by:''|filter_value:'x'",
        "filter_value:'x'",
        "absent",
        "filter_by:'nom'|is_today",
        "filter_by:'jour'|icontains|filter_value:'x'",
        "filter_by:'jour'|filter_value:'pas une date'",
        "filter_by:'nombre'|filter_value:'douze'",
        "filter_by:'nombre'|i_equal|filter_value:'1'",
        "filter_by:'case'|less_than|filter_value:True",
        "filter_by:'case'|in|filter_value:True",
        "filter_by:'courriel'|less_than|filter_value:'x'",
        "filter_by:'plan'|filter_value:'x'",
        "filter_by:'nom'|between|filter_value:'a|b|c'",
        "filter_by:'nom'|equal|exclude_value:'a'",
        "filter_by_status:'Nulle part'",
        "filter_by:'status'|less_than|filter_value:'Nouveau'",
        "filter_by:'number'|not_equal|filter_value:'1-1'",
        "filter_by:'internal_id'|icontains|filter_value:'1'",
        "filter_by:'internal_id'|i_equal|filter_value:'1'",
        "filter_by_internal_id:'x'",
        "filter_by_internal_id:None",
        "filter_by:'user'|not_equal|filter_value:'x'",
        "order_by:'inconnu'",
        "order_by:3",
        "with_custom_view:'x'",
        "filter_by_distance:1000",
        "distance_filter:1000",
        "filter_by:'distance'|filter_value:1000",
        "set_geo_center:form",
        "exclude_self",
        "same_user",
    };
    CHECK_FAULTS(&desk, filters);
    assert_str(text_of(&desk, NULL, "{{ forms|objects:'inconnu'|count }}"), "0");
    assert_int_equal(desk.log.len, 1);
    assert_str(text_of(&desk, NULL, "{{ cards|objects:'permis'|filter_by:'x'|count }}"), "0");
    assert_int_equal(desk.log.len, 1);
    assert_str(text_of(&desk, NULL, "{% for f in forms|objects:'x' %}a{% empty %}b{% endfor %}"), "b");
    assert_int_equal(count_of(&desk, "with_drafts"), 1);
    assert_int_equal(desk.log.len, 1);
    counterwork_free(&desk.work);
}

static void hostile_values_are_values(void **state)
{
    DESK_OR_SKIP(desk);
    struct arena *arena = desk.work.arena;
    const struct dossier *first = file(&desk, "{'1':'x'}", 0);
    static const str texts[] = {STR_INIT("O'Brien \"x\" \\ ; -- :a $1 [*?] %_ ^$"),
                                STR_INIT("\xE2\x80\x8B\xF0\x9F\x8C\xB3"), STR_INIT("{\"a\":1}"), STR_INIT("[1]")};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dossier other = *first;
        other.answers = json_keep(arena, json_object());
        json_set(other.answers, STR("1"), json_from_str(texts[i]));
        static const char *const operators[] = {"equal", "i_equal", "icontains", "in"};
        for (size_t k = 0; k < sizeof operators / sizeof *operators; k++) {
            str text =
                str_fmt(arena, "{{ form_objects|filter_by:'nom'|%s|filter_value:form_var_nom|count }}", operators[k]);
            assert_str(text_of(&desk, &other, text.ptr), "1");
            assert_int_equal(desk.log.len, 0);
        }
    }
    struct buf many = buf_new(arena, 1 << 16);
    for (int i = 0; i < 300; i++)
        buf_fmt(&many, "%d|", i);
    str text =
        str_fmt(arena, "{{ form_objects|filter_by:'nom'|in|filter_value:'%.*s'|count }}", STR_ARG(buf_str(&many)));
    assert_str(text_of(&desk, first, text.ptr), "0");
    assert_int_equal(desk.log.len, 1);
    assert_int_equal(seen.statements, 0);
    struct dossier hidden = *first;
    hidden.answers = json_of(arena, "{'1':'a\\u0000b'}");
    assert_str(text_of(&desk, &hidden, "{{ form_objects|filter_by:'nom'|filter_value:form_var_nom|count }}"), "0");
    assert_int_equal(desk.log.len, 1);
    counterwork_free(&desk.work);
}

/* ---- What every dossier has ---- */

static void status_user_and_numbers_are_filtered(void **state)
{
    DESK_OR_SKIP(desk);
    struct err err = {0};
    const struct dossier *mine = file(&desk, "{'1':'Ana'}", 3), *other = file(&desk, "{'1':'Bob'}", 9);
    const struct dossier *nobody = file(&desk, "{'1':'Zoé'}", 0);
    struct event accept = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2")};
    assert_true(dossier_perform(&desk.work.place, other, &accept, NULL, &err));
    static const struct finding findings[] = {
        {"filter_by_status:'Nouveau'", 2},
        {"filter_by:'status'|filter_value:'Acceptée'", 1},
        {"filter_by:'status'|exclude_value:'Nouveau'", 1},
        {"pending", 2},
        {"done", 1},
        {"pending|done", 0},
        {"current_user", 1},
        {"filter_by_user:'remi@exemple.fr'", 1},
        {"filter_by_user:'u-3'", 1},
        {"filter_by_user:'inconnu@exemple.fr'", 0},
        {"filter_by_internal_id:2", 1},
        {"filter_by:'internal_id'|greater_than|filter_value:1", 2},
        {"filter_by:'internal_id'|less_than_or_equal|filter_value:'2'", 2},
        {"filter_by:'internal_id'|in|filter_value:'1,3|7'", 2},
        {"filter_by:'internal_id'|not_in|filter_value:'1|3'", 1},
        {"filter_by:'internal_id'|not_equal|filter_value:1", 2},
        {"filter_by_number:'1-2'", 1},
        {"filter_by:'number'|filter_value:'2-2'", 0},
        {"filter_by_number:'n’importe quoi'", 0},
        {"filter_by_identifier:'1-3'", 1},
        {"filter_by_identifier:3", 1},
    };
    CHECK_FINDINGS(&desk, findings);
    assert_str(text_of(&desk, mine, "{{ form_objects|exclude_self|count }}"), "2");
    assert_str(text_of(&desk, mine, "{{ form_objects|same_user|count }}"), "1");
    assert_str(text_of(&desk, mine, "{{ form_objects|filter_by_user:form_user|count }}"), "1");
    assert_str(text_of(&desk, nobody, "{{ form_objects|same_user|count }}"), "3");
    assert_str(text_of(&desk, mine, "{{ form_objects_count }} {{ form.objects.pending|count }}"), "3 2");
    assert_int_equal(desk.log.len, 0);
    counterwork_free(&desk.work);
}

static bool run_text(struct tx *tx, void *text, struct err *err)
{
    return tx_run_params(tx, text, NULL, 0, NULL, err);
}

static void what_is_gone_or_blanked_is_not_found(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'1':'Ana'}", 0);
    file(&desk, "{'1':'Ana'}", 0);
    struct dossier_place *place = &desk.work.place;
    static const char *const blank[] = {"UPDATE dossier SET is_removed = 1 WHERE sequence = 1",
                                        "UPDATE dossier SET is_anonymised = 1 WHERE sequence = 2"};
    for (int i = 0; i < 2; i++) {
        struct err err = {0};
        assert_true(store_write(place->store, run_text, (void *)(uintptr_t)blank[i], &err));
        assert_int_equal(count_of(&desk, "filter_by:'nom'|filter_value:'Ana'"), 1 - i);
    }
    counterwork_free(&desk.work);
}

/* ---- Reading ---- */

static void items_are_dossiers_as_form_is(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *first = file(&desk, "{'1':'Ana','8':'2.50'}", 3);
    file(&desk, "{'1':'Bob','8':'10'}", 0);
    static const struct {
        const char *text, *gives;
        int statements;
    } cases[] = {
        {"{{ forms|objects:'permis'|first|get:'nom' }}", "Ana", 1},
        {"{{ forms|objects:'permis'|last|get:'form_var_nom' }}", "Bob", 1},
        {"{{ forms|objects:'permis'|first|get:'var_nom' }}", "Ana", 1},
        {"{{ forms|objects:'permis'|first|get:'form_number' }}", "1-1", 1},
        {"{% with q=forms|objects:'permis' %}{{ q.1.form_var_nom }} {{ q.1.number }} {{ q.0.nom }} {{ q|length }}"
         "{% endwith %}",
         "Bob 1-2 Ana 2", 1},
        {"{% for d in form_objects %}{{ d.form_number }}:{{ d.var.nom|upper }}:{{ d.form_status }}:{{ d.form_name }};"
         "{% endfor %}",
         "1-1:ANA:Nouveau:Permis;1-2:BOB:Nouveau:Permis;", 1},
        {"{{ form_objects|order_by:'-nom'|getlist:'nom'|join:',' }}", "Bob,Ana", 1},
        {"{% if 'Bob' in form_objects|getlist:'nom' %}oui{% endif %}", "oui", 1},
        {"{{ form_objects|getlistdict:'nom:n'|first|get:'n' }}", "Ana", 1},
        {"{{ form_objects|getlist:'nombre'|sum }}", "12.50", 1},
        {"{% for d in form_objects %}{{ d.form_previous_status }}{{ d.form_status_changed }};{% endfor %}",
         "True;True;", 2},
        {"{% if form_objects|filter_by:'nom'|filter_value:'Ana' %}oui{% endif %}", "oui", 1},
        {"{{ form_objects|filter_by:'nom'|filter_value:'X'|is_empty }}", "True", 1},
        {"{{ form_objects|filter_by:'nom'|filter_value:'X'|first }}", "", 1},
        {"{{ form_objects|filter_by:'nom'|filter_value:form_var_nom|count }}", "1", 1},
        {"{% with q=form_objects|pending %}{{ q|count }}{{ q|count }}{% endwith %}", "22", 1},
        {"{% with q=form_objects|filter_by:'nom' %}{{ q|filter_value:'Ana'|count }}{{ q|exclude_value:'Ana'|count }}"
         "{{ q|count }}{% endwith %}",
         "112", 3},
        {"{% with a=form_objects|filter_by:'nom'|filter_value:'x'|order_by:'-nom' %}{% endwith %}", "", 0},
        {"{{ forms.permis.objects|count }}", "2", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str gives = text_of(&desk, first, cases[i].text);
        if (!str_eq(gives, str_of(cases[i].gives)) || seen.statements != cases[i].statements || desk.log.len)
            print_error("%s: %.*s, %d statements, %d faults\n", cases[i].text, STR_ARG(gives), seen.statements,
                        (int)desk.log.len);
        assert_str(gives, cases[i].gives);
        assert_int_equal(seen.statements, cases[i].statements);
        assert_int_equal(desk.log.len, 0);
    }
    counterwork_free(&desk.work);
}

static void what_has_no_answer_comes_last_and_first_when_turned(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *any = file(&desk, "{'1':'c','8':'9','5':'2026-01-02'}", 0);
    file(&desk, "{'1':'a','8':'10'}", 0);
    file(&desk, "{'1':'b','5':'2025-01-02'}", 0);
    file(&desk, "{'1':'b'}", 0);
    static const struct {
        const char *order, *gives;
    } cases[] = {
        {"nom", "2341"},
        {"-nom", "1432"},
        {"nombre", "1234"},
        {"-nombre", "4321"},
        {"jour", "3124"},
        {"-jour", "4213"},
        {"receipt_time", "1234"},
        {"-receipt_time", "4321"},
        {"id", "1234"},
        {"-internal_id", "4321"},
        {"-last_update_time", "4321"},
        {"status", "4123"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str text = str_fmt(desk.work.arena, "{{ form_objects|order_by:'%s'|getlist:'form_internal_id'|join:'' }}",
                           cases[i].order);
        str gives = text_of(&desk, any, text.ptr);
        if (!str_eq(gives, str_of(cases[i].gives)))
            print_error("%s: %.*s\n", cases[i].order, STR_ARG(gives));
        assert_str(gives, cases[i].gives);
        text = str_fmt(desk.work.arena,
                       "{%% with q=form_objects|order_by:'%s' %%}{{ q|first|get:'form_internal_id' }}"
                       "{{ q|last|get:'form_internal_id' }}{%% endwith %%}",
                       cases[i].order);
        str ends = str_fmt(desk.work.arena, "%c%c", cases[i].gives[0], cases[i].gives[3]);
        assert_true(str_eq(text_of(&desk, any, text.ptr), ends));
    }
    counterwork_free(&desk.work);
}

/* ---- Saved views ---- */

static void a_view_filters_and_sorts(void **state)
{
    DESK_OR_SKIP(desk);
    file(&desk, "{'1':'Anne','2':'A1','6':'vert'}", 1);
    const struct dossier *zoe = file(&desk, "{'1':'Zoé','2':'B1','6':'vert'}", 1);
    file(&desk, "{'1':'Luc','2':'C1','6':'bleu'}", 2);
    static const struct finding findings[] = {
        {"with_custom_view:'verts'", 2},
        {"with_custom_view:'verts'|filter_by:'nom'|filter_value:'Zoé'", 1},
        {"with_custom_view:'autres'", 2},
        {"with_custom_view:'memes'", 0}, /* nobody's name is known here */
    };
    CHECK_FINDINGS(&desk, findings);
    assert_str(text_of(&desk, NULL, "{{ forms|objects:'permis'|with_custom_view:'verts'|getlist:'nom'|join:',' }}"),
               "Zoé,Anne");
    assert_str(text_of(&desk, zoe, "{{ forms|objects:'permis'|with_custom_view:'memes'|getlist:'code'|join:',' }}"),
               "B1");
    static const char *const faults[] = {"with_custom_view:'inconnue'", "with_custom_view:'casse'"};
    CHECK_FAULTS(&desk, faults);
    counterwork_free(&desk.work);
}

/* ---- Many ---- */

enum { MANY = 10000 };

/* As many as filing would write, without what a query does not read. */
static bool write_many(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    static const struct sql dossiers = {
        "WITH n AS (WITH RECURSIVE c (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i < :count) SELECT i FROM c)"
        " INSERT INTO dossier SELECT id + n.i, uuid, code || n.i, form, form_version, form_name, workflow,"
        " workflow_version, form_number, n.i, n.i % 500 + 1, submitter_name, email, channel, agent, status,"
        " status_name, status_colour, public_status, received, updated, arrived, is_final, waits_for_submitter,"
        " summary, revision, is_anonymised, is_removed, '{\"1\":\"nom' || n.i || '\",\"2\":\"c' || (n.i % 100) ||"
        " '\",\"8\":\"' || n.i || '\"}', data, marks, '', 0, '', 0, '', '', '', '' FROM dossier, n WHERE sequence = 1",
        "INSERT INTO dossier SELECT id + n.i, uuid, code || n.i, form, form_version, form_name, workflow,"
        " workflow_version, form_number, n.i, n.i % 500 + 1, submitter_name, email, channel, agent, status,"
        " status_name, status_colour, public_status, received, updated, arrived, is_final, waits_for_submitter,"
        " summary, revision, is_anonymised, is_removed, '{\"1\":\"nom' || n.i || '\",\"2\":\"c' || (n.i % 100) ||"
        " '\",\"8\":\"' || n.i || '\"}', data, marks, '', 0, '', 0, '', '', '', '' FROM dossier, generate_series(2, "
        ":count) AS "
        "n (i)"
        " WHERE sequence = 1"};
    static const char names[] = "INSERT INTO dossier_value SELECT form, '1', 'nom' || sequence, id, NULL FROM dossier"
                                " WHERE sequence > 1";
    static const char numbers[] = "INSERT INTO dossier_value SELECT form, '8', CAST(sequence AS TEXT), id, sequence"
                                  " FROM dossier WHERE sequence > 1";
    static const char listings[] =
        "INSERT INTO dossier_listing (role, phase, received, dossier, form, status, updated)"
        " SELECT '*', CASE WHEN sequence > 9990 THEN 1 ELSE 0 END, received, id, form, status, updated FROM dossier"
        " WHERE sequence > 1";
    return tx_run(tx, sql_for(tx, &dossiers), err, P_INT("count", MANY)) && tx_run(tx, names, err) &&
           tx_run(tx, numbers, err) && tx_run(tx, listings, err);
}

static void among_many_an_index_leads(void **state)
{
    DESK_OR_SKIP(desk);
    struct err err = {0};
    file(&desk, "{'1':'nom1','2':'c1','8':'1'}", 1);
    bool ok = store_write(desk.work.place.store, write_many, NULL, &err);
    if (!ok)
        print_error("%s %s\n", err.message, err.detail);
    assert_true(ok);
    static const struct finding findings[] = {
        {"", MANY},
        {"filter_by:'nom'|filter_value:'nom77'", 1},
        {"filter_by:'nombre'|less_than|filter_value:50", 49},
        {"filter_by:'nombre'|greater_than|filter_value:9990", 10},
        {"filter_by_number:'1-5000'", 1},
        {"filter_by_identifier:5000", 1},
        {"current_user", 20},
        {"filter_by:'code'|filter_value:'c7'", 100},
        {"filter_by:'nom'|icontains|filter_value:'NOM999'", 11},
    };
    CHECK_FINDINGS(&desk, findings);
    for (int i = 1; i <= 5 && store_engine(desk.work.place.store) == STORE_SQLITE; i++) {
        seen.explains = i;
        count_of(&desk, findings[i].filters);
        bool scans = strstr(seen.plan, "SCAN v") || strstr(seen.plan, "SCAN o") || !strstr(seen.plan, "SEARCH d USING");
        if (scans)
            print_error("%s:\n%s\n", findings[i].filters, seen.plan);
        assert_false(scans);
        assert_non_null(strstr(seen.plan, i <= 3 ? "SEARCH v USING" : "SEARCH d USING INDEX dossier_number"));
    }
    counterwork_free(&desk.work);
}

static void a_thousand_are_read_and_the_rest_is_told(void **state)
{
    DESK_OR_SKIP(desk);
    struct err err = {0};
    file(&desk, "{'1':'nom1','2':'c1','8':'1'}", 1);
    assert_true(store_write(desk.work.place.store, write_many, NULL, &err));
    assert_str(text_of(&desk, NULL,
                       "{% for d in forms|objects:'permis' %}{% if forloop.last %}{{ forloop.counter }}"
                       "{% endif %}{% endfor %}"),
               "1000");
    assert_int_equal(desk.log.len, 1);
    assert_int_equal(seen.statements, 1);
    assert_str(text_of(&desk, NULL, "{{ forms|objects:'permis'|last|get:'nom' }}"), "nom10000");
    assert_str(text_of(&desk, NULL, "{{ forms|objects:'permis'|order_by:'-nombre'|first|get:'nom' }}"), "nom10000");
    counterwork_free(&desk.work);
}

/* ---- A field that was not always listed ---- */

static const struct form *versions[4];

static const struct form *form_of_version(const void *data, str slug, int64_t version)
{
    (void)data;
    (void)slug;
    return version >= 0 && version < 4 ? versions[version] : NULL;
}

static void a_field_listed_since_is_found_in_older_dossiers_too(void **state)
{
    DESK_OR_SKIP(desk);
    struct err err = {0};
    struct arena *arena = desk.work.arena;
    static const char *const places[] = {"validation", "listings", "listings"};
    for (int i = 1; i <= 3; i++) {
        str text = str_fmt(arena,
                           "{'kind':'form','slug':'permis','name':'P','workflow':'w','fields':[{'id':'1','type':"
                           "'string','label':'Nom','varname':'nom','display_locations':['%s']}]}",
                           places[i - 1]);
        versions[i] = form_compile(arena, json_of(arena, text.ptr), i, NULL, &err);
        assert_non_null(versions[i]);
    }
    versions[0] = versions[3];
    desk.work.definitions.form = form_of_version;
    for (int i = 1; i <= 3; i++) {
        desk.work.form = versions[i];
        file(&desk, "{'1':'Ana'}", 0);
    }
    assert_int_equal(count_of(&desk, "filter_by:'nom'|filter_value:'Ana'"), 3);
    assert_int_equal(seen.statements, 1);
    counterwork_free(&desk.work);
}

/* ---- From a workflow ---- */

static void a_condition_counts_the_dossiers_like_this_one(void **state)
{
    DESK_OR_SKIP(desk);
    assert_str(file(&desk, "{'1':'Ana'}", 0)->status, "new");
    assert_str(file(&desk, "{'1':'Bob'}", 0)->status, "new");
    assert_str(file(&desk, "{'1':'Ana'}", 0)->status, "double");
    counterwork_free(&desk.work);
}

static void the_dossier_at_hand_counts_as_it_is_now(void **state)
{
    DESK_OR_SKIP(desk);
    struct dossier changed = *file(&desk, "{'1':'Ana'}", 3);
    file(&desk, "{'1':'Bob'}", 0);
    struct dossier *fresh = counterwork_dossier(&desk.work, "{'1':'Ana','8':'5'}");
    changed.answers = json_of(desk.work.arena, "{'1':'Zoé'}");
    changed.status = STR("ok");
    changed.is_final = true;
    assert_str(text_of(&desk, &changed, "{{ form_objects|filter_by:'nom'|filter_value:'Ana'|count }}"), "0");
    assert_str(text_of(&desk, &changed, "{{ form_objects|order_by:'-nom'|getlist:'nom'|join:',' }}"), "Zoé,Bob");
    assert_str(text_of(&desk, &changed, "{{ form_objects|done|count }}{{ form_objects|pending|count }}"), "11");
    assert_str(text_of(&desk, fresh, "{{ form_objects|filter_by:'nom'|filter_value:'Ana'|count }}"), "2");
    assert_str(text_of(&desk, fresh, "{{ form_objects|filter_by:'nombre'|filter_value:5|first|get:'nom' }}"), "Ana");
    assert_str(text_of(&desk, fresh, "{{ form_objects|exclude_self|count }}"), "2");
    assert_str(text_of(&desk, fresh, "{{ form_objects|same_user|count }}"), "2");
    assert_str(text_of(&desk, fresh, "{{ form_objects|last|get:'form_number' }}"), "1-2");
    counterwork_free(&desk.work);
}

/* ---- Persons ---- */

static void roles_of_three(void *data, struct arena *arena, int64_t account, struct dossier_roles *out)
{
    (void)data;
    if (account == 3)
        *vec_push(arena, out) = (struct workflow_role){STR("urbanisme"), STR("Service de l’urbanisme")};
}

static void persons_tell_their_roles(void **state)
{
    DESK_OR_SKIP(desk);
    desk.work.place.roles_of = roles_of_three;
    const struct dossier *mine = file(&desk, "{'1':'Ana'}", 3);
    assert_str(text_of(&desk, mine, "{{ session_user|has_role:'Service de l’urbanisme' }}"), "True");
    assert_str(text_of(&desk, mine, "{{ form_user|has_role:'urbanisme' }}"), "True");
    assert_str(text_of(&desk, mine, "{{ session_user|has_role:'agents' }}"), "False");
    assert_str(text_of(&desk, mine, "{{ session_user|roles|join:', ' }}"), "Service de l’urbanisme");
    assert_str(text_of(&desk, mine, "{{ form_var_nom|has_role:'x' }}{{ null|has_role:'x' }}{{ null|roles|count }}"),
               "FalseFalse0");
    assert_int_equal(desk.log.len, 0);
    assert_str(text_of(&desk, mine, "{{ session_user|get_preference:'x' }}"), "");
    assert_int_equal(desk.log.len, 1);
    counterwork_free(&desk.work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH_STORES(texts_are_compared_whole_and_by_bytes),
        ON_BOTH_STORES(digits_are_ordered_as_numbers),
        ON_BOTH_STORES(numbers_are_compared_by_value),
        ON_BOTH_STORES(dates_know_the_days_around_today),
        ON_BOTH_STORES(choices_are_compared_by_id_and_one_of_several_suffices),
        ON_BOTH_STORES(one_name_of_several_fields_is_all_of_them),
        ON_BOTH_STORES(what_has_no_sense_is_a_fault_and_finds_nothing),
        ON_BOTH_STORES(hostile_values_are_values),
        ON_BOTH_STORES(a_view_filters_and_sorts),
        ON_BOTH_STORES(status_user_and_numbers_are_filtered),
        ON_BOTH_STORES(what_is_gone_or_blanked_is_not_found),
        ON_BOTH_STORES(items_are_dossiers_as_form_is),
        ON_BOTH_STORES(what_has_no_answer_comes_last_and_first_when_turned),
        ON_BOTH_STORES(among_many_an_index_leads),
        ON_BOTH_STORES(a_thousand_are_read_and_the_rest_is_told),
        ON_BOTH_STORES(a_field_listed_since_is_found_in_older_dossiers_too),
        ON_BOTH_STORES(a_condition_counts_the_dossiers_like_this_one),
        ON_BOTH_STORES(the_dossier_at_hand_counts_as_it_is_now),
        ON_BOTH_STORES(persons_tell_their_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

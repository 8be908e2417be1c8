/* How urgent a dossier is: what the action makes of its level, what templates read of it, and the lists that have the
 * most urgent first, page by page. */
#include "counterwork.h"
#include "stores.h"

#include "dossiers/tables.h"

static const char form[] =
    "{'kind':'form','slug':'permis','name':'Permis','workflow':'w','functions':{'_receiver':'urbanisme'},"
    "'custom_views':[{'slug':'rouges','title':'Rouges','order_by':'-criticality_level','filters':"
    "{'filter-criticality-level':'on','filter-criticality-level-value':'2'}}],'fields':["
    "{'id':'1','type':'string','label':'Nom','varname':'nom','display_locations':['listings']}]}";

#define LEVELS                                                                                                         \
    "'criticality_levels':[{'id':'a','name':'Verte','colour':'#00FF00'},{'id':'b','name':'Jaune'},"                    \
    "{'id':'c','name':'Rouge','colour':'FF0000'}],"
#define BUTTON(id, action)                                                                                             \
    "{'id':'" id "','name':'" id "','triggers':[{'type':'manual','id':'m','roles':['_receiver']}],'actions':["         \
    "{'type':'modify_criticality','id':'1'," action "}]}"
#define WORKFLOW(levels)                                                                                               \
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}]," levels          \
    "'statuses':[{'id':'new','name':'Nouveau','actions':["                                                             \
    "{'type':'modify_criticality','id':'1','mode':'3','absolute_value':'1','condition':'form_var_nom|startswith:"      \
    "\\\"jaune\\\"'},{'type':'modify_criticality','id':'2','mode':'3','absolute_value':'2','condition':"               \
    "'form_var_nom|startswith:\\\"rouge\\\"'},{'type':'choice','id':'3','label':'Finir','by':['_receiver'],"           \
    "'status':'fin'}]},{'id':'fin','name':'Fini','actions':[]}],'global_actions':[" BUTTON(                            \
        "plus", "'mode':'1'") "," BUTTON("moins", "'mode':'2'") "," BUTTON("haut", "'mode':'3',"                       \
                                                                                   "'absolute_value':'9'") "]}"

static struct change *start(struct counterwork *work, const struct dossier *dossier, const char *global)
{
    struct event event = {.kind = EVENT_GLOBAL, .actor = test_agent, .action = str_of(global)};
    return counterwork_do(work, dossier, &event);
}

static str read_name(struct counterwork *work, const struct dossier *dossier, const char *source)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT};
    struct err err = {0};
    const struct template *template = template_compile(work->arena, str_of(source), &settings, &err);
    struct render render = {.arena = work->arena, .scope = dossier_scope(&work->place, work->form, NULL, dossier)};
    return template_text(template, &render);
}

static bool tells_of_level(const json_t *parts)
{
    bool tells = false;
    for (size_t i = 0; i < json_array_size(parts); i++)
        tells |= str_eq(json_str(json_array_get(parts, i), "type"), STR("level"));
    return tells;
}

static void a_level_stays_within_those_there_are(void **state)
{
    (void)state;
    static const struct {
        const char *global;
        int level;
        const char *shown;
    } steps[] = {{"moins", 0, "0 Verte"},  {"plus", 1, "101 Jaune"},  {"plus", 2, "102 Rouge"},
                 {"plus", 2, "102 Rouge"}, {"moins", 1, "101 Jaune"}, {"moins", 0, "0 Verte"},
                 {"haut", 2, "102 Rouge"}};
    struct counterwork work;
    counterwork_make(&work, form, WORKFLOW(LEVELS));
    const struct dossier *dossier = counterwork_file(&work, "{'1':'x'}")->after;
    assert_int_equal(dossier->level, 0);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct change *change = start(&work, dossier, steps[i].global);
        assert_int_equal(tells_of_level(entry_parts(&change->entries.at[0])), steps[i].level != dossier->level);
        dossier = change->after;
        assert_int_equal(dossier->level, steps[i].level);
        assert_str(read_name(&work, dossier, "{{ form_criticality_level }} {{ form_criticality_label }}"),
                   steps[i].shown);
    }
    counterwork_free(&work);
}

static void a_circuit_without_levels_has_none(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form, WORKFLOW(""));
    assert_true(workflow_reports(work.workflow)->len > 0);
    const struct dossier *dossier = start(&work, counterwork_file(&work, "{'1':'x'}")->after, "plus")->after;
    assert_int_equal(dossier->level, 0);
    assert_str(read_name(&work, dossier, "{{ form_criticality_level }} {{ form_criticality_label|default:\"-\" }}"),
               "0 -");
    counterwork_free(&work);
}

/* A circuit that lost levels: what is above the last counts as the last. */
static void fewer_levels_than_before(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form, WORKFLOW(LEVELS));
    struct dossier *dossier = counterwork_file(&work, "{'1':'rouge'}")->after;
    assert_int_equal(dossier->level, 2);
    dossier->level = 7;
    assert_str(workflow_level_of(work.workflow, dossier)->name, "Rouge");
    assert_int_equal(start(&work, dossier, "moins")->after->level, 1);
    counterwork_free(&work);
}

/* ---- Lists ---- */

static void file_named(struct counterwork *work, const char *name)
{
    struct err err = {0};
    const struct dossier *dossier = NULL;
    str answers = str_fmt(work->arena, "{'1':'%s'}", name);
    struct filing filing = {.form = work->form, .answers = json_of(work->arena, answers.ptr)};
    test_now += INSTANT_SECOND;
    assert_true(dossier_file(&work->place, &filing, &dossier, NULL, &err));
}

/* Their summaries, gone through in pages of so many. */
static str listed(struct counterwork *work, struct dossier_query *query, size_t limit)
{
    struct buf out = buf_new(work->arena, 4096);
    struct dossier_page page;
    struct err err = {0};
    query->limit = limit;
    query->cursor = STR_EMPTY;
    do {
        assert_true(dossier_list(&work->place, query, &page, &err));
        for (size_t i = 0; i < page.lines.len; i++)
            buf_fmt(&out, "%s%.*s", out.len ? " " : "", STR_ARG(page.lines.at[i].summary));
        query->cursor = page.next;
    } while (page.next.len);
    return buf_str(&out);
}

static void the_most_urgent_come_first(void **state)
{
    struct test_stores *test = *state;
    if (!test)
        skip();
    struct counterwork work;
    struct err err = {0};
    counterwork_make(&work, form, WORKFLOW(LEVELS));
    counterwork_open(&work, test, str_fmt(work.arena, "%.*s-urgence", STR_ARG(test->name)));
    static const char *const names[] = {"vert1", "rouge1", "jaune1", "vert2", "rouge2", "jaune2", "vert3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        file_named(&work, names[i]);
    static const struct actor *const actors[] = {&test_agent, &test_admin};
    static const char all[] = "rouge2 rouge1 jaune2 jaune1 vert3 vert2 vert1";
    for (size_t i = 0; i < 2; i++)
        for (size_t limit = 1; limit < 9; limit++) {
            struct dossier_query query = {.actor = actors[i], .sort = DOSSIER_MOST_URGENT};
            assert_str(listed(&work, &query, limit), all);
            query.form = work.form->key;
            assert_str(listed(&work, &query, limit), all);
            query.status = STR("new");
            assert_str(listed(&work, &query, limit), all);
            query.to = test_now;
            assert_str(listed(&work, &query, limit), "rouge2 rouge1 jaune2 jaune1 vert2 vert1");
            query.state = DOSSIER_FINAL;
            assert_str(listed(&work, &query, limit), "");
        }
    struct dossier_query query = {.actor = &test_agent, .form = work.form->key};
    assert_true(dossier_query_filter(&work.place, &query, STR("criticality-level"), STR_EMPTY, STR("1"), &err));
    assert_str(listed(&work, &query, 1), "jaune2 jaune1");
    query = (struct dossier_query){.actor = &test_agent, .form = work.form->key};
    dossier_query_use_view(&work.place, &query, form_view_called(work.form, STR("rouges")));
    assert_int_equal(query.sort, DOSSIER_MOST_URGENT);
    assert_str(listed(&work, &query, 1), "rouge2 rouge1");

    struct dossier_page page;
    query = (struct dossier_query){.actor = &test_agent, .sort = DOSSIER_MOST_URGENT};
    assert_true(dossier_list(&work.place, &query, &page, &err));
    assert_str(page.lines.at[0].level_name, "Rouge");
    assert_str(page.lines.at[0].level_colour, "FF0000");
    assert_str(page.lines.at[6].level_name, "");
    struct dossier *again;
    assert_true(dossier_load(&work.place, page.lines.at[0].id, &again, &err));
    assert_int_equal(again->level, 2);
    assert_str(read_name(&work, again,
                         "{% for one in form_objects|order_by:\"-criticality_level\" %}{{ one.form_var_nom }} "
                         "{% endfor %}"),
               "rouge2 rouge1 jaune2 jaune1 vert3 vert2 vert1");
    counterwork_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_stays_within_those_there_are),
        cmocka_unit_test(a_circuit_without_levels_has_none),
        cmocka_unit_test(fewer_levels_than_before),
        ON_BOTH_STORES(the_most_urgent_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Open requests go over to another version of their circuit. */
#include "counterwork.h"
#include "stores.h"

#include "dossiers/tables.h"

static const char form[] = "{'kind':'form','slug':'permis','name':'Permis','workflow':'w',"
                           "'functions':{'_receiver':'urbanisme'},'fields':["
                           "{'id':'1','type':'string','label':'Nom','varname':'nom'}]}";
static const char first[] =
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["
    "{'id':'new','name':'Nouveau','actions':[{'type':'choice','id':'1','label':'Lire','by':['_receiver'],'status':"
    "'read','set_marker_on_status':true},{'type':'jump','id':'2','mode':'timeout','timeout':'2 "
    "jours','status':'end'}]},"
    "{'id':'read','name':'Lu','actions':[{'type':'jump','id':'1','mode':'timeout','timeout':'3 jours','status':'end'},"
    "{'type':'choice','id':'2','label':'Clore','by':['_receiver'],'status':'end'}]},"
    "{'id':'end','name':'Clos','actions':[]}]}";
static const char second[] =
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],"
    "'status_remapping':[{'status':'gone','action':'reassign-seen'}],'statuses':["
    "{'id':'new','name':'Reçu','actions':[{'type':'jump','id':'9','mode':'timeout','timeout':'5 "
    "jours','status':'end'}]},"
    "{'id':'seen','name':'Vu','actions':[{'type':'jump','id':'1','mode':'timeout','timeout':'4 jours','status':'end'},"
    "{'type':'choice','id':'2','label':'Revenir','by':['_receiver'],'status':'_previous'}]},"
    "{'id':'end','name':'Clos','actions':[]}]}";

struct desk {
    struct counterwork work;
    const struct workflow *now; /* in service */
};

static const struct workflow *find_workflow(const void *data, str slug, int64_t version)
{
    const struct desk *desk = data;
    if (!str_eq(slug, STR("w")))
        return NULL;
    return version == 1 ? desk->work.workflow : desk->now;
}

static const struct form *find_form(const void *data, str key, int64_t version)
{
    (void)version;
    const struct desk *desk = data;
    return str_eq(key, STR("permis")) ? desk->work.form : NULL;
}

static bool desk_open(struct desk *desk, void **state)
{
    struct test_stores *test = *state;
    if (!test)
        return false;
    counterwork_make(&desk->work, form, first);
    struct arena *arena = desk->work.arena;
    counterwork_open(&desk->work, test,
                     str_fmt(arena, "%.*s-%.*s", STR_ARG(test->name), STR_ARG(random_text(arena, 6, STR("abcdef")))));
    desk->now = workflow_compile(arena, json_of(arena, second), 2, NULL, NULL);
    assert_non_null(desk->now);
    return true;
}

/* From here on the second version is in service. */
static void publish(struct desk *desk)
{
    desk->work.definitions.data = desk;
    desk->work.definitions.form = find_form;
    desk->work.definitions.workflow = find_workflow;
}

static const struct dossier *file(struct desk *desk, bool reads)
{
    struct err err = {0};
    const struct dossier *dossier = NULL;
    struct filing filing = {.form = desk->work.form, .answers = json_of(desk->work.arena, "{'1':'Ana'}"), .account = 3};
    assert_true(dossier_file(&desk->work.place, &filing, &dossier, NULL, &err));
    if (reads) {
        struct event event = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("1")};
        assert_true(dossier_perform(&desk->work.place, dossier, &event, NULL, &err));
    }
    return dossier;
}

static struct dossier *reload(struct desk *desk, const struct dossier *dossier)
{
    struct dossier *again = NULL;
    assert_true(dossier_load(&desk->work.place, dossier->id, &again, NULL));
    return again;
}

struct timers {
    int64_t dossier, due;
    size_t count;
};

static bool read_timers(struct tx *tx, void *arg, struct err *err)
{
    struct timers *timers = arg;
    char key[64];
    snprintf(key, sizeof key, "timer:%lld:%%", (long long)timers->dossier);
    struct rows rows = tx_query(tx, "SELECT due FROM job WHERE key LIKE :key", P_TEXT("key", str_of(key)));
    for (timers->count = 0; rows_next(&rows); timers->count++)
        timers->due = rows_int(&rows, 0);
    return rows_end(&rows, err);
}

static struct timers timers_of(struct desk *desk, const struct dossier *dossier)
{
    struct timers timers = {.dossier = dossier->id};
    assert_true(store_read(desk->work.place.store, read_timers, &timers, NULL));
    return timers;
}

static void a_plan_says_what_lacks_and_changes_nothing(void **state)
{
    struct desk desk = {0};
    struct err err = {0};
    struct upgrade_plan plan;
    if (!desk_open(&desk, state))
        skip();
    file(&desk, false);
    file(&desk, false);
    const struct dossier *read = file(&desk, true);
    publish(&desk);
    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), NULL, &plan, &err));
    assert_int_equal(plan.groups.len, 2);
    assert_int_equal(plan.count, 3);
    assert_int_equal(plan.lacking, 1);
    assert_str(plan.groups.at[0].target->name, "Reçu");
    assert_null(plan.groups.at[1].target);
    assert_str(plan.groups.at[1].status_name, "Lu");
    json_t *wrong = json_of(desk.work.arena, "{'read':'nowhere'}");
    assert_false(upgrade_make_plan(&desk.work.place, STR("w"), wrong, &plan, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_false(upgrade_make_plan(&desk.work.place, STR("x"), NULL, &plan, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(reload(&desk, read)->workflow_version, 1);
    counterwork_free(&desk.work);
}

static void those_that_go_over_keep_their_time_and_their_past(void **state)
{
    struct desk desk = {0};
    struct err err = {0};
    struct upgrade_plan plan;
    if (!desk_open(&desk, state))
        skip();
    const struct dossier *fresh = file(&desk, false), *read = file(&desk, true), *closed = file(&desk, true);
    struct event close = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2")};
    assert_true(dossier_perform(&desk.work.place, reload(&desk, closed), &close, NULL, &err));
    publish(&desk);
    json_t *chosen = json_of(desk.work.arena, "{'read':'seen'}");
    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), chosen, &plan, &err));
    assert_int_equal(plan.lacking, 0);
    instant arrived = reload(&desk, read)->arrived;
    test_now += INSTANT_DAY;
    desk.work.place.now = test_now;
    struct upgrade upgrade = {.workflow = plan.workflow, .chosen = plan.chosen, .actor = test_admin};
    while (!upgrade.is_over)
        assert_true(upgrade_go_on(&desk.work.place, &upgrade, &err));
    assert_int_equal(upgrade.done, 2);
    assert_int_equal(upgrade.left, 0);

    struct dossier *after = reload(&desk, read);
    assert_int_equal(after->workflow_version, 2);
    assert_str(after->status, "seen");
    assert_true(after->arrived == arrived);
    assert_int_equal(after->history.len, 3);
    assert_str(after->history.at[1].status, "seen"); /* as the circuit calls it now */
    struct timers timers = timers_of(&desk, read);
    assert_int_equal(timers.count, 1);
    assert_true(timers.due == arrived + 4 * INSTANT_DAY);
    timers = timers_of(&desk, fresh);
    assert_int_equal(timers.count, 1);
    assert_true(timers.due == fresh->arrived + 5 * INSTANT_DAY);
    assert_int_equal(reload(&desk, closed)->workflow_version, 1);

    struct event back = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2")};
    assert_true(dossier_perform(&desk.work.place, after, &back, NULL, &err));
    assert_str(reload(&desk, read)->status, "new");

    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), NULL, &plan, &err));
    assert_int_equal(plan.count, 0);
    counterwork_free(&desk.work);
}

static void what_a_definition_reassigns_is_proposed(void **state)
{
    struct desk desk = {0};
    struct err err = {0};
    struct upgrade_plan plan;
    if (!desk_open(&desk, state))
        skip();
    file(&desk, true);
    publish(&desk);
    struct arena *arena = desk.work.arena;
    json_t *document = json_keep(arena, json_deep_copy(workflow_document(desk.now)));
    json_set(document, STR("status_remapping"), json_pack("[{s:s,s:s}]", "status", "read", "action", "reassign-seen"));
    desk.now = workflow_compile(arena, document, 2, NULL, NULL);
    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), NULL, &plan, &err));
    assert_int_equal(plan.lacking, 0);
    assert_str(plan.groups.at[0].target->id, "seen");
    counterwork_free(&desk.work);
}

static void what_is_removed_was_chosen(void **state)
{
    struct desk desk = {0};
    struct err err = {0};
    struct upgrade_plan plan;
    struct dossier *gone;
    if (!desk_open(&desk, state))
        skip();
    const struct dossier *read = file(&desk, true), *fresh = file(&desk, false);
    publish(&desk);
    struct arena *arena = desk.work.arena;
    json_t *document = json_keep(arena, json_deep_copy(workflow_document(desk.now)));
    json_set(document, STR("status_remapping"),
             json_of(arena, "[{'status':'read','action':'reassign-old'},{'status':'old','action':'remove'}]"));
    desk.now = workflow_compile(arena, document, 2, NULL, NULL);
    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), NULL, &plan, &err));
    assert_int_equal(plan.lacking, 1);
    assert_true(plan.groups.at[1].asks_removal);
    assert_false(plan.groups.at[1].is_removed);
    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), json_of(arena, "{'read':'_remove'}"), &plan, &err));
    assert_int_equal(plan.lacking, 0);
    assert_int_equal(plan.removed, 1);
    struct upgrade upgrade = {.workflow = plan.workflow, .chosen = plan.chosen, .actor = test_admin};
    while (!upgrade.is_over)
        assert_true(upgrade_go_on(&desk.work.place, &upgrade, &err));
    assert_int_equal(upgrade.done, 2);
    assert_false(dossier_load(&desk.work.place, read->id, &gone, &err));
    assert_int_equal(timers_of(&desk, read).count, 0);
    assert_int_equal(reload(&desk, fresh)->workflow_version, 2);
    counterwork_free(&desk.work);
}

static str target(struct arena *arena, const struct form *filed, const struct workflow *before,
                  const struct workflow *after, const char *chosen, const char *status)
{
    struct upgrade_target target =
        upgrade_target_of(arena, filed, before, after, json_of(arena, chosen), str_of(status));
    return target.is_removed ? UPGRADE_REMOVE : target.status ? target.status->id : STR_EMPTY;
}

/* As was chosen, as the form's migrations say from circuit to circuit, by the name; never by the id. */
static void a_status_of_another_circuit_goes_on_as_the_form_says(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct form *filed = form_compile(
        arena,
        json_of(arena,
                "{'kind':'form','slug':'f','name':'F','fields':[{'id':'1','type':'string','label':'A'}],"
                "'workflow_migrations':[{'old_workflow':'a','new_workflow':'b','statuses':[{'old':'1','new':'x'},"
                "{'old':'2','new':'y'},{'old':'5','new':'x'}]},{'old_workflow':'z','new_workflow':'c','statuses':["
                "{'old':'3','new':'9'}]},{'old_workflow':'b','new_workflow':'c','statuses':[{'old':'x','new':'8'},"
                "{'old':'y','new':'gone'}]}]}"),
        1, NULL, NULL);
    const struct workflow *before = workflow_compile(
        arena,
        json_of(arena, "{'kind':'workflow','slug':'a','name':'A','statuses':[{'id':'1','name':'Un','actions':[]},"
                       "{'id':'2','name':'Deux','actions':[]},{'id':'3','name':'Trois','actions':[]},{'id':'4','name':"
                       "'Quatre','actions':[]}]}"),
        1, NULL, NULL);
    const struct workflow *after = workflow_compile(
        arena,
        json_of(arena, "{'kind':'workflow','slug':'c','name':'C','status_remapping':[{'status':'gone','action':"
                       "'reassign-7'}],'statuses':[{'id':'4','name':'Un','actions':[]},{'id':'7','name':'Sept',"
                       "'actions':[]},{'id':'8','name':'Huit','actions':[]},{'id':'9','name':'Trois','actions':[]}]}"),
        3, NULL, NULL);
    assert_str(target(arena, filed, before, after, "{}", "1"), "8");
    assert_str(target(arena, filed, before, after, "{}", "2"), "7"); /* gone since */
    assert_str(target(arena, filed, before, after, "{}", "3"), "9"); /* its name: z is another circuit's */
    assert_str(target(arena, filed, before, after, "{}", "4"), "");
    assert_str(target(arena, NULL, before, after, "{}", "1"), "4");
    assert_str(target(arena, filed, before, after, "{'a/1':'7','1':'9'}", "1"), "7");
    assert_str(target(arena, filed, before, after, "{'a/4':'_remove'}", "4"), "_remove");
    assert_true(upgrade_target_of(arena, filed, before, after, NULL, STR("4")).is_asked);
    arena_free(arena);
}

static void remapping_is_carried_out_in_its_order(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    json_t *document = json_of(arena, second);
    json_set(document, STR("status_remapping"),
             json_of(arena, "[{'status':'c','action':'reassign-end'},{'status':'a','action':'reassign-b'},"
                            "{'status':'b','action':'reassign-seen'},{'status':'d','action':'reassign-c'},"
                            "{'status':'e','action':'nothing'}]"));
    const struct workflow *workflow = workflow_compile(arena, document, 2, NULL, NULL);
    assert_str(workflow_remapped(workflow, STR("a")).status->id, "seen");
    assert_str(workflow_remapped(workflow, STR("c")).status->id, "end");
    assert_int_equal(workflow_remapped(workflow, STR("d")).kind, REMAPPED_NOWHERE);
    assert_int_equal(workflow_remapped(workflow, STR("e")).kind, REMAPPED_NOWHERE);
    const struct workflow_reports *reports = workflow_reports(workflow);
    assert_int_equal(reports->len, 1);
    assert_true(reports->at[0].is_error);
    assert_int_equal(reports->at[0].construct.len, 0);
    arena_free(arena);
}

static bool run_job(void *context, struct store *store, const struct job *job, struct err *err)
{
    (void)store;
    struct desk *desk = context;
    struct dossier_place place = desk->work.place;
    place.now = test_now;
    return dossier_run_job(&place, job, err);
}

static struct jobs *runner_of(struct desk *desk)
{
    static const struct job_kind kinds[] = {{.kind = STR_INIT("dossiers.upgrade"), .run = run_job, .attempts_most = 8}};
    struct jobs *jobs = jobs_start(desk, kinds, 1, 0);
    jobs_watch(jobs, desk->work.place.store);
    return jobs;
}

static struct upgrade_run last_run(struct desk *desk)
{
    struct upgrade_run run;
    assert_true(upgrade_read_run(&desk->work.place, STR("w"), &run, NULL));
    return run;
}

static void start_with(struct desk *desk, const char *chosen)
{
    struct err err = {0};
    struct upgrade_plan plan;
    assert_true(upgrade_make_plan(&desk->work.place, STR("w"), json_of(desk->work.arena, chosen), &plan, &err));
    assert_true(upgrade_start(&desk->work.place, &plan, &test_admin, &err));
}

static void a_job_tells_how_far_it_is_and_tries_again(void **state)
{
    struct desk desk = {0};
    struct err err = {0};
    struct upgrade_plan plan;
    if (!desk_open(&desk, state))
        skip();
    const struct dossier *fresh = file(&desk, false), *late = file(&desk, false);
    publish(&desk);
    assert_int_equal(last_run(&desk).id, 0);
    start_with(&desk, "{}");
    assert_true(upgrade_make_plan(&desk.work.place, STR("w"), NULL, &plan, &err));
    assert_false(upgrade_start(&desk.work.place, &plan, &test_admin, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    struct event read = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("1")};
    assert_true(dossier_perform(&desk.work.place, late, &read, NULL, NULL)); /* where nobody said how it goes on */

    struct jobs *jobs = runner_of(&desk);
    jobs_drain(jobs);
    struct upgrade_run run = last_run(&desk);
    assert_str(run.author, "Ada");
    assert_int_equal(run.total, 2);
    assert_int_equal(run.done, 1);
    assert_int_equal(run.left, 1);
    assert_int_equal(run.ended, 0);
    assert_true(run.next > test_now);
    assert_int_equal(reload(&desk, fresh)->workflow_version, 2);

    struct event close = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2")};
    assert_true(dossier_perform(&desk.work.place, reload(&desk, late), &close, NULL, NULL));
    test_now = run.next;
    jobs_drain(jobs);
    run = last_run(&desk);
    assert_int_equal(run.done, 1);
    assert_int_equal(run.left, 0);
    assert_true(run.ended == test_now);
    jobs_stop(jobs);
    counterwork_free(&desk.work);
}

static void a_job_stops_where_another_version_comes_into_service(void **state)
{
    struct desk desk = {0};
    if (!desk_open(&desk, state))
        skip();
    const struct dossier *fresh = file(&desk, false);
    publish(&desk);
    start_with(&desk, "{}");
    desk.now = workflow_compile(desk.work.arena, json_of(desk.work.arena, second), 3, NULL, NULL);
    struct jobs *jobs = runner_of(&desk);
    jobs_drain(jobs);
    struct upgrade_run run = last_run(&desk);
    assert_true(run.is_overtaken);
    assert_true(run.ended > 0);
    assert_int_equal(run.done, 0);
    assert_int_equal(reload(&desk, fresh)->workflow_version, 1);
    start_with(&desk, "{}"); /* anew */
    jobs_drain(jobs);
    assert_int_equal(last_run(&desk).done, 1);
    assert_int_equal(reload(&desk, fresh)->workflow_version, 3);
    jobs_stop(jobs);
    counterwork_free(&desk.work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH_STORES(a_plan_says_what_lacks_and_changes_nothing),
        ON_BOTH_STORES(those_that_go_over_keep_their_time_and_their_past),
        ON_BOTH_STORES(what_a_definition_reassigns_is_proposed),
        ON_BOTH_STORES(what_is_removed_was_chosen),
        cmocka_unit_test(a_status_of_another_circuit_goes_on_as_the_form_says),
        cmocka_unit_test(remapping_is_carried_out_in_its_order),
        ON_BOTH_STORES(a_job_tells_how_far_it_is_and_tries_again),
        ON_BOTH_STORES(a_job_stops_where_another_version_comes_into_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A status that goes through a list. */
#include "counterwork.h"

static const char form[] = "{'kind':'form','slug':'permis','name':'Permis','workflow':'w','functions':{'_receiver':"
                           "'urbanisme'},'fields':[{'id':'1','type':'items','label':'Rues','varname':'rues','items':["
                           "'Rue A','Rue B','Rue C']},{'id':'2','type':'block','label':'Enfants','varname':'enfants',"
                           "'max_items':5,'fields':[{'id':'p','type':'string','label':'Prénom','varname':'prenom'}]}]}";

#define WORKFLOW(items, actions)                                                                                       \
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["     \
    "{'id':'a','name':'A','loop_items_template':'" items "','after_loop_status':'b','actions':[" actions "]},"         \
    "{'id':'b','name':'B','actions':[]},{'id':'c','name':'C','actions':[]}]}"
#define SAYS(text) "{'type':'register-comment','id':'1','comment':'" text "'}"

struct desk {
    struct counterwork work;
    struct change *change;
};

static void desk_open(struct desk *desk, const char *workflow, const char *answers)
{
    counterwork_make(&desk->work, form, workflow);
    desk->change = counterwork_file(&desk->work, answers);
}

/* What was said, one after the other. */
static str said(struct desk *desk)
{
    struct buf out = buf_new(desk->work.arena, 1 << 16);
    for (size_t i = 0; i < desk->change->entries.len; i++) {
        const json_t *parts = entry_parts(&desk->change->entries.at[i]);
        for (size_t k = 0; k < json_array_size(parts); k++)
            if (json_str(json_array_get(parts, k), "html").len)
                buf_fmt(&out, "%.*s;", STR_ARG(json_str(json_array_get(parts, k), "html")));
    }
    return buf_str(&out);
}

static void each_item_has_its_round(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk,
              WORKFLOW("{{ \\\"abc\\\"|make_list }}",
                       SAYS("{{ status_loop.current_item }}{{ status_loop.index }}{{ status_loop.index0 }}"
                            "{{ status_loop.first }}{{ status_loop.last }}{{ status_loop.items|length }}")),
              "{}");
    assert_str(said(&desk), "a10TrueFalse3;b21FalseFalse3;c32FalseTrue3;");
    assert_str(desk.change->after->status, "b");
    assert_false(workflow_status_find(desk.work.workflow, STR("a"))->is_endpoint);
    assert_int_equal(desk.change->after->loop.kind, VALUE_UNDEFINED);
    counterwork_free(&desk.work);
}

static void rows_and_choices_are_gone_through(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, WORKFLOW("{{ form_var_enfants }}", SAYS("{{ status_loop.current_item.prenom }}")),
              "{'2':[{'p':'Zoé'},{'p':'Ana'}]}");
    assert_str(said(&desk), "Zoé;Ana;");
    counterwork_free(&desk.work);
    desk_open(&desk, WORKFLOW("{{ form_var_rues }}", SAYS("{{ status_loop.current_item }}")),
              "{'1':['Rue A','Rue C'],'1_display':'Rue A, Rue C'}");
    assert_str(said(&desk), "Rue A;Rue C;");
    counterwork_free(&desk.work);
}

static void a_jump_ends_the_loop(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk,
              WORKFLOW("{{ \\\"abc\\\"|make_list }}",
                       SAYS("{{ status_loop.index }}") ",{'type':'jump','id':'2','status':'c','condition':"
                                                       "'status_loop.index0 == 1'}"),
              "{}");
    assert_str(said(&desk), "1;2;");
    assert_str(desk.change->after->status, "c");
    counterwork_free(&desk.work);
}

static void what_gives_no_list_has_no_round(void **state)
{
    (void)state;
    static const char *const workflows[] = {WORKFLOW("{{ form_var_enfants }}", SAYS("x")), WORKFLOW("abc", SAYS("x"))};
    for (size_t i = 0; i < 2; i++) {
        struct desk desk;
        desk_open(&desk, workflows[i], "{}");
        assert_str(desk.change->after->status, "b");
        assert_false(str_contains(said(&desk), STR("x")));
        counterwork_free(&desk.work);
    }
}

static void a_round_waits_for_its_call(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk,
              WORKFLOW("{{ \\\"ab\\\"|make_list }}",
                       "{'type':'webservice_call','id':'0','url':'https://peer.example/{{ status_loop.current_item }}',"
                       "'varname':'x'}," SAYS("{{ status_loop.current_item }} {{ x_response_n }}")),
              "{}");
    static const char *const answers[] = {"{\"n\": 1}", "{\"n\": 2}"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(desk.change->jobs.len, 1);
        assert_true(str_contains(desk.change->jobs.at[0].payload, i ? STR("example/b") : STR("example/a")));
        const json_t *calls = json_list(desk.change->after->marks, "calls");
        struct call_outcome outcome = {
            .method = STR("GET"), .url = STR("https://peer.example/"), .status = 200, .body = str_of(answers[i])};
        struct event event = {
            .kind = EVENT_CALLED, .action = json_str(json_array_get(calls, 0), "token"), .outcome = &outcome};
        desk.change = counterwork_do(&desk.work, desk.change->after, &event);
        assert_str(said(&desk), i ? "b 2;" : "a 1;");
    }
    assert_str(desk.change->after->status, "b");
    assert_null(json_get(desk.change->after->marks, STR("round")));
    counterwork_free(&desk.work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_item_has_its_round),    cmocka_unit_test(rows_and_choices_are_gone_through),
        cmocka_unit_test(a_jump_ends_the_loop),       cmocka_unit_test(what_gives_no_list_has_no_round),
        cmocka_unit_test(a_round_waits_for_its_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Calls of other servers in a workflow: what leaves, what waits, what each outcome leads to. Nobody is asked here; the
 * exchange itself: tests/site/test_calls.py. */
#include "counterwork.h"

static const char form[] = "{'kind':'form','slug':'permis','name':'Permis','workflow':'w','functions':{'_receiver':"
                           "'urbanisme'},'fields':[{'id':'1','type':'string','label':'Nom','varname':'nom'},"
                           "{'id':'2','type':'file','label':'Plan','varname':'plan'},"
                           "{'id':'3','type':'string','label':'Mobile','varname':'mobile','prefill':{'type':'user',"
                           "'value':'mobile'}}]}";

#define WORKFLOW(statuses, more)                                                                                       \
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],"                 \
    "'backoffice_fields':[{'id':'bo1','type':'file','label':'Acte','varname':'acte'}],'statuses':[" statuses "]" more  \
    "}"
#define CALL(more)                                                                                                     \
    "{'type':'webservice_call','id':'c1','label':'Panier','url':'https://pair.example/x','method':'POST',"             \
    "'varname':'panier'" more "}"
#define CHOICE "{'type':'choice','id':'b1','label':'Ailleurs','by':['_receiver'],'status':'c'}"
#define SUITE                                                                                                          \
    "{'type':'register-comment','id':'s','comment':'<p>{{ panier_response_id }}</p>'},"                                \
    "{'type':'jump','id':'j','status':'b'}"
#define ENDS "{'id':'b','name':'B','actions':[]},{'id':'c','name':'C','actions':[]}"

static const struct job *call_job(const struct change *change)
{
    for (size_t i = 0; i < change->jobs.len; i++)
        if (str_eq(change->jobs.at[i].kind, STR(CALL_JOB_KIND)))
            return &change->jobs.at[i];
    return NULL;
}

static json_t *payload_of(struct counterwork *work, const struct change *change)
{
    assert_non_null(call_job(change));
    return json_parse(work->arena, call_job(change)->payload, NULL);
}

static json_t *body_of(struct counterwork *work, const struct change *change)
{
    return json_parse(work->arena, json_str(payload_of(work, change), "body"), NULL);
}

static str token_of(struct counterwork *work, const struct change *change)
{
    return json_str(payload_of(work, change), "call");
}

static struct call_outcome answered(int status, const char *body)
{
    return (struct call_outcome){
        .method = STR("POST"), .url = STR("https://pair.example/x?cle=secret"), .status = status, .body = str_of(body)};
}

static struct change *come_back(struct counterwork *work, const struct change *before, str token,
                                struct call_outcome outcome)
{
    struct call_outcome *kept = arena_new_of(work->arena, struct call_outcome);
    *kept = outcome;
    struct event event = {.kind = EVENT_CALLED, .action = token, .outcome = kept};
    return counterwork_do(work, before->after, &event);
}

static size_t count_parts(const struct change *change, const char *type)
{
    size_t count = 0;
    for (size_t i = 0; i < change->entries.len; i++)
        for (size_t k = 0; k < json_array_size(entry_parts(&change->entries.at[i])); k++)
            count += str_eq(json_str(json_array_get(entry_parts(&change->entries.at[i]), k), "type"), str_of(type));
    return count;
}

static str read_name(struct counterwork *work, const struct change *change, const char *path)
{
    struct value scope = dossier_scope(&work->place, work->form, NULL, change->after);
    return value_to_text(work->arena, value_lookup(work->arena, scope, str_of(path)), STR("fr"));
}

/* ---- What leaves ---- */

static void the_request_is_rendered_with_the_names_as_they_are(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'webservice_call','id':'c1','url':"
                 "'{{ site_url }}/api/{{ form_var_nom }}','qs_data':[{'name':'z','value':'{{ form_var_nom }} & fils'},"
                 "{'name':'a','value':''}],'post_data':[{'name':'geo/lat','value':'45.7'},{'name':'tels/1/n','value':"
                 "'deux'},{'name':'tels/0/n','value':'un'},{'name':'a//b','value':'{{ form_var_nom }}'}],"
                 "'request_signature_key':'{{ form_var_nom }}-cle'}]}",
                 ""));
    struct change *change = counterwork_file(&work, "{'1':'Ana'}");
    const struct job *job = call_job(change);
    assert_non_null(job);
    assert_true(job->is_remote);
    assert_int_equal(job->due, test_now);
    json_t *payload = payload_of(&work, change);
    assert_str(json_str(payload, "method"), "POST");
    assert_str(json_str(payload, "url"), "https://ville.example/api/Ana?z=Ana%20%26%20fils&a=");
    assert_str(json_str(payload, "signature_key"), "Ana-cle");
    assert_str(json_str(payload, "body"),
               "{\"a/b\":\"Ana\",\"geo\":{\"lat\":\"45.7\"},\"tels\":[{\"n\":\"un\"},{\"n\":\"deux\"}]}");
    counterwork_free(&work);
}

static void a_body_that_contradicts_itself_is_told_and_the_actions_go_on(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{'name':'a','value':'1'},{'name':'a/b','value':'2'}",
        "{'name':'a/1','value':'1'}",
        "{'name':'0/a','value':'1'},{'name':'b','value':'2'}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct counterwork work;
        struct arena *arena = arena_new();
        counterwork_make(
            &work, form,
            str_fmt(arena,
                    WORKFLOW("{'id':'a','name':'A','actions':[" CALL(",'post_data':[%s]") "," SUITE "]}," ENDS, ""),
                    wrong[i])
                .ptr);
        struct change *change = counterwork_file(&work, "{}");
        assert_null(call_job(change));
        assert_int_equal(count_parts(change, "error"), 1);
        assert_true(json_str(change->after->data, "panier_payload_error").len > 0);
        assert_str(change->after->status, "b");
        counterwork_free(&work);
        arena_free(arena);
    }
}

static void the_whole_dossier_is_posted_with_its_files(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[" CALL(
                                  ",'post':true,'post_data':[{'name':'plan','value':'{{ form_var_plan }}'}]") "]}",
                              ""));
    struct change *change =
        counterwork_file(&work, "{'1':'Ana','2':{'blob':'ab','name':'plan.pdf','type':'application/pdf','size':3}}");
    json_t *body = body_of(&work, change), *extra = json_object_get(body, "extra");
    assert_str(json_str(body, "display_id"), "12-57");
    assert_str(json_str(json_object_get(body, "fields"), "nom"), "Ana");
    assert_str(json_str(json_object_get(json_object_get(body, "fields"), "plan"), CALL_BLOB), "ab");
    assert_str(json_str(json_object_get(extra, "plan"), CALL_BLOB), "ab");
    assert_str(json_str(json_object_get(extra, "plan"), "filename"), "plan.pdf");
    counterwork_free(&work);
}

/* ---- What waits ---- */

static void the_actions_wait_and_go_on_with_the_answer(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[" CALL("") "," SUITE "," CHOICE "]}," ENDS, ""));
    struct change *change = counterwork_file(&work, "{}");
    str token = token_of(&work, change);
    struct offer offer;
    struct err err = {0};
    struct change refused;
    assert_str(change->call, token.ptr);
    assert_str(change->after->status, "a");
    assert_int_equal(count_parts(change, "message"), 0);
    dossier_offer(&work.place, change->after, &test_agent, &offer);
    assert_true(offer.is_calling);
    assert_false(offer.can_act);
    struct event press = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("b1"), .status = STR("a")};
    assert_false(dossier_perform_prepare(&work.place, change->after, &press, &refused, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_true(workflow_call_is_awaited(change->after, token));

    change = come_back(&work, change, token, answered(200, "{\"err\": 0, \"id\": \"P-7\"}"));
    assert_int_equal(change->call_end, CALL_ENDED);
    assert_str(change->after->status, "b");
    assert_false(workflow_call_is_awaited(change->after, token));
    assert_int_equal(count_parts(change, "message"), 1);
    assert_str(read_name(&work, change, "panier_response_id"), "P-7");
    assert_str(read_name(&work, change, "form_workflow_data_panier_status"), "200");
    assert_str(read_name(&work, change, "form_workflow_wscall_panier_response_id"), "P-7");
    assert_str(read_name(&work, change, "form_workflow_wscall_panier_0_status"), "200");
    struct change *again = come_back(&work, change, token, answered(200, "{}"));
    assert_int_equal(again->call_end, CALL_UNKNOWN);
    counterwork_free(&work);
}

static void what_follows_a_call_may_lead_the_person_on(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[" CALL("") ",{'type':'webservice_call','id':'c2','url':"
                                                             "'https://pair.example/y'},{'type':"
                                                             "'redirect_to_url','id':'r','url':"
                                                             "'https://payer.example/{{ panier_response_id }}'}]}",
                 ""));
    struct change *change = counterwork_file(&work, "{}");
    str first = token_of(&work, change);
    change = come_back(&work, change, first, answered(200, "{\"id\": 7}"));
    assert_true(workflow_call_is_awaited(change->after, first));
    assert_str(workflow_call_leads_to(change->after, first), "");
    change = come_back(&work, change, token_of(&work, change), answered(200, "{}"));
    assert_false(workflow_call_is_awaited(change->after, first));
    assert_str(workflow_call_leads_to(change->after, first), "https://payer.example/7");
    assert_str(workflow_call_leads_to(change->after, STR("123")), "");
    counterwork_free(&work);
}

/* ---- Each outcome ---- */

static const struct {
    const char *on, *body;
    int status;
    const char *error_code;
    enum call_end end;
    const char *arrives, *name, *value;
} outcomes[] = {
    {"", "{\"err\": 1, \"err_desc\": \"non\"}", 200, "", CALL_ENDED, "b", "panier_error_response_err_desc", "non"},
    {",'action_on_app_error':'c'", "{\"err\": 1}", 200, "", CALL_ENDED, "c", "panier_app_error_code", "1"},
    {",'action_on_app_error':':stop'", "{\"err\": \"x-y\"}", 200, "", CALL_ENDED, "a", "panier_app_error_code", "x-y"},
    {",'action_on_app_error':'c'", "{}", 200, "7", CALL_ENDED, "c", "panier_app_error_header", "7"},
    {",'action_on_app_error':'c'", "{}", 200, "0", CALL_ENDED, "b", "panier_app_error_code", "0"},
    {"", "{\"a\": 1}", 404, "", CALL_ENDED, "a", "panier_error_response_a", "1"},
    {",'action_on_4xx':':pass'", "", 404, "", CALL_ENDED, "b", "panier_status", "404"},
    {",'action_on_4xx':'c'", "", 400, "", CALL_ENDED, "c", "panier_status", "400"},
    {",'action_on_4xx':'c'", "", 302, "", CALL_ENDED, "c", "panier_status", "302"},
    {"", "", 503, "", CALL_FAILED, "a", "panier_status", "503"},
    {",'action_on_5xx':':pass'", "", 500, "", CALL_ENDED, "b", "panier_status", "500"},
    {",'action_on_5xx':'c'", "", 500, "", CALL_ENDED, "c", "panier_status", "500"},
    {",'action_on_5xx':'nulle-part'", "", 500, "", CALL_ENDED, "a", "panier_status", "500"},
    {",'action_on_app_error':':stop'", "{\"err\": 1}", 500, "", CALL_FAILED, "a", "panier_app_error_code", "1"},
    {"", "<html>", 200, "", CALL_ENDED, "b", "panier_response", ""},
    {",'action_on_bad_data':':stop'", "<html>", 200, "", CALL_ENDED, "a", "panier_status", "200"},
    {",'action_on_bad_data':'c'", "", 200, "", CALL_ENDED, "c", "panier_status", "200"},
    {",'action_on_bad_data':'c'", "", 204, "", CALL_ENDED, "b", "panier_status", "204"},
    {"", "", 0, "", CALL_FAILED, "a", "panier_connection_error", "le serveur refuse la connexion"},
    {",'action_on_network_errors':':pass'", "", 0, "", CALL_ENDED, "b", "panier_connection_error",
     "le serveur refuse la connexion"},
    {",'action_on_network_errors':'c'", "", 0, "", CALL_ENDED, "c", "panier_connection_error",
     "le serveur refuse la connexion"},
};

static void each_outcome_leads_where_the_definition_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        struct counterwork work;
        struct arena *arena = arena_new();
        counterwork_make(
            &work, form,
            str_fmt(arena, WORKFLOW("{'id':'a','name':'A','actions':[" CALL("%s") "," SUITE "," CHOICE "]}," ENDS, ""),
                    outcomes[i].on)
                .ptr);
        struct change *change = counterwork_file(&work, "{}");
        struct call_outcome outcome = answered(outcomes[i].status, outcomes[i].body);
        outcome.error_code = str_of(outcomes[i].error_code);
        outcome.problem = outcomes[i].status ? STR_EMPTY : STR("le serveur refuse la connexion");
        change = come_back(&work, change, token_of(&work, change), outcome);
        if (change->call_end != outcomes[i].end || !str_eq(change->after->status, str_of(outcomes[i].arrives)))
            print_error("case %zu: %d\n", i, outcomes[i].status);
        assert_int_equal(change->call_end, outcomes[i].end);
        assert_str(change->after->status, outcomes[i].arrives);
        assert_str(read_name(&work, change, outcomes[i].name), outcomes[i].value);
        struct offer offer;
        dossier_offer(&work.place, change->after, &test_agent, &offer);
        assert_int_equal(offer.buttons.len, str_eq(change->after->status, STR("a")) ? 1 : 0);
        counterwork_free(&work);
        arena_free(arena);
    }
}

static void an_empty_address_is_a_network_error_at_once(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[{'type':'webservice_call','id':'c','url':"
                              "'{{ rien_response_cancel_url }}','action_on_network_errors':'c'}," SUITE "]}," ENDS,
                              ""));
    struct change *change = counterwork_file(&work, "{}");
    assert_null(call_job(change));
    assert_str(change->after->status, "c");
    counterwork_free(&work);
}

static void errors_are_told_to_whom_the_definition_says(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form, WORKFLOW("{'id':'a','name':'A','actions':[" CALL(",'record_errors':true") "]}", ""));
    struct change *change = counterwork_file(&work, "{}");
    change = come_back(&work, change, token_of(&work, change), answered(404, ""));
    assert_int_equal(count_parts(change, "call-error"), 1);
    assert_int_equal(count_parts(change, "error"), 1);
    struct shown_history shown;
    dossier_show_history(&work.place, change->after, &test_submitter, &shown);
    assert_int_equal(shown.len, 1);
    dossier_show_history(&work.place, change->after, &test_agent, &shown);
    assert_str(shown.at[1].parts.at[0].text, "Appel «\xC2\xA0Panier\xC2\xA0»\xC2\xA0: réponse 404");
    dossier_show_history(&work.place, change->after, &test_admin, &shown);
    assert_int_equal(shown.at[1].parts.len, 3);
    assert_str(shown.at[1].parts.at[0].text, "Appel «\xC2\xA0Panier\xC2\xA0»\xC2\xA0: POST https://pair.example/x?cle=…"
                                             "\xC2\xA0: réponse 404");
    counterwork_free(&work);
}

/* ---- Again, and in order ---- */

static void one_that_fails_is_tried_again_and_given_up_at_last(void **state)
{
    (void)state;
    struct counterwork work;
    struct offer offer;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[" CALL("") "," SUITE "," CHOICE "]}," ENDS, ""));
    struct change *change = counterwork_file(&work, "{}");
    str token = token_of(&work, change);
    change = come_back(&work, change, token, answered(500, ""));
    assert_int_equal(change->call_end, CALL_FAILED);
    dossier_offer(&work.place, change->after, &test_agent, &offer);
    assert_false(offer.is_calling);
    assert_true(offer.is_called_again);
    assert_true(offer.can_act);
    struct change *again = come_back(&work, change, token, answered(502, ""));
    assert_int_equal(again->call_end, CALL_TRIED_AGAIN);
    assert_int_equal(again->entries.len, 0);
    struct call_outcome last = answered(502, "");
    last.is_last = true;
    change = come_back(&work, change, token, last);
    assert_int_equal(change->call_end, CALL_FAILED);
    assert_int_equal(count_parts(change, "error"), 1);
    change = come_back(&work, change, token, answered(200, "{}")); /* replayed */
    assert_int_equal(change->call_end, CALL_ENDED);
    assert_str(change->after->status, "b");
    counterwork_free(&work);
}

#define TWO                                                                                                            \
    "{'id':'a','name':'A','actions':[" CALL("") ",{'type':'choice','id':'b1','label':'Ailleurs','by':['_receiver'],"   \
                                                "'status':'d'}," SUITE "]},{'id':'d','name':'D','actions':["           \
                                                "{'type':'webservice_call','id':'c2','url':'https://pair.example/y',"  \
                                                "'varname':'second'},{'type':'jump','id':'j2','status':'c'}]}," ENDS

/* A dossier that went on while its first call is tried again, to a second one. */
static struct change *two_calls(struct counterwork *work, str *first)
{
    counterwork_make(work, form, WORKFLOW(TWO, ""));
    struct change *change = counterwork_file(work, "{}");
    *first = token_of(work, change);
    change = come_back(work, change, *first, answered(500, ""));
    struct event press = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("b1"), .status = STR("a")};
    return counterwork_do(work, change->after, &press);
}

static void calls_of_one_dossier_leave_in_their_order(void **state)
{
    (void)state;
    struct counterwork work;
    str first;
    struct change *change = two_calls(&work, &first);
    assert_str(change->after->status, "d");
    str second = token_of(&work, change), second_key = call_job(change)->key;
    assert_int_equal(call_job(change)->due, JOB_PARKED);
    change = come_back(&work, change, first, answered(200, "{\"id\": 1}"));
    assert_str(change->after->status, "d"); /* the dossier has left: the answer is kept, nothing more */
    assert_str(read_name(&work, change, "panier_response_id"), "1");
    assert_int_equal(change->released.len, 1);
    assert_true(str_eq(change->released.at[0], second_key));
    change = come_back(&work, change, second, answered(200, "{}"));
    assert_str(change->after->status, "c");
    counterwork_free(&work);
}

static void one_that_is_given_up_holds_no_other_back(void **state)
{
    (void)state;
    struct counterwork work;
    str first;
    struct change *change = two_calls(&work, &first);
    struct call_outcome last = answered(500, "");
    last.is_last = true;
    change = come_back(&work, change, first, last);
    assert_int_equal(change->released.len, 1);
    counterwork_free(&work);
}

static void what_is_anonymised_or_removed_asks_nobody_any_more(void **state)
{
    (void)state;
    static const char *const ways[] = {"{'type':'remove','id':'1'}", "{'type':'anonymise','id':'1','mode':'final'}"};
    for (size_t i = 0; i < 2; i++) {
        struct counterwork work;
        struct arena *arena = arena_new();
        counterwork_make(
            &work, form,
            str_fmt(arena,
                    WORKFLOW("{'id':'a','name':'A','actions':[" CALL("") "," CHOICE "]},"
                                                                         "{'id':'c','name':'C','actions':[%s]}",
                             ""),
                    ways[i])
                .ptr);
        struct change *change = counterwork_file(&work, "{}");
        str token = token_of(&work, change), key = call_job(change)->key;
        change = come_back(&work, change, token, answered(500, ""));
        struct event press = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("b1"), .status = STR("a")};
        change = counterwork_do(&work, change->after, &press);
        assert_int_equal(change->cancelled.len, 1);
        assert_true(str_eq(change->cancelled.at[0], key));
        counterwork_free(&work);
        arena_free(arena);
    }
}

static void a_global_action_waits_and_goes_on_too(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[]},{'id':'b','name':'B','actions':[]}",
                              ",'global_actions':[{'id':'g','name':'Retirer','triggers':[{'type':'manual','id':'t',"
                              "'roles':['_receiver']}],'actions':[" CALL("") "," SUITE "]}]"));
    struct change *change = counterwork_file(&work, "{}");
    struct event start = {.kind = EVENT_GLOBAL, .actor = test_agent, .action = STR("g"), .status = STR("a")};
    change = counterwork_do(&work, change->after, &start);
    assert_str(change->after->status, "a");
    change = come_back(&work, change, token_of(&work, change), answered(200, "{\"id\": 4}"));
    assert_str(change->after->status, "b");
    assert_int_equal(count_parts(change, "message"), 1);
    counterwork_free(&work);
}

/* ---- What is kept ---- */

static void all_responses_are_kept_where_the_definition_says(void **state)
{
    (void)state;
    static const char *const more[] = {"", ",'store_all_responses':true"};
    for (size_t i = 0; i < 2; i++) {
        struct counterwork work;
        struct arena *arena = arena_new();
        counterwork_make(&work, form,
                         str_fmt(arena,
                                 WORKFLOW("{'id':'a','name':'A','actions':[" CALL(
                                              "%s") ",{'type':'choice','id':'b1','label':'Encore','by':['_receiver'],"
                                                    "'status':'a'}]}",
                                          ""),
                                 more[i])
                             .ptr);
        struct change *change = counterwork_file(&work, "{}");
        change = come_back(&work, change, token_of(&work, change), answered(200, "{\"id\": 1}"));
        struct event press = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("b1"), .status = STR("a")};
        change = counterwork_do(&work, change->after, &press);
        change = come_back(&work, change, token_of(&work, change), answered(200, "{\"id\": 2}"));
        assert_str(read_name(&work, change, "form_workflow_wscall_panier_response_id"), "2");
        assert_str(read_name(&work, change, "form_workflow_wscall_panier_0_response_id"), i == 0 ? "2" : "1");
        assert_str(read_name(&work, change, "form_workflow_wscall_panier_1_response_id"), i == 0 ? "" : "2");
        counterwork_free(&work);
        arena_free(arena);
    }
}

static void a_file_is_kept_in_the_history_and_its_field(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[" CALL(
                                  ",'response_type':'attachment','backoffice_filefield_id':'bo1'") "," SUITE "]}," ENDS,
                              ""));
    struct change *change = counterwork_file(&work, "{}");
    assert_str(json_str(payload_of(&work, change), "file"), "panier");
    struct call_outcome outcome = answered(200, "");
    char blob[65] = {0};
    memset(blob, 'a', 64);
    json_t *file = json_of(work.arena, "{'name':'acte.pdf','type':'application/pdf','size':12}");
    json_set_str(file, STR("blob"), str_of(blob));
    outcome.file = file;
    change = come_back(&work, change, token_of(&work, change), outcome);
    assert_str(change->after->status, "b");
    assert_str(read_name(&work, change, "form_var_acte"), "acte.pdf");
    assert_str(read_name(&work, change, "panier_content_type"), "application/pdf");
    assert_str(read_name(&work, change, "panier_length"), "12");
    assert_int_equal(count_parts(change, "file"), 1);
    struct dossier_file known;
    assert_true(dossier_has_file(&work.place, change->after, str_of(blob), &known));
    counterwork_free(&work);
}

/* ---- Text messages ---- */

static void a_text_message_is_a_job(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[{'type':'sendsms','id':'1','to_mode':'submitter','body':"
                              "'Bonjour {{ form_var_nom }}'},{'type':'sendsms','id':'2','to_mode':'other','to':["
                              "'+33 6 11 22 33 44, 0612345678','{{ form_var_mobile }}','rien'],'body':'Deux',"
                              "'counter_name':'c'}]}",
                              ""));
    struct change *change = counterwork_file(&work, "{'1':'Ana','3':'0612345678'}");
    assert_int_equal(count_parts(change, "error"), 2); /* the site has no gateway */
    work.place.sends_sms = true;
    change = counterwork_file(&work, "{'1':'Ana','3':'0612345678'}");
    size_t found = 0;
    for (size_t i = 0; i < change->jobs.len; i++) {
        const struct job *job = &change->jobs.at[i];
        if (!str_eq(job->kind, STR(SMS_JOB_KIND)))
            continue;
        assert_true(job->is_remote);
        assert_true(str_contains(job->payload, found++ == 0
                                                   ? STR("\"to\":[\"0612345678\"],\"message\":\"Bonjour Ana\"")
                                                   : STR("\"to\":[\"+33 6 11 22 33 44\",\"0612345678\"],\"message\":"
                                                         "\"Deux\",\"counter\":\"c\"")));
    }
    assert_int_equal(found, 2);
    assert_int_equal(count_parts(change, "sms"), 2);
    counterwork_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_rendered_with_the_names_as_they_are),
        cmocka_unit_test(a_body_that_contradicts_itself_is_told_and_the_actions_go_on),
        cmocka_unit_test(the_whole_dossier_is_posted_with_its_files),
        cmocka_unit_test(the_actions_wait_and_go_on_with_the_answer),
        cmocka_unit_test(what_follows_a_call_may_lead_the_person_on),
        cmocka_unit_test(each_outcome_leads_where_the_definition_says),
        cmocka_unit_test(an_empty_address_is_a_network_error_at_once),
        cmocka_unit_test(errors_are_told_to_whom_the_definition_says),
        cmocka_unit_test(one_that_fails_is_tried_again_and_given_up_at_last),
        cmocka_unit_test(calls_of_one_dossier_leave_in_their_order),
        cmocka_unit_test(one_that_is_given_up_holds_no_other_back),
        cmocka_unit_test(what_is_anonymised_or_removed_asks_nobody_any_more),
        cmocka_unit_test(a_global_action_waits_and_goes_on_too),
        cmocka_unit_test(all_responses_are_kept_where_the_definition_says),
        cmocka_unit_test(a_file_is_kept_in_the_history_and_its_field),
        cmocka_unit_test(a_text_message_is_a_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* dispatch: who plays a function of one dossier, whatever its form binds. */
#include "counterwork.h"

static const char form[] = "{'kind':'form','slug':'permis','name':'Permis','workflow':'w','functions':{'_receiver':"
                           "'urbanisme'},'fields':[{'id':'1','type':'string','label':'Lieu','varname':'lieu'}]}";

#define WORKFLOW(dispatches)                                                                                           \
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["     \
    "{'id':'a','name':'A','actions':[" dispatches                                                                      \
    ",{'type':'choice','id':'ok','label':'Ok','by':['_receiver'],'status':'a'}]}]}"
#define DISPATCH(keys) "{'type':'dispatch','id':'d','role_key':'_receiver'," keys "}"
#define BY_PLACE(keys)                                                                                                 \
    DISPATCH("'dispatch_type':'automatic','rules':[{'value':'rue','role_id':'voirie'},{'value':'','role_id':"          \
             "'inconnu'}]," keys)

static const str roads[] = {STR_INIT("voirie")}, resident[] = {STR_INIT("_user:3")};
static const struct actor road_agent = {.account = 8, .roles = roads, .role_count = 1, .is_agent = true};
static const struct actor resident_agent = {.account = 3, .roles = resident, .role_count = 1, .is_agent = true};

struct desk {
    struct counterwork work;
    struct change *change;
};

static void desk_open(struct desk *desk, const char *workflow, const char *answers)
{
    counterwork_make(&desk->work, form, workflow);
    desk->change = counterwork_file(&desk->work, answers);
}

static bool sees(const struct desk *desk, const struct actor *actor)
{
    return dossier_is_visible(&desk->work.place, desk->change->after, actor);
}

static str text_of(struct desk *desk, const char *template)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT};
    struct dossier_place *place = &desk->work.place;
    struct render render = {.arena = place->arena,
                            .scope = dossier_scope(place, desk->work.form, NULL, desk->change->after),
                            .site = dossier_site_scope(place)};
    return template_text(template_compile(place->arena, str_of(template), &settings, NULL), &render);
}

static void a_rule_gives_the_function_to_a_role(void **state)
{
    (void)state;
    static const char *const workflows[] = {WORKFLOW(BY_PLACE("'variable':'form_var_lieu'")),
                                            WORKFLOW(BY_PLACE("'variable':'{{ form_var_lieu }}'"))};
    for (size_t i = 0; i < 2; i++) {
        struct desk desk;
        desk_open(&desk, workflows[i], "{'1':'rue'}");
        assert_int_equal(desk.change->concerned.len, 1);
        assert_str(desk.change->concerned.at[0], "voirie");
        assert_str(desk.change->waiting.at[0], "voirie");
        assert_true(sees(&desk, &road_agent));
        assert_false(sees(&desk, &test_agent));
        assert_true(dossier_form_is_listed(&desk.work.place, desk.work.form, &road_agent));
        assert_str(text_of(&desk, "{{ form_role_receiver_name }} {{ form_role_receiver_emails|join:',' }}"),
                   "Voirie voirie@ville.example");
        struct offer offer;
        dossier_offer(&desk.work.place, desk.change->after, &road_agent, &offer);
        assert_int_equal(offer.buttons.len, 1);
        counterwork_free(&desk.work);
    }
}

static void without_a_rule_or_a_role_the_form_decides(void **state)
{
    (void)state;
    static const char *const answers[] = {"{'1':'parc'}", "{}"};
    for (size_t i = 0; i < 2; i++) {
        struct desk desk;
        desk_open(&desk, WORKFLOW(BY_PLACE("'variable':'form_var_lieu'")), answers[i]);
        assert_str(desk.change->concerned.at[0], "urbanisme");
        assert_false(sees(&desk, &road_agent));
        counterwork_free(&desk.work);
    }
}

static void roles_are_added_and_taken_away(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, WORKFLOW(DISPATCH("'role_id':'{{ \\\"Voirie\\\" }}','operation_mode':'add'")), "{}");
    assert_int_equal(desk.change->concerned.len, 2);
    assert_true(sees(&desk, &road_agent) && sees(&desk, &test_agent));
    counterwork_free(&desk.work);
    desk_open(&desk,
              WORKFLOW(DISPATCH("'role_id':'voirie','operation_mode':'add'") "," DISPATCH(
                  "'role_id':'urbanisme','operation_mode':'remove'")),
              "{}");
    assert_int_equal(desk.change->concerned.len, 1);
    assert_str(desk.change->concerned.at[0], "voirie");
    counterwork_free(&desk.work);
    desk_open(&desk, WORKFLOW(DISPATCH("'role_id':'urbanisme','operation_mode':'remove'")), "{}");
    assert_str(desk.change->concerned.at[0], "urbanisme");
    counterwork_free(&desk.work);
}

static void one_account_may_hold_a_function(void **state)
{
    (void)state;
    static const char *const workflows[] = {WORKFLOW(DISPATCH("'role_id':'remi@exemple.fr'")),
                                            WORKFLOW(DISPATCH("'role_id':'{{ form_user }}'"))};
    for (size_t i = 0; i < 2; i++) {
        struct desk desk;
        desk_open(&desk, workflows[i], "{}");
        assert_str(desk.change->concerned.at[0], "_user:3");
        assert_true(sees(&desk, &resident_agent));
        assert_false(sees(&desk, &test_agent));
        struct shown_history shown;
        dossier_show_history(&desk.work.place, desk.change->after, &resident_agent, &shown);
        assert_str(shown.at[0].parts.at[0].text, "Agents : Rémi Résident");
        dossier_show_history(&desk.work.place, desk.change->after, &test_submitter, &shown);
        assert_int_equal(shown.at[0].parts.len, 0);
        counterwork_free(&desk.work);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_gives_the_function_to_a_role),
        cmocka_unit_test(without_a_rule_or_a_role_the_form_decides),
        cmocka_unit_test(roles_are_added_and_taken_away),
        cmocka_unit_test(one_account_may_hold_a_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

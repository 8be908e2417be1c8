/* A circuit told as places and ways, drawn and put in a table. */
#include "counterwork.h"
#include "picture/picture.h"

#include <libxml/parser.h>

static const char form[] = "{'kind':'form','slug':'f','name':'F','workflow':'w','functions':{'_receiver':'urbanisme'},"
                           "'fields':[{'id':'1','type':'string','label':'Nom','varname':'nom'}]}";
static const char circuit[] =
    "{'kind':'workflow','slug':'w','name':'Permis <b>','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["
    "{'id':'a','name':'Reçu','colour':'66CCFF','actions':["
    "{'id':'1','type':'sendmail','to':['_submitter','police'],'subject':'Bien reçu','body':'x'},"
    "{'id':'2','type':'choice','label':'Accepter','by':['_receiver'],'status':'b'},"
    "{'id':'3','type':'jump','mode':'timeout','timeout':'172800','status':'c','condition':'form_var_nom'},"
    "{'id':'4','type':'jump','mode':'trigger','trigger':'paid','by':['_receiver'],'status':'b'},"
    "{'id':'5','type':'choice','label':'','by':['_receiver'],'status':'c'}]},"
    "{'id':'b','name':'Étude','visibility':['_hidden'],'actions':["
    "{'id':'1','type':'webservice_call','label':'Solde','url':'http://x.example/"
    "','action_on_4xx':'c','action_on_5xx':'c'},"
    "{'id':'2','type':'jump','mode':'immediate','status':'c'}]},"
    "{'id':'c','name':'Fin </svg><script>','colour':'x\\\"/>','loop_items_template':'{{ form_var_nom "
    "}}','after_loop_status':'b',"
    "'actions':[{'id':'1','type':'choice','label':'Rouvrir',"
    "'by':['_receiver'],'status':'_previous'}]}],"
    "'global_actions':[{'id':'g','name':'Relancer','triggers':[{'type':'manual','roles':['_receiver']},"
    "{'type':'timeout','anchor':'creation','timeout':'30'},{'type':'timeout','anchor':'1st-arrival',"
    "'anchor_status_first':'a','timeout':'-3'}],'actions':[{'id':'1','type':'jump','status':'a'}]}]}";

static str name_of_role(void *data, str slug)
{
    (void)data;
    return str_eq(slug, STR("police")) ? STR("Police municipale") : STR_EMPTY;
}
static const struct role_names names = {NULL, name_of_role};

static void a_circuit_is_told_in_words(void **state)
{
    (void)state;
    struct counterwork work;
    struct outline outline;
    counterwork_make(&work, form, circuit);
    workflow_outline(work.arena, work.workflow, &names, &outline);
    const struct outline_place *first = &outline.statuses.at[0];
    assert_int_equal(outline.statuses.len, 3);
    assert_str(first->does.at[0], "Courriel à la personne qui demande, Police municipale : « Bien reçu »");
    assert_int_equal(first->ways.len, 3); /* a button without a label is none */
    assert_str(picture_way(work.arena, &first->ways.at[0]), "Bouton « Accepter », par Agents");
    assert_str(picture_way(work.arena, &first->ways.at[1]), "Après 2 jours, si form_var_nom");
    assert_str(picture_way(work.arena, &first->ways.at[2]), "À l’appel « paid », par Agents");
    assert_str(picture_target(&outline, &first->ways.at[1]), "Fin </svg><script>");
    assert_str(outline.statuses.at[1].ways.at[0].what, "Échec : Appel d’un autre serveur : « Solde »");
    assert_int_equal(outline.statuses.at[1].ways.len, 2); /* one for all failures that lead there */
    assert_str(picture_target(&outline, &outline.statuses.at[2].ways.at[0]), "retour au statut marqué");
    assert_str(outline.statuses.at[2].does.at[0], "Pour chaque élément de {{ form_var_nom }} :");
    assert_str(outline.statuses.at[2].ways.at[1].what, "La liste parcourue");
    assert_int_equal(outline.statuses.at[2].ways.at[1].to, 1);
    const struct outline_place *global = &outline.globals.at[0];
    assert_str(global->does.at[0], "Lancée par Agents");
    assert_str(global->does.at[1], "Lancée 30 jours après le dépôt");
    assert_str(global->does.at[2], "Lancée 3 jours avant la première arrivée dans « Reçu »");
    assert_int_equal(global->ways.at[0].to, 0);
    counterwork_free(&work);
}

/* Through a status that agents may not know of. */
static void the_path_is_marked_for_who_may_know_it(void **state)
{
    (void)state;
    struct counterwork work;
    struct outline outline;
    counterwork_make(&work, form, circuit);
    struct change *change = counterwork_file(&work, "{}");
    struct event event = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2")};
    change = counterwork_do(&work, change->after, &event);
    struct dossier_place *place = &work.place;
    assert_true(dossier_outline(place, change->after, &test_admin, &names, &outline));
    assert_true(outline.statuses.at[0].ways.at[0].is_taken);
    assert_false(outline.statuses.at[0].ways.at[2].is_taken); /* a call is no person's */
    assert_int_equal(outline.statuses.at[1].visits, 1);
    assert_true(outline.statuses.at[1].is_current);
    assert_true(dossier_outline(place, change->after, &test_agent, &names, &outline));
    assert_str(outline.statuses.at[1].name, "Étape interne");
    assert_int_equal(outline.statuses.at[1].does.len, 0);
    assert_int_equal(outline.statuses.at[1].visits, 0);
    assert_true(outline.statuses.at[0].is_current);
    assert_false(outline.statuses.at[0].ways.at[0].is_taken);
    counterwork_free(&work);
}

static void a_drawing_is_well_formed_whatever_it_says(void **state)
{
    (void)state;
    struct counterwork work;
    struct outline outline;
    str svg;
    struct err err = {0};
    counterwork_make(&work, form, circuit);
    workflow_outline(work.arena, work.workflow, &names, &outline);
    outline.statuses.at[1].name = STR("\x01&<\xef\xbf\xbf 漢字 \xe2\x80\xae"
                                      "fin");
    if (!picture_draw(work.arena, &outline, &svg, &err))
        fail_msg("%s", err.message);
    xmlDoc *doc = xmlReadMemory(svg.ptr, (int)svg.len, "circuit.svg", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    assert_true(str_contains(svg, STR("&lt;/svg&gt;&lt;script&gt;")));
    assert_true(str_contains(svg, STR("fill=\"#66CCFF\"")));
    assert_false(str_contains(svg, STR("fill=\"#x")));
    assert_true(str_contains(svg, STR("textLength"))); /* signs of an unknown width */
    counterwork_free(&work);
}

static void a_table_says_the_same(void **state)
{
    (void)state;
    struct counterwork work;
    struct outline outline;
    counterwork_make(&work, form, circuit);
    workflow_outline(work.arena, work.workflow, &names, &outline);
    str table = picture_table(work.arena, &outline);
    assert_true(str_contains(table, STR("| Fin \\</svg\\>\\<script\\> | ")));
    assert_true(str_contains(table, STR("Bouton « Accepter », par Agents → Étude<br>")));
    assert_true(str_contains(table, STR("| Relancer | Lancée par Agents<br>")));
    counterwork_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_circuit_is_told_in_words),
        cmocka_unit_test(the_path_is_marked_for_who_may_know_it),
        cmocka_unit_test(a_drawing_is_well_formed_whatever_it_says),
        cmocka_unit_test(a_table_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What one document lacks and what of it does not run: constructs, references; and docs/publik.md says the same. */
#include "arena.h"

#include "lint/lint.h"

/* JSON with ' for ". */
static const json_t *json_of(const char *text)
{
    struct err err = {0};
    const json_t *json = json_parse(arena, str_replace(arena, str_of(text), STR("'"), STR("\"")), &err);
    if (json == NULL)
        fail_msg("%s: %s", err.message, text);
    return json;
}

/* « construct @ where » of each finding that has one, between « ; ». */
static str constructs_of(const char *kind, const char *text)
{
    struct lint_findings findings = {0};
    lint_document(arena, str_of(kind), json_of(text), &findings);
    struct buf out = buf_new(arena, 4096);
    for (size_t i = 0; i < findings.len; i++)
        if (findings.at[i].construct.len > 0)
            buf_fmt(&out, "%s%.*s @ %.*s", out.len > 0 ? "; " : "", STR_ARG(findings.at[i].construct),
                    STR_ARG(findings.at[i].where));
    return buf_str(&out);
}

#define FORM(rest, fields) "{'kind':'form','slug':'f','name':'F'" rest ",'fields':[" fields "]}"
#define WORKFLOW(actions)                                                                                              \
    "{'kind':'workflow','slug':'w','name':'W','statuses':[{'id':'1','name':'N','actions':[" actions "]}]}"
#define GLOBAL(trigger)                                                                                                \
    "{'kind':'workflow','slug':'w','name':'W','statuses':[{'id':'1','name':'N','actions':[]}],"                        \
    "'global_actions':[{'id':'1','name':'G','triggers':[" trigger "],'actions':[]}]}"

static void what_does_not_run_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *json, *expected;
    } cases[] = {
        {"form", FORM("", "{'id':'1','type':'string','label':'A'}"), ""},
        {"form", FORM("", "{'id':'1','type':'table','label':'A'}"), "field:table @ champ 1 (A)"},
        {"form", FORM("", "{'id':'1','type':'item','label':'A','display_mode':'radio','items':['x']}"), ""},
        {"form", FORM("", "{'id':'1','type':'item','label':'A','display_mode':'autocomplete','items':['x']}"), ""},
        {"form", FORM("", "{'id':'1','type':'text','label':'A','display_mode':'pre'}"), ""},
        {"form", FORM("", "{'id':'1','type':'text','label':'A','display_mode':'rich'}"), ""},
        {"form", FORM("", "{'id':'1','type':'file','label':'A','automatic_image_resize':false}"), ""},
        {"form", FORM("", "{'id':'1','type':'file','label':'A','allow_portfolio_picking':true}"),
         "file:portfolio @ champ 1 (A)"},
        {"form", FORM("", "{'id':'1','type':'string','label':'A','validation':{'type':'regex','value':'a+'}}"), ""},
        {"form", FORM("", "{'id':'1','type':'string','label':'A','validation':{'type':'inconnue'}}"),
         "validation:inconnue @ champ 1 (A)"},
        {"form", FORM("", "{'id':'1','type':'string','label':'A','prefill':{'type':'geolocation','value':'x'}}"),
         "prefill:geolocation @ champ 1 (A)"},
        {"form", FORM("", "{'id':'1','type':'item','label':'A','source':{'type':'json','value':'http://x'}}"), ""},
        {"form", FORM("", "{'id':'1','type':'item','label':'A','source':{'type':'card','value':'m:vue'}}"), ""},
        {"form", FORM("", "{'id':'1','type':'string','label':'A','condition':{'type':'python','value':'x[0]'}}"),
         "cond-lang:python @ champ 1 (A)"},
        {"form", FORM("", "{'id':'1','type':'comment','label':'{{ webservice.x }}'}"), ""},
        {"wscall", "{'kind':'wscall','slug':'w','request':{'url':'{% if %}','method':'GET'}}", "template @ adresse"},
        {"form", FORM("", "{'id':'1','type':'comment','label':'{% webservice %}'}"),
         "tag:webservice @ champ 1 ({% webservice %}), libellé"},
        {"form", FORM("", "{'id':'1','type':'comment','label':'{{ x|qrcode }}'}"),
         "filter:qrcode @ champ 1 ({{ x|qrcode }}), libellé"},
        {"form", FORM("", "{'id':'1','type':'comment','label':'{% if %}'}"), "template @ champ 1 ({% if %})"},
        {"form", FORM(",'has_captcha':true", ""), ""},
        {"form", FORM(",'has_captcha':false,'custom_views':'','geolocations':{}", ""), ""},
        {"workflow", WORKFLOW("{'type':'remove'}"), ""},
        {"workflow", WORKFLOW("{'type':'update_user_profile'}"),
         "action:update_user_profile @ statut « N », action 1 (update_user_profile)"},
        {"workflow", WORKFLOW("{'type':'jump','status':'1','timeout':'2 days'}"), ""},
        {"workflow", WORKFLOW("{'type':'jump','status':'1','mode':'trigger','trigger':'payé'}"), ""},
        {"workflow", WORKFLOW("{'type':'jump','status':'1','condition':{'type':'python','value':'x[0]'}}"),
         "cond-lang:python @ statut « N », action 1 (jump)"},
        {"workflow",
         WORKFLOW("{'type':'sendmail','to':['_submitter'],'subject':'a','body':'b','attachments':['f(x)']}"),
         "attachment:python @ statut « N », action 1 (sendmail)"},
        {"workflow", GLOBAL("{'type':'manual','roles':['_receiver']}"), ""},
        {"workflow", GLOBAL("{'type':'timeout','anchor':'finalized','timeout':'3'}"), ""},
        {"workflow", GLOBAL("{'type':'timeout','anchor':'anonymisation','timeout':'3'}"),
         "trigger:anchor=anonymisation @ action globale « G »"},
        {"workflow", GLOBAL("{'type':'webservice','identifier':'x'}"), ""},
        {"workflow", GLOBAL("{'type':'inconnu','identifier':'x'}"), "trigger:inconnu @ action globale « G »"},
        {"source", "{'kind':'source','slug':'s','source':{'type':'jsonvalue','value':'[]'}}", ""},
        {"source", "{'kind':'source','slug':'s','source':{'type':'json','value':'http://x'},'id_attribute':'k'}", ""},
        {"source", "{'kind':'source','slug':'s','source':{'type':'json','value':'{% if %}'}}", "ds:json @ source"},
        {"source", "{'kind':'source','slug':'s'}", "ds:empty @ source"},
        {"mail-template", "{'kind':'mail-template','slug':'m','subject':'a','body':'b'}", ""},
        {"block", "{'kind':'block','slug':'b','fields':[]}", ""},
        {"block", "{'kind':'block','slug':'b','fields':[{'id':'1','type':'block','block':'b'}]}",
         "block:nested @ champ 1 ()"},
        {"block", "{'kind':'block','slug':'b','fields':[{'id':'1','type':'retina'}]}", "field:retina @ champ 1 ()"},
        {"card", "{'kind':'card','slug':'c','has_captcha':true,'geolocations':{'base':'x'},'fields':[]}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(constructs_of(cases[i].kind, cases[i].json), cases[i].expected);
}

static str references_of(const char *kind, const char *text)
{
    struct lint_references references = {0};
    lint_references(arena, str_of(kind), json_of(text), &references);
    struct buf out = buf_new(arena, 4096);
    for (size_t i = 0; i < references.len; i++)
        buf_fmt(&out, "%s%.*s:%.*s", out.len > 0 ? " " : "", STR_ARG(references.at[i].kind),
                STR_ARG(references.at[i].slug));
    return buf_str(&out);
}

static void what_a_document_needs_is_listed_once(void **state)
{
    (void)state;
    assert_str(references_of("form",
                             FORM(",'category':'c','workflow':'w','functions':{'_receiver':'agents'},"
                                  "'roles':['logged-users','habitants']",
                                  "{'id':'1','type':'item','source':{'type':'named','value':'pays'}},"
                                  "{'id':'2','type':'item','source':{'type':'named','value':'pays'}},"
                                  "{'id':'3','type':'item','source':{'type':'card','value':'quartier:vue'}},"
                                  "{'id':'4','type':'block','block':'personne'},"
                                  "{'id':'5','type':'comment','label':'{{ x|de_chez_eux }}{{ webservice.meteo.x }}'}")),
               "category:c source:pays card:quartier block:personne workflow:w role:agents role:habitants "
               "wscall:meteo filter:de_chez_eux");
    assert_str(
        references_of("workflow", WORKFLOW("{'type':'choice','by':['_receiver','_submitter','_inconnue','agents']},"
                                           "{'type':'sendmail','to':['a@b.example','{{ x }}'],'mail_template':'m'}")),
        "function:_inconnue role:agents mail-template:m");
}

/* ---- docs/publik.md ---- */

/* The words between ` of the table's row that begins with | title |. */
static struct str_list words_of_row(const char *title)
{
    struct str_list words = {0};
    struct err err = {0};
    str text, before, row, rest, word;
    if (!file_read(arena, "docs/publik.md", 1 << 20, &text, &err))
        fail_msg("%s", err.message);
    size_t at = str_find(text, str_fmt(arena, "| %s |", title), 0);
    if (at == SIZE_MAX)
        fail_msg("docs/publik.md has no row « %s »", title);
    str_cut(str_slice(text, at, text.len), '\n', &row, &rest);
    while (str_cut(row, '`', &before, &rest) && str_cut(rest, '`', &word, &row))
        *vec_push(arena, &words) = word;
    return words;
}

static void assert_says(const struct str_list *words, str name)
{
    for (size_t i = 0; i < words->len; i++)
        if (str_eq(words->at[i], name))
            return;
    fail_msg("docs/publik.md does not say that %.*s runs", STR_ARG(name));
}

static bool field_runs(str name)
{
    return field_type_runs(name);
}

static bool action_runs(str name)
{
    for (size_t i = 0; workflow_action_type(i) != NULL; i++)
        if (str_eq(str_of(workflow_action_type(i)), name))
            return true;
    return false;
}

static void assert_all_run(const struct str_list *words, bool (*runs)(str name))
{
    for (size_t i = 0; i < words->len; i++)
        if (!runs(words->at[i]))
            fail_msg("docs/publik.md says that %.*s runs", STR_ARG(words->at[i]));
}

static void the_doc_says_what_runs(void **state)
{
    (void)state;
    struct str_list fields = words_of_row("field types"), actions = words_of_row("actions"),
                    validations = words_of_row("validations");
    for (size_t i = 0; field_type_name(i) != NULL; i++)
        assert_says(&fields, str_of(field_type_name(i)));
    for (size_t i = 0; workflow_action_type(i) != NULL; i++)
        assert_says(&actions, str_of(workflow_action_type(i)));
    for (size_t i = 0; validation_type(i) != NULL; i++)
        assert_says(&validations, str_of(validation_type(i)));
    assert_all_run(&fields, field_runs);
    assert_all_run(&actions, action_runs);
    assert_all_run(&validations, validation_type_runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(what_does_not_run_is_told_with_its_place),
        WITH_ARENA(what_a_document_needs_is_listed_once),
        WITH_ARENA(the_doc_says_what_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

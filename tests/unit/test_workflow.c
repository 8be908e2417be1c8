#include "counterwork.h"

static const char form[] = "{'kind':'form','slug':'permis','name':'Permis de végétaliser','workflow':'w',"
                           "'functions':{'_receiver':'urbanisme'},'workflow_options':{'delai':'3'},'fields':["
                           "{'id':'1','type':'string','label':'Nom','varname':'nom','anonymise':'final'},"
                           "{'id':'2','type':'string','label':'Rue','varname':'rue','anonymise':'no'}]}";

#define WORKFLOW(statuses)                                                                                             \
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],"                 \
    "'options':[{'id':'o1','type':'string','label':'Délai','varname':'delai'}],"                                      \
    "'backoffice_fields':[{'id':'bo1','type':'string','label':'Décision','varname':'decision'},"                      \
    "{'id':'bo2','type':'string','label':'Suite','varname':'suite'}],'statuses':[" statuses "]}"

static struct event press(const struct change *change, str action, struct actor actor)
{
    return (struct event){.kind = EVENT_SUBMIT, .actor = actor, .action = action, .status = change->after->status};
}

static const json_t *find_part(const struct change *change, const char *type)
{
    for (size_t i = 0; i < change->entries.len; i++) {
        const json_t *parts = entry_parts(&change->entries.at[i]);
        for (size_t k = 0; k < json_array_size(parts); k++)
            if (str_eq(json_str(json_array_get(parts, k), "type"), str_of(type)))
                return json_array_get(parts, k);
    }
    return NULL;
}

static const struct job *find_job(const struct change *change, const char *kind)
{
    for (size_t i = 0; i < change->jobs.len; i++)
        if (str_eq(change->jobs.at[i].kind, str_of(kind)))
            return &change->jobs.at[i];
    return NULL;
}

/* ---- Durations ---- */

static void durations_are_read_in_both_languages(void **state)
{
    (void)state;
    static const struct {
        str text;
        int64_t seconds;
    } cases[] = {
        {STR_INIT("3600"), 3600},
        {STR_INIT("2 days"), 172800},
        {STR_INIT("90 jours"), 90 * 86400},
        {STR_INIT("1 jour et 2 heures"), 93600},
        {STR_INIT("3 mois"), 3 * 31 * 86400},
        {STR_INIT("30 minutes"), 1800},
        {STR_INIT("1 semaine"), 604800},
        {STR_INIT("2 années"), 2 * INT64_C(31557600)},
        {STR_INIT("bientôt"), -1},
        {STR_INIT(""), -1},
        {STR_INIT("-5"), -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;
        bool read = workflow_duration(cases[i].text, &seconds);
        assert_int_equal(read ? seconds : -1, cases[i].seconds);
    }
}

/* ---- Jumps ---- */

static void filing_runs_the_first_status_and_jumps_on(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'Envoyé','actions':[{'type':'jump','id':'1','status':'b','mode':"
                 "'immediate','condition':'form_var_nom == \\\"Zoé\\\"'},{'type':'jump','id':'2','status':'c'}]},"
                 "{'id':'b','name':'Pour Zoé','actions':[]},{'id':'c','name':'Nouveau','actions':[{'type':'choice',"
                 "'id':'1','label':'Accepter','by':['_receiver'],'status':'b'}]}"));
    struct change *change = counterwork_file(&work, "{'1':'Ana'}");
    assert_str(change->after->status, "c");
    assert_int_equal(change->entries.len, 2);
    assert_str(change->entries.at[0].status, "a");
    assert_int_equal(change->entries.at[0].author, AUTHOR_SUBMITTER);
    assert_int_equal(change->entries.at[1].author, AUTHOR_PROGRAM);
    assert_int_equal(change->waiting.len, 1);
    assert_str(change->waiting.at[0], "urbanisme");
    assert_false(change->after->is_final);
    change = counterwork_file(&work, "{'1':'Zoé'}");
    assert_str(change->after->status, "b");
    assert_true(change->after->is_final);
    assert_int_equal(change->waiting.len, 0);
    counterwork_free(&work);
}

static void a_circle_stops_after_a_hundred_jumps(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[{'type':'jump','id':'1','status':'b'}]},"
                              "{'id':'b','name':'B','actions':[{'type':'jump','id':'1','status':'a'}]}"));
    struct change *change = counterwork_file(&work, "{}");
    assert_true(change->jumps > WORKFLOW_JUMPS_MOST);
    assert_non_null(find_part(change, "error"));
    counterwork_free(&work);
}

static void previous_goes_back_to_the_marked_status(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW(
            "{'id':'a','name':'A','actions':[{'type':'choice','id':'1','label':'Suspendre','by':['_receiver'],"
            "'status':'b','set_marker_on_status':true}]},{'id':'b','name':'B','actions':[{'type':'choice','id':'1',"
            "'label':'Reprendre','by':['_receiver'],'status':'_previous'}]}"));
    struct change *change = counterwork_file(&work, "{}");
    struct event event = press(change, STR("1"), test_agent);
    change = counterwork_do(&work, change->after, &event);
    assert_str(change->after->status, "b");
    event = press(change, STR("1"), test_agent);
    change = counterwork_do(&work, change->after, &event);
    assert_str(change->after->status, "a");
    counterwork_free(&work);
}

static str text_over(struct counterwork *work, const struct dossier *dossier, const char *source)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT};
    struct err err = {0};
    const struct template *template = template_compile(work->arena, str_of(source), &settings, &err);
    struct render render = {.arena = work->arena, .scope = dossier_scope(&work->place, work->form, NULL, dossier)};
    return template_text(template, &render);
}

static void jumps_with_an_identifier_are_remembered(void **state)
{
    (void)state;
    static const char names[] = "{{ form_jumps|join:\" \" }}/{{ form_latest_jump }}";
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'jump','id':'1','status':'b','identifier':'tout-de-suite'}]},"
                 "{'id':'b','name':'B','actions':[{'type':'choice','id':'1','label':'Accepter','by':['_receiver'],"
                 "'status':'c','identifier':'accepter'},{'type':'choice','id':'2','label':'Ailleurs','by':"
                 "['_receiver'],'status':'perdu','identifier':'ailleurs'},{'type':'commentable','id':'3','by':"
                 "['_receiver']},{'type':'jumponsubmit','id':'4','status':'a','identifier':'premier'},"
                 "{'type':'jumponsubmit','id':'5','status':'c','identifier':'dernier'}]},"
                 "{'id':'c','name':'C','actions':[{'type':'jump','id':'1','status':'d','condition':"
                 "'form_latest_jump == \\\"accepter\\\"'},{'type':'jump','id':'2','status':'b'}]},"
                 "{'id':'d','name':'D','actions':[]}"));
    const struct dossier *dossier = counterwork_file(&work, "{}")->after;
    assert_str(dossier->status, "b");
    assert_str(text_over(&work, dossier, names), "tout-de-suite/tout-de-suite");
    struct event event = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2"), .status = STR("b")};
    dossier = counterwork_do(&work, dossier, &event)->after;
    assert_str(text_over(&work, dossier, names), "tout-de-suite/tout-de-suite"); /* it leads nowhere */
    struct posted_comment comment = {STR("3"), STR("Bon")};
    event = (struct event){.kind = EVENT_SUBMIT, .actor = test_agent, .comments = &comment, .comment_count = 1};
    dossier = counterwork_do(&work, dossier, &event)->after;
    assert_str(dossier->status, "b"); /* there and back */
    assert_str(text_over(&work, dossier, names), "tout-de-suite dernier/dernier");
    event = (struct event){.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("1"), .status = STR("b")};
    dossier = counterwork_do(&work, dossier, &event)->after;
    assert_str(dossier->status, "d");
    assert_str(text_over(&work, dossier, names), "tout-de-suite dernier accepter/accepter");
    struct shown_history history;
    dossier_show_history(&work.place, dossier, &test_admin, &history);
    for (size_t i = 0; i < history.len; i++)
        for (size_t k = 0; k < history.at[i].parts.len; k++)
            assert_false(str_eq(history.at[i].parts.at[k].type, STR("jump")));
    counterwork_free(&work);
}

/* ---- Sub-forms ---- */

/* While it is filled in, conditions read its answers as those that were given last. */
static void a_subform_is_read_while_it_is_filled_in(void **state)
{
    (void)state;
    static const char names[] =
        "{{ avis_var_note|default:\"-\" }} {{ form_workflow_form_avis_var_note|default:\"-\" }} "
        "{{ form_comment }}";
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[{'type':'form','id':'1','varname':'avis','by':"
                              "['_receiver'],'fields':[{'id':'1','type':'string','label':'Note','varname':'note'}],"
                              "'post_conditions':[{'condition':'avis_var_note != \\\"non\\\"','error_message':"
                              "'Pas {{ avis_var_note }}'},{'condition':'{% if'}]},"
                              "{'type':'commentable','id':'2','by':['_receiver']}]}"));
    assert_true(workflow_reports(work.workflow)->len > 0); /* the condition that does not compile */
    struct dossier *dossier = counterwork_file(&work, "{}")->after;
    struct posted_comment comment = {STR("2"), STR("Vu")};
    struct event event = {.kind = EVENT_SUBMIT, .actor = test_agent, .comments = &comment, .comment_count = 1};
    dossier = counterwork_do(&work, dossier, &event)->after;
    struct offer offer;
    dossier_offer(&work.place, dossier, &test_agent, &offer);
    assert_int_equal(offer.forms.len, 1);
    const struct offered_form *offered = &offer.forms.at[0];
    assert_int_equal(offered->post_conditions.len, 1);

    json_t *answers = json_keep(work.arena, json_object());
    struct dossier *filling = workflow_filling(work.arena, dossier, offered, answers);
    size_t entries = dossier->history.len;
    struct form_context context = {.arena = work.arena, .scope = dossier_scope(&work.place, work.form, NULL, filling)};
    struct field_errors errors = {0};
    assert_true(post_conditions_hold(offered->post_conditions, &context, &errors));
    json_set_str(answers, STR("1"), STR("non"));
    assert_str(text_over(&work, filling, names), "non non Vu");
    assert_false(post_conditions_hold(offered->post_conditions, &context, &errors));
    assert_str(errors.at[0].message, "Pas non");
    assert_str(text_over(&work, dossier, names), "- - Vu"); /* untouched */
    assert_int_equal(dossier->history.len, entries);
    counterwork_free(&work);
}

/* ---- Rights ---- */

static void a_button_is_for_those_it_names(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'choice','id':'1','label':'Accepter','by':"
                 "['_receiver'],'status':'b'},{'type':'choice','id':'2','label':'Annuler','by':['_submitter'],"
                 "'status':'b'}]},{'id':'b','name':'B','actions':[]}"));
    struct change *change = counterwork_file(&work, "{}"), refused;
    struct err err = {0};
    struct event event = press(change, STR("1"), test_submitter);
    assert_false(dossier_perform_prepare(&work.place, change->after, &event, &refused, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
    event = press(change, STR("1"), test_stranger);
    assert_false(dossier_perform_prepare(&work.place, change->after, &event, &refused, &err));
    event = press(change, STR("9"), test_agent);
    assert_false(dossier_perform_prepare(&work.place, change->after, &event, &refused, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    event = press(change, STR("1"), test_agent);
    event.status = STR("b");
    assert_false(dossier_perform_prepare(&work.place, change->after, &event, &refused, &err));
    assert_int_equal(err.code, ERR_CONFLICT);

    struct offer offer;
    dossier_offer(&work.place, change->after, &test_agent, &offer);
    assert_int_equal(offer.buttons.len, 1);
    assert_str(offer.buttons.at[0].label, "Accepter");
    assert_str(offer.buttons.at[0].target, "B");
    dossier_offer(&work.place, change->after, &test_submitter, &offer);
    assert_int_equal(offer.buttons.len, 1);
    assert_str(offer.buttons.at[0].label, "Annuler");
    dossier_offer(&work.place, change->after, &test_stranger, &offer);
    assert_false(offer.can_act);
    assert_int_equal(change->waiting.len, 2);
    counterwork_free(&work);
}

/* ---- Comments and sub-forms ---- */

#define STUDY                                                                                                          \
    "{'id':'a','name':'Étude','actions':[{'type':'commentable','id':'1','label':'Commentaire','button_label':'"       \
    "Ajouter',"                                                                                                        \
    "'by':['_receiver','_submitter'],'varname':'mot'},{'type':'form','id':'2','varname':'refus','by':['_receiver'],"   \
    "'hide_submit_button':true,'fields':[{'id':'1','type':'string','label':'Motif','varname':'motif'}]},"              \
    "{'type':'jumponsubmit','id':'3','status':'b'},{'type':'choice','id':'4','label':'Refuser','by':['_receiver'],"    \
    "'status':'c'}]},{'id':'b','name':'Complétée','actions':[]},"                                                    \
    "{'id':'c','name':'Refusée','actions':[{'type':'set-backoffice-fields','id':'1','fields':[{'field_id':'bo1','"    \
    "value':"                                                                                                          \
    "'refus {{ refus_var_motif }}/{{ form_workflow_form_refus_var_motif }}/{{ form_workflow_data_refus_var_motif "     \
    "}}'},"                                                                                                            \
    "{'field_id':'bo2','value':'{{ form_var_decision }} après {{ form_previous_status }} {{ form_status_changed "     \
    "}}'}]},"                                                                                                          \
    "{'type':'register-comment','id':'2','comment':'<p>{{ form_comment }} {{ comment_mot }}</p>'}]}"

static void a_comment_alone_jumps_on_submit(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form, WORKFLOW(STUDY));
    struct change *change = counterwork_file(&work, "{}");
    struct offer offer;
    dossier_offer(&work.place, change->after, &test_submitter, &offer);
    assert_int_equal(offer.comments.len, 1);
    assert_int_equal(offer.forms.len, 0);
    assert_true(offer.has_submit);
    assert_str(offer.submit_label, "Ajouter");

    struct posted_comment comment = {STR("1"), STR("  Voici la pièce  ")};
    struct event event = press(change, STR_EMPTY, test_submitter);
    event.comments = &comment;
    event.comment_count = 1;
    change = counterwork_do(&work, change->after, &event);
    assert_str(change->after->status, "b");
    assert_str(json_str(find_part(change, "comment"), "text"), "Voici la pièce");
    assert_str(json_str(change->after->data, "comment_mot"), "Voici la pièce");
    counterwork_free(&work);
}

static void a_sub_form_is_read_by_its_names(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form, WORKFLOW(STUDY));
    struct change *change = counterwork_file(&work, "{}");
    struct posted_form sent = {.action = STR("2"), .answers = json_of(work.arena, "{'1':'Trottoir étroit'}")};
    struct posted_comment comment = {STR("1"), STR("Désolé <b>")};
    struct event event = press(change, STR("4"), test_agent);
    event.forms = &sent;
    event.form_count = 1;
    event.comments = &comment;
    event.comment_count = 1;
    change = counterwork_do(&work, change->after, &event);
    assert_str(change->after->status, "c");
    assert_int_equal(change->entries.len, 1);
    assert_int_equal(change->entries.at[0].account, 7);
    assert_str(json_str(change->after->answers, "bo1"), "refus Trottoir étroit/Trottoir étroit/Trottoir étroit");
    assert_str(json_str(change->after->answers, "bo2"),
               "refus Trottoir étroit/Trottoir étroit/Trottoir étroit après Étude True");
    assert_str(json_str(find_part(change, "message"), "html"), "<p>Désolé &lt;b&gt; Désolé &lt;b&gt;</p>");

    sent.has_errors = true;
    struct change refused;
    struct err err = {0};
    struct change *before = counterwork_file(&work, "{}");
    event.status = before->after->status;
    assert_false(dossier_perform_prepare(&work.place, before->after, &event, &refused, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_str(err.field, "2");
    counterwork_free(&work);
}

static void a_required_comment_is_asked_for(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','actions':[{'type':'commentable','id':'1','required':true,'by':"
                              "['_receiver']},{'type':'choice','id':'2','label':'Non','by':['_receiver'],'status':'b'},"
                              "{'type':'choice','id':'3','label':'Annuler','by':['_receiver'],'status':'b',"
                              "'ignore_form_errors':true}]},{'id':'b','name':'B','actions':[]}"));
    struct change *change = counterwork_file(&work, "{}"), refused;
    struct err err = {0};
    struct event event = press(change, STR("2"), test_agent);
    assert_false(dossier_perform_prepare(&work.place, change->after, &event, &refused, &err));
    assert_int_equal(err.code, ERR_INVALID);
    event = press(change, STR("3"), test_agent);
    change = counterwork_do(&work, change->after, &event);
    assert_str(change->after->status, "b");
    counterwork_free(&work);
}

/* ---- Mails, notices, messages ---- */

/* What its template is says whether a mail is HTML, never what an answer begins with. */
static void answers_stay_text_in_mails(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':["
                 "{'type':'sendmail','id':'1','to':['_receiver'],'subject':'x','body':'{{ form_var_nom }}'},"
                 "{'type':'sendmail','id':'2','to':['_receiver'],'subject':'x','body':"
                 "'<p>{{ form_var_nom }}</p>'}]}"));
    struct change *change = counterwork_file(&work, "{'1':'<img src=x onerror=alert(1)>'}");
    const json_t *plain = json_parse(work.arena, change->jobs.at[0].payload, NULL);
    assert_str(json_str(json_object_get(plain, "words"), "text"), "<img src=x onerror=alert(1)>");
    assert_true(str_contains(json_str(json_object_get(plain, "words"), "html"),
                             STR("<p>&lt;img src=x onerror=alert(1)&gt;</p>")));
    const json_t *html = json_parse(work.arena, change->jobs.at[1].payload, NULL);
    assert_str(json_str(json_object_get(html, "words"), "text"), "<img src=x onerror=alert(1)>");
    assert_true(str_contains(json_str(json_object_get(html, "words"), "html"),
                             STR("<p>&lt;img src=x onerror=alert(1)&gt;</p>")));
    counterwork_free(&work);
}

static void mails_are_rendered_when_they_are_caused(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW(
            "{'id':'a','name':'A','actions':[{'type':'sendmail','id':'1','to':['_submitter','_receiver',"
            "'{{ form_var_rue }}'],'subject':'Demande {{ form_number }}','body':'Bonjour {{ form_var_nom "
            "}},\\n\\n\\n\\n"
            "`Suivre <{{ form_url }}>`_ et **merci**'},{'type':'sendmail','id':'2','to':['_receiver'],'mail_template':"
            "'modele'},{'type':'sendmail','id':'3','to':['_receiver'],'subject':'Rien','condition':'form_var_nom == 3',"
            "'body':'x'},{'type':'notification','id':'4','to':['_submitter'],'title':'Reçue {{ form_name "
            "}}','body':'x'}"
            "]}"));
    struct change *change = counterwork_file(&work, "{'1':'Ana','2':'voisin@exemple.fr'}");
    assert_int_equal(change->jobs.len, 2);
    const json_t *mail = json_parse(work.arena, change->jobs.at[0].payload, NULL);
    assert_str(change->jobs.at[0].kind, "mail.send");
    assert_int_equal(json_array_size(json_list(mail, "to")), 3);
    assert_str(json_str(mail, "subject"), "Demande 12-57");
    assert_str(json_str(json_object_get(mail, "words"), "text"),
               "Bonjour Ana,\n\nSuivre https://ville.example/mon-compte/demandes/4K7P92M/ et merci");
    assert_true(str_contains(json_str(json_object_get(mail, "words"), "html"),
                             STR("<a href=\"https://ville.example/mon-compte/demandes/4K7P92M/\">Suivre</a>")));
    mail = json_parse(work.arena, change->jobs.at[1].payload, NULL);
    assert_str(json_str(json_object_get(mail, "words"), "text"), "Bonjour Ana");
    assert_int_equal(change->notices.len, 1);
    assert_int_equal(change->notices.at[0].account, 3);
    assert_str(change->notices.at[0].title, "Reçue Permis de végétaliser");
    counterwork_free(&work);
}

#define PLAN "{'blob':'ab12','name':'plan.pdf','type':'application/pdf','size':12}"

static const char form_with_plan[] = "{'kind':'form','slug':'permis','name':'Permis','workflow':'w',"
                                     "'functions':{'_receiver':'urbanisme'},'fields':["
                                     "{'id':'1','type':'string','label':'Nom','varname':'nom'},"
                                     "{'id':'p-1','type':'file','label':'Plan','varname':'plan'},"
                                     "{'id':'p-2','type':'file','label':'Photo'}]}";

/* A template, a field by its id as exports of before templates name it, the same file twice, an empty one, a text. */
static void mails_name_their_files(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form_with_plan,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'sendmail','id':'1','to':['_submitter'],'subject':'x','body':"
                 "'y','varname':'avis','attachments':['{{ form_var_plan }}','form_var_plan_raw','form_fp_2',"
                 "'{{ form_var_rien }}','{{ form_var_nom }}','utils.pdf(1)']},"
                 "{'type':'register-comment','id':'2','comment':'<p>{{ form_workflow_email_avis_subject }} à "
                 "{{ form_workflow_email_avis_0_addresses|join:\\',\\' }}</p>'}]}"));
    struct change *change = counterwork_file(
        &work, "{'1':'Ana','p-1':" PLAN ",'p-2':{'blob':'cd','name':'rue.png','type':'image/png','size':3}}");
    const json_t *mail = json_parse(work.arena, change->jobs.at[0].payload, NULL);
    const json_t *files = json_list(mail, "files");
    assert_int_equal(json_array_size(files), 2);
    assert_str(json_str(json_array_get(files, 0), "blob"), "ab12");
    assert_str(json_str(json_array_get(files, 1), "name"), "rue.png");
    assert_int_equal(json_int(mail, "dossier"), 1000);
    assert_int_equal(json_array_size(json_list(find_part(change, "mail"), "attachments")), 2);
    assert_non_null(find_part(change, "error"));
    assert_str(json_str(find_part(change, "message"), "html"), "<p>x à remi@exemple.fr</p>");
    const struct workflow_reports *reports = workflow_reports(work.workflow);
    assert_int_equal(reports->len, 1);
    assert_str(reports->at[0].construct, "attachment:python");
    counterwork_free(&work);
}

static void comments_bring_their_files_and_come_of_templates(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form_with_plan,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'register-comment','id':'1','comment_template':'modele',"
                 "'comment':'ignoré','to':['_receiver'],'attachments':['{{ form_var_plan }}']},"
                 "{'type':'register-comment','id':'2','comment_template':'perdu','comment':'ignoré'}]}"));
    struct change *change = counterwork_file(&work, "{'1':'Ana','p-1':" PLAN "}");
    assert_str(json_str(find_part(change, "message"), "html"), "<p>Modèle pour Ana</p>");
    const json_t *part = find_part(change, "file");
    assert_str(json_str(json_dict(part, "file"), "blob"), "ab12");
    assert_int_equal(json_array_size(json_list(part, "to")), 1);
    assert_non_null(find_part(change, "error"));
    counterwork_free(&work);
}

static void messages_are_for_those_they_name(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW(
            "{'id':'a','name':'A','actions':[{'type':'displaymsg','id':'1','message':'<p>Bonjour {{ form_var_nom }}"
            "</p>','level':'info','to':['_submitter']},{'type':'displaymsg','id':'2','message':'Pour tous','position':"
            "'bottom'}]}"));
    struct change *change = counterwork_file(&work, "{'1':'<Ana>'}");
    struct offer offer;
    dossier_offer(&work.place, change->after, &test_submitter, &offer);
    assert_int_equal(offer.messages.len, 2);
    assert_str(offer.messages.at[0].html, "<p>Bonjour &lt;Ana&gt;</p>");
    assert_str(offer.messages.at[1].position, "bottom");
    dossier_offer(&work.place, change->after, &test_agent, &offer);
    assert_int_equal(offer.messages.len, 1);
    counterwork_free(&work);
}

/* ---- Time ---- */

static void a_timed_jump_is_a_timer_to_the_second(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'jump','id':'1','mode':'timeout','timeout':"
                 "'{{ form_option_delai }} jours','status':'b'},{'type':'choice','id':'2','label':'B','by':"
                 "['_receiver'],'status':'b'}]},{'id':'b','name':'B','actions':[]}"));
    struct change *change = counterwork_file(&work, "{}");
    const struct job *timer = find_job(change, "workflow.timer");
    assert_non_null(timer);
    assert_str(timer->key, "timer:1000:a:1");
    assert_true(timer->due == test_now + 3 * INSTANT_DAY);

    struct event event = press(change, STR("2"), test_agent);
    struct change *left = counterwork_do(&work, change->after, &event);
    assert_int_equal(left->cancelled.len, 1);
    assert_str(left->cancelled.at[0], "timer:1000:a:1");

    struct event early = {.kind = EVENT_TIMER, .action = STR("1"), .status = STR("a")};
    struct change *again = counterwork_do(&work, change->after, &early);
    assert_str(again->after->status, "a");
    assert_true(find_job(again, "workflow.timer")->due == timer->due);
    test_now += 3 * INSTANT_DAY;
    struct change *done = counterwork_do(&work, change->after, &early);
    assert_str(done->after->status, "b");
    assert_int_equal(done->entries.at[0].author, AUTHOR_PROGRAM);
    struct change *late = counterwork_do(&work, left->after, &early);
    assert_int_equal(late->entries.len, 0);
    counterwork_free(&work);
}

#define GLOBAL_WORKFLOW(triggers, actions)                                                                             \
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["     \
    "{'id':'a','name':'A','actions':[{'type':'choice','id':'1','label':'Fin','by':['_receiver'],'status':'b'}]},"      \
    "{'id':'b','name':'B','forced_endpoint':true,'actions':[]}],'global_actions':[{'id':'g','name':'Purger','"         \
    "triggers':"                                                                                                       \
    "[" triggers "],'actions':[" actions "]}]}"

static void a_time_trigger_fires_once(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     GLOBAL_WORKFLOW("{'type':'timeout','id':'t','anchor':'finalized','timeout':'30'}",
                                     "{'type':'register-comment','id':'1','comment':'<p>Purge</p>'}"));
    struct change *change = counterwork_file(&work, "{}");
    assert_null(find_job(change, "workflow.global"));
    struct event event = press(change, STR("1"), test_agent);
    change = counterwork_do(&work, change->after, &event);
    assert_true(find_job(change, "workflow.global")->due == test_now + 30 * INSTANT_DAY);
    test_now += 30 * INSTANT_DAY;
    event = (struct event){.kind = EVENT_GLOBAL_TIMER, .action = STR("g/t")};
    change = counterwork_do(&work, change->after, &event);
    assert_non_null(find_part(change, "message"));
    change = counterwork_do(&work, change->after, &event);
    assert_int_equal(change->entries.len, 0);
    counterwork_free(&work);
}

/* ---- Calls from outside ---- */

static const char called[] = WORKFLOW(
    "{'id':'a','name':'Attend','actions':["
    "{'type':'jump','id':'1','mode':'trigger','trigger':'paid','status':'b'},"
    "{'type':'jump','id':'2','mode':'trigger','trigger':'annulé tôt','by':['_receiver'],'status':'c'},"
    "{'type':'jump','id':'3','mode':'trigger','trigger':'jamais','status':'c','condition':'form_var_rue'}]},"
    "{'id':'b','name':'Payée','actions':[{'type':'register-comment','id':'1','comment':"
    "'<p>{{ form_trigger_paid_content_transaction }} {{ form_workflow_data_transaction }} {{ form_trigger_paid_kind }} "
    "{{ form_trigger_paid_latest_content_transaction }}{{ form_trigger_paid_0_content_transaction }}</p>'}]},"
    "{'id':'c','name':'Annulée','actions':[]}");

static struct event call_of(str trigger, struct actor actor, const json_t *payload)
{
    return (struct event){.kind = EVENT_TRIGGER, .actor = actor, .action = trigger, .payload = payload};
}

static enum err_code refusal_of(struct counterwork *work, const struct dossier *dossier, struct event event)
{
    struct change change = {0};
    struct err err = {0};
    return dossier_perform_prepare(&work->place, dossier, &event, &change, &err) ? ERR_NONE : err.code;
}

static void a_call_makes_the_jump_that_waits_for_it(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form, called);
    struct change *filed = counterwork_file(&work, "{'1':'Ada'}");
    const struct actor program = {.signed_by = STR("payer.example")}, nobody = {.account = 0};
    json_t *payload = json_pack("{s:s, s:s}", "transaction", "T-12", "_markers", "x");
    struct event event = call_of(STR("paid"), program, payload);
    struct change *change = counterwork_do(&work, filed->after, &event);
    assert_str(change->after->status, "b");
    assert_str(json_str(find_part(change, "message"), "html"), "<p>T-12 T-12 jump T-12T-12</p>");
    assert_str(json_str(find_part(change, "trigger"), "caller"), "payer.example");
    assert_null(json_object_get(change->after->data, "_markers"));
    assert_int_equal(refusal_of(&work, change->after, event), ERR_NOT_FOUND);

    assert_int_equal(refusal_of(&work, filed->after, call_of(STR("paid"), nobody, NULL)), ERR_FORBIDDEN);
    assert_int_equal(refusal_of(&work, filed->after, call_of(STR("annulé tôt"), program, NULL)), ERR_FORBIDDEN);
    assert_int_equal(refusal_of(&work, filed->after, call_of(STR("annulé tôt"), test_agent, NULL)), ERR_NONE);
    assert_int_equal(refusal_of(&work, filed->after, call_of(STR("jamais"), program, NULL)), ERR_FORBIDDEN);
    assert_int_equal(refusal_of(&work, filed->after, call_of(STR("rien"), program, NULL)), ERR_NOT_FOUND);
    assert_int_equal(refusal_of(&work, filed->after, call_of(STR_EMPTY, program, NULL)), ERR_NOT_FOUND);
    json_decref(payload);
    counterwork_free(&work);
}

static void a_hook_starts_its_global_action(void **state)
{
    (void)state;
    static const struct {
        const char *roles;
        struct actor actor;
        enum err_code refusal;
    } cases[] = {
        {"", {.signed_by = STR_INIT("x")}, ERR_NONE},
        {"", {.account = 0}, ERR_NONE},
        {"'_signed_calls'", {.signed_by = STR_INIT("x")}, ERR_NONE},
        {"'_signed_calls'", {.account = 5, .is_agent = true, .is_admin = true}, ERR_FORBIDDEN},
        {"'logged-users'", {.signed_by = STR_INIT("x")}, ERR_NONE},
        {"'logged-users'", {.account = 5}, ERR_NONE},
        {"'logged-users'", {.account = 0}, ERR_FORBIDDEN},
        {"'_receiver'", {.signed_by = STR_INIT("x")}, ERR_FORBIDDEN},
        {"'_receiver'", {.account = 5, .is_agent = true, .is_admin = true}, ERR_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct counterwork work;
        char document[2048];
        snprintf(
            document, sizeof document,
            GLOBAL_WORKFLOW("{'type':'webservice','identifier':'retour','roles':[%s]}",
                            "{'type':'register-comment','id':'1','comment':'<p>{{ form_workflow_data_retour }}</p>'}"),
            cases[i].roles);
        counterwork_make(&work, form, document);
        struct change *filed = counterwork_file(&work, "{}");
        json_t *payload = json_string("reçu");
        struct event event = {.kind = EVENT_HOOK, .actor = cases[i].actor, .action = STR("retour"), .payload = payload};
        assert_int_equal(refusal_of(&work, filed->after, event), cases[i].refusal);
        if (cases[i].refusal == ERR_NONE)
            assert_str(json_str(find_part(counterwork_do(&work, filed->after, &event), "message"), "html"),
                       "<p>reçu</p>");
        event.action = STR("autre");
        assert_int_equal(refusal_of(&work, filed->after, event), ERR_NOT_FOUND);
        json_decref(payload);
        counterwork_free(&work);
    }
}

/* w.c.s.: a trigger that names no status means the current one; what is over is left alone, but by « finalized » and by
 * an endpoint that is named. */
static void a_time_trigger_counts_from_its_anchor(void **state)
{
    (void)state;
    static const struct {
        const char *trigger;
        bool while_open, when_over;
    } cases[] = {
        {"{'type':'timeout','id':'t','anchor':'latest-arrival','timeout':'30'}", true, false},
        {"{'type':'timeout','id':'t','anchor':'1st-arrival','anchor_status_first':'a','timeout':'30'}", true, false},
        {"{'type':'timeout','id':'t','anchor':'1st-arrival','anchor_status_first':'b','timeout':'30'}", false, true},
        {"{'type':'timeout','id':'t','anchor':'creation','timeout':'30'}", true, false},
        {"{'type':'timeout','id':'t','anchor':'template','anchor_template':'{{ today }}','timeout':'30'}", true, false},
        {"{'type':'timeout','id':'t','anchor':'finalized','timeout':'30'}", false, true},
        {"{'type':'timeout','id':'t','anchor':'anonymisation','timeout':'30'}", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct counterwork work;
        char document[1024];
        snprintf(document, sizeof document, GLOBAL_WORKFLOW("%s", ""), cases[i].trigger);
        counterwork_make(&work, form, document);
        struct change *change = counterwork_file(&work, "{}");
        assert_int_equal(find_job(change, "workflow.global") != NULL, cases[i].while_open);
        struct event event = press(change, STR("1"), test_agent);
        change = counterwork_do(&work, change->after, &event);
        assert_int_equal(find_job(change, "workflow.global") != NULL, cases[i].when_over);
        counterwork_free(&work);
    }
}

/* w.c.s.: nobody is waited for in an endpoint. A status that is hidden is known to the agent who acts there, never to
 * who filed it. */
static void a_status_where_somebody_is_waited_for_is_no_end(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     WORKFLOW("{'id':'a','name':'A','visibility':['_hidden'],'actions':[{'type':'commentable','id':'1',"
                              "'by':['_receiver']},{'type':'jump','id':'2','status':'b',"
                              "'condition':{'type':'python','value':'x[0]'}}]},"
                              "{'id':'b','name':'B','actions':[]}"));
    struct change *change = counterwork_file(&work, "{}");
    assert_str(change->after->status, "a"); /* a condition in another language never holds */
    assert_false(change->after->is_final);
    assert_true(workflow_status_find(work.workflow, STR("b"))->is_endpoint);
    struct actor submitter = {.is_submitter = true};
    assert_str(dossier_visible_status(&work.place, change->after, &test_agent)->name, "A");
    assert_str(dossier_visible_status(&work.place, change->after, &submitter)->name, "Envoyée");
    counterwork_free(&work);
}

static void anonymisation_leaves_what_statistics_need(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(&work, form,
                     GLOBAL_WORKFLOW("{'type':'manual','id':'m','roles':['_receiver'],'statuses':['_endpoint_status']}",
                                     "{'type':'anonymise','id':'1','mode':'final'}"));
    struct change *change = counterwork_file(&work, "{'1':'Ana','2':'rue Haute'}"), refused;
    struct err err = {0};
    struct event global = {.kind = EVENT_GLOBAL, .actor = test_agent, .action = STR("g")};
    assert_false(dossier_perform_prepare(&work.place, change->after, &global, &refused, &err));
    struct event event = press(change, STR("1"), test_agent);
    change = counterwork_do(&work, change->after, &event);
    struct offer offer;
    dossier_offer(&work.place, change->after, &test_agent, &offer);
    assert_int_equal(offer.globals.len, 1);
    change = counterwork_do(&work, change->after, &global);
    assert_true(change->is_anonymised);
    assert_int_equal(change->after->account, 0);
    assert_str(change->after->email, "");
    assert_null(json_object_get(change->after->answers, "1"));
    assert_str(json_str(change->after->answers, "2"), "rue Haute");
    counterwork_free(&work);
}

/* ---- What does not run, what is wrong ---- */

static void what_does_not_run_yet_is_told_and_harmless(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'update_user_profile','id':'1','method':'address_string'},"
                 "{'type':'jump','id':'2','status':'b','condition':'form_var_nom ==='},"
                 "{'type':'jump','id':'3','status':'nulle-part'},{'type':'jump','id':'4','status':'b'}]},"
                 "{'id':'b','name':'B','actions':[]}"));
    const struct workflow_reports *reports = workflow_reports(work.workflow);
    size_t errors = 0;
    for (size_t i = 0; i < reports->len; i++)
        errors += reports->at[i].is_error;
    assert_int_equal(reports->len, 3);
    assert_int_equal(errors, 2);
    struct change *change = counterwork_file(&work, "{}");
    assert_str(change->after->status, "b");
    assert_str(json_str(find_part(change, "inert"), "action"), "update_user_profile");
    counterwork_free(&work);
}

static void removing_ends_everything(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW("{'id':'a','name':'A','actions':[{'type':'redirect_to_url','id':'1','url':'https://b.example/'},"
                 "{'type':'remove','id':'2'},{'type':'sendmail','id':'3','to':['_submitter'],'subject':'x',"
                 "'body':'y'}]}"));
    struct change *change = counterwork_file(&work, "{}");
    assert_true(change->is_removed);
    assert_str(change->redirect_url, "https://b.example/");
    assert_int_equal(change->jobs.len, 0);
    counterwork_free(&work);
}

/* ---- The history ---- */

static void a_hidden_status_is_not_shown_to_residents(void **state)
{
    (void)state;
    struct counterwork work;
    counterwork_make(
        &work, form,
        WORKFLOW(
            "{'id':'a','name':'Envoyée','actions':[{'type':'jump','id':'1','status':'b'}]},{'id':'b','name':"
            "'Contrôle','visibility':['_receiver'],'actions':[{'type':'register-comment','id':'1','comment':'<p>Interne"
            "</p>','to':['_receiver']},{'type':'commentable','id':'2','by':['_receiver']}]}"));
    struct change *change = counterwork_file(&work, "{}");
    struct posted_comment comment = {STR("2"), STR("Bonjour")};
    struct event event = press(change, STR_EMPTY, test_agent);
    event.comments = &comment;
    event.comment_count = 1;
    change = counterwork_do(&work, change->after, &event);
    struct shown_history shown;
    dossier_show_history(&work.place, change->after, &test_submitter, &shown);
    assert_int_equal(shown.len, 2);
    assert_str(shown.at[0].status->name, "Envoyée");
    assert_int_equal(shown.at[1].parts.len, 1);
    assert_str(shown.at[1].parts.at[0].text, "Bonjour");
    assert_str(shown.at[1].author_name, "");
    assert_str(dossier_visible_status(&work.place, change->after, &test_submitter)->name, "Envoyée");
    dossier_show_history(&work.place, change->after, &test_agent, &shown);
    assert_int_equal(shown.len, 3);
    assert_str(shown.at[1].status->name, "Contrôle");
    assert_str(shown.at[2].author_name, "Agathe Agent");
    counterwork_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read_in_both_languages),
        cmocka_unit_test(filing_runs_the_first_status_and_jumps_on),
        cmocka_unit_test(a_circle_stops_after_a_hundred_jumps),
        cmocka_unit_test(previous_goes_back_to_the_marked_status),
        cmocka_unit_test(jumps_with_an_identifier_are_remembered),
        cmocka_unit_test(a_subform_is_read_while_it_is_filled_in),
        cmocka_unit_test(a_button_is_for_those_it_names),
        cmocka_unit_test(a_comment_alone_jumps_on_submit),
        cmocka_unit_test(a_sub_form_is_read_by_its_names),
        cmocka_unit_test(a_required_comment_is_asked_for),
        cmocka_unit_test(mails_are_rendered_when_they_are_caused),
        cmocka_unit_test(answers_stay_text_in_mails),
        cmocka_unit_test(mails_name_their_files),
        cmocka_unit_test(comments_bring_their_files_and_come_of_templates),
        cmocka_unit_test(messages_are_for_those_they_name),
        cmocka_unit_test(a_timed_jump_is_a_timer_to_the_second),
        cmocka_unit_test(a_time_trigger_fires_once),
        cmocka_unit_test(a_call_makes_the_jump_that_waits_for_it),
        cmocka_unit_test(a_hook_starts_its_global_action),
        cmocka_unit_test(a_time_trigger_counts_from_its_anchor),
        cmocka_unit_test(a_status_where_somebody_is_waited_for_is_no_end),
        cmocka_unit_test(anonymisation_leaves_what_statistics_need),
        cmocka_unit_test(what_does_not_run_yet_is_told_and_harmless),
        cmocka_unit_test(removing_ends_everything),
        cmocka_unit_test(a_hidden_status_is_not_shown_to_residents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every real form of the corpus is filed, and its workflow walked through every button, timer and trigger that leads
 * anywhere: nothing that is offered may be refused, nothing may run in circles, every mail must be whole. */
#include "corpus.h"
#include "counterwork.h"

/* ---- The walk ---- */

enum { STEPS_MOST = 400 };
struct walk {
    struct counterwork *work;
    struct VEC_OF(const struct dossier *) reached; /* one in each status */
    size_t steps;
};

static void check_mail(struct arena *arena, const struct job *job)
{
    const json_t *mail = json_parse(arena, job->payload, NULL);
    str text = json_str(json_object_get(mail, "words"), "text");
    assert_true(json_array_size(json_list(mail, "to")) > 0);
    assert_true(json_str(mail, "subject").len > 0 && text.len > 0);
    assert_false(str_contains(text, STR("{{")) || str_contains(text, STR("{%")) || str_contains(text, STR(">`_")));
}

static void try(struct walk *walk, const struct dossier *dossier, const struct event *event, bool must);

/* The call that the actions wait for comes back, in each way. */
static bool answer_call(struct walk *walk, const struct change *change)
{
    static const struct call_outcome outcomes[] = {
        {.status = 200, .body = STR_INIT("{\"err\": 0, \"data\": {\"id\": 1}}")},
        {.status = 200, .body = STR_INIT("{\"err\": 1, \"err_desc\": \"refus\"}")},
        {.status = 404},
        {.status = 500, .is_last = true},
        {.status = 0, .problem = STR_INIT("le serveur refuse la connexion"), .is_last = true},
    };
    for (size_t i = 0; i < change->jobs.len; i++) {
        const struct job *job = &change->jobs.at[i];
        if (!str_eq(job->kind, STR(CALL_JOB_KIND)) || job->due == JOB_PARKED)
            continue;
        str token = json_str(json_parse(walk->work->arena, job->payload, NULL), "call");
        for (size_t k = 0; k < sizeof outcomes / sizeof *outcomes; k++) {
            struct event event = {.kind = EVENT_CALLED, .action = token, .outcome = &outcomes[k]};
            try(walk, change->after, &event, true);
        }
        return true;
    }
    return false;
}

static void follow(struct walk *walk, const struct change *change)
{
    assert_true(change->jumps <= WORKFLOW_JUMPS_MOST);
    for (size_t i = 0; i < change->jobs.len; i++)
        if (str_eq(change->jobs.at[i].kind, STR("mail.send")))
            check_mail(walk->work->arena, &change->jobs.at[i]);
    if (change->is_removed)
        return;
    assert_non_null(workflow_status_find(walk->work->workflow, change->after->status));
    for (size_t i = 0; i < walk->reached.len; i++)
        if (str_eq(walk->reached.at[i]->status, change->after->status))
            return;
    if (answer_call(walk, change))
        return;
    *vec_push(walk->work->arena, &walk->reached) = change->after;
}

static void try(struct walk *walk, const struct dossier *dossier, const struct event *event, bool must)
{
    struct err err = {0};
    struct change change;
    if (++walk->steps > STEPS_MOST)
        return;
    if (dossier_perform_prepare(&walk->work->place, dossier, event, &change, &err))
        follow(walk, &change);
    else if (must)
        fail_msg("%.*s, status %.*s, action %.*s: %s", STR_ARG(workflow_slug(walk->work->workflow)),
                 STR_ARG(dossier->status), STR_ARG(event->action), err.message);
}

/* Nothing but a file that must be there. */
static json_t *answers_to(struct arena *arena, const struct field_list *fields)
{
    json_t *answers = json_keep(arena, json_object());
    for (size_t i = 0; i < fields->len; i++)
        if (str_eq(fields->at[i].type_name, STR("file")))
            json_set(answers, fields->at[i].id,
                     json_pack("{s:s, s:s, s:s, s:i}", "blob", "ab", "name", "plan.pdf", "type", "application/pdf",
                               "size", 3));
    return answers;
}

static void press_all(struct walk *walk, const struct dossier *dossier, const struct actor *actor)
{
    struct arena *arena = walk->work->arena;
    struct offer offer;
    dossier_offer(&walk->work->place, dossier, actor, &offer);
    struct posted_comment *comments = arena_array_of(arena, struct posted_comment, offer.comments.len);
    struct posted_form *forms = arena_array_of(arena, struct posted_form, offer.forms.len);
    for (size_t i = 0; i < offer.comments.len; i++)
        comments[i] = (struct posted_comment){offer.comments.at[i].action, STR("Un mot")};
    for (size_t i = 0; i < offer.forms.len; i++)
        forms[i] = (struct posted_form){.action = offer.forms.at[i].action,
                                        .answers = answers_to(arena, offer.forms.at[i].fields)};
    struct event event = {.kind = EVENT_SUBMIT,
                          .actor = *actor,
                          .status = dossier->status,
                          .comments = comments,
                          .comment_count = offer.comments.len,
                          .forms = forms,
                          .form_count = offer.forms.len};
    if (offer.comments.len + offer.forms.len)
        try(walk, dossier, &event, true);
    for (size_t i = 0; i < offer.buttons.len; i++) {
        event.action = offer.buttons.at[i].action;
        try(walk, dossier, &event, true);
    }
    for (size_t i = 0; i < offer.globals.len; i++) {
        struct event global = {.kind = EVENT_GLOBAL, .actor = *actor, .action = offer.globals.at[i].action};
        try(walk, dossier, &global, true);
    }
    struct shown_history shown;
    dossier_show_history(&walk->work->place, dossier, actor, &shown);
    assert_true(shown.len > 0);
    assert_true(dossier_visible_status(&walk->work->place, dossier, actor)->name.len > 0);
}

/* The timers of the status, and what a call from outside would trigger. */
static void wait_and_call(struct walk *walk, const struct dossier *dossier)
{
    const json_t *statuses = json_list(workflow_document(walk->work->workflow), "statuses");
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const json_t *status = json_array_get(statuses, i), *actions = json_list(status, "actions");
        for (size_t k = 0; str_eq(json_str(status, "id"), dossier->status) && k < json_array_size(actions); k++) {
            const json_t *action = json_array_get(actions, k);
            struct event event = {.kind = EVENT_TIMER, .action = json_str(action, "id"), .status = dossier->status};
            try(walk, dossier, &event, false);
            event = (struct event){.kind = EVENT_TRIGGER, .actor = test_admin, .action = json_str(action, "trigger")};
            if (event.action.len)
                try(walk, dossier, &event, false);
        }
    }
}

static void walk_form(const struct form *form, const struct workflow *workflow)
{
    struct counterwork work;
    counterwork_make(&work, "{'kind':'form','slug':'x','name':'x','fields':[]}",
                     "{'kind':'workflow','slug':'x','name':'x','statuses':[{'id':'a','name':'A'}]}");
    work.form = form;
    work.workflow = workflow;
    struct walk walk = {.work = &work};
    follow(&walk, counterwork_file(&work, "{}"));
    test_now += 400 * INSTANT_DAY;
    for (size_t i = 0; i < walk.reached.len; i++) {
        press_all(&walk, walk.reached.at[i], &test_admin);
        press_all(&walk, walk.reached.at[i], &test_submitter);
        wait_and_call(&walk, walk.reached.at[i]);
    }
    print_message("# %.*s: %zu of %zu statuses in %zu steps\n", STR_ARG(form->slug), walk.reached.len,
                  workflow_status_count(workflow), walk.steps);
    counterwork_free(&work);
}

static void every_real_form_goes_through_its_workflow(void **state)
{
    (void)state;
    struct corpus corpus;
    size_t walked = 0;
    bool is_here = corpus_load(&corpus);
    for (size_t i = 0; is_here && i < corpus.forms.len; i++) {
        const struct workflow *workflow = corpus_workflow_of(&corpus, corpus.forms.at[i]);
        if (!workflow)
            continue;
        walk_form(corpus.forms.at[i], workflow);
        walked++;
    }
    print_message(is_here ? "# %zu forms walked\n" : "# %zu forms: no corpus here, skipped\n", walked);
    corpus_free(&corpus);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_real_form_goes_through_its_workflow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

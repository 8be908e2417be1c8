/* The rehearsal of a site: one form after the other, and the report. */
#include "rehearse/internal.h"

#include "base/xml.h"
#include "rehearse/circuit.h"
#include "rehearse/crowd.h"

static json_t *field_json(const struct field *field)
{
    json_t *one = json_object();
    json_set_str(one, STR("id"), field->id);
    json_set_str(one, STR("label"), field->label_text);
    json_set_str(one, STR("type"), field->type_name);
    return one;
}

static json_t *counts_json(const char *what, size_t total, json_t *missing)
{
    json_t *out = json_object();
    json_object_set_new(out, what, json_integer((json_int_t)(total - json_array_size(missing))));
    json_set(out, STR("total"), json_integer((json_int_t)total));
    json_set(out, STR("missing"), missing);
    return out;
}

/* Pages with something on them; a form may begin with one that has nothing. */
static json_t *pages_json(const struct form_run *run)
{
    json_t *missing = json_array();
    for (size_t i = 0; i < run->form->page_count; i++)
        if (!run->pages[i])
            json_array_append_new(missing, json_from_str(run->form->pages[i].label));
    return counts_json("reached", run->form->page_count, missing);
}

static json_t *fields_json(const struct form_run *run)
{
    json_t *missing = json_array();
    size_t total = 0;
    for (size_t i = 0; i < run->form->fields.len; i++) {
        const struct field *field = &run->form->fields.at[i];
        if (str_eq(field->type_name, STR("page")) || str_eq(field->type_name, STR("computed")) || field->type == NULL)
            continue;
        total++;
        if (map_get(&run->fields, field->id) == NULL)
            json_array_append_new(missing, field_json(field));
    }
    return counts_json("shown", total, missing);
}

static bool has_error_line(const json_t *journal)
{
    for (size_t i = 0; i < json_array_size(journal); i++)
        if (str_eq(json_str(json_array_get(journal, i), "level"), STR("error")))
            return true;
    return false;
}

/* What nobody can file since its own pages refuse is no error of the program. */
static str state_of(const struct form_run *run, const json_t *journal)
{
    if (json_array_size(run->errors) > 0 || has_error_line(journal))
        return STR("failed");
    if (run->closed.len > 0 && run->filed.len == 0) /* else a quota was used up */
        return STR("closed");
    return run->filed.len > 0 ? STR("filed") : STR("refused");
}

static json_t *form_json(struct form_run *run, struct arena *arena)
{
    json_t *out = json_keep(arena, json_object()), *texts = json_object(), *journal = record_journal();
    json_set_str(out, STR("form"), run->form->slug);
    json_set_str(out, STR("name"), run->form->name);
    json_set_str(out, STR("workflow"), run->workflow == NULL ? STR_EMPTY : workflow_slug(run->workflow));
    json_set_str(out, STR("state"), state_of(run, journal));
    json_set_str(out, STR("closed"), run->closed);
    json_set(out, STR("tried"), json_integer((json_int_t)run->tried));
    json_set(out, STR("filed"), json_integer((json_int_t)run->filed.len));
    json_set(out, STR("requests"), json_integer(run->requests));
    json_set(out, STR("pages"), pages_json(run));
    json_set(out, STR("fields"), fields_json(run));
    json_set(out, STR("options"), json_incref(map_get(&run->stage->options, run->form->slug)));
    json_set(out, STR("option_turns"), json_incref(run->turns));
    treat_report(run, out);
    record_texts(run->form, run->workflow, texts);
    json_set(out, STR("texts"), texts);
    json_set(out, STR("journal"), journal);
    json_set(out, STR("calls"), record_calls());
    json_set(out, STR("stops"), json_incref(run->stops));
    json_set(out, STR("refusals"), json_incref(run->refusals));
    json_set(out, STR("errors"), json_incref(run->errors));
    return out;
}

/* ---- One form ---- */

static void file_all(struct form_run *run)
{
    struct plan plan;
    while (run->closed.len == 0 && explore_next(run, &plan)) {
        struct filed filed;
        *vec_push(run->arena, &run->plans) = plan;
        if (file_one(run, &plan, &filed)) {
            filed.plan = run->plans.len - 1;
            *vec_push(run->arena, &run->filed) = filed;
        } else if (run->filed.len == 0 && run->plans.len >= 4) {
            return; /* it can't be filed: trying harder tells nothing more */
        }
    }
}

static void see_sheet(struct form_run *run)
{
    struct arena *arena = arena_new();
    struct browser *browser = stage_browser(run->stage);
    struct answer answer = browser_get(browser, arena, str_fmt(arena, "/demarches/%.*s/", STR_ARG(run->form->slug)));
    run_failed(run, &answer, "en ouvrant la fiche");
    browser_free(browser);
    arena_free(arena);
}

/* For another browser: what to send, page by page. */
static json_t *steps_json(struct stage *stage, const struct form *form, int64_t seconds)
{
    struct form_run run;
    json_t *out = json_object();
    run_begin(&run, stage, form, seconds);
    json_set(out, STR("filings"), steps_of_form(&run));
    json_set_str(out, STR("form"), form->slug);
    json_set_str(out, STR("closed"), run.closed);
    json_set(out, STR("errors"), json_incref(run.errors));
    arena_free(run.arena);
    return out;
}

/* Of the workflow, whatever its form. */
static void note_reached(const struct form_run *run)
{
    const struct map *reached = treat_reached(run);
    struct map *all = run->workflow == NULL ? NULL : circuit_reached(run->stage, run->workflow);
    for (size_t i = 0; all != NULL && i < reached->len; i++)
        map_set(all, str_dup(run->stage->arena, reached->entries[i].key), run->stage);
}

static json_t *rehearse_form(struct stage *stage, const struct form *form, int64_t seconds, struct arena *arena)
{
    struct form_run run;
    run_begin(&run, stage, form, seconds);
    see_sheet(&run);
    file_all(&run);
    treat_all(&run);
    option_turns_play(&run);
    note_reached(&run);
    json_t *out = form_json(&run, arena);
    json_incref(out);
    arena_free(run.arena);
    return out;
}

/* ---- The site ---- */

static bool find_forms(struct stage *stage, const struct rehearsal *rehearsal, struct catalogue_forms *out,
                       struct err *err)
{
    const struct catalogue_forms *all = catalogue_forms(stage->catalogue);
    if (rehearsal->form_count == 0)
        *out = *all;
    for (size_t i = 0; i < rehearsal->form_count; i++) {
        const struct form *form = catalogue_form(stage->catalogue, rehearsal->forms[i], 0);
        if (form == NULL)
            return err_set(err, ERR_NOT_FOUND, "Le site n’a pas de formulaire « %.*s ».", STR_ARG(rehearsal->forms[i]));
        *vec_push(stage->arena, out) = form;
    }
    bool wants_forms = rehearsal->count > 0 || rehearsal->opened != NULL;
    return out->len > 0 || (!wants_forms && catalogue_workflows(stage->catalogue)->len > 0) ||
           err_set(err, ERR_NOT_FOUND, "Le site n’a pas de formulaire.");
}

static void tell_where(const struct stage *stage, const struct catalogue_forms *forms,
                       const struct rehearsal *rehearsal, struct arena *arena)
{
    json_t *where = json_keep(arena, json_object()), *slugs = json_array();
    for (size_t i = 0; i < forms->len; i++)
        json_array_append_new(slugs, json_from_str(forms->at[i]->slug));
    json_set_str(where, STR("url"), str_fmt(arena, "http://%.*s:%d/", STR_ARG(stage->host), stage->port));
    json_set(where, STR("forms"), slugs);
    rehearsal->told(where);
}

static bool is_of_forms(struct stage *stage, const struct catalogue_forms *forms, const struct workflow *workflow)
{
    for (size_t i = 0; i < forms->len; i++)
        if (catalogue_workflow_of(stage->catalogue, forms->at[i]) == workflow)
            return true;
    return false;
}

/* All that the site has; where forms were named, theirs. */
static void play_circuits(struct stage *stage, const struct catalogue_forms *forms, const struct rehearsal *rehearsal,
                          json_t *report)
{
    const struct workflow_list *workflows = catalogue_workflows(stage->catalogue);
    json_t *list = json_array();
    json_set(report, STR("workflows"), list);
    for (size_t i = 0; i < workflows->len; i++) {
        if (rehearsal->form_count > 0 && !is_of_forms(stage, forms, workflows->at[i]))
            continue;
        json_t *circuit = circuit_play(stage, workflows->at[i], json_list(report, "forms"), rehearsal->seconds);
        json_array_append_new(list, circuit);
        if (rehearsal->told_workflow != NULL)
            rehearsal->told_workflow(circuit);
    }
}

static bool play(struct stage *stage, const struct rehearsal *rehearsal, struct arena *arena, json_t *report,
                 struct err *err)
{
    struct catalogue_forms forms = {0};
    if (!find_forms(stage, rehearsal, &forms, err))
        return false;
    if (rehearsal->count > 0)
        return crowd_file(stage, &forms, rehearsal, report, err);
    if (rehearsal->opened != NULL)
        tell_where(stage, &forms, rehearsal, arena);
    json_t *list = json_array();
    json_set(report, STR("forms"), list);
    for (size_t i = 0; i < forms.len; i++) {
        json_t *form = rehearsal->opened != NULL ? steps_json(stage, forms.at[i], rehearsal->seconds)
                                                 : rehearse_form(stage, forms.at[i], rehearsal->seconds, arena);
        json_array_append_new(list, form);
        if (rehearsal->told != NULL)
            rehearsal->told(form);
    }
    if (rehearsal->opened != NULL)
        rehearsal->opened();
    else
        play_circuits(stage, &forms, rehearsal, report);
    return true;
}

bool rehearse(struct installation *real, const struct rehearsal *rehearsal, str scratch_store, struct arena *arena,
              json_t **report, struct err *err)
{
    struct stage stage;
    *report = json_keep(arena, json_object());
    json_set_str(*report, STR("site"), rehearsal->site);
    json_set(*report, STR("seed"), json_integer((json_int_t)rehearsal->seed));
    xml_prepare();
    int64_t began = steady_now();
    bool ok = stage_open(&stage, real, rehearsal, scratch_store, err);
    if (ok) {
        record_begin(&stage);
        calls_begin(&stage);
        ok = play(&stage, rehearsal, arena, *report, err);
    }
    bool is_recording = stage.server != NULL;
    stage_close(&stage);
    if (is_recording) {
        calls_end();
        record_end();
    }
    json_set(*report, STR("seconds"), json_real((double)(steady_now() - began) / (double)INSTANT_SECOND));
    return ok;
}

static bool workflow_failed(const json_t *workflow)
{
    return json_array_size(json_list(workflow, "errors")) > 0 || has_error_line(json_list(workflow, "journal"));
}

int rehearsal_status(const json_t *report)
{
    const json_t *forms = json_list(report, "forms"), *workflows = json_list(report, "workflows");
    int status = json_int(report, "failed") > 0 ? REHEARSAL_FAILED : REHEARSAL_FINE;
    for (size_t i = 0; i < json_array_size(forms); i++) {
        str state = json_str(json_array_get(forms, i), "state");
        if (str_eq(state, STR("failed")))
            return REHEARSAL_FAILED;
        if (str_eq(state, STR("refused")))
            status = REHEARSAL_REFUSED;
    }
    for (size_t i = 0; i < json_array_size(workflows); i++)
        if (workflow_failed(json_array_get(workflows, i)))
            return REHEARSAL_FAILED;
    return status;
}

/* The administrator has the open requests of a circuit go over to its version in service, and those of forms that have
 * it now though they had another: where they stand, where each
 * status goes on, and how far the job is that does it. */
#include "web/visit.h"

static str path_of(struct request *request, str slug)
{
    return str_fmt(request->arena, "/administration/circuits/%.*s/", STR_ARG(slug));
}

/* ---- What it would do ---- */

static struct value groups_value(struct request *request, const struct upgrade_plan *plan)
{
    const struct dossier_definitions *definitions = place_of(request)->definitions;
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < plan->groups.len; i++) {
        const struct upgrade_group *group = &plan->groups.at[i];
        const struct form *form = definitions->form(definitions->data, group->form, 0);
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "form_name", form == NULL ? group->form : form->name);
        if (!str_eq(group->workflow, workflow_slug(plan->workflow)))
            page_set_text(request, dict, "circuit", group->workflow_name);
        page_set(request, dict, "version", value_int(group->version));
        page_set_text(request, dict, "status", group->status_name);
        page_set(request, dict, "count", value_int(group->count));
        page_set_text(request, dict, "target", group->target == NULL ? STR_EMPTY : group->target->name);
        page_set(request, dict, "is_removed", value_bool(group->is_removed || group->asks_removal));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* A status of which nothing says where it goes on, of however many forms and versions. */
struct question {
    const struct upgrade_group *first;
    str control, name; /* of its field */
    int64_t count;
};
struct questions VEC_OF(struct question);

static struct question *question_of(struct questions *questions, str key)
{
    for (size_t i = 0; i < questions->len; i++)
        if (str_eq(questions->at[i].first->key, key))
            return &questions->at[i];
    return NULL;
}

static struct questions questions_of(struct request *request, const struct upgrade_plan *plan)
{
    struct questions questions = {0};
    for (size_t i = 0; i < plan->groups.len; i++) {
        const struct upgrade_group *group = &plan->groups.at[i];
        struct question *known = question_of(&questions, group->key);
        if (known != NULL)
            known->count += group->count;
        else if (group->is_asked)
            *vec_push(request->arena, &questions) =
                (struct question){.first = group,
                                  .control = str_fmt(request->arena, "statut-%zu", questions.len + 1),
                                  .name = str_fmt(request->arena, "statut:%.*s", STR_ARG(group->key)),
                                  .count = group->count};
    }
    return questions;
}

static struct value targets_value(struct request *request, const struct upgrade_plan *plan,
                                  const struct upgrade_group *group)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < workflow_status_count(plan->workflow); i++) {
        const struct workflow_status *status = workflow_status_at(plan->workflow, i);
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "id", status->id);
        page_set_text(request, dict, "name", status->name);
        page_set(request, dict, "chosen", value_bool(status == group->target));
        value_list_add(request->arena, list, value_dict(dict));
    }
    struct value_dict *removal = page_new(request);
    page_set_text(request, removal, "id", UPGRADE_REMOVE);
    page_set_text(request, removal, "name", STR("Aucun : supprimer ces demandes"));
    page_set(request, removal, "chosen", value_bool(group->is_removed || group->asks_removal));
    value_list_add(request->arena, list, value_dict(removal));
    return value_list(list);
}

static bool lacks(const struct upgrade_group *group)
{
    return group->target == NULL && !group->is_removed;
}

static struct value questions_value(struct request *request, const struct upgrade_plan *plan,
                                    const struct questions *questions, bool was_posted)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < questions->len; i++) {
        const struct question *question = &questions->at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "control", question->control);
        page_set_text(request, dict, "field", question->name);
        page_set_text(request, dict, "status", question->first->status_name);
        if (!str_eq(question->first->workflow, workflow_slug(plan->workflow)))
            page_set_text(request, dict, "circuit", question->first->workflow_name);
        page_set(request, dict, "count", value_int(question->count));
        page_set(request, dict, "is_lacking", value_bool(was_posted && lacks(question->first)));
        page_set(request, dict, "choices", targets_value(request, plan, question->first));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static const struct field_errors *errors_of(struct request *request, const struct upgrade_plan *plan,
                                            const struct questions *questions)
{
    struct field_errors *errors = arena_new_of(request->arena, struct field_errors);
    for (size_t i = 0; i < questions->len; i++)
        if (lacks(questions->at[i].first))
            *vec_push(request->arena, errors) = (struct field_error){
                .control = questions->at[i].control,
                .message = str_fmt(request->arena, "Choisissez où continuent les demandes en « %.*s »",
                                   STR_ARG(questions->at[i].first->status_name))};
    if (plan->removed > 0)
        *vec_push(request->arena, errors) = (struct field_error){
            .control = STR("confirme"), .message = STR("Confirmez que des demandes seront supprimées pour toujours")};
    return errors;
}

/* ---- How far it is ---- */

static struct value run_value(struct request *request, const struct upgrade_run *run)
{
    struct value_dict *dict = page_new(request);
    int64_t total = run->done + run->left > run->total ? run->done + run->left : run->total;
    page_set(request, dict, "version", value_int(run->version));
    page_set_text(request, dict, "author", run->author);
    page_set(request, dict, "started", instant_value(run->started));
    page_set(request, dict, "is_ended", value_bool(run->ended != 0));
    page_set(request, dict, "is_overtaken", value_bool(run->is_overtaken));
    page_set(request, dict, "total", value_int(total));
    page_set(request, dict, "done", value_int(run->done));
    page_set(request, dict, "left", value_int(run->left));
    if (run->next != 0)
        page_set(request, dict, "next", instant_value(run->next));
    return value_dict(dict);
}

/* ---- The page ---- */

static void show_plan(struct request *request, const struct upgrade_plan *plan, const struct upgrade_run *run,
                      bool was_posted)
{
    struct value_dict *page = page_new(request);
    struct questions questions = questions_of(request, plan);
    str slug = workflow_slug(plan->workflow);
    page_set_text(request, page, "name", workflow_name(plan->workflow));
    page_set(request, page, "version", value_int(workflow_version(plan->workflow)));
    page_set_text(request, page, "back", path_of(request, slug));
    page_set_text(request, page, "url", str_fmt(request->arena, "%.*spassage/", STR_ARG(path_of(request, slug))));
    page_set(request, page, "count", value_int(plan->count));
    page_set(request, page, "groups", groups_value(request, plan));
    page_set(request, page, "questions", questions_value(request, plan, &questions, was_posted));
    if (was_posted)
        page_set(request, page, "errors", errors_value(request, errors_of(request, plan, &questions)));
    if (run->id != 0)
        page_set(request, page, "run", run_value(request, run));
    page_set(request, page, "removed", value_int(plan->removed));
    page_set(request, page, "is_under_way", value_bool(run->id != 0 && run->ended == 0));
    page_show(request, was_posted ? 422 : 200, "office/upgrade.html", page);
}

static bool read(struct request *request, const json_t *chosen, struct upgrade_plan *plan, struct upgrade_run *run)
{
    str slug = request_path_param(request, "nom");
    struct err err = {0};
    if (upgrade_make_plan(place_of(request), slug, chosen, plan, &err) &&
        upgrade_read_run(place_of(request), slug, run, &err))
        return true;
    show_failure(request, &err);
    return false;
}

static void show(struct request *request)
{
    struct upgrade_plan plan;
    struct upgrade_run run;
    if (read(request, NULL, &plan, &run))
        show_plan(request, &plan, &run, false);
}

/* ---- Starting it ---- */

static json_t *chosen_of(struct request *request)
{
    json_t *chosen = json_keep(request->arena, json_object());
    for (size_t i = 0; i < request->form.len; i++) {
        str kind, status;
        if (str_cut(request->form.at[i].name, ':', &kind, &status) && str_eq(kind, STR("statut")) &&
            request->form.at[i].value.len > 0)
            json_set_str(chosen, status, request->form.at[i].value);
    }
    return chosen;
}

/* What was chosen was chosen for the version that the page showed. */
static bool is_of_version(struct request *request, const struct upgrade_plan *plan)
{
    int64_t version;
    return str_to_int64(request_form(request, "version"), &version) && version == workflow_version(plan->workflow);
}

static void start(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct upgrade_plan plan;
    struct upgrade_run run;
    struct err err = {0};
    if (!read(request, chosen_of(request), &plan, &run))
        return;
    if (plan.lacking > 0 || (plan.removed > 0 && request_form(request, "confirme").len == 0)) {
        show_plan(request, &plan, &run, true);
        return;
    }
    if (!is_of_version(request, &plan))
        visit_flash(request, "error", STR("Une autre version du circuit vient d’être mise en service : relisez."));
    else if (!upgrade_start(place_of(request), &plan, &actor, &err) && err.code != ERR_CONFLICT) {
        show_failure(request, &err);
        return;
    }
    str circuit = path_of(request, workflow_slug(plan.workflow));
    response_redirect(request, str_fmt(request->arena, "%.*spassage/", STR_ARG(circuit)));
}

const struct route upgrade_routes[] = {
    {HTTP_GET, "/administration/circuits/{nom}/passage/", ROUTE_WORKER, RIGHT_ADMIN, BODY_NONE, show},
    {HTTP_POST, "/administration/circuits/{nom}/passage/", ROUTE_WORKER, RIGHT_ADMIN, BODY_FORM, start},
};
const size_t upgrade_route_count = sizeof upgrade_routes / sizeof *upgrade_routes;

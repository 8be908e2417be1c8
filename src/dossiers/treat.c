/* Treating a dossier: the engine's answer, written. */
#include "dossiers/tables.h"

enum { RUNS_MOST = 10 }; /* where others change the dossier meanwhile */

bool dossier_perform_prepare(const struct dossier_place *place, const struct dossier *dossier,
                             const struct event *event, struct change *change, struct err *err)
{
    struct workflow_context context;
    if (!context_of(place, dossier, &context))
        return err_set(err, ERR_NOT_FOUND, "Le circuit de traitement de cette demande n’existe plus.");
    return workflow_perform(&context, dossier, event, change, err) &&
           card_identify(place, dossier_form(place, dossier), change, err);
}

static bool is_empty(const struct change *change)
{
    return !change->entries.len && !change->jobs.len && !change->cancelled.len && !change->is_removed;
}

bool dossier_perform(const struct dossier_place *place, const struct dossier *dossier, const struct event *event,
                     str *redirect_url, struct err *err)
{
    struct change change = {0};
    if (!dossier_perform_prepare(place, dossier, event, &change, err))
        return false;
    if (redirect_url)
        *redirect_url = change.redirect_url;
    if (is_empty(&change))
        return true;
    struct dossier_write write = dossier_write_make(place, dossier_form(place, dossier), &change, false);
    return store_write(place->store, dossier_apply, &write, err);
}

void dossier_offer(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                   struct offer *offer)
{
    struct workflow_context context;
    *offer = (struct offer){.status = dossier->status};
    if (context_of(place, dossier, &context))
        workflow_offer(&context, dossier, actor, offer);
}

void dossier_offer_global(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                          str action, struct offer *offer)
{
    struct workflow_context context;
    *offer = (struct offer){.status = dossier->status};
    if (context_of(place, dossier, &context))
        workflow_offer_global(&context, dossier, actor, action, offer);
}

void dossier_show_history(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                          struct shown_history *out)
{
    struct workflow_context context;
    *out = (struct shown_history){0};
    if (context_of(place, dossier, &context))
        workflow_show_history(&context, dossier, actor, out);
}

bool dossier_outline(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                     const struct role_names *names, struct outline *out)
{
    struct workflow_context context;
    if (!context_of(place, dossier, &context))
        return false;
    workflow_outline_of(&context, dossier, actor, names, out);
    return true;
}

const struct workflow_status *dossier_visible_status(const struct dossier_place *place, const struct dossier *dossier,
                                                     const struct actor *actor)
{
    static const struct workflow_status unknown = {.name = STR_INIT("Envoyée")};
    struct workflow_context context;
    return context_of(place, dossier, &context) ? workflow_visible_status(&context, dossier, actor) : &unknown;
}

static bool has_role(const struct actor *actor, str role)
{
    for (size_t i = 0; i < actor->role_count; i++)
        if (str_eq(actor->roles[i], role))
            return true;
    return false;
}

/* Of the dossier; NULL: of any of the form. */
static bool has_function(const struct dossier_place *place, const struct form *form, const struct workflow *workflow,
                         const struct dossier *dossier, const struct actor *actor)
{
    const struct workflow_functions *functions = workflow_functions(workflow);
    struct str_list roles = {0};
    bool has = false;
    for (size_t i = 0; i < functions->len; i++)
        context_roles_of(place, form, dossier, functions->at[i].id, &roles);
    if (!functions->len)
        context_roles_of(place, form, dossier, STR("_receiver"), &roles);
    for (size_t i = 0; i < roles.len && !has; i++)
        has = has_role(actor, roles.at[i]);
    return has;
}

bool dossier_form_is_listed(const struct dossier_place *place, const struct form *form, const struct actor *actor)
{
    const struct dossier_definitions *definitions = place->definitions;
    const struct workflow *workflow = definitions->workflow_of(definitions->data, form);
    if (!actor->is_agent || actor->is_admin || !workflow)
        return actor->is_agent && actor->is_admin;
    return has_function(place, form, workflow, NULL, actor) ||
           workflow_dispatches_to(workflow, actor->roles, actor->role_count);
}

bool dossier_may_be_entered(const struct form *form, const struct actor *actor)
{
    bool may = actor->is_admin;
    for (size_t i = 0; i < form->backoffice_roles.len && !may; i++)
        may = has_role(actor, form->backoffice_roles.at[i]);
    return actor->is_agent && may;
}

bool dossier_is_visible(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor)
{
    if (!actor->is_agent)
        return false;
    if (actor->is_admin)
        return true;
    const struct form *form = dossier_form(place, dossier);
    const struct workflow *workflow = dossier_workflow(place, dossier);
    if (!workflow)
        return false;
    if (has_function(place, form, workflow, dossier, actor))
        return true;
    struct offer offer;
    dossier_offer(place, dossier, actor, &offer);
    return offer.can_act && (offer.buttons.len || offer.forms.len);
}

bool dossier_tell_of_mail(const struct dossier_place *place, int64_t id, str text, struct err *err)
{
    struct dossier *dossier;
    struct event event = {.kind = EVENT_MAIL_LEFT, .action = text};
    struct err found = {0};
    for (int i = 0; i < RUNS_MOST; i++) {
        found = (struct err){0};
        if (dossier_load(place, id, &dossier, &found) && dossier_perform(place, dossier, &event, NULL, &found))
            return true;
        if (found.code != ERR_CONFLICT)
            break;
    }
    *err = found;
    return false;
}

/* ---- Jobs ---- */

const str dossier_job_kinds[] = {STR_INIT("workflow.timer"), STR_INIT("workflow.global"), STR_INIT("dossiers.mass"),
                                 STR_INIT("dossiers.upgrade")};
const size_t dossier_job_kind_count = sizeof dossier_job_kinds / sizeof *dossier_job_kinds;

/* What the timer did has mostly taken it back already. */
static bool end_timer(struct tx *tx, void *job, struct err *err)
{
    return job_finish_if_ours(tx, job, err);
}

static bool ring_once(const struct dossier_place *place, const struct dossier *dossier, const struct event *event,
                      const struct job *job, struct err *err)
{
    struct change change = {0};
    if (!dossier_perform_prepare(place, dossier, event, &change, err))
        return false;
    if (is_empty(&change))
        return true;
    struct dossier_write write = dossier_write_make(place, dossier_form(place, dossier), &change, false);
    write.also = end_timer;
    write.also_arg = (void *)(uintptr_t)job;
    if (!store_write(place->store, dossier_apply, &write, err))
        return false;
    job_is_over(job);
    return true;
}

/* Again where somebody changes the dossier meanwhile. */
static bool ring(const struct dossier_place *place, int64_t id, const struct event *event, const struct job *job,
                 struct err *err)
{
    struct dossier *dossier;
    struct err found = {0};
    for (int i = 0; i < RUNS_MOST && (i == 0 || found.code == ERR_CONFLICT); i++) {
        found = (struct err){0};
        if (!dossier_load(place, id, &dossier, &found) && found.code == ERR_NOT_FOUND)
            return true; /* nobody is left to be told */
        if (found.code == ERR_NONE && ring_once(place, dossier, event, job, &found))
            return true;
    }
    *err = found;
    return false;
}

bool dossier_run_job(const struct dossier_place *place, const struct job *job, struct err *err)
{
    if (str_eq(job->kind, MASS_JOB))
        return mass_run_job(place, job, err);
    if (str_eq(job->kind, UPGRADE_JOB))
        return upgrade_run_job(place, job, err);
    const json_t *payload = json_parse(place->arena, job->payload, err);
    if (!payload)
        return false;
    bool is_global = str_eq(job->kind, STR("workflow.global"));
    struct event event = {.kind = is_global ? EVENT_GLOBAL_TIMER : EVENT_TIMER,
                          .action = json_str(payload, "action"),
                          .status = json_str(payload, "status")};
    return ring(place, json_int(payload, "dossier"), &event, job, err);
}

/* Filing and changing by another program: /api/formdefs/SLUG/submit, /api/cards/SLUG/submit; a POST to the request or
 * the card itself changes its answers, through an action « editable » of the circuit. */
#include "web/api/posted.h"
#include "web/api/subjects.h"

static void refuse(struct request *request, int status, const char *code, const char *sentence)
{
    struct err err = {0};
    err_set(&err, ERR_INVALID, "%s", sentence);
    api_error(request, status, code, &err);
}

/* NULL: the answer is made. */
static const json_t *data_of(struct request *request)
{
    const json_t *data = api_posted_data(request);
    if (data == NULL)
        refuse(request, 400, NULL, "Le contenu doit être un objet JSON, avec les réponses sous « data ».");
    return data;
}

/* ---- Filing ---- */

struct submission {
    const struct form *form;
    struct filing filing;
    struct account person; /* whose request it will be; id 0: nobody's */
    bool by_agent;
    bool is_draft;
};

/* w.c.s.: the first that is known of several NameID, else the address. */
static void find_person(struct request *request, const json_t *given, struct account *person)
{
    struct people *people = visit_of(request)->installation->people;
    const json_t *ids = json_list(given, "NameID");
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (account_by_uuid(people, request->arena, json_str_of(json_array_get(ids, i)), person, NULL))
            return;
    *person = (struct account){0};
    if (json_str(given, "email").len > 0 &&
        !account_by_email(people, request->arena, json_str(given, "email"), person, NULL))
        *person = (struct account){0};
}

/* An API access files as an agent does, and so does who says so. */
static bool may_file_as_agent(struct request *request, const struct form *form)
{
    struct actor actor = api_actor(request);
    if (dossier_may_be_entered(form, &actor))
        return true;
    refuse(request, 403,
           form->backoffice_roles.len == 0 ? "no-backoffice-submission-role" : "user-not-allowed-backoffice-submission",
           "L’appelant n’a pas de rôle qui permette de saisir ici.");
    return false;
}

static bool is_refused_another(struct request *request, const struct submission *submission)
{
    bool has = false;
    struct err err = {0};
    if (!submission->form->only_one || submission->person.id == 0)
        return false;
    if (!dossier_account_has(place_of(request), submission->person.id, submission->form->key, &has, &err)) {
        show_failure(request, &err);
        return true;
    }
    if (has)
        api_refuse(request, "Cette personne a déjà une demande en cours : la démarche n’en prend qu’une.");
    return has;
}

static bool begin(struct request *request, struct submission *submission)
{
    const struct visit *visit = visit_of(request);
    const json_t *meta = json_dict(request->json, "meta"), *context = json_dict(request->json, "context");
    bool is_card = submission->form->is_card;
    submission->is_draft = json_bool(meta, "draft") && !is_card;
    submission->by_agent = is_card || json_bool(meta, "backoffice-submission") || visit->caller.kind == CALLER_ACCESS;
    if (submission->by_agent && !may_file_as_agent(request, submission->form))
        return false;
    if (json_dict(request->json, "user") != NULL)
        find_person(request, json_dict(request->json, "user"), &submission->person);
    else if (visit->is_signed_in && !submission->by_agent)
        submission->person = visit->account;
    submission->filing.channel = utf8_slice(json_str(context, "channel"), 0, 40);
    submission->filing.agent = submission->by_agent && visit->is_signed_in ? visit->account.id : 0;
    visit_of(request)->place.dossiers.in_backoffice = submission->by_agent;
    return !is_refused_another(request, submission);
}

static void was_filed(struct request *request, const struct change *change)
{
    struct dossier_place *place = place_of(request);
    const struct dossier *dossier = change->after;
    bool is_card = form_key_is_card(dossier->form, NULL);
    str code = dossier_code_shown(request->arena, dossier->code);
    json_t *json = json_keep(request->arena, json_pack("{s:i}", "err", 0)), *data = json_object();
    json_set_str(data, STR("id"), dossier_id_api(request->arena, dossier));
    json_set_str(data, STR("url"), dossier_url(place, dossier));
    json_set_str(data, STR("backoffice_url"), dossier_url_backoffice(place, dossier));
    json_set_str(data, STR("api_url"), dossier_url_api(place, dossier));
    if (!is_card) {
        json_set_str(data, STR("tracking_code"), code);
        json_set_str(json, STR("tracking_code"), code); /* where w.c.s. has it */
    }
    json_set(json, STR("data"), data);
    response_json(request, 200, json);
}

static bool save_draft(struct tx *tx, void *arg, struct err *err)
{
    return draft_save(tx, arg, err);
}

static void begin_draft(struct request *request, const struct submission *submission, json_t *answers)
{
    struct draft draft;
    struct err err = {0};
    draft_begin(request->arena, &draft, submission->form->slug, submission->form->version, submission->person.id,
                request->now, submission->form->drafts_lifespan);
    draft.answers = answers;
    if (visit_of(request)->runs_again) /* what the answers rest on has to be waited for */
        return;
    if (!store_write(visit_of(request)->site->store, save_draft, &draft, &err)) {
        show_failure(request, &err);
        return;
    }
    json_t *data = json_object();
    json_set(data, STR("id"), json_from_str(str_fmt(request->arena, "%lld", (long long)draft.id)));
    json_set_str(data, STR("url"), visit_draft_url(request, &draft));
    api_data(request, data);
}

static void file(struct request *request, struct submission *submission, json_t *answers)
{
    const struct visit *visit = visit_of(request);
    struct filing *filing = &submission->filing;
    struct change *change = arena_new_of(request->arena, struct change);
    struct err err = {0};
    filing->form = submission->form;
    filing->answers = answers;
    if (submission->person.id != 0) {
        filing->account = submission->person.id;
        filing->submitter_name = account_name(request->arena, &submission->person);
        filing->email = submission->person.email;
    }
    if (!dossier_file_prepare(place_of(request), filing, change, &err)) {
        show_failure(request, &err);
        return;
    }
    if (filing->account != 0)
        account_add_site(visit->installation->people, filing->account, visit->site->slug, NULL);
    api_commit(request, submission->form, change, true, was_filed);
}

static void submit(struct request *request)
{
    struct submission submission = {.form = api_form(request)};
    struct err err = {0};
    if (submission.form == NULL) {
        api_error(request, 404, NULL, NULL);
        return;
    }
    if (!submission.form->is_card && !form_is_open(submission.form, request->now, &err)) {
        api_error(request, 403, "form-disabled", &err);
        return;
    }
    const json_t *data = data_of(request);
    json_t *answers = json_keep(request->arena, json_object());
    if (data == NULL || !begin(request, &submission) || !api_set_answers(request, submission.form, data, answers))
        return;
    if (submission.is_draft)
        begin_draft(request, &submission, answers);
    else
        file(request, &submission, answers);
}

/* ---- Changing ---- */

static void was_changed(struct request *request, const struct change *change)
{
    json_t *data = json_object();
    json_set_str(data, STR("id"), dossier_id_api(request->arena, change->after));
    api_data(request, data);
}

/* w.c.s.: by the first action « editable » of the status that the caller may do. */
static void change(struct request *request)
{
    struct dossier *dossier;
    struct offer offer = {0};
    if (!api_find_dossier(request, &dossier))
        return;
    struct actor actor = api_actor_on(request, dossier);
    dossier_offer(place_of(request), dossier, &actor, &offer);
    const struct form *form = dossier_form(place_of(request), dossier);
    if (offer.edits.len == 0 || form == NULL) {
        api_refuse(request, "L’appelant ne peut pas modifier ces réponses là où en est la demande.");
        return;
    }
    const json_t *data = json_dict(request->json, "data");
    json_t *answers = json_keep(request->arena, json_deep_copy(dossier->answers));
    if (data == NULL)
        refuse(request, 400, NULL, "Les réponses à changer manquent : « data ».");
    if (data == NULL || !api_set_answers(request, form, data, answers))
        return;
    struct event event = {.kind = EVENT_EDIT, .actor = actor, .action = offer.edits.at[0].action, .answers = answers};
    struct change *changed = arena_new_of(request->arena, struct change);
    struct err err = {0};
    if (dossier_perform_prepare(place_of(request), dossier, &event, changed, &err))
        api_commit(request, form, changed, false, was_changed);
    else
        show_failure(request, &err);
}

static const char of_submit[] =
    "{\"type\": \"object\", \"required\": [\"data\"], \"properties\": {"
    "\"data\": {\"type\": \"object\", \"description\": \"Les réponses, par identifiant de champ\"},"
    " \"meta\": {\"type\": \"object\", \"properties\": {\"draft\": {\"type\": \"boolean\"},"
    " \"backoffice-submission\": {\"type\": \"boolean\"}}},"
    " \"user\": {\"type\": \"object\", \"properties\": {\"NameID\": {\"type\": \"array\"}, \"email\": {\"type\": "
    "\"string\"}}},"
    " \"context\": {\"type\": \"object\", \"properties\": {\"channel\": {\"type\": \"string\"}}}}}";
static const char of_change[] =
    "{\"type\": \"object\", \"required\": [\"data\"], \"properties\": {"
    "\"data\": {\"type\": \"object\", \"description\": \"Les réponses qui changent, par identifiant de champ\"}}}";

const struct api_operation submit_operations[] = {
    {HTTP_POST, "/api/formdefs/{slug}/submit", submit, "Dépose une demande, ou en commence une", NULL, of_submit},
    {HTTP_POST, "/api/cards/{slug}/submit", submit, "Ajoute une fiche", NULL, of_submit},
    {HTTP_POST, "/api/forms/{slug}/{n:int}/", change, "Change les réponses d’une demande", NULL, of_change},
    {HTTP_POST, "/api/cards/{slug}/{id}/", change, "Change les réponses d’une fiche", NULL, of_change},
    {0},
};

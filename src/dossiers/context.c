/* What the workflow's engine asks, answered from the place, the form and the people. */
#include "dossiers/tables.h"

struct workflow_host {
    const struct dossier_place *place;
    const struct form *form; /* NULL where it is lost */
    const struct workflow *workflow;
    struct scope scope;
};

str context_role_of(const struct dossier_place *place, const struct form *form, str function)
{
    str role = form ? json_str_of(json_get(form->functions, function)) : STR_EMPTY;
    bool is_open = !role.len && !(form && form->is_card); /* a card whose functions nobody has is the administrators' */
    return is_open ? place->default_role : role;
}

static struct value scope_of(void *data, const struct dossier *dossier)
{
    struct workflow_host *host = data;
    host->scope = (struct scope){.place = host->place,
                                 .form = host->form,
                                 .workflow = host->workflow,
                                 .answers = dossier->answers,
                                 .dossier = dossier};
    return scope_value(&host->scope);
}

static str role_of(void *data, str function)
{
    const struct workflow_host *host = data;
    return context_role_of(host->place, host->form, function);
}

static bool role_is_known(void *data, str slug)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    return place->role_is_known && place->role_is_known(place->data, slug);
}

static void role_addresses(void *data, str role, struct recipients *out)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    if (place->role_addresses)
        place->role_addresses(place->data, place->arena, role, out);
}

static void role_accounts(void *data, str role, int64_t **out, size_t *count)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    if (place->role_accounts)
        place->role_accounts(place->data, place->arena, role, out, count);
}

static int64_t account_called(void *data, str text)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    struct dossier_person person;
    bool is_known = place->person_called && place->person_called(place->data, place->arena, text, &person);
    return is_known ? person.account : 0;
}

static bool mail_template(void *data, str slug, struct mail_text *out)
{
    const struct dossier_definitions *definitions = ((const struct workflow_host *)data)->place->definitions;
    return definitions->mail_template && definitions->mail_template(definitions->data, slug, out);
}

static void anonymise(void *data, struct dossier *dossier, str mode)
{
    const struct workflow_host *host = data;
    bool is_final = str_eq(mode, STR("final"));
    if (!host->form && is_final)
        json_object_clear(dossier->answers);
    if (host->form)
        fields_anonymise(&host->form->fields, dossier->answers, is_final);
    fields_anonymise(workflow_backoffice_fields(host->workflow), dossier->answers, is_final);
}

/* Its bytes take this place when the request leaves. */
static void name_blob(void *data, const struct dossier *dossier, const json_t *file, json_t *out)
{
    (void)data;
    (void)dossier;
    json_set_str(out, STR(CALL_BLOB), json_str(file, "blob"));
}

static json_t *whole(void *data, const struct dossier *dossier)
{
    static const struct actor reader = {.is_agent = true};
    const struct dossier_reading reading = {
        .parts = {.fields = true,
                  .user = true,
                  .evolution = true,
                  .roles = true,
                  .submission = true,
                  .workflow = true,
                  .workflow_data = true},
        .actor = &reader,
        .file = name_blob,
    };
    return dossier_json(((const struct workflow_host *)data)->place, dossier, &reading);
}

/* w.c.s.: what was answered to a field that the account's telephone is proposed for, the mobile first; else the
 * account's own. */
static str answered_phone(const struct form *form, const struct dossier *dossier, str datum)
{
    for (size_t i = 0; form && i < form->fields.len; i++) {
        const struct field *field = &form->fields.at[i];
        str answer = json_str_of(json_get(dossier->answers, field->id));
        if (field->prefill == PREFILL_USER && str_eq(field->prefill_user, datum) && answer.len)
            return answer;
    }
    return STR_EMPTY;
}

static str submitter_phone(void *data, const struct dossier *dossier)
{
    static const char *const names[] = {"mobile", "phone"};
    const struct workflow_host *host = data;
    const struct dossier_place *place = host->place;
    struct dossier_person person = {0};
    str phone = STR_EMPTY;
    for (size_t i = 0; i < 2 && !phone.len; i++)
        phone = answered_phone(host->form, dossier, str_of(names[i]));
    if (phone.len || !dossier->account || !place->person ||
        !place->person(place->data, place->arena, dossier->account, &person))
        return phone;
    for (size_t i = 0; i < 2 && !phone.len; i++)
        phone = json_str(person.attributes, names[i]);
    return phone;
}

bool context_make(const struct dossier_place *place, const struct form *form, const struct workflow *workflow,
                  struct workflow_context *context)
{
    if (!workflow)
        return false;
    struct workflow_host *host = arena_new_of(place->arena, struct workflow_host);
    *host = (struct workflow_host){.place = place, .form = form, .workflow = workflow};
    *context = (struct workflow_context){
        .arena = place->arena,
        .workflow = workflow,
        .now = place_now(place),
        .data = host,
        .scope = scope_of,
        .site = dossier_site_scope(place),
        .role_of = role_of,
        .role_is_known = role_is_known,
        .role_addresses = role_addresses,
        .mail_template = mail_template,
        .role_accounts = role_accounts,
        .account_called = account_called,
        .anonymise = anonymise,
        .whole = whole,
        .submitter_phone = submitter_phone,
        .sends_sms = place->sends_sms,
        .form_fields = form ? &form->fields : NULL,
        .sources = place->definitions->sources,
        .site_name = place->site_name,
        .mail_from = place->mail_from,
    };
    return true;
}

bool context_of(const struct dossier_place *place, const struct dossier *dossier, struct workflow_context *context)
{
    return context_make(place, dossier_form(place, dossier), dossier_workflow(place, dossier), context);
}

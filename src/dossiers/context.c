/* What the workflow's engine asks, answered from the place, the form and the people. */
#include "dossiers/tables.h"

struct workflow_host {
    const struct dossier_place *place; /* with what is under way */
    struct dossier_place own;
    struct under_way under_way;
    const struct form *form; /* NULL where it is lost */
    const struct workflow *workflow;
    struct scope scope;
};

static str usual_role(const struct dossier_place *place, const struct form *form, str function)
{
    str role = form ? json_str_of(json_get(form->functions, function)) : STR_EMPTY;
    bool is_open = !role.len && !(form && form->is_card); /* a card whose functions nobody has is the administrators' */
    return is_open ? place->default_role : role;
}

void context_roles_of(const struct dossier_place *place, const struct form *form, const struct dossier *dossier,
                      str function, struct str_list *out)
{
    workflow_function_roles(place->arena, dossier, function, usual_role(place, form, function), out);
}

static struct value scope_of(void *data, const struct dossier *dossier)
{
    struct workflow_host *host = data;
    host->under_way.dossier = dossier;
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
    return usual_role(host->place, host->form, function);
}

static bool person_of(const struct dossier_place *place, struct value person, struct dossier_person *out)
{
    int64_t account = variables_account_of(person);
    if (account)
        return place->person && place->person(place->data, place->arena, account, out);
    str text = str_trim(value_to_text(place->arena, value_plain(place->arena, person), place->lang));
    return text.len && place->person_called && place->person_called(place->data, place->arena, text, out);
}

static int64_t account_of(void *data, struct value value)
{
    struct dossier_person person = {0};
    return person_of(((const struct workflow_host *)data)->place, value, &person) ? person.account : 0;
}

static bool holder_called(void *data, struct value who, struct workflow_role *out)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    struct dossier_person person = {0};
    str text = str_trim(value_to_text(place->arena, value_plain(place->arena, who), place->lang));
    if (!variables_account_of(who) && place->role_called && place->role_called(place->data, text, out))
        return true;
    if (!person_of(place, who, &person))
        return false;
    *out = (struct workflow_role){role_of_account(place->arena, person.account), person_name(place->arena, &person)};
    return true;
}

str context_role_name(const struct dossier_place *place, str role)
{
    struct workflow_role known = {0};
    struct dossier_person person = {0};
    int64_t account = account_of_role(role);
    if (account && place->person && place->person(place->data, place->arena, account, &person))
        return person_name(place->arena, &person);
    bool is_known = !account && place->role_called && place->role_called(place->data, role, &known);
    return is_known ? known.name : role;
}

void context_addresses_of(const struct dossier_place *place, str role, struct recipients *out)
{
    struct dossier_person person = {0};
    int64_t account = account_of_role(role);
    if (account && place->person && place->person(place->data, place->arena, account, &person))
        *vec_push(place->arena, out) = person.email;
    if (!account && place->role_addresses)
        place->role_addresses(place->data, place->arena, role, out);
}

static void role_addresses(void *data, str role, struct recipients *out)
{
    context_addresses_of(((const struct workflow_host *)data)->place, role, out);
}

static void role_accounts(void *data, str role, int64_t **out, size_t *count)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    if (account_of_role(role)) {
        *out = arena_new_of(place->arena, int64_t);
        **out = account_of_role(role);
        *count = 1;
    } else if (place->role_accounts) {
        place->role_accounts(place->data, place->arena, role, out, count);
    }
}

static bool mail_template(void *data, str slug, struct mail_text *out)
{
    const struct dossier_definitions *definitions = ((const struct workflow_host *)data)->place->definitions;
    return definitions->mail_template && definitions->mail_template(definitions->data, slug, out);
}

static bool target_called(void *data, bool is_card, str slug, struct action_target *out)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    const struct dossier_definitions *definitions = place->definitions;
    out->form = definitions->form(definitions->data, form_key(place->arena, is_card, slug), 0);
    out->workflow = out->form ? definitions->workflow_of(definitions->data, out->form) : NULL;
    return out->form != NULL;
}

static bool create(void *data, const struct creation *creation, struct change **made, struct err *err)
{
    struct workflow_host *host = data;
    return creation_make(host->place, &host->under_way, creation, made, err);
}

static void begin(void *data, const struct creation *creation, struct draft *out)
{
    struct workflow_host *host = data;
    creation_begin(host->place, creation, out);
    *vec_push(host->place->arena, &host->under_way.begun) = *out;
}

static void targets(void *data, const struct action_target *target, const struct value *named, struct targets *out)
{
    struct workflow_host *host = data;
    targets_find(host->place, host->under_way.dossier, target, named, out);
}

static bool rewrite(void *data, const struct dossier *dossier, const struct rewriting *rewriting, struct change **made,
                    struct err *err)
{
    struct workflow_host *host = data;
    return rewriting_make(host->place, &host->under_way, dossier, rewriting, made, err);
}

static bool comment_template(void *data, str slug, struct comment_text *out)
{
    const struct dossier_definitions *definitions = ((const struct workflow_host *)data)->place->definitions;
    return definitions->comment_template && definitions->comment_template(definitions->data, slug, out);
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

static void details(void *data, const struct dossier *dossier, struct model_details *out)
{
    const struct workflow_host *host = data;
    if (host->form)
        details_of(&host->scope, dossier, out);
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

/* The data of an account that are a number of a telephone, the one for text messages first. */
enum { PHONES = 2 };
static const char *const phone_names[PHONES] = {"mobile", "phone"};

static str account_phone(void *data, int64_t account)
{
    const struct dossier_place *place = ((const struct workflow_host *)data)->place;
    struct dossier_person person = {0};
    str phone = STR_EMPTY;
    if (!account || !place->person || !place->person(place->data, place->arena, account, &person))
        return STR_EMPTY;
    for (size_t i = 0; i < PHONES && !phone.len; i++)
        phone = json_str(person.attributes, phone_names[i]);
    return phone;
}

static str submitter_phone(void *data, const struct dossier *dossier)
{
    const struct workflow_host *host = data;
    str phone = STR_EMPTY;
    for (size_t i = 0; i < PHONES && !phone.len; i++)
        phone = answered_phone(host->form, dossier, str_of(phone_names[i]));
    return phone.len ? phone : account_phone(data, dossier->account);
}

static bool silence(void *data, const struct dossier *dossier, instant *at)
{
    const struct workflow_host *host = data;
    return silence_falls(host->place, host->form, dossier, at);
}

bool context_make(const struct dossier_place *place, const struct form *form, const struct workflow *workflow,
                  struct workflow_context *context)
{
    if (!workflow)
        return false;
    struct workflow_host *host = arena_new_of(place->arena, struct workflow_host);
    *host =
        (struct workflow_host){.own = *place, .under_way.around = place->under_way, .form = form, .workflow = workflow};
    host->own.under_way = &host->under_way;
    place = host->place = &host->own;
    *context = (struct workflow_context){
        .arena = place->arena,
        .workflow = workflow,
        .now = place_now(place),
        .data = host,
        .scope = scope_of,
        .site = dossier_site_scope(place),
        .role_of = role_of,
        .holder_called = holder_called,
        .role_addresses = role_addresses,
        .mail_template = mail_template,
        .comment_template = comment_template,
        .role_accounts = role_accounts,
        .account_of = account_of,
        .target_called = target_called,
        .create = create,
        .begin = begin,
        .targets = targets,
        .rewrite = rewrite,
        .anonymise = anonymise,
        .whole = whole,
        .details = details,
        .submitter_phone = submitter_phone,
        .account_phone = account_phone,
        .silence = silence,
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

/* Filing: a number, a code, the first entry, the workflow's first work, the receipt; then one write. */
#include "dossiers/tables.h"

static str answered_email(const struct form *form, const json_t *answers)
{
    for (size_t i = 0; i < form->fields.len; i++) {
        str email = json_str_of(json_get(answers, form->fields.at[i].id));
        if (str_eq(form->fields.at[i].type_name, STR("email")) && email.len)
            return email;
    }
    return STR_EMPTY;
}

/* Publik's varnames for a person's name, in either language, where no account tells it. */
static str answered(const struct form *form, struct arena *arena, const json_t *answers, const char *const *varnames)
{
    for (size_t i = 0; varnames[i]; i++) {
        const struct field *field = field_by_varname(&form->fields, str_of(varnames[i]));
        str text = field ? field_display(field, arena, answers) : STR_EMPTY;
        if (text.len)
            return utf8_slice(text, 0, 120);
    }
    return STR_EMPTY;
}

static str answered_name(const struct form *form, struct arena *arena, const json_t *answers)
{
    static const char *const first[] = {"prenom", "firstname", "first_name", NULL};
    static const char *const last[] = {"nom", "lastname", "last_name", "name", NULL};
    str both[] = {answered(form, arena, answers, first), STR(" "), answered(form, arena, answers, last)};
    return str_trim(str_concat(arena, both, 3));
}

static struct dossier *new_dossier(const struct dossier_place *place, const struct filing *filing,
                                   const struct workflow *workflow)
{
    struct arena *arena = place->arena;
    struct dossier *dossier = arena_new_of(arena, struct dossier);
    instant now = place_now(place);
    *dossier = (struct dossier){
        .id = filing->draft ? filing->draft : store_new_id(),
        .uuid = random_uuid(arena),
        .form = filing->form->key,
        .form_version = filing->form->version,
        .workflow = workflow_slug(workflow),
        .workflow_version = workflow_version(workflow),
        .account = filing->account,
        .submitter_name = filing->submitter_name,
        .email = filing->email,
        .channel = filing->channel.len ? filing->channel : STR("web"),
        .agent = filing->agent,
        .received = now,
        .updated = now,
        .arrived = now,
        .answers = filing->answers,
        .data = json_keep(arena, json_object()),
        .marks = json_keep(arena, json_object()),
    };
    dossier->code = filing->form->is_card ? dossier->uuid : dossier_code_new(arena);
    if (filing->form->is_card)
        return dossier;
    if (str_is_empty(dossier->email))
        dossier->email = answered_email(filing->form, filing->answers);
    if (str_is_empty(dossier->submitter_name))
        dossier->submitter_name = answered_name(filing->form, arena, filing->answers);
    return dossier;
}

bool dossier_file_prepare(const struct dossier_place *place, const struct filing *filing, struct change *change,
                          struct err *err)
{
    const struct dossier_definitions *definitions = place->definitions;
    const struct workflow *workflow = definitions->workflow_of(definitions->data, filing->form);
    struct workflow_context context;
    if (!context_make(place, filing->form, workflow, &context))
        return err_set(err, ERR_INVALID, "Cette démarche n’a pas de circuit de traitement. Signalez-le au service.");

    struct dossier *dossier = new_dossier(place, filing, workflow);
    if (!numbers_take(place, dossier->form, &dossier->form_number, &dossier->sequence, err))
        return false;
    bool by_agent = filing->agent != 0 || filing->form->is_card;
    struct event event = {.kind = EVENT_FILED,
                          .maker = filing->maker,
                          .actor = {.account = by_agent ? filing->agent : filing->account,
                                    .name = by_agent ? place->user.name : dossier->submitter_name,
                                    .is_submitter = !by_agent,
                                    .is_agent = by_agent}};
    bool by_action = filing->maker && !filing->draft;
    if (by_action)
        event.actor = (struct actor){0};
    if (!workflow_perform(&context, dossier, &event, change, err))
        return false;
    change->is_made = by_action;
    if (!change->is_removed && !filing->form->is_card && !change->is_made)
        receipt_add(place, filing->form, change);
    return card_identify(place, filing->form, change, err);
}

bool dossier_file(const struct dossier_place *place, const struct filing *filing, const struct dossier **dossier,
                  str *redirect_url, struct err *err)
{
    enum { TRIES = 5 };
    for (int i = 0; i < TRIES; i++) {
        struct change *change = arena_new_of(place->arena, struct change);
        if (!dossier_file_prepare(place, filing, change, err))
            return false;
        struct dossier_write write = dossier_write_make(place, filing->form, change, true);
        write.also = filing->also;
        write.also_arg = filing->also_arg;
        struct err failure = {0};
        if (store_write(place->store, dossier_apply, &write, &failure)) {
            *dossier = change->after;
            if (redirect_url)
                *redirect_url = change->redirect_url;
            return true;
        }
        if (err)
            *err = failure;
        if (failure.code != ERR_CONFLICT)
            return false;
    }
    return false;
}

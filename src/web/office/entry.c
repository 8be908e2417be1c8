/* The agents' office: entering a request for somebody who came, called or wrote. The pages are the residents' own; the
 * draft says who enters, for whom, and how they asked. */
#include "web/portal/filling.h"

static const char *const channels[] = {"counter", "phone", "mail", "email"};
enum { CHANNEL_COUNT = sizeof channels / sizeof *channels };

static struct value channels_value(struct request *request, str chosen)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < CHANNEL_COUNT; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "id", str_of(channels[i]));
        page_set_text(request, dict, "text", dossier_channel_label(str_of(channels[i])));
        page_set(request, dict, "chosen", value_bool(str_eq(chosen, str_of(channels[i]))));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static bool may_enter(struct request *request, const struct form *form)
{
    struct actor actor = visit_actor(request, true, false);
    return dossier_may_be_entered(form, &actor) && form_is_open(form, request->now, NULL);
}

static struct value forms_value(struct request *request, str chosen)
{
    const struct catalogue_forms *forms = catalogue_forms(visit_of(request)->catalogue);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < forms->len; i++) {
        if (!may_enter(request, forms->at[i]))
            continue;
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "id", forms->at[i]->slug);
        page_set_text(request, dict, "text", forms->at[i]->name);
        page_set(request, dict, "chosen", value_bool(str_eq(chosen, forms->at[i]->slug)));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void show(struct request *request, int status, const char *control, const char *error)
{
    struct value_dict *page = page_new(request);
    page_set(request, page, "forms", forms_value(request, request_form(request, "demarche")));
    page_set(request, page, "channels", channels_value(request, request_form(request, "canal")));
    page_set_text(request, page, "courriel", request_form(request, "courriel"));
    if (error != NULL) {
        struct field_errors errors = {0};
        *vec_push(request->arena, &errors) = (struct field_error){.control = str_of(control), .message = str_of(error)};
        page_set(request, page, "errors", filling_errors(request, &errors));
        page_set_text(request, page, str_fmt(request->arena, "%s_erreur", control).ptr, str_of(error));
    }
    page_show(request, status, "office/entry.html", page);
}

static void ask(struct request *request)
{
    show(request, 200, NULL, NULL);
}

static str channel_of(str posted)
{
    for (size_t i = 0; i < CHANNEL_COUNT; i++)
        if (str_eq(posted, str_of(channels[i])))
            return str_of(channels[i]);
    return STR_EMPTY;
}

struct entering {
    struct draft draft;
    const struct form *form;
};

static bool save(struct tx *tx, void *arg, struct err *err)
{
    struct entering *entering = arg;
    return draft_save(tx, &entering->draft, err);
}

static void was_begun(struct request *request, void *arg, bool ok, const struct err *err)
{
    const struct entering *entering = arg;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    filling_keep(request, entering->form, &entering->draft);
    response_redirect(request, filling_page_url(request, entering->form, 0));
}

static void begin(struct request *request, const struct form *form, int64_t account, str channel)
{
    struct entering *entering = arena_new_of(request->arena, struct entering);
    entering->form = form;
    draft_begin(request->arena, &entering->draft, form->slug, form->version, account, request->now,
                form->drafts_lifespan);
    entering->draft.agent = visit_of(request)->account.id;
    entering->draft.channel = channel;
    request_commit(request, visit_of(request)->site->store, save, entering, was_begun);
}

static void enter(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct form *form = catalogue_form(visit->catalogue, request_form(request, "demarche"), 0);
    str channel = channel_of(request_form(request, "canal")), email = str_trim(request_form(request, "courriel"));
    struct account person = {0};
    struct err err = {0};
    if (form == NULL || !may_enter(request, form)) {
        show(request, 422, "demarche", "Choisissez une démarche dans la liste.");
    } else if (channel.len == 0) {
        show(request, 422, "canal", "Choisissez comment la personne a fait sa demande.");
    } else if (email.len > 0 && !account_by_email(visit->installation->people, request->arena, email, &person, &err)) {
        if (err.code == ERR_NOT_FOUND)
            show(request, 422, "courriel", "Aucun compte n’a cette adresse. Vérifiez-la, ou laissez cette case vide.");
        else
            show_failure(request, &err);
    } else {
        begin(request, form, person.id, channel);
    }
}

const struct route entry_routes[] = {
    {HTTP_GET, "/agents/saisie/", 0, RIGHT_AGENT, BODY_NONE, ask},
    {HTTP_POST, "/agents/saisie/", 0, RIGHT_AGENT, BODY_FORM, enter},
};
const size_t entry_route_count = sizeof entry_routes / sizeof *entry_routes;

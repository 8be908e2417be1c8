/* Opening a form that is being filled: the form, whether this person may, the draft. */
#include "web/portal/filling.h"

#include "web/portal/arrival.h"
#include "web/portal/identify.h"

static struct people *people_of(struct request *request)
{
    return visit_of(request)->installation->people;
}

const char *filling_cookie(struct request *request, const struct form *form)
{
    return str_fmt(request->arena, "brouillon-%.*s", STR_ARG(form->slug)).ptr;
}

void filling_keep(struct request *request, const struct form *form, const struct draft *draft)
{
    response_cookie(request, filling_cookie(request, form), draft->token,
                    (draft->expires - request->now) / INSTANT_SECOND);
}

str filling_url(struct request *request, const struct form *form, const char *rest)
{
    return str_fmt(request->arena, "/demarches/%.*s/%s", STR_ARG(form->slug), rest);
}

str filling_page_url(struct request *request, const struct form *form, size_t page)
{
    return str_fmt(request->arena, "/demarches/%.*s/%zu/", STR_ARG(form->slug), page + 1);
}

size_t filling_page_number(struct request *request, const struct filling *filling)
{
    int64_t number = request_path_int(request, "n");
    return number >= 1 && (size_t)number <= filling->form->page_count ? (size_t)number - 1 : SIZE_MAX;
}

/* Who is at the keyboard, or who an agent enters for. */
static const struct account *person_of(struct request *request, const struct draft *draft)
{
    const struct visit *visit = visit_of(request);
    if (draft->agent == 0)
        return visit->is_signed_in ? &visit->account : NULL;
    struct account *person = arena_new_of(request->arena, struct account);
    bool is_known =
        draft->account != 0 && account_by_id(people_of(request), request->arena, draft->account, person, NULL);
    return is_known ? person : NULL;
}

/* Who enters for somebody else sees what agents see, and the form is filled with that person's data. */
static void set_context(struct request *request, struct filling *filling)
{
    struct visit *visit = visit_of(request);
    filling->person = person_of(request, &filling->draft);
    visit->place.dossiers.in_backoffice = filling->draft.agent != 0;
    visit->place.dossiers.maker = filling->draft.maker;
    filling->context = visit_form_context(request, filling->form, filling->draft.answers, NULL);
    filling->pages = form_pages_named(filling->form, filling->draft.extent, filling->draft.extent_page);
    filling->context.pages = &filling->pages;
    if (filling->draft.agent != 0 && filling->person != NULL)
        filling->context.account = account_data(request->arena, filling->person);
}

void filling_lead_to_page(struct request *request, const struct filling *filling, size_t page)
{
    if (filling->lost_draft) {
        visit_flash(request, "warning",
                    STR("Votre brouillon n’existe plus : il a été envoyé, effacé ou il a expiré. Recommencez ici."));
        response_cookie(request, filling_cookie(request, filling->form), STR_EMPTY, -1);
    }
    response_redirect(request, filling_page_url(request, filling->form, page == SIZE_MAX ? 0 : page));
}

/* ---- Opening ---- */

void filling_ask_to_sign_in(struct request *request, const struct form *form)
{
    response_redirect(request, str_fmt(request->arena, "/connexion/?suite=/demarches/%.*s/1/", STR_ARG(form->slug)));
}

/* The roles of the form that the site has; a role that came with an import and is unknown here keeps nobody out (the
 * import said that it is missing). */
static bool has_role_of(const struct visit *visit, const struct form *form, bool *is_restricted)
{
    *is_restricted = false;
    for (size_t i = 0; i < form->roles.len; i++) {
        if (site_role(visit->site, form->roles.at[i]) == NULL)
            continue;
        *is_restricted = true;
        for (size_t j = 0; j < visit->membership.count; j++)
            if (str_eq(form->roles.at[i], visit->membership.roles[j]))
                return true;
    }
    return visit->membership.is_admin;
}

static bool wants_account(const struct form *form)
{
    for (size_t i = 0; i < form->roles.len; i++)
        if (str_eq(form->roles.at[i], STR("logged-users")))
            return true;
    return form->only_one || form_counts_by_account(form);
}

static bool may_file(struct request *request, const struct form *form)
{
    const struct visit *visit = visit_of(request);
    bool is_restricted, has_role = has_role_of(visit, form, &is_restricted);
    if ((wants_account(form) || is_restricted) && !visit->is_signed_in) {
        filling_ask_to_sign_in(request, form);
        return false;
    }
    if (is_restricted && !has_role && !wants_account(form)) {
        response_error(request, 403, NULL);
        return false;
    }
    return identify_suffices(request, form);
}

/* What the new one is begun for is who sits there, whomever the old one was entered for. */
bool filling_begin_anew_if_filed(struct request *request, struct filling *filling)
{
    if (filling->draft.filed.len == 0)
        return true;
    if (filling->draft.agent != 0 && !may_file(request, filling->form))
        return false;
    filling_begin_draft(request, filling);
    filling->has_draft = false;
    set_context(request, filling);
    return true;
}

static bool is_first_time(struct request *request, const struct filling *filling)
{
    bool has = false;
    if (!filling->form->only_one || filling->person == NULL)
        return true;
    dossier_account_has(place_of(request), filling->person->id, filling->form->slug, &has, NULL);
    if (!has)
        return true;
    struct err err;
    err_set(&err, ERR_CLOSED,
            filling->draft.agent != 0
                ? "Cette personne a déjà une demande en cours pour cette démarche."
                : "Vous avez déjà une demande en cours pour cette démarche. Elle est dans « Mes demandes ».");
    show_failure(request, &err);
    return false;
}

bool filling_has_place(struct request *request, const struct filling *filling)
{
    struct err err = {0};
    int64_t account = filling->person == NULL ? 0 : filling->person->id;
    if (!is_first_time(request, filling))
        return false;
    if (dossier_has_place(place_of(request), filling->form, account, filling->draft.agent != 0, &err))
        return true;
    show_failure(request, &err);
    return false;
}

/* An agent's entry asks the agent's right, not that of who it is for. */
static bool may_go_on(struct request *request, const struct filling *filling)
{
    if (!filling->has_draft || filling->draft.agent == 0)
        return may_file(request, filling->form);
    struct actor actor = visit_actor(request, visit_of(request)->membership.is_agent, false);
    bool may = dossier_may_be_entered(filling->form, &actor);
    if (!may)
        response_error(request, 403, NULL);
    return may;
}

static void show_closed(struct request *request, const struct form *form, const struct err *err)
{
    if (form->disabled_redirection != NULL) {
        struct value site = dossier_site_scope(place_of(request));
        struct render render = {.arena = request->arena, .scope = site, .site = site, .lang = STR("fr")};
        str url = str_trim(template_text(form->disabled_redirection, &render));
        if (str_starts(url, STR("https://")) || str_starts(url, STR("http://"))) {
            response_redirect(request, url);
            return;
        }
    }
    show_failure(request, err);
}

bool filling_open(struct request *request, struct filling *filling)
{
    struct visit *visit = visit_of(request);
    struct err err = {0};
    arrival_take(request);
    *filling = (struct filling){.form = catalogue_form(visit->catalogue, request_path_param(request, "slug"), 0)};
    if (filling->form == NULL) {
        response_error(request, 404, NULL);
        return false;
    }
    if (!form_is_open(filling->form, request->now, &err)) {
        show_closed(request, filling->form, &err);
        return false;
    }
    if (!filling_find_draft(request, filling) || !may_go_on(request, filling))
        return false;
    if (!filling->has_draft)
        filling_begin_draft(request, filling);
    else
        filling_fit_draft(request, filling);
    set_context(request, filling);
    return true;
}

str filling_confirmation_url(struct request *request, const struct form *form, str code)
{
    str proof = people_sign(people_of(request), request->arena, STR("merci"), code);
    return str_fmt(request->arena, "/demarches/%.*s/merci/?numero=%.*s&preuve=%.*s", STR_ARG(form->slug), STR_ARG(code),
                   STR_ARG(proof));
}

bool filling_is_proven(struct request *request, str code)
{
    return people_signed(people_of(request), STR("merci"), code, request_query(request, "preuve"));
}

size_t filling_furthest(const struct filling *filling)
{
    int left = filling->has_draft ? filling->draft.page : -1;
    if (left < 0)
        return form_first_page(filling->form, &filling->context);
    size_t next = form_next_page(filling->form, (size_t)left, &filling->context);
    return next == SIZE_MAX ? (size_t)left : next;
}

bool filling_was_filed(struct request *request, const struct filling *filling)
{
    if (filling->draft.filed.len == 0)
        return false;
    response_redirect(request, filling_confirmation_url(request, filling->form, filling->draft.filed));
    return true;
}

void filling_set_entry(struct request *request, const struct filling *filling, struct value_dict *page)
{
    if (filling->draft.agent == 0)
        return;
    struct value_dict *entry = page_new(request);
    page_set_text(request, entry, "channel", dossier_channel_label(filling->draft.channel));
    if (filling->person != NULL)
        page_set_text(request, entry, "person", account_name(request->arena, filling->person));
    page_set(request, entry, "side_text", value_html(form_side_text(filling->form, &filling->context, true)));
    page_set(request, page, "entry", value_dict(entry));
}

struct value filling_errors(struct request *request, const struct field_errors *errors)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; errors != NULL && i < errors->len; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "control", errors->at[i].control);
        page_set_text(request, dict, "message", errors->at[i].message);
        page_set(request, dict, "revealed", value_bool(errors->at[i].is_revealed));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* Opening a form that is being filled: the form, whether this person may, the draft. */
#include "web/portal/filling.h"

#include <ctype.h>

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

/* ---- Drafts ---- */

bool draft_read(struct tx *tx, void *arg, struct err *err)
{
    struct draft_reading *reading = arg;
    return draft_find(tx, reading->arena, reading->token, reading->now, reading->out, err);
}

bool draft_is_theirs(const struct visit *visit, const struct draft *draft)
{
    return draft->account == 0 || (visit->is_signed_in && draft->account == visit->account.id);
}

static void ask_to_sign_in(struct request *request, const struct form *form)
{
    response_redirect(request, str_fmt(request->arena, "/connexion/?suite=/demarches/%.*s/1/", STR_ARG(form->slug)));
}

/* The token that a page was made with, for the draft that it begins. */
static str posted_token(struct request *request)
{
    str token = request_form(request, "brouillon");
    for (size_t i = 0; i < token.len; i++)
        if (!isalnum((unsigned char)token.ptr[i]) && token.ptr[i] != '-' && token.ptr[i] != '_')
            return STR_EMPTY;
    return token.len == RANDOM_TOKEN_LENGTH ? token : STR_EMPTY;
}

/* False where the answer is made: the store does not answer (to begin anew would hide what was kept), or the draft's
 * person is not signed in any more (it waits). */
static bool find_draft_of(struct request *request, struct filling *filling, str token)
{
    struct visit *visit = visit_of(request);
    struct err err = {0};
    struct draft_reading reading = {request->arena, token, request->now, &filling->draft};
    filling->has_draft = filling->lost_draft = false;
    if (token.len != RANDOM_TOKEN_LENGTH)
        return true;
    if (!store_read(visit->site->store, draft_read, &reading, &err)) {
        filling->lost_draft = err.code == ERR_NOT_FOUND;
        if (!filling->lost_draft)
            show_failure(request, &err);
        return filling->lost_draft;
    }
    bool is_of_form = str_eq(filling->draft.form, filling->form->slug);
    if (is_of_form && filling->draft.account != 0 && !visit->is_signed_in) {
        ask_to_sign_in(request, filling->form);
        return false;
    }
    filling->has_draft = is_of_form && draft_is_theirs(visit, &filling->draft);
    return true;
}

/* The one that the page began, if it was saved (a second click), else the browser's; but one that was sent is not what
 * a page goes on with that begins another. */
static bool find_draft(struct request *request, struct filling *filling)
{
    str posted = posted_token(request);
    if (!find_draft_of(request, filling, posted))
        return false;
    if (filling->has_draft)
        return true;
    if (!find_draft_of(request, filling, request_cookie(request, filling_cookie(request, filling->form))))
        return false;
    if (posted.len > 0 && filling->draft.filed.len > 0)
        filling->has_draft = false;
    return true;
}

/* The form was published anew since the draft was saved. */
static void fit_draft(struct filling *filling)
{
    form_fit_answers(filling->form, filling->draft.answers);
    if (filling->draft.page >= (int)filling->form->page_count)
        filling->draft.page = (int)filling->form->page_count - 1;
}

static void begin_draft(struct request *request, struct filling *filling)
{
    struct visit *visit = visit_of(request);
    draft_begin(request->arena, &filling->draft, filling->form->slug, filling->form->version,
                visit->is_signed_in ? visit->account.id : 0, request->now, filling->form->drafts_lifespan);
    str token = posted_token(request);
    if (token.len > 0)
        filling->draft.token = token;
}

void filling_touch(struct request *request, struct filling *filling)
{
    struct draft *draft = &filling->draft;
    draft->form_version = filling->form->version;
    draft->updated = request->now;
    if (visit_of(request)->is_signed_in) /* who signed in on the way finds it in their account */
        draft->account = visit_of(request)->account.id;
}

void filling_begin_anew_if_filed(struct request *request, struct filling *filling)
{
    if (filling->draft.filed.len == 0)
        return;
    begin_draft(request, filling);
    filling->has_draft = false;
    filling->context = visit_form_context(request, filling->form, filling->draft.answers, NULL);
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
    return form->only_one;
}

static bool may_file(struct request *request, const struct form *form)
{
    const struct visit *visit = visit_of(request);
    bool is_restricted, has_role = has_role_of(visit, form, &is_restricted);
    if ((wants_account(form) || is_restricted) && !visit->is_signed_in) {
        ask_to_sign_in(request, form);
        return false;
    }
    if (is_restricted && !has_role && !wants_account(form)) {
        response_error(request, 403, NULL);
        return false;
    }
    return true;
}

bool filling_is_first_time(struct request *request, const struct form *form)
{
    bool has = false;
    if (!form->only_one)
        return true;
    dossier_account_has(place_of(request), visit_of(request)->account.id, form->slug, &has, NULL);
    if (!has)
        return true;
    struct err err;
    err_set(&err, ERR_CLOSED,
            "Vous avez déjà une demande en cours pour cette démarche. Elle est dans « Mes demandes ».");
    show_failure(request, &err);
    return false;
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
    *filling = (struct filling){.form = catalogue_form(visit->catalogue, request_path_param(request, "slug"), 0)};
    if (filling->form == NULL) {
        response_error(request, 404, NULL);
        return false;
    }
    if (!form_is_open(filling->form, request->now, &err)) {
        show_closed(request, filling->form, &err);
        return false;
    }
    if (!may_file(request, filling->form))
        return false;
    if (!find_draft(request, filling))
        return false;
    if (!filling->has_draft)
        begin_draft(request, filling);
    else if (filling->draft.form_version != filling->form->version)
        fit_draft(filling);
    filling->context = visit_form_context(request, filling->form, filling->draft.answers, NULL);
    return true;
}

static const struct people *people_of(struct request *request)
{
    return visit_of(request)->installation->people;
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

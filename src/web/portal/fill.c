/* Filling a form: its pages. The draft is saved each time a page is left. */
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

/* ---- Drafts ---- */

struct draft_reading {
    struct arena *arena;
    str token;
    instant now;
    struct draft *out;
};

static bool read_draft(struct tx *tx, void *arg, struct err *err)
{
    struct draft_reading *reading = arg;
    return draft_find(tx, reading->arena, reading->token, reading->now, reading->out, err);
}

/* The token that a page was made with, for the draft that it begins. */
static str posted_token(struct request *request)
{
    str token = request_form(request, "brouillon");
    for (size_t i = 0; i < token.len; i++)
        if (!isalnum((unsigned char)token.ptr[i]) && token.ptr[i] != '-' && token.ptr[i] != '_')
            return STR_EMPTY;
    return token.len == 43 ? token : STR_EMPTY;
}

/* Of this form, and of who is asking: a draft of an account is that account's. */
static bool find_draft_of(struct request *request, struct filling *filling, str token)
{
    struct visit *visit = visit_of(request);
    struct draft_reading reading = {request->arena, token, request->now, &filling->draft};
    if (token.len != 43 || !store_read(visit->site->store, read_draft, &reading, NULL))
        return false;
    bool is_theirs =
        filling->draft.account == 0 || (visit->is_signed_in && filling->draft.account == visit->account.id);
    return is_theirs && str_eq(filling->draft.form, filling->form->slug);
}

/* The one that the page began, if it was saved (a second click), else the browser's; but one that was sent is not what
 * a page goes on with that begins another. */
static bool find_draft(struct request *request, struct filling *filling)
{
    str posted = posted_token(request);
    if (find_draft_of(request, filling, posted))
        return true;
    return find_draft_of(request, filling, request_cookie(request, filling_cookie(request, filling->form))) &&
           (posted.len == 0 || filling->draft.filed.len == 0);
}

/* The form was published anew since the draft was saved. */
static void fit_draft(struct filling *filling)
{
    form_fit_answers(filling->form, filling->draft.answers);
    if ((size_t)filling->draft.page >= filling->form->page_count)
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
        response_redirect(request,
                          str_fmt(request->arena, "/connexion/?suite=/demarches/%.*s/1/", STR_ARG(form->slug)));
        return false;
    }
    if (is_restricted && !has_role && !wants_account(form)) {
        response_error(request, 403, NULL);
        return false;
    }
    return true;
}

static bool is_first_time(struct request *request, const struct form *form)
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
        struct render render = {
            .arena = request->arena, .scope = dossier_site_scope(place_of(request)), .lang = STR("fr")};
        str url = str_trim(template_text(form->disabled_redirection, &render));
        if (str_starts(url, STR("https://")) || str_starts(url, STR("http://"))) {
            response_redirect(request, url);
            return;
        }
    }
    show_failure(request, err);
}

/* Finds the form and the draft; false where the answer is made. A draft goes on with the form as it is now; answers
 * that no longer fit are dropped. */
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
    filling->has_draft = find_draft(request, filling);
    if (!filling->has_draft)
        begin_draft(request, filling);
    else if (filling->draft.form_version != filling->form->version)
        fit_draft(filling);
    filling->context = visit_form_context(request, filling->form, filling->draft.answers, NULL);
    return true;
}

/* Who looks at the form again after sending it begins another request; who sends again (a second click, another tab) is
 * shown what was filed: was_filed. */
static void begin_anew_if_filed(struct request *request, struct filling *filling)
{
    if (filling->draft.filed.len == 0)
        return;
    begin_draft(request, filling);
    filling->has_draft = false;
    filling->context = visit_form_context(request, filling->form, filling->draft.answers, NULL);
}

/* ---- A page ---- */

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

/* « Étape 2 sur 4 », counted over the pages that come now, and the name of the next. */
static void set_steps(struct request *request, struct filling *filling, size_t page, struct value_dict *out)
{
    int64_t number = 0, total = 0;
    str next = STR_EMPTY;
    for (size_t i = 0; i < filling->form->page_count; i++) {
        if (!form_page_is_visible(filling->form, i, &filling->context) && i != page)
            continue;
        total++;
        if (i <= page)
            number++;
        else if (next.len == 0)
            next = filling->form->pages[i].label;
    }
    if (next.len == 0 && filling->form->has_confirmation)
        next = STR("Vérifier vos réponses");
    page_set(request, out, "step", value_int(number));
    page_set(request, out, "steps", value_int(total + filling->form->has_confirmation));
    page_set_text(request, out, "next_step", next);
}

/* The last page of a form whose answers are not shown for checking: it is sent from there. */
static bool sends(struct filling *filling, size_t page)
{
    return !filling->form->has_confirmation && form_next_page(filling->form, page, &filling->context) == SIZE_MAX;
}

static bool has_mistake(const struct field_errors *errors)
{
    for (size_t i = 0; errors != NULL && i < errors->len; i++)
        if (!errors->at[i].is_revealed)
            return true;
    return false;
}

static void show_page(struct request *request, struct filling *filling, size_t page, const struct field_errors *errors)
{
    const struct form_page *shown = &filling->form->pages[page];
    size_t previous = form_previous_page(filling->form, page, &filling->context);
    struct value_dict *out = page_new(request);
    page_set_text(request, out, "form_name", filling->form->name);
    page_set_text(request, out, "title", shown->label.len > 0 ? shown->label : filling->form->name);
    page_set_text(request, out, "action", filling_page_url(request, filling->form, page));
    page_set_text(request, out, "live_url",
                  str_fmt(request->arena, "/demarches/%.*s/%zu/direct/", STR_ARG(filling->form->slug), page + 1));
    page_set_text(request, out, "back_url",
                  previous == SIZE_MAX ? filling_url(request, filling->form, "")
                                       : filling_page_url(request, filling->form, previous));
    page_set_text(request, out, "retour", request_query(request, "retour"));
    set_steps(request, filling, page, out);
    page_set(request, out, "errors", filling_errors(request, errors));
    page_set(request, out, "has_mistake", value_bool(has_mistake(errors)));
    page_set(request, out, "fields",
             fields_view(&shown->fields, &filling->context, filling->draft.answers, errors, true));
    if (!filling->has_draft)
        page_set_text(request, out, "draft_token", filling->draft.token);
    page_set(request, out, "sends", value_bool(sends(filling, page)));
    page_show(request, has_mistake(errors) ? 422 : 200, "portal/page.html", out);
}

static size_t page_number(struct request *request, const struct filling *filling)
{
    int64_t number = request_path_int(request, "n");
    return number >= 1 && (size_t)number <= filling->form->page_count ? (size_t)number - 1 : SIZE_MAX;
}

/* A page that is skipped by its address leads back to the first that is not done. */
size_t filling_furthest(const struct filling *filling)
{
    if (!filling->has_draft)
        return form_first_page(filling->form, &filling->context);
    size_t next = form_next_page(filling->form, (size_t)filling->draft.page, &filling->context);
    return next == SIZE_MAX ? (size_t)filling->draft.page : next;
}

static void get_page(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    begin_anew_if_filed(request, &filling);
    size_t page = page_number(request, &filling), most = filling_furthest(&filling);
    if (page == SIZE_MAX) {
        response_error(request, 404, NULL);
        return;
    }
    if (most == SIZE_MAX)
        most = 0;
    if (page > most || !form_page_is_visible(filling.form, page, &filling.context)) {
        response_redirect(request, filling_page_url(request, filling.form, most));
        return;
    }
    if (!is_first_time(request, filling.form))
        return;
    form_page_open(filling.form, page, &filling.context, filling.draft.answers);
    show_page(request, &filling, page, NULL);
}

/* What is to be done after the draft is saved. */
struct leaving {
    struct draft draft;
    const struct form *form;
    str next;
};

static bool save_draft(struct tx *tx, void *arg, struct err *err)
{
    struct leaving *leaving = arg;
    return draft_save(tx, &leaving->draft, err);
}

static void draft_was_saved(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct leaving *leaving = arg;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    filling_keep(request, leaving->form, &leaving->draft);
    response_redirect(request, leaving->next);
}

static str next_url(struct request *request, struct filling *filling, size_t page)
{
    bool goes_back = str_eq(request_form(request, "retour"), STR("verifier")) && (size_t)filling->draft.page > page;
    size_t next = form_next_page(filling->form, page, &filling->context);
    if (next == SIZE_MAX || goes_back)
        return filling_url(request, filling->form, "verifier/");
    return filling_page_url(request, filling->form, next);
}

static void note_page(struct request *request, struct filling *filling, size_t page)
{
    struct draft *draft = &filling->draft;
    if (!filling->has_draft || (size_t)draft->page < page)
        draft->page = (int)page;
    draft->form_version = filling->form->version;
    if (visit_of(request)->is_signed_in) /* who signed in on the way finds it in their account */
        draft->account = visit_of(request)->account.id;
    draft->updated = request->now;
}

/* Answers of other pages that have to be corrected are shown on the check page, whatever the form says. */
static bool may_send(struct filling *filling, size_t page)
{
    struct field_errors errors = {0};
    size_t first;
    return sends(filling, page) &&
           form_check(filling->form, &filling->context, filling->draft.answers, &errors, &first);
}

static void leave_page(struct request *request, struct filling *filling, size_t page)
{
    struct leaving *leaving = arena_new_of(request->arena, struct leaving);
    leaving->next = request_form(request, "plus-tard").len > 0 ? filling_url(request, filling->form, "plus-tard/")
                                                               : next_url(request, filling, page);
    leaving->draft = filling->draft;
    leaving->form = filling->form;
    request_commit(request, visit_of(request)->site->store, save_draft, leaving, draft_was_saved);
}

static void post_page(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling) || filling_was_filed(request, &filling))
        return;
    size_t page = page_number(request, &filling), most = filling_furthest(&filling);
    if (page == SIZE_MAX || most == SIZE_MAX || page > most) {
        response_redirect(request, filling_page_url(request, filling.form, most == SIZE_MAX ? 0 : most));
        return;
    }
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    struct field_errors errors = {0};
    bool is_later = request_form(request, "plus-tard").len > 0;
    if (!form_page_read(filling.form, page, &filling.context, posted, filling.draft.answers, &errors) && !is_later) {
        show_page(request, &filling, page, &errors);
        return;
    }
    note_page(request, &filling, page);
    if (request_form(request, "envoyer").len > 0 && may_send(&filling, page))
        filling_send(request, &filling, false);
    else
        leave_page(request, &filling, page);
}

/* ---- While typing ---- */

static void live(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    size_t page = page_number(request, &filling);
    struct posted *posted = page == SIZE_MAX ? NULL : visit_posted(request);
    if (posted == NULL) {
        response_error(request, 404, NULL);
        return;
    }
    response_json(request, 200,
                  fields_live(&filling.form->pages[page].fields, &filling.context, posted, filling.draft.answers));
}

/* ---- Starting, later ---- */

static void start(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    begin_anew_if_filed(request, &filling);
    if (visit_of(request)->is_signed_in || filling.has_draft) {
        response_redirect(request, filling_page_url(request, filling.form, 0));
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", filling_page_url(request, filling.form, 0));
    page_set_text(request, page, "back_url", filling_url(request, filling.form, ""));
    page_show(request, 200, "portal/start.html", page);
}

static void later(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", filling_page_url(request, filling.form, filling_furthest(&filling)));
    page_set(request, page, "expires", date_value(filling.draft.expires));
    page_set_text(request, page, "resume_url",
                  str_fmt(request->arena, "%.*s/reprendre/%.*s/", STR_ARG(place_of(request)->base_url),
                          STR_ARG(filling.draft.token)));
    page_show(request, 200, "portal/later.html", page);
}

/* A link that brings a draft to another device. */
static void resume(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct draft draft;
    struct err err = {0};
    struct draft_reading reading = {request->arena, request_path_param(request, "token"), request->now, &draft};
    if (!store_read(visit->site->store, read_draft, &reading, &err)) {
        show_failure(request, &err);
        return;
    }
    const struct form *form = catalogue_form(visit->catalogue, draft.form, 0);
    bool is_theirs = draft.account == 0 || (visit->is_signed_in && draft.account == visit->account.id);
    if (form == NULL || !is_theirs) {
        response_error(request, is_theirs ? 410 : 403, NULL);
        return;
    }
    filling_keep(request, form, &draft);
    response_redirect(request, filling_page_url(request, form,
                                                (size_t)draft.page + 1 < form->page_count ? (size_t)draft.page + 1
                                                                                          : (size_t)draft.page));
}

const struct route fill_routes[] = {
    {HTTP_GET, "/demarches/{slug}/commencer/", 0, RIGHT_PUBLIC, BODY_NONE, start},
    {HTTP_GET, "/demarches/{slug}/{n:int}/", 0, RIGHT_PUBLIC, BODY_NONE, get_page},
    {HTTP_POST, "/demarches/{slug}/{n:int}/", 0, RIGHT_PUBLIC, BODY_UPLOADS, post_page},
    {HTTP_POST, "/demarches/{slug}/{n:int}/direct/", 0, RIGHT_PUBLIC, BODY_UPLOADS, live},
    {HTTP_GET, "/demarches/{slug}/plus-tard/", 0, RIGHT_PUBLIC, BODY_NONE, later},
    {HTTP_GET, "/reprendre/{token}/", 0, RIGHT_PUBLIC, BODY_NONE, resume},
};
const size_t fill_route_count = sizeof fill_routes / sizeof *fill_routes;

/* Filling a form: its pages, checking the answers, sending, the confirmation. The draft is saved each time a page is
 * left. */
#include "web/visit.h"

/* What the handlers of one form know. */
struct filling {
    const struct form *form;
    struct draft draft;
    bool has_draft;
    bool lost_draft; /* the browser names one that is there no more */
    struct form_context context;
};

static const char *cookie_of(struct request *request, const struct form *form)
{
    return str_fmt(request->arena, "brouillon-%.*s", STR_ARG(form->slug)).ptr;
}

static str url_of(struct request *request, const struct form *form, const char *rest)
{
    return str_fmt(request->arena, "/demarches/%.*s/%s", STR_ARG(form->slug), rest);
}

static str page_url(struct request *request, const struct form *form, size_t page)
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

static void ask_to_sign_in(struct request *request, const struct form *form)
{
    response_redirect(request, str_fmt(request->arena, "/connexion/?suite=/demarches/%.*s/1/", STR_ARG(form->slug)));
}

/* Of this form, and of who is asking: a draft of an account is that account's. Where its person is not signed in any
 * more the answer is made, and the draft waits. */
static bool find_draft(struct request *request, struct filling *filling)
{
    struct visit *visit = visit_of(request);
    struct err err = {0};
    str token = request_cookie(request, cookie_of(request, filling->form));
    struct draft_reading reading = {request->arena, token, request->now, &filling->draft};
    if (token.len != 43)
        return true;
    if (!store_read(visit->site->store, read_draft, &reading, &err)) {
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
    filling->has_draft = is_of_form && (filling->draft.account == 0 || filling->draft.account == visit->account.id);
    return true;
}

/* To a page of the form. Who had begun and lost it is told why the form is empty. */
static void lead_to_page(struct request *request, const struct filling *filling, size_t page)
{
    if (filling->lost_draft) {
        visit_flash(request, "warning",
                    STR("Votre brouillon n’existe plus : il a été envoyé, effacé ou il a expiré. Recommencez ici."));
        response_cookie(request, cookie_of(request, filling->form), STR_EMPTY, -1);
    }
    response_redirect(request, page_url(request, filling->form, page == SIZE_MAX ? 0 : page));
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
static bool open_filling(struct request *request, struct filling *filling)
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

static str confirmation_url(struct request *request, const struct form *form, str code)
{
    str proof = people_sign(visit_of(request)->installation->people, request->arena, STR("merci"), code);
    return str_fmt(request->arena, "/demarches/%.*s/merci/?numero=%.*s&preuve=%.*s", STR_ARG(form->slug), STR_ARG(code),
                   STR_ARG(proof));
}

/* ---- A page ---- */

static struct value error_list(struct request *request, const struct field_errors *errors)
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
    page_set_text(request, out, "action", page_url(request, filling->form, page));
    page_set_text(request, out, "live_url",
                  str_fmt(request->arena, "/demarches/%.*s/%zu/direct/", STR_ARG(filling->form->slug), page + 1));
    page_set_text(request, out, "back_url",
                  previous == SIZE_MAX ? url_of(request, filling->form, "")
                                       : page_url(request, filling->form, previous));
    page_set_text(request, out, "retour", request_query(request, "retour"));
    set_steps(request, filling, page, out);
    page_set(request, out, "errors", error_list(request, errors));
    page_set(request, out, "has_mistake", value_bool(has_mistake(errors)));
    page_set(request, out, "fields",
             fields_view(&shown->fields, &filling->context, filling->draft.answers, errors, true));
    page_set(request, out, "has_draft", value_bool(filling->has_draft));
    page_show(request, has_mistake(errors) ? 422 : 200, "portal/page.html", out);
}

static size_t page_number(struct request *request, const struct filling *filling)
{
    int64_t number = request_path_int(request, "n");
    return number >= 1 && (size_t)number <= filling->form->page_count ? (size_t)number - 1 : SIZE_MAX;
}

/* A page that is skipped by its address leads back to the first that is not done. */
static size_t furthest(const struct filling *filling)
{
    if (!filling->has_draft)
        return form_first_page(filling->form, &filling->context);
    size_t next = form_next_page(filling->form, (size_t)filling->draft.page, &filling->context);
    return next == SIZE_MAX ? (size_t)filling->draft.page : next;
}

static void get_page(struct request *request)
{
    struct filling filling;
    if (!open_filling(request, &filling))
        return;
    size_t page = page_number(request, &filling), most = furthest(&filling);
    if (filling.draft.filed.len > 0) {
        response_cookie(request, cookie_of(request, filling.form), STR_EMPTY, -1);
        response_redirect(request, url_of(request, filling.form, ""));
        return;
    }
    if (page == SIZE_MAX) {
        response_error(request, 404, NULL);
        return;
    }
    if (most == SIZE_MAX)
        most = 0;
    if (page > most || !form_page_is_visible(filling.form, page, &filling.context)) {
        lead_to_page(request, &filling, most);
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
    const char *cookie;
    str next;
    int64_t lifespan_seconds;
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
    response_cookie(request, leaving->cookie, leaving->draft.token, leaving->lifespan_seconds);
    response_redirect(request, leaving->next);
}

static str next_url(struct request *request, struct filling *filling, size_t page)
{
    bool goes_back = str_eq(request_form(request, "retour"), STR("verifier")) && (size_t)filling->draft.page > page;
    size_t next = form_next_page(filling->form, page, &filling->context);
    if (next == SIZE_MAX || goes_back)
        return url_of(request, filling->form, "verifier/");
    return page_url(request, filling->form, next);
}

static void leave_page(struct request *request, struct filling *filling, size_t page)
{
    struct leaving *leaving = arena_new_of(request->arena, struct leaving);
    if (!filling->has_draft || (size_t)filling->draft.page < page)
        filling->draft.page = (int)page;
    filling->draft.form_version = filling->form->version;
    filling->draft.updated = request->now;
    leaving->next = request_form(request, "plus-tard").len > 0 ? url_of(request, filling->form, "plus-tard/")
                                                               : next_url(request, filling, page);
    leaving->draft = filling->draft;
    leaving->cookie = cookie_of(request, filling->form);
    leaving->lifespan_seconds = (filling->draft.expires - request->now) / INSTANT_SECOND;
    request_commit(request, visit_of(request)->site->store, save_draft, leaving, draft_was_saved);
}

static bool was_filed(struct request *request, const struct filling *filling)
{
    if (filling->draft.filed.len == 0)
        return false;
    response_redirect(request, confirmation_url(request, filling->form, filling->draft.filed));
    return true;
}

static void post_page(struct request *request)
{
    struct filling filling;
    if (!open_filling(request, &filling) || was_filed(request, &filling))
        return;
    size_t page = page_number(request, &filling), most = furthest(&filling);
    if (page == SIZE_MAX || most == SIZE_MAX || page > most) {
        lead_to_page(request, &filling, most);
        return;
    }
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    struct field_errors errors = {0};
    if (form_page_read(filling.form, page, &filling.context, posted, filling.draft.answers, &errors) ||
        request_form(request, "plus-tard").len > 0)
        leave_page(request, &filling, page);
    else
        show_page(request, &filling, page, &errors);
}

/* ---- While typing ---- */

static void live(struct request *request)
{
    struct filling filling;
    if (!open_filling(request, &filling))
        return;
    size_t page = page_number(request, &filling);
    if (page == SIZE_MAX) {
        response_error(request, 404, NULL);
        return;
    }
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    response_json(request, 200,
                  fields_live(&filling.form->pages[page].fields, &filling.context, posted, filling.draft.answers));
}

/* ---- Starting, later ---- */

static void start(struct request *request)
{
    struct filling filling;
    if (!open_filling(request, &filling))
        return;
    if (visit_of(request)->is_signed_in || filling.has_draft) {
        response_redirect(request, page_url(request, filling.form, 0));
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", page_url(request, filling.form, 0));
    page_set_text(request, page, "back_url", url_of(request, filling.form, ""));
    page_show(request, 200, "portal/start.html", page);
}

static void later(struct request *request)
{
    struct filling filling;
    if (!open_filling(request, &filling))
        return;
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling.form->name);
    page_set_text(request, page, "first_url", page_url(request, filling.form, furthest(&filling)));
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
    response_cookie(request, cookie_of(request, form), draft.token, (draft.expires - request->now) / INSTANT_SECOND);
    response_redirect(
        request, page_url(request, form,
                          (size_t)draft.page + 1 < form->page_count ? (size_t)draft.page + 1 : (size_t)draft.page));
}

/* ---- Checking and sending ---- */

static void show_check(struct request *request, struct filling *filling, const struct field_errors *errors)
{
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling->form->name);
    page_set_text(request, page, "base", url_of(request, filling->form, ""));
    page_set_text(request, page, "action", url_of(request, filling->form, "envoyer/"));
    page_set(request, page, "rows",
             form_summary(filling->form, &filling->context, filling->draft.answers, PLACE_VALIDATION));
    page_set(request, page, "errors", error_list(request, errors));
    page_set_text(request, page, "back_url", page_url(request, filling->form, (size_t)filling->draft.page));
    page_show(request, errors != NULL && errors->len > 0 ? 422 : 200, "portal/check.html", page);
}

static bool is_ready(struct request *request, struct filling *filling)
{
    if (was_filed(request, filling))
        return false;
    if (filling->has_draft && form_next_page(filling->form, (size_t)filling->draft.page, &filling->context) == SIZE_MAX)
        return true;
    lead_to_page(request, filling, furthest(filling));
    return false;
}

static void check(struct request *request)
{
    struct filling filling;
    if (!open_filling(request, &filling) || !is_ready(request, &filling))
        return;
    struct field_errors errors = {0};
    size_t page;
    form_check(filling.form, &filling.context, filling.draft.answers, &errors, &page);
    show_check(request, &filling, &errors);
}

struct sending {
    struct dossier_write write;
    struct change change;
    const struct form *form;
    int64_t draft;
    str code;
};

static bool end_draft(struct tx *tx, void *arg, struct err *err)
{
    const struct sending *sending = arg;
    return draft_file(tx, sending->draft, sending->code, err);
}

static void was_sent(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct sending *sending = arg;
    struct visit *visit = visit_of(request);
    if (!ok && err->code == ERR_CONFLICT) { /* a second click: the first one filed it */
        response_redirect(request, url_of(request, sending->form, "verifier/"));
        return;
    }
    if (!ok) {
        show_failure(request, err);
        return;
    }
    jobs_wake(visit->installation->jobs);
    str redirect = sending->change.redirect_url;
    bool leaves = str_starts(redirect, STR("https://")) || str_starts(redirect, STR("http://"));
    response_redirect(request, leaves ? redirect : confirmation_url(request, sending->form, sending->code));
}

static void note_site(struct request *request)
{
    struct visit *visit = visit_of(request);
    if (visit->is_signed_in)
        account_add_site(visit->installation->people, visit->account.id, visit->site->slug, NULL);
}

static void send(struct request *request)
{
    struct filling filling;
    struct visit *visit = visit_of(request);
    if (!open_filling(request, &filling) || !is_ready(request, &filling))
        return;
    struct field_errors errors = {0};
    struct err err = {0};
    size_t page;
    if (!form_check(filling.form, &filling.context, filling.draft.answers, &errors, &page)) {
        show_check(request, &filling, &errors);
        return;
    }
    struct sending *sending = arena_new_of(request->arena, struct sending);
    struct filing filed = {.form = filling.form, .answers = filling.draft.answers};
    if (visit->is_signed_in) {
        filed.account = visit->account.id;
        filed.submitter_name = account_name(request->arena, &visit->account);
        filed.email = visit->account.email;
    }
    if (!dossier_file_prepare(place_of(request), &filed, &sending->change, &err)) {
        show_failure(request, &err);
        return;
    }
    sending->form = filling.form;
    sending->draft = filling.draft.id;
    sending->code = sending->change.after->code;
    sending->write = dossier_write_make(place_of(request), filling.form, &sending->change, true);
    sending->write.also = end_draft;
    sending->write.also_arg = sending;
    note_site(request);
    request_commit(request, visit->site->store, dossier_apply, &sending->write, was_sent);
}

static void confirmation(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct form *form = catalogue_form(visit->catalogue, request_path_param(request, "slug"), 0);
    str code = request_query(request, "numero");
    str proof = people_sign(visit->installation->people, request->arena, STR("merci"), code);
    struct dossier *dossier;
    if (form == NULL || !str_eq(proof, request_query(request, "preuve")) ||
        !dossier_find_by_code(place_of(request), code, &dossier, NULL)) {
        response_error(request, 404, NULL);
        return;
    }
    struct value_dict *page = page_new(request);
    struct date silence;
    bool accepts;
    page_set_text(request, page, "form_name", form->name);
    page_set_text(request, page, "code", dossier_code_shown(request->arena, dossier->code));
    page_set_text(request, page, "email", dossier->email);
    page_set(request, page, "received", instant_value(dossier->received));
    if (dossier_silence_date(place_of(request), form, dossier->received, &silence, &accepts)) {
        page_set(request, page, "silence_date", value_date(silence));
        page_set(request, page, "silence_accepts", value_bool(accepts));
    }
    if (!visit->is_signed_in || dossier->account == visit->account.id) {
        struct form_context context =
            visit_form_context(request, dossier_form(place_of(request), dossier), dossier->answers, dossier);
        page_set(request, page, "rows",
                 form_summary(dossier_form(place_of(request), dossier), &context, dossier->answers, PLACE_SUMMARY));
    }
    response_cookie(request, cookie_of(request, form), STR_EMPTY, -1);
    page_show(request, 200, "portal/thanks.html", page);
}

const struct route fill_routes[] = {
    {HTTP_GET, "/demarches/{slug}/commencer/", 0, RIGHT_PUBLIC, BODY_NONE, start},
    {HTTP_GET, "/demarches/{slug}/{n:int}/", 0, RIGHT_PUBLIC, BODY_NONE, get_page},
    {HTTP_POST, "/demarches/{slug}/{n:int}/", 0, RIGHT_PUBLIC, BODY_UPLOADS, post_page},
    {HTTP_POST, "/demarches/{slug}/{n:int}/direct/", 0, RIGHT_PUBLIC, BODY_UPLOADS, live},
    {HTTP_GET, "/demarches/{slug}/plus-tard/", 0, RIGHT_PUBLIC, BODY_NONE, later},
    {HTTP_GET, "/reprendre/{token}/", 0, RIGHT_PUBLIC, BODY_NONE, resume},
    {HTTP_GET, "/demarches/{slug}/verifier/", 0, RIGHT_PUBLIC, BODY_NONE, check},
    {HTTP_POST, "/demarches/{slug}/envoyer/", 0, RIGHT_PUBLIC, BODY_FORM, send},
    {HTTP_GET, "/demarches/{slug}/merci/", 0, RIGHT_PUBLIC, BODY_NONE, confirmation},
};
const size_t fill_route_count = sizeof fill_routes / sizeof *fill_routes;

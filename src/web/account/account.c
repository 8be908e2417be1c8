/* Signing in and out, registering, passwords. What hashes a password runs on a worker. */
#include "web/visit.h"

static struct people *people_of(struct request *request)
{
    return visit_of(request)->installation->people;
}

/* Only a path of this site: never another one (an open redirect). Browsers read \ as / and skip control signs. */
static str next_path(str asked, const char *otherwise)
{
    bool is_local = str_starts(asked, STR("/")) && !str_starts(asked, STR("//"));
    for (size_t i = 0; i < asked.len; i++)
        is_local = is_local && (unsigned char)asked.ptr[i] > ' ' && asked.ptr[i] != '\\';
    return is_local ? asked : str_of(otherwise);
}

static void show_form(struct request *request, int status, const char *path, const char *field, str message)
{
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "error", message);
    page_set_text(request, page, "error_field", str_of(field));
    static const char *const kept[] = {"courriel", "prenom", "nom", "suite"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        str value = request_form(request, kept[i]);
        page_set_text(request, page, kept[i], value.len > 0 ? value : request_query(request, kept[i]));
    }
    page_show(request, status, path, page);
}

/* ---- Signing in and out ---- */

static void ask_sign_in(struct request *request)
{
    if (visit_of(request)->is_signed_in)
        response_redirect(request, next_path(request_query(request, "suite"), "/mon-compte/"));
    else
        show_form(request, 200, "account/sign_in.html", "", STR_EMPTY);
}

static bool open_session(struct request *request, const struct account *account)
{
    struct session session;
    struct err err = {0};
    if (!session_begin(people_of(request), request->arena, account->id, STR_EMPTY, &session, &err)) {
        show_failure(request, &err);
        return false;
    }
    response_cookie(request, "session", session.token, SESSION_MOST_DAYS * INT64_C(86400));
    response_cookie(request, "visiteur", STR_EMPTY, -1);
    return true;
}

static void sign_in(struct request *request)
{
    struct account account;
    struct err err = {0};
    if (!account_sign_in(people_of(request), request->arena, request_form(request, "courriel"),
                         request_form(request, "mot-de-passe"), request->address, &account, &err)) {
        show_form(request, err.code == ERR_LIMIT ? 429 : 422, "account/sign_in.html", "courriel", str_of(err.message));
        return;
    }
    if (open_session(request, &account))
        response_redirect(request, next_path(request_form(request, "suite"), "/mon-compte/"));
}

static void sign_out(struct request *request)
{
    struct visit *visit = visit_of(request);
    if (visit->is_signed_in)
        session_end(people_of(request), visit->session.token, NULL);
    response_cookie(request, "session", STR_EMPTY, -1);
    visit_flash(request, "success", STR("Vous êtes déconnecté."));
    response_redirect(request, STR("/"));
}

/* ---- Registering ---- */

/* Nobody fills another's mailbox, nor tries many addresses. Known or not, an address counts the same. */
static bool may_ask_for_link(struct request *request, str email, struct err *err)
{
    str key = utf8_lower(request->arena, email);
    return rate_allows(people_of(request), STR("lien"), network_of(request->arena, request->address), 20, 3600, err) &&
           rate_allows(people_of(request), STR("lien-vers"), key, 5, 3600, err);
}

static struct job mail_with_link(struct request *request, const str *to, str title, str text, str label, str path)
{
    struct visit *visit = visit_of(request);
    str url = path.len == 0 ? STR_EMPTY
                            : str_fmt(request->arena, "%.*s%.*s", STR_ARG(place_of(request)->base_url), STR_ARG(path));
    struct mail_page words = {.site_name = visit->site->name,
                              .title = title,
                              .text = text,
                              .action_label = label,
                              .action_url = url,
                              .footer = STR("Si vous n’êtes pas à l’origine de ce message, ignorez-le.")};
    struct mail mail = {.to = to, .to_count = 1, .from = place_of(request)->mail_from, .from_name = visit->site->name};
    mail_compose(request->arena, &words, &mail);
    return mail_job(request->arena, &mail, STR_EMPTY);
}

static void ask_registration(struct request *request)
{
    show_form(request, 200, "account/register.html", "", STR_EMPTY);
}

static bool looks_like_address(str email)
{
    str local, domain;
    return str_cut(email, '@', &local, &domain) && local.len > 0 && str_contains(domain, STR(".")) &&
           !str_contains(email, STR(" ")) && email.len < 254;
}

static void enrol(struct request *request)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    str *email = arena_new_of(arena, str);
    *email = str_trim(request_form(request, "courriel"));
    str first = str_trim(request_form(request, "prenom")), last = str_trim(request_form(request, "nom"));
    if (!may_ask_for_link(request, *email, &err)) {
        show_failure(request, &err);
        return;
    }
    if (!looks_like_address(*email)) {
        show_form(request, 422, "account/register.html", "courriel",
                  STR("Saisissez une adresse e-mail complète. Exemple : prenom@exemple.fr"));
        return;
    }
    str token = random_token(arena);
    struct registration registration = {.email = *email, .first_name = first, .last_name = last, .token = token};
    registration.verify = mail_with_link(
        request, email, STR("Confirmez votre adresse e-mail"),
        STR("Bonjour,\n\nVous créez un compte. Confirmez votre adresse et choisissez un mot de passe dans les "
            "24 heures."),
        STR("Confirmer mon adresse"), str_fmt(arena, "/inscription/verifier/%.*s/", STR_ARG(token)));
    registration.known =
        mail_with_link(request, email, STR("Vous avez déjà un compte"),
                       STR("Bonjour,\n\nQuelqu’un, sans doute vous, a voulu créer un compte avec cette adresse. "
                           "Elle en a déjà un : connectez-vous, ou demandez un nouveau mot de passe."),
                       STR("Me connecter"), STR("/connexion/"));
    if (!account_register(people_of(request), &registration, &err)) {
        show_failure(request, &err);
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "courriel", *email);
    page_show(request, 200, "account/check_mail.html", page);
}

/* ---- Passwords ---- */

static void ask_forgotten(struct request *request)
{
    show_form(request, 200, "account/forgotten.html", "", STR_EMPTY);
}

static void forgotten(struct request *request)
{
    struct err err = {0};
    str *email = arena_new_of(request->arena, str);
    *email = str_trim(request_form(request, "courriel"));
    str token = random_token(request->arena);
    if (!may_ask_for_link(request, *email, &err)) {
        show_failure(request, &err);
        return;
    }
    if (!looks_like_address(*email)) {
        show_form(request, 422, "account/forgotten.html", "courriel",
                  STR("Saisissez une adresse e-mail complète. Exemple : prenom@exemple.fr"));
        return;
    }
    struct job mail = mail_with_link(
        request, email, STR("Choisissez un nouveau mot de passe"),
        STR("Bonjour,\n\nVous avez demandé un nouveau mot de passe. Ce lien sert pendant 2 heures."),
        STR("Choisir un mot de passe"), str_fmt(request->arena, "/mot-de-passe/nouveau/%.*s/", STR_ARG(token)));
    if (!account_send_link(people_of(request), *email, LINK_RESET, token, &mail, &err)) {
        show_failure(request, &err);
        return;
    }
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "courriel", *email);
    page_show(request, 200, "account/check_mail.html", page);
}

/* Behind a link: of a new account, or of one whose password is forgotten. Programs that open the links in mails use
 * nothing up: the form does. */
static enum link_purpose purpose_of(const struct request *request)
{
    return str_starts(request->path, STR("/inscription/")) ? LINK_VERIFY : LINK_RESET;
}

static bool peek_link(struct request *request, struct account *account)
{
    struct err err = {0};
    bool ok = account_peek_link(people_of(request), request->arena, purpose_of(request),
                                request_path_param(request, "token"), account, &err);
    if (!ok)
        show_failure(request, &err);
    return ok;
}

static void show_new_password(struct request *request, const struct account *account, str problem)
{
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "error", problem);
    page_set_text(request, page, "error_field", STR("mot-de-passe"));
    page_set_text(request, page, "courriel", account->email);
    page_set(request, page, "is_new", value_bool(purpose_of(request) == LINK_VERIFY));
    page_show(request, problem.len > 0 ? 422 : 200, "account/new_password.html", page);
}

static void ask_new_password(struct request *request)
{
    struct account account;
    if (peek_link(request, &account))
        show_new_password(request, &account, STR_EMPTY);
}

static void new_password(struct request *request)
{
    struct account account;
    struct err err = {0};
    str token = request_path_param(request, "token"), password = request_form(request, "mot-de-passe");
    enum link_purpose purpose = purpose_of(request);
    if (!peek_link(request, &account))
        return;
    str problem = password_problem(request->arena, password, account.email, account_name(request->arena, &account));
    if (problem.len > 0) {
        show_new_password(request, &account, problem);
        return;
    }
    if (!account_use_link(people_of(request), request->arena, purpose, token, &account, &err) ||
        !account_set_password(people_of(request), account.id, password, &err) ||
        !session_end_all(people_of(request), account.id, &err)) {
        show_failure(request, &err);
        return;
    }
    if (!open_session(request, &account))
        return;
    visit_flash(request, "success",
                purpose == LINK_VERIFY ? STR("Votre compte est ouvert. Vous êtes connecté.")
                                       : STR("Votre mot de passe est changé. Vos autres connexions sont fermées."));
    response_redirect(request, STR("/mon-compte/"));
}

/* ---- My data ---- */

static const char *const data_names[] = {"phone", "address_street", "address_zipcode", "address_city"};

static void show_profile(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct value_dict *page = page_new(request);
    page_set(request, page, "data", value_from_json(request->arena, account_data(request->arena, &visit->account)));
    page_show(request, 200, "account/profile.html", page);
}

static void save_profile(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct account account = visit->account;
    struct err err = {0};
    json_t *data = json_keep(request->arena, json_deep_copy(account.data));
    for (size_t i = 0; i < sizeof data_names / sizeof *data_names; i++)
        json_set_str(data, str_of(data_names[i]), utf8_slice(str_trim(request_form(request, data_names[i])), 0, 200));
    account.first_name = utf8_slice(str_trim(request_form(request, "first_name")), 0, 80);
    account.last_name = utf8_slice(str_trim(request_form(request, "last_name")), 0, 80);
    account.data = data;
    if (!account_update(people_of(request), &account, &err)) {
        show_failure(request, &err);
        return;
    }
    visit_flash(request, "success", STR("Vos informations sont enregistrées."));
    response_redirect(request, STR("/mon-compte/profil/"));
}

const struct route account_routes[] = {
    {HTTP_GET, "/connexion/", 0, RIGHT_PUBLIC, BODY_NONE, ask_sign_in},
    {HTTP_POST, "/connexion/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_FORM, sign_in},
    {HTTP_POST, "/deconnexion/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_FORM, sign_out},
    {HTTP_GET, "/inscription/", 0, RIGHT_PUBLIC, BODY_NONE, ask_registration},
    {HTTP_POST, "/inscription/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_FORM, enrol},
    {HTTP_GET, "/inscription/verifier/{token}/", 0, RIGHT_PUBLIC, BODY_NONE, ask_new_password},
    {HTTP_POST, "/inscription/verifier/{token}/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_FORM, new_password},
    {HTTP_GET, "/mot-de-passe/oublie/", 0, RIGHT_PUBLIC, BODY_NONE, ask_forgotten},
    {HTTP_POST, "/mot-de-passe/oublie/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_FORM, forgotten},
    {HTTP_GET, "/mot-de-passe/nouveau/{token}/", 0, RIGHT_PUBLIC, BODY_NONE, ask_new_password},
    {HTTP_POST, "/mot-de-passe/nouveau/{token}/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_FORM, new_password},
    {HTTP_GET, "/mon-compte/profil/", 0, RIGHT_ACCOUNT, BODY_NONE, show_profile},
    {HTTP_POST, "/mon-compte/profil/", ROUTE_WORKER, RIGHT_ACCOUNT, BODY_FORM, save_profile},
};
const size_t account_route_count = sizeof account_routes / sizeof *account_routes;

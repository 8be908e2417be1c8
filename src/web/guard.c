/* Before every handler: which site, who, with which right; and the token of what is posted. */
#include "web/api/api.h"

struct visit *visit_of(struct request *request)
{
    return request->context;
}

struct dossier_place *place_of(struct request *request)
{
    return &visit_of(request)->place.dossiers;
}

static void find_session(struct request *request, struct visit *visit)
{
    struct people *people = visit->installation->people;
    str token = request_cookie(request, "session");
    visit->cookie = request_cookie(request, "visiteur");
    if (token.len == 0 || !session_find(people, request->arena, token, request->now, &visit->session, NULL))
        return;
    if (!account_by_id(people, request->arena, visit->session.account, &visit->account, NULL))
        return;
    visit->is_signed_in = true;
    visit->cookie = token;
    if (visit->site != NULL)
        membership_find(people, request->arena, visit->account.id, visit->site->slug, &visit->membership, NULL);
}

/* What another server has to be waited for is never waited for here. */
bool visit_may_wait(struct request *request)
{
    if (request->may_wait)
        return true;
    request_wait_elsewhere(request);
    visit_of(request)->runs_again = true;
    return false;
}

static bool may_wait(void *request)
{
    return visit_may_wait(request);
}

void visit_make_place(struct request *request)
{
    struct visit *visit = visit_of(request);
    place_make(&visit->place, visit->installation, visit->estate, visit->site, request->arena,
               visit->is_signed_in ? &visit->account : NULL);
    visit->catalogue = visit->place.catalogue;
    visit->place.dossiers.now = request->now;
    visit->place.session.may_wait = may_wait;
    visit->place.session.data = request;
}

static void send_to_sign_in(struct request *request)
{
    struct buf url = buf_new(request->arena, 16 << 10);
    buf_add(&url, STR("/connexion/?suite="));
    buf_add_url(&url, request->method == HTTP_GET ? request->path : STR("/mon-compte/"));
    if (request->method == HTTP_GET && request->query.len > 0) {
        buf_add(&url, STR("%3F"));
        buf_add_url(&url, request->query);
    }
    response_redirect(request, buf_str(&url));
}

static bool has_right(const struct visit *visit, int right)
{
    switch (right) {
    case RIGHT_AGENT:
        return visit->membership.is_agent;
    case RIGHT_ADMIN:
        return visit->membership.is_admin;
    default:
        return true;
    }
}

/* Who and where: also for the page of a refusal that came before any route was found. */
bool visit_begin(struct request *request)
{
    struct visit *visit = arena_new_of(request->arena, struct visit);
    visit->installation = request->app;
    visit->estate = installation_hold(visit->installation);
    request->context = visit;
    visit->site = sites_by_host(&visit->estate->sites, request->host);
    if (visit->site == NULL)
        return false;
    find_session(request, visit);
    visit_make_place(request);
    return true;
}

/* An asset is the same for all: it costs no look at sessions. */
static bool begin_without_site(struct request *request)
{
    struct visit *visit = arena_new_of(request->arena, struct visit);
    visit->installation = request->app;
    visit->estate = installation_hold(visit->installation);
    request->context = visit;
    return true;
}

bool web_guard(struct request *request)
{
    int right = request->route->right;
    if (right == RIGHT_NONE)
        return begin_without_site(request);
    if (!visit_begin(request)) {
        response_error(request, 404, NULL);
        return false;
    }
    struct visit *visit = visit_of(request);
    if (right == RIGHT_API)
        return api_guard(request);
    if (right >= RIGHT_ACCOUNT && !visit->is_signed_in) {
        send_to_sign_in(request);
        return false;
    }
    if (!has_right(visit, right)) {
        response_error(request, 403, NULL);
        return false;
    }
    visit->place.dossiers.in_backoffice = right >= RIGHT_AGENT;
    return true;
}

bool web_check_form(struct request *request)
{
    struct visit *visit = visit_of(request);
    if (request->route->right == RIGHT_API) /* a cookie alone has not come so far */
        return api_check_body(request);
    str token = request_form(request, "jeton");
    if (csrf_holds(visit->installation->people, visit->cookie, token))
        return true;
    struct err err;
    err_set(&err, ERR_FORBIDDEN,
            "La page était ouverte depuis trop longtemps, ou votre navigateur refuse les cookies. Revenez en arrière, "
            "rechargez la page et envoyez à nouveau.");
    response_error(request, 403, &err);
    return false;
}

static void tell_faults(const struct visit *visit)
{
    for (size_t i = 0; i < visit->faults.len; i++) {
        const struct render_fault *fault = &visit->faults.at[i];
        log_line(LOG_WARNING, "form.fault", "site=%.*s form=%.*s where=\"%.*s\" line=%d column=%d fault=\"%.*s\"",
                 STR_ARG(visit->site->slug), STR_ARG(visit->form != NULL ? visit->form->slug : STR_EMPTY),
                 STR_ARG(fault->template_name), fault->line, fault->column, STR_ARG(fault->message));
    }
}

/* What is told lives as long as the site's definitions, which are let go here. */
void web_done(struct request *request)
{
    struct visit *visit = request->context;
    if (visit == NULL || visit->estate == NULL)
        return;
    if (!visit->runs_again)
        tell_faults(visit);
    estate_release(visit->installation, visit->estate);
}

str visit_token(struct request *request)
{
    struct visit *visit = visit_of(request);
    if (visit->cookie.len != RANDOM_TOKEN_LENGTH) {
        visit->cookie = random_token(request->arena);
        response_cookie(request, "visiteur", visit->cookie, 0);
    }
    return csrf_token(visit->installation->people, request->arena, visit->cookie);
}

struct actor visit_actor(struct request *request, bool is_agent, bool is_submitter)
{
    const struct visit *visit = visit_of(request);
    struct actor actor = {.is_submitter = is_submitter, .is_agent = is_agent};
    if (visit->is_signed_in) {
        actor.account = visit->account.id;
        actor.name = account_name(request->arena, &visit->account);
    }
    if (is_agent) {
        place_roles_of_agent(request->arena, &visit->membership, &actor);
        actor.is_admin = visit->membership.is_admin;
    }
    return actor;
}

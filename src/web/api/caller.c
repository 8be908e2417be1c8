/* Who asks by the API: who signed the URL, who has the key of an API access, or, to read, an agent who has signed in.
 * What is posted wants one of the first two: no cookie comes with these unasked. */
#include "web/api/api.h"

#include "access/access.h"

enum { FAILURES_MOST = 60, FAILURES_SECONDS = 300 }; /* from one network */

static const char *const rate_name = "api";

static bool refuse(struct request *request, int status, const char *code, const struct err *err)
{
    const struct visit *visit = visit_of(request);
    str network = network_of(request->arena, request->address);
    rate_allows(visit->installation->people, str_of(rate_name), network, FAILURES_MOST, FAILURES_SECONDS, NULL);
    log_line(LOG_INFO, "api.refused", "site=%.*s path=\"%.*s\" address=%.*s message=\"%s\"", STR_ARG(visit->site->slug),
             STR_ARG(request->path), STR_ARG(request->address), err->message);
    api_error(request, status, code, err);
    return false;
}

static bool is_held_up(struct request *request)
{
    const struct visit *visit = visit_of(request);
    str network = network_of(request->arena, request->address);
    if (visit->installation->trusts_senders ||
        !rate_is_spent(visit->installation->people, str_of(rate_name), network, FAILURES_MOST))
        return false;
    response_header(request, "Retry-After", STR("300"));
    api_error(request, 429, NULL, NULL);
    return true;
}

/* ---- Whom a signed call acts for ---- */

static bool has_query(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query_params.len; i++)
        if (str_eq(request->query_params.at[i].name, str_of(name)))
            return true;
    return false;
}

static bool act_for(struct request *request, const struct account *account, struct err *err)
{
    struct visit *visit = visit_of(request);
    visit->account = *account;
    visit->is_signed_in = true;
    return membership_find(visit->installation->people, request->arena, account->id, visit->site->slug,
                           &visit->membership, err);
}

/* w.c.s.: by « email », else by « NameID »; there and empty, it is somebody without an account. */
static bool find_person(struct request *request, const char **code, struct err *err)
{
    struct visit *visit = visit_of(request);
    struct people *people = visit->installation->people;
    str email = request_query(request, "email"), uuid = request_query(request, "NameID");
    struct account account;
    visit->caller.is_nobody =
        email.len + uuid.len == 0 && (has_query(request, "email") || has_query(request, "NameID"));
    if (email.len + uuid.len == 0)
        return true;
    *code = email.len > 0 ? "unknown-email" : "unknown-name-id";
    bool is_known = email.len > 0 ? account_by_email(people, request->arena, email, &account, err)
                                  : account_by_uuid(people, request->arena, uuid, &account, err);
    if (is_known && !account.is_locked)
        return act_for(request, &account, err);
    return err_set(err, ERR_FORBIDDEN,
                   email.len > 0 ? "Aucun compte n’a cette adresse (email)."
                                 : "Aucun compte n’a cet identifiant (NameID).");
}

/* ---- The three ways ---- */

static bool take_signature(struct request *request, const char **code, struct err *err)
{
    struct visit *visit = visit_of(request);
    const json_t *keys = access_keys(visit->site->settings);
    struct access_signature signature;
    if (!access_check_signature(request->arena, keys, request->query, request->now, &signature, err) ||
        !access_use_nonce(visit->installation->common, &signature, request->now, err))
        return false;
    visit->caller = (struct caller){.kind = CALLER_SIGNED, .name = signature.orig};
    return find_person(request, code, err);
}

static bool take_access(struct request *request, str authorization, struct err *err)
{
    struct visit *visit = visit_of(request);
    struct access access;
    if (!access_find(visit->installation->common, request->arena, visit->site->slug, authorization, &access, err))
        return false;
    visit->caller = (struct caller){.kind = CALLER_ACCESS, .name = access.identifier};
    visit->membership =
        (struct membership){.roles = access.roles, .count = access.role_count, .is_agent = true, .is_admin = false};
    return true;
}

/* Publik lets anybody call a hook without roles. Here the site says so (« api.open_hooks »): numbers are easily
 * guessed. */
static bool is_open_hook(struct request *request)
{
    const struct visit *visit = visit_of(request);
    return request_path_param(request, "hook").len > 0 &&
           json_bool(json_dict(visit->site->settings, "api"), "open_hooks");
}

/* A session counts for nothing beside a signature or a key, nor where something is posted. */
static bool find_caller(struct request *request, const char **code, struct err *err)
{
    struct visit *visit = visit_of(request);
    str authorization = request_header(request, "Authorization");
    bool is_signed = has_query(request, "signature"), is_agent = visit->is_signed_in && visit->membership.is_agent;
    if (is_agent && request->method == HTTP_GET && !is_signed && authorization.len == 0) {
        visit->caller = (struct caller){.kind = CALLER_SESSION};
        return true;
    }
    visit->is_signed_in = false;
    visit->account = (struct account){0};
    visit->membership = (struct membership){0};
    if (is_signed)
        return take_signature(request, code, err);
    if (authorization.len > 0)
        return take_access(request, authorization, err);
    return is_open_hook(request) ||
           err_set(err, ERR_FORBIDDEN, "Il faut une adresse signée, ou l’identifiant et la clé d’un accès à l’API.");
}

/* What the first run proved: its nonce is used. */
static void restore(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct visit *before = request->proof;
    visit->caller = before->caller;
    visit->is_signed_in = before->is_signed_in;
    visit->account = before->account;
    visit->membership = before->membership;
}

static bool prove(struct request *request)
{
    const char *code = NULL;
    struct err err = {0};
    if (is_held_up(request))
        return false;
    if (!find_caller(request, &code, &err)) {
        if (err.code == ERR_UNAVAILABLE) {
            api_error(request, 503, NULL, &err);
            return false;
        }
        return refuse(request, 403, code, &err);
    }
    request->proof = request->context;
    return true;
}

bool api_guard(struct request *request)
{
    struct visit *visit = visit_of(request);
    if (request->proof != NULL)
        restore(request);
    else if (!prove(request))
        return false;
    visit_make_place(request); /* for whom they act for, who need not be who has signed in */
    visit->place.dossiers.in_backoffice = visit->membership.is_agent;
    return true;
}

static bool has_nul(const json_t *json)
{
    const char *key;
    json_t *member;
    size_t at;
    if (json_is_string(json))
        return memchr(json_string_value(json), '\0', json_string_length(json)) != NULL;
    json_array_foreach(json, at, member)
    {
        if (has_nul(member))
            return true;
    }
    json_object_foreach((json_t *)(uintptr_t)json, key, member)
    {
        if (has_nul(member))
            return true;
    }
    return false;
}

bool api_check_body(struct request *request)
{
    struct err err = {0};
    if (!has_nul(request->json))
        return true;
    err_set(&err, ERR_INVALID, "Un texte contient le signe NUL (\\u0000), qui ne se garde pas.");
    api_error(request, 400, NULL, &err);
    return false;
}

bool api_is_for_all(const struct visit *visit)
{
    return visit->caller.kind == CALLER_SIGNED && !visit->is_signed_in && !visit->caller.is_nobody;
}

struct actor api_actor(struct request *request)
{
    const struct visit *visit = visit_of(request);
    struct actor actor = visit_actor(request, visit->membership.is_agent, false);
    if (visit->caller.kind == CALLER_ACCESS)
        actor.name = visit->caller.name;
    if (visit->caller.kind == CALLER_SIGNED)
        actor.signed_by = visit->caller.name;
    return actor;
}

struct actor api_actor_on(struct request *request, const struct dossier *dossier)
{
    const struct visit *visit = visit_of(request);
    struct actor actor = api_actor(request);
    actor.is_submitter = visit->is_signed_in && dossier->account != 0 && dossier->account == visit->account.id;
    return actor;
}

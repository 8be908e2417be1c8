/* What is sent without an account, by a person or by a program: no riddle is put to anybody. Who fills a field that
 * nobody sees, sends faster than anybody types, or sends much from one network is asked to confirm, with one button,
 * without a script; far beyond that the network has to wait. A draft stays whatever comes. */
#include "web/portal/filling.h"

enum { WINDOW_SECONDS = 3600 };
#define TRAP "site-web"

/* has_captcha: the form asks for more caution. */
struct limits {
    int least_seconds, confirm_after, stop_after; /* the last two: an hour, from one network */
};
static const struct limits usual = {3, 20, 300}, strict = {10, 3, 60};

static int limit_of(const struct visit *visit, const char *key, int otherwise)
{
    int64_t set = json_int(json_dict(visit->site->settings, "brake"), key);
    return set > 0 && set < INT32_MAX ? (int)set : otherwise;
}

static struct limits limits_of(const struct visit *visit, const struct form *form)
{
    if (form->is_guarded)
        return strict;
    return (struct limits){limit_of(visit, "least_seconds", usual.least_seconds),
                           limit_of(visit, "confirm_after", usual.confirm_after),
                           limit_of(visit, "stop_after", usual.stop_after)};
}

static bool is_watched(const struct visit *visit, const struct filling *filling)
{
    return !visit->installation->trusts_senders && !visit->is_signed_in && filling->draft.agent == 0;
}

static bool is_confirmed(struct request *request, const struct filling *filling)
{
    return people_signed(visit_of(request)->installation->people, STR("confirmer"), filling->draft.token,
                         request_form(request, "confirme"));
}

/* A form that asks for caution has counts of its own. */
static str counted_as(struct request *request, const char *what, const struct form *form)
{
    return str_fmt(request->arena, "%s %.*s", what, STR_ARG(form->is_guarded ? form->slug : STR_EMPTY));
}

static bool is_odd(struct request *request, const struct filling *filling, const struct limits *limits, str network)
{
    struct people *people = visit_of(request)->installation->people;
    str what = counted_as(request, "envoyer", filling->form);
    bool is_much = !rate_allows(people, what, network, limits->confirm_after, WINDOW_SECONDS, NULL);
    bool is_fast = request->now - filling->draft.created < limits->least_seconds * INSTANT_SECOND;
    return is_much || is_fast || request_form(request, TRAP).len > 0;
}

enum brake brake_looks(struct request *request, const struct filling *filling, struct err *err)
{
    const struct visit *visit = visit_of(request);
    if (!is_watched(visit, filling))
        return BRAKE_OFF;
    struct limits limits = limits_of(visit, filling->form);
    str network = network_of(request->arena, request->address);
    if (!is_confirmed(request, filling) && is_odd(request, filling, &limits, network))
        return BRAKE_CONFIRM;
    struct err limit = {0};
    str what = counted_as(request, "deposer", filling->form);
    if (rate_allows(visit->installation->people, what, network, limits.stop_after, WINDOW_SECONDS, &limit))
        return BRAKE_OFF;
    err_set(err, ERR_LIMIT,
            "%s Beaucoup de demandes sont parties de votre connexion. Vos réponses sont gardées. Avec un compte, vous "
            "pouvez envoyer tout de suite.",
            limit.message);
    return BRAKE_STOP;
}

bool brake_lets(struct request *request, const struct filling *filling)
{
    struct err err = {0};
    enum brake brake = brake_looks(request, filling, &err);
    if (brake == BRAKE_STOP)
        show_failure(request, &err);
    if (brake != BRAKE_CONFIRM)
        return brake == BRAKE_OFF;
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling->form->name);
    page_set_text(request, page, "action", filling_url(request, filling->form, "envoyer/"));
    page_set_text(request, page, "back_url", filling_url(request, filling->form, "verifier/"));
    page_set_text(
        request, page, "proof",
        people_sign(visit_of(request)->installation->people, request->arena, STR("confirmer"), filling->draft.token));
    page_show(request, 200, "portal/confirm.html", page);
    return false;
}

void brake_set_trap(struct request *request, const struct filling *filling, struct value_dict *page)
{
    if (!visit_of(request)->is_signed_in && filling->draft.agent == 0)
        page_set_text(request, page, "trap", STR(TRAP));
}

/* Following a request without an account: the tracking code and the address it was filed with. */
#include "web/portal/track.h"

#include "web/copy.h"

static void show_form(struct request *request, int status, const char *message)
{
    struct value_dict *page = page_new(request);
    if (message != NULL)
        page_set_text(request, page, "error", str_of(message));
    page_set_text(request, page, "numero", request_form(request, "numero"));
    page_set_text(request, page, "courriel", request_form(request, "courriel"));
    page_show(request, status, "portal/track.html", page);
}

static void ask(struct request *request)
{
    show_form(request, 200, NULL);
}

/* The proof that this browser gave the right pair: a cookie signed for this code. */
static const char *proof_cookie(struct request *request, str code)
{
    return str_fmt(request->arena, "suivi-%.*s", STR_ARG(code)).ptr;
}

static str proof_of(struct request *request, str code)
{
    return people_sign(visit_of(request)->installation->people, request->arena, STR("suivre"), code);
}

void track_open(struct request *request, str code)
{
    response_cookie(request, proof_cookie(request, code), proof_of(request, code), 3600);
    response_redirect(request, str_fmt(request->arena, "/suivre/%.*s/", STR_ARG(code)));
}

/* Whether code and address open it: the code alone where nobody left an address; never what was unlinked from its
 * submitter. */
static bool is_opened_by(struct arena *arena, const struct dossier *dossier, str email)
{
    if (json_is_true(json_get(dossier->marks, STR("unlinked"))))
        return false;
    return dossier->email.len == 0 || str_eq(utf8_lower(arena, dossier->email), email);
}

/* One message for an unknown code and for a wrong address: nobody learns which codes exist. */
static void look(struct request *request)
{
    struct visit *visit = visit_of(request);
    struct dossier *dossier;
    struct err err = {0};
    str code, email = utf8_lower(request->arena, str_trim(request_form(request, "courriel")));
    if (!rate_allows(visit->installation->people, STR("suivre"), network_of(request->arena, request->address), 30, 600,
                     &err)) {
        show_failure(request, &err);
        return;
    }
    if (!dossier_code_parse(request->arena, request_form(request, "numero"), &code)) {
        show_form(request, 422, "Vérifiez le numéro : il comporte 7 signes, comme 4K7-P92-M.");
        return;
    }
    if (!dossier_find_by_code(place_of(request), code, &dossier, NULL) ||
        !is_opened_by(request->arena, dossier, email)) {
        show_form(request, 422, "Nous ne trouvons pas de demande avec ce numéro et cette adresse.");
        return;
    }
    if (!verify_is_wanted(request, dossier))
        track_open(request, dossier->code);
}

static struct dossier *open_tracked(struct request *request)
{
    struct dossier *dossier = NULL;
    str code;
    if (!dossier_code_parse(request->arena, request_path_param(request, "code"), &code)) {
        response_error(request, 404, NULL);
        return NULL;
    }
    str proof = request_cookie(request, proof_cookie(request, code));
    if (!str_eq(proof, proof_of(request, code))) {
        response_redirect(request, STR("/suivre/"));
        return NULL;
    }
    struct err err = {0};
    if (!dossier_find_by_code(place_of(request), code, &dossier, &err)) {
        show_failure(request, &err);
        return NULL;
    }
    if (!is_opened_by(request->arena, dossier, utf8_lower(request->arena, dossier->email))) {
        response_error(request, 404, NULL);
        return NULL;
    }
    return dossier;
}

static void show_dossier(struct request *request, struct dossier *dossier, const struct actor *actor,
                         const struct dossier_reply *reply)
{
    struct value_dict *page = page_new(request);
    dossier_fill_page(request, dossier, actor, page, reply);
    page_set_text(request, page, "files_url", str_fmt(request->arena, "/suivre/%.*s/fichiers", STR_ARG(dossier->code)));
    page_set_text(request, page, "action", str_fmt(request->arena, "/suivre/%.*s/", STR_ARG(dossier->code)));
    page_set(request, page, "is_tracked", value_bool(true));
    page_set(request, page, "edits", VALUE_OF_NONE); /* a number and an address do not open the answers */
    page_show(request, reply->status, "account/request.html", page);
}

static void show_tracked(struct request *request)
{
    struct dossier *dossier = open_tracked(request);
    if (dossier == NULL)
        return;
    if (calling_settle(request, &dossier, str_fmt(request->arena, "/suivre/%.*s/", STR_ARG(dossier->code))))
        return;
    struct actor actor = visit_actor(request, false, true);
    show_dossier(request, dossier, &actor, &(struct dossier_reply){.status = 200});
}

static void act_tracked(struct request *request)
{
    struct dossier *dossier = open_tracked(request);
    if (dossier == NULL)
        return;
    struct actor actor = visit_actor(request, false, true);
    dossier_post_action(request, dossier, &actor, str_fmt(request->arena, "/suivre/%.*s/", STR_ARG(dossier->code)),
                        show_dossier);
}

/* What the page shows: not the answers, which a number and an address do not open. */
static void tracked_file(struct request *request)
{
    struct dossier *dossier = open_tracked(request);
    struct actor actor = {.is_submitter = true};
    if (dossier != NULL)
        send_dossier_file(request, dossier, &actor, request_path_param(request, "blob"));
}

static void give_copy(struct request *request, void (*give)(struct request *, const struct copy *))
{
    const struct dossier *dossier = open_tracked(request);
    if (dossier == NULL)
        return;
    struct actor actor = visit_actor(request, false, true);
    str back = str_fmt(request->arena, "/suivre/%.*s/", STR_ARG(dossier->code));
    give(request, &(struct copy){dossier, &actor, false, back});
}

static void show_copy(struct request *request)
{
    give_copy(request, copy_show);
}

static void send_copy(struct request *request)
{
    give_copy(request, copy_send);
}

const struct route track_routes[] = {
    {HTTP_GET, "/suivre/", 0, RIGHT_PUBLIC, BODY_NONE, ask},
    {HTTP_POST, "/suivre/", 0, RIGHT_PUBLIC, BODY_FORM, look},
    {HTTP_GET, "/suivre/{code}/", 0, RIGHT_PUBLIC, BODY_NONE, show_tracked},
    {HTTP_POST, "/suivre/{code}/", 0, RIGHT_PUBLIC, BODY_UPLOADS, act_tracked},
    {HTTP_GET, "/suivre/{code}/copie/", 0, RIGHT_PUBLIC, BODY_NONE, show_copy},
    {HTTP_GET, "/suivre/{code}/copie/pdf/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_NONE, send_copy},
    {HTTP_GET, "/suivre/{code}/fichiers/{blob}/", ROUTE_WORKER, RIGHT_PUBLIC, BODY_NONE, tracked_file},
};
const size_t track_route_count = sizeof track_routes / sizeof *track_routes;

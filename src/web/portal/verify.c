/* Between a tracking code and the request: the answers that the form wants given again. */
#include "web/portal/track.h"

#include "web/portal/filling.h"

enum { TRIES_OF_CODE = 10, SECONDS_OF_CODE = 3600, PROOF_SECONDS = 900 };

/* That this browser gave the code and the address is proven as what opens the request is, under another name. */
static const char *cookie_of(struct request *request, str code)
{
    return str_fmt(request->arena, "verification-%.*s", STR_ARG(code)).ptr;
}

static str proof_of(struct request *request, str code)
{
    return people_sign(visit_of(request)->installation->people, request->arena, STR("verification"), code);
}

static struct field_list fields_of(struct request *request, const struct dossier *dossier)
{
    const struct visit *visit = visit_of(request);
    const struct form *form = dossier_form(place_of(request), dossier);
    bool is_theirs = visit->is_signed_in && dossier->account != 0 && dossier->account == visit->account.id;
    return form == NULL || is_theirs ? (struct field_list){0}
                                     : form_verified_fields(form, request->arena, dossier->answers);
}

bool verify_is_wanted(struct request *request, const struct dossier *dossier)
{
    if (fields_of(request, dossier).len == 0)
        return false;
    response_cookie(request, cookie_of(request, dossier->code), proof_of(request, dossier->code), PROOF_SECONDS);
    response_redirect(request, str_fmt(request->arena, "/suivre/%.*s/verifier/", STR_ARG(dossier->code)));
    return true;
}

static struct dossier *open_half(struct request *request)
{
    struct dossier *dossier = NULL;
    str code;
    if (!dossier_code_parse(request->arena, request_path_param(request, "code"), &code) ||
        !people_signed(visit_of(request)->installation->people, STR("verification"), code,
                       request_cookie(request, cookie_of(request, code))) ||
        !dossier_find_by_code(place_of(request), code, &dossier, NULL))
        response_redirect(request, STR("/suivre/"));
    return dossier;
}

static void show(struct request *request, const struct dossier *dossier, const struct field_list *fields, json_t *given,
                 const struct field_errors *errors)
{
    const struct form *form = dossier_form(place_of(request), dossier);
    struct form_context context = visit_form_context(request, form, given, NULL);
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", form->name);
    page_set_text(request, page, "action", str_fmt(request->arena, "/suivre/%.*s/verifier/", STR_ARG(dossier->code)));
    page_set(request, page, "errors", filling_errors(request, errors));
    page_set(request, page, "fields", fields_view(fields, &context, given, errors, false));
    page_show(request, errors != NULL ? 422 : 200, "portal/verify.html", page);
}

static void ask(struct request *request)
{
    const struct dossier *dossier = open_half(request);
    if (dossier == NULL)
        return;
    struct field_list fields = fields_of(request, dossier);
    if (fields.len == 0)
        response_redirect(request, STR("/suivre/"));
    else
        show(request, dossier, &fields, json_keep(request->arena, json_object()), NULL);
}

static bool may_try(struct request *request, const struct dossier *dossier, struct err *err)
{
    struct people *people = visit_of(request)->installation->people;
    return rate_allows(people, STR("verification"), dossier->code, TRIES_OF_CODE, SECONDS_OF_CODE, err);
}

/* One message for all that was given: nobody learns which of it is right. */
static void check(struct request *request)
{
    const struct dossier *dossier = open_half(request);
    struct posted *posted = dossier == NULL ? NULL : visit_posted(request);
    struct err err = {0};
    if (posted == NULL)
        return;
    if (!may_try(request, dossier, &err)) {
        show_failure(request, &err);
        return;
    }
    struct field_list fields = fields_of(request, dossier);
    json_t *given = json_keep(request->arena, json_object());
    struct form_context context = visit_form_context(request, dossier_form(place_of(request), dossier), given, NULL);
    struct field_errors errors = {0};
    if (!fields_read(&fields, &context, posted, given, &errors)) {
        show(request, dossier, &fields, given, &errors);
        return;
    }
    if (fields.len > 0 && form_verifies(&fields, request->arena, dossier->answers, given)) {
        track_open(request, dossier->code);
        return;
    }
    *vec_push(request->arena, &errors) = (struct field_error){
        .control = fields.len > 0 ? fields.at[0].control : STR_EMPTY,
        .message = STR("Ces réponses ne correspondent pas à la demande. Redonnez-les comme dans votre demande.")};
    show(request, dossier, &fields, given, &errors);
}

const struct route verify_routes[] = {
    {HTTP_GET, "/suivre/{code}/verifier/", 0, RIGHT_PUBLIC, BODY_NONE, ask},
    {HTTP_POST, "/suivre/{code}/verifier/", 0, RIGHT_PUBLIC, BODY_FORM, check},
};
const size_t verify_route_count = sizeof verify_routes / sizeof *verify_routes;

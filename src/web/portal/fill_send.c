/* Checking the answers, sending them, the confirmation. */
#include "web/portal/filling.h"

enum { SENT_SECONDS = 600 };

static void show_check(struct request *request, struct filling *filling, const struct field_errors *errors)
{
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", filling->form->name);
    page_set_text(request, page, "base", filling_url(request, filling->form, ""));
    page_set_text(request, page, "action", filling_url(request, filling->form, "envoyer/"));
    page_set(request, page, "rows",
             form_summary(filling->form, &filling->context, filling->draft.answers, PLACE_VALIDATION));
    page_set(request, page, "errors", filling_errors(request, errors));
    filling_set_entry(request, filling, page);
    brake_set_trap(request, filling, page);
    page_set_text(request, page, "back_url", filling_page_url(request, filling->form, (size_t)filling->draft.page));
    page_show(request, errors != NULL && errors->len > 0 ? 422 : 200, "portal/check.html", page);
}

static bool is_ready(struct request *request, struct filling *filling)
{
    if (filling_was_filed(request, filling))
        return false;
    if (filling->has_draft && filling->draft.page >= 0 &&
        form_next_page(filling->form, (size_t)filling->draft.page, &filling->context) == SIZE_MAX)
        return true;
    filling_lead_to_page(request, filling, filling_furthest(filling));
    return false;
}

static void check(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling) || !is_ready(request, &filling) || filling_is_stopped(request, &filling))
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
    struct draft draft;
    bool is_saved; /* the draft, by another transaction before */
    str code;
};

static bool end_draft(struct tx *tx, void *arg, struct err *err)
{
    const struct sending *sending = arg;
    return (sending->is_saved || draft_save(tx, (void *)(uintptr_t)&sending->draft, err)) &&
           draft_file(tx, sending->draft.id, sending->code, err);
}

/* An agent goes on treating what they entered. */
static str after_sending(struct request *request, const struct sending *sending)
{
    str path = sending->draft.agent != 0 ? dossier_path(request, sending->change.after, true)
                                         : filling_confirmation_url(request, sending->form, sending->code);
    return calling_path(request, path, &sending->change);
}

/* A conflict: a second click, and the first one has filed it; or another filing took the number or the code. */
static void was_sent(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct sending *sending = arg;
    if (!ok && err->code == ERR_CONFLICT && request_run_again(request))
        return;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    filling_keep(request, sending->form, &sending->draft);
    str redirect = sending->change.redirect_url;
    if (redirect.len == 0 || sending->draft.agent != 0)
        redirect = after_sending(request, sending);
    response_redirect(request, redirect);
}

static void note_site(struct request *request, int64_t account)
{
    struct visit *visit = visit_of(request);
    if (account != 0)
        account_add_site(visit->installation->people, account, visit->site->slug, NULL);
}

/* The dossier whose action began the draft stays its parent; one that is gone by now leaves none. */
static void name_maker(struct request *request, const struct draft *draft, struct filing *filed)
{
    struct dossier *maker;
    if (draft->maker == 0)
        return;
    filed->draft = draft->id;
    if (dossier_load(place_of(request), draft->maker, &maker, NULL))
        filed->maker = maker;
}

void filling_send(struct request *request, struct filling *filling, bool is_saved)
{
    const struct visit *visit = visit_of(request);
    struct err err = {0};
    struct sending *sending = arena_new_of(request->arena, struct sending);
    struct filing filed = {.form = filling->form,
                           .answers = filling->draft.answers,
                           .agent = filling->draft.agent,
                           .channel = filling->draft.channel};
    if (filling->person != NULL) {
        filed.account = filling->person->id;
        filed.submitter_name = account_name(request->arena, filling->person);
        filed.email = filling->person->email;
    }
    name_maker(request, &filling->draft, &filed);
    if (!dossier_file_prepare(place_of(request), &filed, &sending->change, &err)) {
        show_failure(request, &err);
        return;
    }
    sending->form = filling->form;
    sending->draft = filling->draft;
    sending->is_saved = is_saved;
    sending->code = sending->change.after->code;
    sending->write = dossier_write_make(place_of(request), filling->form, &sending->change, true);
    sending->write.also = end_draft;
    sending->write.also_arg = sending;
    note_site(request, filed.account);
    request_commit(request, visit->site->store, dossier_apply, &sending->write, was_sent);
}

static void send(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling) || !is_ready(request, &filling) || !filling_has_place(request, &filling) ||
        filling_is_stopped(request, &filling))
        return;
    struct field_errors errors = {0};
    size_t page;
    if (!form_check(filling.form, &filling.context, filling.draft.answers, &errors, &page))
        show_check(request, &filling, &errors);
    else if (brake_lets(request, &filling))
        filling_send(request, &filling, true);
}

static void confirmation(struct request *request)
{
    struct visit *visit = visit_of(request);
    const struct form *form = catalogue_form(visit->catalogue, request_path_param(request, "slug"), 0);
    str code = request_query(request, "numero");
    struct dossier *dossier;
    if (form == NULL || !filling_is_proven(request, code) ||
        !dossier_find_by_code(place_of(request), code, &dossier, NULL)) {
        response_error(request, 404, NULL);
        return;
    }
    if (calling_settle(request, &dossier, STR_EMPTY))
        return;
    struct value_dict *page = page_new(request);
    struct date silence;
    bool accepts;
    page_set_text(request, page, "form_name", form->name);
    page_set_text(request, page, "code", dossier_code_shown(request->arena, dossier->code));
    page_set_text(request, page, "email", dossier->email);
    calling_fill_page(request, dossier, workflow_call_is_awaited(dossier, request_query(request, "appel")), false,
                      page);
    page_set(request, page, "received", instant_value(dossier->received));
    if (dossier_silence_date(place_of(request), form, dossier, &silence, &accepts)) {
        page_set(request, page, "silence_date", value_date(silence));
        page_set(request, page, "silence_accepts", value_bool(accepts));
    }
    if (!visit->is_signed_in || dossier->account == visit->account.id) {
        struct form_context context =
            visit_form_context(request, dossier_form(place_of(request), dossier), dossier->answers, dossier);
        page_set(request, page, "rows",
                 form_summary(dossier_form(place_of(request), dossier), &context, dossier->answers, PLACE_SUMMARY));
    }
    str draft = request_cookie(request, filling_cookie(request, form));
    if (draft.len ==
        RANDOM_TOKEN_LENGTH) /* for a second click, or another tab; not for the next person at this browser */
        response_cookie(request, filling_cookie(request, form), draft, SENT_SECONDS);
    page_show(request, 200, "portal/thanks.html", page);
}

const struct route fill_send_routes[] = {
    {HTTP_GET, "/demarches/{slug}/verifier/", 0, RIGHT_PUBLIC, BODY_NONE, check},
    {HTTP_POST, "/demarches/{slug}/envoyer/", 0, RIGHT_PUBLIC, BODY_FORM, send},
    {HTTP_GET, "/demarches/{slug}/merci/", 0, RIGHT_PUBLIC, BODY_NONE, confirmation},
};
const size_t fill_send_route_count = sizeof fill_send_routes / sizeof *fill_send_routes;

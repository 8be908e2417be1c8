/* The draft of a form that is being filled: found, begun, fitted to a form that changed. */
#include "web/portal/filling.h"

#include <ctype.h>

bool draft_read(struct tx *tx, void *arg, struct err *err)
{
    struct draft_reading *reading = arg;
    return draft_find(tx, reading->arena, reading->token, reading->now, reading->out, err);
}

bool draft_is_theirs(const struct visit *visit, const struct draft *draft)
{
    if (draft->agent != 0)
        return visit->is_signed_in && draft->agent == visit->account.id;
    return draft->account == 0 || (visit->is_signed_in && draft->account == visit->account.id);
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
    struct draft_reading reading = {
        .arena = request->arena, .token = token, .now = request->now, .out = &filling->draft};
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
    if (is_of_form && (filling->draft.account != 0 || filling->draft.agent != 0) && !visit->is_signed_in) {
        filling_ask_to_sign_in(request, filling->form);
        return false;
    }
    filling->has_draft = is_of_form && draft_is_theirs(visit, &filling->draft);
    return true;
}

static bool read_of_account(struct tx *tx, void *arg, struct err *err)
{
    struct draft_reading *reading = arg;
    return draft_find_of(tx, reading->arena, reading->account, reading->form, reading->now, reading->out, err);
}

/* What they began on another device. */
static bool find_draft_of_account(struct request *request, struct filling *filling)
{
    struct visit *visit = visit_of(request);
    struct err err = {0};
    struct draft_reading reading = {.arena = request->arena,
                                    .account = visit->account.id,
                                    .form = filling->form->slug,
                                    .now = request->now,
                                    .out = &filling->draft};
    filling->has_draft = store_read(visit->site->store, read_of_account, &reading, &err);
    if (filling->has_draft)
        filling_keep(request, filling->form, &filling->draft);
    if (!filling->has_draft && err.code != ERR_NOT_FOUND)
        show_failure(request, &err);
    return filling->has_draft || err.code == ERR_NOT_FOUND;
}

/* The one that the page began, if it was saved (a second click), else the browser's; but one that was sent is not what
 * a page goes on with that begins another. */
bool filling_find_draft(struct request *request, struct filling *filling)
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
    bool may_have_another = !filling->has_draft && posted.len == 0 && visit_of(request)->is_signed_in;
    return !may_have_another || find_draft_of_account(request, filling);
}

/* What the form of then had asked and the form of now has no place for: the person is shown it once more. */
static struct value unfit_of(struct request *request, const struct filling *filling, const json_t *was)
{
    const struct form *before =
        catalogue_form(visit_of(request)->catalogue, filling->form->slug, filling->draft.form_version);
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; before != NULL && i < before->fields.len; i++) {
        const struct field *field = &before->fields.at[i];
        str text = field_display(field, request->arena, was);
        if (text.len == 0 || field_has_answer(field, filling->draft.answers))
            continue;
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "label", field->label_text);
        page_set_text(request, dict, "text", text);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* A block may be published anew without its forms. */
static bool may_have_changed(const struct filling *filling)
{
    for (size_t i = 0; i < filling->form->fields.len; i++)
        if (field_block_of(&filling->form->fields.at[i]) != NULL)
            return true;
    return filling->draft.form_version != filling->form->version;
}

void filling_fit_draft(struct request *request, struct filling *filling)
{
    if (!may_have_changed(filling))
        return;
    const json_t *was = json_keep(request->arena, json_deep_copy(filling->draft.answers));
    if (form_fit_answers(filling->form, filling->draft.answers))
        filling->unfit = unfit_of(request, filling, was);
    if (filling->draft.page >= (int)filling->form->page_count)
        filling->draft.page = (int)filling->form->page_count - 1;
}

static str opened_text(struct request *request, str token, int64_t seconds)
{
    return str_fmt(request->arena, "%lld %.*s", (long long)seconds, STR_ARG(token));
}

str filling_opened(struct request *request, const struct draft *draft)
{
    int64_t seconds = request->now / INSTANT_SECOND;
    str signature = people_sign(visit_of(request)->installation->people, request->arena, STR("ouvert"),
                                opened_text(request, draft->token, seconds));
    return str_fmt(request->arena, "%lld.%.*s", (long long)seconds, STR_ARG(signature));
}

/* 0: the page does not say it, or says what we did not sign, or is of the day before. */
static instant opened_of(struct request *request, str token)
{
    str number, signature;
    int64_t seconds;
    if (token.len == 0 || !str_cut(request_form(request, "ouvert"), '.', &number, &signature) ||
        !str_to_int64(number, &seconds) || seconds <= 0 || seconds > request->now / INSTANT_SECOND ||
        seconds * INSTANT_SECOND < request->now - INSTANT_DAY)
        return 0;
    bool is_ours = people_signed(visit_of(request)->installation->people, STR("ouvert"),
                                 opened_text(request, token, seconds), signature);
    return is_ours ? seconds * INSTANT_SECOND : 0;
}

void filling_begin_draft(struct request *request, struct filling *filling)
{
    struct visit *visit = visit_of(request);
    draft_begin(request->arena, &filling->draft, filling->form->slug, filling->form->version,
                visit->is_signed_in ? visit->account.id : 0, request->now, filling->form->drafts_lifespan);
    str token = posted_token(request);
    if (token.len > 0)
        filling->draft.token = token;
    instant opened = opened_of(request, token);
    if (opened != 0)
        filling->draft.created = opened;
}

void filling_touch(struct request *request, struct filling *filling)
{
    struct draft *draft = &filling->draft;
    draft->form_version = filling->form->version;
    draft->updated = request->now;
    if (draft->agent == 0 && visit_of(request)->is_signed_in) /* who signed in on the way finds it in their account */
        draft->account = visit_of(request)->account.id;
}

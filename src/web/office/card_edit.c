/* The agents' office: entering a card, and changing its answers. All pages of the model stand on one. */
#include "web/office/cards.h"

struct editing {
    const struct form *form;
    struct dossier *card; /* NULL: a new one */
    json_t *answers;
    struct form_context context;
    str action; /* of the circuit, that lets them be changed */
    str label;
};

static void begin(struct request *request, struct editing *editing, const json_t *answers)
{
    editing->answers = json_keep(request->arena, answers == NULL ? json_object() : json_deep_copy(answers));
    editing->context = visit_form_context(request, editing->form, editing->answers, NULL);
}

static bool begin_new(struct request *request, struct editing *editing)
{
    struct actor actor = visit_actor(request, true, false);
    *editing = (struct editing){.form = card_model(request), .label = STR("Ajouter une fiche")};
    if (editing->form == NULL)
        return false;
    if (!dossier_may_be_entered(editing->form, &actor)) {
        response_error(request, 403, NULL);
        return false;
    }
    begin(request, editing, NULL);
    return true;
}

/* By the action that the address names, where it is offered to this agent now. */
static bool begin_change(struct request *request, struct editing *editing)
{
    struct actor actor = visit_actor(request, true, false);
    struct offer offer = {0};
    *editing = (struct editing){.form = card_model(request)};
    editing->card = editing->form == NULL ? NULL : card_open(request, editing->form, &actor);
    if (editing->card == NULL)
        return false;
    dossier_offer(place_of(request), editing->card, &actor, &offer);
    for (size_t i = 0; i < offer.edits.len && editing->action.len == 0; i++)
        if (str_eq(offer.edits.at[i].action, request_query(request, "action"))) {
            editing->action = offer.edits.at[i].action;
            editing->label = offer.edits.at[i].label;
        }
    if (editing->action.len == 0) {
        response_error(request, 403, NULL);
        return false;
    }
    begin(request, editing, editing->card->answers);
    return true;
}

static str path_of(struct request *request, const struct editing *editing, const char *rest)
{
    if (editing->card == NULL)
        return card_list_path(request, editing->form, str_fmt(request->arena, "ajouter/%s", rest).ptr);
    struct buf url = buf_new(request->arena, 4096);
    buf_fmt(&url, "%.*smodifier/%s?action=", STR_ARG(dossier_path(request, editing->card, true)), rest);
    buf_add_url(&url, editing->action);
    return buf_str(&url);
}

static void show(struct request *request, struct editing *editing, int status, const struct field_errors *errors,
                 str changed)
{
    struct value_dict *page = page_new(request);
    const struct dossier *card = editing->card;
    page_set_text(request, page, "model", editing->form->name);
    page_set_text(request, page, "title", editing->label);
    page_set_text(request, page, "list_path", card_list_path(request, editing->form, ""));
    page_set_text(request, page, "action", path_of(request, editing, ""));
    page_set_text(request, page, "live_url", path_of(request, editing, "direct/"));
    page_set_text(request, page, "back_url",
                  card == NULL ? card_list_path(request, editing->form, "") : dossier_path(request, card, true));
    page_set(request, page, "fields",
             fields_view(&editing->form->fields, &editing->context, editing->answers, errors, true));
    page_set(request, page, "errors", errors_value(request, errors));
    page_set_text(request, page, "changed", changed);
    if (card != NULL)
        page_set(request, page, "revision", value_int(card->revision));
    page_show(request, status, "office/card_edit.html", page);
}

static void open_pages(struct editing *editing)
{
    for (size_t i = 0; i < editing->form->page_count; i++)
        form_page_open(editing->form, i, &editing->context, editing->answers);
}

static bool read_each(struct editing *editing, const struct posted *posted, struct field_errors *errors)
{
    bool is_right = true;
    for (size_t i = 0; i < editing->form->page_count; i++)
        if (form_page_is_visible(editing->form, i, &editing->context))
            is_right =
                form_page_read(editing->form, i, &editing->context, posted, editing->answers, errors) && is_right;
    return is_right;
}

static bool read_pages(struct editing *editing, const struct posted *posted, struct field_errors *errors)
{
    size_t page;
    return read_each(editing, posted, errors) &&
           form_check(editing->form, &editing->context, editing->answers, errors, &page);
}

/* What cannot be shown again: a file that was sent with a mistake elsewhere has to be chosen again. */
static void forget_files(struct request *request, struct editing *editing)
{
    fields_forget_files(&editing->form->fields, request->arena, editing->answers,
                        editing->card == NULL ? NULL : editing->card->answers);
}

/* A row of a block more, or one less, or a list searched: shown, not saved. False: that was not the question. */
static bool is_unfinished(struct request *request, struct editing *editing, struct posted *posted)
{
    str control;
    struct field_errors errors = {0};
    editing->context.posted = posted;
    if (!posted_changes_rows(posted, request->arena, &control) && !posted_searches(posted))
        return false;
    posted->stays = true;
    read_each(editing, posted, &errors);
    forget_files(request, editing);
    show(request, editing, 200, NULL, STR_EMPTY);
    return true;
}

/* ERR_INVALID is what the person can mend: the identifier that another card has. */
static void show_refused(struct request *request, struct editing *editing, const struct err *err)
{
    struct field_errors errors = {0};
    if (err->code != ERR_INVALID) {
        show_failure(request, err);
        return;
    }
    *vec_push(request->arena, &errors) = (struct field_error){.message = str_dup(request->arena, str_of(err->message))};
    forget_files(request, editing);
    show(request, editing, 422, &errors, STR_EMPTY);
}

/* ---- A new card ---- */

static void get_new(struct request *request)
{
    struct editing editing;
    if (!begin_new(request, &editing))
        return;
    open_pages(&editing);
    show(request, &editing, 200, NULL, STR_EMPTY);
}

static void post_new(struct request *request)
{
    struct editing editing;
    struct field_errors errors = {0};
    struct err err = {0};
    const struct dossier *card;
    if (!begin_new(request, &editing))
        return;
    struct posted *posted = visit_posted(request);
    if (posted == NULL || is_unfinished(request, &editing, posted))
        return;
    if (!read_pages(&editing, posted, &errors)) {
        forget_files(request, &editing);
        show(request, &editing, 422, &errors, STR_EMPTY);
        return;
    }
    struct actor actor = visit_actor(request, true, false);
    struct filing filing = {.form = editing.form, .answers = editing.answers, .agent = actor.account};
    if (!dossier_file(place_of(request), &filing, &card, NULL, &err)) {
        show_refused(request, &editing, &err);
        return;
    }
    visit_flash(request, "success", STR("La fiche est enregistrée."));
    bool is_visible = dossier_is_visible(place_of(request), card, &actor) && !card->is_removed;
    response_redirect(request,
                      is_visible ? dossier_path(request, card, true) : card_list_path(request, editing.form, ""));
}

/* ---- Changing one ---- */

static void get_change(struct request *request)
{
    struct editing editing;
    if (!begin_change(request, &editing))
        return;
    open_pages(&editing);
    show(request, &editing, 200, NULL, STR_EMPTY);
}

static bool is_as_shown(struct request *request, const struct editing *editing)
{
    int64_t revision;
    return str_to_int64(request_form(request, "revision"), &revision) && revision == editing->card->revision;
}

static void post_change(struct request *request)
{
    struct editing editing;
    struct field_errors errors = {0};
    struct err err = {0};
    if (!begin_change(request, &editing))
        return;
    struct posted *posted = visit_posted(request);
    if (posted == NULL || is_unfinished(request, &editing, posted))
        return;
    bool is_right = read_pages(&editing, posted, &errors);
    if (!is_right || !is_as_shown(request, &editing)) {
        forget_files(request, &editing);
        show(request, &editing, is_right ? 409 : 422, &errors,
             is_right
                 ? STR("Quelqu’un a modifié cette fiche entre-temps. Ce que vous avez saisi est encore ci-dessous : "
                       "enregistrez à nouveau pour le garder.")
                 : STR_EMPTY);
        return;
    }
    struct event event = {.kind = EVENT_EDIT,
                          .actor = visit_actor(request, true, false),
                          .action = editing.action,
                          .answers = editing.answers};
    if (!dossier_perform(place_of(request), editing.card, &event, NULL, &err)) {
        show_refused(request, &editing, &err);
        return;
    }
    visit_flash(request, "success", STR("La fiche est enregistrée."));
    response_redirect(request, dossier_path(request, editing.card, true));
}

/* ---- While typing ---- */

static void live(struct request *request, struct editing *editing)
{
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    if (request_form(request, "champ").len > 0) {
        visit_suggest(request, &editing->form->fields, &editing->context, posted, editing->answers);
        return;
    }
    posted->is_typing = true;
    response_json(request, 200, fields_live(&editing->form->fields, &editing->context, posted, editing->answers));
}

static void live_new(struct request *request)
{
    struct editing editing;
    if (begin_new(request, &editing))
        live(request, &editing);
}

static void live_change(struct request *request)
{
    struct editing editing;
    if (begin_change(request, &editing))
        live(request, &editing);
}

const struct route card_edit_routes[] = {
    {HTTP_GET, "/agents/fiches/{slug}/ajouter/", 0, RIGHT_AGENT, BODY_NONE, get_new},
    {HTTP_POST, "/agents/fiches/{slug}/ajouter/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, post_new},
    {HTTP_POST, "/agents/fiches/{slug}/ajouter/direct/", 0, RIGHT_AGENT, BODY_UPLOADS, live_new},
    {HTTP_GET, "/agents/fiches/{slug}/{n:int}/modifier/", 0, RIGHT_AGENT, BODY_NONE, get_change},
    {HTTP_POST, "/agents/fiches/{slug}/{n:int}/modifier/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, post_change},
    {HTTP_POST, "/agents/fiches/{slug}/{n:int}/modifier/direct/", 0, RIGHT_AGENT, BODY_UPLOADS, live_change},
};
const size_t card_edit_route_count = sizeof card_edit_routes / sizeof *card_edit_routes;

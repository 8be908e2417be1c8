/* Changing answers on one page: what cards that are entered, and requests and cards that were filed, have in common. */
#include "web/edit.h"

void editing_begin(struct request *request, struct editing *editing, const json_t *answers)
{
    struct dossier *working = NULL;
    editing->answers = json_keep(request->arena, answers == NULL ? json_object() : json_deep_copy(answers));
    if (editing->dossier != NULL) { /* conditions read the answers as they are being changed */
        working = arena_new_of(request->arena, struct dossier);
        *working = *editing->dossier;
        working->answers = editing->answers;
    }
    editing->context = visit_form_context(request, editing->form, editing->answers, working);
    if (editing->dossier != NULL)
        editing->context.file_url = str_fmt(request->arena, "%.*sfichiers", STR_ARG(editing->path));
}

static str url_of(struct request *request, const struct editing *editing, const char *rest)
{
    struct buf url = buf_new(request->arena, 8192);
    buf_fmt(&url, "%.*s%s%s", STR_ARG(editing->path), editing->dossier == NULL ? "ajouter/" : "modifier/", rest);
    if (editing->dossier != NULL) {
        buf_add(&url, STR("?action="));
        buf_add_url(&url, editing->action);
    }
    return buf_str(&url);
}

/* ---- Shown ---- */

static bool is_shown(const struct editing *editing, size_t page)
{
    return form_page_is_visible(editing->form, page, &editing->context);
}

static struct value sections_value(struct request *request, struct editing *editing, const struct field_errors *errors)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = editing->first; i <= editing->last; i++) {
        if (!is_shown(editing, i))
            continue;
        struct value_dict *dict = page_new(request);
        page_set(request, dict, "number", value_int((int64_t)i));
        page_set_text(request, dict, "title", editing->form->pages[i].label);
        page_set(request, dict, "fields",
                 fields_view(&editing->form->pages[i].fields, &editing->context, editing->answers, errors, true));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

void editing_show(struct request *request, struct editing *editing, int status, const struct field_errors *errors,
                  str changed)
{
    struct value_dict *page = page_new(request);
    str slug;
    page_set_text(request, page, "form_name", editing->form->name);
    page_set_text(request, page, "title", editing->label);
    page_set(request, page, "info", value_html(editing->info));
    if (form_key_is_card(editing->form->key, &slug))
        page_set_text(request, page, "list_path", str_fmt(request->arena, "/agents/fiches/%.*s/", STR_ARG(slug)));
    page_set_text(request, page, "action", url_of(request, editing, ""));
    page_set_text(request, page, "live_url", url_of(request, editing, "direct/"));
    page_set_text(request, page, "back_url", editing->path);
    page_set(request, page, "sections", sections_value(request, editing, errors));
    page_set(request, page, "errors", errors_value(request, errors));
    page_set_text(request, page, "changed", changed);
    if (editing->dossier != NULL) {
        page_set(request, page, "revision", value_int(editing->dossier->revision));
        page_set_text(request, page, "code", dossier_code_shown(request->arena, editing->dossier->code));
    }
    page_show(request, status, editing->page, page);
}

void editing_open(struct request *request, struct editing *editing)
{
    for (size_t i = editing->first; i <= editing->last; i++)
        if (is_shown(editing, i))
            form_page_open(editing->form, i, &editing->context, editing->answers);
    editing_show(request, editing, 200, NULL, STR_EMPTY);
}

/* ---- Read ---- */

/* Whether the page that was sent had this one of the form. */
static bool was_shown(const struct posted *posted, size_t page)
{
    for (size_t i = 0; i < posted->value_count; i++) {
        int64_t number;
        if (str_eq(posted->values[i].name, STR("page")) && str_to_int64(posted->values[i].value, &number) &&
            number == (int64_t)page)
            return true;
    }
    return false;
}

static void reveal(struct editing *editing, size_t page, struct field_errors *errors)
{
    form_page_open(editing->form, page, &editing->context, editing->answers);
    *vec_push(editing->context.arena, errors) =
        (struct field_error){.message = str_fmt(editing->context.arena, "Complétez aussi « %.*s ».",
                                                STR_ARG(editing->form->pages[page].label)),
                             .is_revealed = true};
}

static void forget_page(struct editing *editing, size_t page)
{
    const struct field_list *fields = &editing->form->pages[page].fields;
    for (size_t i = 0; i < fields->len; i++)
        field_remove(&fields->at[i], editing->answers);
}

static bool read_each(struct editing *editing, const struct posted *posted, struct field_errors *errors)
{
    bool is_right = true;
    for (size_t i = editing->first; i <= editing->last; i++) {
        if (!is_shown(editing, i)) {
            forget_page(editing, i);
        } else if (!was_shown(posted, i)) {
            reveal(editing, i, errors);
            is_right = false;
        } else {
            is_right =
                form_page_read(editing->form, i, &editing->context, posted, editing->answers, errors) && is_right;
        }
    }
    return is_right;
}

/* Where filing would have stopped, a change stops too. */
static bool goes_on(struct editing *editing, struct field_errors *errors)
{
    size_t page = form_stopped_page(editing->form, &editing->context);
    if (page == SIZE_MAX || page < editing->first || page > editing->last)
        return true;
    *vec_push(editing->context.arena, errors) =
        (struct field_error){.message = STR("Ces réponses ne permettent pas de continuer. Vérifiez-les.")};
    return false;
}

/* The whole form as at filing; of a part of it, that part. */
static bool read_pages(struct editing *editing, const struct posted *posted, struct field_errors *errors)
{
    size_t page;
    bool is_whole = editing->first == 0 && editing->last + 1 == editing->form->page_count;
    return read_each(editing, posted, errors) && goes_on(editing, errors) &&
           (!is_whole || form_check(editing->form, &editing->context, editing->answers, errors, &page));
}

/* What cannot be shown again: a file that was sent with a mistake elsewhere has to be chosen again. */
static void forget_files(struct request *request, struct editing *editing)
{
    fields_forget_files(&editing->form->fields, request->arena, editing->answers,
                        editing->dossier == NULL ? NULL : editing->dossier->answers);
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
    editing_show(request, editing, 200, NULL, STR_EMPTY);
    return true;
}

bool editing_read(struct request *request, struct editing *editing)
{
    struct field_errors *errors = arena_new_of(request->arena, struct field_errors);
    struct posted *posted = visit_posted(request);
    if (posted == NULL || is_unfinished(request, editing, posted))
        return false;
    if (read_pages(editing, posted, errors))
        return true;
    forget_files(request, editing);
    editing_show(request, editing, 422, errors, STR_EMPTY);
    return false;
}

/* ERR_INVALID is what the person can mend: the identifier that another card has. */
void editing_show_refused(struct request *request, struct editing *editing, const struct err *err)
{
    struct field_errors errors = {0};
    if (err->code != ERR_INVALID) {
        show_failure(request, err);
        return;
    }
    *vec_push(request->arena, &errors) = (struct field_error){.message = str_dup(request->arena, str_of(err->message))};
    forget_files(request, editing);
    editing_show(request, editing, 422, &errors, STR_EMPTY);
}

/* ---- While typing ---- */

void editing_live(struct request *request, struct editing *editing)
{
    const struct form_page *first = &editing->form->pages[editing->first], *last = &editing->form->pages[editing->last];
    struct field_list fields = {first->fields.at, (size_t)(last->fields.at + last->fields.len - first->fields.at)};
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    if (request_form(request, "champ").len > 0) {
        visit_suggest(request, &fields, &editing->context, posted, editing->answers);
        return;
    }
    posted->is_typing = true;
    response_json(request, 200, fields_live(&fields, &editing->context, posted, editing->answers));
}

/* ---- What was filed ---- */

/* By the action that the address names, where it is offered to this person now. */
static bool begin(struct request *request, struct editing *editing)
{
    struct offer offer = {0};
    editing->form = dossier_form(place_of(request), editing->dossier);
    dossier_offer(place_of(request), editing->dossier, &editing->actor, &offer);
    for (size_t i = 0; editing->form != NULL && i < offer.edits.len; i++) {
        const struct offered_edit *offered = &offer.edits.at[i];
        if (!str_eq(offered->action, request_query(request, "action")))
            continue;
        editing->action = offered->action;
        editing->label = offered->label;
        editing->info = editing->actor.is_agent ? offered->info : STR_EMPTY;
        struct page_range pages = form_pages_named(editing->form, offered->extent, offered->page);
        editing->first = pages.first;
        editing->last = pages.last;
        editing_begin(request, editing, editing->dossier->answers);
        return true;
    }
    response_error(request, 403, NULL);
    return false;
}

static void show_changed(struct request *request, struct editing *editing)
{
    bool is_card = editing->form->is_card;
    forget_files(request, editing);
    editing_show(request, editing, 409, NULL,
                 str_fmt(request->arena,
                         "Quelqu’un a modifié cette %s entre-temps. Ce que vous avez saisi est encore ci-dessous : "
                         "enregistrez à nouveau pour le garder.",
                         is_card ? "fiche" : "demande"));
}

static void save(struct request *request, struct editing *editing)
{
    struct err err = {0};
    str next = STR_EMPTY;
    if (!editing_read(request, editing))
        return;
    if (!dossier_is_as_shown(request, editing->dossier)) {
        show_changed(request, editing);
        return;
    }
    struct event event = {
        .kind = EVENT_EDIT, .actor = editing->actor, .action = editing->action, .answers = editing->answers};
    if (!dossier_perform(place_of(request), editing->dossier, &event, &next, &err)) {
        editing_show_refused(request, editing, &err);
        return;
    }
    visit_flash(request, "success",
                editing->form->is_card ? STR("La fiche est enregistrée.")
                                       : STR("Vos modifications sont enregistrées."));
    response_redirect(request, next.len > 0 ? next : editing->path);
}

void edit_dossier(struct request *request, struct dossier *dossier, const struct actor *actor, str path,
                  const char *page)
{
    struct editing editing = {.dossier = dossier, .actor = *actor, .path = path, .page = page};
    if (!begin(request, &editing))
        return;
    if (request->method == HTTP_GET)
        editing_open(request, &editing);
    else if (str_ends(request->path, STR("/direct/")))
        editing_live(request, &editing);
    else
        save(request, &editing);
}

/* A dossier on a page, of who filed it or of agents: what it says, its history, what may be done; and doing it. */
#include "store/blobs.h"
#include "web/visit.h"

#include <unistd.h>

static struct value status_value(struct request *request, const struct workflow_status *status)
{
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "id", status->id);
    page_set_text(request, dict, "name", status->name);
    page_set_text(request, dict, "colour", status->colour);
    page_set(request, dict, "is_final", value_bool(status->is_endpoint));
    return value_dict(dict);
}

static struct value part_value(struct request *request, const struct shown_part *part)
{
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "type", part->type);
    page_set_text(request, dict, "text", part->text);
    page_set(request, dict, "html", value_html(part->html));
    page_set_text(request, dict, "level", part->level);
    page_set(request, dict, "fields", value_from_json(request->arena, part->fields));
    return value_dict(dict);
}

static struct value history_value(struct request *request, const struct dossier *dossier, const struct actor *actor)
{
    struct shown_history history = {0};
    struct value_list *list = value_list_new(request->arena);
    dossier_show_history(place_of(request), dossier, actor, &history);
    for (size_t i = 0; i < history.len; i++) {
        const struct shown_entry *entry = &history.at[i];
        struct value_dict *dict = page_new(request);
        struct value_list *parts = value_list_new(request->arena);
        page_set(request, dict, "at", instant_value(entry->at));
        page_set_text(request, dict, "author", entry->author_name);
        page_set(request, dict, "by_submitter", value_bool(entry->author == AUTHOR_SUBMITTER));
        page_set(request, dict, "by_agent", value_bool(entry->author == AUTHOR_AGENT));
        if (entry->status != NULL)
            page_set(request, dict, "status", status_value(request, entry->status));
        for (size_t j = 0; j < entry->parts.len; j++)
            value_list_add(request->arena, parts, part_value(request, &entry->parts.at[j]));
        page_set(request, dict, "parts", value_list(parts));
        page_set(request, dict, "is_last", value_bool(i + 1 == history.len));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value buttons_value(struct request *request, const struct offered_button *at, size_t count,
                                  bool is_global)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < count; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "value",
                      str_fmt(request->arena, "%s:%.*s", is_global ? "globale" : "choix", STR_ARG(at[i].action)));
        page_set_text(request, dict, "label", at[i].label);
        page_set(request, dict, "info", value_html(at[i].info));
        page_set(request, dict, "needs_confirmation", value_bool(at[i].needs_confirmation));
        page_set_text(request, dict, "confirmation", at[i].confirmation);
        page_set_text(request, dict, "target", at[i].target);
        page_set(request, dict, "ignores_errors", value_bool(at[i].ignores_errors));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value comments_value(struct request *request, const struct offer *offer)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < offer->comments.len; i++) {
        const struct offered_comment *comment = &offer->comments.at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "name", str_fmt(request->arena, "commentaire-%.*s", STR_ARG(comment->action)));
        page_set_text(request, dict, "label", comment->label.len > 0 ? comment->label : STR("Commentaire"));
        page_set_text(request, dict, "hint", comment->hint);
        page_set(request, dict, "info", value_html(comment->info));
        page_set(request, dict, "required", value_bool(comment->is_required));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* Controls of a sub-form are called by its action too, since two may stand on one page. */
static struct value forms_value(struct request *request, struct dossier *dossier, const struct offer *offer,
                                const struct field_errors *errors, json_t *answers)
{
    struct value_list *list = value_list_new(request->arena);
    struct form_context context =
        visit_form_context(request, dossier_form(place_of(request), dossier), dossier->answers, dossier);
    for (size_t i = 0; i < offer->forms.len; i++) {
        const struct offered_form *form = &offer->forms.at[i];
        struct value_dict *dict = page_new(request);
        json_t *shown = answers != NULL ? answers : json_keep(request->arena, json_object());
        if (answers == NULL)
            fields_prefill(form->fields, &context, shown);
        page_set(request, dict, "fields", fields_view(form->fields, &context, shown, errors, false));
        page_set(request, dict, "info", value_html(form->info));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static struct value messages_value(struct request *request, const struct offer *offer)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < offer->messages.len; i++) {
        struct value_dict *dict = page_new(request);
        page_set(request, dict, "html", value_html(offer->messages.at[i].html));
        page_set_text(request, dict, "level", offer->messages.at[i].level);
        page_set_text(request, dict, "position", offer->messages.at[i].position);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static void set_offer(struct request *request, struct dossier *dossier, const struct actor *actor,
                      const struct field_errors *errors, json_t *answers, struct value_dict *page)
{
    struct offer offer = {0};
    dossier_offer(place_of(request), dossier, actor, &offer);
    page_set(request, page, "buttons", buttons_value(request, offer.buttons.at, offer.buttons.len, false));
    page_set(request, page, "globals", buttons_value(request, offer.globals.at, offer.globals.len, true));
    page_set(request, page, "comments", comments_value(request, &offer));
    page_set(request, page, "forms", forms_value(request, dossier, &offer, errors, answers));
    page_set(request, page, "messages", messages_value(request, &offer));
    page_set(request, page, "has_submit", value_bool(offer.has_submit));
    page_set_text(request, page, "submit_label", offer.submit_label);
    page_set(request, page, "can_act", value_bool(offer.can_act));
    page_set(request, page, "info", value_html(offer.info));
    page_set_text(request, page, "status_id", offer.status);
}

static struct value errors_value(struct request *request, const struct field_errors *errors)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; errors != NULL && i < errors->len; i++) {
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "control", errors->at[i].control);
        page_set_text(request, dict, "message", errors->at[i].message);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

void dossier_fill_page(struct request *request, struct dossier *dossier, const struct actor *actor,
                       struct value_dict *page, const struct field_errors *errors, json_t *form_answers)
{
    struct dossier_place *place = place_of(request);
    const struct form *form = dossier_form(place, dossier);
    struct form_context context = visit_form_context(request, form, dossier->answers, dossier);
    context.file_url =
        str_fmt(request->arena, "%s/fichiers",
                actor->is_agent ? str_fmt(request->arena, "/agents/demandes/%.*s", STR_ARG(dossier->code)).ptr
                                : str_fmt(request->arena, "/mon-compte/demandes/%.*s", STR_ARG(dossier->code)).ptr);
    page_set_text(request, page, "code", dossier_code_shown(request->arena, dossier->code));
    page_set_text(request, page, "raw_code", dossier->code);
    page_set_text(request, page, "number", dossier_number(request->arena, dossier));
    page_set_text(request, page, "form_name", form == NULL ? dossier->form : form->name);
    page_set(request, page, "received", instant_value(dossier->received));
    page_set_text(request, page, "submitter", dossier->submitter_name);
    page_set_text(request, page, "email", dossier->email);
    const struct workflow_status *status = dossier_visible_status(place, dossier, actor);
    if (status != NULL)
        page_set(request, page, "status_shown", status_value(request, status));
    if (form != NULL)
        page_set(request, page, "rows", form_summary(form, &context, dossier->answers, PLACE_SUMMARY));
    const struct workflow *workflow = dossier_workflow(place, dossier);
    if (workflow != NULL && actor->is_agent)
        page_set(request, page, "backoffice_rows",
                 fields_summary(workflow_backoffice_fields(workflow), &context, dossier->answers, PLACE_SUMMARY));
    page_set(request, page, "history", history_value(request, dossier, actor));
    page_set(request, page, "errors", errors_value(request, errors));
    set_offer(request, dossier, actor, errors, form_answers, page);
    struct date silence;
    bool accepts;
    if (form != NULL && !dossier->is_final &&
        dossier_silence_date(place, form, dossier->received, &silence, &accepts)) {
        page_set(request, page, "silence_date", value_date(silence));
        page_set(request, page, "silence_accepts", value_bool(accepts));
    }
}

/* ---- Doing ---- */

struct acting {
    struct dossier_write write;
    struct change change;
    str back;
};

static void was_done(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct acting *acting = arg;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    jobs_wake(visit_of(request)->installation->jobs);
    if (acting->change.is_removed)
        visit_flash(request, "success", STR("La demande est effacée."));
    else
        visit_flash(request, "success", STR("C’est enregistré."));
    str redirect = acting->change.redirect_url;
    bool leaves = str_starts(redirect, STR("https://")) || str_starts(redirect, STR("http://"));
    str list = str_starts(acting->back, STR("/agents/")) ? STR("/agents/demandes/") : STR("/mon-compte/demandes/");
    response_redirect(request, leaves ? redirect : acting->change.is_removed ? list : acting->back);
}

/* Sub-forms that the page offered, read and checked. */
static bool read_forms(struct request *request, struct dossier *dossier, const struct offer *offer,
                       struct posted *posted, struct event *event, struct field_errors *errors, json_t **answers_out)
{
    struct form_context context =
        visit_form_context(request, dossier_form(place_of(request), dossier), dossier->answers, dossier);
    struct posted_form *forms = arena_array_of(request->arena, struct posted_form, offer->forms.len);
    bool ok = true;
    for (size_t i = 0; i < offer->forms.len; i++) {
        json_t *answers = json_keep(request->arena, json_object());
        bool is_right = fields_read(offer->forms.at[i].fields, &context, posted, answers, errors);
        forms[i] = (struct posted_form){offer->forms.at[i].action, answers, !is_right};
        ok = ok && is_right;
        *answers_out = answers;
    }
    event->forms = forms;
    event->form_count = offer->forms.len;
    return ok;
}

static bool read_comments(struct request *request, const struct offer *offer, struct posted *posted,
                          struct event *event, struct field_errors *errors)
{
    struct posted_comment *comments = arena_array_of(request->arena, struct posted_comment, offer->comments.len);
    bool ok = true;
    for (size_t i = 0; i < offer->comments.len; i++) {
        const struct offered_comment *comment = &offer->comments.at[i];
        str name = str_fmt(request->arena, "commentaire-%.*s", STR_ARG(comment->action)), text = STR_EMPTY;
        for (size_t j = 0; j < posted->value_count; j++)
            if (str_eq(posted->values[j].name, name))
                text = str_trim(str_replace(request->arena, posted->values[j].value, STR("\r\n"), STR("\n")));
        comments[i] = (struct posted_comment){comment->action, text};
        if (!comment->is_required || text.len > 0)
            continue;
        ok = false;
        *vec_push(request->arena, errors) =
            (struct field_error){.control = name, .message = STR("Écrivez un commentaire avant d’envoyer.")};
    }
    event->comments = comments;
    event->comment_count = offer->comments.len;
    return ok;
}

static bool button_ignores_errors(const struct offer *offer, str action)
{
    for (size_t i = 0; i < offer->buttons.len; i++)
        if (str_eq(offer->buttons.at[i].action, action))
            return offer->buttons.at[i].ignores_errors;
    return false;
}

void dossier_post_action(struct request *request, struct dossier *dossier, const struct actor *actor, str back,
                         void (*show_again)(struct request *request, struct dossier *dossier, const struct actor *actor,
                                            const struct field_errors *errors, json_t *form_answers))
{
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    str kind, action, pressed = request_form(request, "action");
    str_cut(pressed, ':', &kind, &action);
    struct event event = {.kind = str_eq(kind, STR("globale")) ? EVENT_GLOBAL : EVENT_SUBMIT,
                          .actor = *actor,
                          .action = action,
                          .status = request_form(request, "statut")};
    struct offer offer = {0};
    struct field_errors errors = {0};
    struct err err = {0};
    json_t *answers = NULL;
    dossier_offer(place_of(request), dossier, actor, &offer);
    if (event.kind == EVENT_SUBMIT) {
        bool forms_ok = read_forms(request, dossier, &offer, posted, &event, &errors, &answers);
        bool comments_ok = read_comments(request, &offer, posted, &event, &errors);
        bool same_status = str_eq(event.status, offer.status); /* else the engine says what happened meanwhile */
        if ((!forms_ok || !comments_ok) && same_status && !button_ignores_errors(&offer, action)) {
            show_again(request, dossier, actor, &errors, answers);
            return;
        }
    }
    struct acting *acting = arena_new_of(request->arena, struct acting);
    acting->back = back;
    if (!dossier_perform_prepare(place_of(request), dossier, &event, &acting->change, &err)) {
        show_failure(request, &err);
        return;
    }
    acting->write =
        dossier_write_make(place_of(request), dossier_form(place_of(request), dossier), &acting->change, false);
    request_commit(request, visit_of(request)->site->store, dossier_apply, &acting->write, was_done);
}

/* ---- Lists and files ---- */

struct value dossier_lines_value(struct request *request, const struct dossier_page *lines, str url_prefix)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < lines->lines.len; i++) {
        const struct dossier_line *line = &lines->lines.at[i];
        struct value_dict *dict = page_new(request);
        page_set_text(request, dict, "code", dossier_code_shown(request->arena, line->code));
        page_set_text(request, dict, "url",
                      str_fmt(request->arena, "%.*s%.*s/", STR_ARG(url_prefix), STR_ARG(line->code)));
        page_set_text(request, dict, "number", line->number);
        page_set_text(request, dict, "form_name", line->form_name);
        page_set_text(request, dict, "submitter", line->submitter_name);
        page_set_text(request, dict, "status", line->status_name);
        page_set_text(request, dict, "public_status", line->public_status_name);
        page_set(request, dict, "received", instant_value(line->received));
        page_set(request, dict, "updated", instant_value(line->updated));
        page_set(request, dict, "is_final", value_bool(line->is_final));
        page_set(request, dict, "waits_for_submitter", value_bool(line->waits_for_submitter));
        page_set_text(request, dict, "summary", line->summary);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

void send_dossier_file(struct request *request, const struct dossier *dossier, str blob)
{
    struct dossier_file file;
    struct err err = {0};
    int fd;
    int64_t size;
    if (!dossier_has_file(place_of(request), dossier, blob, &file))
        response_error(request, 404, NULL);
    else if (!blob_open(visit_of(request)->installation->stores, blob, &fd, &size, &err))
        show_failure(request, &err);
    else
        response_file(request, fd, size, file.type, file.name);
}

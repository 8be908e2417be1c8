/* A dossier on a page, of who filed it or of agents: what it says, its history, what may be done. */
#include "store/blobs.h"
#include "web/visit.h"

#include <unistd.h>

/* « #66CCFF », for an attribute; empty where a definition says no such colour. */
static str colour_shown(struct arena *arena, str colour)
{
    for (size_t i = 0; i < colour.len; i++)
        if (hex_digit(colour.ptr[i]) < 0)
            return STR_EMPTY;
    return colour.len == 6 ? str_fmt(arena, "#%.*s", STR_ARG(colour)) : STR_EMPTY;
}

static struct value status_value(struct request *request, const struct workflow_status *status)
{
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "id", status->id);
    page_set_text(request, dict, "name", status->name);
    page_set_text(request, dict, "colour", status->colour);
    page_set(request, dict, "is_final", value_bool(status->is_endpoint));
    return value_dict(dict);
}

/* For agents; the same members as of a line of a list. */
static void set_level(struct request *request, const struct workflow *workflow, const struct dossier *dossier,
                      struct value_dict *page)
{
    const struct workflow_level *level = workflow_level_of(workflow, dossier);
    if (level == NULL)
        return;
    page_set_text(request, page, "level_name", level->name);
    page_set_text(request, page, "level_colour", colour_shown(request->arena, level->colour));
}

static struct value part_value(struct request *request, const struct shown_part *part)
{
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "type", part->type);
    page_set_text(request, dict, "text", part->text);
    page_set(request, dict, "html", value_html(part->html));
    page_set_text(request, dict, "level", part->level);
    page_set_text(request, dict, "by", part->by);
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

/* For agents: those that they may see are links. */
static struct value links_value(struct request *request, const struct dossier *dossier, const struct actor *actor)
{
    struct dossier_place *place = place_of(request);
    struct dossier_links links = {0};
    struct value_list *list = value_list_new(request->arena);
    dossier_read_links(place, dossier, &links);
    for (size_t i = 0; i < links.len; i++) {
        const struct dossier *other = links.at[i].dossier;
        struct value_dict *dict = page_new(request);
        const struct form *form = place->definitions->form(place->definitions->data, links.at[i].form, 0);
        page_set_text(request, dict, "form_name", form == NULL ? links.at[i].form : form->name);
        page_set(request, dict, "is_origin", value_bool(links.at[i].is_origin));
        page_set(request, dict, "is_draft", value_bool(links.at[i].draft != NULL));
        if (other != NULL)
            page_set_text(request, dict, "name",
                          other->identifier.len > 0
                              ? other->identifier
                              : str_fmt(request->arena, "n° %.*s", STR_ARG(dossier_number(request->arena, other))));
        if (other != NULL && links.at[i].draft == NULL && dossier_is_visible(place, other, actor)) {
            page_set_text(request, dict, "url", dossier_path(request, other, true));
            page_set(request, dict, "status", status_value(request, dossier_visible_status(place, other, actor)));
        }
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static bool is_draft_of(const struct dossier_link *link, int64_t account)
{
    int64_t owner = link->draft == NULL ? 0 : link->draft->agent != 0 ? link->draft->agent : link->draft->account;
    return link->is_shown && owner != 0 && owner == account;
}

/* What an action began for who looks. A draft of nobody's is opened by its address alone, which a mail may tell: here
 * the tracking code would open its answers. */
static struct value begun_value(struct request *request, const struct dossier *dossier, const struct actor *actor)
{
    struct dossier_place *place = place_of(request);
    struct dossier_links links = {0};
    struct value_list *list = value_list_new(request->arena);
    dossier_read_links(place, dossier, &links);
    for (size_t i = 0; i < links.len; i++) {
        if (!is_draft_of(&links.at[i], actor->account))
            continue;
        struct value_dict *dict = page_new(request);
        const struct form *form = place->definitions->form(place->definitions->data, links.at[i].form, 0);
        page_set_text(request, dict, "form_name", form == NULL ? links.at[i].form : form->name);
        page_set_text(request, dict, "url", draft_path(request->arena, links.at[i].draft->token));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static str url_encoded(struct request *request, str text)
{
    struct buf encoded = buf_new(request->arena, 4096);
    buf_add_url(&encoded, text);
    return buf_str(&encoded);
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
        if (at[i].has_page)
            page_set_text(request, dict, "url",
                          str_fmt(request->arena, "?globale=%.*s#agir", STR_ARG(url_encoded(request, at[i].action))));
        page_set(request, dict, "ignores_errors", value_bool(at[i].ignores_errors));
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

/* The global action that is asked for by its link, or posted. */
static str global_asked(struct request *request)
{
    str kind, action;
    if (str_cut(request_form(request, "action"), ':', &kind, &action) && str_eq(kind, STR("globale")))
        return action;
    return request_query(request, "globale");
}

bool dossier_page_offer(struct request *request, struct dossier *dossier, const struct actor *actor,
                        struct offer *offer)
{
    str global = global_asked(request);
    if (global.len > 0) {
        dossier_offer_global(place_of(request), dossier, actor, global, offer);
        offer->has_submit = false; /* its own button sends it */
        if (offer->forms.len + offer->comments.len > 0)
            return true;
    }
    dossier_offer(place_of(request), dossier, actor, offer);
    return false;
}

/* The answers are changed on a page of their own. */
static struct value edits_value(struct request *request, const struct dossier *dossier, const struct actor *actor,
                                const struct offer *offer)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < offer->edits.len; i++) {
        struct value_dict *dict = page_new(request);
        struct buf url = buf_new(request->arena, 4096);
        buf_fmt(&url, "%.*smodifier/?action=", STR_ARG(dossier_path(request, dossier, actor->is_agent)));
        buf_add_url(&url, offer->edits.at[i].action);
        page_set_text(request, dict, "url", buf_str(&url));
        page_set_text(request, dict, "label", offer->edits.at[i].label);
        page_set(request, dict, "info", value_html(actor->is_agent ? offer->edits.at[i].info : STR_EMPTY));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

bool dossier_is_as_shown(struct request *request, const struct dossier *dossier)
{
    int64_t revision;
    return str_to_int64(request_form(request, "revision"), &revision) && revision == dossier->revision;
}

static void set_offer(struct request *request, struct dossier *dossier, const struct actor *actor,
                      struct form_context *context, const struct dossier_reply *reply, struct value_dict *page)
{
    struct offer offer = {0};
    page_set(request, page, "is_global", value_bool(dossier_page_offer(request, dossier, actor, &offer)));
    page_set(request, page, "buttons", buttons_value(request, offer.buttons.at, offer.buttons.len, false));
    page_set(request, page, "globals", buttons_value(request, offer.globals.at, offer.globals.len, true));
    offered_show(request, context, dossier, &offer, reply, page);
    page_set(request, page, "edits", edits_value(request, dossier, actor, &offer));
    page_set(request, page, "messages", messages_value(request, &offer));
    page_set(request, page, "has_submit", value_bool(offer.has_submit));
    page_set_text(request, page, "submit_label", offer.submit_label);
    page_set(request, page, "can_act", value_bool(offer.can_act));
    page_set(request, page, "info", value_html(offer.info));
    page_set_text(request, page, "status_id", offer.status);
    page_set(request, page, "revision", value_int(dossier->revision));
    calling_fill_page(request, dossier, offer.is_calling, offer.is_called_again, page);
}

struct value errors_value(struct request *request, const struct field_errors *errors)
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

str dossier_path(struct request *request, const struct dossier *dossier, bool is_agent)
{
    str slug;
    if (form_key_is_card(dossier->form, &slug))
        return str_fmt(request->arena, "/agents/fiches/%.*s/%lld/", STR_ARG(slug), (long long)dossier->sequence);
    return str_fmt(request->arena, "/%s/demandes/%.*s/", is_agent ? "agents" : "mon-compte", STR_ARG(dossier->code));
}

/* Which documents are waited for and until when, and when silence decides. */
static void set_clock(struct request *request, const struct form *form, const struct dossier *dossier,
                      struct value_dict *page)
{
    struct workflow_stop stop;
    struct date silence;
    bool accepts;
    if (workflow_stop_now(dossier, &stop)) {
        page_set(request, page, "documents", value_from_json(request->arena, stop.documents));
        page_set(request, page, "documents_due", date_value(stop.due - 1));
        page_set_text(request, page, "documents_message", stop.message);
    }
    bool is_counted = dossier_silence_date(place_of(request), form, dossier, &silence, &accepts);
    page_set(request, page, "silence_accepts", value_bool(accepts));
    if (is_counted)
        page_set(request, page, "silence_date", value_date(silence));
}

void dossier_fill_page(struct request *request, struct dossier *dossier, const struct actor *actor,
                       struct value_dict *page, const struct dossier_reply *reply)
{
    struct dossier_place *place = place_of(request);
    const struct form *form = dossier_form(place, dossier);
    struct form_context context = visit_form_context(request, form, dossier->answers, dossier);
    context.file_url =
        str_fmt(request->arena, "%.*sfichiers", STR_ARG(dossier_path(request, dossier, actor->is_agent)));
    page_set_text(request, page, "files_url", context.file_url);
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
    if (workflow != NULL && actor->is_agent) {
        set_level(request, workflow, dossier, page);
        page_set(request, page, "backoffice_rows",
                 fields_summary(workflow_backoffice_fields(workflow), &context, dossier->answers, PLACE_SUMMARY));
    }
    if (form != NULL && form->offers_all_files && actor->is_agent) {
        struct dossier_files files;
        dossier_files(place, dossier, &files);
        page_set(request, page, "has_all_files", value_bool(files.len > 0));
    }
    page_set(request, page, "history", history_value(request, dossier, actor));
    if (actor->is_agent)
        page_set(request, page, "links", links_value(request, dossier, actor));
    page_set(request, page, "begun", begun_value(request, dossier, actor));
    page_set(request, page, "errors", errors_value(request, reply->errors));
    page_set_text(request, page, "changed", reply->changed);
    set_offer(request, dossier, actor, &context, reply, page);
    if (form != NULL && !form->is_card && !dossier->is_final)
        set_clock(request, form, dossier, page);
}

/* ---- Lists and files ---- */

struct value dossier_lines_value(struct request *request, const struct dossier_page *lines, str url_prefix,
                                 const struct value *cells)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < lines->lines.len; i++) {
        const struct dossier_line *line = &lines->lines.at[i];
        struct value_dict *dict = page_new(request);
        page_set(request, dict, "id", value_int(line->id));
        page_set_text(request, dict, "code", dossier_code_shown(request->arena, line->code));
        page_set_text(request, dict, "url",
                      str_fmt(request->arena, "%.*s%.*s/", STR_ARG(url_prefix), STR_ARG(line->code)));
        page_set_text(request, dict, "number", line->number);
        page_set_text(request, dict, "form_name", line->form_name);
        page_set_text(request, dict, "submitter", line->submitter_name);
        page_set_text(request, dict, "status", line->status_name);
        page_set_text(request, dict, "public_status", line->public_status_name);
        page_set_text(request, dict, "level_name", line->level_name);
        page_set_text(request, dict, "level_colour", colour_shown(request->arena, line->level_colour));
        page_set(request, dict, "received", instant_value(line->received));
        page_set(request, dict, "updated", instant_value(line->updated));
        page_set(request, dict, "is_final", value_bool(line->is_final));
        page_set(request, dict, "waits_for_submitter", value_bool(line->waits_for_submitter));
        page_set_text(request, dict, "summary", line->summary);
        if (cells != NULL)
            page_set(request, dict, "cells", cells[i]);
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

static bool history_shows_file(struct request *request, const struct dossier *dossier, const struct actor *actor,
                               str blob)
{
    struct shown_history history = {0};
    dossier_show_history(place_of(request), dossier, actor, &history);
    for (size_t i = 0; i < history.len; i++)
        for (size_t j = 0; j < history.at[i].parts.len; j++) {
            const json_t *fields = history.at[i].parts.at[j].fields;
            for (size_t k = 0; k < json_array_size(fields); k++)
                if (str_eq(json_str(json_array_get(fields, k), "blob"), blob))
                    return true;
        }
    return false;
}

static bool answers_name_file(struct request *request, const struct dossier *dossier, str blob)
{
    const struct form *form = dossier_form(place_of(request), dossier);
    struct named_files named = {0};
    if (form != NULL)
        fields_files(&form->fields, request->arena, dossier->answers, &named);
    for (size_t i = 0; i < named.len; i++)
        if (str_eq(named.at[i].blob, blob))
            return true;
    return false;
}

/* Agents: all that the dossier names. Its submitter: what the page shows them, no more. */
static bool may_see_file(struct request *request, const struct dossier *dossier, const struct actor *actor, str blob)
{
    return actor->is_agent || (actor->account != 0 && answers_name_file(request, dossier, blob)) ||
           history_shows_file(request, dossier, actor, blob);
}

void send_dossier_file(struct request *request, const struct dossier *dossier, const struct actor *actor, str blob)
{
    struct dossier_file file;
    if (dossier_has_file(place_of(request), dossier, blob, &file) && may_see_file(request, dossier, actor, blob))
        visit_send_file(request, blob, file.type, file.name);
    else
        response_error(request, 404, NULL);
}

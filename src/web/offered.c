/* What a workflow asks beside its buttons, comments and sub-forms: shown on a page, and read from what was posted. */
#include "web/visit.h"

static str comment_control(struct request *request, const struct offered_comment *comment)
{
    return str_fmt(request->arena, "commentaire-%.*s", STR_ARG(comment->action));
}

static str error_of(const struct field_errors *errors, str control)
{
    for (size_t i = 0; errors != NULL && i < errors->len; i++)
        if (str_eq(errors->at[i].control, control))
            return errors->at[i].message;
    return STR_EMPTY;
}

/* What was typed comes back with its error. */
static struct value comments_value(struct request *request, const struct offer *offer,
                                   const struct dossier_reply *reply)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < offer->comments.len; i++) {
        const struct offered_comment *comment = &offer->comments.at[i];
        struct value_dict *dict = page_new(request);
        str name = comment_control(request, comment);
        page_set_text(request, dict, "name", name);
        page_set_text(request, dict, "value", request_form(request, name.ptr));
        page_set_text(request, dict, "error", error_of(reply->errors, name));
        page_set_text(request, dict, "label", comment->label.len > 0 ? comment->label : STR("Commentaire"));
        page_set_text(request, dict, "hint", comment->hint);
        page_set(request, dict, "info", value_html(comment->info));
        page_set(request, dict, "required", value_bool(comment->is_required));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

/* What conditions read from now on: the answers to this sub-form, and to those before it on the page. */
static const struct dossier *fill(struct request *request, struct form_context *context, const struct dossier *dossier,
                                  const struct offered_form *form, json_t *answers)
{
    const struct dossier *filling = workflow_filling(request->arena, dossier, form, answers);
    context->scope = dossier_scope(place_of(request), dossier_form(place_of(request), dossier), NULL, filling);
    return filling;
}

/* Controls of a sub-form are called by its fields' ids alone: what was posted of all stands in one object. */
static struct value forms_value(struct request *request, struct form_context *context, const struct dossier *dossier,
                                const struct offer *offer, const struct dossier_reply *reply)
{
    struct value_list *list = value_list_new(request->arena);
    json_t *answers = reply->form_answers;
    context->posted = reply->posted;
    for (size_t i = 0; i < offer->forms.len; i++) {
        const struct offered_form *form = &offer->forms.at[i];
        struct value_dict *dict = page_new(request);
        json_t *shown = answers != NULL ? answers : json_keep(request->arena, json_object());
        if (answers == NULL)
            fields_prefill(form->fields, context, shown);
        else
            dossier = fill(request, context, dossier, form, shown);
        page_set(request, dict, "fields", fields_view(form->fields, context, shown, reply->errors, false));
        page_set(request, dict, "info", value_html(form->info));
        value_list_add(request->arena, list, value_dict(dict));
    }
    return value_list(list);
}

void offered_show(struct request *request, struct form_context *context, const struct dossier *dossier,
                  const struct offer *offer, const struct dossier_reply *reply, struct value_dict *page)
{
    page_set(request, page, "comments", comments_value(request, offer, reply));
    page_set(request, page, "forms", forms_value(request, context, dossier, offer, reply));
}

static bool read_form(struct form_context *context, const struct offered_form *form, const struct posted *posted,
                      json_t *answers, struct field_errors *errors)
{
    return fields_read(form->fields, context, posted, answers, errors) &&
           post_conditions_hold(form->post_conditions, context, errors);
}

static bool read_forms(struct request *request, struct form_context *context, const struct dossier *dossier,
                       const struct offer *offer, const struct posted *posted, struct event *event,
                       struct field_errors *errors, json_t *all_answers)
{
    struct posted_form *forms = arena_array_of(request->arena, struct posted_form, offer->forms.len);
    bool ok = true;
    for (size_t i = 0; i < offer->forms.len; i++) {
        json_t *answers = json_keep(request->arena, json_object());
        dossier = fill(request, context, dossier, &offer->forms.at[i], answers);
        bool is_right = read_form(context, &offer->forms.at[i], posted, answers, errors);
        json_t *shown = json_keep(request->arena, json_deep_copy(answers)); /* what the page shows again */
        fields_forget_files(offer->forms.at[i].fields, request->arena, shown, NULL);
        json_object_update(all_answers, shown);
        forms[i] = (struct posted_form){offer->forms.at[i].action, answers, !is_right};
        ok = ok && is_right;
    }
    event->forms = forms;
    event->form_count = offer->forms.len;
    return ok;
}

static bool read_comments(struct request *request, const struct offer *offer, const struct posted *posted,
                          struct event *event, struct field_errors *errors)
{
    struct posted_comment *comments = arena_array_of(request->arena, struct posted_comment, offer->comments.len);
    bool ok = true;
    for (size_t i = 0; i < offer->comments.len; i++) {
        const struct offered_comment *comment = &offer->comments.at[i];
        str name = comment_control(request, comment), text = STR_EMPTY;
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

bool offered_read(struct request *request, struct form_context *context, const struct dossier *dossier,
                  const struct offer *offer, const struct posted *posted, struct event *event,
                  struct dossier_reply *reply)
{
    struct field_errors *errors = arena_new_of(request->arena, struct field_errors);
    reply->form_answers = json_keep(request->arena, json_object());
    bool forms_ok = read_forms(request, context, dossier, offer, posted, event, errors, reply->form_answers);
    bool comments_ok = read_comments(request, offer, posted, event, errors);
    reply->errors = errors;
    return forms_ok && comments_ok;
}

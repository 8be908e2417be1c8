/* What page templates are given of fields. */
#include "forms/field.h"

static void set(struct arena *arena, struct value_dict *dict, const char *key, struct value value)
{
    value_dict_set(arena, dict, str_of(key), value);
}

static const struct field_error *error_of(const struct field *field, const struct field_errors *errors)
{
    for (size_t i = 0; errors != NULL && i < errors->len; i++)
        if (errors->at[i].field == field)
            return &errors->at[i];
    return NULL;
}

/* A text that reads nothing is the same for all. */
static bool is_fixed(const struct template *template)
{
    return template == NULL || template_is_constant(template);
}

static str html_of(const struct template *template, struct render *render)
{
    return template == NULL ? STR_EMPTY : template_text(template, render);
}

static struct value label_of(const struct field *field, struct render *render)
{
    str label = html_of(field->label, render);
    return field->type == &field_comment ? value_html(label) : value_text(label);
}

const struct value_dict *field_view_fixed(struct arena *arena, const struct field *field)
{
    struct value_dict *dict = value_dict_new(arena);
    struct render none = {.arena = arena};
    set(arena, dict, "id", value_text(field->id));
    set(arena, dict, "name", value_text(field->control));
    set(arena, dict, "type", value_text(field->type_name));
    set(arena, dict, "css", value_text(field->css));
    if (is_fixed(field->label))
        set(arena, dict, "label", label_of(field, &none));
    if (field->type == NULL || !field->type->is_typed)
        return dict;
    set(arena, dict, "widget", value_text(field->type_name));
    set(arena, dict, "marker", value_text(field->marker));
    set(arena, dict, "autocomplete", value_text(field_autocomplete(field)));
    if (is_fixed(field->hint_template))
        set(arena, dict, "hint", value_html(html_of(field->hint_template, &none)));
    return dict;
}

static bool is_required_here(const struct field *field, const struct form_context *context)
{
    return field->required == FIELD_REQUIRED ||
           (field->required == FIELD_REQUIRED_OF_RESIDENTS && !context->in_backoffice);
}

static str notice_of(const struct field *field, struct arena *arena, const json_t *answers)
{
    bool may_have = field->type->notice != NULL && field_has_answer(field, answers);
    return may_have ? field->type->notice(field, arena, answers) : STR_EMPTY;
}

static void view_typed(const struct field *field, const struct form_context *context, json_t *answers,
                       const struct field_errors *errors, struct value_dict *dict)
{
    struct arena *arena = context->arena;
    struct render render = context_render(context);
    const struct field_error *error = error_of(field, errors);
    set(arena, dict, "required", value_bool(is_required_here(field, context)));
    if (!is_fixed(field->hint_template))
        set(arena, dict, "hint", value_html(html_of(field->hint_template, &render)));
    set(arena, dict, "value", value_text(json_str_of(answer_of(field, answers))));
    bool locked = field->prefill_locked && !context->in_backoffice &&
                  (!field->prefill_locked_unless_empty || field_has_answer(field, answers));
    if (locked)
        set(arena, dict, "locked", value_bool(true));
    if (field_is_as_prefilled(field, context, answers))
        set(arena, dict, "prefilled", value_bool(true));
    str notice = notice_of(field, arena, answers);
    if (notice.len > 0)
        set(arena, dict, "notice", value_text(notice));
    if (error != NULL)
        set(arena, dict, error->is_revealed ? "revealed" : "error", value_text(error->message));
    if (field->type->view != NULL)
        field->type->view(field, context, answers, dict);
}

static struct value view_of(const struct field *field, const struct form_context *context, json_t *answers,
                            const struct field_errors *errors, bool is_visible)
{
    struct arena *arena = context->arena;
    struct value_dict *dict = value_dict_copy(arena, field->view);
    struct render render = context_render(context);
    set(arena, dict, "visible", value_bool(is_visible));
    if (!is_fixed(field->label))
        set(arena, dict, "label", label_of(field, &render));
    if (field->type->is_typed)
        view_typed(field, context, answers, errors, dict);
    return value_dict(dict);
}

struct value fields_view(const struct field_list *fields, const struct form_context *context, json_t *answers,
                         const struct field_errors *errors, bool hidden)
{
    struct value_list *list = value_list_new(context->arena);
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (field->type == NULL || field->type == &field_computed || field->type == &field_page)
            continue;
        bool is_visible = field_is_visible(field, context);
        if (is_visible || hidden)
            value_list_add(context->arena, list, view_of(field, context, answers, errors, is_visible));
    }
    return value_list(list);
}

/* ---- While typing ---- */

static json_t *live_choices(struct value view, struct arena *arena)
{
    struct value choices = value_get(arena, view, STR("choices"));
    return choices.kind == VALUE_LIST ? json_incref(value_to_json(arena, choices)) : NULL;
}

/* What changes under the person's hands: texts of comments, choices that a template makes, values that a template
 * prefills where nothing was typed. */
static json_t *live_of(const struct field *field, const struct form_context *context, json_t *answers)
{
    json_t *live = json_object();
    struct render render = context_render(context);
    bool is_visible = field_is_visible(field, context);
    json_set(live, STR("visible"), json_boolean(is_visible));
    if (!is_visible)
        return live;
    if (field->type == &field_comment)
        json_set_str(live, STR("html"), html_of(field->label, &render));
    bool has_choices = field->type == &field_item || field->type == &field_items;
    json_t *choices = has_choices ? live_choices(view_of(field, context, answers, NULL, true), context->arena) : NULL;
    if (choices != NULL)
        json_set(live, STR("choices"), choices);
    if (field->type->notice != NULL)
        json_set_str(live, STR("notice"), notice_of(field, context->arena, answers));
    if (field->prefill == PREFILL_TEMPLATE && !template_is_constant(field->prefill_template))
        json_set_str(live, STR("value"), field_display(field, context->arena, answers));
    return live;
}

json_t *fields_live(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                    json_t *answers)
{
    struct field_errors errors = {0}; /* of no interest while typing */
    fields_read(fields, context, posted, answers, &errors);
    fields_prefill(fields, context, answers);
    json_t *all = json_keep(context->arena, json_object()), *by_id = json_object();
    json_object_set_new(all, "fields", by_id);
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (field->type != NULL && field->type != &field_computed && field->type != &field_page)
            json_set(by_id, field->id, live_of(field, context, answers));
    }
    return all;
}

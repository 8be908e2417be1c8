/* What page templates are given of fields. */
#include "forms/rows.h"

#include "forms/computed.h"
#include "forms/headings.h"

static void set(struct arena *arena, struct value_dict *dict, const char *key, struct value value)
{
    value_dict_set(arena, dict, str_of(key), value);
}

static const struct field_error *error_of(const struct field *field, const struct field_errors *errors)
{
    for (size_t i = 0; errors != NULL && i < errors->len; i++)
        if (errors->at[i].field != NULL && str_eq(errors->at[i].field->control, field->control))
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

/* Its control without the « f »: the id, of a row's field with the row. */
static str field_view_id(const struct field *field)
{
    return str_slice(field->control, 1, field->control.len);
}

const struct value_dict *field_view_fixed(struct arena *arena, const struct field *field)
{
    struct value_dict *dict = value_dict_new(arena);
    struct render none = {.arena = arena};
    set(arena, dict, "id", value_text(field_view_id(field)));
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
    if (field->prefill_part.len > 0)
        set(arena, dict, "geolocation", value_text(field->prefill_part));
    if (is_fixed(field->hint_template))
        set(arena, dict, "hint", value_html(html_of(field->hint_template, &none)));
    return dict;
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
    set(arena, dict, "required", value_bool(field_is_required(field, context)));
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

/* What is fixed of a row's field has its own controls. */
static const struct value_dict *fixed_view(const struct field *field, struct arena *arena)
{
    const struct value *name = map_get(&field->view->map, STR("name"));
    return str_eq(name->text, field->control) ? field->view : field_view_fixed(arena, field);
}

static struct value_dict *view_of(const struct field *field, const struct form_context *context, json_t *answers,
                                  const struct field_errors *errors, bool is_visible, bool hidden)
{
    struct arena *arena = context->arena;
    struct value_dict *dict = value_dict_copy(arena, fixed_view(field, arena));
    struct render render = context_render(context);
    set(arena, dict, "visible", value_bool(is_visible));
    if (!is_fixed(field->label))
        set(arena, dict, "label", label_of(field, &render));
    if (field->type->is_typed)
        view_typed(field, context, answers, errors, dict);
    if (field->type == &field_block)
        rows_view(field, context, answers, errors, hidden, dict);
    return dict;
}

static int heading_of(const struct field *field, int last)
{
    enum { TITLE = 2, SUBTITLE = 3 };
    return heading_level(field->type == &field_title ? TITLE : SUBTITLE, last);
}

/* The level of what it heads on the page, after those before it. */
static void set_heading(const struct field *field, const struct form_context *context, struct value_dict *dict,
                        int *level)
{
    if (field->type == &field_title || field->type == &field_subtitle) {
        *level = heading_of(field, *level);
        set(context->arena, dict, "level", value_int(*level));
    } else if (field->type == &field_comment) {
        str html = value_get(context->arena, value_dict(dict), STR("label")).text;
        set(context->arena, dict, "label", value_html(headings_in_order(context->arena, html, level)));
    }
}

struct value fields_view(const struct field_list *fields, const struct form_context *context, json_t *answers,
                         const struct field_errors *errors, bool hidden)
{
    struct value_list *list = value_list_new(context->arena);
    int level = HEADING_OF_PAGE;
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (field->type == NULL || field->type == &field_computed || field->type == &field_page)
            continue;
        bool is_visible = field_is_visible(field, context);
        if (!is_visible && !hidden)
            continue;
        int own = level;
        struct value_dict *view = view_of(field, context, answers, errors, is_visible, hidden);
        set_heading(field, context, view, &own);
        value_list_add(context->arena, list, value_dict(view));
        level = is_visible ? own : level; /* what nobody hears leads to nothing */
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
static json_t *live_of(const struct field *field, const struct form_context *context, json_t *answers,
                       const struct field_errors *errors, int *level)
{
    json_t *live = json_object();
    struct render render = context_render(context);
    bool is_visible = field_is_visible(field, context);
    json_set(live, STR("visible"), json_boolean(is_visible));
    if (!is_visible)
        return live;
    if (field->type == &field_title || field->type == &field_subtitle)
        *level = heading_of(field, *level);
    if (field->type == &field_comment)
        json_set_str(live, STR("html"), headings_in_order(context->arena, html_of(field->label, &render), level));
    bool has_choices = field->type->offers != NULL;
    json_t *choices =
        has_choices ? live_choices(value_dict(view_of(field, context, answers, NULL, true, false)), context->arena)
                    : NULL;
    if (choices != NULL)
        json_set(live, STR("choices"), choices);
    if (field->type->notice != NULL)
        json_set_str(live, STR("notice"), notice_of(field, context->arena, answers));
    if (field->prefill == PREFILL_TEMPLATE && field->type != &field_block &&
        !template_is_constant(field->prefill_template))
        json_set_str(live, STR("value"), field_display(field, context->arena, answers));
    const struct field_error *error = error_of(field, errors);
    if (error != NULL && field_has_answer(field, answers)) /* what is not answered yet is no mistake */
        json_set_str(live, STR("error"), error->message);
    return live;
}

static void add_live(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                     json_t *answers, const struct field_errors *errors, json_t *by_id);

/* Under the keys that the page has: rows are not renumbered while one types. */
static void add_live_rows(const struct field *field, const struct form_context *context, const struct posted *posted,
                          json_t *answers, const struct field_errors *errors, json_t *by_id)
{
    const json_t *rows = answer_of(field, answers);
    struct str_views keys = rows_posted(field, context->arena, posted);
    for (size_t i = 0; i < keys.len && i < json_array_size(rows); i++) {
        struct row row = row_of(field, context, json_array_get(rows, i), i, keys.at[i]);
        add_live(&row.fields, &row.context, posted, row.answers, errors, by_id);
    }
}

static void add_live(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                     json_t *answers, const struct field_errors *errors, json_t *by_id)
{
    int level = HEADING_OF_PAGE;
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (field->type == NULL || field->type == &field_computed || field->type == &field_page)
            continue;
        json_set(by_id, field_view_id(field), live_of(field, context, answers, errors, &level));
        if (field->type == &field_block && field_is_visible(field, context))
            add_live_rows(field, context, posted, answers, errors, by_id);
    }
}

static void compute(const struct field_list *fields, const struct form_context *context, json_t *answers)
{
    for (size_t i = 0; i < fields->len; i++)
        if (fields->at[i].type == &field_computed && field_is_visible(&fields->at[i], context))
            computed_update(&fields->at[i], context, answers);
}

json_t *fields_live(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                    json_t *answers)
{
    struct field_errors errors = {0};
    fields_read(fields, context, posted, answers, &errors);
    compute(fields, context, answers);
    fields_prefill(fields, context, answers);
    json_t *all = json_keep(context->arena, json_object()), *by_id = json_object();
    json_object_set_new(all, "fields", by_id);
    add_live(fields, context, posted, answers, &errors, by_id);
    return all;
}

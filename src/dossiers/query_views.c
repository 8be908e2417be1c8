/* A query by a saved view: its filters, then its order (w.c.s. custom views). */
#include "dossiers/query.h"

static struct render render_of(const struct query *query, struct arena *arena)
{
    const struct dossier_place *place = query->place;
    struct render render = {
        .arena = arena, .site = dossier_site_scope(place), .lang = place->lang, .now = place_now(place)};
    render.scope = query->scope ? scope_value((struct scope *)(uintptr_t)query->scope) : render.site;
    return render;
}

/* w.c.s. has shorter names in views. */
bool query_operator_of_view(str name, enum query_operator *out)
{
    static const struct {
        str name;
        const char *op;
    } names[] = {{STR_INIT(""), "equal"},
                 {STR_INIT("eq"), "equal"},
                 {STR_INIT("ne"), "not_equal"},
                 {STR_INIT("lt"), "less_than"},
                 {STR_INIT("lte"), "less_than_or_equal"},
                 {STR_INIT("gt"), "greater_than"},
                 {STR_INIT("gte"), "greater_than_or_equal"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, names[i].name))
            return query_operator_called(str_of(names[i].op), out);
    return query_operator_called(name, out);
}

static struct query *by_status(const struct query *query, struct arena *arena, str value, bool negated)
{
    struct query *next = query_copy(arena, query);
    bool is_done = str_eq(value, STR("done"));
    if (str_eq(value, STR("all")))
        return next;
    if (is_done || str_eq(value, STR("pending")) || str_eq(value, STR("waiting")))
        query_add_column(arena, next, "final", is_done != negated ? STR("1") : STR("0"), false);
    else
        query_add_column(arena, next, "status", value, negated);
    return next;
}

static const struct field *field_of(const struct query *query, str id)
{
    const struct field_list *data = query->workflow ? workflow_backoffice_fields(query->workflow) : NULL;
    const struct field *field = field_by_id(&query->form->fields, id);
    return field || !data ? field : field_by_id(data, id);
}

static struct query *by_field(const struct query *query, struct arena *arena, const struct view_filter *filter,
                              struct value value)
{
    const struct field *field = field_of(query, filter->name);
    struct query *next = query_copy(arena, query);
    if (!field || !query_operator_of_view(filter->op, &next->op)) {
        value_fault("La vue filtre par « %.*s », ce qui n’est pas connu ici.", STR_ARG(filter->name));
        return query_nothing(arena, query);
    }
    next->has_attribute = next->has_operator = true;
    next->attribute = filter->name;
    next->attribute_field = field;
    return query_compare(next, arena, value, false);
}

/* What depends on an answer that is not given yet finds nothing. */
static struct query *use_filter(const struct query *query, struct arena *arena, const struct view_filter *filter,
                                const struct render *given)
{
    struct render render = given ? *given : render_of(query, arena);
    str text = filter->value ? str_trim(template_text(filter->value, &render)) : STR_EMPTY;
    if (filter->value && !text.len)
        return query_nothing(arena, query);
    if (str_eq(filter->name, STR("status")))
        return by_status(query, arena, text, str_eq(filter->op, STR("ne")));
    struct query *next = NULL;
    if (str_eq(filter->name, STR("user")) && str_eq(text, STR("__current__")))
        query_filter(query, arena, STR("current_user"), VALUE_OF_UNDEFINED, &next);
    else if (str_eq(filter->name, STR("identifier")) || str_eq(filter->name, STR("number")) ||
             str_eq(filter->name, STR("criticality-level")))
        next = query_compare_column(query, arena, filter->name, OPERATOR_EQUAL, value_text(text));
    return next ? next : by_field(query, arena, filter, value_text(text));
}

static struct query *use_order(const struct query *query, struct arena *arena, str order)
{
    bool is_descending = str_starts(order, STR("-"));
    str name = str_slice(order, is_descending, order.len);
    const struct field *field = field_of(query, str_starts(name, STR("f")) ? str_slice(name, 1, name.len) : name);
    struct query *next = query_copy(arena, query);
    if (field) {
        next->order_field = field;
        next->order = str_eq(field->type_name, STR("numeric")) ? ORDER_NUMBER : ORDER_TEXT;
        next->is_descending = is_descending;
        return next;
    }
    query_filter(query, arena, STR("order_by"), value_text(order), &next);
    return next->is_empty ? query_copy(arena, query) : next;
}

struct query *query_filter_by_view(const struct query *query, struct arena *arena, const struct custom_view *view,
                                   const struct render *render)
{
    struct query *next = query_copy(arena, query);
    for (size_t i = 0; i < view->filters.len && !next->is_empty; i++)
        next = use_filter(next, arena, &view->filters.at[i], render);
    return next;
}

struct query *query_use_view(const struct query *query, struct arena *arena, str slug, const struct render *render)
{
    const struct custom_view *view = query->form ? form_view_called(query->form, slug) : NULL;
    if (!view) {
        value_fault("« with_custom_view » ne connaît pas la vue « %.*s ».", STR_ARG(utf8_slice(slug, 0, 60)));
        return query_nothing(arena, query);
    }
    struct query *next = query_filter_by_view(query, arena, view, render);
    return view->order_by.len && !next->is_empty ? use_order(next, arena, view->order_by) : next;
}

/* Filters of a list that who asks for it gives: an answer or a column, an operator, a value. */
#include "dossiers/list.h"

static const struct field *field_called(const struct field_list *fields, str name)
{
    for (size_t i = 0; fields && i < fields->len; i++)
        if (field_holds_answer(&fields->at[i]) &&
            (str_eq(fields->at[i].varname, name) || str_eq(fields->at[i].id, name)))
            return &fields->at[i];
    return NULL;
}

static const struct field *find_field(const struct query *all, str name)
{
    const struct field *field = field_called(&all->form->fields, name);
    return field || !all->workflow ? field : field_called(workflow_backoffice_fields(all->workflow), name);
}

static bool is_column(str name)
{
    static const str columns[] = {STR_INIT("user"), STR_INIT("internal_id"), STR_INIT("number"), STR_INIT("identifier"),
                                  STR_INIT("criticality-level")};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (str_eq(name, columns[i]))
            return true;
    return false;
}

static struct query *compare(const struct query *query, struct arena *arena, const struct dossier_filter *filter)
{
    enum query_operator op = OPERATOR_EQUAL;
    const struct field *field = find_field(query, filter->name);
    if (!query_operator_of_view(filter->op, &op))
        return query_nothing(arena, query);
    if (!field)
        return query_compare_column(query, arena, filter->name, op, value_text(filter->value));
    struct query *next = query_copy(arena, query);
    next->has_attribute = next->has_operator = true;
    next->op = op;
    next->attribute = filter->name;
    next->attribute_field = field;
    return query_compare(next, arena, op >= OPERATOR_ABSENT ? VALUE_OF_UNDEFINED : value_text(filter->value), false);
}

struct query *list_filter(const struct query *query, struct arena *arena, const struct dossier_filters *filters)
{
    struct query *next = query_copy(arena, query);
    for (size_t i = 0; i < filters->len && !next->is_empty; i++)
        next = compare(next, arena, &filters->at[i]);
    return next;
}

bool dossier_query_filter(const struct dossier_place *place, struct dossier_query *query, str name, str op, str value,
                          struct err *err)
{
    const struct dossier_definitions *definitions = place->definitions;
    const struct form *form = definitions->form(definitions->data, query->form, 0);
    const struct query *all = query_of_form(place, place->arena, form);
    enum query_operator known;
    if (!form || !(find_field(all, name) || is_column(name)))
        return err_set(err, ERR_INVALID, "Il n’y a pas de champ « %.*s » à filtrer.", STR_ARG(utf8_slice(name, 0, 80)));
    if (!query_operator_of_view(op, &known))
        return err_set(err, ERR_INVALID, "L’opérateur « %.*s » n’existe pas.", STR_ARG(utf8_slice(op, 0, 80)));
    *vec_push(place->arena, &query->filters) = (struct dossier_filter){name, op, value};
    if (list_filter(all, place->arena, &query->filters)->is_empty && !is_column(name))
        return err_set(err, ERR_INVALID, "La valeur « %.*s » ne convient pas à « %.*s ».",
                       STR_ARG(utf8_slice(value, 0, 60)), STR_ARG(utf8_slice(name, 0, 80)));
    return true;
}

/* w.c.s.'s filters of rows: what repeatable blocks, tables and data sources give. */
#include "template/filters.h"

static const struct value_list *no_items(struct machine *m)
{
    return value_list_new(m->arena);
}

/* The key of a dict or object, the item of a list; None else. */
static struct value apply_get(struct machine *m, struct value value, const struct value *argument)
{
    struct value key = value_plain(m->arena, *argument);
    if (value.kind == VALUE_TEXT || (key.kind != VALUE_TEXT && key.kind != VALUE_INT))
        return VALUE_OF_NONE;
    struct value found = value_get(m->arena, value, filter_text(m, key));
    return found.kind == VALUE_UNDEFINED ? VALUE_OF_NONE : found;
}

/* The rows of a block, a list or a query; none, and a fault for a text or a number. */
static const struct value_list *rows_of(struct machine *m, struct value value, const char *filter)
{
    const struct value_list *rows;
    if (value.kind == VALUE_OBJECT || value.kind == VALUE_LIST)
        return value_items(m->arena, value, &rows) ? rows : no_items(m);
    if (!filter_is_missing(value) && value.kind != VALUE_DICT && !(value.kind == VALUE_TEXT && value.text.len == 0))
        machine_fault(m, "« %s » veut un bloc de champs ou une liste.", filter);
    return no_items(m);
}

static struct value field_of(struct machine *m, struct value row, str key)
{
    struct value found = value_get(m->arena, row, key);
    return found.kind == VALUE_UNDEFINED ? VALUE_OF_NONE : found;
}

static struct value apply_getlist(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *rows = rows_of(m, value, "getlist");
    struct value_list *out = value_list_new(m->arena);
    str key = filter_text(m, *argument);
    for (size_t i = 0; i < rows->len; i++)
        value_list_add(m->arena, out, field_of(m, rows->at[i], key));
    return value_list(out);
}

/* « a, b:new »: those keys of a row, under their new names. */
static struct value chosen_keys(struct machine *m, struct value row, str keys)
{
    struct value_dict *out = value_dict_new(m->arena);
    for (str part; str_next(&keys, ',', &part);) {
        str key, name;
        bool renamed = str_cut(str_trim(part), ':', &key, &name);
        if (str_trim(key).len > 0)
            value_dict_set(m->arena, out, renamed ? str_trim(name) : str_trim(key), field_of(m, row, str_trim(key)));
    }
    return value_dict(out);
}

static struct value apply_getlistdict(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *rows = rows_of(m, value, "getlistdict");
    struct value_list *out = value_list_new(m->arena);
    for (size_t i = 0; i < rows->len; i++)
        value_list_add(m->arena, out, chosen_keys(m, rows->at[i], filter_text(m, *argument)));
    return value_list(out);
}

static struct value without_key(struct machine *m, const struct value_dict *row, str key)
{
    struct value_dict *out = value_dict_new(m->arena);
    for (size_t i = 0; i < row->map.len; i++)
        if (!str_eq(row->map.entries[i].key, key))
            value_dict_set(m->arena, out, row->map.entries[i].key, *(const struct value *)row->map.entries[i].value);
    return value_dict(out);
}

static struct value apply_regroup_as_dict(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *rows = rows_of(m, value, "regroup_as_dict");
    struct value_dict *out = value_dict_new(m->arena);
    str key = filter_text(m, *argument);
    for (size_t i = 0; i < rows->len; i++) {
        struct value row = value_plain(m->arena, rows->at[i]);
        if (row.kind == VALUE_DICT)
            value_dict_set(m->arena, out, filter_text(m, field_of(m, row, key)), without_key(m, row.dict, key));
    }
    return value_dict(out);
}

static bool is_table(const struct value_list *rows)
{
    for (size_t i = 0; i < rows->len; i++)
        if (rows->at[i].kind != VALUE_LIST)
            return false;
    return true;
}

/* Rows and columns count from 1. */
static bool table_of(struct machine *m, struct value value, const struct value *argument,
                     const struct value_list **rows, size_t *index)
{
    int64_t number;
    if (value.kind != VALUE_LIST || !is_table(value.list) || !filter_int(m, *argument, &number) || number < 1) {
        machine_fault(m, "Il faut un tableau, et un numéro à partir de 1.");
        return false;
    }
    *rows = value.list;
    *index = (size_t)number - 1;
    return true;
}

static struct value apply_table_column(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *rows;
    struct value_list *out = value_list_new(m->arena);
    size_t column;
    if (!table_of(m, value, argument, &rows, &column))
        return value_list(out);
    for (size_t i = 0; i < rows->len; i++)
        if (column < rows->at[i].list->len)
            value_list_add(m->arena, out, rows->at[i].list->at[column]);
    return value_list(out);
}

static struct value apply_table_row(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *rows;
    size_t row;
    if (!table_of(m, value, argument, &rows, &row) || row >= rows->len)
        return value_list(no_items(m));
    return rows->at[row];
}

static struct value apply_list(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    if ((value.kind == VALUE_LIST || value.kind == VALUE_OBJECT) && value_items(m->arena, value, &items))
        return value_list(items);
    struct value_list *list = value_list_new(m->arena);
    if (!filter_is_missing(value) && !(value.kind == VALUE_TEXT && value.text.len == 0))
        value_list_add(m->arena, list, value);
    return value_list(list);
}

enum { UNIQUE_MOST = 5000 }; /* each item is compared with those kept */

static bool holds(struct machine *m, const struct value_list *list, struct value item)
{
    for (size_t i = 0; i < list->len; i++)
        if (value_equals(m->arena, list->at[i], item))
            return true;
    return false;
}

static struct value apply_set(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    struct value_list *unique = value_list_new(m->arena);
    if (value.kind == VALUE_TEXT || !value_items(m->arena, value, &items))
        return value_list(unique);
    if (items->len > UNIQUE_MOST)
        return machine_fault(m, "Cette liste est trop longue pour être dédoublée.");
    for (size_t i = 0; i < items->len; i++)
        if (!holds(m, unique, items->at[i]))
            value_list_add(m->arena, unique, items->at[i]);
    return value_list(unique);
}

static struct value apply_check_no_duplicates(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    if (filter_is_missing(value))
        return value_bool(true);
    if (value.kind == VALUE_TEXT || !value_items(m->arena, value, &items)) {
        machine_fault(m, "« check_no_duplicates » veut une liste.");
        return value_bool(false);
    }
    struct value unique = apply_set(m, value, NULL);
    return value_bool(unique.kind == VALUE_LIST && unique.list->len == items->len);
}

/* How often: a whole number, also as 3.0 or « 3 »; a boolean counts as one. */
static bool count_of(struct machine *m, struct value value, int64_t *out)
{
    struct decimal number;
    value = value_plain(m->arena, value);
    return value_to_decimal(m->arena, value, &number) && decimal_to_int(number, out) &&
           decimal_cmp(decimal_from_int(*out), number) == 0 && *out >= 0;
}

static struct value repeat_list(struct machine *m, const struct value_list *list, int64_t count)
{
    struct value_list *out = value_list_new(m->arena);
    if (list->len > 0 && count > (int64_t)(1000000 / list->len))
        return machine_fault(m, "« repeat » ferait une liste trop longue.");
    for (int64_t turn = 0; turn < count; turn++)
        for (size_t i = 0; i < list->len; i++)
            value_list_add(m->arena, out, list->at[i]);
    return value_list(out);
}

static struct value apply_repeat(struct machine *m, struct value value, const struct value *argument)
{
    int64_t count;
    bool repeatable = value.kind == VALUE_TEXT || value.kind == VALUE_LIST || value.kind == VALUE_INT ||
                      value.kind == VALUE_FLOAT || value.kind == VALUE_DECIMAL;
    if (!repeatable || argument->kind == VALUE_BOOL || !count_of(m, *argument, &count))
        return machine_fault(m, "« repeat » veut un texte et un nombre de fois.");
    if (count == 0)
        return VALUE_EMPTY;
    if (value.kind == VALUE_LIST)
        return repeat_list(m, value.list, count);
    str text = filter_text(m, value);
    struct buf out = filter_buf(m);
    for (int64_t i = 0; i < count && !out.overflowed && text.len > 0; i++)
        buf_add(&out, text);
    return out.overflowed ? machine_fault(m, "« repeat » ferait un texte trop long.") : value_text(buf_str(&out));
}

static bool is_count(struct machine *m, struct value value)
{
    int64_t count;
    return value.kind != VALUE_BOOL && count_of(m, value, &count);
}

static const struct filter_want want_count = {"un nombre de fois", is_count};

static const struct filter filters[] = {
    {"check_no_duplicates", apply_check_no_duplicates, ARGUMENT_NONE, FILTER_WCS,
     "Vrai si la liste n’a pas deux fois la même valeur.", "{{ mots|check_no_duplicates|yesno }}", "oui",
     .wants = &want_rows, .kinds = GIVES_BOOL},
    {"get", apply_get, ARGUMENT_NEEDED, FILTER_WCS | FILTER_LAZY,
     "Un élément d’une liste par son rang, d’un dictionnaire par sa clé.", "{{ enfants|get:1|get:'prenom' }}", "Hugo"},
    {"get_table_column", apply_table_column, ARGUMENT_NEEDED, FILTER_WCS,
     "Une colonne d’un tableau, la première est 1.", "{{ tableau|get_table_column:2|join:' ' }}", "b d",
     .wants = &want_rows, .takes = &want_positive, .kinds = GIVES_LIST},
    {"get_table_row", apply_table_row, ARGUMENT_NEEDED, FILTER_WCS, "Une ligne d’un tableau, la première est 1.",
     "{{ tableau|get_table_row:1|join:' ' }}", "a b", .wants = &want_rows, .takes = &want_positive,
     .kinds = GIVES_LIST},
    {"getlist", apply_getlist, ARGUMENT_NEEDED, FILTER_WCS | FILTER_LAZY,
     "Un champ de chaque ligne d’un bloc, ou de chaque résultat d’une requête.",
     "{{ enfants|getlist:'prenom'|join:', ' }}", "Zoé, Hugo", .wants = &want_rows, .kinds = GIVES_LIST},
    {"getlistdict", apply_getlistdict, ARGUMENT_NEEDED, FILTER_WCS | FILTER_LAZY,
     "Quelques champs de chaque ligne ; « a:b » renomme.", "{{ enfants|getlistdict:'prenom:nom'|json_dumps }}",
     "[{\"nom\": \"Zo\\u00e9\"}, {\"nom\": \"Hugo\"}]", .wants = &want_rows, .kinds = GIVES_LIST},
    {"list", apply_list, ARGUMENT_NONE, FILTER_WCS | FILTER_LAZY, "Une liste ; une valeur seule en devient une.",
     "{{ 'seul'|list|length }}", "1", .kinds = GIVES_LIST},
    {"regroup_as_dict", apply_regroup_as_dict, ARGUMENT_NEEDED, FILTER_WCS | FILTER_LAZY,
     "Un dictionnaire des lignes par la valeur d’un champ.",
     "{% with g=enfants|regroup_as_dict:'prenom' %}{{ g.Zoé.age }}{% endwith %}", "7", .wants = &want_rows,
     .kinds = GIVES_DICT},
    {"repeat", apply_repeat, ARGUMENT_NEEDED, FILTER_WCS, "Répète un texte ou une liste.", "{{ 'ab'|repeat:3 }}",
     "ababab", .takes = &want_count, .kinds = GIVES_TEXT | GIVES_LIST},
    {"set", apply_set, ARGUMENT_NONE, FILTER_WCS, "Les valeurs différentes, chacune une fois.",
     "{{ 'a b a'|split|set|length }}", "2", .wants = &want_rows, .kinds = GIVES_LIST},
};

FILTER_TABLE(filters_table, "Blocs et tableaux", filters);

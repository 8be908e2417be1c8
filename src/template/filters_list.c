/* Filters of lists and texts taken as lists. */
#include "template/blanks.h"
#include "template/filters.h"

#include <stdlib.h>

static struct value apply_length(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    if (value.kind == VALUE_OBJECT && value.object.type->length != NULL)
        return value_int((int64_t)value.object.type->length(&value.object, m->arena));
    value = value_plain(m->arena, value);
    switch (value.kind) {
    case VALUE_TEXT:
        return value_int((int64_t)utf8_length(value.text));
    case VALUE_LIST:
        return value_int((int64_t)value.list->len);
    case VALUE_DICT:
        return value_int((int64_t)value.dict->map.len);
    default:
        return value_int(0);
    }
}

static struct value apply_length_is(struct machine *m, struct value value, const struct value *argument)
{
    int64_t wanted;
    value = value_plain(m->arena, value);
    bool countable = value.kind == VALUE_TEXT || value.kind == VALUE_LIST || value.kind == VALUE_DICT;
    if (!countable || !filter_int(m, *argument, &wanted))
        return VALUE_EMPTY;
    return value_bool(apply_length(m, value, NULL).integer == wanted);
}

static struct value end_of_text(struct value value, bool last)
{
    size_t from = last && value.text.len > 0 ? value.text.len - 1 : 0, to = from;
    while (from > 0 && ((unsigned char)value.text.ptr[from] & 0xC0) == 0x80)
        to = --from;
    if (to < value.text.len)
        utf8_next(value.text, &to);
    return value_text(str_slice(value.text, from, to));
}

static struct value at_end(struct machine *m, struct value value, bool last)
{
    const struct value_list *items;
    if (value.kind == VALUE_TEXT)
        return end_of_text(value, last);
    if (value.kind == VALUE_DICT || !value_items(m->arena, value, &items))
        return machine_is_wcs(m) ? VALUE_EMPTY : VALUE_RAISED;
    if (items->len == 0)
        return VALUE_EMPTY;
    return items->at[last ? items->len - 1 : 0];
}

static struct value apply_first(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return at_end(m, value, false);
}

static struct value apply_last(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return at_end(m, value, true);
}

static struct value apply_random(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    if (value.kind == VALUE_DICT || !value_items(m->arena, value, &items) || items->len == 0)
        return VALUE_EMPTY;
    uint64_t drawn;
    random_bytes(&drawn, sizeof drawn);
    return items->at[drawn % items->len];
}

/* Django escapes the separator even where escaping is off. */
static str conditionally_escaped(struct machine *m, struct value text)
{
    struct buf out = filter_buf(m);
    if (text.safe)
        return text.text;
    buf_add_html(&out, text.text);
    return buf_str(&out);
}

static struct value apply_join(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *items;
    struct buf out = filter_buf(m);
    if (value.kind == VALUE_NONE || !value_items(m->arena, value, &items))
        return value;
    struct value separator = value_plain(m->arena, *argument);
    if (separator.kind != VALUE_TEXT)
        separator = value_text(filter_text(m, separator));
    separator.text = machine_is_wcs(m) ? filter_escape(m, separator) : conditionally_escaped(m, separator);
    for (size_t i = 0; i < items->len; i++) {
        struct value item = value_plain(m->arena, items->at[i]);
        if (!machine_is_wcs(m) && !m->escape && item.kind != VALUE_TEXT)
            return value;
        if (i > 0)
            buf_add(&out, separator.text);
        item = value_text(machine_str(m, item));
        item.safe = value_plain(m->arena, items->at[i]).safe;
        buf_add(&out, filter_escape(m, item));
    }
    return value_html(buf_str(&out));
}

/* Python's slice: « 1:3 », « :2 », « -1: », « ::2 ». */
struct slice {
    int64_t at[3];
    bool given[3];
};

static bool slice_of(struct machine *m, const struct value *argument, struct slice *out)
{
    *out = (struct slice){0};
    str part, rest = machine_str(m, *argument);
    bool more = true;
    size_t count = 0;
    for (; more && count < 3; count++) {
        more = str_cut(rest, ':', &part, &rest);
        part = str_trim(part);
        out->given[count] = part.len > 0;
        if (part.len > 0 && (part.len > 15 || !str_to_int64(part, &out->at[count])))
            return false;
    }
    if (count == 1) { /* « 2 » alone is « :2 » */
        out->at[1] = out->at[0];
        out->given[1] = out->given[0];
        out->given[0] = false;
    }
    return !more && !(out->given[2] && out->at[2] == 0);
}

static int64_t bound(int64_t index, int64_t length, bool backwards)
{
    if (index < 0)
        index += length;
    if (index < 0)
        return backwards ? -1 : 0;
    return index >= length ? (backwards ? length - 1 : length) : index;
}

static struct value apply_slice(struct machine *m, struct value value, const struct value *argument)
{
    const struct value_list *items;
    struct slice slice;
    if (value.kind == VALUE_DICT || !value_items(m->arena, value, &items) || !slice_of(m, argument, &slice))
        return value;
    int64_t length = (int64_t)items->len, step = slice.given[2] ? slice.at[2] : 1;
    bool back = step < 0;
    int64_t from = slice.given[0] ? bound(slice.at[0], length, back) : back ? length - 1 : 0;
    int64_t to = slice.given[1] ? bound(slice.at[1], length, back) : back ? -1 : length;
    struct value_list *out = value_list_new(m->arena);
    out->is_tuple = value.kind == VALUE_LIST && value.list->is_tuple;
    struct buf text = filter_buf(m);
    for (int64_t i = from; back ? i > to : i < to; i += step) {
        if (value.kind == VALUE_TEXT)
            buf_add(&text, items->at[i].text);
        else
            value_list_add(m->arena, out, items->at[i]);
    }
    struct value cut = value.kind == VALUE_TEXT ? value_text(buf_str(&text)) : value_list(out);
    cut.safe = value.kind == VALUE_TEXT && value.safe;
    return cut;
}

static struct value apply_make_list(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    return value_items(m->arena, value, &items) ? value_list(items) : VALUE_EMPTY;
}

/* By a separator, or by runs of blanks. */
static struct value apply_split(struct machine *m, struct value value, const struct value *argument)
{
    struct value_list *parts = value_list_new(m->arena);
    str separator = argument == NULL ? STR_EMPTY : filter_text(m, *argument), text = value.text;
    if (separator.len == 0) {
        for (size_t at = 0; at < text.len;) {
            size_t end = blank_next(text, at);
            if (end > at)
                value_list_add(m->arena, parts, value_text(str_slice(text, at, end)));
            at = end + (end == at ? blank_at(text, at) : 0);
        }
        return value_list(parts);
    }
    size_t from = 0;
    for (size_t end; (end = str_find(text, separator, from)) != SIZE_MAX; from = end + separator.len)
        value_list_add(m->arena, parts, value_text(str_slice(text, from, end)));
    value_list_add(m->arena, parts, value_text(str_slice(text, from, text.len)));
    return value_list(parts);
}

struct sorted { /* an item with what it is sorted by */
    struct value key, item;
    size_t at;
    struct machine *m;
};

static int compare_sorted(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    int order;
    if (value_compare(a->m->arena, a->key, b->key, &order) && order != 0)
        return order;
    return (a->at > b->at) - (a->at < b->at);
}

static int compare_reversed(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    int order;
    if (value_compare(a->m->arena, a->key, b->key, &order) && order != 0)
        return -order;
    return (a->at > b->at) - (a->at < b->at);
}

static bool comparable(struct machine *m, const struct sorted *items, size_t count)
{
    int order;
    for (size_t i = 1; i < count; i++)
        if (!value_compare(m->arena, items[0].key, items[i].key, &order))
            return false;
    return true;
}

/* By a number, as Python's itemgetter has it: the item's own order in a list or a text, a key in a dict. */
static struct value key_by_number(struct machine *m, struct value item, struct value by)
{
    int64_t index;
    item = value_plain(m->arena, item);
    if (item.kind == VALUE_DICT) {
        struct value found = by.kind == VALUE_TEXT ? value_get(m->arena, item, by.text) : VALUE_OF_UNDEFINED;
        return found.kind == VALUE_UNDEFINED ? VALUE_RAISED : found;
    }
    bool counted = item.kind == VALUE_TEXT || item.kind == VALUE_LIST;
    const struct value_list *items;
    if (!counted || (by.kind != VALUE_INT && by.kind != VALUE_BOOL) || !value_items(m->arena, item, &items))
        return VALUE_OF_UNDEFINED;
    index = by.kind == VALUE_INT ? by.integer : by.boolean;
    index += index < 0 ? (int64_t)items->len : 0;
    return index >= 0 && index < (int64_t)items->len ? items->at[index] : VALUE_RAISED;
}

static struct value key_of(struct machine *m, struct value item, const struct value *argument)
{
    struct value by = value_plain(m->arena, *argument);
    double number;
    if (!machine_is_wcs(m) && filter_double(m, by, &number))
        return key_by_number(m, item, by);
    str part, rest = machine_str(m, by);
    while (str_next(&rest, '.', &part) && item.kind != VALUE_UNDEFINED) {
        bool counted = item.kind == VALUE_LIST || item.kind == VALUE_TEXT;
        item = counted && !machine_is_wcs(m) ? VALUE_OF_UNDEFINED : value_get(m->arena, item, part);
    }
    return item;
}

static bool can_sort_by(struct machine *m, struct value by)
{
    double number;
    by = value_plain(m->arena, by);
    bool private = by.kind == VALUE_TEXT && (str_starts(by.text, STR("_")) || str_contains(by.text, STR("._")));
    return filter_double(m, by, &number) || (by.kind == VALUE_TEXT && by.text.len > 0 && !private);
}

static struct value sort_by(struct machine *m, struct value value, const struct value *argument,
                            int (*compare)(const void *, const void *))
{
    const struct value_list *items;
    if (!machine_is_wcs(m) && !can_sort_by(m, *argument))
        return argument->kind == VALUE_TEXT && argument->text.len == 0 ? VALUE_RAISED : VALUE_EMPTY;
    if ((machine_is_wcs(m) && value.kind == VALUE_TEXT) || !value_items(m->arena, value, &items))
        return VALUE_EMPTY;
    struct sorted *sorted = arena_array_of(m->arena, struct sorted, items->len);
    for (size_t i = 0; i < items->len; i++) {
        sorted[i] = (struct sorted){.item = items->at[i], .at = i, .m = m};
        sorted[i].key = key_of(m, items->at[i], argument);
        if (sorted[i].key.kind == VALUE_UNDEFINED)
            return machine_has_raised(&sorted[i].key) ? VALUE_RAISED : VALUE_EMPTY;
    }
    if (!comparable(m, sorted, items->len))
        return VALUE_EMPTY;
    if (items->len > 1)
        qsort(sorted, items->len, sizeof *sorted, compare);
    struct value_list *out = value_list_new(m->arena);
    for (size_t i = 0; i < items->len; i++)
        value_list_add(m->arena, out, sorted[i].item);
    return value_list(out);
}

static struct value apply_dictsort(struct machine *m, struct value value, const struct value *argument)
{
    return sort_by(m, value, argument, compare_sorted);
}

static struct value apply_dictsortreversed(struct machine *m, struct value value, const struct value *argument)
{
    return sort_by(m, value, argument, compare_reversed);
}

static void tabs(struct buf *out, int count)
{
    if (out->len > 0)
        buf_add_char(out, '\n');
    while (count-- > 0)
        buf_add_char(out, '\t');
}

/* Nested lists as <li>, without the outer <ul>: a list behind an item is what stands under it. */
static void list_items(struct machine *m, struct buf *out, const struct value_list *list, int depth)
{
    for (size_t i = 0; i < list->len && depth < 40; i++) {
        struct value item = list->at[i], text = value_text(machine_str(m, item));
        text.safe = item.kind == VALUE_TEXT && item.safe;
        tabs(out, depth);
        buf_add(out, STR("<li>"));
        buf_add(out, filter_escape(m, text));
        if (i + 1 < list->len && list->at[i + 1].kind == VALUE_LIST && list->at[i + 1].list->len == 0) {
            i++;
        } else if (i + 1 < list->len && list->at[i + 1].kind == VALUE_LIST) {
            tabs(out, depth);
            buf_add(out, STR("<ul>"));
            list_items(m, out, list->at[++i].list, depth + 1);
            tabs(out, depth);
            buf_add(out, STR("</ul>"));
            tabs(out, depth);
        }
        buf_add(out, STR("</li>"));
    }
}

static struct value apply_unordered_list(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    struct buf out = filter_buf(m);
    if (!value_items(m->arena, value, &items))
        return machine_fault(m, "« unordered_list » veut une liste.");
    list_items(m, &out, items, 1);
    return value_html(buf_str(&out));
}

static bool is_slice(struct machine *m, struct value value)
{
    struct slice slice;
    return slice_of(m, &value, &slice);
}

static const struct filter_want want_slice = {"une tranche (« :3 », « 1:3 »)", is_slice};

static const struct filter filters[] = {
    {"count", apply_length, ARGUMENT_NONE, FILTER_WCS | FILTER_LAZY,
     "Le nombre d’éléments d’une liste ou d’une requête.", "{{ enfants|count }}", "2", .wants = &want_countable,
     .kinds = GIVES_INT},
    {"dictsort", apply_dictsort, ARGUMENT_NEEDED, 0, "Trie une liste par une clé.",
     "{% for e in enfants|dictsort:'age' %}{{ e.prenom }} {% endfor %}", "Hugo Zoé", .wants = &want_rows,
     .kinds = GIVES_LIST},
    {"dictsortreversed", apply_dictsortreversed, ARGUMENT_NEEDED, 0, "Trie une liste par une clé, à rebours.",
     "{% for e in enfants|dictsortreversed:'age' %}{{ e.prenom }} {% endfor %}", "Zoé Hugo", .wants = &want_rows,
     .kinds = GIVES_LIST},
    {"first", apply_first, ARGUMENT_NONE, FILTER_LAZY, "Le premier élément.", "{{ mots|first }}", "un"},
    {"join", apply_join, ARGUMENT_NEEDED, FILTER_SAFE, "Met une liste bout à bout.", "{{ mots|join:', ' }}",
     "un, deux, trois", .wants = &want_countable, .kinds = GIVES_TEXT},
    {"last", apply_last, ARGUMENT_NONE, FILTER_LAZY | FILTER_SAFE, "Le dernier élément.", "{{ mots|last }}", "trois"},
    {"length", apply_length, ARGUMENT_NONE, FILTER_LAZY, "La longueur d’un texte ou d’une liste.",
     "{{ 'été'|length }} {{ mots|length }}", "3 3", .wants = &want_countable, .kinds = GIVES_INT},
    {"length_is", apply_length_is, ARGUMENT_NEEDED, 0, "Vrai si la longueur est celle-là.",
     "{{ mots|length_is:3|yesno }}", "oui", .wants = &want_countable, .takes = &want_integer, .kinds = GIVES_BOOL},
    {"make_list", apply_make_list, ARGUMENT_NONE, FILTER_TEXT, "La liste des caractères.",
     "{{ 'abc'|make_list|join:'-' }}", "a-b-c", .kinds = GIVES_LIST},
    {"random", apply_random, ARGUMENT_NONE, FILTER_SAFE, "Un élément au hasard.", "{{ 'aaa'|random }}", "a"},
    {"slice", apply_slice, ARGUMENT_NEEDED, FILTER_SAFE, "Une partie d’une liste ou d’un texte, à la façon de Python.",
     "{{ mots|slice:':2'|join:', ' }}", "un, deux", .wants = &want_countable, .takes = &want_slice,
     .kinds = GIVES_TEXT | GIVES_LIST},
    {"split", apply_split, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS,
     "Coupe un texte en liste, aux blancs ou à ce qui est donné.", "{{ 'a;b;c'|split:';'|last }}", "c",
     .kinds = GIVES_LIST},
    {"unordered_list", apply_unordered_list, ARGUMENT_NONE, FILTER_SAFE, "Une liste de HTML, sans <ul> autour.",
     "{{ mots|unordered_list }}", "<li>un</li>\n	<li>deux</li>\n	<li>trois</li>", .wants = &want_rows,
     .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_list, "Listes", filters);

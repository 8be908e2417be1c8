#include "template/filter.h"

#include "template/blanks.h"
#include "template/filters.h"

#include <math.h>
#include <stdlib.h>

const struct filter_table *const filter_tables[] = {
    &filters_text,  &filters_html,     &filters_number,   &filters_arithmetic, &filters_date,   &filters_working_days,
    &filters_list,  &filters_table,    &filters_logic,    &filters_query,      &filters_france, &filters_geo,
    &filters_links, &filters_truncate, &filters_language, &filters_humanize,   &filters_wrap,   NULL};

static bool is_number(struct machine *m, struct value value)
{
    struct decimal number;
    return value.kind != VALUE_BOOL && value_to_decimal(m->arena, value, &number);
}

static bool is_integer(struct machine *m, struct value value)
{
    int64_t number;
    return filter_int(m, value, &number);
}

static bool is_positive(struct machine *m, struct value value)
{
    int64_t number;
    return filter_int(m, value, &number) && number > 0;
}

static bool is_date(struct machine *m, struct value value)
{
    struct datetime at;
    return value.kind == VALUE_TIME || value_to_datetime(m->arena, value, &at);
}

static bool is_time(struct machine *m, struct value value)
{
    struct datetime at;
    return value_to_time(m->arena, value, &at);
}

static bool is_countable(struct machine *m, struct value value)
{
    const struct value_list *items;
    return value_items(m->arena, value, &items);
}

static bool is_rows(struct machine *m, struct value value)
{
    return value.kind != VALUE_TEXT && is_countable(m, value);
}

const struct filter_want want_number = {"un nombre", is_number};
const struct filter_want want_integer = {"un nombre entier", is_integer};
const struct filter_want want_positive = {"un nombre entier à partir de 1", is_positive};
const struct filter_want want_date = {"une date", is_date};
const struct filter_want want_time = {"une heure", is_time};
const struct filter_want want_countable = {"un texte ou une liste", is_countable};
const struct filter_want want_rows = {"une liste", is_rows};

const struct filter *filter_find(str name, enum template_dialect dialect)
{
    unsigned other = dialect == TEMPLATE_WCS ? FILTER_DJANGO : FILTER_WCS;
    for (size_t i = 0; filter_tables[i] != NULL; i++)
        for (size_t j = 0; j < filter_tables[i]->len; j++)
            if ((filter_tables[i]->at[j].flags & other) == 0 && str_eq(name, str_of(filter_tables[i]->at[j].name)))
                return &filter_tables[i]->at[j];
    return NULL;
}

bool filter_is_missing(struct value value)
{
    return value.kind == VALUE_NONE || value.kind == VALUE_UNDEFINED;
}

str filter_text(struct machine *m, struct value value)
{
    value = value_plain(m->arena, value);
    return filter_is_missing(value) && (machine_is_wcs(m) || value.kind == VALUE_UNDEFINED) ? STR_EMPTY
                                                                                            : machine_str(m, value);
}

bool filter_int(struct machine *m, struct value value, int64_t *out)
{
    value = value_plain(m->arena, value);
    switch (value.kind) {
    case VALUE_BOOL:
        *out = value.boolean;
        return true;
    case VALUE_INT:
        *out = value.integer;
        return true;
    case VALUE_FLOAT:
        if (!(fabs(value.real) < 9e18))
            return false;
        *out = (int64_t)value.real;
        return true;
    case VALUE_DECIMAL:
        return decimal_to_int(*value.decimal, out);
    case VALUE_TEXT: {
        str text = blank_trim(value.text);
        return str_to_int64(text.len > 1 && text.ptr[0] == '+' ? str_slice(text, 1, text.len) : text, out);
    }
    default:
        return false;
    }
}

/* Whether int(value) fails by the value alone, as for a text that is no number (ValueError); by its kind else. */
static bool is_int_kind(struct machine *m, struct value value)
{
    value = value_plain(m->arena, value);
    return value.kind == VALUE_TEXT || value.kind == VALUE_INT || value.kind == VALUE_FLOAT ||
           value.kind == VALUE_DECIMAL || value.kind == VALUE_BOOL || value.kind == VALUE_UNDEFINED;
}

struct value filter_no_int(struct machine *m, struct value value, struct value fallback)
{
    return machine_is_wcs(m) || is_int_kind(m, value) ? fallback : VALUE_RAISED;
}

bool filter_double(struct machine *m, struct value value, double *out)
{
    value = value_plain(m->arena, value);
    int64_t integer;
    if (value.kind == VALUE_FLOAT) {
        *out = value.real;
        return true;
    }
    if (value.kind == VALUE_DECIMAL) {
        *out = decimal_to_double(*value.decimal);
        return true;
    }
    if (value.kind == VALUE_TEXT) {
        struct decimal decimal;
        if (!decimal_parse(blank_trim(value.text), &decimal))
            return false;
        *out = decimal_to_double(decimal);
        return true;
    }
    if (!filter_int(m, value, &integer))
        return false;
    *out = (double)integer;
    return true;
}

struct buf filter_buf(struct machine *m)
{
    return buf_new(m->arena, machine_text_most(m));
}

str filter_escape(struct machine *m, struct value text)
{
    if (text.safe || !m->escape)
        return text.text;
    struct buf out = filter_buf(m);
    buf_add_html(&out, text.text);
    return buf_str(&out);
}

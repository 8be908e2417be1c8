/* w.c.s.'s arithmetic: exact decimals from whatever looks like a number. */
#include "template/filters.h"

static struct value decimal_value(struct machine *m, struct decimal d)
{
    return value_decimal(m->arena, d);
}

/* A number, or 0 where the value is none: what most filters do with it. */
static struct decimal number_or_zero(struct machine *m, struct value value)
{
    struct decimal d;
    return value.kind != VALUE_BOOL && value_to_decimal(m->arena, value, &d) ? d : decimal_from_int(0);
}

/* A float without fraction counts as an integer: 2.0 adds up as 2. */
static bool number_of(struct machine *m, struct value value, struct decimal *out)
{
    value = value_plain(m->arena, value);
    int64_t integer;
    if (value.kind == VALUE_FLOAT && filter_int(m, value, &integer) && value.real == (double)integer) {
        *out = decimal_from_int(integer);
        return true;
    }
    return value_to_decimal(m->arena, value, out);
}

static bool is_blank(struct value value)
{
    return filter_is_missing(value) || (value.kind == VALUE_TEXT && value.text.len == 0);
}

static struct value append(struct machine *m, const struct value_list *list, struct value item)
{
    struct value_list *sum = value_list_new(m->arena);
    for (size_t i = 0; i < list->len; i++)
        value_list_add(m->arena, sum, list->at[i]);
    if (item.kind == VALUE_LIST) {
        for (size_t i = 0; i < item.list->len; i++)
            value_list_add(m->arena, sum, item.list->at[i]);
    } else if (!filter_is_missing(item)) {
        value_list_add(m->arena, sum, item);
    }
    return value_list(sum);
}

static struct value join_texts(struct machine *m, struct value a, struct value b)
{
    str parts[] = {filter_text(m, a), filter_text(m, b)};
    struct value joined = value_text(str_concat(m->arena, parts, 2));
    joined.safe = (a.kind != VALUE_TEXT || a.safe) && (b.kind != VALUE_TEXT || b.safe);
    return joined;
}

static bool is_text_or_missing(struct value value)
{
    return value.kind == VALUE_TEXT || filter_is_missing(value);
}

/* Numbers add, texts join, lists grow; '' and None are 0 beside a number. */
static struct value apply_add(struct machine *m, struct value value, const struct value *argument)
{
    struct value other = value_plain(m->arena, *argument);
    struct decimal a, b, zero = decimal_from_int(0);
    if (value.kind == VALUE_LIST)
        return append(m, value.list, other);
    if (is_blank(value) && is_blank(other))
        return VALUE_EMPTY;
    bool a_number = value_to_decimal(m->arena, value, &a), b_number = value_to_decimal(m->arena, other, &b);
    if ((a_number || is_blank(value)) && (b_number || is_blank(other)))
        return decimal_value(m, decimal_add(a_number ? a : zero, b_number ? b : zero));
    if (is_text_or_missing(value) && is_text_or_missing(other))
        return join_texts(m, value, other);
    return machine_fault(m, "« add » ne peut pas additionner ces valeurs.");
}

static struct value apply_subtract(struct machine *m, struct value value, const struct value *argument)
{
    return decimal_value(m, decimal_subtract(number_or_zero(m, value), number_or_zero(m, *argument)));
}

static struct value apply_multiply(struct machine *m, struct value value, const struct value *argument)
{
    return decimal_value(m, decimal_multiply(number_or_zero(m, value), number_or_zero(m, *argument)));
}

static struct value apply_divide(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal out;
    if (!decimal_divide(number_or_zero(m, value), number_or_zero(m, *argument), &out))
        return machine_fault(m, "Division par zéro.");
    return decimal_value(m, out);
}

static struct value apply_modulo(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal out;
    if (!decimal_modulo(number_or_zero(m, value), number_or_zero(m, *argument), &out))
        return machine_fault(m, "Division par zéro.");
    return decimal_value(m, out);
}

static struct value apply_sum(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    if (value.kind == VALUE_TEXT || !value_items(m->arena, value, &items))
        return VALUE_EMPTY;
    struct decimal sum = decimal_from_int(0), item;
    for (size_t i = 0; i < items->len; i++)
        if (number_of(m, items->at[i], &item))
            sum = decimal_add(sum, item);
    return decimal_value(m, sum);
}

static struct value rounded(struct machine *m, struct value value, enum decimal_rounding rounding)
{
    struct decimal d = decimal_round(number_or_zero(m, value), 0, rounding);
    int64_t integer;
    return decimal_to_int(d, &integer) ? value_int(integer) : decimal_value(m, d);
}

static struct value apply_ceil(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return rounded(m, value, DECIMAL_CEILING);
}

static struct value apply_floor(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return rounded(m, value, DECIMAL_FLOOR);
}

static struct value apply_abs(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct decimal d = number_or_zero(m, value);
    d.negative = false;
    return decimal_value(m, d);
}

static struct value within(struct machine *m, struct value value, const struct decimal *low, const struct decimal *high)
{
    struct decimal d;
    if (!value_to_decimal(m->arena, value, &d))
        return VALUE_EMPTY;
    if (low != NULL && decimal_cmp(d, *low) < 0)
        d = *low;
    if (high != NULL && decimal_cmp(d, *high) > 0)
        d = *high;
    return decimal_value(m, d);
}

static bool bounds_of(struct machine *m, struct value value, struct decimal *low, struct decimal *high)
{
    str head, rest;
    return str_cut(str_trim(filter_text(m, value)), ' ', &head, &rest) &&
           value_to_decimal(m->arena, value_text(head), low) && value_to_decimal(m->arena, value_text(rest), high);
}

static struct value apply_clamp(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal low, high;
    if (!bounds_of(m, *argument, &low, &high))
        return machine_fault(m, "« clamp » veut deux nombres : « bas haut ».");
    return within(m, value, &low, &high);
}

static struct value apply_limit_low(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal low;
    return value_to_decimal(m->arena, *argument, &low) ? within(m, value, &low, NULL) : VALUE_EMPTY;
}

static struct value apply_limit_high(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal high;
    return value_to_decimal(m->arena, *argument, &high) ? within(m, value, NULL, &high) : VALUE_EMPTY;
}

static bool places_of(struct machine *m, struct value value, int64_t *places)
{
    return filter_int(m, value, places) && *places >= 0 && *places <= 27;
}

static struct value apply_decimal(struct machine *m, struct value value, const struct value *argument)
{
    int64_t places;
    struct decimal d = number_or_zero(m, value);
    if (argument == NULL)
        return decimal_value(m, d);
    if (!places_of(m, *argument, &places))
        return machine_fault(m, "« decimal » veut un nombre de chiffres, de 0 à 27.");
    return decimal_value(m, decimal_round(d, (int)places, DECIMAL_HALF_UP));
}

/* Through a float, as w.c.s.: 2.9999999999999999999999999 is 3. */
static struct value apply_integer(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct decimal d = number_or_zero(m, value);
    int64_t integer;
    if (d.exponent == 0 && decimal_to_int(d, &integer))
        return value_int(integer);
    return filter_int(m, value_float(decimal_to_double(d)), &integer) ? value_int(integer) : value_int(0);
}

static struct value apply_float(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_float(decimal_to_double(number_or_zero(m, value)));
}

static bool is_bounds(struct machine *m, struct value value)
{
    struct decimal low, high;
    return bounds_of(m, value, &low, &high);
}

static bool is_places(struct machine *m, struct value value)
{
    int64_t places;
    return places_of(m, value, &places);
}

static bool is_divisor(struct machine *m, struct value value)
{
    return !decimal_is_zero(number_or_zero(m, value));
}

static const struct filter_want want_bounds = {"deux nombres séparés par un blanc", is_bounds};
static const struct filter_want want_places = {"un nombre de chiffres, de 0 à 27", is_places};
static const struct filter_want want_divisor = {"un nombre autre que 0", is_divisor};

static const struct filter filters[] = {
    {"abs", apply_abs, ARGUMENT_NONE, FILTER_WCS, "La valeur absolue d’un nombre.", "{{ '-42,5'|abs }}", "42.5",
     .wants = &want_number, .kinds = GIVES_DECIMAL},
    {"add", apply_add, ARGUMENT_NEEDED, FILTER_WCS,
     "Additionne deux nombres, met deux textes bout à bout, ou ajoute à une liste.",
     "{{ '12,50'|add:3 }} {{ 'rue '|add:'Pasteur' }}", "15.50 rue Pasteur"},
    {"ceil", apply_ceil, ARGUMENT_NONE, FILTER_WCS, "Arrondit à l’entier supérieur.", "{{ 2.1|ceil }}", "3",
     .wants = &want_number, .kinds = GIVES_INT | GIVES_DECIMAL},
    {"clamp", apply_clamp, ARGUMENT_NEEDED, FILTER_WCS, "Ramène un nombre entre deux bornes, écrites « basse haute ».",
     "{{ 120|clamp:'0 100' }}", "100", .wants = &want_number, .takes = &want_bounds, .kinds = GIVES_DECIMAL},
    {"decimal", apply_decimal, ARGUMENT_OPTIONAL, FILTER_WCS,
     "Lit un nombre exact ; l’argument est le nombre de décimales.", "{{ '3,14159'|decimal:2 }}", "3.14",
     .wants = &want_number, .takes = &want_places, .kinds = GIVES_DECIMAL},
    {"divide", apply_divide, ARGUMENT_NEEDED, FILTER_WCS,
     "Divise, exactement ; une division par zéro donne un texte vide.", "{{ 6|divide:0.75 }}", "8",
     .wants = &want_number, .takes = &want_divisor, .kinds = GIVES_DECIMAL},
    {"float", apply_float, ARGUMENT_NONE, FILTER_WCS, "Lit un nombre à virgule.", "{{ '4,5'|float }}", "4.5",
     .wants = &want_number, .kinds = GIVES_FLOAT},
    {"floor", apply_floor, ARGUMENT_NONE, FILTER_WCS, "Arrondit à l’entier inférieur.", "{{ 2.9|floor }}", "2",
     .wants = &want_number, .kinds = GIVES_INT | GIVES_DECIMAL},
    {"integer", apply_integer, ARGUMENT_NONE, FILTER_WCS, "Lit un nombre et en garde la partie entière.",
     "{{ '42,9'|integer }}", "42", .wants = &want_number, .kinds = GIVES_INT},
    {"limit_high", apply_limit_high, ARGUMENT_NEEDED, FILTER_WCS, "Ne dépasse pas la borne.",
     "{{ montant|limit_high:100 }}", "100", .wants = &want_number, .takes = &want_number, .kinds = GIVES_DECIMAL},
    {"limit_low", apply_limit_low, ARGUMENT_NEEDED, FILTER_WCS, "Ne descend pas sous la borne.", "{{ -3|limit_low:0 }}",
     "0", .wants = &want_number, .takes = &want_number, .kinds = GIVES_DECIMAL},
    {"modulo", apply_modulo, ARGUMENT_NEEDED, FILTER_WCS, "Le reste de la division.", "{{ 17|modulo:5 }}", "2",
     .wants = &want_number, .takes = &want_divisor, .kinds = GIVES_DECIMAL},
    {"multiply", apply_multiply, ARGUMENT_NEEDED, FILTER_WCS, "Multiplie, exactement.", "{{ 780|multiply:'0,000463' }}",
     "0.361140", .wants = &want_number, .takes = &want_number, .kinds = GIVES_DECIMAL},
    {"subtract", apply_subtract, ARGUMENT_NEEDED, FILTER_WCS, "Soustrait.", "{{ 10|subtract:'2,5' }}", "7.5",
     .wants = &want_number, .takes = &want_number, .kinds = GIVES_DECIMAL},
    {"sum", apply_sum, ARGUMENT_NONE, FILTER_WCS, "La somme des nombres d’une liste.",
     "{{ enfants|getlist:'age'|sum }}", "11", .wants = &want_rows, .kinds = GIVES_DECIMAL},
};

FILTER_TABLE(filters_arithmetic, "Calcul", filters);

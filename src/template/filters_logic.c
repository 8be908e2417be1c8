/* Filters that choose and compare: default, yesno, pluralize, divisibleby … */
#include "template/filters.h"

static struct value apply_default(struct machine *m, struct value value, const struct value *argument)
{
    return value_is_true(m->arena, value) ? value : *argument;
}

static struct value apply_default_if_none(struct machine *m, struct value value, const struct value *argument)
{
    (void)m;
    return value.kind == VALUE_NONE ? *argument : value;
}

static struct value apply_identity(struct machine *m, struct value value, const struct value *argument)
{
    (void)m;
    (void)argument;
    return value;
}

/* « yes,no,maybe »; maybe is for None, no where it is not given. */
static struct value apply_yesno(struct machine *m, struct value value, const struct value *argument)
{
    bool french = !str_eq(m->lang, STR("en"));
    if (argument != NULL && argument->kind != VALUE_TEXT && argument->kind != VALUE_NONE && !machine_is_wcs(m))
        return VALUE_RAISED;
    if (argument != NULL && argument->kind == VALUE_NONE)
        argument = NULL;
    str all = argument != NULL ? filter_text(m, *argument) : french ? STR("oui,non,peut-être") : STR("yes,no,maybe");
    str parts[4];
    size_t count = 0;
    bool more = true;
    for (str rest = all; more && count < 4; count++)
        more = str_cut(rest, ',', &parts[count], &rest);
    if (count < 2)
        return value;
    if (value.kind == VALUE_NONE)
        return value_text(count == 3 ? parts[2] : parts[1]);
    return value_text(value_is_true(m->arena, value) ? parts[0] : parts[1]);
}

static bool is_plural(struct machine *m, struct value value, bool *known)
{
    double number;
    *known = true;
    if (value.kind == VALUE_LIST)
        return value.list->len != 1;
    if (value.kind == VALUE_DICT)
        return value.dict->map.len != 1;
    if (filter_double(m, value, &number))
        return number != 1;
    *known = false;
    return false;
}

static struct value apply_pluralize(struct machine *m, struct value value, const struct value *argument)
{
    if (argument != NULL && argument->kind != VALUE_TEXT && !machine_is_wcs(m))
        return VALUE_RAISED;
    str suffixes = argument != NULL ? filter_text(m, *argument) : STR("s");
    str singular = STR_EMPTY, plural = suffixes, rest;
    bool known;
    if (str_cut(suffixes, ',', &singular, &rest)) {
        plural = rest;
        if (str_contains(rest, STR(",")))
            return VALUE_EMPTY;
    } else {
        singular = STR_EMPTY;
    }
    bool many = is_plural(m, value, &known);
    return known ? value_text(many ? plural : singular) : VALUE_EMPTY;
}

static struct value apply_divisibleby(struct machine *m, struct value value, const struct value *argument)
{
    int64_t number, by;
    if (!filter_int(m, value, &number) || !filter_int(m, *argument, &by) || by == 0)
        return machine_fault(m, "« divisibleby » veut deux nombres.");
    return value_bool(by == -1 || number % by == 0);
}

static struct value apply_is_empty(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    bool countable = value.kind == VALUE_TEXT || value.kind == VALUE_LIST || value.kind == VALUE_DICT ||
                     value.kind == VALUE_OBJECT || filter_is_missing(value);
    return value_bool(countable && !value_is_true(m->arena, value));
}

static struct value apply_boolean(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    if (value.kind != VALUE_TEXT)
        return value_bool(value_is_true(m->arena, value));
    return value_bool(value.text.len > 0 && !str_eq_nocase(value.text, STR("false")));
}

static bool is_divisor(struct machine *m, struct value value)
{
    int64_t number;
    return filter_int(m, value, &number) && number != 0;
}

static bool is_endings(struct machine *m, struct value value)
{
    str head, rest = filter_text(m, value);
    return !str_cut(rest, ',', &head, &rest) || !str_contains(rest, STR(","));
}

static bool is_answers(struct machine *m, struct value value)
{
    return str_contains(filter_text(m, value), STR(","));
}

static const struct filter_want want_divisor = {"un nombre entier autre que 0", is_divisor};
static const struct filter_want want_endings = {"une terminaison, ou deux séparées par une virgule", is_endings};
static const struct filter_want want_answers = {"deux ou trois réponses séparées par des virgules", is_answers};

static const struct filter filters[] = {
    {"boolean", apply_boolean, ARGUMENT_NONE, FILTER_WCS, "Vrai ou faux : « false », 0 et le vide sont faux.",
     "{{ 'false'|boolean }} {{ 'oui'|boolean }}", "False True", .kinds = GIVES_BOOL},
    {"default", apply_default, ARGUMENT_NEEDED, 0, "Une autre valeur à la place du vide, de zéro, de faux.",
     "{{ absent|default:'non précisé' }}", "non précisé"},
    {"default_if_none", apply_default_if_none, ARGUMENT_NEEDED, 0, "Une autre valeur à la place de None seul.",
     "{{ None|default_if_none:'rien' }}", "rien"},
    {"divisibleby", apply_divisibleby, ARGUMENT_NEEDED, 0, "Vrai si le nombre se divise par l’autre.",
     "{{ 21|divisibleby:7|yesno }}", "oui", .wants = &want_integer, .takes = &want_divisor, .kinds = GIVES_BOOL},
    {"is_empty", apply_is_empty, ARGUMENT_NONE, FILTER_WCS,
     "Vrai pour un texte ou une liste vide, ou rien ; un nombre n’est pas vide.",
     "{{ absent|is_empty|yesno }} {{ 0|is_empty|yesno }}", "oui non", .kinds = GIVES_BOOL},
    {"pluralize", apply_pluralize, ARGUMENT_OPTIONAL, 0, "La fin d’un pluriel, « s » si rien n’est donné.",
     "{{ enfants|length }} enfant{{ enfants|length|pluralize }}, {{ 2 }} chev{{ 2|pluralize:'al,aux' }}",
     "2 enfants, 2 chevaux", .takes = &want_endings, .kinds = GIVES_TEXT},
    {"translate", apply_identity, ARGUMENT_OPTIONAL, FILTER_WCS,
     "Le texte traduit ; les textes étant français, il reste tel quel.", "{{ 'Bonjour'|translate }}", "Bonjour"},
    {"yesno", apply_yesno, ARGUMENT_OPTIONAL, 0, "Un mot pour vrai, un pour faux, un pour rien.",
     "{{ True|yesno }} {{ False|yesno:'présent,absent' }}", "oui absent", .takes = &want_answers, .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_logic, "Choix", filters);

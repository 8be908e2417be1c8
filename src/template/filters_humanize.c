/* Django's humanize, which w.c.s. has loaded: numbers and days as one says them (intcomma is with the numbers). */
#include "template/filters.h"

#include <math.h>
#include <stdlib.h>

static bool is_english(const struct machine *m)
{
    return str_eq(m->lang, STR("en"));
}

/* « un » to « neuf »; other numbers stay. */
static struct value apply_apnumber(struct machine *m, struct value value, const struct value *argument)
{
    static const char *const french[] = {"un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"};
    static const char *const english[] = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
    int64_t number;
    (void)argument;
    if (!filter_int(m, value, &number))
        return value;
    if (number < 1 || number > 9)
        return value_int(number);
    return value_text(str_of(is_english(m) ? english[number - 1] : french[number - 1]));
}

/* As Python divides: what stands before the hundreds of -1 is 99. */
static const char *english_ending(int64_t number)
{
    int64_t tens = (number % 100 + 100) % 100, units = tens % 10;
    if (tens >= 11 && tens <= 13)
        return "th";
    return units == 1 ? "st" : units == 2 ? "nd" : units == 3 ? "rd" : "th";
}

static const char *french_ending(int64_t number)
{
    int64_t tens = (number % 100 + 100) % 100;
    return tens % 10 == 1 && tens != 11 ? "<sup>er</sup>" : "<sup>e</sup>";
}

static struct value apply_ordinal(struct machine *m, struct value value, const struct value *argument)
{
    int64_t number;
    (void)argument;
    if (!filter_int(m, value, &number))
        return value;
    return value_html(
        str_fmt(m->arena, "%lld%s", (long long)number, (is_english(m) ? english_ending : french_ending)(number)));
}

static struct value applied(struct machine *m, const char *filter, struct value value, const struct value *argument)
{
    return filter_find(str_of(filter), m->dialect)->apply(m, value, argument);
}

/* From a million on: « 1,2 million », by the words of the language. */
static struct value apply_intword(struct machine *m, struct value value, const struct value *argument)
{
    static const struct {
        double one;
        const char *french, *english;
    } scales[] = {{1e6, "million", "million"},
                  {1e9, "milliard", "billion"},
                  {1e12, "billion", "trillion"},
                  {1e15, "quadrillion", "quadrillion"},
                  {1e18, "quintillion", "quintillion"}};
    int64_t number;
    (void)argument;
    if (!filter_int(m, value, &number))
        return value;
    double size = fabs((double)number);
    if (size < scales[0].one)
        return value_int(number);
    size_t i = 0;
    while (i + 1 < sizeof scales / sizeof *scales && size >= scales[i].one * 1000)
        i++;
    double count = (double)number / scales[i].one;
    struct value places = value_int(1);
    str text = applied(m, "floatformat", value_float(count), &places).text;
    const char *word = is_english(m) ? scales[i].english : scales[i].french;
    const char *blank = is_english(m) || scales[i].one > 1e12 ? " " : "\u00A0";
    return value_text(str_fmt(m->arena, "%.*s%s%s%s", STR_ARG(text), blank, word,
                              !is_english(m) && ceil(fabs(count)) > 1 ? "s" : ""));
}

/* « hier », « aujourd'hui », « demain », else the date in that format. */
static struct value apply_naturalday(struct machine *m, struct value value, const struct value *argument)
{
    static const char *const french[] = {"hier", "aujourd'hui", "demain"};
    static const char *const english[] = {"yesterday", "today", "tomorrow"};
    if (value.kind != VALUE_DATE && value.kind != VALUE_DATETIME)
        return value;
    struct date date = value.kind == VALUE_DATE ? value.date : value.datetime.date;
    int64_t days = date_to_days(date) - date_to_days(datetime_local(machine_now(m)).date);
    if (days < -1 || days > 1)
        return applied(m, "date", value_date(date), argument);
    return value_text(str_of(is_english(m) ? english[days + 1] : french[days + 1]));
}

/* A text as it is; any other value as the language writes it, whatever {% localize %} says. What is written of a whole
 * number is safe, as in Django. */
static struct value apply_localize(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    if (value.kind == VALUE_TEXT)
        return value;
    str text = machine_localised(m, value, true);
    return value.kind == VALUE_INT ? value_html(text) : value_text(text);
}

static struct value apply_unlocalize(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value.kind == VALUE_TEXT ? value : value_text(machine_localised(m, value, false));
}

static const struct filter filters[] = {
    {"apnumber", apply_apnumber, ARGUMENT_NONE, FILTER_SAFE, "Les nombres de un à neuf en lettres.", "{{ 3|apnumber }}",
     "trois"},
    {"intword", apply_intword, ARGUMENT_NONE, 0, "Un grand nombre en mots.", "{{ 1400000|intword }}",
     "1,4\u00A0millions", .wants = &want_number, .kinds = GIVES_TEXT},
    {"localize", apply_localize, ARGUMENT_NONE, 0, "La valeur telle que la langue l’écrit.", "{{ jour|localize }}",
     NULL, .kinds = GIVES_TEXT},
    {"naturalday", apply_naturalday, ARGUMENT_OPTIONAL, 0, "« hier », « aujourd’hui » ou « demain », sinon la date.",
     "{{ maintenant|add_days:1|naturalday }}", "demain"},
    {"ordinal", apply_ordinal, ARGUMENT_NONE, FILTER_SAFE, "Un rang.", "{{ 1|ordinal }} {{ 2|ordinal }}",
     "1<sup>er</sup> 2<sup>e</sup>", .kinds = GIVES_TEXT},
    {"unlocalize", apply_unlocalize, ARGUMENT_NONE, 0, "La valeur telle qu’aucune langue ne l’écrit.",
     "{{ 1400000|unlocalize }}", "1400000", .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_humanize, "Nombres et jours dits", filters);

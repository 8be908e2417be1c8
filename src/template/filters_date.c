/* Filters of dates and times. */
#include "template/filters.h"

#include <string.h>

static struct value formatted(struct machine *m, struct value value, const struct value *argument)
{
    if (argument == NULL)
        return value;
    struct buf out = filter_buf(m);
    dates_format(&out, value, dates_named_format(m, filter_text(m, *argument)), m->lang);
    return value_text(buf_str(&out));
}

static struct value time_value(struct datetime at)
{
    return (struct value){.kind = VALUE_TIME, .datetime = at};
}

/* w.c.s.: the date itself where no format is given, so that dates compare. */
static struct value apply_date(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime at;
    if (value.kind == VALUE_TIME && argument != NULL)
        return formatted(m, value, argument);
    if (!value_to_datetime(m->arena, value, &at))
        return VALUE_EMPTY;
    return argument == NULL ? value_date(at.date) : formatted(m, value_datetime(at), argument);
}

static struct value apply_datetime(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime at;
    return value_to_datetime(m->arena, value, &at) ? formatted(m, value_datetime(at), argument) : VALUE_EMPTY;
}

static struct value apply_time(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime at;
    if (!value_to_time(m->arena, value, &at))
        return VALUE_EMPTY;
    struct value format = value_text(dates_default_format(m, VALUE_TIME, m->lang));
    return formatted(m, time_value(at), argument == NULL ? &format : argument);
}

static struct value apply_parse_date(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct date date;
    return value_to_date(m->arena, value, &date) ? value_date(date) : VALUE_OF_NONE;
}

static struct value apply_parse_datetime(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct datetime at;
    return value_to_datetime(m->arena, value, &at) ? value_datetime(at) : VALUE_OF_NONE;
}

static struct value apply_parse_time(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct datetime at;
    return value_to_time(m->arena, value, &at) ? time_value(at) : VALUE_OF_NONE;
}

/* Django asks a value for what each letter of the format wants, and refuses some kinds for some letters. */
static char first_letter(str format, const char *letters)
{
    for (size_t i = 0; i < format.len; i++)
        if (format.ptr[i] == '\\')
            i++;
        else if (format.ptr[i] != '\0' && strchr(letters, format.ptr[i]) != NULL)
            return format.ptr[i];
    return '\0';
}

static bool has_letter(str format, const char *letters)
{
    return first_letter(format, letters) != '\0';
}

static const char of_date[] = "bdDEFjlLmMnNoSrtUwWyYz", of_time[] = "aAfgGhHiPsu", of_zone[] = "eOTZ";

/* Letters of the zone give nothing where there is none; nothing else is known of what is no date. */
static struct value formatted_other(struct machine *m, str format)
{
    if (has_letter(format, of_date) || has_letter(format, of_time) || has_letter(format, "c"))
        return VALUE_EMPTY;
    struct value text = value_text(format), nowhere = {.kind = VALUE_TIME};
    return formatted(m, nowhere, &text);
}

/* Where a format has no answer Django tries the argument as it is: « 0 », which stands for the usual one, is then
 * printed. */
static struct value unformatted(struct machine *m, const struct value *argument)
{
    return argument == NULL ? VALUE_EMPTY : formatted_other(m, filter_text(m, *argument));
}

static str format_of(struct machine *m, const struct value *argument, enum value_kind usual)
{
    bool given = argument != NULL && value_is_true(m->arena, *argument);
    return given ? dates_named_format(m, filter_text(m, *argument)) : dates_default_format(m, usual, m->lang);
}

static struct value apply_django_date(struct machine *m, struct value value, const struct value *argument)
{
    str format = format_of(m, argument, VALUE_DATE);
    struct value text = value_text(format);
    if (filter_is_missing(value) || (value.kind == VALUE_TEXT && value.text.len == 0))
        return VALUE_EMPTY;
    if (argument != NULL && argument->kind != VALUE_TEXT && value_is_true(m->arena, *argument))
        return VALUE_RAISED;
    if (value.kind == VALUE_TIME && has_letter(format, of_date))
        return first_letter(format, of_date) == 'r' ? VALUE_RAISED : unformatted(m, argument);
    if (value.kind == VALUE_DATE &&
        (has_letter(format, of_time) || has_letter(format, of_zone) || has_letter(format, "r")))
        return VALUE_RAISED;
    if (value.kind != VALUE_DATE && value.kind != VALUE_DATETIME && value.kind != VALUE_TIME)
        return argument == NULL || value_is_true(m->arena, *argument) ? formatted_other(m, format)
                                                                      : unformatted(m, argument);
    return formatted(m, value, &text);
}

static struct value apply_django_time(struct machine *m, struct value value, const struct value *argument)
{
    str format = format_of(m, argument, VALUE_TIME);
    struct value text = value_text(format);
    if (filter_is_missing(value) || (value.kind == VALUE_TEXT && value.text.len == 0))
        return VALUE_EMPTY;
    if (has_letter(format, of_date) || has_letter(format, "cI"))
        return VALUE_EMPTY;
    if (value.kind == VALUE_DATE && has_letter(format, of_zone))
        return VALUE_EMPTY;
    if (value.kind != VALUE_DATETIME && value.kind != VALUE_TIME)
        return argument == NULL || value_is_true(m->arena, *argument) ? formatted_other(m, format)
                                                                      : unformatted(m, argument);
    return formatted(m, value, &text);
}

/* Local clock arithmetic: 24 hours later is the same time of the next day. */
static struct datetime moved(struct datetime at, int64_t microseconds)
{
    int64_t time = (((int64_t)at.hour * 60 + at.minute) * 60 + at.second) * INSTANT_SECOND + at.microsecond;
    int64_t total = time + microseconds, days = total / INSTANT_DAY, rest = total % INSTANT_DAY;
    if (rest < 0) {
        rest += INSTANT_DAY;
        days--;
    }
    at.date = date_from_days(date_to_days(at.date) + days);
    at.hour = (int)(rest / (3600 * INSTANT_SECOND));
    at.minute = (int)(rest / (60 * INSTANT_SECOND) % 60);
    at.second = (int)(rest / INSTANT_SECOND % 60);
    at.microsecond = (int)(rest % INSTANT_SECOND);
    return at;
}

/* How far to move: a number of units, within ten thousand years. */
static bool distance(struct machine *m, struct value amount, int64_t unit, int64_t *out)
{
    struct decimal number;
    if (!value_to_decimal(m->arena, amount, &number))
        return false;
    double far = decimal_to_double(number) * (double)unit;
    if (!(far < 3e17 && far > -3e17))
        return false;
    *out = (int64_t)far;
    return true;
}

static bool has_time(struct machine *m, struct value value)
{
    struct date date;
    return value.kind == VALUE_DATETIME || (value.kind == VALUE_TEXT && !date_parse(str_trim(value.text), &date) &&
                                            value_to_date(m->arena, value, &date));
}

static bool in_calendar(struct datetime at)
{
    return at.date.year >= 1 && at.date.year <= 9999;
}

static struct value apply_add_days(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime at;
    int64_t far;
    if (!value_to_datetime(m->arena, value, &at))
        return VALUE_EMPTY;
    if (!distance(m, *argument, INSTANT_DAY, &far))
        return machine_fault(m, "« add_days » veut un nombre de jours.");
    bool timed = has_time(m, value);
    at = moved(at, timed ? far : far / INSTANT_DAY * INSTANT_DAY);
    if (!in_calendar(at))
        return machine_fault(m, "« add_days » sort du calendrier.");
    return timed ? value_datetime(at) : value_date(at.date);
}

static struct value add_time(struct machine *m, struct value value, struct value amount, int64_t unit)
{
    struct datetime at;
    int64_t far;
    if (!value_to_datetime(m->arena, value, &at))
        return VALUE_EMPTY;
    if (!distance(m, amount, unit, &far))
        return machine_fault(m, "Il faut un nombre d'heures ou de minutes.");
    at = moved(at, far);
    return in_calendar(at) ? value_datetime(at) : machine_fault(m, "La date sort du calendrier.");
}

static struct value apply_add_hours(struct machine *m, struct value value, const struct value *argument)
{
    return add_time(m, value, *argument, 3600 * INSTANT_SECOND);
}

static struct value apply_add_minutes(struct machine *m, struct value value, const struct value *argument)
{
    return add_time(m, value, *argument, 60 * INSTANT_SECOND);
}

/* What an age is counted to: the argument, or now. */
static bool reference(struct machine *m, const struct value *argument, struct datetime *out)
{
    if (argument != NULL)
        return value_to_datetime(m->arena, *argument, out);
    *out = datetime_local(machine_now(m));
    return true;
}

static struct value apply_age_in_days(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime from, to;
    if (!value_to_datetime(m->arena, value, &from) || !reference(m, argument, &to))
        return VALUE_EMPTY;
    return value_int(date_to_days(to.date) - date_to_days(from.date));
}

static struct value apply_age_in_hours(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime from, to;
    if (!value_to_datetime(m->arena, value, &from) || !reference(m, argument, &to))
        return VALUE_EMPTY;
    return value_int((instant_from_local(to) - instant_from_local(from)) / (3600 * INSTANT_SECOND));
}

static int months_between(struct date from, struct date to)
{
    return (to.year - from.year) * 12 + to.month - from.month - (to.day < from.day);
}

static struct value apply_age_in_months(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime from, to;
    if (!value_to_datetime(m->arena, value, &from) || !reference(m, argument, &to))
        return VALUE_EMPTY;
    return value_int(months_between(from.date, to.date));
}

/* Birthdays passed. */
static struct value apply_age_in_years(struct machine *m, struct value value, const struct value *argument)
{
    struct datetime from, to;
    if (!value_to_datetime(m->arena, value, &from) || !reference(m, argument, &to))
        return VALUE_EMPTY;
    bool before = to.date.month < from.date.month || (to.date.month == from.date.month && to.date.day < from.date.day);
    return value_int(to.date.year - from.date.year - before);
}

static struct value apply_datetime_in_past(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct datetime at;
    return value_bool(value_to_datetime(m->arena, value, &at) && instant_from_local(at) <= machine_now(m));
}

static struct value apply_week_monday(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct date date;
    if (!value_to_date(m->arena, value, &date))
        return VALUE_EMPTY;
    return value_date(date_from_days(date_to_days(date) - date_weekday(date)));
}

static struct value apply_iterate_days(struct machine *m, struct value value, const struct value *argument)
{
    struct date from, to;
    struct value_list *days = value_list_new(m->arena);
    if (!value_to_date(m->arena, value, &from) || !value_to_date(m->arena, *argument, &to))
        return value_list(days);
    int64_t last = date_to_days(to), first = date_to_days(from);
    for (int64_t day = first; day <= last && day - first < 100000; day++)
        value_list_add(m->arena, days, value_date(date_from_days(day)));
    return value_list(days);
}

static void duration_part(struct machine *m, str *parts, size_t *count, int64_t number, const char *one,
                          const char *many)
{
    if (number > 0)
        parts[(*count)++] = str_fmt(m->arena, "%lld %s", (long long)number, number > 1 ? many : one);
}

/* Django's text of a list: « a, b et c ». */
static str enumerate(struct machine *m, const str *parts, size_t count, bool french)
{
    struct buf out = filter_buf(m);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add(&out, i + 1 < count ? STR(", ") : french ? STR(" et ") : STR(" and "));
        buf_add(&out, parts[i]);
    }
    return buf_str(&out);
}

/* Minutes in words: 1h20, or « 1 hour and 20 minutes » where it is to be long. */
static struct value apply_duration(struct machine *m, struct value value, const struct value *argument)
{
    struct decimal number;
    int64_t minutes;
    bool french = !str_eq(m->lang, STR("en"));
    if (!value_to_decimal(m->arena, value, &number) || !decimal_to_int(number, &minutes) || minutes < 0)
        return VALUE_EMPTY;
    str parts[3];
    size_t count = 0;
    int64_t hours = minutes / 60 % 24, rest = minutes % 60;
    duration_part(m, parts, &count, minutes / 1440, french ? "jour" : "day", french ? "jours" : "days");
    if (argument != NULL && str_eq(filter_text(m, *argument), STR("long"))) {
        duration_part(m, parts, &count, hours, french ? "heure" : "hour", french ? "heures" : "hours");
        duration_part(m, parts, &count, rest, "minute", "minutes");
    } else if (hours > 0 && rest > 0) {
        parts[count++] = str_fmt(m->arena, "%lldh%02lld", (long long)hours, (long long)rest);
    } else if (hours > 0) {
        parts[count++] = str_fmt(m->arena, "%lldh", (long long)hours);
    } else if (rest > 0 || count == 0) {
        parts[count++] = str_fmt(m->arena, "%lldmin", (long long)rest);
    }
    return value_text(enumerate(m, parts, count, french));
}

static int leap_years_before(int year)
{
    year--;
    return year / 4 - year / 100 + year / 400;
}

/* By the clock on the wall; the leap days of the years between do not count, so that a year is a year. */
static int64_t seconds_between(struct datetime from, struct datetime to)
{
    bool from_leap = date_days_in_month(from.date.year, 2) == 29, to_leap = date_days_in_month(to.date.year, 2) == 29;
    int leap_days = leap_years_before(to.date.year) - leap_years_before(from.date.year);
    if (leap_days != 0)
        leap_days += from_leap ? -1 : to_leap ? 1 : 0;
    int64_t microseconds = instant_from_utc(to) - instant_from_utc(from);
    int64_t seconds = microseconds / INSTANT_SECOND - (microseconds % INSTANT_SECOND < 0);
    return seconds - (int64_t)leap_days * 86400;
}

/* What passed from one time to another, in its two largest units that meet (Django's timesince): « 2 days, 3 hours ».
 */
static str time_between(struct machine *m, struct datetime from, struct datetime to)
{
    static const struct {
        int64_t seconds;
        const char *one[2], *many[2]; /* French, English */
    } units[] = {
        {31536000, {"année", "year"}, {"années", "years"}},   {2592000, {"mois", "month"}, {"mois", "months"}},
        {604800, {"semaine", "week"}, {"semaines", "weeks"}}, {86400, {"jour", "day"}, {"jours", "days"}},
        {3600, {"heure", "hour"}, {"heures", "hours"}},       {60, {"minute", "minute"}, {"minutes", "minutes"}}};
    size_t english = str_eq(m->lang, STR("en")), count = sizeof units / sizeof *units, i = 0;
    int64_t seconds = seconds_between(from, to);
    while (i + 1 < count && seconds < units[i].seconds)
        i++;
    int64_t first = seconds < 0 ? 0 : seconds / units[i].seconds, second = 0;
    if (i + 1 < count && first > 0)
        second = seconds % units[i].seconds / units[i + 1].seconds;
    const char *name = (english ? first == 1 : first < 2) ? units[i].one[english] : units[i].many[english];
    str text = str_fmt(m->arena, "%lld\u00A0%s", (long long)first, name);
    if (second == 0)
        return text;
    name = second == 1 ? units[i + 1].one[english] : units[i + 1].many[english];
    return str_fmt(m->arena, "%.*s, %lld\u00A0%s", STR_ARG(text), (long long)second, name);
}

/* Django asks the year of what is no date, and then raises; of nothing it says nothing. */
static bool has_year(struct machine *m, struct value value)
{
    return machine_is_wcs(m) || value.kind == VALUE_DATE || value.kind == VALUE_DATETIME;
}

static struct value apply_between(struct machine *m, struct value value, const struct value *argument, bool until)
{
    struct datetime at, reference_at;
    if (!machine_is_wcs(m) && !value_is_true(m->arena, value))
        return VALUE_EMPTY;
    if (argument != NULL && !machine_is_wcs(m) && !value_is_true(m->arena, *argument))
        argument = NULL;
    if (!has_year(m, value) || (argument != NULL && !has_year(m, value_plain(m->arena, *argument))))
        return VALUE_RAISED;
    if (!value_to_datetime(m->arena, value, &at) || !reference(m, argument, &reference_at))
        return VALUE_EMPTY;
    return value_text(until ? time_between(m, reference_at, at) : time_between(m, at, reference_at));
}

static struct value apply_timesince(struct machine *m, struct value value, const struct value *argument)
{
    return apply_between(m, value, argument, false);
}

static struct value apply_timeuntil(struct machine *m, struct value value, const struct value *argument)
{
    return apply_between(m, value, argument, true);
}

static bool is_length(struct machine *m, struct value value)
{
    str text = filter_text(m, value);
    return str_eq(text, STR("short")) || str_eq(text, STR("long"));
}

static const struct filter_want want_length = {"« short » ou « long »", is_length};

static const struct filter filters[] = {
    {"add_days", apply_add_days, ARGUMENT_NEEDED, FILTER_WCS, "Ajoute des jours (ou en retire) à une date.",
     "{{ '2026-02-27'|add_days:3 }}", "02/03/2026", .wants = &want_date, .takes = &want_number,
     .kinds = GIVES_DATE | GIVES_DATETIME},
    {"add_hours", apply_add_hours, ARGUMENT_NEEDED, FILTER_WCS, "Ajoute des heures ; donne une date et heure.",
     "{{ '2026-07-14 22:30'|add_hours:3 }}", "15/07/2026 01:30", .wants = &want_date, .takes = &want_number,
     .kinds = GIVES_DATETIME},
    {"add_minutes", apply_add_minutes, ARGUMENT_NEEDED, FILTER_WCS, "Ajoute des minutes ; donne une date et heure.",
     "{{ '2026-07-14 10:50'|add_minutes:15 }}", "14/07/2026 11:05", .wants = &want_date, .takes = &want_number,
     .kinds = GIVES_DATETIME},
    {"adjust_to_week_monday", apply_week_monday, ARGUMENT_NONE, FILTER_WCS, "Le lundi de la semaine de la date.",
     "{{ '2026-07-16'|adjust_to_week_monday }}", "13/07/2026", .wants = &want_date, .kinds = GIVES_DATE},
    {"age_in_days", apply_age_in_days, ARGUMENT_OPTIONAL, FILTER_WCS,
     "Le nombre de jours écoulés depuis la date, ou jusqu’à la date donnée.",
     "{{ '2026-07-01'|age_in_days:'2026-07-14' }}", "13", .wants = &want_date, .takes = &want_date, .kinds = GIVES_INT},
    {"age_in_hours", apply_age_in_hours, ARGUMENT_OPTIONAL, FILTER_WCS, "Le nombre d’heures écoulées.",
     "{{ '2026-07-14 08:00'|age_in_hours:'2026-07-14 18:30' }}", "10", .wants = &want_date, .takes = &want_date,
     .kinds = GIVES_INT},
    {"age_in_months", apply_age_in_months, ARGUMENT_OPTIONAL, FILTER_WCS, "Le nombre de mois révolus.",
     "{{ '2026-01-20'|age_in_months:'2026-07-14' }}", "5", .wants = &want_date, .takes = &want_date,
     .kinds = GIVES_INT},
    {"age_in_years", apply_age_in_years, ARGUMENT_OPTIONAL, FILTER_WCS, "L’âge en années révolues.",
     "{{ naissance|age_in_years }}", "25", .wants = &want_date, .takes = &want_date, .kinds = GIVES_INT},
    {"date", apply_date, ARGUMENT_OPTIONAL, FILTER_WCS, "Une date ; l’argument est un format à la façon de Django.",
     "{{ naissance|date }} ; {{ naissance|date:'l j F Y' }}", "18/03/2001 ; dimanche 18 mars 2001", .wants = &want_date,
     .kinds = GIVES_TEXT, .bare_kinds = GIVES_DATE},
    {"date", apply_django_date, ARGUMENT_OPTIONAL, FILTER_DJANGO},
    {"datetime", apply_datetime, ARGUMENT_OPTIONAL, FILTER_WCS, "Une date et heure.",
     "{{ '2026-07-14T10:32:00'|datetime }}", "14/07/2026 10:32", .wants = &want_date, .kinds = GIVES_TEXT,
     .bare_kinds = GIVES_DATETIME},
    {"datetime_in_past", apply_datetime_in_past, ARGUMENT_NONE, FILTER_WCS,
     "Vrai si le moment est passé ; la date du jour l’est.", "{{ naissance|datetime_in_past|yesno }}", "oui",
     .wants = &want_date, .kinds = GIVES_BOOL},
    {"duration", apply_duration, ARGUMENT_OPTIONAL, FILTER_WCS, "Une durée en minutes, dite court ou « long ».",
     "{{ 80|duration }} ; {{ 80|duration:'long' }}", "1h20 ; 1 heure et 20 minutes", .wants = &want_number,
     .takes = &want_length, .kinds = GIVES_TEXT},
    {"iterate_days_until", apply_iterate_days, ARGUMENT_NEEDED, FILTER_WCS,
     "Chaque jour jusqu’à la date donnée, comprise.",
     "{% for jour in '2026-07-13'|iterate_days_until:'2026-07-15' %}{{ jour|date:'j' }} {% endfor %}", "13 14 15",
     .wants = &want_date, .takes = &want_date, .kinds = GIVES_LIST},
    {"parse_date", apply_parse_date, ARGUMENT_NONE, FILTER_WCS, "Lit une date écrite ; « date » le fait aussi.",
     "{{ '14/07/2026'|parse_date|date:'j F' }}", "14 juillet", .wants = &want_date, .kinds = GIVES_DATE},
    {"parse_datetime", apply_parse_datetime, ARGUMENT_NONE, FILTER_WCS, "Lit une date et heure écrite.",
     "{{ '14/07/2026 10h32'|parse_datetime|date:'H:i' }}", "10:32", .wants = &want_date, .kinds = GIVES_DATETIME},
    {"parse_time", apply_parse_time, ARGUMENT_NONE, FILTER_WCS, "Lit une heure écrite.",
     "{{ '10:32'|parse_time|time:'H\\hi' }}", "10h32", .wants = &want_time, .kinds = GIVES_TIME},
    {"time", apply_time, ARGUMENT_OPTIONAL, FILTER_WCS, "Une heure.", "{{ '2026-07-14 10:32'|time }}", "10:32",
     .wants = &want_time, .kinds = GIVES_TEXT},
    {"time", apply_django_time, ARGUMENT_OPTIONAL, FILTER_DJANGO},
    {"timesince", apply_timesince, ARGUMENT_OPTIONAL, 0, "Le temps passé depuis la date, ou entre deux dates.",
     "{{ '2026-06-30'|date|timesince:maintenant }}", "2 semaines", .wants = &want_date, .takes = &want_date,
     .kinds = GIVES_TEXT},
    {"timeuntil", apply_timeuntil, ARGUMENT_OPTIONAL, 0, "Le temps qui reste jusqu’à la date.",
     "{{ '2026-07-28'|date|timeuntil:maintenant }}", "1 semaine, 6 jours", .wants = &want_date, .takes = &want_date,
     .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_date, "Dates et heures", filters);

/* Working days by the French calendar (Code du travail L3133-1): Saturdays and Sundays are off, and eleven holidays of
 * which four follow Easter. */
#include "template/filters.h"

/* Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher). */
static int64_t easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    int sum = h + l - 7 * m + 114;
    return date_to_days((struct date){year, sum / 31, sum % 31 + 1});
}

static bool is_holiday(struct date date)
{
    static const struct {
        int month, day;
    } fixed[] = {{1, 1}, {5, 1}, {5, 8}, {7, 14}, {8, 15}, {11, 1}, {11, 11}, {12, 25}};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (date.month == fixed[i].month && date.day == fixed[i].day)
            return true;
    int64_t after_easter = date_to_days(date) - easter(date.year);
    return after_easter == 1 || after_easter == 39 || after_easter == 50; /* Monday, Ascension, Whit Monday */
}

static bool is_working(int64_t day, bool saturday)
{
    struct date date = date_from_days(day);
    int weekday = date_weekday(date);
    return weekday != 6 && (weekday != 5 || saturday) && !is_holiday(date);
}

static bool has_calendar(const struct machine *m)
{
    str calendar = m->render->calendar;
    return calendar.ptr == NULL || str_eq(calendar, STR("workalendar.europe.France")) ||
           str_eq(calendar, STR("workalendar.europe.france.France"));
}

static bool day_of(struct machine *m, struct value value, int64_t *day)
{
    struct date date;
    if (!has_calendar(m) || !value_to_date(m->arena, value, &date))
        return false;
    *day = date_to_days(date);
    return true;
}

static struct value working_day(struct machine *m, struct value value, bool saturday)
{
    int64_t day;
    return value_bool(day_of(m, value, &day) && is_working(day, saturday));
}

static struct value add_working_days(struct machine *m, struct value value, const struct value *argument, bool saturday)
{
    int64_t day, count;
    if (!day_of(m, value, &day))
        return VALUE_EMPTY;
    if (!filter_int(m, *argument, &count) || count > 100000 || count < -100000)
        return machine_fault(m, "Il faut un nombre de jours.");
    int step = count < 0 ? -1 : 1;
    while (count != 0) {
        day += step;
        if (is_working(day, saturday))
            count -= step;
    }
    struct date date = date_from_days(day);
    return date.year < 1 || date.year > 9999 ? VALUE_EMPTY : value_date(date);
}

static struct value adjust(struct machine *m, struct value value, bool saturday)
{
    int64_t day;
    if (!day_of(m, value, &day))
        return VALUE_EMPTY;
    while (!is_working(day, saturday))
        day++;
    return value_date(date_from_days(day));
}

/* Working days behind value, up to the reference and with it; negative where value is later. */
static struct value age(struct machine *m, struct value value, const struct value *argument, bool saturday)
{
    int64_t from, to;
    struct value now = value_datetime(datetime_local(machine_now(m)));
    if (!day_of(m, value, &from) || !day_of(m, argument == NULL ? now : *argument, &to))
        return VALUE_EMPTY;
    int64_t first = from < to ? from : to, last = from < to ? to : from, count = 0;
    if (last - first > 400000)
        return machine_fault(m, "Ces dates sont trop éloignées.");
    for (int64_t day = first + 1; day <= last; day++)
        count += is_working(day, saturday);
    return value_int(from < to ? count : -count);
}

static struct value apply_is(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return working_day(m, value, false);
}

static struct value apply_is_saturday(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return working_day(m, value, true);
}

static struct value apply_add(struct machine *m, struct value value, const struct value *argument)
{
    return add_working_days(m, value, argument, false);
}

static struct value apply_add_saturday(struct machine *m, struct value value, const struct value *argument)
{
    return add_working_days(m, value, argument, true);
}

static struct value apply_adjust(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return adjust(m, value, false);
}

static struct value apply_adjust_saturday(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return adjust(m, value, true);
}

static struct value apply_age(struct machine *m, struct value value, const struct value *argument)
{
    return age(m, value, argument, false);
}

static struct value apply_age_saturday(struct machine *m, struct value value, const struct value *argument)
{
    return age(m, value, argument, true);
}

static const struct filter filters[] = {
    {"add_working_days", apply_add, ARGUMENT_NEEDED, FILTER_WCS, "Ajoute des jours ouvrés, fériés français exclus.",
     "{{ '2026-07-13'|add_working_days:1 }}", "15/07/2026", .wants = &want_date, .takes = &want_integer,
     .kinds = GIVES_DATE},
    {"add_working_days_with_saturday", apply_add_saturday, ARGUMENT_NEEDED, FILTER_WCS,
     "Ajoute des jours ouvrables : le samedi compte.", "{{ '2026-07-17'|add_working_days_with_saturday:1 }}",
     "18/07/2026", .wants = &want_date, .takes = &want_integer, .kinds = GIVES_DATE},
    {"adjust_to_working_day", apply_adjust, ARGUMENT_NONE, FILTER_WCS,
     "La date si elle est ouvrée, sinon le premier jour ouvré qui suit.", "{{ '2026-07-14'|adjust_to_working_day }}",
     "15/07/2026", .wants = &want_date, .kinds = GIVES_DATE},
    {"adjust_to_working_day_with_saturday", apply_adjust_saturday, ARGUMENT_NONE, FILTER_WCS,
     "La date si elle est ouvrable, sinon le premier jour ouvrable qui suit.",
     "{{ '2026-07-18'|adjust_to_working_day_with_saturday }}", "18/07/2026", .wants = &want_date, .kinds = GIVES_DATE},
    {"age_in_working_days", apply_age, ARGUMENT_OPTIONAL, FILTER_WCS, "Le nombre de jours ouvrés entre deux dates.",
     "{{ '2026-07-10'|age_in_working_days:'2026-07-15' }}", "2", .wants = &want_date, .takes = &want_date,
     .kinds = GIVES_INT},
    {"age_in_working_days_with_saturday", apply_age_saturday, ARGUMENT_OPTIONAL, FILTER_WCS,
     "Le nombre de jours ouvrables entre deux dates.",
     "{{ '2026-07-10'|age_in_working_days_with_saturday:'2026-07-15' }}", "3", .wants = &want_date, .takes = &want_date,
     .kinds = GIVES_INT},
    {"is_working_day", apply_is, ARGUMENT_NONE, FILTER_WCS, "Vrai pour un jour ouvré.",
     "{{ '2026-07-14'|is_working_day|yesno }}", "non", .wants = &want_date, .kinds = GIVES_BOOL},
    {"is_working_day_with_saturday", apply_is_saturday, ARGUMENT_NONE, FILTER_WCS, "Vrai pour un jour ouvrable.",
     "{{ '2026-07-18'|is_working_day_with_saturday|yesno }}", "oui", .wants = &want_date, .kinds = GIVES_BOOL},
};

FILTER_TABLE(filters_working_days, "Jours ouvrés", filters);

/* Dates by Django's format letters, in French and English. */
#include "template/filter.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct names {
    const char *months[12], *short_months[12], *ap_months[12], *days[7], *short_days[7];
    const char *halves[2], *short_halves[2]; /* of the day: P and a, then A */
};

static const struct names french = {
    .months = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
               "novembre", "décembre"},
    .short_months = {"jan", "fév", "mar", "avr", "mai", "jui", "jul", "aoû", "sep", "oct", "nov", "déc"},
    .ap_months = {"jan.", "fév.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
    .days = {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"},
    .short_days = {"lun", "mar", "mer", "jeu", "ven", "sam", "dim"},
    .halves = {"matin", "après-midi"},
    .short_halves = {"Matin", "Après-midi"},
};

static const struct names english = {
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December"},
    .short_months = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"},
    .ap_months = {"Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."},
    .days = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
    .short_days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
    .halves = {"a.m.", "p.m."},
    .short_halves = {"AM", "PM"},
};

struct writer {
    struct buf *out;
    enum value_kind kind;
    struct datetime at;
    const struct names *names;
    bool is_french;
};

static bool is_leap(int year)
{
    return date_days_in_month(year, 2) == 29;
}

static int iso_week(struct date date, int *year)
{
    int64_t thursday = date_to_days(date) - date_weekday(date) + 3;
    struct date in_year = date_from_days(thursday);
    *year = in_year.year;
    return (int)((thursday - date_to_days((struct date){in_year.year, 1, 1})) / 7) + 1;
}

static int hour12(int hour)
{
    return hour % 12 == 0 ? 12 : hour % 12;
}

static const char *english_suffix(int day)
{
    if (day >= 11 && day <= 13)
        return "th";
    return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

static void capitalised(struct buf *out, const char *name)
{
    str text = str_of(name);
    size_t first = 0;
    utf8_next(text, &first);
    buf_add(out, utf8_upper(out->arena, str_slice(text, 0, first)));
    buf_add(out, str_slice(text, first, text.len));
}

static void write_p(struct writer *w)
{
    if (w->at.minute == 0 && w->at.hour == 0)
        buf_add(w->out, w->is_french ? STR("minuit") : STR("midnight"));
    else if (w->at.minute == 0 && w->at.hour == 12)
        buf_add(w->out, w->is_french ? STR("midi") : STR("noon"));
    else if (w->at.minute == 0)
        buf_fmt(w->out, "%d %s", hour12(w->at.hour), w->names->halves[w->at.hour >= 12]);
    else
        buf_fmt(w->out, "%d:%02d %s", hour12(w->at.hour), w->at.minute, w->names->halves[w->at.hour >= 12]);
}

/* Letters of the time; false for any other. */
static bool write_time(struct writer *w, char letter)
{
    const struct datetime *at = &w->at;
    switch (letter) {
    case 'a':
        buf_add(w->out, str_of(w->names->halves[at->hour >= 12]));
        return true;
    case 'A':
        buf_add(w->out, str_of(w->names->short_halves[at->hour >= 12]));
        return true;
    case 'f':
        if (at->minute == 0)
            buf_fmt(w->out, "%d", hour12(at->hour));
        else
            buf_fmt(w->out, "%d:%02d", hour12(at->hour), at->minute);
        return true;
    case 'g':
        buf_fmt(w->out, "%d", hour12(at->hour));
        return true;
    case 'G':
        buf_fmt(w->out, "%d", at->hour);
        return true;
    case 'h':
        buf_fmt(w->out, "%02d", hour12(at->hour));
        return true;
    case 'H':
        buf_fmt(w->out, "%02d", at->hour);
        return true;
    case 'i':
        buf_fmt(w->out, "%02d", at->minute);
        return true;
    case 'P':
        write_p(w);
        return true;
    case 's':
        buf_fmt(w->out, "%02d", at->second);
        return true;
    case 'u':
        buf_fmt(w->out, "%06d", at->microsecond);
        return true;
    default:
        return false;
    }
}

/* The local zone at that time: its offset in minutes and its name. */
static long zone_of(struct datetime at, char name[16], bool *summer)
{
    time_t seconds = (time_t)(instant_from_local(at) / INSTANT_SECOND);
    struct tm tm;
    localtime_r(&seconds, &tm);
    strftime(name, 16, "%Z", &tm);
    *summer = tm.tm_isdst > 0;
    return tm.tm_gmtoff / 60;
}

static bool write_zone(struct writer *w, char letter)
{
    if (w->kind == VALUE_TIME)
        return strchr("eTIOZU", letter) != NULL;
    char name[16];
    bool summer;
    long offset = zone_of(w->at, name, &summer);
    switch (letter) {
    case 'e': /* the zone of the value itself: local times have none */
        return true;
    case 'T':
        buf_add(w->out, w->kind == VALUE_DATETIME ? str_of(name) : STR_EMPTY);
        return true;
    case 'I':
        buf_add_char(w->out, summer ? '1' : '0');
        return true;
    case 'O':
        buf_fmt(w->out, "%c%02ld%02ld", offset < 0 ? '-' : '+', labs(offset) / 60, labs(offset) % 60);
        return true;
    case 'Z':
        buf_fmt(w->out, "%ld", offset * 60);
        return true;
    case 'U': {
        struct datetime whole = w->at;
        whole.microsecond = 0;
        buf_fmt(w->out, "%lld", (long long)(instant_from_local(whole) / INSTANT_SECOND));
        return true;
    }
    default:
        return false;
    }
}

static void write_iso(struct writer *w)
{
    const struct datetime *at = &w->at;
    if (w->kind != VALUE_TIME)
        buf_add(w->out, date_iso(w->out->arena, at->date));
    if (w->kind == VALUE_DATE)
        return;
    buf_fmt(w->out, "%s%02d:%02d:%02d", w->kind == VALUE_TIME ? "" : "T", at->hour, at->minute, at->second);
    if (at->microsecond != 0)
        buf_fmt(w->out, ".%06d", at->microsecond);
}

static void write_rfc(struct writer *w)
{
    const struct datetime *at = &w->at;
    char name[16];
    bool summer;
    long offset = zone_of(*at, name, &summer);
    str month = str_of(english.months[at->date.month - 1]);
    buf_fmt(w->out, "%s, %02d %.3s %04d %02d:%02d:%02d %c%02ld%02ld", english.short_days[date_weekday(at->date)],
            at->date.day, month.ptr, at->date.year, at->hour, at->minute, at->second, offset < 0 ? '-' : '+',
            labs(offset) / 60, labs(offset) % 60);
}

/* Letters of the names of days and months. */
static bool write_name(struct writer *w, char letter)
{
    int month = w->at.date.month - 1, day = date_weekday(w->at.date);
    switch (letter) {
    case 'b':
        buf_add(w->out, str_of(w->names->short_months[month]));
        return true;
    case 'D':
        buf_add(w->out, str_of(w->names->short_days[day]));
        return true;
    case 'E': /* the form that stands alone: in French Django gives it a capital */
        capitalised(w->out, w->names->months[month]);
        return true;
    case 'F':
        buf_add(w->out, str_of(w->names->months[month]));
        return true;
    case 'l':
        buf_add(w->out, str_of(w->names->days[day]));
        return true;
    case 'M':
        capitalised(w->out, w->names->short_months[month]);
        return true;
    case 'N':
        buf_add(w->out, str_of(w->names->ap_months[month]));
        return true;
    default:
        return false;
    }
}

static bool write_date(struct writer *w, char letter)
{
    struct date date = w->at.date;
    int year;
    switch (letter) {
    case 'c':
        write_iso(w);
        return true;
    case 'd':
        buf_fmt(w->out, "%02d", date.day);
        return true;
    case 'j':
        buf_fmt(w->out, "%d", date.day);
        return true;
    case 'L':
        buf_add(w->out, is_leap(date.year) ? STR("True") : STR("False"));
        return true;
    case 'm':
        buf_fmt(w->out, "%02d", date.month);
        return true;
    case 'n':
        buf_fmt(w->out, "%d", date.month);
        return true;
    case 'o':
        iso_week(date, &year);
        buf_fmt(w->out, "%d", year);
        return true;
    case 'r':
        write_rfc(w);
        return true;
    case 'S':
        buf_add(w->out, str_of(english_suffix(date.day))); /* in French too, as in Django */
        return true;
    case 't':
        buf_fmt(w->out, "%d", date_days_in_month(date.year, date.month));
        return true;
    case 'w':
        buf_fmt(w->out, "%d", (date_weekday(date) + 1) % 7);
        return true;
    case 'W':
        buf_fmt(w->out, "%d", iso_week(date, &year));
        return true;
    case 'y':
        buf_fmt(w->out, "%02d", date.year % 100);
        return true;
    case 'Y':
        buf_fmt(w->out, "%d", date.year);
        return true;
    case 'z':
        buf_fmt(w->out, "%d", (int)(date_to_days(date) - date_to_days((struct date){date.year, 1, 1})) + 1);
        return true;
    default:
        return write_name(w, letter);
    }
}

/* Formats that go by a name: SHORT_DATE_FORMAT … */
str dates_named_format(struct machine *m, str format)
{
    bool is_french = !str_eq(m->lang, STR("en"));
    static const struct {
        str name, french, english;
    } formats[] = {
        {STR_INIT("DATE_FORMAT"), STR_INIT("j F Y"), STR_INIT("N j, Y")},
        {STR_INIT("DATETIME_FORMAT"), STR_INIT("j F Y H:i"), STR_INIT("N j, Y, P")},
        {STR_INIT("TIME_FORMAT"), STR_INIT("H:i"), STR_INIT("P")},
        {STR_INIT("YEAR_MONTH_FORMAT"), STR_INIT("F Y"), STR_INIT("F Y")},
        {STR_INIT("MONTH_DAY_FORMAT"), STR_INIT("j F"), STR_INIT("F j")},
        {STR_INIT("SHORT_DATE_FORMAT"), STR_INIT("d/m/Y"), STR_INIT("m/d/Y")},
        {STR_INIT("SHORT_DATETIME_FORMAT"), STR_INIT("d/m/Y H:i"), STR_INIT("m/d/Y P")},
    };
    if (format.len < 11 || format.ptr[format.len - 1] != 'T')
        return format;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_eq(format, formats[i].name))
            return !is_french                                                ? formats[i].english
                   : machine_is_wcs(m) || !str_starts(format, STR("SHORT_")) ? formats[i].french
                   : str_eq(format, STR("SHORT_DATE_FORMAT"))                ? STR("j N Y")
                                                                             : STR("j N Y H:i");
    return format;
}

void dates_format(struct buf *out, struct value value, str format, str lang)
{
    struct writer w = {.out = out, .kind = value.kind, .is_french = !str_eq(lang, STR("en"))};
    w.names = w.is_french ? &french : &english;
    w.at = value.kind == VALUE_DATE ? (struct datetime){.date = value.date} : value.datetime;
    if (value.kind == VALUE_TIME)
        w.at.date = (struct date){1900, 1, 1};
    for (size_t i = 0; i < format.len; i++) {
        char letter = format.ptr[i];
        if (letter == '\\' && i + 1 < format.len) {
            buf_add_char(out, format.ptr[++i]);
        } else if (!write_time(&w, letter) && !write_zone(&w, letter) &&
                   ((value.kind == VALUE_TIME && letter != 'c') || !write_date(&w, letter))) {
            buf_add_char(out, letter);
        }
    }
}

str dates_default_format(struct machine *m, enum value_kind kind, str lang)
{
    bool wcs = machine_is_wcs(m), is_french = !str_eq(lang, STR("en"));
    if (kind == VALUE_TIME)
        return is_french ? STR("H:i") : STR("P");
    if (kind == VALUE_DATE)
        return is_french ? (wcs ? STR("d/m/Y") : STR("j F Y")) : wcs ? STR("Y-m-d") : STR("N j, Y");
    return is_french ? (wcs ? STR("d/m/Y H:i") : STR("j F Y H:i")) : wcs ? STR("Y-m-d H:i") : STR("N j, Y, P");
}

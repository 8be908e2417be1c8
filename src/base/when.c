#include "base/when.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic(instant (*)(void)) clock_fn;

void instant_set_clock(instant (*fn)(void))
{
    atomic_store(&clock_fn, fn);
}

instant instant_now(void)
{
    instant (*fn)(void) = atomic_load(&clock_fn);
    if (fn != NULL)
        return fn();
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (instant)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(struct date date)
{
    return date.year >= 1 && date.year <= 9999 && date.day >= 1 &&
           date.day <= date_days_in_month(date.year, date.month);
}

/* Howard Hinnant's days_from_civil: years begin in March, so that the leap day is the last of a year. */
int64_t date_to_days(struct date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    int64_t year = year_of_era + era * 400 + (month <= 2);
    return (struct date){(int)year, month, (int)(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

int date_weekday(struct date date)
{
    int64_t days = date_to_days(date) + 3; /* 1970-01-01 was a Thursday */
    return (int)(((days % 7) + 7) % 7);
}

int date_cmp(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day < b.day ? -1 : a.day > b.day;
}

/* Up to three runs of digits between single separators; their widths too. */
static bool three_numbers(str s, int numbers[3], size_t widths[3])
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        numbers[i] = 0;
        widths[i] = 0;
        for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9' && widths[i] < 4; at++, widths[i]++)
            numbers[i] = numbers[i] * 10 + (s.ptr[at] - '0');
        if (widths[i] == 0)
            return false;
        if (i < 2 && (at >= s.len || (s.ptr[at] != '-' && s.ptr[at] != '/' && s.ptr[at] != '.')))
            return false;
        at += i < 2;
    }
    return at == s.len;
}

bool date_parse(str s, struct date *out)
{
    int numbers[3];
    size_t widths[3];
    if (!three_numbers(str_trim(s), numbers, widths))
        return false;
    struct date date = {0, 0, 0};
    if (widths[0] == 4 && widths[1] <= 2 && widths[2] <= 2)
        date = (struct date){numbers[0], numbers[1], numbers[2]};
    else if (widths[0] <= 2 && widths[1] <= 2 && widths[2] == 4)
        date = (struct date){numbers[2], numbers[1], numbers[0]};
    if (!date_is_valid(date))
        return false;
    *out = date;
    return true;
}

str date_iso(struct arena *arena, struct date date)
{
    return str_fmt(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

str date_short(struct arena *arena, struct date date)
{
    return str_fmt(arena, "%02d/%02d/%04d", date.day, date.month, date.year);
}

static const char *const month_names[] = {"janvier", "février", "mars",      "avril",   "mai",      "juin",
                                          "juillet", "août",    "septembre", "octobre", "novembre", "décembre"};
static const char *const day_names[] = {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"};

static str day_month_year(struct arena *arena, struct date date)
{
    return str_fmt(arena, "%d%s %s %d", date.day, date.day == 1 ? "er" : "", month_names[date.month - 1], date.year);
}

str date_long(struct arena *arena, struct date date)
{
    str rest = day_month_year(arena, date);
    return str_fmt(arena, "%s %.*s", day_names[date_weekday(date)], STR_ARG(rest));
}

static struct datetime from_tm(const struct tm *tm, instant at)
{
    int64_t microsecond = at % INSTANT_SECOND;
    return (struct datetime){{tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday},
                             tm->tm_hour,
                             tm->tm_min,
                             tm->tm_sec,
                             (int)(microsecond < 0 ? microsecond + INSTANT_SECOND : microsecond)};
}

static time_t whole_seconds(instant at)
{
    return (time_t)(at / INSTANT_SECOND - (at % INSTANT_SECOND < 0));
}

struct datetime datetime_local(instant at)
{
    time_t seconds = whole_seconds(at);
    struct tm tm = {0};
    localtime_r(&seconds, &tm);
    return from_tm(&tm, at);
}

struct datetime datetime_utc(instant at)
{
    time_t seconds = whole_seconds(at);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    return from_tm(&tm, at);
}

instant instant_from_utc(struct datetime utc)
{
    int64_t seconds = ((date_to_days(utc.date) * 24 + utc.hour) * 60 + utc.minute) * 60 + utc.second;
    return seconds * INSTANT_SECOND + utc.microsecond;
}

instant instant_from_local(struct datetime local)
{
    struct tm tm = {.tm_year = local.date.year - 1900,
                    .tm_mon = local.date.month - 1,
                    .tm_mday = local.date.day,
                    .tm_hour = local.hour,
                    .tm_min = local.minute,
                    .tm_sec = local.second,
                    .tm_isdst = -1};
    return (instant)mktime(&tm) * INSTANT_SECOND + local.microsecond;
}

str datetime_iso(struct arena *arena, struct datetime at)
{
    return str_fmt(arena, "%04d-%02d-%02dT%02d:%02d:%02d", at.date.year, at.date.month, at.date.day, at.hour, at.minute,
                   at.second);
}

str instant_iso(struct arena *arena, instant at)
{
    return str_fmt(arena, "%.*sZ", STR_ARG(datetime_iso(arena, datetime_utc(at))));
}

static bool two_digits(str s, size_t at, int *out)
{
    int64_t value;
    if (at + 2 > s.len || s.ptr[at] < '0' || s.ptr[at] > '9' || !str_to_int64(str_slice(s, at, at + 2), &value))
        return false;
    *out = (int)value;
    return true;
}

/* Z or ±hh:mm, as minutes east of Greenwich. */
static bool parse_zone(str s, int *minutes)
{
    if (str_eq(s, STR("Z")) || str_eq(s, STR("z"))) {
        *minutes = 0;
        return true;
    }
    int hour, minute;
    if (s.len != 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':' || !two_digits(s, 1, &hour) ||
        !two_digits(s, 4, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = (hour * 60 + minute) * (s.ptr[0] == '-' ? -1 : 1);
    return true;
}

bool instant_parse(str s, instant *out)
{
    struct datetime utc = {0};
    if (s.len < 20 || (s.ptr[10] != 'T' && s.ptr[10] != 't' && s.ptr[10] != ' ') || s.ptr[13] != ':' ||
        s.ptr[16] != ':' || !date_parse(str_slice(s, 0, 10), &utc.date) || !two_digits(s, 11, &utc.hour) ||
        !two_digits(s, 14, &utc.minute) || !two_digits(s, 17, &utc.second) || utc.hour > 23 || utc.minute > 59 ||
        utc.second > 60)
        return false;
    size_t at = 19;
    if (s.ptr[at] == '.') {
        int scale = 100000;
        for (at++; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++, scale /= 10)
            utc.microsecond += (s.ptr[at] - '0') * scale;
    }
    int minutes;
    if (!parse_zone(str_slice(s, at, s.len), &minutes))
        return false;
    *out = instant_from_utc(utc) - minutes * (60 * INSTANT_SECOND);
    return true;
}

str instant_clock(struct arena *arena, instant at)
{
    struct datetime local = datetime_local(at);
    return str_fmt(arena, "%d h %02d", local.hour, local.minute);
}

str instant_long(struct arena *arena, instant at)
{
    str day = day_month_year(arena, datetime_local(at).date), clock = instant_clock(arena, at);
    return str_fmt(arena, "%.*s à %.*s", STR_ARG(day), STR_ARG(clock));
}

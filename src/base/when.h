/* Time: instants are microseconds since 1970-01-01T00:00:00Z, dates are days of the Gregorian calendar, and what people
 * read is the local time of the process's zone (TZ, Europe/Paris unless set). Months are 1–12, days 1–31. */
#ifndef GUICHET_BASE_WHEN_H
#define GUICHET_BASE_WHEN_H

#include "base/str.h"

typedef int64_t instant; /* microseconds since the epoch, UTC */

#define INSTANT_SECOND INT64_C(1000000)
#define INSTANT_DAY (86400 * INSTANT_SECOND)

struct date {
    int year, month, day;
};

struct datetime { /* local, or UTC where a function says so */
    struct date date;
    int hour, minute, second, microsecond;
};

/* Now; tests and rehearsals may stop or move the clock with instant_set_clock. */
instant instant_now(void);
/* Makes instant_now answer fn(); NULL brings the real clock back. */
void instant_set_clock(instant (*fn)(void));

bool date_is_valid(struct date date);
/* Days since 1970-01-01, negative before. */
int64_t date_to_days(struct date date);
struct date date_from_days(int64_t days);
/* 0 is Monday. */
int date_weekday(struct date date);
int date_days_in_month(int year, int month);
/* Negative, zero, positive: a before, equal to, after b. */
int date_cmp(struct date a, struct date b);
/* AAAA-MM-JJ or JJ/MM/AAAA (also with - or .), the whole of s. */
bool date_parse(str s, struct date *out);
/* 2026-12-14 */
str date_iso(struct arena *arena, struct date date);
/* 14/12/2026 */
str date_short(struct arena *arena, struct date date);
/* « lundi 14 décembre 2026 », 1er for the first */
str date_long(struct arena *arena, struct date date);

struct datetime datetime_local(instant at);
struct datetime datetime_utc(instant at);
/* A local time that daylight saving skips moves forward; one that stands twice is the first. */
/* 2026-12-14T09:30:00, of whatever zone it is. */
str datetime_iso(struct arena *arena, struct datetime at);
instant instant_from_local(struct datetime local);
instant instant_from_utc(struct datetime utc);
/* 2026-12-14T09:30:00Z */
str instant_iso(struct arena *arena, instant at);
/* RFC 3339, zone needed. */
bool instant_parse(str s, instant *out);
/* « 9 h 30 » */
str instant_clock(struct arena *arena, instant at);
/* « 14 décembre 2026 à 9 h 30 » */
str instant_long(struct arena *arena, instant at);

#endif

/* The choices of an item that are moments, by day: what the display mode « timetable » shows. Private to forms/. */
#ifndef GUICHET_FORMS_TIMETABLE_H
#define GUICHET_FORMS_TIMETABLE_H

#include "forms/field.h"

/* A list of days {label, is_open, free, times}, a time being {id, text, control, chosen, disabled}; no value where the
 * choices' rows have no « datetime » (AAAA-MM-JJ HH:MM): they are then no timetable. The day that stands open is that
 * of the chosen time, else the first with a free time that is not before from (an empty str: none is asked). */
struct value timetable_days(const struct field *field, struct arena *arena, const struct choices *choices, str chosen,
                            str from);

/* « 8 h », « 14 h 30 ». */
str hour_shown(struct arena *arena, int hour, int minute);

#endif

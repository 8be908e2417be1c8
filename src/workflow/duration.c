/* Durations as people write them in a jump's timeout: French or English, as w.c.s. reads them. */
#include "workflow/workflow.h"

#include <ctype.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY, MONTH = 31 * DAY, YEAR = 31557600 };

static const struct {
    const char *word; /* folded, singular or the beginning that tells it */
    int64_t seconds;
} units[] = {
    {"seconde", 1},  {"second", 1},    {"sec", 1},      {"minute", MINUTE}, {"min", MINUTE},   {"heure", HOUR},
    {"hour", HOUR},  {"h", HOUR},      {"jour", DAY},   {"day", DAY},       {"semaine", WEEK}, {"week", WEEK},
    {"mois", MONTH}, {"month", MONTH}, {"annee", YEAR}, {"an", YEAR},       {"year", YEAR},
};

static int64_t unit_of(str word)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        str unit = str_of(units[i].word);
        if (str_eq(word, unit) || (str_starts(word, unit) && str_eq(str_slice(word, unit.len, SIZE_MAX), STR("s"))))
            return units[i].seconds;
    }
    return 0;
}

static str take(str *rest, int (*belongs)(int))
{
    size_t len = 0;
    while (len < rest->len && belongs((unsigned char)rest->ptr[len]))
        len++;
    str taken = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, SIZE_MAX);
    return taken;
}

bool workflow_duration(str text, int64_t *seconds)
{
    enum { AMOUNT_MOST = 4000000000 / 2 };
    text = str_trim(text);
    if (str_to_int64(text, seconds))
        return *seconds >= 0 && *seconds <= (int64_t)100 * YEAR;

    struct arena *arena = arena_new();
    str rest = utf8_fold(arena, text);
    int64_t total = 0;
    bool found = false;
    while (rest.len) {
        str number = take(&rest, isdigit);
        rest = str_trim(rest);
        str word = take(&rest, isalpha);
        rest = str_trim(rest);
        int64_t amount, unit = unit_of(word);
        if (number.len && unit && str_to_int64(number, &amount) && amount <= AMOUNT_MOST / unit * 100) {
            total += amount * unit;
            found = true;
        } else if (!number.len && !word.len) {
            break;
        }
    }
    arena_free(arena);
    *seconds = total;
    return found && total <= (int64_t)100 * YEAR;
}

/* « quotas »: at most so many requests, in all or a year, a month, a day; of everybody together or of each account. */
#include "forms/field.h"

static const char *const periods[] = {
    [QUOTA_EVER] = "", [QUOTA_YEAR] = "year", [QUOTA_MONTH] = "month", [QUOTA_DAY] = "day"};
enum { PERIOD_COUNT = sizeof periods / sizeof *periods };

static bool read_quota(const json_t *json, struct quota *quota)
{
    str period = json_str(json, "period"), of = json_str(json, "of");
    size_t known = 0;
    while (known < PERIOD_COUNT && !str_eq(period, str_of(periods[known])))
        known++;
    *quota = (struct quota){.most = json_int(json, "most"),
                            .period = (enum quota_period)known,
                            .is_each = str_eq(of, STR("account")),
                            .message = json_str(json, "message")};
    return known < PERIOD_COUNT && quota->most > 0 && (quota->is_each || of.len == 0);
}

/* Two of the same sort would share their count. */
static bool is_there(const struct quotas *quotas, const struct quota *quota)
{
    for (size_t i = 0; i < quotas->len; i++)
        if (quotas->at[i].period == quota->period && quotas->at[i].is_each == quota->is_each)
            return true;
    return false;
}

void compiling_quotas(struct compiling *compiling, const json_t *json, struct quotas *out)
{
    const json_t *list = json_list(json, "quotas");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct quota quota;
        if (read_quota(json_array_get(list, i), &quota) && !is_there(out, &quota))
            *vec_push(compiling->arena, out) = quota;
        else
            compiling_report(compiling, STR("quota"),
                             "Ce quota ne se lit pas (« most » à partir de 1, « period » year, month ou day, « of » "
                             "account), ou il y en a déjà un de la même sorte : il ne compte pas.",
                             true);
    }
}

bool form_counts_by_account(const struct form *form)
{
    for (size_t i = 0; i < form->quotas.len; i++)
        if (form->quotas.at[i].is_each)
            return true;
    return false;
}

str quota_period_key(struct arena *arena, const struct quota *quota, instant now)
{
    static const size_t lengths[] = {[QUOTA_EVER] = 0, [QUOTA_YEAR] = 4, [QUOTA_MONTH] = 7, [QUOTA_DAY] = 10};
    return str_slice(date_iso(arena, datetime_local(now).date), 0, lengths[quota->period]);
}

/* The first day of the next one. */
static struct date next_period(const struct quota *quota, instant now)
{
    struct date day = datetime_local(now).date;
    if (quota->period == QUOTA_DAY)
        return date_from_days(date_to_days(day) + 1);
    if (quota->period == QUOTA_YEAR || day.month == 12)
        return (struct date){day.year + 1, 1, 1};
    return (struct date){day.year, day.month + 1, 1};
}

bool quota_refuse(const struct quota *quota, instant now, bool of_other, struct err *err)
{
    static const char *const when[] = {[QUOTA_EVER] = "",
                                       [QUOTA_YEAR] = " pour cette année",
                                       [QUOTA_MONTH] = " pour ce mois-ci",
                                       [QUOTA_DAY] = " pour aujourd’hui"};
    struct arena *arena = arena_new();
    str again = STR_EMPTY, told;
    if (quota->period != QUOTA_EVER)
        again = str_fmt(arena, " Des places s’ouvrent le %.*s.", STR_ARG(date_long(arena, next_period(quota, now))));
    if (quota->message.len > 0)
        told = quota->message;
    else if (quota->is_each)
        told = str_fmt(arena, "%s a déjà fait %s%s.%.*s", of_other ? "Cette personne" : "Votre compte",
                       quota->most == 1 ? "la demande possible" : "toutes les demandes possibles", when[quota->period],
                       STR_ARG(again));
    else
        told = str_fmt(arena, "Toutes les places de cette démarche sont prises%s.%.*s", when[quota->period],
                       STR_ARG(again));
    err_set(err, ERR_CLOSED, "%.*s", STR_ARG(told));
    arena_free(arena);
    return false;
}

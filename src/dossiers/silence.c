/* When silence decides (CRPA L231-1, L231-4), by the form's « service » or else the site's; and what asking for
 * documents does to that date (L114-5): silence that accepts is counted from the day when they came; silence that
 * refuses stands still from the day of the asking until they came, or until the last day to give them. */
#include "dossiers/tables.h"

enum { DELAY_MOST = 1200 };

const json_t *service_key(const struct dossier_place *place, const struct form *form, const char *key)
{
    const json_t *own = form ? json_object_get(form->service, key) : NULL;
    return own ? own : json_object_get(place->service, key);
}

static struct date add_months(struct date date, int64_t months)
{
    int64_t month = date.month - 1 + months;
    date.year += (int)(month / 12);
    date.month = (int)(month % 12) + 1;
    int last = date_days_in_month(date.year, date.month);
    if (date.day > last)
        date.day = last;
    return date;
}

/* Months run from a day to the same day of a later month, to its last day where it is shorter. */
static struct date add_delay(struct date date, int64_t delay, str unit)
{
    if (str_eq(unit, STR("days")))
        return date_from_days(date_to_days(date) + delay);
    if (str_eq(unit, STR("weeks")))
        return date_from_days(date_to_days(date) + delay * 7);
    return add_months(date, delay);
}

static int64_t day_of(instant at)
{
    return date_to_days(datetime_local(at).date);
}

/* The day behind the last one to give documents is one on which the clock runs. */
static int64_t days_stopped(const struct dossier *dossier)
{
    int64_t days = 0;
    for (size_t i = 0; i < workflow_stop_count(dossier); i++) {
        struct workflow_stop stop = workflow_stop_at(dossier, i);
        instant end = stop.to && stop.to < stop.due ? stop.to : stop.due;
        days += end > stop.from ? day_of(end) - day_of(stop.from) : 0;
    }
    return days;
}

static instant complete_since(const struct dossier *dossier)
{
    size_t count = workflow_stop_count(dossier);
    return count ? workflow_stop_at(dossier, count - 1).to : dossier->received;
}

bool dossier_silence_date(const struct dossier_place *place, const struct form *form, const struct dossier *dossier,
                          struct date *out, bool *accepts)
{
    str silence = json_str_of(service_key(place, form, "silence"));
    str unit = json_str_of(service_key(place, form, "delay_unit"));
    int64_t delay = json_integer_value(service_key(place, form, "delay"));
    struct workflow_stop stop;
    *accepts = str_eq(silence, STR("accept"));
    if ((!*accepts && !str_eq(silence, STR("reject"))) || delay <= 0 || delay > DELAY_MOST)
        return false;
    if (*accepts && workflow_stop_now(dossier, &stop))
        return false;
    instant from = *accepts ? complete_since(dossier) : dossier->received;
    *out = add_delay(datetime_local(from).date, delay, unit);
    if (!*accepts)
        *out = date_from_days(date_to_days(*out) + days_stopped(dossier));
    return true;
}

bool silence_falls(const struct dossier_place *place, const struct form *form, const struct dossier *dossier,
                   instant *at)
{
    struct date date;
    bool accepts;
    if (!form || form->is_card || !dossier_silence_date(place, form, dossier, &date, &accepts))
        return false;
    *at = instant_from_local((struct datetime){.date = date_from_days(date_to_days(date) + 1)});
    return true;
}

/* ---- Names: form_documents, form_documents_due, form_documents_message, form_silence_date, form_silence_accepts ----
 */

static struct value due_value(const struct workflow_stop *stop)
{
    return stop->due ? value_date(date_from_days(day_of(stop->due) - 1)) : VALUE_OF_NONE;
}

bool variables_silence(const struct scope *scope, struct arena *arena, str key, struct value *out)
{
    struct workflow_stop stop;
    struct date date;
    bool accepts = false, is_stopped = workflow_stop_now(scope->dossier, &stop);
    if (!is_stopped)
        stop = (struct workflow_stop){0};
    if (str_eq(key, STR("documents")))
        *out = stop.documents ? value_from_json(arena, stop.documents) : value_list(value_list_new(arena));
    else if (str_eq(key, STR("documents_due")))
        *out = due_value(&stop);
    else if (str_eq(key, STR("documents_message")))
        *out = value_text(stop.message);
    else if (str_eq(key, STR("silence_date")) || str_eq(key, STR("silence_accepts"))) {
        bool is_known = scope->form && dossier_silence_date(scope->place, scope->form, scope->dossier, &date, &accepts);
        *out = str_eq(key, STR("silence_accepts")) ? value_bool(accepts) : is_known ? value_date(date) : VALUE_OF_NONE;
    } else
        return false;
    return true;
}

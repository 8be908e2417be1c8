/* The receipt of an electronic filing (CRPA L112-11, R112-11-1): the date of reception, the service in charge and how
 * to reach it, what its silence means and from which date, the ways of appeal or the right to an attestation. */
#include "dossiers/tables.h"

#include "mail/mail.h"

static const json_t *service_key(const struct dossier_place *place, const struct form *form, const char *key)
{
    const json_t *own = form ? json_object_get(form->service, key) : NULL;
    return own ? own : json_object_get(place->service, key);
}

static str service_text(const struct dossier_place *place, const struct form *form, const char *key)
{
    return json_str_of(service_key(place, form, key));
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
bool dossier_silence_date(const struct dossier_place *place, const struct form *form, instant received,
                          struct date *out, bool *accepts)
{
    enum { DELAY_MOST = 1200 };
    str silence = service_text(place, form, "silence");
    int64_t delay = json_integer_value(service_key(place, form, "delay"));
    *accepts = str_eq(silence, STR("accept"));
    if ((!*accepts && !str_eq(silence, STR("reject"))) || delay <= 0 || delay > DELAY_MOST)
        return false;
    struct date date = datetime_local(received).date;
    str unit = service_text(place, form, "delay_unit");
    if (str_eq(unit, STR("days")))
        *out = date_from_days(date_to_days(date) + delay);
    else if (str_eq(unit, STR("weeks")))
        *out = date_from_days(date_to_days(date) + delay * 7);
    else
        *out = add_months(date, delay);
    return true;
}

json_t *dossier_receipt_words(const struct dossier_place *place, const struct form *form, const struct dossier *dossier)
{
    struct arena *arena = place->arena;
    json_t *words = json_keep(arena, json_object()), *contact = json_deep_copy(service_key(place, form, "contact"));
    struct date date;
    bool accepts;
    bool decides = dossier_silence_date(place, form, dossier->received, &date, &accepts);
    json_set_str(words, STR("service_name"), form->name);
    json_set_str(words, STR("code"), dossier_code_shown(arena, dossier->code));
    json_set_str(words, STR("received"), instant_long(arena, dossier->received));
    json_set_str(words, STR("url"), dossier_url(place, dossier));
    json_set_str(words, STR("site_name"), place->site_name);
    json_set(words, STR("contact"), contact != NULL ? contact : json_null());
    json_set(words, STR("silence_decides"), json_boolean(decides));
    json_set(words, STR("silence_accepts"), json_boolean(accepts));
    json_set_str(words, STR("silence_date"), decides ? date_long(arena, date) : STR_EMPTY);
    json_set_str(words, STR("appeal"), service_text(place, form, "appeal"));
    return words;
}

void receipt_add(const struct dossier_place *place, const struct form *form, struct change *change)
{
    struct arena *arena = place->arena;
    const struct dossier *dossier = change->after;
    if (str_is_empty(dossier->email))
        return;
    str code = dossier_code_shown(arena, dossier->code);
    struct mail mail = {
        .to = &dossier->email,
        .to_count = 1,
        .from = place->mail_from,
        .from_name = place->site_name,
        .subject = str_fmt(arena, "Accusé de réception de votre demande %.*s", STR_ARG(code)),
        .page = STR("receipt"),
        .words = dossier_receipt_words(place, form, dossier),
    };
    *vec_push(arena, &change->jobs) = mail_job(arena, &mail, str_fmt(arena, "receipt:%lld", (long long)dossier->id));
}

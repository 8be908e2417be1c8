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

static struct value scope_of_receipt(const struct dossier_place *place, const struct form *form,
                                     const struct dossier *dossier)
{
    struct arena *arena = place->arena;
    struct value_dict *dict = value_dict_new(arena);
    struct date date;
    bool accepts;
    bool decides = dossier_silence_date(place, form, dossier->received, &date, &accepts);
    const struct {
        const char *key;
        struct value value;
    } members[] = {
        {"service_name", value_text(form->name)},
        {"code", value_text(dossier_code_shown(arena, dossier->code))},
        {"received", value_text(instant_long(arena, dossier->received))},
        {"url", value_text(dossier_url(place, dossier))},
        {"site_name", value_text(place->site_name)},
        {"has_account", value_bool(dossier->account != 0)},
        {"contact", value_from_json(arena, service_key(place, form, "contact"))},
        {"silence_decides", value_bool(decides)},
        {"silence_accepts", value_bool(accepts)},
        {"silence_date", value_text(decides ? date_long(arena, date) : STR_EMPTY)},
        {"appeal", value_text(service_text(place, form, "appeal"))},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        value_dict_set(arena, dict, str_of(members[i].key), members[i].value);
    return value_dict(dict);
}

static str render_page(const struct dossier_place *place, const char *path, struct value scope)
{
    const struct template *page = place->pages ? pages_find(place->pages, str_of(path)) : NULL;
    struct render render = {.arena = place->arena, .scope = scope, .lang = place->lang, .now = place_now(place)};
    return page ? template_text(page, &render) : STR_EMPTY;
}

void receipt_add(const struct dossier_place *place, const struct form *form, struct change *change)
{
    struct arena *arena = place->arena;
    const struct dossier *dossier = change->after;
    if (str_is_empty(dossier->email))
        return;
    struct value scope = scope_of_receipt(place, form, dossier);
    str code = dossier_code_shown(arena, dossier->code);
    struct mail mail = {
        .to = &dossier->email,
        .to_count = 1,
        .from = place->mail_from,
        .from_name = place->site_name,
        .subject = str_fmt(arena, "Accusé de réception de votre demande %.*s", STR_ARG(code)),
        .text = render_page(place, "mails/are.txt", scope),
        .html = render_page(place, "mails/are.html", scope),
    };
    if (str_is_empty(mail.text)) {
        log_line(LOG_ERROR, "receipt.missing", "template=mails/are.txt dossier=%lld", (long long)dossier->id);
        return;
    }
    *vec_push(arena, &change->jobs) = mail_job(arena, &mail, str_fmt(arena, "receipt:%lld", (long long)dossier->id));
}

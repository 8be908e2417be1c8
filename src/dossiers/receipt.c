/* The receipt of an electronic filing (CRPA L112-11, R112-11-1): the date of reception, the service in charge and how
 * to reach it, what its silence means and from which date, the ways of appeal or the right to an attestation. */
#include "dossiers/tables.h"

#include "mail/mail.h"

static str service_text(const struct dossier_place *place, const struct form *form, const char *key)
{
    return json_str_of(service_key(place, form, key));
}

json_t *dossier_receipt_words(const struct dossier_place *place, const struct form *form, const struct dossier *dossier)
{
    struct arena *arena = place->arena;
    json_t *words = json_keep(arena, json_object()), *contact = json_deep_copy(service_key(place, form, "contact"));
    struct date date;
    bool accepts;
    bool decides = dossier_silence_date(place, form, dossier, &date, &accepts);
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

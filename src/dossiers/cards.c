/* What a card has that a request has not: an identifier, its own among the cards of its model. */
#include "dossiers/tables.h"

enum { IDENTIFIER_MOST = 250 };

static const char select_other[] = "SELECT 1 FROM dossier WHERE form = :form AND identifier = :identifier"
                                   " AND identifier <> '' AND id <> :id";

/* w.c.s.: without a template, the number. */
bool card_identify(const struct dossier_place *place, const struct form *form, const struct change *change,
                   struct err *err)
{
    struct dossier *card = change->after;
    if (!form || !form->is_card || change->is_removed)
        return true;
    if (!form->identifier) {
        card->identifier = str_fmt(place->arena, "%lld", (long long)card->sequence);
        return true;
    }
    struct render render = {.arena = place->arena,
                            .scope = dossier_scope(place, form, NULL, card),
                            .site = dossier_site_scope(place),
                            .lang = place->lang,
                            .now = place_now(place)};
    card->identifier = str_trim(template_text(form->identifier, &render));
    if (!card->identifier.len)
        return err_set(err, ERR_INVALID, "L’identifiant de la fiche est vide : complétez les réponses qui le forment.");
    if (utf8_length(card->identifier) > IDENTIFIER_MOST)
        return err_set(err, ERR_INVALID, "L’identifiant de la fiche dépasse %d caractères.", IDENTIFIER_MOST);
    return true;
}

bool card_is_unique(struct tx *tx, const struct dossier *dossier, struct err *err)
{
    if (!dossier->identifier.len)
        return true;
    struct rows rows = tx_query(tx, select_other, P_TEXT("form", dossier->form),
                                P_TEXT("identifier", dossier->identifier), P_INT("id", dossier->id));
    bool is_taken = rows_next(&rows);
    if (!rows_end(&rows, err))
        return false;
    return !is_taken || err_set(err, ERR_INVALID, "Une autre fiche a déjà l’identifiant « %.*s ».",
                                STR_ARG(utf8_slice(dossier->identifier, 0, 80)));
}

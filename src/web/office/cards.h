/* What the pages of cards share. Private to web/office/. */
#ifndef GUICHET_WEB_CARDS_H
#define GUICHET_WEB_CARDS_H

#include "web/visit.h"

/* The card model that the path names, for an agent who has a list of it or enters its cards; NULL, and the answer is
 * made, for anybody else: as if there were none. */
const struct form *card_model(struct request *request);
/* The card of it that the path names, to who may see it; NULL, and the answer is made, else. */
struct dossier *card_open(struct request *request, const struct form *form, const struct actor *actor);
/* What the address of the list asks for. form, actor and request must outlive the query. */
void card_query(struct request *request, const struct form *form, const struct actor *actor,
                struct dossier_query *query);
/* /agents/fiches/SLUG/rest */
str card_list_path(struct request *request, const struct form *form, const char *rest);

#endif

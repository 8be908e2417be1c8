/* What the list of requests and its export share. Private to web/office/. */
#ifndef GUICHET_WEB_LIST_H
#define GUICHET_WEB_LIST_H

#include "web/visit.h"

/* ---- Saved views (views.c) ---- */

/* The one that the address names (« vue »; « - »: none), or that the form shows first; NULL: none. form may be NULL. */
const struct custom_view *office_view(struct request *request, const struct form *form);
/* views: the ones to choose from, where there are any. */
void office_set_views(struct request *request, const struct form *form, const struct custom_view *view,
                      struct value_dict *page);
/* columns: the labels of the view's; *cells: what stands in them, of each line; NULL where the view has the usual ones.
 * False: the store failed, and the request is answered. */
bool office_columns(struct request *request, const struct form *form, const struct custom_view *view,
                    const struct dossier_page *lines, struct value_dict *page, const struct value **cells);

/* ---- The list (list.c) ---- */

/* What the address asks for, of the requests that this agent may see. actor and request must outlive the query. */
void list_query(struct request *request, const struct actor *actor, struct dossier_query *query);

/* ---- One action on many (mass.c) ---- */

/* mass_url, where the list of the form (may be NULL) at this path lets the agent act on many. */
void mass_set_list(struct request *request, const struct form *form, const struct actor *actor, str path,
                   struct value_dict *page);

#endif

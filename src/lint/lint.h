/* lint: what is wrong in definitions, and what of them does not run yet. For « guichet check », and for the report of
 * an import: both ask the same questions here.
 *
 * Three questions, from the document alone to the whole site: what of a document runs (lint_document), what it refers
 * to (lint_references), and what is wrong in a site as it is loaded (lint_site), names and ways through the circuits
 * too. Everything given lives in the arena or as long as the documents. */
#ifndef GUICHET_LINT_H
#define GUICHET_LINT_H

#include "base/base.h"
#include "catalogue/catalogue.h"
#include "dossiers/dossiers.h"
#include "sites/sites.h"

struct lint_finding {
    str kind, slug;   /* the document: « form », « demande-de-bac »; empty slug: the site itself */
    str where;        /* « champ 3 (Nom), condition »; empty: the document as a whole */
    int line, column; /* in the text at fault, 1-based; 0: none */
    bool is_error;    /* else a warning */
    str construct; /* what does not run yet: « field:map », « template » (does not compile); empty: another fault */
    str rule; /* of a text: « name », « filter » (unknown), « argument », « comparison », « unused »; else empty */
    str message; /* French, for the administrator */
};
struct lint_findings VEC_OF(struct lint_finding);

/* What of one document does not run yet, and its texts that do not compile. json must live as long as the arena. */
void lint_document(struct arena *arena, str kind, const json_t *json, struct lint_findings *out);

/* What a document needs from outside. */
struct lint_reference {
    str kind;  /* of a document: « workflow », « mail-template » …; « role », « function », « filter » */
    str slug;  /* of the role, function or filter: its name */
    str name;  /* by which it is looked for too, where no slug is the same; may be empty */
    str where; /* as in a finding */
    int line, column; /* of a filter */
};
struct lint_references VEC_OF(struct lint_reference);
/* Without repetition. Functions that the workflow has are no reference; those that it lacks are. */
void lint_references(struct arena *arena, str kind, const json_t *json, struct lint_references *out);

/* All of a site. place is of that site, with nobody at the keyboard. False and err where the store fails. */
struct lint_place {
    const struct site *site;
    struct catalogue *catalogue;
    const struct dossier_place *dossiers;
};
bool lint_site(struct arena *arena, const struct lint_place *place, struct lint_findings *out, struct err *err);

#endif

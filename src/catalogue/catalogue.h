/* catalogue: a site's definitions in service, compiled, immutable. A request holds the one it began with; a newer one
 * takes its place at once for the requests that follow. Older versions, which dossiers remember, are compiled when they
 * are asked for. */
#ifndef GUICHET_CATALOGUE_H
#define GUICHET_CATALOGUE_H

#include "forms/forms.h"
#include "sources/sources.h"
#include "store/store.h"
#include "workflow/workflow.h"

struct catalogue;

struct category {
    str slug, name, description; /* HTML */
    int64_t position;
};

/* A document that could not be compiled: the others are there nonetheless. */
struct catalogue_fault {
    str kind, slug, message;
};

/* Reads and compiles what is current in the site's store. One reference, the caller's. NULL and err where the store
 * fails. */
struct catalogue *catalogue_load(struct store *store, struct err *err);
struct catalogue *catalogue_hold(struct catalogue *catalogue);
void catalogue_release(struct catalogue *catalogue);
/* definition_epoch when it was loaded. */
int64_t catalogue_epoch(const struct catalogue *catalogue);

/* version 0: the one in service. NULL where there is none. Valid as long as the catalogue is held. A card model is
 * compiled like a form, and no form is found by its slug. */
const struct form *catalogue_form(struct catalogue *catalogue, str slug, int64_t version);
const struct form *catalogue_card(struct catalogue *catalogue, str slug, int64_t version);
const struct workflow *catalogue_workflow(struct catalogue *catalogue, str slug, int64_t version);
/* Of a form: by slug, else by name, else the built-in « _default »: sent, then accepted or refused. Of a card model the
 * same, else « _carddef_default »: recorded, edited, deleted. */
const struct workflow *catalogue_workflow_of(struct catalogue *catalogue, const struct form *form);
bool catalogue_mail_template(const struct catalogue *catalogue, str slug, struct mail_text *out);
bool catalogue_comment_template(const struct catalogue *catalogue, str slug, struct comment_text *out);
/* Named sources, named calls of web services; NULL where there is none. */
const struct source *catalogue_source(const struct catalogue *catalogue, str slug);
const struct call *catalogue_call(const struct catalogue *catalogue, str slug);
const struct category *catalogue_category(const struct catalogue *catalogue, str slug);

/* In the order of their names; categories by position, then name. */
struct catalogue_forms VEC_OF(const struct form *);
const struct catalogue_forms *catalogue_forms(const struct catalogue *catalogue);
const struct catalogue_forms *catalogue_cards(const struct catalogue *catalogue);
struct categories VEC_OF(struct category);
const struct categories *catalogue_categories(const struct catalogue *catalogue);
struct workflow_list VEC_OF(const struct workflow *);
const struct workflow_list *catalogue_workflows(const struct catalogue *catalogue);
struct catalogue_faults VEC_OF(struct catalogue_fault);
const struct catalogue_faults *catalogue_faults(const struct catalogue *catalogue);
/* The blocks of fields that forms and circuits were compiled with. */
const struct block_finder *catalogue_blocks(const struct catalogue *catalogue);
/* Whether a document of this kind and slug is there, run or not: for references. */
bool catalogue_has(const struct catalogue *catalogue, str kind, str slug);

#endif

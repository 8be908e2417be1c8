/* sites: the collectivities of the installation. A site is a JSON document in the common database (content/sites shows
 * one): name, hosts, theme, contact, legal defaults, roles. What it holds lives in a database of its own. */
#ifndef GUICHET_SITES_H
#define GUICHET_SITES_H

#include "base/base.h"
#include "store/store.h"
#include "template/template.h"

struct role {
    str slug, name;
    const json_t *emails; /* list: where the role as a whole is written to; may be NULL */
};

struct site {
    str slug, name;
    str kind; /* « metropole », « commune », « other » */
    const str *hosts;
    size_t host_count;
    const struct role *roles;
    size_t role_count;
    str default_role;        /* plays the functions that a form leaves unbound */
    const json_t *settings;  /* never NULL */
    const json_t *service;   /* legal defaults of its forms: never NULL */
    const json_t *variables; /* names for its templates; never NULL */
    struct map filters;      /* of its own: name → const struct template * (settings.filters, {name: text}) */
    const json_t *contact;   /* {name, address, phone, email}; never NULL */
    const json_t *json;      /* the document */
    struct value view;       /* what pages show of it: name, slug, kind, contact, service */
    struct store *store;     /* its own database; opened by who loads it, NULL before */
};

/* Checks a document and fills what it leaves out: roles « agents », default role, and the legal defaults: silence is
 * acceptance after two months (CRPA L231-1), the site's own contact, the usual ways of appeal. ERR_INVALID says what is
 * wrong (slug, host, a filter that is no template, colours that can't be read on each other: WCAG 1.4.3). */
bool site_from_json(struct arena *arena, const json_t *json, struct site *out, struct err *err);
/* A document with a slug and a name alone. */
const json_t *site_default_json(struct arena *arena, str slug, str name, str host);

/* Writes a site's document, new or changed; *is_new whether anything was written. */
struct site_save {
    const struct site *site;
    bool is_changed;
};
bool site_save(struct tx *tx, void *save, struct err *err);

/* All sites, in the order of their slugs. Everything lives in the arena. */
struct site_list VEC_OF(struct site);
bool sites_read(struct tx *tx, struct arena *arena, struct site_list *out, struct err *err);
/* Grows when a site changes. */
bool sites_epoch(struct tx *tx, int64_t *epoch, struct err *err);

/* The site of a host name (without port), else the one with a host « * », else NULL. */
const struct site *sites_by_host(const struct site_list *sites, str host);
const struct site *sites_by_slug(const struct site_list *sites, str slug);
const struct role *site_role(const struct site *site, str slug);

/* The mentions of the receipt (CRPA R112-11-1) that a service lacks, in French, a list in one line; empty: none, it may
 * be published. of_form: the form's own « service », which the site's completes; may be NULL. */
str site_service_lacks(struct arena *arena, const struct site *site, const json_t *of_form);

/* « :root{--c-brand:#…} »: the site's theme as CSS. */
str site_theme_css(struct arena *arena, const struct site *site);

extern const struct migration sites_migrations[];
extern const size_t sites_migration_count;

#endif

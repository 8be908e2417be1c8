/* installation: everything of one counter, put together: its stores and their tables, its sites with their catalogues,
 * people, pages, jobs. Every sub-command opens one; « serve » keeps it. */
#ifndef GUICHET_INSTALLATION_H
#define GUICHET_INSTALLATION_H

#include "catalogue/catalogue.h"
#include "dossiers/dossiers.h"
#include "geocoder/geocoder.h"
#include "mail/mail.h"
#include "pages/pages.h"
#include "people/people.h"
#include "sites/sites.h"

#include <pthread.h>

struct installation {
    struct stores *stores;
    struct store *common;
    struct people *people;
    struct pages *pages;
    struct mail_relay relay;
    str scanner;           /* clamd's address (received.h); empty: files are not scanned */
    bool trusts_senders;   /* what is sent without an account is never held up (web_settings) */
    bool is_demonstration; /* mails are shown to everybody at /courriels/ instead of leaving */
    str public_scheme;     /* « http » or « https »: of the links in mails */
    int public_port;       /* in links; 0: none */
    struct remote *remote; /* what other servers said */
    struct jobs *jobs;     /* NULL until installation_run_jobs */
    struct estate *estate; /* the current one; installation_hold */
    struct arena *arena;
    pthread_mutex_t *lock;         /* of estate */
    pthread_mutex_t *refresh_lock; /* of who makes the next one */
};

/* The sites and what they offer at one moment: immutable, held by the requests that began then. */
struct estate {
    struct arena *arena;
    int references;
    int64_t epoch;
    struct site_list sites;
    struct catalogue **catalogues; /* one a site */
};

/* url: of the store; folder: where files lie (NULL with sqlite: its own). pages_folder: NULL, or where to read pages
 * from. */
struct installation *installation_open(str url, const char *folder, const char *pages_folder, struct err *err);
/* A scratch: databases called NAME-… at that url, which go when it is closed; its folder is the caller's. */
struct installation *installation_open_scratch(str url, const char *folder, const char *pages_folder, str name,
                                               struct err *err);
void installation_close(struct installation *installation);

/* Opens the database of a site, made if absent. */
struct store *installation_store(struct installation *installation, str slug, struct err *err);
/* Saves a site and opens its database. */
bool installation_save_site(struct installation *installation, const struct site *site, bool *is_changed,
                            struct err *err);

/* Reads sites and definitions again where something changed. */
bool installation_refresh(struct installation *installation, struct err *err);
struct estate *installation_hold(struct installation *installation);
void estate_release(struct installation *installation, struct estate *estate);
size_t estate_index(const struct estate *estate, const struct site *site);

/* Starts the jobs of the common database and of every site. */
void installation_run_jobs(struct installation *installation, int threads);
/* Has the jobs of a site's store run, the daily ones too. */
void installation_watch_site(struct installation *installation, struct store *store);

/* The address of a site, without a slash at the end: « https://lyon.example ». */
str installation_site_url(const struct installation *installation, struct arena *arena, const struct site *site);

/* A place to treat dossiers in (dossiers.h), for one request or job. account: who is at the keyboard, NULL: nobody. */
struct place {
    struct dossier_place dossiers;
    struct dossier_definitions definitions;
    struct installation *installation;
    const struct site *site;
    struct catalogue *catalogue;
    struct remote_session session; /* with other servers; it may wait, unless it is told otherwise */
    struct source_finder sources;
    struct call_finder calls;
};
/* It may ask other servers, and waits for them; a caller who must not says so: place.session.may_wait, or
 * place_ask_nobody. */
void place_make(struct place *place, struct installation *installation, struct estate *estate, const struct site *site,
                struct arena *arena, const struct account *account);
void place_ask_nobody(struct place *place);

/* Gives the actor the roles of their membership, and the one of their account alone. */
void place_roles_of_agent(struct arena *arena, const struct membership *membership, struct actor *actor);

#endif

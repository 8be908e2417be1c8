/* dossiers: what people filed. Tables, lists, search, filing, treatment, history, timers, and the names that templates
 * read (form_var_*, form_status …).
 *
 * A card (fiche) is a dossier of a card model: the same row, history, circuit and search, kept under the model's key
 * (forms.h) and listed apart, so that no list or search of requests meets one. It has an identifier of its own.
 *
 * A dossier is a row; its answers are one JSON document (architecture, decision 5). Every list is keyset-paged and an
 * index lookup. What computes is done outside any transaction; then one write applies it under the dossier's revision
 * (decision « compute, then write »). All texts and structs that functions give live in the arena of the place. */
#ifndef GUICHET_DOSSIERS_H
#define GUICHET_DOSSIERS_H

#include "store/jobs.h"
#include "store/store.h"
#include "template/template.h"
#include "workflow/workflow.h"

/* Finds the definitions of a site: made from its catalogue by who holds one. version 0 is the one in service; an older
 * one is compiled on demand. What it gives outlives the request. */
struct dossier_definitions {
    const void *data;
    const struct form *(*form)(const void *data, str key, int64_t version);           /* NULL: none */
    const struct workflow *(*workflow)(const void *data, str slug, int64_t version);  /* NULL: none */
    const struct workflow *(*workflow_of)(const void *data, const struct form *form); /* now; NULL: none */
    bool (*mail_template)(const void *data, str slug, struct mail_text *out);         /* false: none */
    bool (*comment_template)(const void *data, str slug, struct comment_text *out);   /* the same */
    const struct source_finder *sources;                                              /* may be NULL */
    const struct call_finder *calls;                                                  /* may be NULL */
};

/* A person, as templates and mails know them (form_user_*, session_user_*). */
struct dossier_person {
    int64_t account; /* 0: nobody */
    str uuid;        /* form_user_nameid, form_user_name_identifier_0 */
    str email, first_name, last_name, name;
    const json_t *attributes; /* {name of the datum: value}: phone, zipcode, birthdate …; may be NULL */
};

struct dossier_roles VEC_OF(struct workflow_role);

/* Where dossiers live and are treated: one site, for the length of one request or job. Made on the stack by who holds
 * a site (web, serve, a test); everything it points at outlives the request. Functions may be NULL: then nothing is
 * known. */
struct dossier_place {
    struct arena *arena;
    struct store *store; /* the site's */
    const struct dossier_definitions *definitions;
    str site_name;
    str base_url;               /* « https://lyon.example », without a slash at the end */
    str mail_from;              /* empty: the site's own */
    str lang;                   /* « fr » */
    bool sends_sms;             /* it has a gateway for text messages */
    str default_role;           /* plays the functions that a form leaves unbound: « agents » */
    const json_t *variables;    /* the site's variables, {"commune_cp": …} */
    const struct map *filters;  /* the site's own filters: name → const struct template *; NULL: none */
    const json_t *service;      /* the site's legal defaults, as a form's « service » */
    instant now;                /* 0: instant_now() */
    struct dossier_person user; /* who is at the keyboard: session_user_*; account 0: nobody */
    bool in_backoffice;
    int64_t maker;                     /* the dossier whose action began the draft that is filled in, 0: none */
    const json_t *arrival;             /* what the link that they came by says: session_var_*; NULL: nothing */
    const struct under_way *under_way; /* private: the change that is being computed; NULL: none is */
    void *data;                        /* handed to the functions below */
    bool (*person)(void *data, struct arena *arena, int64_t account, struct dossier_person *out);
    /* The account that has this address or uuid; false: none. */
    bool (*person_called)(void *data, struct arena *arena, str text, struct dossier_person *out);
    void (*roles_of)(void *data, struct arena *arena, int64_t account, struct dossier_roles *out);
    /* The account as an agent of the site, with the roles it has now; false: it is none (any more). */
    bool (*agent)(void *data, struct arena *arena, int64_t account, struct actor *out);
    /* The role of the site of that slug or name; false: none. */
    bool (*role_called)(void *data, str text, struct workflow_role *out);
    void (*role_addresses)(void *data, struct arena *arena, str role, struct recipients *out);
    void (*role_accounts)(void *data, struct arena *arena, str role, int64_t **out, size_t *count);
};

/* ---- Filing --------------------------------------------------------------------------------------------------------
 */

struct filing {
    const struct form *form;     /* the version that was shown */
    json_t *answers;             /* checked by forms.h */
    int64_t account;             /* 0: without an account */
    str submitter_name;          /* may be empty */
    str email;                   /* the account's; empty: the first answer of type email is taken */
    str channel;                 /* empty: « web » */
    int64_t agent;               /* who entered it for somebody else, 0: nobody */
    const struct dossier *maker; /* whose action makes it, or made the draft; NULL: none */
    int64_t draft;               /* an action's, that a person files now: the dossier keeps its id; 0: none */
    /* Runs in the same transaction: deletes the draft. May be NULL. */
    bool (*also)(struct tx *tx, void *arg, struct err *err);
    void *also_arg;
};

/* All that filing will write: number, tracking code, first history entry, the workflow's work, the receipt of CRPA
 * R112-11-1 by mail where an address is known. Reads only: dossier_write_make, then dossier_apply, write it. False and
 * err: ERR_INVALID where the form has no workflow, ERR_UNAVAILABLE. */
bool dossier_file_prepare(const struct dossier_place *place, const struct filing *filing, struct change *change,
                          struct err *err);

/* The same, written and on disk when it returns: tries again where somebody took the number meanwhile. *dossier is the
 * new one; *redirect_url (may be NULL) is where the workflow sends the person. */
bool dossier_file(const struct dossier_place *place, const struct filing *filing, const struct dossier **dossier,
                  str *redirect_url, struct err *err);

/* Numbers for so many that will be filed one after the other, taken at once: for an import. */
bool dossier_reserve(const struct dossier_place *place, const struct form *form, size_t count, struct err *err);

/* ---- Quotas: counts kept in rows, which filing raises in its own transaction ---- */

/* Whether there is a place for one more of this account (0: none; then what counts by account does not count). False
 * and ERR_CLOSED where a quota is used up, a sentence for who asks (of_other: for the agent who enters it); filing
 * looks again, and it alone decides. */
bool dossier_has_place(const struct dossier_place *place, const struct form *form, int64_t account, bool of_other,
                       struct err *err);
/* How many places are left to this account, the fewest of the form's quotas; -1: as many as one wants, or unknown. */
int64_t dossier_places_left(const struct dossier_place *place, const struct form *form, int64_t account);

/* A change made ready for its transaction: every text and index row is computed here, none in the transaction. form is
 * the one of the dossier (NULL where it is lost: then its search words are lost too). Set also afterwards, to write
 * something of one's own in the same transaction. */
struct dossier_write {
    const struct change *change;
    const struct dossier_rows *rows; /* private */
    bool is_new;
    struct store *store;                                     /* the site's */
    bool (*also)(struct tx *tx, void *arg, struct err *err); /* may be NULL */
    void *also_arg;
};
struct dossier_write dossier_write_make(const struct dossier_place *place, const struct form *form,
                                        const struct change *change, bool is_new);

/* Writes it: a store_fn whose arg is a struct dossier_write, for filing and treatment alike, so that a handler may hand
 * it to request_commit. ERR_CONFLICT where the dossier changed meanwhile, or its new number was taken: prepare again.
 */
bool dossier_apply(struct tx *tx, void *write, struct err *err);

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* With its history. ERR_NOT_FOUND where there is none, or it was removed. */
bool dossier_load(const struct dossier_place *place, int64_t id, struct dossier **out, struct err *err);
/* The one of this number within its form, or of this identifier among the cards of a model. */
bool dossier_find_by_sequence(const struct dossier_place *place, str form, int64_t sequence, struct dossier **out,
                              struct err *err);
bool dossier_find_by_identifier(const struct dossier_place *place, str form, str identifier, struct dossier **out,
                                struct err *err);
/* By what a person types: blanks, hyphens, case, O for 0 and I or L for 1 are forgiven; a wrong check sign is
 * ERR_INVALID, saying so, without a look at the store. */
bool dossier_find_by_code(const struct dossier_place *place, str typed, struct dossier **out, struct err *err);
/* Those of a form behind a number, in the order of their numbers, without their histories: to go through all of them.
 */
struct dossier_list VEC_OF(struct dossier *);
bool dossier_page_of_form(const struct dossier_place *place, str form, int64_t after, size_t limit,
                          struct dossier_list *out, struct err *err);
/* Those of these ids, in their order, without their histories; NULL stands where one was removed. */
bool dossier_load_several(const struct dossier_place *place, const int64_t *ids, size_t count, struct dossier_list *out,
                          struct err *err);
/* The form and workflow that it was filed with, of a card those in service; NULL where they are lost. */
const struct form *dossier_form(const struct dossier_place *place, const struct dossier *dossier);
const struct workflow *dossier_workflow(const struct dossier_place *place, const struct dossier *dossier);

/* « Téléphone » of « phone »; what is no channel of ours is shown as it is. */
str dossier_channel_label(str channel);
/* « 4K7-P92-M » */
str dossier_code_shown(struct arena *arena, str code);
/* A new code: 6 drawn signs and a check sign, of 0-9 A-Z without I L O U. */
str dossier_code_new(struct arena *arena);
/* The code that a person meant, checked; false where it can't be one. */
bool dossier_code_parse(struct arena *arena, str typed, str *code);
/* « 12-57 »: form_number of Publik. */
str dossier_number(struct arena *arena, const struct dossier *dossier);
/* The page of who filed it, and the agents' one. */
str dossier_url(const struct dossier_place *place, const struct dossier *dossier);
str dossier_url_backoffice(const struct dossier_place *place, const struct dossier *dossier);
/* What other programs call it among those of its form: its number; a card's identifier. */
str dossier_id_api(struct arena *arena, const struct dossier *dossier);
/* Where other programs read it and call its triggers. */
str dossier_url_api(const struct dossier_place *place, const struct dossier *dossier);

/* Whether this agent may see it: admin, or has a role of it. */
bool dossier_is_visible(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor);
/* Whether this agent has a list of what is kept of the form: admin, or has the role of one of its functions. */
bool dossier_form_is_listed(const struct dossier_place *place, const struct form *form, const struct actor *actor);
/* Whether this agent may enter one (backoffice_submission_roles). */
bool dossier_may_be_entered(const struct form *form, const struct actor *actor);

/* ---- Treating ------------------------------------------------------------------------------------------------------
 */

/* workflow_perform, with everything found: computes what the event leads to. Then dossier_apply. */
bool dossier_perform_prepare(const struct dossier_place *place, const struct dossier *dossier,
                             const struct event *event, struct change *change, struct err *err);
/* The same, written; *redirect_url may be NULL. ERR_CONFLICT where a colleague was faster. */
bool dossier_perform(const struct dossier_place *place, const struct dossier *dossier, const struct event *event,
                     str *redirect_url, struct err *err);

/* A button in a mail: the dossier that its address names and the key of the button; false: it is no such address. */
bool button_token_parse(struct arena *arena, str token, int64_t *dossier, str *key);
/* workflow_button. Pressing it is EVENT_BUTTON. */
enum button_state dossier_button(const struct dossier_place *place, const struct dossier *dossier, str key,
                                 struct mail_button *out);

/* Adds a line for the agents to its history, of a mail that left otherwise than it should. */
bool dossier_tell_of_mail(const struct dossier_place *place, int64_t id, str text, struct err *err);

/* Another server was asked, as that job said, for the call of that token: does what follows, as EVENT_CALLED, and ends
 * the job in the same transaction. True: the job is over. False: it is to be tried again, or is given up where the
 * outcome was the last; err says what was wrong. */
bool dossier_called(const struct dossier_place *place, const struct job *job, str token,
                    const struct call_outcome *outcome, struct err *err);

/* The document that the call of that token waits for: workflow_make_document. True without one (*found false): nobody
 * waits for it any more. False: ERR_UNAVAILABLE where the store fails; else why none can be made. */
bool dossier_document(const struct dossier_place *place, int64_t id, str token, const struct document_tools *tools,
                      struct document *out, bool *found, struct err *err);

/* What the actor may do now, the history they may read, the status they are shown. */
void dossier_offer(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                   struct offer *offer);
void dossier_offer_global(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                          str action, struct offer *offer);
/* What was done to it and why, with what became of what was sent: a service for agents. */
bool dossier_read_trace(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                        struct traced_entries *out, struct failed_jobs *sendings, struct err *err);
/* Its circuit with the path that it took, as far as the actor may know. False: the circuit is lost. */
bool dossier_outline(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                     const struct role_names *names, struct outline *out);
void dossier_show_history(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                          struct shown_history *out);
const struct workflow_status *dossier_visible_status(const struct dossier_place *place, const struct dossier *dossier,
                                                     const struct actor *actor);

/* The dossiers that its actions made, and the one whose action made it. */
struct dossier_link {
    struct dossier *dossier; /* NULL: it is gone; of a draft that is not sent yet, what it would be, without a status */
    const struct draft *draft; /* that it still is; NULL: it is none */
    str form;                  /* its key */
    str varname;               /* the action's, may be empty */
    bool is_origin;
    bool is_shown; /* who filed reads of it */
};
struct dossier_links VEC_OF(struct dossier_link);
void dossier_read_links(const struct dossier_place *place, const struct dossier *dossier, struct dossier_links *out);

/* ---- Lists ---------------------------------------------------------------------------------------------------------
 */

enum dossier_state { DOSSIER_ANY, DOSSIER_OPEN, DOSSIER_FINAL };
enum dossier_sort {
    DOSSIER_NEWEST,
    DOSSIER_OLDEST,
    DOSSIER_LAST_UPDATED,
    DOSSIER_MOST_URGENT, /* by level, the newest of each first */
};

/* An answer (of a field, by its varname or id) or user, internal_id, number, identifier, criticality-level (an index);
 * compared as views do. */
struct dossier_filter {
    str name, op, value; /* op: « eq », « ne », « lt » … as w.c.s. calls them in views; empty: eq */
};
struct dossier_filters VEC_OF(struct dossier_filter);

struct dossier_query {
    const struct actor *actor; /* whose list: an agent's roles bound it; an admin sees all */
    bool waiting_only;         /* what waits for one of the actor's roles */
    str form;                  /* its key; empty: all requests. Of a card model: its cards */
    str status;                /* id, with form; empty: all */
    enum dossier_state state;
    str search; /* words, accents and case forgiven, beginnings of words count; a tracking code or a number finds its
                   dossier, an identifier its card */
    instant from, to;               /* received in [from, to), 0: no bound */
    const struct custom_view *view; /* with form: what it filters by; NULL: nothing. Its columns and order are not
                                       looked at: dossier_query_use_view */
    struct dossier_filters filters; /* with form: dossier_query_filter */
    str field, value;       /* with form: the listed field of this id (display_locations) has exactly this text */
    enum dossier_sort sort; /* with search: newest first, whatever is asked */
    str cursor;             /* what the page before gave as next; empty: the first page */
    size_t limit;           /* 0: 50; 200 at the most */
};
struct dossier_line {
    int64_t id;
    str code, number;
    int64_t sequence;
    str form;      /* key */
    str form_name; /* as it was when filed */
    str submitter_name;
    str status, status_name, status_colour; /* the real one: agents' lists */
    str public_status_name;                 /* what its submitter is shown */
    str level_name, level_colour;           /* how urgent it is; empty: as each begins */
    instant received, updated;
    bool is_final;
    bool waits_for_submitter; /* the submitter can do something there */
    str summary;              /* digest: the form's digest_template, or the first listed fields; one line */
    str identifier;           /* of a card */
};
struct dossier_page {
    struct VEC_OF(struct dossier_line) lines;
    str next; /* cursor of the next page, empty: this is the last */
};
bool dossier_list(const struct dossier_place *place, const struct dossier_query *query, struct dossier_page *out,
                  struct err *err);

/* Filters by a view of the form, and by its status and in its order where the query asks for none. An order by an
 * answer is passed over: no list walks along it. */
void dossier_query_use_view(const struct dossier_place *place, struct dossier_query *query,
                            const struct custom_view *view);

/* Adds a filter to a query of a form: ERR_INVALID where it has no such field, or the operator or the value is none. */
bool dossier_query_filter(const struct dossier_place *place, struct dossier_query *query, str name, str op, str value,
                          struct err *err);

/* How many, counted to the end: costs what the list costs. */
bool dossier_count_whole(const struct dossier_place *place, const struct dossier_query *query, int64_t *count,
                         struct err *err);

/* How many, counted no further than DOSSIER_COUNT_MOST or what a view looks at (then *is_more: « plus de 1 000 »).
 * cursor, sort and limit of the query do not count. */
enum { DOSSIER_COUNT_MOST = 1000 };
bool dossier_count(const struct dossier_place *place, const struct dossier_query *query, int64_t *count, bool *is_more,
                   struct err *err);

/* The requests of an account, newest first; cursor and limit as in dossier_query. */
bool dossier_list_of_account(const struct dossier_place *place, int64_t account, str cursor, size_t limit,
                             struct dossier_page *out, struct err *err);
/* Whether the account has an open one of this form (only_allow_one). */
bool dossier_account_has(const struct dossier_place *place, int64_t account, str form, bool *has, struct err *err);

/* ---- As other programs read it --------------------------------------------------------------------------------------
 */

/* What of it is told, as w.c.s. names it. */
struct dossier_parts {
    bool fields, user, evolution, roles, submission, workflow, workflow_data, actions;
};
struct dossier_reading {
    struct dossier_parts parts;
    const struct actor *actor; /* who reads: of the history what they may, of what may be called what they may call */
    void *data;
    /* Adds to what is told of a file ({blob, name, type, size} as it is kept): where it is read, its content; may be
     * NULL. */
    void (*file)(void *data, const struct dossier *dossier, const json_t *file, json_t *out);
    json_t *(*role)(void *data, str slug); /* how a role is told; NULL: by its slug */
};
/* In the names and shapes of w.c.s.'s API; the caller's reference. evolution and workflow want its history. */
json_t *dossier_json(const struct dossier_place *place, const struct dossier *dossier,
                     const struct dossier_reading *reading);
/* Reads the histories of those that were read without, at once; NULL ones are passed over. */
void dossier_read_histories(const struct dossier_place *place, struct dossier_list *dossiers);

/* ---- Beside the dossier ---------------------------------------------------------------------------------------------
 */

/* A note between agents: never shown to who filed it, nor to templates. */
struct dossier_note {
    int64_t id;
    instant at;
    int64_t account;
    str author, text;
};
struct dossier_notes VEC_OF(struct dossier_note);
bool dossier_add_note(const struct dossier_place *place, int64_t dossier, int64_t account, str author, str text,
                      struct err *err);
bool dossier_read_notes(const struct dossier_place *place, int64_t dossier, struct dossier_notes *out, struct err *err);

/* Notices of an account (action « notification »), newest first. */
struct dossier_notice {
    int64_t id, dossier;
    instant at;
    str title, body, url; /* body: plain text */
    str origin;           /* who says it, as people read it; may be empty */
    bool is_read;
};
struct dossier_notices VEC_OF(struct dossier_notice);
bool dossier_read_notices(const struct dossier_place *place, int64_t account, size_t limit, struct dossier_notices *out,
                          struct err *err);
bool dossier_mark_notices_read(const struct dossier_place *place, int64_t account, struct err *err);

/* The blobs that a dossier names, for the download route: false where the dossier does not name this one. */
struct dossier_file {
    str blob, name, type;
    int64_t size;
    str field; /* id of the field */
};
struct dossier_files VEC_OF(struct dossier_file);
void dossier_files(const struct dossier_place *place, const struct dossier *dossier, struct dossier_files *out);
bool dossier_has_file(const struct dossier_place *place, const struct dossier *dossier, str blob,
                      struct dossier_file *out);
/* Whether any dossier of the site names the blob: for the purge. */
bool dossier_blob_is_used(struct tx *tx, str blob, bool *used, struct err *err);

/* ---- Cards as choices
 * ------------------------------------------------------------------------------------------------
 */

/* What a source of kind « card » gives: the cards of « slug », those of a view of it (« slug:view »: its filters, its
 * order, its digest), or those of who files (« slug:_with_user_filter »). A thousand at the most. False: no such model.
 */
bool dossier_card_choices(const struct dossier_place *place, const struct local_asking *asking, struct render *render,
                          struct choices *out);

/* ---- Many at once ---------------------------------------------------------------------------------------------------
 */

/* A selection that one agent made among the dossiers of a form, what is done to all of them, and how far that is. It is
 * kept a month. Each dossier is treated in a transaction of its own, as if the agent had opened it and pressed the
 * button; a job does so, and goes on where it was where the process dies. */
enum { MASS_MOST = 20000 };
struct mass {
    int64_t id;
    str form;               /* its key */
    instant started, ended; /* 0: not yet */
    bool is_cut;            /* more than MASS_MOST were asked for: these are the first */
    str label;              /* what is done; empty until it is started */
    str back;               /* path of the list that it was made from */
    int64_t waiting, done, failed;
};

/* Keeps a selection: these of the form, as far as the actor may see them; or all of the query, in its order. *id 0:
 * none is left. */
bool mass_select(const struct dossier_place *place, const struct actor *actor, str form, str back, const int64_t *ids,
                 size_t count, int64_t *id, struct err *err);
bool mass_select_all(const struct dossier_place *place, const struct dossier_query *query, str back, int64_t *id,
                     struct err *err);
/* ERR_NOT_FOUND where there is none of that id that this account made. */
bool mass_read(const struct dossier_place *place, int64_t id, int64_t account, struct mass *out, struct err *err);
/* Those that the account started, newest first, twenty at the most. */
struct masses VEC_OF(struct mass);
bool mass_list(const struct dossier_place *place, int64_t account, struct masses *out, struct err *err);

/* What may be done to at least one of them; conditions are looked at when it is done. */
struct mass_offer {
    str key; /* « choix:STATUS/ACTION », « globale:ACTION » */
    struct offered_button button;
    str status_name; /* of a choice: of those that it is offered for */
    int64_t count;   /* for how many */
    int64_t dossier; /* one of them */
};
struct mass_offers VEC_OF(struct mass_offer);
bool mass_offer(const struct dossier_place *place, int64_t id, const struct actor *actor, struct mass_offers *out,
                struct err *err);
/* Whether the form's workflow lets this agent do anything to many at once. */
bool dossier_form_has_mass(const struct dossier_place *place, const struct form *form, const struct actor *actor);

/* Starts it, durably. event: its forms and comments are what the action's page asked; blobs: the files among them.
 * ERR_CONFLICT where it was started already. */
bool mass_start(const struct dossier_place *place, int64_t id, const struct mass_offer *offer,
                const struct event *event, const struct str_list *blobs, struct err *err);

/* Those that nothing was done to, and why, in the order of the selection, those behind a position (-1: from the first),
 * a hundred at the most. */
struct mass_failure {
    int64_t position, dossier;
    str message; /* a sentence for the agent */
};
struct mass_failures VEC_OF(struct mass_failure);
bool mass_read_failures(const struct dossier_place *place, int64_t id, int64_t after, struct mass_failures *out,
                        struct err *err);

/* ---- Another version of a circuit, or another circuit ------------------------------------------------------------
 * A request goes on with the version of its circuit that it was filed with, until an administrator has the open ones go
 * over to the one in service; or to the circuit that its form has meanwhile
 * (docs/decisions/0012-requests-keep-their-circuit.md). */

/* Open requests, and cards, of one form that follow an older version, or another circuit, and stand in one status. */
struct upgrade_group {
    str form;                    /* its key */
    str workflow, workflow_name; /* that they follow */
    int64_t version;
    str key;       /* what chooses where they go on: the status, of another circuit « CIRCUIT/STATUS » */
    bool is_asked; /* nothing but what is chosen says it */
    str status, status_name;
    int64_t count;
    const struct workflow_status *target; /* where they go on; NULL: that is to be chosen, unless they are removed */
    bool is_removed;                      /* that was chosen */
    bool asks_removal;                    /* the definition proposes it */
};
/* What is chosen for the status of those that are to be removed. */
#define UPGRADE_REMOVE STR("_remove")
struct upgrade_plan {
    const struct workflow *workflow; /* in service */
    struct VEC_OF(struct upgrade_group) groups;
    int64_t count;   /* of all groups */
    int64_t lacking; /* of those of which nothing is said */
    int64_t removed; /* of those that are removed */
    const json_t *chosen;
};
/* What going over would do. A status goes on as the one that was chosen for it, else as the one of its id, else as
 * Publik's « status_remapping » of the definition says (workflow_remapped); nothing is removed unless that was chosen.
 * One of another circuit goes on as was chosen, else as the form's « workflow_migrations » say, else as the one of its
 * name. chosen: {key of a group: id of its target, or UPGRADE_REMOVE}, or NULL. ERR_NOT_FOUND: no such circuit is in
 * service; ERR_INVALID: a target that is none of its statuses. */
bool upgrade_make_plan(const struct dossier_place *place, str workflow, const json_t *chosen, struct upgrade_plan *out,
                       struct err *err);

/* Going over, some at a time: each in a transaction of its own, so that it may be left and begun anew anywhere. */
struct upgrade {
    const struct workflow *workflow;
    const json_t *chosen; /* of the plan */
    struct actor actor;   /* who has them go over; account 0: the program */
    int64_t run;          /* upgrade_run.id that counts them; 0: none does */
    int64_t after;        /* the dossier that was looked at last */
    int64_t done, left;   /* how many have gone over; and could not: they wait for another service's answer */
    bool is_over;
};
/* ERR_UNAVAILABLE: the store is away. */
bool upgrade_go_on(const struct dossier_place *place, struct upgrade *upgrade, struct err *err);

/* The same by a job: one at a time for a circuit. It goes on where it was where the process dies; those that wait for
 * another service's answer are tried again for a day. */
struct upgrade_run {
    int64_t id; /* 0: there was none */
    int64_t version;
    str author;
    instant started, ended; /* ended 0: it is under way */
    instant next;           /* those that were left are tried again then; 0: it goes through them now */
    int64_t total;          /* at its start */
    int64_t done, left;
    bool is_overtaken; /* another version came into service: somebody has to say anew what becomes of its statuses */
};
/* actor: who has them go over. ERR_CONFLICT: one is under way; ERR_INVALID: a status lacks its target. */
bool upgrade_start(const struct dossier_place *place, const struct upgrade_plan *plan, const struct actor *actor,
                   struct err *err);
/* The last one of the circuit. */
bool upgrade_read_run(const struct dossier_place *place, str workflow, struct upgrade_run *out, struct err *err);

/* ---- Proof of the histories (chain.h)
 * --------------------------------------------------------------------------------
 */

enum history_fault_kind {
    HISTORY_CHANGED,    /* an entry says something else than was written */
    HISTORY_ERASED,     /* its content was taken away, of a dossier that is not anonymised */
    HISTORY_MISSING,    /* entries are not there */
    HISTORY_ADDED,      /* an entry that was put in */
    HISTORY_MOVED,      /* an entry stands elsewhere than it was written */
    HISTORY_CUT,        /* the end is missing */
    HISTORY_END,        /* the last entry is not the one that the dossier names */
    HISTORY_NO_DOSSIER, /* entries of a dossier that was removed, or is unknown */
};
struct history_fault {
    enum history_fault_kind kind;
    int64_t dossier;
    str code, form;   /* empty: the dossier is unknown */
    int64_t sequence; /* of the form */
    int64_t position; /* of the entry, from 1; of MISSING and CUT the first one */
    int64_t count;    /* how many entries */
};
struct history_check {
    int64_t dossiers, entries, erased, faults;
    void (*tell)(void *data,
                 const struct history_fault *fault); /* for each; what it is given lives as long as the call */
    void *data;
};
/* Looks through all histories of a site, in bounded memory, one moment of the store after the other: others may go on
 * writing. Fills the counts. True also where faults were found. */
bool dossiers_verify_histories(struct store *store, struct history_check *check, struct err *err);

/* ---- Names for templates --------------------------------------------------------------------------------------------
 */

/* The lazy scope: form_* (publik.md §1.10), comment_*, NAME_var_*, session_user_*, the site's variables,
 * is_in_backoffice, data_source.*. form alone: the catalogue's sheet; form and answers: a draft (dossier NULL); a
 * dossier: all. The value lives as long as place and what is given. */
struct value dossier_scope(const struct dossier_place *place, const struct form *form, const json_t *answers,
                           const struct dossier *dossier);
/* The names of the site alone. */
struct value dossier_site_scope(const struct dossier_place *place);

/* ---- Time -----------------------------------------------------------------------------------------------------------
 */

/* Kinds of jobs that come here: « workflow.timer » (payload {"dossier", "status", "action"}), « workflow.global »
 * ({"dossier", "action"}), « dossiers.mass » ({"mass"}), « dossiers.upgrade » ({"run", "after" …}). The runner's
 * function makes a place for the store of the job and calls this. At least once: doing it again changes nothing. Who
 * runs jobs writes job_kinds of its own, with these names and attempts. */
extern const str dossier_job_kinds[];
extern const size_t dossier_job_kind_count;
enum { DOSSIER_JOB_ATTEMPTS = 8, DOSSIER_JOB_LEASE_SECONDS = 60 };
bool dossier_run_job(const struct dossier_place *place, const struct job *job, struct err *err);

/* The daily mails to roles of what came to them (aggregationemail): one job a site, « dossiers.summaries », which adds
 * the next one itself. summaries_schedule is a store_fn without an argument, for each site that is watched. */
#define SUMMARIES_JOB_KIND "dossiers.summaries"
bool summaries_schedule(struct tx *tx, void *unused, struct err *err);
bool summaries_run_job(const struct dossier_place *place, const struct job *job, struct err *err);

/* What a receipt says (CRPA R112-11-1): service_name, code, received, url, site_name, contact, silence_decides,
 * silence_accepts, silence_date, appeal. */
json_t *dossier_receipt_words(const struct dossier_place *place, const struct form *form,
                              const struct dossier *dossier);
/* The date at which silence decides (CRPA L231-1, L231-4), from the form's « service » or else the site's, moved by the
 * documents that were asked for (L114-5); false where the service says none, or while it is not counted. */
bool dossier_silence_date(const struct dossier_place *place, const struct form *form, const struct dossier *dossier,
                          struct date *out, bool *accepts);

extern const struct migration dossiers_migrations[];
extern const size_t dossiers_migration_count;

#endif

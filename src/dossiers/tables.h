/* What the files of this folder share. */
#ifndef GUICHET_DOSSIERS_TABLES_H
#define GUICHET_DOSSIERS_TABLES_H

#include "dossiers/chain.h"

/* The role under which every dossier is listed, for administrators. */
#define EVERY_ROLE STR("*")
/* The list that a role has of requests, or of cards: what dossier_listing calls a role. */
str list_of_role(struct arena *arena, bool of_cards, str role);
/* What a dossier is to a role that may see it. What waits for somebody is open. */
enum phase { PHASE_FINAL, PHASE_OPEN, PHASE_WAITING };

instant place_now(const struct dossier_place *place);

/* ---- rows (load.c) ---- */
/* What load_row reads of the table dossier, from column 0. */
#define LOAD_COLUMNS                                                                                                   \
    "id, uuid, code, form, form_version, workflow, workflow_version, form_number, sequence, account, submitter_name,"  \
    " email, channel, agent, status, received, updated, arrived, is_final, revision, is_anonymised, is_removed,"       \
    " answers, data, marks, identifier, summary, level"
void load_row(struct rows *rows, struct arena *arena, struct dossier *dossier);
/* The same of dossier_history; the entry is put behind those of the dossier. */
#define LOAD_HISTORY_COLUMNS "id, at, author, account, author_name, status, parts"
void load_entry(struct rows *rows, struct arena *arena, struct dossier *dossier);
bool load_in(struct tx *tx, struct arena *arena, int64_t id, struct dossier **out, struct err *err);

/* ---- what of a dossier is searched and listed (index.c) ---- */
struct field_value {
    str field, text;
    double number;
    bool has_number;
};
struct index_rows {
    str words;   /* what the full-text search reads: folded, and a key for each role and for the form */
    str summary; /* one line */
    struct VEC_OF(struct field_value) values;
};
struct listed { /* in the list of a role */
    str role;
    enum phase phase;
};
/* One of the counts that a filing raises (quotas.c); account 0: that of everybody together. */
struct quota_count {
    const struct quota *quota;
    str period;
    int64_t account;
};
struct quota_counts VEC_OF(struct quota_count);
struct dossier_rows {
    struct index_rows index;
    struct VEC_OF(struct listed) lists;
    str answers, data, marks, status_name, status_colour, public_status, form_name, level_name, level_colour;
    bool waits_for_submitter;
    struct chain_entry *entries; /* one an entry of the change; linked in the transaction (chain.h) */
    int64_t *notice_ids;         /* one a notice */
    struct str_list blobs;
    str listed;                 /* its lists, as a text (rows_side.c) */
    str indexed;                /* a digest of its index and blobs */
    struct quota_counts counts; /* of a new one */
    struct VEC_OF(struct dossier_write) others;
};
/* The files that it names: of the answers, of the data of the treatment, of the sub-forms (rows.c). */
void rows_blobs(struct arena *arena, const struct form *form, const struct workflow *workflow,
                const struct dossier *dossier, struct str_list *out);
/* ---- rows beside the dossier's own: lists, index, blobs (rows_side.c) ---- */
/* Fills listed and indexed. */
void side_sum(struct arena *arena, struct dossier_rows *rows);
/* What stands in the store: the dossier's own row, as it is in this transaction. Zeros for a new one. */
struct standing {
    struct chain chain;
    bool has_lists; /* rows.listed, as before: what is new is their status and times */
    bool has_index; /* rows.indexed, as before */
};
bool standing_read(struct tx *tx, const struct dossier_write *write, struct standing *standing, struct err *err);
bool side_write(struct tx *tx, const struct dossier_write *write, const struct standing *standing, struct err *err);
/* Takes all of it away. */
bool side_remove(struct tx *tx, int64_t dossier, struct err *err);
/* The counts that the filing of it raises. */
void quotas_prepare(struct arena *arena, const struct form *form, int64_t account, instant at,
                    struct quota_counts *out);
/* Raises them: ERR_CLOSED, a sentence for who files, where one is used up. */
bool quotas_take(struct tx *tx, const struct dossier *dossier, const struct quota_counts *counts, struct err *err);
/* Gives back what the dossier took; or only forgets who took it. */
bool quotas_give_back(struct tx *tx, const struct dossier *dossier, struct err *err);
bool quotas_forget(struct tx *tx, const struct dossier *dossier, struct err *err);
/* digest: empty where the form has none; then the listed fields sum up. */
void index_make(struct arena *arena, const struct form *form, const struct change *change, str digest,
                struct index_rows *out);
/* The key that every request has, and every card. */
#define INDEX_KEY_OF_ALL "z0all"
#define INDEX_KEY_OF_CARDS "z0card"
/* The field, in dossier_value, of a card's digest, folded. */
#define INDEX_DIGEST STR_EMPTY
/* The word that stands for the list of a role, or for a form, in the search keys. */
str index_key(struct arena *arena, char kind, str name);
bool index_is_key(str word);
/* A word of a card's digest: who chooses a card searches by nothing else. */
str index_digest_word(struct arena *arena, str word);

/* ---- full text (search.c) ---- */
/* Replaces the words of a dossier; none: takes them away. */
bool search_write(struct tx *tx, int64_t dossier, str words, struct err *err);
/* Gives FTS5 the words of the dossiers behind the mark; a store_fn. search_write does it now and then. */
bool search_index_new(struct tx *tx, void *arg, struct err *err);
struct found { /* a dossier in a list, and where it stands */
    int64_t at, id;
};
struct founds VEC_OF(struct found);
bool search_walk(struct tx *tx, struct arena *arena, const struct dossier_query *query, struct found after,
                 int64_t limit, struct founds *out, struct err *err);

/* ---- computing (context.c) ---- */
struct workflow_host; /* what the engine's questions are answered from */
/* A context for this dossier; false and err where its workflow is lost. */
bool context_make(const struct dossier_place *place, const struct form *form, const struct workflow *workflow,
                  struct workflow_context *context);
bool context_of(const struct dossier_place *place, const struct dossier *dossier, struct workflow_context *context);
/* The roles that play a function for this dossier (NULL: for any of the form). */
void context_roles_of(const struct dossier_place *place, const struct form *form, const struct dossier *dossier,
                      str function, struct str_list *out);
/* What people call it. */
str context_role_name(const struct dossier_place *place, str role);
/* Where who has the role is written to. */
void context_addresses_of(const struct dossier_place *place, str role, struct recipients *out);

/* ---- dossiers that an action makes (creations.c) ---- */
/* The change of a dossier that is being computed, known to the templates that it renders. */
struct under_way {
    const struct under_way *around;       /* that of the dossier whose action makes this one; NULL: none */
    const struct dossier *dossier;        /* as the engine has it by now */
    str action;                           /* that is making another; empty: none is */
    struct VEC_OF(struct dossier *) made; /* or changed: as they are by now, the latest last */
    struct drafts begun;
};
/* place: the one of who makes it, whose under_way is given. */
bool creation_make(const struct dossier_place *place, struct under_way *under_way, const struct creation *creation,
                   struct change **made, struct err *err);

/* The draft of one. */
void creation_begin(const struct dossier_place *place, const struct creation *creation, struct draft *out);

/* As creation_make: of a dossier that is there already. */
bool rewriting_make(const struct dossier_place *place, struct under_way *under_way, const struct dossier *dossier,
                    const struct rewriting *rewriting, struct change **made, struct err *err);
/* What is under way of it, or itself. */
struct dossier *dossier_as_by_now(const struct dossier_place *place, struct dossier *dossier);
/* Whether the field's choices are the cards of this model (targets.c). */
bool field_chooses_of(const struct field *field, const struct form *model);
/* Which dossiers an action changes (targets.c): see workflow_context. */
void targets_find(const struct dossier_place *place, const struct dossier *dossier, const struct action_target *target,
                  const struct value *named, struct targets *out);

/* ---- where it is (places.c) ---- */
/* {name: label} of the places that it is to be known at; NULL: none. */
const json_t *places_declared(struct arena *arena, const struct form *form, const struct workflow *workflow);

/* ---- silence (silence.c) ---- */
/* Of the form's « service », or else the site's; NULL: neither says. */
const json_t *service_key(const struct dossier_place *place, const struct form *form, const char *key);
/* The end of the day on which silence decides. */
bool silence_falls(const struct dossier_place *place, const struct form *form, const struct dossier *dossier,
                   instant *at);

/* ---- daily mails (summaries.c) ---- */
/* Keeps that the dossier is to be told of. */
bool summaries_write(struct tx *tx, const struct change *change, struct err *err);

/* ---- many at once (mass_run.c) ---- */
#define MASS_JOB STR("dossiers.mass")
enum mass_state { MASS_WAITING, MASS_DONE, MASS_FAILED };
/* The job that goes on with it: one at a time. */
struct job mass_job(struct arena *arena, int64_t id);
bool mass_run_job(const struct dossier_place *place, const struct job *job, struct err *err);

/* ---- another version of a circuit (upgrade.c) ---- */
/* Those that follow another version than the one in service, or another circuit: upgrade_concerns says whether their
 * form has this one now. A card goes on in whatever status it stands. */
#define UPGRADE_OLD                                                                                                    \
    "(workflow <> :workflow OR workflow_version <> :version) AND is_removed = 0 AND is_anonymised = 0"                 \
    " AND (is_final = 0 OR form LIKE 'card:%')"
bool upgrade_concerns(const struct dossier_place *place, const struct workflow *workflow, str form, str followed);

/* Where a status goes on that a dossier of a form stands, or stood, in (upgrade_status.c). */
struct upgrade_target {
    const struct workflow_status *status; /* NULL: nothing says it, or they are removed */
    bool is_removed, asks_removal;
    bool is_asked; /* nothing but what is chosen says it */
};
struct upgrade_target upgrade_target_of(struct arena *arena, const struct form *form, const struct workflow *before,
                                        const struct workflow *workflow, const json_t *chosen, str status);
/* What chooses it: the status, of another circuit « CIRCUIT/STATUS ». */
str upgrade_choice_key(struct arena *arena, const struct workflow *before, const struct workflow *workflow, str status);
/* The job that goes on with it (upgrade_run.c). */
#define UPGRADE_JOB STR("dossiers.upgrade")
bool upgrade_run_job(const struct dossier_place *place, const struct job *job, struct err *err);
/* It has gone over: counted in its own transaction. A function for dossier_write.also. */
bool upgrade_count(struct tx *tx, void *upgrade, struct err *err);

/* ---- cards (cards.c) ---- */
/* Gives the card of the change its identifier. ERR_INVALID where its model's template gives none, or one too long. */
bool card_identify(const struct dossier_place *place, const struct form *form, const struct change *change,
                   struct err *err);
/* ERR_INVALID where another card of the model has the identifier. */
bool card_is_unique(struct tx *tx, const struct dossier *dossier, struct err *err);

/* What form_var_x_live needs (card_choices.c). */
const struct answers_cards *card_links(const struct dossier_place *place, struct arena *arena);

/* ---- numbers (numbers.c) ---- */
bool numbers_take(const struct dossier_place *place, str form, int64_t *form_number, int64_t *sequence,
                  struct err *err);
/* After a filing met a number or a code that another has. */
void numbers_forget(struct store *store, str form);

/* ---- the receipt (receipt.c) ---- */
void receipt_add(const struct dossier_place *place, const struct form *form, struct change *change);

/* ---- series (variables_series.c) ---- */
/* Things of one name, oldest first, never none: what a value object of them has as its self. Read
 * by their number, else as the last one. */
struct series VEC_OF(struct value);
size_t series_length(const struct value_object *object, struct arena *arena);
bool series_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out);
bool series_get(const struct value_object *object, struct arena *arena, str key, struct value *out);

/* ---- names (variables.c) ---- */
struct scope {
    const struct dossier_place *place;
    const struct form *form;         /* may be NULL */
    const struct workflow *workflow; /* may be NULL */
    const json_t *answers;           /* of a draft; a dossier's are read from it */
    const struct dossier *dossier;   /* NULL: not filed */
};
struct value scope_value(struct scope *scope);
struct value variables_form(const struct scope *scope);     /* form_* (variables_form.c) */
struct value variables_triggers(const struct scope *scope); /* form_trigger_* (variables_triggers.c) */
/* For reading the answers of the dossier. */
struct form_context scope_form_context(const struct scope *scope, struct arena *arena);
/* Its answers as a document tells them. */
void details_of(const struct scope *scope, const struct dossier *dossier, struct model_details *out);
str scope_file_url(const struct scope *scope); /* where the files of the dossier are read */
struct value variables_person(const struct dossier_place *place, struct arena *arena,
                              const struct dossier_person *person);
str person_name(struct arena *arena, const struct dossier_person *person);
/* The account behind such a value; 0: it is none. */
int64_t variables_account_of(struct value person);
/* Filters of persons (variables_roles.c). */
bool person_filter(const struct dossier_place *place, const struct dossier_person *person, struct arena *arena,
                   str name, struct value arg, struct value *out);
struct value variables_mails(const struct scope *scope);       /* form_workflow_email_NAME */
struct value variables_attachments(const struct scope *scope); /* form_attachments_NAME: the latest file of that name */
struct value variables_button(const struct scope *scope);      /* {% action_button %}, of a dossier (buttons.c) */
/* form_jumps, form_latest_jump, of a dossier (variables_jumps.c) */
struct value variables_jumps(const struct scope *scope, struct arena *arena);
struct value variables_latest_jump(const struct scope *scope, struct arena *arena);
struct value variables_links(const struct scope *scope);         /* form_links_*, of a dossier (variables_links.c) */
struct value variables_reverse_links(const struct scope *scope); /* form_reverse_links_*, of a card */
bool variables_parent(const struct scope *scope, struct arena *arena, struct value *out); /* form_parent */
/* form_documents …, form_silence_date …, of a dossier (silence.c) */
bool variables_silence(const struct scope *scope, struct arena *arena, str key, struct value *out);
bool variables_form_parts(const struct scope *scope, struct arena *arena, str varname, struct value *out);

/* ---- queries (query.c) ---- */
/* form_objects: the dossiers of the form of the scope. */
struct value query_of_scope(const struct scope *scope, struct arena *arena);
/* The dossiers of the form whose answer of that varname is the id. */
struct value query_of_answer(const struct scope *scope, struct arena *arena, const struct form *form, str varname,
                             str id);
/* forms and cards; scope: whose dossier exclude_self and same_user mean, NULL: none. */
bool query_roots(const struct dossier_place *place, const struct scope *scope, struct arena *arena, str key,
                 struct value *out);

#endif

/* forms: what is asked. Fields of every type, pages, conditions, checks, prefilling, and what answers mean to
 * templates.
 *
 * Answers are one JSON object keyed by field id (docs/definitions, « An answer, as it is stored »). Functions here
 * change that object in place; the names that conditions and texts read (form_var_…) are looked up in it lazily, so a
 * caller builds the scope once over the same object. Nothing here knows the store (but for drafts), HTTP or HTML. */
#ifndef GUICHET_FORMS_H
#define GUICHET_FORMS_H

#include "base/base.h"
#include "geocoder/geocoder.h"
#include "sources/sources.h"
#include "store/jobs.h"
#include "template/template.h"

/* ---- Definitions, compiled ----------------------------------------------------------------------------------------
 */

struct field_type; /* private: one file each in fields/ */

enum field_required { FIELD_OPTIONAL, FIELD_REQUIRED, FIELD_REQUIRED_OF_RESIDENTS };
enum field_place { PLACE_VALIDATION = 1, PLACE_SUMMARY = 2, PLACE_LISTINGS = 4, PLACE_STATISTICS = 8 };
enum prefill_kind { PREFILL_NONE, PREFILL_TEMPLATE, PREFILL_USER, PREFILL_GEOLOCATION, PREFILL_OTHER };

struct field {
    str id, varname;
    /* The name of its control: « f12 ». Beside it may stand: f12-jour, f12-mois, f12-annee (a date in three boxes),
     * f12-retirer (take the file away), f12-cherche and f12-pour (the search box of a long list, and the texts that its
     * choices were found by; its button is called « chercher », value f12), and f12-vu, a hidden control that a page
     * sends with each field that is on the screen: where a page sends any, a field that this post's answers bring is
     * asked first (is_revealed). Of a field of type block: f12-rang, once a row, in their order, its value the row's
     * key (a small number); the controls of a row's fields, f12-KEY-ID, with what may stand beside these, and
     * f12-KEY-ID-garde (the blob of the file that is kept). Its buttons are all called « rangs »: f12-ajouter,
     * f12-KEY-enlever. */
    str control, marker;
    str type_name;                 /* as the definition says it */
    const struct field_type *type; /* NULL: a type that does not run yet; the field is kept and inert */
    const struct template *label;  /* HTML of a comment, text of the others */
    str label_text;                /* the label as written, without its HTML */
    str hint;                      /* HTML as written */
    const struct template *hint_template;
    const struct template *condition; /* NULL: always shown */
    enum field_required required;
    unsigned places; /* of enum field_place */
    str css;         /* Publik's class names */
    str anonymise;   /* « final », « intermediate », « no » */
    bool in_filters;
    enum prefill_kind prefill;
    const struct template *prefill_template;
    str prefill_user; /* name of a datum of the account, without a leading underscore */
    str prefill_part; /* of the address at a position: « road », « city » …, as Publik calls them */
    bool prefill_locked, prefill_locked_unless_empty;
    const json_t *json;            /* the definition */
    const void *params;            /* of the type */
    const struct value_dict *view; /* what pages show of it whatever was answered */
};

struct field_list {
    const struct field *at;
    size_t len;
};

struct post_condition {
    const struct template *condition, *message;
};
struct post_conditions {
    const struct post_condition *at;
    size_t len;
};

/* What was kept but does not run, or is wrong: for the importer's report and « guichet check ». */
struct form_report {
    str construct; /* « field:map », « validation:foo », « ds:json », « template » … */
    str where;     /* « champ 12 (Adresse) » */
    str message;   /* French */
    bool is_error; /* a text that does not compile; else: a kind that does not run yet */
    int line, column;
};
struct form_reports VEC_OF(struct form_report);
/* Every text, compiled, for the static check. */
struct form_text {
    str where;
    const struct template *template;
};
struct form_texts VEC_OF(struct form_text);

/* Fields that are asked together, once or several times: a document of kind « block », or what a field of type block
 * holds itself. */
struct block {
    str slug, name; /* empty where the field holds it */
    struct field_list fields;
    const struct template *digest;          /* a row in a line; NULL, or empty: its answers, one after the other */
    struct post_conditions post_conditions; /* of each row */
    int depth;                              /* of blocks within blocks: 1 where there is none */
    struct form_reports reports;
    struct form_texts texts;
};
enum { BLOCK_DEPTH_MOST = 3 };

/* Gives a block by its slug; NULL where there is none. */
struct block_finder {
    const struct block *(*find)(const void *data, str slug);
    const void *data;
};

/* Compiles a block document. blocks may be NULL: none is known. NULL and err only where it is no block at all. json
 * must live as long as the arena, and the blocks as long as what is compiled with them. */
const struct block *block_compile(struct arena *arena, const json_t *json, const struct block_finder *blocks,
                                  struct err *err);
/* The block of a field; NULL: it is of another type, or the block is missing. */
const struct block *field_block_of(const struct field *field);

/* A list of fields; wrong parts are reported, never refused. json must live as long as the arena. */
const struct field_list *field_list_compile(struct arena *arena, const json_t *json, const struct block_finder *blocks,
                                            struct form_reports *reports, struct form_texts *texts);
/* « post_conditions » that stand beside such a list. */
struct post_conditions post_conditions_compile(struct arena *arena, const json_t *json, struct form_reports *reports,
                                               struct form_texts *texts);
/* NULL where there is none. */
const struct field *field_by_id(const struct field_list *fields, str id);
const struct field *field_by_varname(const struct field_list *fields, str varname);

/* The choices of an item or items field that are the same for every request; false: it has others, or none. */
bool field_fixed_choices(const struct field *field, const struct source_finder *sources, struct choices *out);

/* Whether fields of this type run; the types that do, NULL past the last; the same for validations. */
bool field_type_runs(str type);
const char *field_type_name(size_t index);
bool validation_type_runs(str type);
const char *validation_type(size_t index);

/* Where the service is not for who answers so: the path ends there, on purpose, and says what else to do. */
struct page_stop {
    const struct template *condition, *title, *text; /* text: HTML */
    const struct template *link_url, *link_label;    /* NULL: none */
};
struct form_page {
    str id, label, varname;
    const struct template *condition; /* NULL: always */
    struct field_list fields;         /* a page field among them shows nothing */
    struct post_conditions post_conditions;
    struct page_stops VEC_OF(struct page_stop) stops;
};

struct str_views {
    const str *at;
    size_t len;
};

/* A saved view (w.c.s. custom view). */
struct view_filter {
    str name;                     /* the id of a field, « status », « user » … */
    str op;                       /* as Publik calls it, empty: equal */
    const struct template *value; /* NULL: the operator wants none */
};
struct custom_view {
    str slug, title, order_by; /* order_by: a name or « f » and the id of a field, « - » before it: turned round */
    bool is_default;           /* what agents see first */
    bool is_shared;            /* with all agents: not one that only sources and templates name */
    struct str_views columns;  /* « id », « time », « status » … and ids of fields; none: the usual ones */
    struct VEC_OF(struct view_filter) filters;
    const struct template *digest; /* what each is called there; NULL: as everywhere */
};
struct custom_views VEC_OF(struct custom_view);

/* At most so many requests: in all, or in each year, month or day; of everybody together, or of each account. */
enum quota_period { QUOTA_EVER, QUOTA_YEAR, QUOTA_MONTH, QUOTA_DAY };
struct quota {
    int64_t most;
    enum quota_period period;
    bool is_each; /* of each account */
    str message;  /* what who comes too late is told; empty: our own words */
};
struct quotas VEC_OF(struct quota);

struct form {
    str slug, name, description; /* HTML */
    bool is_card;                /* a card model: agents fill it, as reference data */
    str key;                     /* what its dossiers are kept under: form_key */
    int64_t version;
    str category, workflow, workflow_name;
    bool is_disabled;
    instant opens, closes; /* 0: no bound */
    struct quotas quotas;
    bool has_confirmation, has_tracking_codes, only_one;
    bool offers_all_files; /* to agents, as one archive */
    bool is_guarded;       /* w.c.s. has_captcha: more caution with what comes without an account */
    struct str_views keywords, roles, backoffice_roles;
    struct str_views contexts; /* ways to identify oneself, one of which it wants of residents; none: any will do */
    const struct template *disabled_redirection, *digest; /* NULL: none */
    const struct template *identifier;                    /* of a card; NULL: its number */
    int drafts_lifespan;                                  /* days, 0: the site's */
    const json_t *functions;                              /* function → role; may be NULL */
    const json_t *migrations; /* what became of statuses when it changed circuit: list of {old_workflow, new_workflow,
                                 statuses: [{old, new}]}; may be NULL */
    const json_t *options;    /* values of the workflow's options; may be NULL */
    const json_t *service;    /* legal mentions; may be NULL */
    struct custom_views views;
    const struct template *lateral, *submission_lateral; /* HTML; NULL: none (side.c) */
    struct field_list verified;                          /* asked again beside the tracking code (verify.c) */
    struct field_list fields;                            /* all, page fields too */
    const struct form_page *pages;                       /* at least one */
    size_t page_count;
    struct form_reports reports;
    struct form_texts texts;
    const json_t *json;
};

/* Forms and card models have slugs of their own; what is kept of either is kept under a key: the slug of a form, and
 * « card:SLUG » of a card model. No slug has a colon. */
str form_key(struct arena *arena, bool is_card, str slug);
/* Whether it is the key of a card model; *slug (may be NULL) is what stands behind, or the key itself. */
bool form_key_is_card(str key, str *slug);

/* NULL where there is none. */
const struct custom_view *form_view_called(const struct form *form, str slug);

/* Compiles a form document, or a card model's. NULL and err only where it is no form at all. json must live as long as
 * the arena. */
const struct form *form_compile(struct arena *arena, const json_t *json, int64_t version,
                                const struct block_finder *blocks, struct err *err);
/* False and ERR_CLOSED (a sentence for the resident) where it takes no request now. */
bool form_is_open(const struct form *form, instant now, struct err *err);

/* Which period of a quota a moment lies in, local time: « 2026-11 »; empty: it has one period for ever. */
str quota_period_key(struct arena *arena, const struct quota *quota, instant now);
/* ERR_CLOSED: that it is used up, and from when there are places again. of_other: an agent reads it, of whom they enter
 * the request for. Always false. */
bool quota_refuse(const struct quota *quota, instant now, bool of_other, struct err *err);
/* Whether a quota of the form counts by account: then it wants one of who files. */
bool form_counts_by_account(const struct form *form);

/* Whether who identified themself so (session: context) may fill it. */
bool form_takes_context(const struct form *form, str context);

/* ---- Filling -------------------------------------------------------------------------------------------------------
 */

struct posted;

struct page_range {
    size_t first, last;
};
struct form_context {
    struct arena *arena;
    struct value scope;                  /* reads the answers that are being changed */
    struct value site;                   /* the names of the whole site */
    const struct source_finder *sources; /* may be NULL */
    const json_t *account;               /* the account's data by name, for prefilling; NULL: nobody is signed in */
    instant now;                         /* 0: instant_now() */
    bool lists_whole;                    /* long lists are shown, not searched: for filters */
    bool in_backoffice;                  /* an agent fills: « frontoffice » fields are optional */
    str file_url;                        /* files are at FILE_URL/BLOB/NAME; empty: they have no URL */
    struct render_log *log;              /* may be NULL */
    const struct geocoder *geocoder;     /* finds what is typed of an address; may be NULL */
    const json_t *map;                   /* the site's map (docs/definitions, « map »); may be NULL */
    const struct file_tools *files;      /* NULL: pictures stay as they come */
    struct origins *origins;             /* gathers the servers that images of the page come from; may be NULL */
    const struct page_range *pages;      /* those that are filled, whose answers are checked; NULL: all */
    /* What the page that is shown again was sent with: texts of search boxes are shown as they were. NULL: it is shown
     * anew. Reading sets it by itself. */
    const struct posted *posted;
};
struct origins VEC_OF(str); /* « https://tuiles.exemple.fr » */

struct posted_value {
    str name, value;
};
enum file_problem { FILE_FINE, FILE_LOCKED, FILE_INFECTED, FILE_UNSCANNED };
struct posted_file {           /* received and, where it is fine, kept as a blob already */
    str name, file_name, type; /* type: sniffed */
    str blob;
    int64_t size;
    enum file_problem problem;
};
struct file_tools {
    /* Makes a picture smaller, or strips it of what the camera noted; false where it can't be read. */
    bool (*shrink)(void *data, struct arena *arena, struct posted_file *file, bool strips);
    /* Where a picture was taken; false where it does not say. */
    bool (*place)(void *data, struct arena *arena, const struct posted_file *file, struct position *out);
    void *data;
};
struct posted {
    const struct posted_value *values;
    size_t value_count;
    const struct posted_file *files;
    size_t file_count;
    bool is_typing; /* of a chosen file there is the name, f12-nom, and nothing else */
    bool stays;     /* the page is not left by this: rows of blocks stay, though they hold nothing yet */
};

struct field_error {
    const struct field *field; /* NULL: the page as a whole (post-condition) */
    str control;               /* id of the control that the summary links to; empty: none */
    str message;
    bool is_revealed; /* not a mistake: a question that this post's answers brought and that was not on the screen */
};
struct field_errors VEC_OF(struct field_error);

/* Whether the field is shown, by its condition. */
bool field_is_visible(const struct field *field, const struct form_context *context);

/* Sets prefilled values where there is no answer yet; locked ones always. */
void fields_prefill(const struct field_list *fields, const struct form_context *context, json_t *answers);

/* Reads what was posted for these fields into answers, and checks it: what is not shown is dropped, what is locked
 * stays, a choice that is not offered is an error. Errors are appended; true where there is none. A text that is wrong
 * is in answers nonetheless, so that it is shown again. */
bool fields_read(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                 json_t *answers, struct field_errors *errors);
/* Whether they hold; each that does not is told. */
bool post_conditions_hold(struct post_conditions conditions, const struct form_context *context,
                          struct field_errors *errors);
/* The button that adds or takes away a row of a block, where one was pressed: the page is read, kept, and shown again
 * without a word on what is wrong or lacks, at *control. */
bool posted_changes_rows(const struct posted *posted, struct arena *arena, str *control);
/* The button « Chercher » of a list, where it was pressed: the page is read, kept, and shown again with what was found,
 * without a word on what is wrong or lacks. */
bool posted_searches(const struct posted *posted);
/* Checks answers as they are: the same rules, without a post. */
bool fields_check(const struct field_list *fields, const struct form_context *context, json_t *answers,
                  struct field_errors *errors);

/* What a page template shows: a list of dicts, one a visible field, and (with hidden true) the invisible ones marked so
 * that the browser may show them. Each has id, name (of its control), type, label (HTML of a comment), css,
 * visible. One that is filled has too: widget (the type's name, but « select » or « radio » for item, « checkboxes »
 * for items), marker (f12-vu), required, hint (HTML), value (text), display, locked,
 * prefilled (nothing but what a template gave, which follows other answers), autocomplete, and where there is
 * one error, revealed or notice (what may be wrong with an answer that is accepted). By type: maxlength, inputmode,
 * suggestions (string); geolocation (what of the address at a position fills it); rows (text); rules, has_password,
 * confirmation (password); items {text, control, ranks {rank, chosen}} (ranked-items); choices, starts, ends {id, text,
 * chosen} (time-range); checked (bool); day, month, year, iso, min, max (date); choices {id, text, chosen, disabled},
 * hint_is_first_option (item, items), and of a long list that is searched typed, asked, status, hints, trouble; accept,
 * max_size, types, file_name, file_size, file_blob (file); max_files, max_all, files {name, blob, size} (file with
 * max_files); label_display, is_single, may_add, add_label, may_remove, remove_label, rows {name, key, legend, fields},
 * in_block (a field of a row) (block). */
struct value fields_view(const struct field_list *fields, const struct form_context *context, json_t *answers,
                         const struct field_errors *errors, bool hidden);

/* After a change in a page that is being filled: which fields are shown, texts of comments, choices that depend on
 * others, what is wrong with what was typed (never that something lacks), computed fields counted in.
 * {"fields": {"ID": {"visible": bool, "html": …, "choices": […], "value": …, "error": …}}}, of a row's field under its
 * control without the « f ». answers is a working copy that the scope reads: it is changed, and thrown away by the
 * caller. */
json_t *fields_live(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                    json_t *answers);

/* What the list or the suggestions of one field have for what is typed in its control, « f12 », in the page that is
 * being filled: {"choices": [{"id", "text"}], "status": "3 réponses."}, with "trouble": true where its server does not
 * answer. NULL: no field that is shown has suggestions under that name. answers is a working copy, as above. */
json_t *fields_suggest(const struct field_list *fields, const struct form_context *context, const struct posted *posted,
                       json_t *answers, str control);

/* Pages. Indexes count from 0. */
bool form_page_is_visible(const struct form *form, size_t page, const struct form_context *context);
/* Visible, and among those that are filled. */
bool form_page_comes(const struct form *form, size_t page, const struct form_context *context);
/* The pages that an extent names: w.c.s. full, single, partial. All of them where no page has the varname. */
enum page_extent { PAGES_ALL, PAGES_ONE, PAGES_FROM };
enum page_extent page_extent_of(str mode);
struct page_range form_pages_named(const struct form *form, enum page_extent extent, str varname);
/* The next or the previous page that comes, SIZE_MAX if none. */
size_t form_next_page(const struct form *form, size_t page, const struct form_context *context);
size_t form_previous_page(const struct form *form, size_t page, const struct form_context *context);
size_t form_first_page(const struct form *form, const struct form_context *context);
/* What is done each time that a page is about to be shown: its computed fields and those before it, then prefilling. */
void form_page_open(const struct form *form, size_t page, const struct form_context *context, json_t *answers);
/* fields_read of the page, then the computed fields up to it, then its post-conditions. */
bool form_page_read(const struct form *form, size_t page, const struct form_context *context,
                    const struct posted *posted, json_t *answers, struct field_errors *errors);
/* Copies the answers to these fields, and only these, into other answers; what has none there loses it. */
void answers_carry(const struct field_list *fields, const json_t *from, json_t *to);
/* The stop that these answers come to on a page that is left; NULL: they go on. */
const struct page_stop *form_page_stop(const struct form *form, size_t page, const struct form_context *context);
/* As a page shows it: {title, text, link_url, link_label}; a link leads to http, https or a path of the site. */
struct value page_stop_value(const struct page_stop *stop, const struct form_context *context);
/* The first page that comes whose answers stop; SIZE_MAX: none. */
size_t form_stopped_page(const struct form *form, const struct form_context *context);
/* Every page that comes again, before sending: answers of hidden pages and fields are dropped. *page is the first page
 * with an error. */
bool form_check(const struct form *form, const struct form_context *context, json_t *answers,
                struct field_errors *errors, size_t *page);

/* w.c.s. tracking_code_verify_fields: who has the tracking code gives some answers again. The fields to ask, as
 * controls of their own: those of the form that have an answer. Empty: nothing is asked. */
struct field_list form_verified_fields(const struct form *form, struct arena *arena, const json_t *answers);
/* Whether what was given is what was answered; accents, case, blanks and signs are forgiven in texts. */
bool form_verifies(const struct field_list *fields, struct arena *arena, const json_t *answers, const json_t *given);

/* What the form shows agents beside a request, or beside its pages while one of them fills it: HTML, empty: nothing. */
str form_side_text(const struct form *form, const struct form_context *context, bool is_entry);

/* ---- What answers mean ----------------------------------------------------------------------------------------------
 */

/* The answer in words: « 12 mars 2027 », « Oui », a choice's text. Empty where there is none. */
str field_display(const struct field *field, struct arena *arena, const json_t *answers);
/* Whether it is of a type that is answered, and runs. */
bool field_holds_answer(const struct field *field);
/* Whether what is stored must leave by no export: hashes of passwords. */
bool field_is_secret(const struct field *field);
/* Whether there is an answer. */
bool field_has_answer(const struct field *field, const json_t *answers);
/* What is kept of the file, or the list of files, that a value of templates (form_var_x) stands for: {blob, name, type,
 * size, position: where a photograph was taken}; NULL: it stands for none. */
const json_t *answer_file(struct value value);
/* Stores what a template gave (set-backoffice-fields, prefill): a date, a choice by its id or text, a number … A value
 * that the type can't take removes the answer and is a fault in the log. */
void field_set(const struct field *field, const struct form_context *context, struct value value, json_t *answers);
/* The same of the field of that id, or of « BLOCK$ID »: a field of a block, in each of its rows, of which there is one
 * at least. False: no such field. */
bool fields_set(const struct field_list *fields, const struct form_context *context, str id, struct value value,
                json_t *answers);
/* Where the first map or address of these fields that tells a position is; false: none does. */
bool fields_position(const struct field_list *fields, const json_t *answers, struct position *out);
/* Removes the answer and what stands beside it. */
void field_remove(const struct field *field, json_t *answers);
/* Publik: each field says whether its answer goes at the intermediate step already, at the end (is_final), or stays for
 * the statistics; within a block, each field of it where the block itself does not stay. */
void fields_anonymise(const struct field_list *fields, json_t *answers, bool is_final);

/* For lists and search. */
enum index_kind { INDEX_NONE, INDEX_TEXT, INDEX_NUMBER, INDEX_DATE };
struct index_value {
    enum index_kind kind;
    str text; /* INDEX_DATE: AAAA-MM-JJ */
    double number;
};
struct index_value field_index(const struct field *field, struct arena *arena, const json_t *answers);
/* The answers one by one, as a history keeps them; those of a block's rows under the row's name. */
struct shown_answer {
    str label, text;
    str blob; /* of a file; else empty */
};
struct shown_answers VEC_OF(struct shown_answer);
void fields_shown(const struct field_list *fields, struct arena *arena, const json_t *answers,
                  struct shown_answers *out);

/* A table of answers: what its columns are, the same for all requests of a form. A block has a column for each of its
 * fields and rows, ten rows at the most; where it may have more, or how many depends on other answers, one more column
 * has those in a line each. */
struct answer_column {
    str label;
    const struct field *field;
    const struct field *block; /* that the field is a row's; NULL: none */
    size_t row;
    bool is_rest; /* the rows from this one on */
};
struct answer_columns VEC_OF(struct answer_column);
void fields_columns(const struct field_list *fields, const struct form_context *context, struct answer_columns *out);
/* What stands there: typed, and as people read it. INDEX_NONE: nothing. */
struct index_value column_value(const struct answer_column *column, struct arena *arena, const json_t *answers,
                                str *text);

/* What a search of words finds it by. */
str field_words(const struct field *field, struct arena *arena, const json_t *answers);

/* Rows of the answers for a place (PLACE_VALIDATION, PLACE_SUMMARY): a list of dicts {title} (a title, subtitle or page
 * label), or {id, label, text, lines, html, notice, picture, file {name, url, size}, page} with page counted from 1 (0:
 * none that is filled), a block with blocks: a list of {title, rows} instead of its text; only what is visible. pages:
 * with the headings of pages, « Modifier » leads there. */
struct value form_summary(const struct form *form, const struct form_context *context, json_t *answers, unsigned place);
struct value fields_summary(const struct field_list *fields, const struct form_context *context, json_t *answers,
                            unsigned place);
/* All answers as plain text, « Label : value » lines, page titles between: form_details. */
str form_details(const struct form *form, const struct form_context *context, json_t *answers);

/* The object behind form_var: members by varname, each with its raw, display and structured forms (w.c.s.: lazy).
 * lists: the form's fields, the workflow's backoffice fields …; the first that has the varname wins. The view must live
 * as long as the value. */
/* The cards that answers choose: form_var_x_live is the card as it is now. */
struct answers_cards {
    struct value (*live)(const void *data, struct arena *arena, str cards, str id);
    const void *data;
    const struct source_finder *sources;
};
struct answers_view {
    const struct field_list *const *lists;
    size_t list_count;
    const json_t *answers;
    str file_url;
    const struct answers_cards *cards; /* NULL: none */
};
struct value answers_value(const struct answers_view *view);

/* Blobs that the answers of these fields name. */
struct named_file {
    str blob, name, type;
    int64_t size;
    const struct field *field;
};
struct named_files VEC_OF(struct named_file);
void fields_files(const struct field_list *fields, struct arena *arena, const json_t *answers, struct named_files *out);
/* Where a page is shown again and nothing was saved in between: takes out the files that kept (may be NULL), the
 * answers that are saved, does not name: they have to be chosen again. */
void fields_forget_files(const struct field_list *fields, struct arena *arena, json_t *answers, const json_t *kept);

/* ---- Drafts ---------------------------------------------------------------------------------------------------------
 */

struct draft {
    int64_t id;
    str token; /* what the URL carries; 256 bits */
    str form;  /* slug */
    int64_t form_version;
    int64_t account; /* 0: none */
    json_t *answers;
    int page;         /* the furthest page that was left, from 0; -1: none yet */
    int64_t revision; /* grows at each save */
    instant created, updated, expires;
    str filed; /* the tracking code of the dossier that it became; empty while it is a draft */
    /* An agent's entry for somebody else, whose account stands above: the agent's account, 0: the person's own draft;
     * and how they asked: « counter », « phone », « mail », « email ». */
    int64_t agent;
    str channel;
    int64_t maker;           /* the dossier whose action made it, 0: a person began it. What it becomes keeps its id */
    enum page_extent extent; /* the pages that are filled of it, and the varname of the one that this means */
    str extent_page;
};

/* The draft's first save makes it (id 0 before; token made here). Later saves want the revision that was read:
 * ERR_CONFLICT where another tab was faster. A store_fn; arg is a struct draft *, updated by draft_saved after the
 * commit. */
bool draft_save(struct tx *tx, void *draft, struct err *err);
void draft_saved(struct draft *draft);
/* Fills id and token of a new draft, before it is saved. */
void draft_begin(struct arena *arena, struct draft *draft, str form, int64_t form_version, int64_t account, instant now,
                 int lifespan_days);
/* Where the person goes on with the draft of that token, behind the site's address. */
str draft_path(struct arena *arena, str token);
/* ERR_NOT_FOUND where there is none, or it has expired. The arena owns answers. */
bool draft_find(struct tx *tx, struct arena *arena, str token, instant now, struct draft *out, struct err *err);
/* The same by its id. */
bool draft_find_by_id(struct tx *tx, struct arena *arena, int64_t id, instant now, struct draft *out, struct err *err);
/* The account's latest draft of a form; ERR_NOT_FOUND where it has none. */
bool draft_find_of(struct tx *tx, struct arena *arena, int64_t account, str form, instant now, struct draft *out,
                   struct err *err);
struct drafts VEC_OF(struct draft);
bool draft_list(struct tx *tx, struct arena *arena, int64_t account, instant now, struct drafts *out, struct err *err);
bool draft_delete(struct tx *tx, int64_t id, struct err *err);
/* The draft has become the dossier of this code: its answers go, the code stays for who sends it again. In the
 * transaction of the filing; ERR_CONFLICT where it was filed already, so that a second click files nothing. */
bool draft_file(struct tx *tx, int64_t id, str code, struct err *err);
/* Deletes those that have expired, at most so many; *deleted tells how many. */
bool drafts_purge(struct tx *tx, instant now, int most, int64_t *deleted, struct err *err);

/* The job that does so once a day: its kind and job_fn; and a store_fn (arg: nothing) that puts it in a store's table,
 * where it then stays, however often it is called. */
#define DRAFTS_PURGE_JOB "drafts.purge"
bool drafts_run_purge_job(void *context, struct store *store, const struct job *job, struct err *err);
bool drafts_schedule_purge(struct tx *tx, void *unused, struct err *err);
/* Adds to blobs (keys; the values mean nothing) the files that drafts name: what blobs_sweep must leave. */
bool drafts_blobs(struct tx *tx, struct arena *arena, struct map *blobs, struct err *err);

/* A definition may have changed under an open draft: removes the answers to fields that are gone or have another type
 * now. True where it removed some: the person is told, and goes through the pages again. */
bool form_fit_answers(const struct form *form, json_t *answers);

extern const struct migration forms_migrations[];
extern const size_t forms_migration_count;

#endif

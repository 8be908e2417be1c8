/* workflow: what happens to a dossier once it is filed.
 *
 * A workflow document (docs/definitions, « workflow ») is compiled once into an immutable struct workflow: statuses,
 * their actions, global actions, options, data of the treatment; conditions and texts to bytecode. The engine is pure
 * computation: it takes a dossier as it was read, what happened, and gives the whole change (struct change): new
 * status, answers, history, jobs, notices. It touches neither the store nor the network; dossiers.h applies the change
 * in one transaction, under the dossier's revision.
 *
 * The rules are those of w.c.s.: the actions of a status run in their order until one jumps; then those of the new
 * status, and so on (at most WORKFLOW_JUMPS_MOST jumps); then the dossier waits for a person, a date or a call.
 * This module knows neither catalogue nor dossiers' tables: what it looks up comes by struct workflow_context. */
#ifndef GUICHET_WORKFLOW_H
#define GUICHET_WORKFLOW_H

#include "base/base.h"
#include "forms/forms.h"
#include "models/models.h"
#include "store/jobs.h"
#include "template/template.h"

enum { WORKFLOW_JUMPS_MOST = 100 };

/* ---- The definition, compiled ---------------------------------------------------------------------------------- */

struct workflow; /* immutable; lives in the arena it was compiled in */

/* Compiles a workflow document. version is kept and given back. What does not run yet is kept inert and told by
 * workflow_reports; only a document that is no workflow (no status, a jump to an unknown status stays inert too) is
 * refused: NULL and err, for the operator. json must outlive the arena's contents (give the arena a reference). */
const struct workflow *workflow_compile(struct arena *arena, const json_t *json, int64_t version,
                                        const struct block_finder *blocks, struct err *err);

str workflow_slug(const struct workflow *workflow);
str workflow_name(const struct workflow *workflow);
int64_t workflow_version(const struct workflow *workflow);

struct workflow_function {
    str id;   /* « _receiver » */
    str name; /* « Agents traitants » */
};
struct workflow_functions VEC_OF(struct workflow_function);
const struct workflow_functions *workflow_functions(const struct workflow *workflow);
/* Whether a dossier may be dispatched to who has one of these roles, whatever the form binds. */
bool workflow_dispatches_to(const struct workflow *workflow, const str *roles, size_t count);

/* Whether an action of it finds where its dossiers are. */
bool workflow_geolocates(const struct workflow *workflow);

/* The options (form_option_*) and the data of the treatment (form_var_*, in the dossier's answers); NULL where the
 * workflow has none. */
const struct field_list *workflow_options(const struct workflow *workflow);
const struct field_list *workflow_backoffice_fields(const struct workflow *workflow);
/* The document itself, as it was given. */
const json_t *workflow_document(const struct workflow *workflow);

/* A status, as pages show it. */
struct workflow_status {
    str id, name;
    str colour;            /* « 66CCFF », empty: none given */
    bool is_endpoint;      /* nothing leads out of it, or the definition says so */
    bool is_waitpoint;     /* a person, a date or a call is waited for there */
    bool is_hidden;        /* nobody is shown it: the last visible one stands in */
    const str *visibility; /* functions and roles that may know of it; none: everybody */
    size_t visibility_count;
};
size_t workflow_status_count(const struct workflow *workflow);
const struct workflow_status *workflow_status_at(const struct workflow *workflow, size_t index);
/* NULL where there is none of that id. */
const struct workflow_status *workflow_status_find(const struct workflow *workflow, str id);

/* How urgent a dossier is (w.c.s. criticality levels), from the least on: each begins at the first one. */
struct workflow_level {
    str name;
    str colour; /* « 66CCFF », empty: none given */
};
struct workflow_levels VEC_OF(struct workflow_level);
enum { WORKFLOW_LEVELS_MOST = 100 };
const struct workflow_levels *workflow_levels(const struct workflow *workflow);

/* What was kept but does not run: unknown action types, triggers, conditions or texts that do not compile. For the
 * importer's report and « guichet check ». */
struct workflow_report {
    str construct;    /* what does not run yet: « action:webservice_call »; empty: the definition's own fault */
    str where;        /* « statut “Nouveau”, action 3 (webservice_call) » */
    str message;      /* French, for the administrator */
    bool is_error;    /* a text that does not compile or a target that is missing; else: a kind that does not run yet */
    int line, column; /* in the text at fault, 0: none */
};
struct workflow_reports VEC_OF(struct workflow_report);
const struct workflow_reports *workflow_reports(const struct workflow *workflow);

/* Every text of the workflow, compiled: for the static check. */
struct workflow_text {
    str where;
    const struct template *template;
};
struct workflow_texts VEC_OF(struct workflow_text);
const struct workflow_texts *workflow_texts(const struct workflow *workflow);

/* The names of the action types that run, for checks and docs; NULL past the last. */
const char *workflow_action_type(size_t index);

/* ---- A dossier, as it is read ---------------------------------------------------------------------------------- */

enum history_author {
    AUTHOR_PROGRAM,   /* a timer, a call, the workflow itself */
    AUTHOR_SUBMITTER, /* who filed it */
    AUTHOR_AGENT,
};

/* One entry of the history: append-only. parts is a JSON list; each part is an object with a type:
 *   comment  {text, varname}                what a person wrote (plain text)
 *   message  {html, level, to}              the workflow's own word (register-comment); to: functions, roles; none: all
 *   form     {varname, at, action, answers, fields: [{label, value}]}   a sub-form that was filled in; to as above;
 *            is_attachment: a file that was added; is_hidden: never shown, read by its name alone
 *   mail     {to: [addresses], subject, attachments: [names], varname, body, job}   a mail that was sent; agents only;
 *            body: where it has a varname; job: its key
 *   mail-error {text}                       what a mail left without; agents only
 *   data     {fields: [{label, value}]}     data of the treatment that changed; agents only
 *   edit     {text, fields: [{label, value, before}]}   answers that a person changed; fields: agents only
 *   jump     {name}                         an action with this identifier led on; never shown
 *   button   {name}                         a button of a mail was pressed; agents only
 *   global   {action, name}                 a global action ran; agents only
 *   link     {dossier, form, text, varname, is_origin, is_shown}  a dossier that an action made, or the one whose
 * action made this one; agents, and where is_shown everybody
 *   function {text}                         who plays a function from now on; agents only
 *   level    {text}                         how urgent it is from now on; agents only
 *   inform   {action: « PLACE/ID », subject, body, by, to}   who has these functions was told it, by these ways
 *   documents {text}                        documents were asked for, or came: the clock stops, or goes on (clock.c)
 *   sms      {to: [numbers], text, job}          a text message that was sent; agents only
 *   call     {name, text}                   another server was asked, and what it said; administrators only
 *   call-error {name, text}                 what went wrong there, where the definition tells the agents; agents only
 *   file     {varname, file, fields: [{label, value, blob}]}  what a server answered, or a message brought; file as an
 *            answer of that type; is_hidden, to: as of a form
 *   inert    {action, name}                 an action was met that does not run yet; administrators only
 *   trigger  {name, kind, caller, content}  a call from outside was obeyed: kind « jump » or « global »; agents only
 *   upgrade  {text, from, to, from_workflow, statuses, files}   it follows another version of its circuit, or another
 * circuit, from here on: see event; agents only trace    {version, began, steps: [{in, action, type, skipped, values:
 * {name: text, null: not kept}}], cut}   what the engine did and why (trace.c); never shown among the rest error {text}
 * a fault in a text or a condition; administrators only             */
struct history_entry {
    int64_t id; /* store_new_id */
    instant at;
    enum history_author author;
    int64_t account;             /* the author's, 0: none */
    str author_name;             /* as it was then */
    str status;                  /* the status from this entry on; empty: unchanged */
    struct history_parts *parts; /* entry_parts; NULL: none */
};
struct history VEC_OF(struct history_entry);
struct history_parts; /* a list of them, or a text that is read when it is asked for (parts.c) */
/* list: taken over, into the arena. */
struct history_parts *history_parts_new(struct arena *arena, json_t *list);
/* text: as json_text wrote it; it and the arena live as long as the entry. */
struct history_parts *history_parts_of_text(struct arena *arena, str text);
/* A list, or NULL: none, or its text is no JSON. */
const json_t *entry_parts(const struct history_entry *entry);
/* The parts of a type, or that have a member, oldest first:
 *     for (struct part_walk walk = {.dossier = dossier, .type = "link"}; next_part(&walk);) … walk.part */
struct part_walk {
    const struct dossier *dossier;
    const char *type, *member;
    const json_t *part;
    const struct history_entry *entry; /* that holds it */
    size_t entries, parts;             /* its own */
};
bool next_part(struct part_walk *walk);

/* A button in a mail (buttons.c). */
struct mail_button {
    str key;                          /* hash of the secret that its address holds */
    str action;                       /* identifier of a choice, or of a global action's trigger */
    str label, message, done_message; /* plain text; messages may be empty */
    instant until;
    str url;
};
struct mail_buttons VEC_OF(struct mail_button);

struct dossier {
    int64_t id;
    str uuid;
    str code; /* the tracking code, 7 signs without hyphens; of a card its uuid: nobody tracks it */
    str form; /* its key (forms.h): the slug, or « card:SLUG » of a card */
    int64_t form_version;
    str workflow; /* slug */
    int64_t workflow_version;
    int64_t form_number; /* of the form, within the site */
    int64_t sequence;    /* within the form: form_number-sequence is what agents call it */
    int64_t account;     /* who filed it, 0: without an account */
    str submitter_name;  /* as known when it was filed; may be empty */
    str email;           /* where the submitter is written to; may be empty */
    str channel;         /* « web » unless an agent entered it: « counter », « phone », « mail » … */
    int64_t agent;       /* the account of the agent who entered it, 0: none */
    str status;          /* id of the current status */
    instant received;    /* when it was filed */
    instant updated;
    instant arrived; /* in the current status */
    bool is_final;   /* the current status is an endpoint */
    int64_t level;   /* how urgent it is: index among the levels of its workflow, 0: as each begins */
    json_t *answers; /* object, never NULL; see docs/definitions */
    json_t *data;    /* workflow data: form_workflow_data_*; object, never NULL */
    json_t *marks;   /* the engine's own memory: {"previous": [status …], "fired": {trigger: instant},
                      "round": of a loop that waits for a call,
                      "functions": {function: [role …]}: those it was dispatched to,
                      "buttons": those of its mails, buttons.c,
                      "stops": when its clock stood, clock.c,
                      "position": where it is, as an action found it: « lat;lon »,
                      "unlinked": true: its submitter was forgotten, "calls", "lead": calls.c}; object */
    int64_t revision;
    bool is_anonymised;
    bool is_removed;
    str summary;                  /* what it is called in lists, as it was written last */
    str draft;                    /* the token of the draft that it still is; empty: it was filed */
    str identifier;               /* of a card, its own among those of its model; empty of others */
    struct value loop;            /* status_loop, while the engine runs a round of one; else undefined */
    struct mail_buttons *buttons; /* where the text of a mail puts the buttons that it asks for; NULL: it can't */
    struct history history;       /* oldest first; read for the engine and for scopes */
};
/* Where a dossier is: what an action of its circuit found, else its first map or address, read from the answers as they
 * are, so that it follows them. dossier (a draft has none), answers and fields may be NULL. False: it is nowhere. */
bool workflow_position(const struct field_list *fields, const struct dossier *dossier, const json_t *answers,
                       struct position *out);

/* ---- Who acts, what happens ------------------------------------------------------------------------------------- */

/* Who may play a function: a role of the site, or one account alone, whose slug is role_of_account. */
struct workflow_role {
    str slug, name;
};
str role_of_account(struct arena *arena, int64_t account);
/* The account of such a role; 0: it is a role of the site. */
int64_t account_of_role(str role);

struct actor {
    int64_t account;  /* 0: nobody known */
    str name;         /* for the history */
    const str *roles; /* slugs of the roles the agent has, and role_of_account of their own */
    size_t role_count;
    bool is_submitter; /* filed it, or came with its tracking code */
    bool is_agent;     /* looks at it in the agents' office */
    bool is_admin;     /* of the site: acts as any function */
    str signed_by;     /* another program, that signed its call; empty: none did */
};

enum event_kind {
    EVENT_FILED,        /* the dossier is new */
    EVENT_SUBMIT,       /* a person pressed a button of the page: a choice, or the plain button of a form or comment */
    EVENT_EDIT,         /* a person changed the answers: action « editable » */
    EVENT_GLOBAL,       /* a person started a global action */
    EVENT_TIMER,        /* the due time of a jump has come */
    EVENT_GLOBAL_TIMER, /* the due time of a global action's trigger has come */
    EVENT_TRIGGER,      /* a call from outside to a jump of mode « trigger » */
    EVENT_HOOK,         /* a call from outside to a global action, by its trigger « webservice » */
    EVENT_CALLED,       /* another server was asked, and has answered or not */
    EVENT_REWRITE,      /* the action of another dossier changes it */
    EVENT_BUTTON,       /* somebody pressed a button of a mail; action: its key */
    EVENT_MAIL_LEFT,    /* a mail left otherwise than it should; action: what is to be told of it */
    EVENT_UPGRADE,      /* it goes on with another version of its circuit, or another one: the context's */
};

struct posted_form { /* a sub-form of the page, read and checked by forms.h */
    str action;      /* id of the form action */
    json_t *answers; /* keyed by field id */
    bool has_errors;
};
struct posted_comment {
    str action; /* id of the comment action */
    str text;   /* plain text; empty: none */
};
/* In the body of a call, an object with this member is a file: the member's place is taken by « content », its bytes in
 * base64, when the request leaves. */
#define CALL_BLOB "$blob"
/* How an exchange with another server ended. */
struct call_outcome {
    str method, url;
    int status;  /* HTTP; 0: no answer */
    str problem; /* why there is none; French */
    str body, error_code;
    const json_t *file;  /* where the answer is kept as a file: {blob, name, type, size}; else NULL */
    bool is_last;        /* it is not tried again by itself */
    bool is_never_tried; /* nobody can be asked so: trying again would change nothing */
};
struct owner {       /* of a dossier */
    int64_t account; /* 0: nobody */
    str name, email;
};
struct event {
    enum event_kind kind;
    struct actor actor;
    str action; /* SUBMIT: id of the choice pressed, empty for the plain button; EDIT, GLOBAL: id of the action;
                   TIMER: id of the jump action; GLOBAL_TIMER: « action/trigger »; TRIGGER: the trigger's name; HOOK:
                   its identifier; CALLED: the call's token */
    str status; /* TIMER: the status the timer was set in; others: the status the page was made for, empty: not told.
                   Where the dossier is elsewhere meanwhile: ERR_CONFLICT */
    const struct posted_form *forms;
    size_t form_count;
    const struct posted_comment *comments;
    size_t comment_count;
    const json_t *payload;              /* TRIGGER, HOOK: what the call brought, or NULL */
    const json_t *answers;              /* EDIT: all answers to the form's fields, checked by forms.h; REWRITE: all */
    const struct owner *owner;          /* REWRITE: whose it becomes; NULL: it stays whose it is */
    const struct dossier *maker;        /* FILED: the dossier whose action makes this one, or made the draft that a
                                           person files; NULL: none */
    const struct call_outcome *outcome; /* CALLED */
    const struct workflow *before;      /* UPGRADE: the circuit that it leaves; NULL: it is lost */
    const json_t *statuses;             /* UPGRADE: {id: the one that stands for it}, where it is another; or NULL */
    const json_t *files;                /* UPGRADE: hashes of its files that the new circuit does not name; or NULL */
    bool removes;                       /* UPGRADE: it is removed instead */
};

/* ---- What the engine asks of its caller -------------------------------------------------------------------------- */

/* A text that gives a file, or several: compiled. */
struct attachment {
    const struct template *value; /* NULL: the field alone */
    str field;                    /* id of a field, as exports of before templates name one; empty: none */
};
struct attachments VEC_OF(struct attachment);
/* source: a template, or a name, as old definitions have it. name: what messages call it. ERR_UNSUPPORTED: an
 * expression of Python's; ERR_INVALID, with line and column: a template that does not compile. */
bool attachment_compile(struct arena *arena, str source, str name, struct attachment *out, struct err *err);

struct mail_text { /* a mail template, compiled */
    const struct template *subject, *body;
    struct attachments attachments;
};
struct comment_text { /* a comment template, compiled */
    const struct template *comment;
    struct attachments attachments;
};
/* As what a mail's body is compiled: one that begins with a tag is HTML, in which what answers bring is escaped. */
enum template_kind mail_body_kind(str body);

struct recipients VEC_OF(str); /* addresses */

/* Of what an action makes another, or which others it changes. */
struct action_target {
    const struct form *form;
    const struct workflow *workflow; /* may be NULL */
};
struct change;
/* Whose a dossier becomes. */
struct association {
    const struct dossier *from; /* whose action says so, as it is by now */
    bool keeps_submitter;       /* who filed that one */
    int64_t account;            /* else this account, 0: nobody */
};
/* A dossier that an action makes, or begins. */
struct creation {
    struct action_target target;
    json_t *answers;
    struct association association;
    str action;    /* the action, among all those of the site */
    str channel;   /* empty: « web » */
    int64_t agent; /* who entered it, 0: nobody */
    enum page_extent
        extent; /* of a draft: the pages that are filled of it, and the varname of the one that this means */
    str extent_page;
};
/* What an action changes of another dossier. */
struct rewriting {
    json_t *answers; /* all of them; NULL: they stay */
    bool assigns;    /* it becomes somebody else's */
    struct association association;
};
struct targets VEC_OF(struct dossier *);

/* Everything lives in arena, as does what the functions give. data is handed to each function. */
struct workflow_context {
    struct arena *arena;
    const struct workflow *workflow;
    instant now; /* 0: instant_now() */
    void *data;
    /* The lazy names for templates over this dossier, which the engine goes on changing. */
    struct value (*scope)(void *data, const struct dossier *dossier);
    struct value site; /* the names of the site alone */
    /* The role that plays a function for this form, by the form's « functions »; the site's default role else. */
    str (*role_of)(void *data, str function);
    /* Whom a role that a definition names means: the role of the site of that slug or name, else the account of a
     * person (a value that is one, or the text of their address or uuid). False: nobody. May be NULL. */
    bool (*holder_called)(void *data, struct value who, struct workflow_role *out);
    /* Where the people of a role are written to. */
    void (*role_addresses)(void *data, str role, struct recipients *out);
    /* False where there is no such mail template. */
    bool (*mail_template)(void *data, str slug, struct mail_text *out);
    /* The same of comment templates. May be NULL. */
    bool (*comment_template)(void *data, str slug, struct comment_text *out);
    /* Accounts of a role, for notices: may be NULL (then agents get none). */
    void (*role_accounts)(void *data, str role, int64_t **out, size_t *count);
    /* The account of a person: of a value that is one, or of the text of their address or uuid; 0: nobody. May be NULL.
     */
    int64_t (*account_of)(void *data, struct value person);
    /* A form or card model in service, for the actions that make others; false: there is none. May be NULL. */
    bool (*target_called)(void *data, bool is_card, str slug, struct action_target *out);
    /* Makes one: computes its filing and the first work of its circuit, to be written with the change that it comes of
     * (change.others). ERR_INVALID, and what is wrong as the end of a sentence: it goes in circles, a card has its
     * identifier. May be NULL. */
    bool (*create)(void *data, const struct creation *creation, struct change **made, struct err *err);
    /* Makes the draft of one, kept with the change (change.drafts): a person goes on with it, and files it. May be
     * NULL.
     */
    void (*begin)(void *data, const struct creation *creation, struct draft *out);
    /* The dossiers of a target that a value names (a dossier, a query, a list, identifiers with commas between them);
     * NULL: those that are linked to the engine's: made by its actions, its maker, cards that it chose. */
    void (*targets)(void *data, const struct action_target *target, const struct value *named, struct targets *out);
    /* Changes one: what is written with the change that it comes of. ERR_INVALID, as of create. May be NULL. */
    bool (*rewrite)(void *data, const struct dossier *dossier, const struct rewriting *rewriting, struct change **made,
                    struct err *err);
    /* The answers without what anonymisation removes; mode is « final » or « intermediate ». */
    void (*anonymise)(void *data, struct dossier *dossier, str mode);
    /* The whole dossier as a call posts it; the caller's reference. May be NULL. */
    json_t *(*whole)(void *data, const struct dossier *dossier);
    /* What was answered, as a document tells it. May be NULL. */
    void (*details)(void *data, const struct dossier *dossier, struct model_details *out);
    /* Where its submitter gets text messages; empty: nowhere. May be NULL. */
    str (*submitter_phone)(void *data, const struct dossier *dossier);
    /* And the one of an account; empty: nowhere. May be NULL. */
    str (*account_phone)(void *data, int64_t account);
    /* The moment at which silence decides; false: it does not, or its delay is not counted now. May be NULL. */
    bool (*silence)(void *data, const struct dossier *dossier, instant *at);
    bool sends_sms;                       /* the site has a gateway */
    const struct field_list *form_fields; /* of the form, for editable and set-backoffice-fields; may be NULL */
    const void *sources;                  /* what forms.h needs to look choices up; handed through */
    str site_name;                        /* for mails */
    str mail_from;                        /* address or empty: the site's */
};

/* ---- The engine -------------------------------------------------------------------------------------------------- */

/* Kinds of jobs that do what the engine waits for, by whoever runs jobs:
 *   workflow.call  {dossier, call: token, method, url, body, signature_key, milliseconds, file: name of the file that
 *                  the answer is kept as, absent: it is no file}; then EVENT_CALLED
 *   workflow.document  {dossier, call: token}: workflow_make_document, kept as a file; then EVENT_CALLED
 *   workflow.geocode  {dossier, call: token, address}; then EVENT_CALLED, the body of the outcome being the position,
 * or nothing where the address is unknown workflow.sms   {dossier, to: [numbers], message, counter} */
#define CALL_JOB_KIND "workflow.call"
#define DOCUMENT_JOB_KIND "workflow.document"
#define GEOCODE_JOB_KIND "workflow.geocode"
#define SMS_JOB_KIND "workflow.sms"

struct notice { /* shown on the portal to an account; kept */
    int64_t account;
    str title, body, url;
    str origin; /* who says it, as people read it; may be empty */
};
struct notices VEC_OF(struct notice);
struct job_list VEC_OF(struct job);
struct str_list VEC_OF(str);

/* What becomes of a call that came back. */
enum call_end {
    CALL_UNKNOWN,     /* the dossier waits for none of that token (any more): nothing is to be written */
    CALL_ENDED,       /* it is over */
    CALL_FAILED,      /* it is tried again, or given up where the outcome was the last: the change says so */
    CALL_TRIED_AGAIN, /* the same, and the dossier knows already: nothing is to be written */
};

/* Of another dossier, written in the same transaction. */
struct other_change {
    struct change *change;
    bool is_new;
};

/* All that follows of one event. Memory of the context's arena. */
struct change {
    struct dossier *after;     /* the dossier as it shall be, revision + 1; its history holds the new entries too */
    int64_t revision_before;   /* what the store must still hold */
    struct history entries;    /* to append */
    struct job_list jobs;      /* to add; timers are keyed « timer:DOSSIER:STATUS:ACTION » */
    struct str_list cancelled; /* keys of jobs to take back: timers of the statuses that were left */
    struct str_list released;  /* keys of parked jobs that may begin: the next call of the dossier */
    enum call_end call_end;    /* CALLED */
    str call;                  /* token of the call that the event waits for; empty: none */
    struct notices notices;
    struct str_list summaries; /* roles whose daily mail tells of it */
    struct str_list waiting;   /* who can act now: slugs of roles, « _submitter » */
    struct str_list concerned; /* roles whose agents may see the dossier */
    str redirect_url;          /* where the person goes next; empty: stay */
    struct VEC_OF(struct other_change) others;
    struct drafts drafts; /* to save: begun by an action */
    bool is_made;         /* an action files it: it takes no place of a quota */
    bool is_removed;
    bool is_anonymised;
    size_t jumps;
};

/* What the event leads to. Nothing is changed but *change; dossier is only read. False and err: ERR_FORBIDDEN (this
 * actor may not), ERR_CONFLICT (the dossier is in another status meanwhile), ERR_INVALID (err.field names the action: a
 * required comment is missing, a sub-form has errors), ERR_NOT_FOUND (no such action). A timer that has nothing left to
 * do gives true and a change without entries. */
bool workflow_perform(const struct workflow_context *context, const struct dossier *dossier, const struct event *event,
                      struct change *change, struct err *err);

/* Where « status_remapping » of the definition has the dossiers go on whose status is gone. */
enum remapped_kind { REMAPPED_NOWHERE, REMAPPED_TO, REMAPPED_REMOVED };
struct remapped {
    enum remapped_kind kind;
    const struct workflow_status *status; /* REMAPPED_TO */
};
struct remapped workflow_remapped(const struct workflow *workflow, str status);

/* The id that stands for a status by such a mapping: itself where none does. */
str workflow_status_since(const json_t *statuses, str id);
/* Reads the statuses of a whole history as the circuit has them that the dossier follows now. */
void workflow_carry_history(struct dossier *dossier);

/* ---- What a person may do now ------------------------------------------------------------------------------------ */

struct offered_button {
    str action; /* what event.action takes */
    str label;
    str info; /* HTML for agents, may be empty */
    bool needs_confirmation;
    str confirmation;    /* the question, may be empty */
    bool ignores_errors; /* sub-forms need not be right: no browser-side checks */
    bool has_page;       /* a global action with a comment or sub-form of its own: workflow_offer_global */
    bool is_mass;        /* may be done on many dossiers at once */
    str target;          /* name of the status it leads to; empty: the one before */
};
struct offered_edit {
    str action, label;
    str info; /* HTML for agents, may be empty */
    enum page_extent extent;
    str page; /* varname of the page that extent means */
};
struct offered_comment {
    str action, label, button_label, hint, info;
    bool is_required;
};
struct offered_form {
    str action, varname;
    str info;
    const struct field_list *fields; /* for forms.h: show, read, check */
    bool has_button;                 /* shows its own « envoyer » */
    struct post_conditions post_conditions;
    const json_t *part; /* what the history keeps of it, without the answers */
};
struct offered_message {
    str html;     /* safe to show as it is: rendered, autoescaped */
    str level;    /* success info warning error; empty: plain */
    str position; /* top bottom actions */
};
/* In the order of the status' actions. */
struct offer {
    struct VEC_OF(struct offered_button) buttons;
    struct VEC_OF(struct offered_button) globals;
    struct VEC_OF(struct offered_comment) comments;
    struct VEC_OF(struct offered_form) forms;
    struct VEC_OF(struct offered_message) messages;
    struct VEC_OF(struct offered_edit) edits; /* the answers may be changed */
    bool has_submit;                          /* comments and forms need the plain button */
    str submit_label;     /* what it says: the comment's own label, « Ajouter le commentaire », « Envoyer » */
    bool can_act;         /* a button, comment or form is offered */
    str info;             /* HTML for agents: what the status asks of them */
    str status;           /* id of the status it was made for: event.status */
    bool is_calling;      /* another server is being asked: nothing is offered until it has answered or failed */
    bool is_called_again; /* one failed, and is tried again by itself */
};
void workflow_offer(const struct workflow_context *context, const struct dossier *dossier, const struct actor *actor,
                    struct offer *offer);

/* The dossier as it is while a sub-form of the page is filled in: conditions read the answers as those that were given
 * last, and follow them as they change. answers must live as long as the arena. */
struct dossier *workflow_filling(struct arena *arena, const struct dossier *dossier, const struct offered_form *form,
                                 json_t *answers);

/* What the page of one global action asks before it runs; empty where it asks nothing or may not be started. Its button
 * is EVENT_GLOBAL. */
void workflow_offer_global(const struct workflow_context *context, const struct dossier *dossier,
                           const struct actor *actor, str action, struct offer *offer);

/* What may be done at once to the many dossiers of which this one is an example: its buttons and globals, as far as the
 * definition lets them be done so. Conditions are not looked at: they are each dossier's own. */
void workflow_offer_mass(const struct workflow_context *context, const struct dossier *dossier,
                         const struct actor *actor, struct offer *offer);
/* Whether the workflow lets this actor do anything to many dossiers at once, in whatever status. */
bool workflow_has_mass(const struct workflow_context *context, const struct actor *actor);

/* The level of a dossier; the highest, where the workflow has fewer by now; NULL: it has none. */
const struct workflow_level *workflow_level_of(const struct workflow *workflow, const struct dossier *dossier);
/* As w.c.s. numbers it: 0, 101, 102 … */
int64_t workflow_level_number(const struct dossier *dossier);

/* The fields of the sub-form that a history part of type « form » was filled in; NULL where they are lost. */
const struct field_list *workflow_form_fields(const struct workflow *workflow, const json_t *part);

/* Who can act now (slugs of roles, « _submitter »), and the roles whose agents may see it. */
void workflow_roles(const struct workflow_context *context, const struct dossier *dossier, struct str_list *waiting,
                    struct str_list *concerned);

/* What this caller may call from outside now. */
struct workflow_call {
    str name;
    bool is_jump; /* else a global action's */
};
struct workflow_calls VEC_OF(struct workflow_call);
void workflow_callable(const struct workflow_context *context, const struct dossier *dossier, const struct actor *actor,
                       struct workflow_calls *out);

/* The roles that play a function for this dossier: those it was dispatched to, else the one that the form binds (usual;
 * empty: none). dossier may be NULL. */
void workflow_function_roles(struct arena *arena, const struct dossier *dossier, str function, str usual,
                             struct str_list *out);

/* Whether the actor is one of those that a list of functions, roles, « logged-users » names. An empty list: everybody.
 */
bool workflow_actor_is(const struct workflow_context *context, const struct actor *actor, const str *names,
                       size_t count);

/* ---- The clock: documents that are asked for (clock.c) ---------------------------------------------------------- */

enum { DOCUMENTS_MOST = 12 }; /* asked for at once */
struct workflow_stop {
    instant from;            /* the clock stands since */
    instant due;             /* behind the last day to give them */
    instant to;              /* when they came; 0: they are waited for */
    const json_t *documents; /* [name …] */
    str message;             /* to the person; may be empty */
};
size_t workflow_stop_count(const struct dossier *dossier);
struct workflow_stop workflow_stop_at(const struct dossier *dossier, size_t index);
/* What is asked for now; false: nothing is. */
bool workflow_stop_now(const struct dossier *dossier, struct workflow_stop *out);

/* ---- Buttons in mails ------------------------------------------------------------------------------------------- */

enum button_state {
    BUTTON_UNKNOWN,
    BUTTON_USED,
    BUTTON_EXPIRED,
    BUTTON_GONE, /* the dossier is elsewhere since: it would do nothing */
    BUTTON_READY,
};
/* What the button of that key is to the dossier by now; out has its words. */
enum button_state workflow_button(const struct workflow_context *context, const struct dossier *dossier, str key,
                                  struct mail_button *out);
/* What stands for the button of that index in the text of a mail that is being rendered. */
str workflow_button_marker(struct arena *arena, size_t index);

/* ---- Calls under way -------------------------------------------------------------------------------------------- */

/* Whether the call that an event began (change.call), or one that came of it, is at its first try. */
bool workflow_call_is_awaited(const struct dossier *dossier, str call);
/* Whether what the dossier waits for first is a document of its own. */
bool workflow_makes_document(const struct dossier *dossier);
/* Where the person goes on, as what followed that call said; empty: they stay. */
str workflow_call_leads_to(const struct dossier *dossier, str call);

/* ---- Documents --------------------------------------------------------------------------------------------------- */

/* What making one asks of its caller. */
struct document_tools {
    void *data;
    /* The bytes of a file that is an answer ({blob, name, type, size}). */
    bool (*read)(void *data, const json_t *file, str *bytes, struct err *err);
};
struct document {
    str bytes, name;
    bool wants_pdf;  /* name is that of the PDF which it is to become */
    str filled_name; /* of what the bytes are now */
};
/* The document that a call of the dossier waits for, of what the dossier is now; it lives in the context's arena.
 * False: ERR_NOT_FOUND, where it waits for none of that token; else why none can be made, for an administrator. */
bool workflow_make_document(const struct workflow_context *context, const struct dossier *dossier, str token,
                            const struct document_tools *tools, struct document *out, struct err *err);

/* ---- Reading the history ------------------------------------------------------------------------------------------
 */

/* The status that this person is shown: the current one where they may know of it, else the last that they may, else
 * one that says « Envoyée »; never NULL. */
const struct workflow_status *workflow_visible_status(const struct workflow_context *context,
                                                      const struct dossier *dossier, const struct actor *actor);

/* Whether this person may read a part of the history. */
bool workflow_may_read(const struct workflow_context *context, const struct dossier *dossier, const json_t *part,
                       const struct actor *actor);

/* The history as this person may read it: entries without anything to show are left out. */
struct shown_part {
    str type; /* comment message form mail data global function level link sms call call-error file inert error */
    str text; /* plain text: a comment, the subject of a mail, the name of an action; empty where html is set */
    str html; /* safe HTML: a message */
    str level;
    str by;               /* inform: the ways, for agents */
    const json_t *fields; /* form, data: [{"label", "value"}], of a file "blob" too */
};
struct shown_entry {
    instant at;
    enum history_author author;
    str author_name;                      /* empty: the program, or an agent whose name this person is not told */
    const struct workflow_status *status; /* where the dossier came to a status that may be shown; else NULL */
    struct VEC_OF(struct shown_part) parts;
};
struct shown_history VEC_OF(struct shown_entry);
void workflow_show_history(const struct workflow_context *context, const struct dossier *dossier,
                           const struct actor *actor, struct shown_history *out);

/* ---- What was done and why ----------------------------------------------------------------------------------------
 */

struct traced_value { /* that a condition read, as it was then */
    str name, text;
    bool is_kept; /* false: it is the site's, and was not written */
};
struct traced_step {
    str place; /* name of the status, or of the global action */
    str what;  /* « Courriel : « Reçue » » */
    bool has_condition;
    bool is_skipped; /* its condition did not hold */
    /* for administrators; of others empty */
    str type, id, condition;
    struct VEC_OF(struct traced_value) values;
};
struct traced_sending {
    bool is_mail; /* else a text message, or a call */
    bool is_call; /* that was made and answered, or failed for good: text says whom and what came of it */
    str text;
    const json_t *to; /* addresses, numbers */
    str job;          /* its key; empty: unknown */
};
struct traced_entry {
    instant at;
    enum history_author author;
    str author_name, status; /* status: name of the one that it came to; empty: none */
    str began;               /* filed button edit global timer global-timer trigger hook called rewrite mail; empty:
                                it goes on with the entry before, or nobody knows */
    int64_t version;         /* of the circuit; 0: nothing was traced */
    struct VEC_OF(struct traced_step) steps;
    bool is_cut; /* there were more */
    struct VEC_OF(struct traced_sending) sent;
};
struct traced_entries VEC_OF(struct traced_entry);
struct trace_reading {
    const struct actor *actor; /* of a status that they may not know of, nothing is told */
    const void *data;
    const struct workflow *(*version)(const void *data, str slug, int64_t version); /* NULL: it is lost */
};
void workflow_read_trace(const struct workflow_context *context, const struct dossier *dossier,
                         const struct trace_reading *reading, struct traced_entries *out);

/* ---- Told as a picture and as a table -----------------------------------------------------------------------------
 */

enum way_kind { WAY_AT_ONCE, WAY_BUTTON, WAY_SUBMIT, WAY_TIMER, WAY_CALL, WAY_FAILURE };
#define WAY_BACK SIZE_MAX /* to the status that was marked */

struct outline_way {
    enum way_kind kind;
    str what;      /* « Bouton « Accepter » », « Après 3 jours » */
    str who;       /* who may, « Agents, Instruction »; empty: nobody has to */
    str condition; /* as the definition has it; empty: always */
    size_t to;     /* which of the statuses, or WAY_BACK */
    bool is_taken; /* the dossier went that way */
};
/* A status, or a global action. */
struct outline_place {
    str name, colour;     /* colour: as of a status */
    struct str_list does; /* what is done and sent there, what is asked and of whom: a sentence each */
    struct VEC_OF(struct outline_way) ways;
    bool is_end, is_current;
    size_t visits; /* how often the dossier came there */
    instant last;  /* when it came there last */
};
struct outline_places VEC_OF(struct outline_place);
struct outline {
    str name;
    struct outline_places statuses, globals; /* in the order of the definition; a filing goes to the first status */
};
/* What people call a role of the site; NULL: by its slug. data is handed to it. */
struct role_names {
    void *data;
    str (*role)(void *data, str slug);
};
/* The whole circuit: statuses, ways out of them, who acts, what is sent. Lives in arena. */
void workflow_outline(struct arena *arena, const struct workflow *workflow, const struct role_names *names,
                      struct outline *out);
/* The same with the path that the dossier took. Of a status that the actor may not know of, nothing but that there is
 * one. */
void workflow_outline_of(const struct workflow_context *context, const struct dossier *dossier,
                         const struct actor *actor, const struct role_names *names, struct outline *out);

/* « 2 jours », « 1 day and 2 hours », « 90 », « 3600 » → seconds (a bare number counts seconds, as in w.c.s.). False
 * where the text is no duration. */
bool workflow_duration(str text, int64_t *seconds);

#endif

/* The compiled workflow from inside, and the engine's state: for the files of this folder and the actions alone. */
#ifndef GUICHET_WORKFLOW_MODEL_H
#define GUICHET_WORKFLOW_MODEL_H

#include "workflow/workflow.h"

struct engine;
struct action;
struct compiler;

/* What the actions behind one that waited do, now that its exchange is over; CALL_AGAIN: it is not. */
enum call_verdict { CALL_GO_ON, CALL_STOP, CALL_JUMP, CALL_AGAIN };

struct names { /* functions, roles, « logged-users », addresses, templates */
    const str *at;
    size_t len;
};

/* What one type of action does. A function that is NULL: nothing. */
struct action_type {
    const char *name;
    /* Reads the action's own keys into action->self. */
    void (*compile)(struct compiler *compiler, const json_t *json, struct action *action);
    /* When the dossier comes to the status, or the global action runs. */
    void (*perform)(struct engine *engine, const struct action *action);
    /* When somebody who may act here pressed a button of the page. Comes for each active action, in their order. */
    void (*submit)(struct engine *engine, const struct action *action);
    /* When its own button was pressed: EVENT_SUBMIT names the action. NULL: it has none. */
    void (*press)(struct engine *engine, const struct action *action);
    /* What comes of an exchange, or of a document, that the action waited for (calls.c). Keeps it, unless it is
     * CALL_AGAIN and was kept before (is_again). CALL_JUMP: engine->target says where. */
    enum call_verdict (*receive)(struct engine *engine, const struct action *action, const struct call_outcome *outcome,
                                 bool is_again);
    /* What has to be given with that button and is not, as a sentence for who presses it; NULL: all is there. */
    const char *(*lacks)(const struct engine *engine, const struct action *action);
    /* Shows itself to the actor of offering. */
    void (*offer)(struct engine *engine, const struct action *action, struct offer *offer);
    /* The fields that it asks, of what it leaves in the history as a part of type « form ». */
    const struct field_list *(*fields)(const struct action *action);
    /* When the dossier has settled in the status: sets its timers. */
    void (*settle)(struct engine *engine, const struct action *action);
    bool is_interactive; /* a person does something with it; « by » says who */
    bool waits;          /* the status that has it is a place where a dossier waits */
    bool claims_work;    /* who may do it has the dossier among « what waits for me » */
};

struct action {
    const struct action_type *type; /* NULL: kept, but does not run */
    str type_name, id, where;
    const struct template *condition; /* NULL: always */
    bool condition_is_broken;         /* does not compile: never holds */
    struct names by;                  /* or « to » for what is shown or sent */
    str target;                       /* status it leads to, « _previous », or empty */
    struct names error_targets;       /* statuses that what goes wrong leads to */
    bool waits;                       /* the status that has it is a place where a dossier waits */
    bool marks_status;                /* set_marker_on_status */
    const json_t *json;
    void *self; /* of the type */
};
struct actions VEC_OF(struct action);

struct status {
    struct workflow_status shown;
    const struct template *info;
    const struct template *loop_items; /* its actions run once for each item; NULL: once */
    str after_loop;                    /* the status that it then leads to; empty: none */
    struct actions actions;
};

enum trigger_kind { TRIGGER_MANUAL, TRIGGER_TIMEOUT, TRIGGER_CALL, TRIGGER_OTHER };
struct trigger {
    enum trigger_kind kind;
    str id;
    struct names roles, statuses;
    bool is_mass, needs_confirmation;
    const struct template *confirmation;
    str anchor, anchor_first, anchor_latest;
    const struct template *anchor_template, *timeout;
    str identifier;
};
struct triggers VEC_OF(struct trigger);

struct global_action {
    str id, name;
    const struct template *info;
    struct actions actions;
    struct triggers triggers;
};

struct workflow {
    str slug, name;
    int64_t version;
    const json_t *document;
    struct workflow_functions functions;
    struct VEC_OF(struct status) statuses;
    struct VEC_OF(struct global_action) globals;
    const struct field_list *options, *backoffice_fields;
    struct workflow_levels levels;
    struct str_list dispatched; /* roles that a dossier may be dispatched to */
    bool dispatches_to_anybody; /* a template or an address says to whom */
    bool geolocates;
    struct workflow_reports reports;
    struct workflow_texts texts;
};

/* ---- Compiling ---- */

struct compiler {
    struct arena *arena;
    struct workflow *workflow;
    str where;                         /* « statut “Nouveau”, action 3 (sendmail) » */
    const struct block_finder *blocks; /* NULL: none is known */
};
/* The text of object[key], compiled; NULL where absent, empty, or reported as wrong. */
const struct template *compiler_text(struct compiler *compiler, const json_t *object, const char *key,
                                     enum template_kind kind);
/* The same of a text that stands elsewhere; key says where, for messages. */
const struct template *compiler_template(struct compiler *compiler, str source, const char *key,
                                         enum template_kind kind);
struct names compiler_names(struct compiler *compiler, const json_t *object, const char *key);
void compiler_actions(struct compiler *compiler, const json_t *list, str where, struct actions *out);
const struct field_list *compiler_fields(struct compiler *compiler, const json_t *list);
/* « post_conditions » of an action that asks fields. */
struct post_conditions compiler_post_conditions(struct compiler *compiler, const json_t *json);
/* A dossier may be dispatched to who has the role; empty: to whoever a template says. */
void compiler_dispatch(struct compiler *compiler, str role);
void compiler_report(struct compiler *compiler, bool is_error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The last report is of a construct that does not run yet. */
void compiler_construct(struct compiler *compiler, str construct);

/* Reports what of « status_remapping » leads nowhere (remapping.c). */
void compiler_remapping(struct compiler *compiler);
/* Reports what its keys ask that does not run yet (inert.c). */
void compiler_inert_action(struct compiler *compiler, const json_t *json);

const struct action_type *action_type_find(str name);

/* ---- Running ---- */

/* What is traced of an event, since its last entry was opened (trace.c). */
struct trace {
    const char *began; /* what happened; NULL: it was told in an entry before */
    json_t *steps;     /* NULL: nothing is traced */
    size_t count;      /* of the whole event */
    bool has_done;     /* not only actions that were passed over */
};

struct engine {
    const struct workflow_context *context;
    const struct workflow *workflow;
    struct arena *arena;
    instant now;
    const struct event *event; /* NULL while offering */
    const struct actor *actor;
    struct dossier *dossier; /* the working copy */
    struct change *change;   /* NULL while offering */
    struct render render;
    struct render_log log;
    size_t first_new_entry;            /* index in dossier->history */
    const struct status *target;       /* where an action sends the dossier; NULL: nowhere */
    bool has_arrived;                  /* came to a status during this event, be it the same again */
    bool is_stopped;                   /* removed: nothing runs any more */
    bool is_halted;                    /* the actions that follow wait for a call, or are not done */
    str place;                         /* whose actions run or are offered: « status/ID », « global/ID » */
    str left[WORKFLOW_JUMPS_MOST + 2]; /* statuses that were left */
    size_t left_count;
    struct trace trace;
};

/* For engine_perform: from here on the event is traced. */
void trace_begin(struct engine *engine);
/* The action runs, or its condition keeps it from that: before it changes what the condition read. */
void trace_step(struct engine *engine, const struct action *action, bool is_done);
/* The steps since the last entry, as a part of a history, a new reference; NULL: there are none. */
json_t *trace_take(struct engine *engine);

void engine_start(struct engine *engine, const struct workflow_context *context, const struct dossier *dossier);
const struct status *workflow_status_get(const struct workflow *workflow, str id);
const struct status *engine_status(const struct engine *engine);

bool action_applies(struct engine *engine, const struct action *action);
bool action_is_for_actor(struct engine *engine, const struct action *action);
void engine_jump(struct engine *engine, const struct action *action);
/* To the status of that id, which an action names beside its own target. */
void engine_jump_to(struct engine *engine, const struct action *action, str target);
/* Puts the dossier into engine->target, in a new entry unless one without a status is open. */
void engine_arrive(struct engine *engine);
/* Runs the actions of the status from that one on, then those of the next status, and so on. */
void engine_run_status(struct engine *engine, size_t from);
/* Goes where an action of this event has sent the dossier, and on from there; nowhere, where none has. */
void engine_follow(struct engine *engine);
/* True: an action jumped, engine->target says where. */
bool engine_run_actions(struct engine *engine, const struct actions *actions, size_t from);
/* The same of a status with a loop (loop.c); where the rounds are over, to the status that is behind them. */
bool loop_run(struct engine *engine, const struct status *status, size_t from);
/* The round that waits is the dossier's again, for what is read there. */
void loop_resume(struct engine *engine, const struct status *status);
void engine_settle(struct engine *engine);
/* What went wrong in the texts, in the journal. */
void engine_log_faults(struct engine *engine);
/* Takes back the timers that the status set; NULL: none did. */
void engine_cancel_timers(struct engine *engine, const struct status *status);
/* EVENT_UPGRADE (upgrade.c). */
bool upgrade_run(struct engine *engine, struct err *err);

str engine_text(struct engine *engine, const struct template *text);
void engine_open_entry(struct engine *engine, enum history_author author, const struct actor *actor);
/* Adds a part to the entry of this event, made if there is none; takes the reference. */
void engine_add_part(struct engine *engine, json_t *part);
void engine_add_error(struct engine *engine, str text);
/* The action was met, and does not run yet. */
void engine_note_inert(struct engine *engine, const struct action *action);
void engine_set_data(struct engine *engine, str key, json_t *value);
void engine_add_job(struct engine *engine, str kind, str key, json_t *payload, instant due);
void engine_cancel_job(struct engine *engine, str key);
str timer_key(struct engine *engine, str status, str action);
/* The jump of mode « timeout »: when it is due after an arrival; false where its text is no duration. */
bool jump_due(struct engine *engine, const struct action *action, instant *due);
bool jump_is_timed(const struct action *action);
bool jump_has_trigger(const struct action *action, str name);
/* A date or a call is waited for. */
bool jump_waits(const struct action *action);

/* Global actions. */
bool trigger_suits(struct engine *engine, const struct trigger *trigger);
void triggers_settle(struct engine *engine);
bool trigger_due(struct engine *engine, const struct trigger *trigger, instant *due);
str trigger_key(struct engine *engine, const struct global_action *global, const struct trigger *trigger);

const struct global_action *global_find(const struct workflow *workflow, str id);
str global_place(struct arena *arena, const struct global_action *global);
/* Those of « status/ID » or « global/ID »; NULL: there are none. *global: whose they are; NULL: a status's. */
const struct actions *actions_at(const struct workflow *workflow, str place, const struct global_action **global);
/* NULL where there is none, or actions is NULL. */
const struct action *action_find(const struct actions *actions, str id);
/* Runs it, and says so in the history. */
void global_start(struct engine *engine, const struct global_action *global);
/* Those of a global action, from one on, and what they lead to. */
void global_run(struct engine *engine, const struct global_action *global, size_t from);

/* The clock (clock.c). */
#define ANCHOR_SILENCE "silence"     /* of a trigger: when silence decides */
#define ANCHOR_DOCUMENTS "documents" /* behind the last day to give what is asked for */
/* What it is asked for again takes the place of what was. */
void clock_stop(struct engine *engine, const struct workflow_stop *stop);
void clock_go_on(struct engine *engine);
bool clock_anchor(struct engine *engine, str anchor, instant *at);
/* A part of type « documents ». */
void clock_note(struct engine *engine, str text);

/* Buttons in mails (buttons.c). */
enum button_form { BUTTON_AS_HTML, BUTTON_AS_TEXT, BUTTON_WITHOUT_ADDRESS };
/* The text with its buttons in place of their markers. */
str buttons_in(struct arena *arena, str text, const struct mail_buttons *buttons, enum button_form form);
/* The dossier remembers them: the mail is sent. */
void buttons_keep(struct engine *engine, const struct mail_buttons *buttons);
/* EVENT_BUTTON. */
bool button_press(struct engine *engine, struct err *err);

/* Calls of other servers (calls.c). */
struct call_request;
/* Has it asked, and the actions that follow wait. */
void engine_call(struct engine *engine, const struct action *action, const struct call_request *request);
/* The same of any work that is done outside of the engine: a job of this kind, whose payload (the reference is taken)
 * gets the dossier and the token of the call. The entry among the dossier's calls, for what is to be known again. */
json_t *engine_suspend(struct engine *engine, const struct action *action, str kind, json_t *payload);
/* What is remembered of a call; NULL: nothing. */
const json_t *calls_entry(struct engine *engine, str token);
/* The action that waits for the call, in the round of its loop; NULL: there is none any more. */
const struct action *calls_action(struct engine *engine, str token);
/* One came back: EVENT_CALLED. */
void calls_return(struct engine *engine);
/* The dossier leaves its status: what comes back later has nothing left to go on with. */
void calls_leave(struct engine *engine);
/* Lets the first call that is not begun begin. */
void calls_settle(struct engine *engine);
/* Takes all back. */
void calls_forget(struct engine *engine);
/* One that the actions wait for is at its first try; or failed, and is tried again. */
bool calls_are_awaited(const struct dossier *dossier);
bool calls_are_tried_again(const struct dossier *dossier);

/* Who. */
/* The roles that a name means, as actors have them; none: it means no role, or a function that nobody plays. */
void roles_of_name(struct engine *engine, str name, struct str_list *out);
bool names_include(struct engine *engine, const struct actor *actor, const struct names *names);
void recipients_of(struct engine *engine, const struct names *names, struct recipients *out);
/* The telephones of the same people, and the numbers that a template gives, with commas between them. */
str numbers_of(struct engine *engine, const struct names *names);
json_t *names_json(const struct names *names);
/* Whether this person may know of the status (history.c). */
bool status_may_be_known(struct engine *engine, const struct workflow_status *status, const struct actor *actor);
/* For who reads a dossier and does nothing with it. */
struct engine engine_reader(const struct workflow_context *context, const struct dossier *dossier,
                            const struct actor *actor);

/* What people read of a definition (outline_words.c). */
str outline_names(struct arena *arena, const struct workflow *workflow, const struct role_names *names,
                  const struct names *of);
/* « Courriel à Agents : « Reçue » »: what an action does that leads nowhere. */
str outline_deed(struct arena *arena, const struct action *action, str who);
/* « 3 jours » of object[key], a text or a number of units of so many seconds; as it stands where it is no duration. */
str outline_delay(struct arena *arena, const json_t *object, const char *key, int64_t unit);
/* How a global action is started. */
str outline_start(struct arena *arena, const struct workflow *workflow, const struct role_names *names,
                  const struct trigger *trigger, const json_t *json);

/* A rendered body (mail_body.c): what its template was says whether it is HTML, never the words that answers brought.
 */
struct mail_body {
    str text;
    bool is_html;
    const struct mail_buttons *buttons; /* whose markers stand in the text */
};
enum { MAIL_MOST = 1 << 20 };
struct mail_body engine_mail_body(struct engine *engine, const struct template *template);
/* Its two parts. */
str mail_plain(struct arena *arena, struct mail_body body);
str mail_html(struct arena *arena, struct mail_body body);
struct outgoing_mail {
    const struct recipients *to;
    str subject, from; /* from: empty: the site's */
    struct mail_body body;
    const json_t *files; /* a list, as engine_attachments makes it; may be empty */
};
void engine_send_mail(struct engine *engine, const struct outgoing_mail *outgoing);

/* Files (attachments.c). */
void compiler_attachments(struct compiler *compiler, const json_t *json, struct attachments *out);
/* Adds the files that they give to the list, each once: {blob, name, type, size}. What is no file is told. */
void engine_attachments(struct engine *engine, const struct attachments *attachments, json_t *files);
struct file_part {
    str varname, label; /* varname may be empty */
    const json_t *file;
    const struct names *to; /* NULL, or empty: everybody */
    bool is_hidden;
};
/* Adds a part of type « file ». */
void engine_add_file(struct engine *engine, const struct file_part *added);
/* The field among the data of the treatment that the key names, where a file is kept too; NULL: none is named, or, as
 * reported, there is no such field. */
const struct field *compiler_file_field(struct compiler *compiler, const json_t *json, const char *key);
/* Its answer is that file. field may be NULL. */
void engine_set_file(struct engine *engine, const struct field *field, const json_t *file);

/* The part of a history that says which answers to these fields changed, a new reference. */
json_t *edit_part(struct engine *engine, const struct field_list *fields, const json_t *before, const json_t *after);
/* The part of a history that names another dossier, a new reference. */
json_t *link_part(const struct dossier *dossier, str varname);

#define JSON_PART(type) json_pack("{s:s}", "type", (type))

#endif

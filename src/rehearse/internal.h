/* Private to rehearse/: the stage that the rehearsal is played on, what is written down of it, and the parts of it. */
#ifndef GUICHET_REHEARSE_INTERNAL_H
#define GUICHET_REHEARSE_INTERNAL_H

#include "definition/definition.h"
#include "rehearse/browser.h"
#include "rehearse/fill.h"
#include "rehearse/rehearse.h"
#include "web/web.h"

/* ---- The stage (stage.c): a copy of the site, served on a loopback port ---- */

#define STAGE_AGENT "repetition@agents.example"
#define STAGE_PROGRAM "repetition.invalid"

struct stage {
    struct arena *arena;
    struct installation *installation;
    struct estate *estate; /* held for the whole rehearsal: what is watched stays where it is */
    const struct site *site;
    struct catalogue *catalogue;
    struct web *web;
    struct http_server *server;
    int port;
    str host;
    int64_t agent;      /* an account: administrator with every role */
    str key;            /* that STAGE_PROGRAM signs its calls with */
    const char *folder; /* removed at the end; NULL: kept */
    _Atomic int64_t people;
    struct map options;  /* slug of a form → json_t *: names of options that are made up (options.c) */
    struct map circuits; /* slug of a workflow → struct map *: circuit_reached */
    struct estate *set;  /* where something is set otherwise (stage_set); NULL: as it was opened */
    bool has_variables;  /* of the site, set otherwise */
    struct VEC_OF(struct estate *) made; /* held for the forms that were added */
};
bool stage_open(struct stage *stage, struct installation *real, const struct rehearsal *rehearsal, str scratch_store,
                struct err *err);
void stage_close(struct stage *stage);
/* Sets what addresses of the form's lists read of its workflow's options and the site does not set; their names. */
json_t *options_make_up(struct arena *arena, struct definition *form);
/* Gives the form other options of its workflow, and the site these variables beside its own, in the copy; what was held
 * before stays as it is. NULL: as they were. */
bool stage_set(struct stage *stage, const struct form *form, json_t *options, json_t *variables, struct err *err);
/* Adds a form to the copy: as it is then, until the stage closes. */
bool stage_add_form(struct stage *stage, const json_t *document, const struct form **form, struct err *err);
/* A place to look at dossiers from. */
void stage_place(struct stage *stage, struct arena *arena, struct place *place);
/* A browser that nobody has signed in with; calls from an address of its own, so that no brake on guessing holds. */
struct browser *stage_browser(struct stage *stage);
/* Signs a person in, identified so (session: context). */
bool stage_sign_in(struct stage *stage, struct browser *browser, int64_t account, str context, struct err *err);
/* A new resident with an account; known: data of it (may be NULL), over the usual ones. */
bool stage_resident(struct stage *stage, struct arena *arena, const json_t *known, int64_t *account, struct err *err);
/* Moves the clock of the whole process: so far ahead of the real one. */
void stage_set_ahead(instant ahead);
/* Runs what is due. */
void stage_run_jobs(struct stage *stage);

/* ---- What is written down (record.c) ---- */

/* The journal, and what came out of each text of the definitions, from any thread. One at a time. */
void record_begin(struct stage *stage);
void record_end(void);
/* What the journal got since this was last asked, each once: [{"level", "event", "text", "count"}]. */
json_t *record_journal(void);
/* The messages since this was last asked: [{"to", "subject", "count", "empty"}]. */
json_t *record_mails(void);

/* ---- Other servers (calls.c): none is asked ---- */

enum answer_kind {
    ANSWER_HOPED,   /* what the site's texts hope for: what they read of answers, and what they compare it with */
    ANSWER_OTHER,   /* other values, or none */
    ANSWER_THIRD,   /* the third of what they compare it with */
    ANSWER_STRANGE, /* nothing of what they compare it with */
    ANSWER_ERROR,   /* « err »: 1 */
    ANSWER_REFUSAL, /* 404 */
    ANSWER_FAILURE, /* 500 */
    ANSWER_NONE,    /* nobody is there */
    ANSWERS,
    /* What each of several calls in a row gets: the first answer, then the other. */
    TURNS = ANSWERS + 2
};
void calls_begin(struct stage *stage);
void calls_end(void);
/* What is answered from now on: turn is one kind for all calls, or one of ANSWERS … TURNS - 1: the first call gets what
 * is hoped for, or other values, and those after it fail. */
void calls_answer(int turn);
/* Whether a turn before this one gives the same. */
bool calls_is_repeated(int turn);
/* How many were made so far. */
int64_t calls_made(void);
/* The calls since this was last asked: [{"method", "url", "count"}]. */
json_t *record_calls(void);
/* Texts of a form and of its workflow that read something and never gave anything; conditions that always, or never,
 * held; texts that were not used at all. */
void record_texts(const struct form *form, const struct workflow *workflow, json_t *out);

/* ---- One form (form_run.c) ---- */

struct seen_choices VEC_OF(struct wish); /* field: the value, value: the label */

/* How a request is filed. */
struct plan {
    enum style style;
    uint64_t seed;
    struct wishes wishes;
    bool has_account;
    str why; /* for the report */
};
struct plans VEC_OF(struct plan);

struct filed {
    int64_t id;
    int64_t account;
    size_t plan;
    int answers; /* to what its filing asked of other servers */
};

struct form_run {
    struct stage *stage;
    struct arena *arena;
    const struct form *form;
    const struct workflow *workflow;
    bool *pages;        /* which were reached */
    struct map fields;  /* those shown: id → itself */
    struct map choices; /* id → struct seen_choices * */
    struct map learnt[STYLE_VARIED + 1];
    json_t *answers;    /* of the last that was filed; NULL: none */
    json_t *steps;      /* of the filing under way, where what a form shows is all that matters (steps.c); else NULL */
    struct plans plans; /* those that were tried */
    struct map candidates; /* what solve.c found for a field */
    struct map tries;      /* what explore.c has looked at: « field=value », « !field » → int * */
    struct VEC_OF(struct filed) filed;
    size_t tried;
    int64_t requests;     /* HTTP */
    struct wishes needed; /* without which a page refused */
    json_t *stops;        /* list: {"page", "message"}: pages that end the path of some answers on purpose */
    json_t *refusals;     /* list: {"page", "message"}: pages that some answers do not pass */
    json_t *errors;       /* list: {"kind", "at", "message"} */
    struct map errors_known;
    str closed;              /* why it takes no request; empty: it does */
    int64_t ends;            /* steady_now; 0: no bound */
    struct walk *walk;       /* of the workflow (treat.c) */
    json_t *turns;           /* list: {"options", "reached"}: what options had to be set for statuses to be reached */
    bool is_crowd;           /* many at once: what each became is not looked up */
    str wanted;              /* a status: once it is reached, what is left to try is left; empty: none */
    const struct map *known; /* statuses that the first walk takes for reached; NULL: none */
};
void run_begin(struct form_run *run, struct stage *stage, const struct form *form, int64_t seconds);
/* Writes an error down, once. */
void run_error(struct form_run *run, const char *kind, str at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool run_is_over(const struct form_run *run);
/* An answer that no visitor should get: written down, true. */
bool run_failed(struct form_run *run, const struct answer *answer, const char *doing);
/* A page that did not take what was answered. */
void run_refusal(struct form_run *run, str page, str message);
/* A page that ended the path on purpose. */
void run_stop(struct form_run *run, str page, str title);
/* Notes the fields and choices that a page shows. */
void run_note_page(struct form_run *run, const struct page *page);

/* Files one request by the pages (filing.c); false where it did not come to its end. */
bool file_one(struct form_run *run, const struct plan *plan, struct filed *filed);

/* Adds what a page was sent with: {"page", "values": [{"name", "value" or "file"}]}, without what is hidden in it. */
void steps_add(json_t *steps, str url, const struct page_form *form, const struct sent_values *values);
/* Files until each page and field of the form was shown, or nothing more brings one: the filings that showed something,
 * as docs/rehearse.md says. */
json_t *steps_of_form(struct form_run *run);

/* Whether only who is signed in may file it. */
bool form_wants_account(const struct form *form);
/* What else is worth filing (explore.c): the next plan that may bring what no filing has shown; false: none. */
bool explore_next(struct form_run *run, struct plan *out);
/* Wishes under which the field is shown, or the page, or the page can be left (its post-conditions hold), given what is
 * wished already and these answers (NULL: none). False: none were found (solve.c). */
struct aim {
    const struct field *field;
    const struct form_page *page; /* where field is NULL */
    bool to_leave;
    size_t fixed; /* so many of the wishes stay as they are */
};
bool solve(struct form_run *run, const struct aim *aim, const json_t *answers, uint64_t seed, struct wishes *wishes);
/* The field of the form that a name of a template reads; NULL: none. */
const struct field *field_read_by(const struct form *form, str path);
bool form_reads(const struct form *form, const struct template *template, const struct field *field);
/* What might be answered to a field: the choices seen, what conditions compare it with. */
struct str_list_of VEC_OF(str);
struct str_list_of candidates_of(struct form_run *run, const struct field *field);

/* Plays the form with its workflow's options set otherwise, as long as a status was never reached (option_turns.c). */
void option_turns_play(struct form_run *run);

/* ---- Its workflow (treat.c) ---- */

/* Follows what was filed through whatever may be pressed and waited for. */
void treat_all(struct form_run *run);
/* Files what was filed before once more, a few of it, and follows that afresh: where options are set otherwise. */
void treat_again(struct form_run *run);
/* The same of what was filed by the last plan, alone. */
void treat_last(struct form_run *run);
/* The statuses that were reached so far, by their ids. */
const struct map *treat_reached(const struct form_run *run);
void treat_report(struct form_run *run, json_t *out);

#endif

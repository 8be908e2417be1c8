/* What the files of treat share: a workflow as it is walked through, and one dossier that is followed. Private to
 * rehearse/. */
#ifndef GUICHET_REHEARSE_TREAT_H
#define GUICHET_REHEARSE_TREAT_H

#include "rehearse/internal.h"

enum { VARIANTS = 4 }; /* ways to answer a page that asks something */

enum who { WHO_AGENT, WHO_SUBMITTER, WHO_TIME, WHO_PROGRAM };

/* How often something was done: an action of the whole workflow is one, wherever it is offered. */
struct tally {
    int done;
    bool calls; /* other servers were asked in the course of it */
    int spoilt; /* so many of the answers that nobody hopes for were tried */
};

struct edge {
    enum who who;
    str value; /* of the button: « choix:12 », « globale:3 », empty: the plain one; of time: the job without its
                  dossier; of a program: what it calls */
    str label;
    str url; /* behind the dossier's: of what has a page of its own, a global action or answers to change; else empty */
    bool is_edit;
    int pressed, wanted;
    struct tally *tally;
    struct VEC_OF(str) leads_to; /* ids */
};
/* Whether it is of the whole workflow, offered in many statuses. */
bool edge_is_global(const struct edge *edge);
struct step {
    enum who who;
    str value;
    int answers; /* calls_answer */
};
struct steps VEC_OF(struct step);

/* A status, as it was found. */
struct spot {
    const struct workflow_status *status;
    struct VEC_OF(struct edge) edges;
    struct filed filed; /* how the first was filed that came here, and its steps */
    struct steps path;
};

struct walk {
    struct VEC_OF(struct spot) spots;
    struct map reached; /* statuses that a dossier came to, be it to leave at once: id → itself */
    struct map globals; /* who and value → struct tally * */
    struct map starts;  /* statuses that filings whose circuit asks other servers came to → itself */
    int presses;
    json_t *faults; /* that the history tells of */
    struct map faults_known;
};

/* One dossier, being followed. */
struct following {
    struct form_run *run;
    struct walk *walk;
    struct arena *arena;
    struct filed filed;
    struct browser *browsers[2]; /* by enum who */
    str urls[2];                 /* empty: it is not opened by them */
    struct dossier *dossier;
    struct spot *spot;
    struct answer pages[2];
    struct steps path;
    size_t history; /* so many entries were looked at */
    bool has_called;
};

/* The dossier went with what was done last (treat_gone.c). */
void note_gone(struct following *following, const struct spot *from, const struct edge *edge);

/* ---- What waits for its time (treat_timers.c) ---- */

/* The jobs of the dossier that wait: of its status, and of global actions. */
struct waiting_jobs timers_of(const struct following *following);
/* Without the dossier's number: what another dossier's is called too. */
str timer_name(const struct following *following, const struct job *job);
/* Whether one of this name waits; *job (may be NULL) is it. */
bool timer_find(const struct following *following, str name, struct job *job);
/* Moves the clock to it, and runs it. */
bool timer_wait_for(struct following *following, str name);
/* Cancels all: they would come due when the clock is moved for another dossier. */
void timers_let_go(const struct following *following);

/* ---- What other programs call (treat_program.c) ---- */

struct triggers_seen VEC_OF(str);
/* What they may call now: « jump/trigger/paid ». */
struct triggers_seen triggers_of(const struct following *following);
/* Calls it, for the nth time; false where it was refused. */
bool program_calls(struct following *following, str trigger, size_t nth);
/* What the nth call brings (treat_payload.c); *ways: how many values there are to compare some part of it with. */
json_t *payload_of(struct arena *arena, const struct form_run *run, str trigger, size_t nth, size_t *ways);

/* ---- What is pressed (treat_press.c) ---- */

/* Runs what is due; other servers may be asked. */
void run_due(struct following *following);

/* The form of a dossier's page that acts; NULL: there is none. Its buttons. */
const struct page_form *act_form(const struct page *page, str url);
const struct control *act_button(const struct page_form *form, str value);
/* How many choices there are, at the most, in the lists of the form that are short enough to try each. */
int choices_most(const struct page_form *form);
/* Presses, fills what is asked, again where it is refused; or waits, or calls. False where it came to nothing. */
bool press(struct following *following, const struct edge *edge);

#endif

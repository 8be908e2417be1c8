/* A form that is being filled: what its pages, its start and its sending share. Private to web/portal/. */
#ifndef GUICHET_WEB_FILLING_H
#define GUICHET_WEB_FILLING_H

#include "web/visit.h"

struct filling {
    const struct form *form;
    struct draft draft; /* the one found, or a new one that is not saved yet */
    bool has_draft;
    bool lost_draft;              /* the browser names one that is there no more */
    const struct account *person; /* whose request it will be; NULL: somebody's without an account */
    struct page_range pages;      /* that are filled of it */
    struct form_context context;
    struct value unfit; /* {label, text}: answers that the form, which changed since, has no place for */
};

/* Finds the form that the path names, and the draft of who asks; false where the answer is made (unknown, closed, not
 * for this person). A draft goes on with the form as it is now; answers that no longer fit are dropped. */
bool filling_open(struct request *request, struct filling *filling);
/* Who looks at the form again after sending it begins another request; who sends again (a second click, another tab) is
 * shown what was filed: filling_was_filed. False, and the answer is made, where they may file none. */
bool filling_begin_anew_if_filed(struct request *request, struct filling *filling);
/* The page that the path names, from 0; SIZE_MAX: the form has no such page. */
size_t filling_page_number(struct request *request, const struct filling *filling);
/* The furthest page that may be shown: the first that is not done. SIZE_MAX: the form shows no page. */
size_t filling_furthest(const struct filling *filling);
/* False, and the answer is made, where the form takes one request a person and this one has theirs, or where a quota of
 * it is used up. */
bool filling_has_place(struct request *request, const struct filling *filling);
/* Where an answer of a page stops: its page of explanation. */
str filling_stop_url(struct request *request, const struct filling *filling, size_t page);
/* True, and leads to it, where some page's answers stop. */
bool filling_is_stopped(struct request *request, const struct filling *filling);
/* True, and leads to the confirmation, where the draft was sent already. */
bool filling_was_filed(struct request *request, const struct filling *filling);

/* Files what form_check found right. is_saved: the draft is in the store as it is; else it is saved with the filing. */
void filling_send(struct request *request, struct filling *filling, bool is_saved);
/* Whether what is sent without an account looks like a person's (brake.c). BRAKE_CONFIRM: they are asked whether it is
 * meant, and nothing is lost. BRAKE_STOP: too much from there; err says when to go on. */
enum brake { BRAKE_OFF, BRAKE_CONFIRM, BRAKE_STOP };
enum brake brake_looks(struct request *request, const struct filling *filling, struct err *err);
/* True where it may be filed now; else the answer is made. */
bool brake_lets(struct request *request, const struct filling *filling);
/* Shows the trap that who fills blindly falls into, to who has no account. */
void brake_set_trap(struct request *request, const struct filling *filling, struct value_dict *page);
/* Leads to a page of the form; SIZE_MAX: to the first. Who had begun and lost it is told why the form is empty. */
void filling_lead_to_page(struct request *request, const struct filling *filling, size_t page);
/* Keeps the draft's token in the browser as long as the draft is kept. */
void filling_keep(struct request *request, const struct form *form, const struct draft *draft);

/* The draft's cookie; /demarches/SLUG/rest; /demarches/SLUG/N/ of a page counted from 0; the confirmation of a code. */
const char *filling_cookie(struct request *request, const struct form *form);
str filling_url(struct request *request, const struct form *form, const char *rest);
str filling_page_url(struct request *request, const struct form *form, size_t page);
str filling_confirmation_url(struct request *request, const struct form *form, str code);
/* Whether the request carries the confirmation's proof of a code: numbers can't be tried. */
bool filling_is_proven(struct request *request, str code);
/* Sets entry {person, channel} where an agent enters for somebody else: parts/entry.html says so. */
void filling_set_entry(struct request *request, const struct filling *filling, struct value_dict *page);
/* As the page's list of errors shows them. */
struct value filling_errors(struct request *request, const struct field_errors *errors);

/* Sends who has not signed in to do so, and back. */
void filling_ask_to_sign_in(struct request *request, const struct form *form);

/* ---- The draft (filling_draft.c) ---- */

/* Finds the draft of who asks: the one that the page began, else the browser's, else the account's. False where the
 * answer is made. */
bool filling_find_draft(struct request *request, struct filling *filling);
/* « ouvert », what a page without a draft carries: when it was shown, signed. */
str filling_opened(struct request *request, const struct draft *draft);
/* A new one, in memory; begun when the page that begins it was shown. */
void filling_begin_draft(struct request *request, struct filling *filling);
/* Where the form was published anew since the draft was saved: what no longer fits goes, and is shown. */
void filling_fit_draft(struct request *request, struct filling *filling);
/* What a draft that is about to be saved says of itself. */
void filling_touch(struct request *request, struct filling *filling);
/* Reads a draft by its token: a store_fn. */
struct draft_reading {
    struct arena *arena;
    str token;
    int64_t account; /* or by whose it is, and of which form */
    str form;
    instant now;
    struct draft *out;
};
bool draft_read(struct tx *tx, void *reading, struct err *err);
/* A draft of an account is that account's, an agent's entry that agent's; any other is who has its token's. */
bool draft_is_theirs(const struct visit *visit, const struct draft *draft);

#endif

/* A browser without a script: pages over HTTP, cookies, redirections within the site; the forms of a page, filled by
 * who has it, and sent as a browser sends them. Private to rehearse/. */
#ifndef GUICHET_REHEARSE_BROWSER_H
#define GUICHET_REHEARSE_BROWSER_H

#include "base/base.h"

/* ---- Pages ---- */

enum control_kind {
    CONTROL_TEXT,
    CONTROL_LONG_TEXT,
    CONTROL_CHOICE,
    CONTROL_BOX,
    CONTROL_SELECT,
    CONTROL_FILE,
    CONTROL_HIDDEN,
    CONTROL_BUTTON
};

struct option_of {
    str value, label;
    bool is_chosen, is_disabled;
};
struct control {
    enum control_kind kind;
    str type; /* of an input: « email », « date » … */
    str name, value, id;
    str label, legend; /* what people read beside it, and above its group */
    str hint;          /* of its group, and what is wrong there */
    str field;         /* data-field of what it stands in; empty: none */
    str accept, pattern, least, most;
    int64_t length_most; /* 0: no bound */
    bool is_chosen, is_disabled, is_read_only, is_required;
    bool is_unseen; /* in something hidden: a person can't fill it */
    struct VEC_OF(struct option_of) options;
};
struct page_form {
    str action, method, encoding;
    struct VEC_OF(struct control) controls;
};
/* Something that stands for a field: data-field. */
struct shown_field {
    str id, error;
    bool is_unseen;
};
struct link {
    str url, text;
};
struct page {
    str title;
    str error_summary; /* what its list of errors says; empty: none */
    struct VEC_OF(struct page_form) forms;
    struct VEC_OF(struct shown_field) fields;
    struct VEC_OF(struct link) links;
};
/* Reads a page; what is no HTML gives an empty one. */
struct page page_read(struct arena *arena, str html);
/* The first form of the page that is sent there; NULL: none is. */
const struct page_form *page_form_to(const struct page *page, str url);

/* ---- Sending ---- */

struct sent_value {
    str name, value;
    bool is_file;
    str file_name, file_type; /* value: its bytes */
};
struct sent_values VEC_OF(struct sent_value);

struct browser;
/* address: the loopback address that it calls from; empty: any. */
struct browser *browser_new(int port, str host, str address);
void browser_free(struct browser *browser);
void browser_set_cookie(struct browser *browser, const char *name, str value);
/* Empty where it has none of that name. */
str browser_cookie(struct browser *browser, struct arena *arena, const char *name);

struct answer {
    int status;    /* 0: none came */
    str url;       /* path and query of what was shown at last */
    str elsewhere; /* where a redirection leads out of the site; empty: it does not */
    str body;
    struct page page;
};
/* Follows redirections within the site. */
struct answer browser_get(struct browser *browser, struct arena *arena, str url);
/* Sends values to a form's action, encoded as the form says. */
struct answer browser_send(struct browser *browser, struct arena *arena, const struct page_form *form,
                           const struct sent_values *values);
/* As a program does it. */
struct answer browser_post_json(struct browser *browser, struct arena *arena, str url, str json);
/* Requests made so far. */
int64_t browser_requests(const struct browser *browser);

#endif

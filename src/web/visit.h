/* What every handler knows of the request it answers. Private to web/. */
#ifndef GUICHET_WEB_VISIT_H
#define GUICHET_WEB_VISIT_H

#include "web/web.h"

enum right {
    RIGHT_NONE,    /* no site needed: assets */
    RIGHT_API,     /* other programs, by a signed URL or an API access; agents, to read (api/caller.c) */
    RIGHT_PUBLIC,  /* everybody */
    RIGHT_ACCOUNT, /* who has signed in */
    RIGHT_AGENT,   /* agents of the site */
    RIGHT_ADMIN,   /* its administrators */
};

/* Who asks by the API. Whom they act for stands in the visit as who has signed in, with their roles; of an API access
 * there is nobody, and its roles stand there. */
enum caller_kind { CALLER_NONE, CALLER_SIGNED, CALLER_ACCESS, CALLER_SESSION };
struct caller {
    enum caller_kind kind;
    str name;       /* orig, or the identifier of the access */
    bool is_nobody; /* acts for a person without an account: « email » or « NameID » is there, and empty */
};

struct visit {
    struct installation *installation;
    struct estate *estate;
    const struct site *site;
    struct catalogue *catalogue;
    struct place place;
    struct session session; /* token empty: nobody has signed in */
    struct account account;
    bool is_signed_in;
    struct membership membership;
    struct caller caller;
    str cookie; /* what the form token is bound to: the session's token, or the visitor's own */
    bool cookie_is_new;
    const struct form *form;  /* that is filled in or shown; may be NULL */
    struct render_log faults; /* of its texts; told when the request ends */
    struct origins origins;   /* other servers that the page shows images of */
    bool runs_again;          /* elsewhere: what this run did counts for nothing */
};

struct visit *visit_of(struct request *request);
struct dossier_place *place_of(struct request *request);
/* Whether one may wait here for another server; else the handler begins again where it may, and what it does now counts
 * for nothing. */
bool visit_may_wait(struct request *request);
/* Who acts, for the workflow. */
struct actor visit_actor(struct request *request, bool is_agent, bool is_submitter);

/* A dict of values for a page. */
struct value_dict *page_new(struct request *request);
void page_set(struct request *request, struct value_dict *page, const char *key, struct value value);
void page_set_text(struct request *request, struct value_dict *page, const char *key, str text);
/* Renders a page with what all pages show (site, person, menu, token), and answers with it. */
void page_show(struct request *request, int status, const char *path, struct value_dict *page);
/* The token a form carries; gives the visitor a cookie where there is none. */
str visit_token(struct request *request);
/* A text for who was just redirected: « Enregistré. » Shown once. */
void visit_flash(struct request *request, const char *kind, str text);

struct value date_value(instant at);
struct value instant_value(instant at);

/* What the law and the site say of a service, the form's own words first: service of templates. */
struct value visit_service(struct request *request, const struct form *form);

/* A store error as a page: 409 for a conflict, 503 … */
void show_failure(struct request *request, const struct err *err);

/* The place of the visit, for who has signed in. */
void visit_make_place(struct request *request);
/* Fills the context; false where the host is no site. */
bool visit_begin(struct request *request);
bool web_guard(struct request *request);
bool web_check_form(struct request *request);
void web_error_page(struct request *request, int status, const struct err *err);
void web_done(struct request *request);

/* The posted values and files of a form, as forms.h takes them; files are kept as blobs. NULL: the answer is made. */
struct posted *visit_posted(struct request *request);
/* One of them; what is wrong with it is told by its field. False: it can't be kept now. */
bool visit_keep_upload(struct request *request, const struct http_upload *upload, struct posted_file *out,
                       struct err *err);
const struct file_tools *visit_file_tools(struct request *request);
/* Answers with a file that was kept; on a worker. */
void visit_send_file(struct request *request, str blob, str type, str name);
/* Whether a file that was kept may not leave: the status to refuse with, and why; 0: it may. On a worker. */
int visit_refuses_file(struct request *request, int fd, struct err *err);
/* What fields need, over these answers (of a dossier, or NULL for a form that is being filled). */
struct form_context visit_form_context(struct request *request, const struct form *form, json_t *answers,
                                       const struct dossier *dossier);
/* Answers with what the field « champ » proposes for what is typed in it: fields_suggest; 404 where nothing does. */
void visit_suggest(struct request *request, const struct field_list *fields, const struct form_context *context,
                   const struct posted *posted, json_t *answers);

/* The drafts of who has signed in, as draft_list gives them. */
bool visit_drafts(struct request *request, struct drafts *out, struct err *err);
/* Where a draft is taken up again, from anywhere. */
str visit_draft_url(struct request *request, const struct draft *draft);

/* Tables of routes, each beside its handlers. */
extern const struct route portal_routes[], fill_start_routes[], fill_page_routes[], fill_typing_routes[],
    fill_send_routes[], places_routes[], track_routes[], account_routes[], requests_routes[], list_routes[],
    office_routes[], entry_routes[], cards_routes[], card_edit_routes[], card_files_routes[], admin_routes[],
    versions_routes[], export_routes[];
extern const size_t portal_route_count, fill_start_route_count, fill_page_route_count, fill_typing_route_count,
    fill_send_route_count, places_route_count, track_route_count, account_route_count, requests_route_count,
    list_route_count, office_route_count, entry_route_count, cards_route_count, card_edit_route_count,
    card_files_route_count, admin_route_count, versions_route_count, export_route_count;
extern const struct route verify_routes[], fill_stop_routes[]; /* portal/verify.c, fill_stop.c */
extern const size_t verify_route_count, fill_stop_route_count;
extern const struct route buttons_routes[]; /* portal/buttons.c */
extern const size_t buttons_route_count;
extern const struct route mass_routes[]; /* office/mass.c */
extern const size_t mass_route_count;
extern const struct route tables_routes[]; /* office/tables.c */
extern const size_t tables_route_count;
extern const struct route circuit_routes[]; /* office/circuit.c */
extern const size_t circuit_route_count;
extern const struct route trace_routes[]; /* office/trace.c */
extern const size_t trace_route_count;
extern const struct route upgrade_routes[]; /* office/upgrade.c */
extern const size_t upgrade_route_count;

/* ---- Lists ---- */

/* The address of another page of the list, or of what else path gives of it: the same filters, another cursor. */
str list_page_url(struct request *request, str path, str cursor, str before);
/* previous_url and next_url: this page's own address with other cursors (« suite », « avant »). */
void list_set_pages(struct request *request, str next, struct value_dict *page);
/* count and is_more. */
void list_set_count(struct request *request, const struct dossier_query *query, struct value_dict *page);

/* ---- A dossier on a page ---- */

/* What the page of a dossier answers with. {.status = 200}: it is only looked at. */
struct dossier_reply {
    int status;
    const struct field_errors *errors; /* of what was posted; may be NULL */
    json_t *form_answers;              /* what was posted in its sub-form; may be NULL */
    const struct posted *posted;       /* all that was posted; may be NULL */
    str changed;                       /* what somebody else did meanwhile; may be empty */
};
/* Shows the dossier's page: one function for each place that has one. */
typedef void dossier_show(struct request *request, struct dossier *dossier, const struct actor *actor,
                          const struct dossier_reply *reply);

/* Where the browser goes after a change: path, and what the page there waits for (calling.c). */
str calling_path(struct request *request, str path, const struct change *change);
/* Waits a few seconds for the call that the address names. True: the answer is made (it leads on, to path where nothing
 * says otherwise, unless that is empty), or the handler begins again elsewhere. Else *dossier is as it is now. */
bool calling_settle(struct request *request, struct dossier **dossier, str path);
/* What parts/calling.html shows. */
void calling_fill_page(struct request *request, const struct dossier *dossier, bool is_calling, bool is_called_again,
                       struct value_dict *page);
/* Where its page is, for agents or for who filed it. */
str dossier_path(struct request *request, const struct dossier *dossier, bool is_agent);
/* What dossiers' pages have in common. */
void dossier_fill_page(struct request *request, struct dossier *dossier, const struct actor *actor,
                       struct value_dict *page, const struct dossier_reply *reply);
/* What the page offers: what the status does; or true, and one global action that asks something first. */
bool dossier_page_offer(struct request *request, struct dossier *dossier, const struct actor *actor,
                        struct offer *offer);
/* Whether nothing happened to it since the page was made that posts this: its control « revision » says which one that
 * showed. */
bool dossier_is_as_shown(struct request *request, const struct dossier *dossier);
/* Reads what was posted and does it. back: where the browser goes then; show_again: where it is not done. */
void dossier_post_action(struct request *request, struct dossier *dossier, const struct actor *actor, str back,
                         dossier_show *show_again);
/* comments and forms: what is asked beside the buttons, with what reply says of the last post (offered.c). context: of
 * the dossier, or of a form alone; dossier: what conditions on the answers of the sub-forms read beside them. */
void offered_show(struct request *request, struct form_context *context, const struct dossier *dossier,
                  const struct offer *offer, const struct dossier_reply *reply, struct value_dict *page);
/* Reads and checks it, for the event. False where something is to be corrected: reply then shows it again. */
bool offered_read(struct request *request, struct form_context *context, const struct dossier *dossier,
                  const struct offer *offer, const struct posted *posted, struct event *event,
                  struct dossier_reply *reply);
/* As the list of errors of a page shows them. */
struct value errors_value(struct request *request, const struct field_errors *errors);
/* cells: of each line, what a view has of it (office/list.h); NULL: none. */
struct value dossier_lines_value(struct request *request, const struct dossier_page *lines, str url_prefix,
                                 const struct value *cells);
/* A file of the dossier, to who may see it; else as if there were none. */
void send_dossier_file(struct request *request, const struct dossier *dossier, const struct actor *actor, str blob);

/* All its files as one archive, for agents who may see it; on a worker. */
void send_all_files(struct request *request, const struct dossier *dossier);

#endif

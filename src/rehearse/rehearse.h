/* rehearse: a site's definitions put to the test, in a copy of it: forms are filled through the real pages and followed
 * through their workflows, with mail, web calls and time captured. docs/rehearse.md says what it does and what the
 * report holds. */
#ifndef GUICHET_REHEARSE_H
#define GUICHET_REHEARSE_H

#include "installation/installation.h"

struct rehearsal {
    str site;         /* slug */
    const str *forms; /* slugs; none: all that the site has */
    size_t form_count;
    uint64_t seed;     /* what is drawn; the same gives the same answers */
    int64_t count;     /* file so many requests and follow none of them; 0: rehearse */
    int64_t seconds;   /* of each form; 0: no bound */
    str into_store;    /* where the copy is made and left: a store without this site; empty: a scratch that goes */
    const char *into;  /* the folder of its files; NULL: a temporary one */
    const char *pages; /* where pages are read from; NULL: the program's own */
    void (*told)(const json_t *form);              /* of each form when it is done; may be NULL */
    void (*told_workflow)(const json_t *workflow); /* the same of each workflow */
    /* Not NULL: each form is only filed, until all of it was shown, and not followed. told gets where the copy is
     * served and what forms there are, then the steps of each. Called at the end: the copy is served until it comes
     * back. */
    void (*opened)(void);
};

/* Reads the site from where it stands, writes nothing there. scratch_store: where a scratch may be made, empty: in
 * SQLite. The report is an object in the arena. False and err where it could not begin. */
bool rehearse(struct installation *real, const struct rehearsal *rehearsal, str scratch_store, struct arena *arena,
              json_t **report, struct err *err);

/* What it comes to: the exit status. */
enum rehearsal_status {
    REHEARSAL_FINE = 0,
    REHEARSAL_FAILED = 1,  /* an error of the program, or something that leads nowhere */
    REHEARSAL_REFUSED = 3, /* no error, but a form whose own pages let nobody through */
};
int rehearsal_status(const json_t *report);
/* Of one form, of one workflow, and of the whole, as people read it. */
void rehearsal_print_form(const json_t *form);
void rehearsal_print_workflow(const json_t *workflow);
void rehearsal_print_end(const json_t *report);

#endif

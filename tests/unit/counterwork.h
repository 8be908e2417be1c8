/* A form, a workflow and a place for tests, from JSON written with single quotes. */
#ifndef GUICHET_TESTS_COUNTERWORK_H
#define GUICHET_TESTS_COUNTERWORK_H

#include "dossiers/dossiers.h"
#include "stores.h"
#include "unit.h"

struct counterwork {
    struct arena *arena;
    const struct form *form;
    const struct workflow *workflow;
    struct mail_text mail_template;       /* slug « modele » */
    struct comment_text comment_template; /* the same */
    struct dossier_definitions definitions;
    struct dossier_place place;
};

/* 14 December 2026, 9:30:00 in Paris; tests move it. */
extern instant test_now;

void counterwork_make(struct counterwork *work, const char *form, const char *workflow);
/* Opens the place's store, of that name, with the tables of jobs and dossiers. */
void counterwork_open(struct counterwork *work, struct test_stores *test, str name);
void counterwork_free(struct counterwork *work);
json_t *json_of(struct arena *arena, const char *single_quoted);
/* A dossier that was not filed yet, with these answers. */
struct dossier *counterwork_dossier(struct counterwork *work, const char *answers);
/* The event, applied in memory: the change's dossier; fails the test where it is refused. */
struct change *counterwork_do(struct counterwork *work, const struct dossier *dossier, const struct event *event);
/* Filed by its submitter. */
struct change *counterwork_file(struct counterwork *work, const char *answers);

extern const struct actor test_agent, test_submitter, test_admin, test_stranger;

#endif

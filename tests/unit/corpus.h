/* The real definitions of the corpus, read: all documents, and the forms and workflows compiled. */
#ifndef GUICHET_TESTS_CORPUS_H
#define GUICHET_TESTS_CORPUS_H

#include "dossiers/dossiers.h"
#include "publik/publik.h"
#include "unit.h"

struct corpus {
    struct arena *arena;
    struct VEC_OF(struct publik_document) documents;
    struct VEC_OF(const struct form *) forms;
    struct VEC_OF(const struct workflow *) workflows;
};

/* The path of a file or folder of the corpus, which GUICHET_CORPUS names, else ../shared/corpus; the empty str where it
 * is absent. */
str corpus_path(struct arena *arena, const char *name);
/* False where it is absent: the test is skipped. */
bool corpus_load(struct corpus *corpus);
void corpus_free(struct corpus *corpus);
/* By slug, else by name; NULL where it is of another package. */
const struct workflow *corpus_workflow_of(const struct corpus *corpus, const struct form *form);

#endif

#include "corpus.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct corpus *loading; /* nftw hands nothing to its function */

static void add_document(struct corpus *corpus, const struct publik_document *document)
{
    struct err err = {0};
    *vec_push(corpus->arena, &corpus->documents) = *document;
    if (str_eq(document->kind, STR("form"))) {
        const struct form *form = form_compile(corpus->arena, document->json, 1, NULL, &err);
        assert_non_null(form);
        *vec_push(corpus->arena, &corpus->forms) = form;
    } else if (str_eq(document->kind, STR("workflow"))) {
        const struct workflow *workflow = workflow_compile(corpus->arena, document->json, 1, NULL, &err);
        assert_non_null(workflow);
        *vec_push(corpus->arena, &corpus->workflows) = workflow;
    }
}

static int add_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)place;
    struct publik_document document;
    struct err err = {0};
    str bytes;
    if (kind != FTW_F || status->st_size > PUBLIK_FILE_MOST)
        return 0;
    assert_true(file_read(loading->arena, path, PUBLIK_FILE_MOST, &bytes, &err));
    if (publik_is_definition(bytes) && publik_read(loading->arena, bytes, &document, &err))
        add_document(loading, &document);
    return 0;
}

str corpus_path(struct arena *arena, const char *name)
{
    const char *folder = getenv("GUICHET_CORPUS");
    str path = str_fmt(arena, "%s/%s", folder ? folder : "../shared/corpus", name);
    return access(path.ptr, R_OK) == 0 ? path : STR_EMPTY;
}

bool corpus_load(struct corpus *corpus)
{
    *corpus = (struct corpus){.arena = arena_new()};
    str path = corpus_path(corpus->arena, "publik");
    loading = corpus;
    return path.len && nftw(path.ptr, add_file, 8, FTW_PHYS) == 0;
}

void corpus_free(struct corpus *corpus)
{
    arena_free(corpus->arena);
}

const struct workflow *corpus_workflow_of(const struct corpus *corpus, const struct form *form)
{
    for (size_t i = 0; i < corpus->workflows.len; i++)
        if (str_eq(workflow_slug(corpus->workflows.at[i]), form->workflow))
            return corpus->workflows.at[i];
    for (size_t i = 0; i < corpus->workflows.len; i++)
        if (str_eq(workflow_name(corpus->workflows.at[i]), form->workflow_name))
            return corpus->workflows.at[i];
    return NULL;
}

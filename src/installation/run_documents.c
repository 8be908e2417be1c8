/* Making documents, where a workflow said so. */
#include "installation/run_documents.h"

#include "base/file.h"
#include "installation/keep_file.h"
#include "paper/paper.h"
#include "store/store.h"

#include <unistd.h>

static bool read_answer(void *data, const json_t *file, str *bytes, struct err *err)
{
    return read_kept_file(data, json_str(file, "blob"), MODEL_BYTES_MOST, bytes, err);
}

/* A plain text is a letter, and needs no LibreOffice. */
static bool print_letter(struct place *place, const struct document *document, str folder, str *pdf, struct err *err)
{
    struct paper paper;
    str site = place->dossiers.site_name;
    paper_begin(&paper, place->dossiers.arena, document->name, site, site);
    paper_add_letter(&paper, document->bytes);
    int64_t size = 0;
    int made = paper_print(&paper, folder, &size);
    bool ok = made >= 0 && file_read_open(place->dossiers.arena, made, (size_t)size, pdf);
    if (made >= 0)
        close(made);
    return ok || err_set(err, ERR_UNAVAILABLE, "La lettre n’a pas pu être mise en page.");
}

static bool print(struct place *place, const struct document *document, str *pdf, struct err *err)
{
    struct arena *arena = place->dossiers.arena;
    str folder = str_fmt(arena, "%s/uploads", stores_folder(place->installation->stores));
    if (str_ends(str_lower(arena, document->filled_name), STR(".txt")))
        return print_letter(place, document, folder, pdf, err);
    return model_to_pdf(arena, folder, document->bytes, document->filled_name, pdf, err);
}

/* One that can't become a PDF is kept as it was filled: the circuit goes on, and administrators are told. */
static void make_pdf(struct place *place, struct document *document, struct call_outcome *outcome)
{
    str pdf;
    struct err err = {0};
    if (!document->wants_pdf)
        return;
    if (print(place, document, &pdf, &err)) {
        document->bytes = pdf;
        return;
    }
    log_err("document.pdf", &err);
    outcome->problem = str_dup(place->dossiers.arena, str_of(err.message));
    document->name = document->filled_name;
}

bool document_run_job(struct place *place, const struct job *job, struct err *err)
{
    struct arena *arena = place->dossiers.arena;
    const json_t *payload = json_parse(arena, job->payload, err);
    const struct document_tools tools = {.data = place, .read = read_answer};
    str token = json_str(payload, "call");
    struct call_outcome outcome = {0};
    struct document document = {0};
    struct err wrong = {0};
    bool is_found = false;
    if (payload == NULL)
        return false;
    if (dossier_document(&place->dossiers, json_int(payload, "dossier"), token, &tools, &document, &is_found, &wrong)) {
        json_t *file;
        if (is_found) {
            make_pdf(place, &document, &outcome);
            if (!keep_file(place, document.bytes, &file, err))
                return false;
            json_set_str(file, STR("name"), document.name);
            outcome.file = file;
        }
    } else if (wrong.code == ERR_UNAVAILABLE || wrong.code == ERR_INTERNAL) {
        *err = wrong;
        return false;
    } else {
        log_err("document", &wrong);
        outcome.problem = str_dup(arena, str_of(wrong.message));
    }
    place->dossiers.now = 0; /* making it took its time */
    return dossier_called(&place->dossiers, job, token, &outcome, err);
}

bool document_give_up(struct place *place, const struct job *job, struct err *err)
{
    const json_t *payload = json_parse(place->dossiers.arena, job->payload, err);
    struct call_outcome outcome = {.problem = STR("Le document a été commencé plusieurs fois sans jamais aboutir.")};
    return payload != NULL && dossier_called(&place->dossiers, job, json_str(payload, "call"), &outcome, err);
}

/* Making documents, where a workflow said so. */
#include "installation/run_documents.h"

#include "installation/keep_file.h"
#include "store/store.h"

static bool read_answer(void *data, const json_t *file, str *bytes, struct err *err)
{
    return read_kept_file(data, json_str(file, "blob"), MODEL_BYTES_MOST, bytes, err);
}

/* One that can't become a PDF is kept as it was filled: the circuit goes on, and administrators are told. */
static void make_pdf(struct place *place, struct document *document, struct call_outcome *outcome)
{
    struct arena *arena = place->dossiers.arena;
    str folder = str_fmt(arena, "%s/uploads", stores_folder(place->installation->stores)), pdf;
    struct err err = {0};
    if (!document->wants_pdf)
        return;
    if (model_to_pdf(arena, folder, document->bytes, document->filled_name, &pdf, &err)) {
        document->bytes = pdf;
        return;
    }
    log_err("document.pdf", &err);
    outcome->problem = str_dup(arena, str_of(err.message));
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

/* Beside the dossier: the agents' notes, the notices of an account, the files. */
#include "dossiers/tables.h"

enum { NOTE_MOST = 20000 }; /* characters */

static const char insert_note[] = "INSERT INTO dossier_note (id, dossier, at, account, author, text)"
                                  " VALUES (:id, :dossier, :at, :account, :author, :text)";
static const char select_notes[] =
    "SELECT id, at, account, author, text FROM dossier_note WHERE dossier = :dossier ORDER BY id";
static const char select_notices[] = "SELECT id, dossier, at, title, body, url, is_read, origin FROM dossier_notice"
                                     " WHERE account = :account ORDER BY id DESC LIMIT :limit";
static const char mark_read[] = "UPDATE dossier_notice SET is_read = 1 WHERE account = :account AND is_read = 0";
static const char select_blob[] = "SELECT 1 FROM dossier_blob WHERE blob = :blob UNION ALL"
                                  " SELECT 1 FROM dossier_mass_blob WHERE blob = :blob LIMIT 1";

struct noting {
    struct arena *arena;
    int64_t dossier;
    struct dossier_note note;
    struct dossier_notes *out;
};

static bool add_note(struct tx *tx, void *arg, struct err *err)
{
    const struct noting *noting = arg;
    const struct dossier_note *note = &noting->note;
    return tx_run(tx, insert_note, err, P_INT("id", note->id), P_INT("dossier", noting->dossier), P_INT("at", note->at),
                  P_INT("account", note->account), P_TEXT("author", note->author), P_TEXT("text", note->text));
}

bool dossier_add_note(const struct dossier_place *place, int64_t dossier, int64_t account, str author, str text,
                      struct err *err)
{
    text = str_trim(text);
    if (str_is_empty(text))
        return err_set(err, ERR_INVALID, "Écrivez la note.");
    if (utf8_length(text) > NOTE_MOST)
        return err_set(err, ERR_INVALID, "La note est trop longue : la limite est de %d caractères.", NOTE_MOST);
    struct noting noting = {
        .dossier = dossier,
        .note = {.id = store_new_id(), .at = place_now(place), .account = account, .author = author, .text = text}};
    return store_write(place->store, add_note, &noting, err);
}

static bool read_notes(struct tx *tx, void *arg, struct err *err)
{
    struct noting *noting = arg;
    *noting->out = (struct dossier_notes){0};
    struct rows rows = tx_query(tx, select_notes, P_INT("dossier", noting->dossier));
    while (rows_next(&rows))
        *vec_push(noting->arena, noting->out) = (struct dossier_note){.id = rows_int(&rows, 0),
                                                                      .at = rows_int(&rows, 1),
                                                                      .account = rows_int(&rows, 2),
                                                                      .author = rows_copy(&rows, noting->arena, 3),
                                                                      .text = rows_copy(&rows, noting->arena, 4)};
    return rows_end(&rows, err);
}

bool dossier_read_notes(const struct dossier_place *place, int64_t dossier, struct dossier_notes *out, struct err *err)
{
    struct noting noting = {.arena = place->arena, .dossier = dossier, .out = out};
    return store_read(place->store, read_notes, &noting, err);
}

/* ---- Notices ---- */

struct noticing {
    struct arena *arena;
    int64_t account;
    size_t limit;
    struct dossier_notices *out;
};

static bool read_notices(struct tx *tx, void *arg, struct err *err)
{
    struct noticing *noticing = arg;
    struct arena *arena = noticing->arena;
    *noticing->out = (struct dossier_notices){0};
    struct rows rows =
        tx_query(tx, select_notices, P_INT("account", noticing->account), P_INT("limit", (int64_t)noticing->limit));
    while (rows_next(&rows))
        *vec_push(arena, noticing->out) = (struct dossier_notice){.id = rows_int(&rows, 0),
                                                                  .dossier = rows_int(&rows, 1),
                                                                  .at = rows_int(&rows, 2),
                                                                  .title = rows_copy(&rows, arena, 3),
                                                                  .body = rows_copy(&rows, arena, 4),
                                                                  .url = rows_copy(&rows, arena, 5),
                                                                  .is_read = rows_int(&rows, 6) != 0,
                                                                  .origin = rows_copy(&rows, arena, 7)};
    return rows_end(&rows, err);
}

bool dossier_read_notices(const struct dossier_place *place, int64_t account, size_t limit, struct dossier_notices *out,
                          struct err *err)
{
    struct noticing noticing = {.arena = place->arena, .account = account, .limit = limit, .out = out};
    return store_read(place->store, read_notices, &noticing, err);
}

static bool mark_notices(struct tx *tx, void *arg, struct err *err)
{
    const struct noticing *noticing = arg;
    return tx_run(tx, mark_read, err, P_INT("account", noticing->account));
}

bool dossier_mark_notices_read(const struct dossier_place *place, int64_t account, struct err *err)
{
    struct noticing noticing = {.account = account};
    return store_write(place->store, mark_notices, &noticing, err);
}

/* ---- Files ---- */

static void add_files(struct arena *arena, const struct field_list *fields, const json_t *answers,
                      struct dossier_files *out)
{
    struct named_files named = {0};
    if (fields)
        fields_files(fields, arena, answers, &named);
    for (size_t i = 0; i < named.len; i++)
        *vec_push(arena, out) = (struct dossier_file){.blob = named.at[i].blob,
                                                      .name = named.at[i].name,
                                                      .type = named.at[i].type,
                                                      .size = named.at[i].size,
                                                      .field = named.at[i].field->id};
}

/* One that came by itself: of no field. */
static void add_file(struct arena *arena, const json_t *file, struct dossier_files *out)
{
    *vec_push(arena, out) = (struct dossier_file){.blob = json_str(file, "blob"),
                                                  .name = json_str(file, "name"),
                                                  .type = json_str(file, "type"),
                                                  .size = json_int(file, "size")};
}

void dossier_files(const struct dossier_place *place, const struct dossier *dossier, struct dossier_files *out)
{
    const struct form *form = dossier_form(place, dossier);
    const struct workflow *workflow = dossier_workflow(place, dossier);
    *out = (struct dossier_files){0};
    if (form)
        add_files(place->arena, &form->fields, dossier->answers, out);
    if (!workflow)
        return;
    add_files(place->arena, workflow_backoffice_fields(workflow), dossier->answers, out);
    for (size_t i = 0; i < dossier->history.len; i++) {
        const json_t *parts = entry_parts(&dossier->history.at[i]);
        for (size_t k = 0; k < json_array_size(parts); k++) {
            const json_t *part = json_array_get(parts, k);
            if (str_eq(json_str(part, "type"), STR("form")))
                add_files(place->arena, workflow_form_fields(workflow, part), json_dict(part, "answers"), out);
            else if (json_dict(part, "file"))
                add_file(place->arena, json_dict(part, "file"), out);
        }
    }
}

bool dossier_has_file(const struct dossier_place *place, const struct dossier *dossier, str blob,
                      struct dossier_file *out)
{
    struct dossier_files files;
    dossier_files(place, dossier, &files);
    for (size_t i = 0; i < files.len; i++)
        if (str_eq(files.at[i].blob, blob)) {
            *out = files.at[i];
            return true;
        }
    return false;
}

bool dossier_blob_is_used(struct tx *tx, str blob, bool *used, struct err *err)
{
    struct rows rows = tx_query(tx, select_blob, P_TEXT("blob", blob));
    *used = rows_next(&rows);
    return rows_end(&rows, err);
}

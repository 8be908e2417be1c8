/* Messages as jobs, and the rows of what was sent. */
#include "mail/mail.h"

#include "base/file.h"
#include "store/blobs.h"

#include <unistd.h>

const struct migration mail_migrations[] = {
    {1, "mail",
     "CREATE TABLE mail_sent ("
     " id BIGINT PRIMARY KEY, job BIGINT NOT NULL, number INTEGER NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT "
     "NULL,"
     " text TEXT NOT NULL, html TEXT NOT NULL, state TEXT NOT NULL, at BIGINT NOT NULL);"
     "CREATE UNIQUE INDEX mail_sent_job ON mail_sent (job, number)",
     NULL},
};
const size_t mail_migration_count = sizeof mail_migrations / sizeof *mail_migrations;

static const char select_done[] = "SELECT 1 FROM mail_sent WHERE job = :job AND number = :number";
static const char insert[] = "INSERT INTO mail_sent (id, job, number, recipient, subject, text, html, state, at)"
                             " VALUES (:id, :job, :number, :recipient, :subject, :text, :html, :state, :at)"
                             " ON CONFLICT (job, number) DO NOTHING";
static const char select_page[] =
    "SELECT id, recipient, subject, text, html, state, at FROM mail_sent WHERE id < :before"
    " ORDER BY id DESC LIMIT :most";
static const char select_naming[] =
    "SELECT 1 FROM job WHERE kind = '" MAIL_JOB_KIND "' AND payload LIKE :pattern LIMIT 1";
static const char select_one[] = "SELECT id, recipient, subject, text, html, state, at FROM mail_sent WHERE id = :id";

static json_t *files_json(const struct mail *mail)
{
    json_t *files = json_array();
    for (size_t i = 0; i < mail->file_count; i++) {
        json_t *file = json_object();
        json_set_str(file, STR("blob"), mail->files[i].blob);
        json_set_str(file, STR("name"), mail->files[i].name);
        json_set_str(file, STR("type"), mail->files[i].type);
        json_array_append_new(files, file);
    }
    return files;
}

struct job mail_job(struct arena *arena, const struct mail *mail, str key)
{
    json_t *payload = json_keep(arena, json_object()), *to = json_array();
    for (size_t i = 0; i < mail->to_count; i++)
        json_array_append_new(to, json_from_str(mail->to[i]));
    json_set(payload, STR("to"), to);
    json_set_str(payload, STR("from"), mail->from);
    json_set_str(payload, STR("from_name"), mail->from_name);
    json_set_str(payload, STR("reply_to"), mail->reply_to);
    json_set_str(payload, STR("subject"), mail->subject);
    json_set_str(payload, STR("page"), mail->page);
    json_set(payload, STR("words"), json_incref(mail->words));
    if (mail->file_count > 0)
        json_set(payload, STR("files"), files_json(mail));
    if (mail->dossier != 0)
        json_set(payload, STR("dossier"), json_integer(mail->dossier));
    return (struct job){
        .kind = STR(MAIL_JOB_KIND), .key = key, .payload = json_text(arena, payload), .is_remote = true};
}

/* What the job needs at each address. */
struct sending {
    const struct job *job;
    const struct mail_relay *relay;
    struct mail mail;
    struct mail_parts parts;
    int64_t number;
    str to, state;
    bool is_done;
    bool is_last; /* of a job that has nothing else to do */
};

static bool is_done(struct tx *tx, void *arg, struct err *err)
{
    struct sending *sending = arg;
    struct rows rows = tx_query(tx, select_done, P_INT("job", sending->job->id), P_INT("number", sending->number));
    sending->is_done = rows_next(&rows);
    return rows_end(&rows, err);
}

static bool keep_row(struct tx *tx, void *arg, struct err *err)
{
    const struct sending *sending = arg;
    return tx_run(tx, insert, err, P_INT("id", store_new_id()), P_INT("job", sending->job->id),
                  P_INT("number", sending->number), P_TEXT("recipient", sending->to),
                  P_TEXT("subject", sending->mail.subject), P_TEXT("text", sending->parts.text),
                  P_TEXT("html", sending->parts.html), P_TEXT("state", sending->state), P_INT("at", instant_now())) &&
           (!sending->is_last || job_finish_if_ours(tx, sending->job, err));
}

static bool is_address(str text)
{
    str local, domain;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7F || text.ptr[i] == '<' || text.ptr[i] == '>')
            return false;
    return str_cut(text, '@', &local, &domain) && local.len > 0 && domain.len > 0;
}

/* One message at a time: those with files are large. */
static bool hand_over(const struct sending *sending, str id, struct err *err)
{
    struct arena *arena = arena_new();
    str message = mail_message(arena, &sending->mail, &sending->parts, sending->to, id, instant_now());
    bool ok = mail_deliver(sending->relay, sending->mail.from, sending->to, message, err);
    arena_free(arena);
    return ok;
}

/* The Message-ID is that of the job and the address: a message that is sent twice is one for who receives it. */
static bool send_one(struct arena *arena, struct store *store, struct sending *sending, struct err *err)
{
    bool leaves = sending->relay->url.len > 0 || sending->relay->kept != NULL; /* else its row alone is made, once */
    if (leaves && (!store_read(store, is_done, sending, err) || sending->is_done))
        return sending->is_done;
    if (!is_address(sending->to))
        return err_set(err, ERR_INVALID, "« %.*s » is no e-mail address.", STR_ARG(sending->to));
    sending->state = STR("kept");
    if (sending->relay->url.len > 0) {
        str id = str_fmt(arena, "%llx.%llu", (unsigned long long)sending->job->id, (unsigned long long)sending->number);
        if (!hand_over(sending, id, err))
            return false;
        sending->state = STR("sent");
    } else if (sending->relay->kept != NULL) {
        sending->relay->kept(&sending->mail, sending->to, &sending->parts);
    }
    if (!store_write(store, keep_row, sending, err))
        return false;
    if (sending->is_last)
        job_is_over(sending->job);
    return true;
}

/* One that fails does not keep the others waiting. may_end: nothing is left to do once all have left. */
static bool send_to_each(struct arena *arena, struct store *store, struct sending *sending, const json_t *to,
                         bool may_end, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; i < json_array_size(to); i++) {
        sending->number = (int64_t)i;
        sending->is_last = may_end && ok && i + 1 == json_array_size(to);
        sending->to = json_str_of(json_array_get(to, i));
        struct err failure = {0};
        if (send_one(arena, store, sending, &failure))
            continue;
        if (ok || err->code == ERR_INVALID)
            *err = failure;
        ok = false;
    }
    return ok;
}

/* ---- Files ---- */

enum file_found { FILE_READ, FILE_LOST, FILE_FAILED };

static enum file_found read_file(struct arena *arena, struct stores *files, size_t room, struct mail_file *file,
                                 struct err *err)
{
    int fd;
    int64_t size;
    struct err found = {0};
    if (!blob_open(files, file->blob, &fd, &size, &found)) {
        if (found.code == ERR_NOT_FOUND)
            return FILE_LOST;
        *err = found;
        return FILE_FAILED;
    }
    bool fits = (size_t)size <= room, is_read = fits && file_read_open(arena, fd, (size_t)size, &file->bytes);
    close(fd);
    if (!fits)
        return FILE_LOST;
    if (!is_read)
        err_set(err, ERR_UNAVAILABLE, "The file « %.*s » could not be read.", STR_ARG(file->name));
    return is_read ? FILE_READ : FILE_FAILED;
}

static bool read_files(struct arena *arena, struct stores *stores, const json_t *list, struct mail_parts *parts,
                       struct mail_lost *lost, struct err *err)
{
    size_t room = MAIL_FILES_MOST;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        struct mail_file file = {
            .blob = json_str(json, "blob"), .name = json_str(json, "name"), .type = json_str(json, "type")};
        enum file_found found = read_file(arena, stores, room, &file, err);
        if (found == FILE_FAILED)
            return false;
        if (found == FILE_LOST) {
            *vec_push(lost->arena, &lost->names) = str_dup(lost->arena, file.name);
            continue;
        }
        room -= file.bytes.len;
        *vec_push(arena, &parts->files) = file;
    }
    return true;
}

/* The words with a line for each file that does not come. */
static const json_t *words_with_lost(struct arena *arena, const json_t *words, const struct mail_lost *lost)
{
    if (lost->names.len == 0)
        return words;
    json_t *said = json_keep(arena, json_copy((json_t *)(uintptr_t)words)), *names = json_array();
    for (size_t i = 0; i < lost->names.len; i++)
        json_array_append_new(names, json_from_str(lost->names.at[i]));
    json_set(said, STR("lost"), names);
    return said;
}

static bool send_all(struct arena *arena, const struct mail_relay *relay, const struct pages *pages,
                     struct store *store, struct stores *files, const struct job *job, struct mail_lost *lost,
                     struct err *err)
{
    const json_t *payload = json_parse(arena, job->payload, err);
    if (payload == NULL)
        return false;
    struct sending sending = {.job = job, .relay = relay};
    sending.mail = (struct mail){.from = json_str(payload, "from"),
                                 .from_name = json_str(payload, "from_name"),
                                 .reply_to = json_str(payload, "reply_to"),
                                 .subject = json_str(payload, "subject")};
    if (sending.mail.from.len == 0)
        sending.mail.from = relay->from;
    lost->dossier = json_int(payload, "dossier");
    if (!read_files(arena, files, json_list(payload, "files"), &sending.parts, lost, err))
        return false;
    const json_t *words = words_with_lost(arena, json_object_get(payload, "words"), lost);
    return mail_render(arena, pages, json_str(payload, "page"), words, &sending.parts, err) &&
           send_to_each(arena, store, &sending, json_list(payload, "to"), lost->names.len == 0, err);
}

bool mail_names_file(struct tx *tx, str blob, bool *named, struct err *err)
{
    struct arena *arena = arena_new();
    str pattern = str_fmt(arena, "%%\"blob\":\"%.*s\"%%", STR_ARG(blob));
    struct rows rows = tx_query(tx, select_naming, P_TEXT("pattern", pattern));
    *named = rows_next(&rows);
    bool ok = rows_end(&rows, err);
    arena_free(arena);
    return ok;
}

bool mail_run_job(const struct mail_relay *relay, const struct pages *pages, struct store *store, struct stores *files,
                  const struct job *job, struct mail_lost *lost, struct err *err)
{
    struct arena *arena = arena_new();
    struct err failure = {0};
    bool ok = send_all(arena, relay, pages, store, files, job, lost, &failure);
    if (!ok)
        *err = failure;
    arena_free(arena);
    return ok;
}

static void row_of(struct rows *rows, struct arena *arena, struct mail_row *out)
{
    *out = (struct mail_row){.id = rows_int(rows, 0),
                             .to = rows_copy(rows, arena, 1),
                             .subject = rows_copy(rows, arena, 2),
                             .text = rows_copy(rows, arena, 3),
                             .html = rows_copy(rows, arena, 4),
                             .state = rows_copy(rows, arena, 5),
                             .at = rows_int(rows, 6)};
}

bool mail_list(struct tx *tx, struct arena *arena, int64_t before, int64_t most, struct mail_rows *out, struct err *err)
{
    struct rows rows =
        tx_query(tx, select_page, P_INT("before", before == 0 ? INT64_MAX : before), P_INT("most", most));
    while (rows_next(&rows))
        row_of(&rows, arena, vec_push(arena, out));
    return rows_end(&rows, err);
}

bool mail_find(struct tx *tx, struct arena *arena, int64_t id, struct mail_row *out, struct err *err)
{
    struct rows rows = tx_query(tx, select_one, P_INT("id", id));
    bool found = rows_next(&rows);
    if (found)
        row_of(&rows, arena, out);
    return rows_end(&rows, err) && (found || err_set(err, ERR_NOT_FOUND, "Ce courriel n’existe pas."));
}

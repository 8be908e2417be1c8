/* Asking other servers, where a workflow said so. */
#include "installation/run_calls.h"

#include "base/base64.h"
#include "installation/keep_file.h"

/* ---- The files in what is sent ---- */

/* Only what the dossier itself names: an answer of another server must not read the site's files. */
static bool fill_file(struct place *place, const struct dossier *dossier, json_t *file, struct err *err)
{
    struct dossier_file known;
    str bytes, blob = str_dup(place->dossiers.arena, json_str(file, CALL_BLOB));
    json_object_del(file, CALL_BLOB);
    if (!dossier_has_file(&place->dossiers, dossier, blob, &known))
        return true;
    if (!read_kept_file(place, blob, CALL_FILE_MOST, &bytes, err))
        return false;
    json_set_str(file, STR("content"), base64_encode(place->dossiers.arena, bytes));
    return true;
}

static bool fill_files(struct place *place, const struct dossier *dossier, json_t *json, struct err *err)
{
    const char *key;
    json_t *child;
    size_t index;
    if (json_str(json, CALL_BLOB).len > 0)
        return fill_file(place, dossier, json, err);
    json_object_foreach(json, key, child)
    {
        if (!fill_files(place, dossier, child, err))
            return false;
    }
    json_array_foreach(json, index, child)
    {
        if (!fill_files(place, dossier, child, err))
            return false;
    }
    return true;
}

static bool body_to_send(struct place *place, const json_t *payload, str *body, struct err *err)
{
    struct dossier *dossier;
    *body = json_str(payload, "body");
    if (!str_contains(*body, STR("\"" CALL_BLOB "\"")))
        return true;
    json_t *json = json_parse(place->dossiers.arena, *body, err);
    if (json == NULL || !dossier_load(&place->dossiers, json_int(payload, "dossier"), &dossier, err) ||
        !fill_files(place, dossier, json, err))
        return false;
    *body = json_text(place->dossiers.arena, json);
    return true;
}

/* ---- The file that is answered ---- */

/* « attachment; filename="acte.pdf" » → acte.pdf: letters, digits, points, hyphens. */
static str name_said(struct arena *arena, str disposition)
{
    size_t at = str_find(disposition, STR("filename="), 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    str head, rest;
    str_cut(str_slice(disposition, at + STR("filename=").len, disposition.len), ';', &head, &rest);
    struct buf name = buf_new(arena, 256);
    str part, parts = utf8_repair(arena, head);
    while (str_next(&parts, '.', &part)) {
        str slug = utf8_slug(arena, part);
        if (slug.len > 0)
            buf_fmt(&name, "%s%.*s", name.len > 0 ? "." : "", STR_ARG(utf8_slice(slug, 0, 80)));
    }
    return name.overflowed ? STR_EMPTY : buf_str(&name);
}

static str with_extension(struct arena *arena, str name, str type)
{
    static const struct {
        const char *type, *end;
    } known[] = {
        {"application/pdf", ".pdf"},
        {"image/jpeg", ".jpg"},
        {"image/png", ".png"},
        {"text/plain", ".txt"},
        {"text/csv", ".csv"},
        {"application/zip", ".zip"},
        {"application/vnd.oasis.opendocument.text", ".odt"},
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(type, str_of(known[i].type)) && !str_ends(name, str_of(known[i].end)))
            return str_fmt(arena, "%.*s%s", STR_ARG(name), known[i].end);
    return name;
}

/* Kept before the row that names it. */
static bool keep_answer(struct place *place, str wanted, const struct fetch_answer *answer,
                        struct call_outcome *outcome, struct err *err)
{
    struct arena *arena = place->dossiers.arena;
    json_t *file;
    if (!keep_file(place, answer->body, &file, err))
        return false;
    str name = name_said(arena, answer->disposition);
    json_set_str(file, STR("name"), with_extension(arena, name.len > 0 ? name : wanted, json_str(file, "type")));
    outcome->file = file;
    return true;
}

/* ---- The exchange ---- */

static struct fetch_rules rules_of(const struct place *place)
{
    return fetch_rules_of(json_dict(place->site->settings, "outgoing"));
}

/* draft-ietf-httpapi-idempotency-key-header: the same for every try of a call, so that a peer may know it again. */
static str idempotency_key(struct arena *arena, const struct place *place, str token)
{
    return str_fmt(arena, "\"%.*s-%.*s\"", STR_ARG(place->site->slug), STR_ARG(token));
}

/* Whether the fault is in what we ask: nothing gets better by itself. */
static bool is_ours(const struct err *err)
{
    return err->code == ERR_INVALID || err->code == ERR_FORBIDDEN || err->code == ERR_TOO_LARGE;
}

static bool has_file(const json_t *payload, const struct fetch_answer *answer)
{
    str code = answer->error_code;
    return json_str(payload, "file").len > 0 && answer->status / 100 == 2 && answer->status != 204 &&
           answer->status != 205 && (code.len == 0 || str_eq(code, STR("0")));
}

static int milliseconds_of(const json_t *payload)
{
    int64_t said = json_int(payload, "milliseconds");
    if (said <= 0)
        return CALL_MILLISECONDS;
    return said < CALL_MILLISECONDS_MOST ? (int)said : CALL_MILLISECONDS_MOST;
}

/* False where the store failed: nothing is known of the call then. */
static bool ask(struct place *place, const json_t *payload, struct call_outcome *outcome, struct err *wrong,
                struct err *err)
{
    struct arena *arena = place->dossiers.arena;
    struct fetch_rules rules = rules_of(place);
    struct fetch_answer answer;
    const struct fetch_header headers[] = {
        {STR("Accept"), STR("application/json")},
        {STR("Idempotency-Key"), idempotency_key(arena, place, json_str(payload, "call"))},
    };
    struct fetch_request request = {
        .method = json_str(payload, "method"),
        .url = json_str(payload, "url"),
        .headers = headers,
        .header_count = sizeof headers / sizeof *headers,
        .signature_key = json_str(payload, "signature_key"),
        .milliseconds = milliseconds_of(payload),
        .bytes_most = json_str(payload, "file").len > 0 ? CALL_FILE_MOST : 0,
    };
    *outcome = (struct call_outcome){.method = request.method, .url = request.url};
    if (!body_to_send(place, payload, &request.body, wrong)) {
        *err = *wrong;
        return is_ours(wrong);
    }
    request.content_type = request.body.len > 0 ? STR("application/json") : STR_EMPTY;
    if (!fetch(arena, &rules, &request, &answer, wrong))
        return true;
    outcome->status = answer.status;
    outcome->error_code = utf8_repair(arena, answer.error_code);
    if (has_file(payload, &answer))
        return keep_answer(place, json_str(payload, "file"), &answer, outcome, err);
    outcome->body = answer.body;
    return true;
}

bool call_run_job(struct place *place, const struct job *job, struct err *err)
{
    struct arena *arena = place->dossiers.arena;
    const json_t *payload = json_parse(arena, job->payload, err);
    struct call_outcome outcome;
    struct err wrong = {0};
    if (payload == NULL || !ask(place, payload, &outcome, &wrong, err))
        return false;
    outcome.problem = utf8_repair(arena, str_dup(arena, str_of(wrong.message)));
    outcome.is_last = is_ours(&wrong) || job->attempts + 1 >= CALL_ATTEMPTS;
    place->dossiers.now = 0; /* the exchange took its time */
    bool is_over = dossier_called(&place->dossiers, job, json_str(payload, "call"), &outcome, err);
    if (!is_over && is_ours(&wrong) && err->code == ERR_UNAVAILABLE)
        err->code = ERR_INVALID; /* given up at once: it may be replayed once the settings are right */
    return is_over;
}

bool call_give_up(struct place *place, const struct job *job, struct err *err)
{
    const json_t *payload = json_parse(place->dossiers.arena, job->payload, err);
    struct call_outcome outcome = {.method = json_str(payload, "method"),
                                   .url = json_str(payload, "url"),
                                   .problem = STR("L’appel a été commencé plusieurs fois sans jamais aboutir."),
                                   .is_last = true};
    return payload != NULL && dossier_called(&place->dossiers, job, json_str(payload, "call"), &outcome, err);
}

/* ---- Text messages ---- */

/* Passerelle's: {"from", "to", "message", "counter"}; « err » of the answer tells a failure. */
static str sms_body(struct arena *arena, const json_t *settings, const json_t *payload)
{
    json_t *body = json_keep(arena, json_object());
    json_set_str(body, STR("from"), json_str(settings, "from"));
    json_set(body, STR("to"), json_incref(json_object_get(payload, "to")));
    json_set_str(body, STR("message"), json_str(payload, "message"));
    if (json_str(payload, "counter").len > 0)
        json_set_str(body, STR("counter"), json_str(payload, "counter"));
    return json_text(arena, body);
}

/* What a gateway refuses is given up at once, and is seen among the dead jobs. */
static bool read_gateway(struct arena *arena, const struct fetch_answer *answer, struct err *err)
{
    const json_t *json = json_parse(arena, answer->body, NULL), *code = json_object_get(json, "err");
    str why = json_str(json, "err_desc");
    bool is_wrong = code != NULL && !json_is_null(code) && !json_is_false(code) &&
                    !(json_is_integer(code) && json_integer_value(code) == 0);
    if (answer->status / 100 == 2 && !is_wrong)
        return true;
    return err_set(err, answer->status / 100 == 5 ? ERR_UNAVAILABLE : ERR_INVALID,
                   "La passerelle SMS a répondu %d%s%.*s", answer->status, why.len > 0 ? " : " : "",
                   STR_ARG(utf8_slice(why, 0, 200)));
}

bool sms_run_job(struct place *place, const struct job *job, struct err *err)
{
    struct arena *arena = place->dossiers.arena;
    const json_t *payload = json_parse(arena, job->payload, err), *settings = json_dict(place->site->settings, "sms");
    struct fetch_rules rules = rules_of(place);
    struct fetch_answer answer;
    const struct fetch_header headers[] = {
        {STR("Accept"), STR("application/json")},
        {STR("Idempotency-Key"), idempotency_key(arena, place, str_fmt(arena, "%lld", (long long)job->id))},
    };
    struct fetch_request request = {.method = STR("POST"),
                                    .url = json_str(settings, "url"),
                                    .headers = headers,
                                    .header_count = 2,
                                    .content_type = STR("application/json"),
                                    .milliseconds = CALL_MILLISECONDS};
    if (payload == NULL)
        return false;
    request.body = sms_body(arena, settings, payload);
    if (fetch(arena, &rules, &request, &answer, err))
        return read_gateway(arena, &answer, err);
    if (is_ours(err))
        err->code = ERR_INVALID;
    return false;
}

/* webservice_call: another server is asked; what it says is kept under the action's name, and what goes wrong is done
 * as the definition says, outcome by outcome: « :pass » goes on, « :stop » does not, a status is gone to. The names are
 * those of w.c.s.: NAME_status, NAME_response, NAME_error_response, NAME_connection_error …; form_workflow_wscall_NAME
 * reads what data._wscall keeps of each exchange. */
#include "workflow/actions/actions.h"

#include "calls/calls.h"
#include "fetch/fetch.h"

enum { RESPONSES_MOST = 50, RESPONSE_BYTES_MOST = 100000, ERROR_TEXT_MOST = 300 };

enum fault { FAULT_APPLICATION, FAULT_4XX, FAULT_5XX, FAULT_BAD_DATA, FAULT_NETWORK, FAULT_COUNT };
static const struct {
    const char *key, *usual;
} faults[FAULT_COUNT] = {
    {"action_on_app_error", ":pass"},
    {"action_on_4xx", ":stop"},
    {"action_on_5xx", ":stop"},
    {"action_on_bad_data", ":pass"},
    {"action_on_network_errors", ":stop"},
};

struct webservice_call {
    const struct call *call;
    str varname, label;
    str on[FAULT_COUNT];
    const struct field *field; /* where a file is kept too; NULL: nowhere */
    bool posts_whole, wants_file, keeps_all, shows_file, tells_agents, tells_administrators;
};

/* ---- Compiling ---- */

static void compile_texts(struct compiler *compiler, const struct call *call)
{
    const struct call_texts *texts = call_texts(call);
    const struct call_problems *problems = call_problems(call);
    for (size_t i = 0; i < texts->len; i++)
        *vec_push(compiler->arena, &compiler->workflow->texts) = (struct workflow_text){
            str_fmt(compiler->arena, "%.*s, %.*s", STR_ARG(compiler->where), STR_ARG(texts->at[i].where)),
            texts->at[i].template};
    for (size_t i = 0; i < problems->len; i++) {
        const struct call_problem *problem = &problems->at[i];
        compiler_report(compiler, true, "%.*s : %.*s", STR_ARG(problem->where), STR_ARG(problem->message));
        struct workflow_report *report = &compiler->workflow->reports.at[compiler->workflow->reports.len - 1];
        report->line = problem->line;
        report->column = problem->column;
        report->construct = STR("template");
    }
}

static void compile_faults(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct webservice_call *self = action->self;
    str *targets = arena_array_of(compiler->arena, str, FAULT_COUNT);
    size_t count = 0;
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        str said = json_str(json, faults[i].key);
        self->on[i] = said.len ? said : str_of(faults[i].usual);
        if (str_eq(self->on[i], STR(":stop")))
            action->waits = true;
        else if (!str_eq(self->on[i], STR(":pass")))
            targets[count++] = self->on[i];
    }
    action->error_targets = (struct names){targets, count};
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct webservice_call *self = arena_new_of(compiler->arena, struct webservice_call);
    action->self = self;
    *self = (struct webservice_call){
        .call = call_compile(compiler->arena, json, action->where),
        .varname = json_str(json, "varname"),
        .label = json_str(json, "label"),
        .field = compiler_file_field(compiler, json, "backoffice_filefield_id"),
        .posts_whole = json_bool(json, "post"),
        .wants_file = str_eq(json_str(json, "response_type"), STR("attachment")),
        .keeps_all = json_bool(json, "store_all_responses"),
        .shows_file = !json_is_false(json_object_get(json, "attach_file_to_history")),
        .tells_agents = json_bool(json, "record_errors"),
        .tells_administrators =
            !json_is_false(json_object_get(json, "record_on_errors")) || json_bool(json, "notify_on_errors"),
    };
    compile_texts(compiler, self->call);
    compile_faults(compiler, json, action);
    if (str_is_empty(json_str(json, "url")))
        compiler_report(compiler, false, "Cet appel n’a pas d’adresse : il n’est pas fait.");
}

/* ---- Keeping what was said ---- */

static void keep(struct engine *engine, const struct webservice_call *self, const char *name, json_t *value)
{
    if (self->varname.len)
        engine_set_data(engine, str_fmt(engine->arena, "%.*s_%s", STR_ARG(self->varname), name), value);
    else
        json_decref(value);
}

/* As w.c.s. keeps it: local, to the microsecond. */
static str local_time(struct engine *engine)
{
    struct datetime at = datetime_local(engine->now);
    return str_fmt(engine->arena, "%.*s.%06d", STR_ARG(datetime_iso(engine->arena, at)), at.microsecond);
}

/* An answer as it came; NULL: no JSON, or none that is kept. */
static json_t *answer_json(struct engine *engine, const struct call_outcome *outcome)
{
    return outcome->body.len ? json_parse(engine->arena, outcome->body, NULL) : NULL;
}

/* 0, or what the peer calls its error: the header X-Error-Code, or « err » of its JSON. The caller's reference. */
static json_t *error_code(const struct webservice_call *self, const struct call_outcome *outcome, const json_t *answer)
{
    int64_t number;
    if (outcome->error_code.len)
        return str_to_int64(outcome->error_code, &number) ? json_integer(number) : json_from_str(outcome->error_code);
    json_t *err = self->wants_file ? NULL : json_object_get(answer, "err");
    if (json_is_true(err))
        return json_integer(1);
    if (json_is_integer(err))
        return json_incref(err);
    if (str_to_int64(json_str_of(err), &number))
        return json_integer(number);
    bool is_empty = !err || json_is_null(err) || json_is_false(err) ||
                    (json_is_string(err) && !json_string_length(err)) ||
                    (json_is_array(err) && !json_array_size(err)) || (json_is_object(err) && !json_object_size(err));
    return is_empty ? json_integer(0) : json_incref(err);
}

static bool is_no_error(const json_t *code)
{
    return json_is_integer(code) && json_integer_value(code) == 0;
}

/* data._wscall.NAME: the exchanges, the latest alone unless the definition wants all. */
static void keep_exchange(struct engine *engine, const struct webservice_call *self, const struct call_outcome *outcome,
                          json_t *answer)
{
    json_t *all = json_get(engine->dossier->data, STR("_wscall"));
    all = all ? json_deep_copy(all) : json_object();
    engine_set_data(engine, STR("_wscall"), all);
    json_t *list = self->keeps_all ? json_incref(json_get(all, self->varname)) : NULL;
    if (!list)
        list = json_array();
    json_t *one = json_pack("{s:i, s:b}", "status", outcome->status, "success", outcome->status / 100 == 2);
    json_set_str(one, STR("url"), outcome->url);
    json_set_str(one, STR("datetime"), instant_iso(engine->arena, engine->now));
    if (answer && outcome->body.len <= RESPONSE_BYTES_MOST)
        json_set(one, STR("response"), json_incref(answer));
    json_array_append_new(list, one);
    if (json_array_size(list) > RESPONSES_MOST)
        json_array_remove(list, 0);
    json_set(all, self->varname, list);
}

static void keep_file(struct engine *engine, const struct webservice_call *self, const json_t *file)
{
    keep(engine, self, "content_type", json_from_str(json_str(file, "type")));
    keep(engine, self, "length", json_integer(json_int(file, "size")));
    engine_set_file(engine, self->field, file);
    engine_add_file(engine, &(struct file_part){.varname = self->varname,
                                                .label = self->label.len ? self->label : STR("Document reçu"),
                                                .file = file,
                                                .is_hidden = !self->shows_file});
}

/* ---- Telling ---- */

static str said(struct engine *engine, const struct call_outcome *outcome, const json_t *answer, const json_t *code)
{
    if (!outcome->status)
        return outcome->problem;
    struct buf text = buf_new(engine->arena, 4096);
    buf_fmt(&text, "réponse %d", outcome->status);
    if (!is_no_error(code)) {
        str shown = json_is_string(code) ? json_str_of(code) : json_text(engine->arena, code);
        buf_fmt(&text, ", erreur %.*s", STR_ARG(utf8_slice(shown, 0, ERROR_TEXT_MOST)));
    }
    str why = json_str(answer, "err_desc");
    if (why.len)
        buf_fmt(&text, " : %.*s", STR_ARG(utf8_slice(why, 0, ERROR_TEXT_MOST)));
    return buf_str(&text);
}

static void add_named(struct engine *engine, const struct webservice_call *self, const char *type, str text)
{
    json_t *part = JSON_PART(type);
    json_set_str(part, STR("name"), self->label);
    json_set_str(part, STR("text"), text);
    engine_add_part(engine, part);
}

/* ---- What is done then ---- */

struct fault_list {
    enum fault at[2];
    size_t len;
};

/* In w.c.s.'s order. Any 3xx that was not followed is no answer to go on with: as a 4xx. */
static struct fault_list faults_of(const struct webservice_call *self, const struct call_outcome *outcome,
                                   const json_t *answer, const json_t *code)
{
    struct fault_list list = {0};
    int hundreds = outcome->status / 100;
    bool has_no_content = outcome->status == 204 || outcome->status == 205;
    if (!outcome->status)
        list.at[list.len++] = FAULT_NETWORK;
    else if (hundreds == 2 && is_no_error(code) && !answer && self->varname.len && !self->wants_file && !has_no_content)
        list.at[list.len++] = FAULT_BAD_DATA;
    if (outcome->status && !is_no_error(code))
        list.at[list.len++] = FAULT_APPLICATION;
    if (hundreds == 4 || hundreds == 3)
        list.at[list.len++] = FAULT_4XX;
    if (hundreds == 5)
        list.at[list.len++] = FAULT_5XX;
    return list;
}

/* What the first fault that is not passed over says. */
static enum call_verdict verdict_of(const struct webservice_call *self, const struct fault_list *list,
                                    const struct call_outcome *outcome, str *target)
{
    bool is_passing = !outcome->status || outcome->status / 100 == 5; /* it may answer later */
    for (size_t i = 0; i < list->len; i++) {
        str what = self->on[list->at[i]];
        if (str_eq(what, STR(":pass")))
            continue;
        *target = what;
        if (str_eq(what, STR(":stop")))
            return is_passing && !outcome->is_never_tried ? CALL_AGAIN : CALL_STOP;
        return CALL_JUMP;
    }
    return CALL_GO_ON;
}

static void keep_names(struct engine *engine, const struct webservice_call *self, const struct call_outcome *outcome,
                       json_t *answer, const json_t *code)
{
    keep(engine, self, "time", json_from_str(local_time(engine)));
    if (!outcome->status) {
        keep(engine, self, "connection_error", json_from_str(outcome->problem));
        return;
    }
    json_object_del(engine->dossier->data, str_fmt(engine->arena, "%.*s_connection_error", STR_ARG(self->varname)).ptr);
    keep(engine, self, "status", json_integer(outcome->status));
    keep(engine, self, "app_error_code", json_deep_copy(code));
    if (outcome->error_code.len)
        keep(engine, self, "app_error_header", json_from_str(outcome->error_code));
    if (self->varname.len && !self->wants_file)
        keep_exchange(engine, self, outcome, answer);
    bool is_fine = outcome->status / 100 == 2 && is_no_error(code);
    if (is_fine && outcome->file)
        keep_file(engine, self, outcome->file);
    else if (answer && !(is_fine && self->wants_file))
        keep(engine, self, is_fine ? "response" : "error_response", json_incref(answer));
}

static void tell(struct engine *engine, const struct webservice_call *self, const struct action *action,
                 enum call_verdict verdict, const struct fault_list *list, str text)
{
    if (!list->len || verdict == CALL_JUMP)
        return;
    if (list->at[0] == FAULT_BAD_DATA)
        text = STR("la réponse n’est pas du JSON");
    if (self->tells_agents)
        add_named(engine, self, "call-error", text);
    if (self->tells_administrators)
        engine_add_error(engine, str_fmt(engine->arena, "%.*s : %.*s", STR_ARG(action->where), STR_ARG(text)));
}

static enum call_verdict receive(struct engine *engine, const struct action *action, const struct call_outcome *outcome,
                                 bool is_again)
{
    const struct webservice_call *self = action->self;
    json_t *answer = answer_json(engine, outcome);
    json_t *code = json_keep(engine->arena, error_code(self, outcome, answer));
    struct fault_list list = faults_of(self, outcome, answer, code);
    str target = STR_EMPTY, text = said(engine, outcome, answer, code);
    str url = fetch_mask_url(engine->arena, outcome->url);
    enum call_verdict verdict = verdict_of(self, &list, outcome, &target);
    if (verdict == CALL_AGAIN && is_again)
        return verdict;
    keep_names(engine, self, outcome, answer, code);
    add_named(engine, self, "call",
              str_fmt(engine->arena, "%.*s %.*s : %.*s", STR_ARG(outcome->method), STR_ARG(url), STR_ARG(text)));
    tell(engine, self, action, verdict, &list, text);
    if (verdict != CALL_JUMP)
        return verdict;
    engine_jump_to(engine, action, target);
    if (engine->target && engine->target != engine_status(engine))
        return CALL_JUMP;
    engine->target = NULL; /* w.c.s.: to where it is already, or nowhere: it stops */
    return CALL_STOP;
}

/* ---- Asking ---- */

/* A file that an answer gave is read when the request leaves. */
static json_t *file_to_send(const json_t *file)
{
    json_t *sent = json_object();
    json_set_str(sent, STR("filename"), json_str(file, "name"));
    json_set_str(sent, STR("content_type"), json_str(file, "type"));
    json_set_str(sent, STR(CALL_BLOB), json_str(file, "blob"));
    return sent;
}

static json_t *value_to_send(struct arena *arena, struct value value)
{
    (void)arena;
    const json_t *file = answer_file(value);
    if (!json_is_array(file))
        return file ? file_to_send(file) : NULL;
    json_t *files = json_array();
    for (size_t i = 0; i < json_array_size(file); i++)
        json_array_append_new(files, file_to_send(json_array_get(file, i)));
    return files;
}

/* w.c.s.: what can't be made is told, and the actions go on. */
static void refuse_payload(struct engine *engine, const struct action *action, const struct err *err)
{
    str problem = str_dup(engine->arena, str_of(err->message));
    keep(engine, action->self, "payload_error", json_from_str(problem));
    engine_add_error(engine, str_fmt(engine->arena, "%.*s : %.*s", STR_ARG(action->where), STR_ARG(problem)));
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct webservice_call *self = action->self;
    const struct workflow_context *context = engine->context;
    struct call_request request;
    struct err err = {0};
    if (str_is_empty(json_str(action->json, "url")))
        return;
    json_t *whole = NULL;
    if (self->posts_whole && context->whole)
        whole = json_keep(engine->arena, context->whole(context->data, engine->dossier));
    if (!call_render(self->call, &engine->render, whole, value_to_send, &request, &err)) {
        refuse_payload(engine, action, &err);
        return;
    }
    if (!str_is_empty(request.url)) {
        engine_call(engine, action, &request);
        return;
    }
    struct call_outcome nobody = {
        .method = request.method, .problem = STR("l’adresse de l’appel est vide"), .is_never_tried = true};
    engine->is_halted = receive(engine, action, &nobody, false) == CALL_STOP;
}

const struct action_type action_webservice_call = {
    .name = "webservice_call", .compile = compile, .perform = perform, .receive = receive};

/* Asking, or not: the answer is there, or somebody is asking, or the server is left alone. */
#include "remote/internal.h"

#include <stdio.h>

enum {
    OLD_SECONDS_MOST = 600, /* of an answer that is not the same for everybody */
    TELL_SECONDS = 60,      /* between two lines about one that goes on failing */
    FAILURES_BEFORE_PAUSE = 2,
    TREE_FACTOR = 4, /* a tree is so much larger than its text, about */
};

void remote_session_begin(struct remote_session *session, struct remote *remote, struct store *store,
                          const json_t *outgoing, struct arena *arena)
{
    *session = (struct remote_session){.remote = remote,
                                       .store = store,
                                       .rules = fetch_rules_of(outgoing),
                                       .arena = arena,
                                       .milliseconds = REMOTE_BUDGET_MILLISECONDS,
                                       .asked = map_new(arena)};
}

static bool is_get(const struct remote_call *call)
{
    return call->method.len == 0 || str_eq(call->method, STR("GET"));
}

/* URLs carry personal data and secrets: they are kept as hashes. */
static str key_of(struct remote_session *session, const struct remote_call *call)
{
    str site = store_name(session->store);
    return digest_hex(session->arena,
                      str_fmt(session->arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(site), STR_ARG(call->method),
                              STR_ARG(call->signature_key), STR_ARG(call->url), STR_ARG(call->body)));
}

/* ---- One exchange ---- */

struct heard {
    json_t *json; /* the caller's reference */
    str body;
};

static bool read_status(const struct fetch_answer *answer, struct err *err)
{
    if (answer->status >= 200 && answer->status < 300)
        return true;
    return err_set(err, ERR_INVALID, "le serveur a répondu %d", answer->status);
}

static bool read_envelope(const json_t *json, struct err *err)
{
    const json_t *code = json_object_get(json, "err");
    bool is_wrong = code != NULL && !json_is_null(code) && !json_is_false(code) &&
                    !(json_is_integer(code) && json_integer_value(code) == 0) &&
                    !(json_is_string(code) && (json_string_length(code) == 0 || str_eq(json_str_of(code), STR("0"))));
    str text = json_str(json, "err_desc");
    return !is_wrong || err_set(err, ERR_INVALID, "le serveur signale une erreur : %.*s",
                                STR_ARG(text.len > 0 ? utf8_slice(text, 0, 100) : STR("sans explication")));
}

static bool ask(struct remote_session *session, const struct remote_call *call, struct arena *arena,
                struct heard *heard, struct err *err)
{
    int64_t most = call->milliseconds > 0 ? call->milliseconds : FETCH_MILLISECONDS, begun = steady_now();
    struct fetch_request request = {.method = call->method,
                                    .url = call->url,
                                    .body = call->body,
                                    .content_type = call->body.len > 0 ? STR("application/json") : STR_EMPTY,
                                    .signature_key = call->signature_key,
                                    .milliseconds = (int)(most < session->milliseconds ? most : session->milliseconds)};
    struct fetch_answer answer;
    struct err wrong = {0};
    bool ok = fetch(arena, &session->rules, &request, &answer, err);
    session->milliseconds -= (steady_now() - begun) / 1000;
    if (!ok || !read_status(&answer, err))
        return false;
    json_t *json = remote_parse(arena, answer.body, call->may_be_padded, &wrong);
    if (json == NULL)
        return err_set(err, ERR_INVALID, "la réponse n’est pas du JSON : %.200s", wrong.message);
    if (call->is_envelope && !read_envelope(json, err))
        return false;
    *heard = (struct heard){json_incref(json), answer.body};
    return true;
}

/* ---- Answers ---- */

static const struct remote_answer *answer_new(struct remote_session *session, json_t *json, bool is_old, str problem)
{
    struct remote_answer *answer = arena_new_of(session->arena, struct remote_answer);
    *answer = (struct remote_answer){json == NULL ? NULL : json_keep(session->arena, json), json != NULL && is_old,
                                     utf8_repair(session->arena, str_dup(session->arena, problem))};
    return answer;
}

static bool is_usable(const struct entry *entry, const struct remote_call *call)
{
    return entry->json != NULL &&
           (call->is_shared || steady_now() < entry->fetched + OLD_SECONDS_MOST * (int64_t)1000000);
}

/* After a restart the last good answer is in the database. The lock is held, and let go meanwhile. */
static void look_for_copy(struct remote_session *session, const struct remote_call *call, str key)
{
    struct remote *remote = session->remote;
    struct entry *entry = memory_entry(remote, key);
    if (!call->is_shared || entry->json != NULL || entry->was_looked_for)
        return;
    pthread_mutex_unlock(&remote->lock);
    str body = keep_read_copy(session->store, session->arena, key);
    json_t *json = body.len == 0 ? NULL : remote_parse(session->arena, body, call->may_be_padded, NULL);
    pthread_mutex_lock(&remote->lock);
    entry = memory_entry(remote, key);
    entry->was_looked_for = true;
    if (json != NULL && entry->json == NULL)
        memory_set(remote, entry, json_incref(json), body.len * TREE_FACTOR);
}

/* The lock is held: the last good answer, or none. */
static const struct remote_answer *old_answer(struct remote_session *session, const struct remote_call *call, str key,
                                              str problem)
{
    problem = str_dup(session->arena, problem);
    look_for_copy(session, call, key);
    struct entry *entry = memory_entry(session->remote, key);
    return answer_new(session, is_usable(entry, call) ? json_incref(entry->json) : NULL, true, problem);
}

/* ---- How servers do ---- */

static struct health *health_of(struct remote_session *session, const char *what, str name)
{
    return memory_health(session->remote, str_fmt(session->arena, "%s %.*s %.*s", what,
                                                  STR_ARG(store_name(session->store)), STR_ARG(name)));
}

static struct health *asker_of(struct remote_session *session, const struct remote_call *call, str url)
{
    return health_of(session, "nom", str_fmt(session->arena, "%.*s %.*s", STR_ARG(call->name), STR_ARG(url)));
}

static void note_failure(struct remote_session *session, const struct remote_call *call, struct entry *entry,
                         const struct err *err)
{
    int64_t now = steady_now(), pause = now + REMOTE_PAUSE_SECONDS * (int64_t)1000000;
    struct health *server = health_of(session, "serveur", fetch_host(session->arena, call->url));
    str url = fetch_mask_url(session->arena, call->url);
    struct health *asker = asker_of(session, call, url);
    if (entry != NULL) {
        entry->paused_until = pause;
        snprintf(entry->problem, sizeof entry->problem, "%s", err->message);
    }
    if (err->code == ERR_UNAVAILABLE && ++server->failures >= FAILURES_BEFORE_PAUSE)
        server->paused_until = pause;
    if (asker->told == HEALTH_BAD && now < asker->told_at + TELL_SECONDS * (int64_t)1000000)
        return;
    asker->told = HEALTH_BAD;
    asker->told_at = now;
    log_line(LOG_WARNING, "remote.failed", "site=%.*s name=\"%.*s\" url=\"%.*s\" problem=\"%s\"",
             STR_ARG(store_name(session->store)), STR_ARG(call->name), STR_ARG(url), err->message);
    keep_failure(session->store, call->name, url, utf8_repair(session->arena, str_of(err->message)));
}

static void note_success(struct remote_session *session, const struct remote_call *call)
{
    struct health *server = health_of(session, "serveur", fetch_host(session->arena, call->url));
    str url = fetch_mask_url(session->arena, call->url);
    struct health *asker = asker_of(session, call, url);
    server->failures = 0;
    server->paused_until = 0;
    if (asker->told != HEALTH_GOOD)
        keep_recovery(session->store, call->name, url);
    asker->told = HEALTH_GOOD;
}

static void save_copy(struct remote_session *session, const struct remote_call *call, struct entry *entry, str body)
{
    str hash = digest_hex(session->arena, body);
    if (!call->is_shared || str_eq(str_of(entry->saved), hash))
        return;
    memcpy(entry->saved, hash.ptr, hash.len);
    keep_copy(session->store, str_of(entry->key), call->name, body);
}

/* ---- Asking for all who want to know ---- */

/* The lock is held, and let go while the server is asked; nobody else asks the same meanwhile. */
static const struct remote_answer *ask_for_all(struct remote_session *session, const struct remote_call *call,
                                               struct entry *entry)
{
    struct remote *remote = session->remote;
    struct arena *arena = arena_new();
    struct heard heard = {0};
    struct err err = {0};
    entry->is_asked = true;
    pthread_mutex_unlock(&remote->lock);
    bool ok = ask(session, call, arena, &heard, &err);
    pthread_mutex_lock(&remote->lock);
    entry->is_asked = false;
    entry->flights++;
    entry->fetched = ok ? steady_now() : entry->fetched;
    const struct remote_answer *answer;
    if (ok) {
        int64_t seconds = call->seconds > REMOTE_SECONDS_LEAST ? call->seconds : REMOTE_SECONDS_LEAST;
        entry->good_until = entry->fetched + seconds * 1000000;
        entry->paused_until = 0;
        memory_set(remote, entry, heard.json, heard.body.len * TREE_FACTOR);
        note_success(session, call);
        save_copy(session, call, entry, heard.body);
        answer = answer_new(session, json_incref(entry->json), false, STR_EMPTY);
    } else {
        note_failure(session, call, entry, &err);
        answer = old_answer(session, call, str_dup(session->arena, str_of(entry->key)), str_of(err.message));
    }
    pthread_cond_broadcast(&remote->has_answer);
    arena_free(arena);
    return answer;
}

static bool may_wait(const struct remote_session *session)
{
    return session->may_wait == NULL || session->may_wait(session->data);
}

/* Until who asks has an answer, or the budget is spent. */
static void wait_for_answer(struct remote_session *session)
{
    int64_t begun = steady_now();
    steady_wait(&session->remote->has_answer, &session->remote->lock, begun + session->milliseconds * 1000);
    session->milliseconds -= (steady_now() - begun) / 1000;
}

static const struct remote_answer *ask_shared(struct remote_session *session, const struct remote_call *call, str key)
{
    struct remote *remote = session->remote;
    unsigned flights = memory_entry(remote, key)->flights;
    for (;;) {
        struct entry *entry = memory_entry(remote, key);
        int64_t now = steady_now();
        bool is_new = entry->flights != flights && entry->paused_until == 0; /* somebody else has just asked */
        if (entry->json != NULL && (now < entry->good_until || is_new))
            return answer_new(session, json_incref(entry->json), false, STR_EMPTY);
        if (now < entry->paused_until)
            return old_answer(session, call, key, str_of(entry->problem));
        if (now < health_of(session, "serveur", fetch_host(session->arena, call->url))->paused_until)
            return old_answer(session, call, key, STR("le serveur ne répond pas depuis plusieurs essais"));
        if (!may_wait(session))
            return NULL;
        if (session->milliseconds <= 0)
            return old_answer(session, call, key, STR("le temps que la page peut attendre est épuisé"));
        if (!entry->is_asked)
            return ask_for_all(session, call, entry);
        wait_for_answer(session);
    }
}

/* What may change something there is asked each time, and its answer is for this session alone. */
static const struct remote_answer *ask_alone(struct remote_session *session, const struct remote_call *call)
{
    struct heard heard = {0};
    struct err err = {0};
    if (!may_wait(session))
        return NULL;
    if (session->milliseconds <= 0)
        return answer_new(session, NULL, false, STR("le temps que la page peut attendre est épuisé"));
    bool ok = ask(session, call, session->arena, &heard, &err);
    pthread_mutex_lock(&session->remote->lock);
    if (ok)
        note_success(session, call);
    else
        note_failure(session, call, NULL, &err);
    pthread_mutex_unlock(&session->remote->lock);
    return answer_new(session, heard.json, false, str_of(err.message));
}

const struct remote_answer *remote_get(struct remote_session *session, const struct remote_call *call)
{
    str key = key_of(session, call);
    const struct remote_answer *answer = map_get(&session->asked, key);
    if (answer != NULL)
        return answer;
    if (is_get(call)) {
        pthread_mutex_lock(&session->remote->lock);
        answer = ask_shared(session, call, key);
        pthread_mutex_unlock(&session->remote->lock);
    } else {
        answer = ask_alone(session, call);
    }
    if (answer == NULL) /* where one may wait it will be asked */
        return answer_new(session, NULL, false, STR_EMPTY);
    map_set(&session->asked, key, (void *)(uintptr_t)answer);
    return answer;
}

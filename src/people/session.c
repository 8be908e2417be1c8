/* Sessions: a row for each, and a small cache in memory, so that a page after a page costs no look at the store. */
#include "people/internal.h"

#include <stddef.h>
#include <string.h>

enum { CACHE_SECONDS = 20, TOUCH_SECONDS = 300 };

static const char insert[] =
    "INSERT INTO session (digest, account, context, created, seen) VALUES (:digest, :account, :context, :now, :now)";
static const char select_one[] =
    "SELECT s.account, s.created, s.seen, s.context FROM session s JOIN account a ON a.id = s.account"
    " WHERE s.digest = :digest AND s.seen >= :idle AND s.created >= :oldest AND a.is_locked = 0";
static const char touch[] = "UPDATE session SET seen = :now WHERE digest = :digest";
static const char delete_one[] = "DELETE FROM session WHERE digest = :digest";
static const char delete_old[] = "DELETE FROM session WHERE seen < :idle";
static const char delete_all[] = "DELETE FROM session WHERE account = :account";

struct sessioning {
    str digest;
    int64_t account;
    str context;
    instant now;
    struct arena *arena;
    struct session *out;
};

static instant idle_bound(instant now)
{
    return now - SESSION_IDLE_HOURS * (3600 * INSTANT_SECOND);
}

static bool begin(struct tx *tx, void *arg, struct err *err)
{
    const struct sessioning *one = arg;
    return tx_run(tx, delete_old, err, P_INT("idle", idle_bound(one->now))) &&
           tx_run(tx, insert, err, P_TEXT("digest", one->digest), P_INT("account", one->account),
                  P_TEXT("context", one->context), P_INT("now", one->now));
}

bool session_begin(struct people *people, struct arena *arena, int64_t account, str context, struct session *out,
                   struct err *err)
{
    instant now = instant_now();
    if (context.len > SESSION_CONTEXT_MOST)
        return err_set(err, ERR_INVALID, "« %.*s » est trop long pour une façon de s’identifier.", STR_ARG(context));
    *out = (struct session){
        .token = random_token(arena), .account = account, .context = context, .created = now, .seen = now};
    struct sessioning one = {
        .digest = digest_hex(arena, out->token), .account = account, .context = context, .now = now};
    return store_write(people->store, begin, &one, err);
}

static bool find(struct tx *tx, void *arg, struct err *err)
{
    struct sessioning *one = arg;
    struct rows rows = tx_query(tx, select_one, P_TEXT("digest", one->digest), P_INT("idle", idle_bound(one->now)),
                                P_INT("oldest", one->now - SESSION_MOST_DAYS * INSTANT_DAY));
    bool found = rows_next(&rows);
    if (found) {
        one->out->account = rows_int(&rows, 0);
        one->out->created = rows_int(&rows, 1);
        one->out->seen = rows_int(&rows, 2);
        one->out->context = str_slice(rows_copy(&rows, one->arena, 3), 0, SESSION_CONTEXT_MOST);
    }
    return rows_end(&rows, err) && (found || err_set(err, ERR_NOT_FOUND, "Vous n’êtes plus connecté."));
}

static struct cached_session *slot_of(struct people *people, uint64_t hash)
{
    return &people->sessions[hash % SESSION_CACHE_SLOTS];
}

static bool find_cached(struct people *people, struct arena *arena, str token, instant now, struct session *out)
{
    uint64_t hash = cache_hash(token, STR_EMPTY);
    pthread_mutex_lock(&people->lock);
    const struct cached_session *cached = slot_of(people, hash);
    bool found = cached->hash == hash && str_eq(str_of(cached->token), token) &&
                 now - cached->read < CACHE_SECONDS * INSTANT_SECOND;
    if (found)
        *out = (struct session){token, cached->account, str_dup(arena, str_of(cached->context)), cached->created,
                                cached->seen};
    pthread_mutex_unlock(&people->lock);
    return found;
}

static void keep_cached(struct people *people, const struct session *session, instant now)
{
    uint64_t hash = cache_hash(session->token, STR_EMPTY);
    pthread_mutex_lock(&people->lock);
    struct cached_session *cached = slot_of(people, hash);
    *cached = (struct cached_session){
        .hash = hash, .account = session->account, .created = session->created, .seen = session->seen, .read = now};
    memcpy(cached->token, session->token.ptr, session->token.len);
    if (session->context.len > 0)
        memcpy(cached->context, session->context.ptr, session->context.len);
    pthread_mutex_unlock(&people->lock);
}

static void forget_cached(struct people *people, str token, int64_t account)
{
    pthread_mutex_lock(&people->lock);
    for (size_t i = 0; i < SESSION_CACHE_SLOTS; i++) {
        struct cached_session *cached = &people->sessions[i];
        if (cached->hash != 0 && ((account != 0 && cached->account == account) || str_eq(str_of(cached->token), token)))
            *cached = (struct cached_session){0};
    }
    pthread_mutex_unlock(&people->lock);
}

static bool touch_row(struct tx *tx, void *arg, struct err *err)
{
    const struct sessioning *one = arg;
    return tx_run(tx, touch, err, P_TEXT("digest", one->digest), P_INT("now", one->now));
}

struct touching {
    struct arena *arena;
    struct sessioning one;
};

static void touched(void *arg, bool ok, const struct err *err)
{
    struct touching *touching = (struct touching *)((char *)arg - offsetof(struct touching, one));
    if (!ok)
        log_err("session.touch", err);
    arena_free(touching->arena);
}

/* Not waited for: a session that is seen a little less long ends a little earlier. */
static void touch_later(struct people *people, str digest, instant now)
{
    struct arena *arena = arena_new();
    struct touching *touching = arena_new_of(arena, struct touching);
    *touching = (struct touching){arena, {.digest = str_dup(arena, digest), .now = now}};
    store_write_later(people->store, touch_row, &touching->one, touched);
}

bool session_find(struct people *people, struct arena *arena, str token, instant now, struct session *out,
                  struct err *err)
{
    if (token.len != RANDOM_TOKEN_LENGTH)
        return err_set(err, ERR_NOT_FOUND, "Vous n’êtes plus connecté.");
    if (find_cached(people, arena, token, now, out))
        return true;
    out->token = token;
    struct sessioning one = {.digest = digest_hex(arena, token), .now = now, .arena = arena, .out = out};
    if (!store_read(people->store, find, &one, err))
        return false;
    if (now - out->seen > TOUCH_SECONDS * INSTANT_SECOND) {
        touch_later(people, one.digest, now);
        out->seen = now;
    }
    keep_cached(people, out, now);
    return true;
}

static bool end_one(struct tx *tx, void *arg, struct err *err)
{
    const struct sessioning *one = arg;
    return tx_run(tx, delete_one, err, P_TEXT("digest", one->digest));
}

bool session_end(struct people *people, str token, struct err *err)
{
    struct arena *arena = arena_new();
    struct sessioning one = {.digest = digest_hex(arena, token)};
    bool ok = store_write(people->store, end_one, &one, err);
    forget_cached(people, token, 0);
    arena_free(arena);
    return ok;
}

static bool end_all(struct tx *tx, void *arg, struct err *err)
{
    const struct sessioning *one = arg;
    return tx_run(tx, delete_all, err, P_INT("account", one->account));
}

bool session_end_all(struct people *people, int64_t account, struct err *err)
{
    struct sessioning one = {.account = account};
    bool ok = store_write(people->store, end_all, &one, err);
    forget_cached(people, STR_EMPTY, account);
    return ok;
}

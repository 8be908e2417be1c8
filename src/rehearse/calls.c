/* Other servers, as they are played: every call is written down, and answered as the rehearsal wants it just then. */
#include "rehearse/answers.h"

#include <pthread.h>

struct call {
    str method, url;
    int64_t count;
};

static struct {
    struct arena *arena;
    pthread_mutex_t lock;
    struct map calls;
    int64_t made;
    struct fetch_answer answers[ANSWERS];
    int turn;
    int64_t turn_began; /* made, when it was set */
} calls = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note(struct arena *arena, const struct fetch_request *request)
{
    str method = request->method.len > 0 ? request->method : STR("GET"), path, query;
    str_cut(fetch_mask_url(arena, request->url), '?', &path, &query);
    str key = str_fmt(arena, "%.*s %.*s", STR_ARG(method), STR_ARG(path));
    struct call *call = map_get(&calls.calls, key);
    if (call == NULL) {
        call = arena_new_of(calls.arena, struct call);
        *call = (struct call){str_dup(calls.arena, method), str_dup(calls.arena, path), 0};
        map_set(&calls.calls, str_dup(calls.arena, key), call);
    }
    call->count++;
    calls.made++;
}

static enum answer_kind kind_now(void)
{
    if (calls.turn < ANSWERS)
        return (enum answer_kind)calls.turn;
    if (calls.made > calls.turn_began)
        return ANSWER_FAILURE;
    return calls.turn == ANSWERS ? ANSWER_HOPED : ANSWER_OTHER;
}

static bool answer(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer,
                   struct err *err)
{
    pthread_mutex_lock(&calls.lock);
    *answer = calls.answers[kind_now()];
    note(arena, request);
    pthread_mutex_unlock(&calls.lock);
    return answer->status != 0 || err_set(err, ERR_UNAVAILABLE, "Le serveur ne répond pas : la répétition le joue.");
}

/* Where the texts compare with little, several kinds come to one. */
bool calls_is_repeated(int turn)
{
    for (int other = 0; turn < ANSWERS && other < turn; other++)
        if (calls.answers[other].status == calls.answers[turn].status &&
            str_eq(calls.answers[other].body, calls.answers[turn].body))
            return true;
    return false;
}

void calls_answer(int turn)
{
    pthread_mutex_lock(&calls.lock);
    calls.turn = turn;
    calls.turn_began = calls.made;
    pthread_mutex_unlock(&calls.lock);
}

int64_t calls_made(void)
{
    pthread_mutex_lock(&calls.lock);
    int64_t made = calls.made;
    pthread_mutex_unlock(&calls.lock);
    return made;
}

json_t *record_calls(void)
{
    json_t *list = json_array();
    pthread_mutex_lock(&calls.lock);
    for (size_t i = 0; i < calls.calls.len; i++) {
        const struct call *call = calls.calls.entries[i].value;
        json_t *one = json_object();
        json_set_str(one, STR("method"), call->method);
        json_set_str(one, STR("url"), call->url);
        json_set(one, STR("count"), json_integer(call->count));
        json_array_append_new(list, one);
    }
    calls.calls = map_new(calls.arena);
    pthread_mutex_unlock(&calls.lock);
    return list;
}

void calls_begin(struct stage *stage)
{
    calls.arena = arena_new();
    calls.calls = map_new(calls.arena);
    answers_make(calls.arena, stage, calls.answers);
    calls_answer(ANSWER_HOPED);
    fetch_set_stand_in(answer);
}

void calls_end(void)
{
    fetch_set_stand_in(NULL);
    arena_free(calls.arena);
}

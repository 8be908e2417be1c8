#include "rehearse/crowd.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { VISITORS = 12, FAILURES_MOST = 1000, TELL_EVERY = 5000, RETRIES = 3, SHUT_AFTER = 2 };

struct crowd {
    struct stage *stage;
    const struct catalogue_forms *forms;
    uint64_t seed;
    int64_t count;
    _Atomic int64_t next, filed, failed;
    pthread_mutex_t lock; /* of errors */
    json_t *errors;
};

/* What one visitor has learnt of a form. */
struct visitor {
    struct crowd *crowd;
    struct arena *arena;
    struct form_run *runs;
    bool *is_begun;
    int *failed; /* of each form, in a row and before any was filed; negative: one was */
};

static struct form_run *run_of(struct visitor *visitor, size_t index)
{
    struct form_run *run = &visitor->runs[index];
    if (!visitor->is_begun[index])
        run_begin(run, visitor->crowd->stage, visitor->crowd->forms->at[index], 0);
    visitor->is_begun[index] = true;
    run->is_crowd = true;
    return run;
}

/* Another form's turn where its own lets nobody through. */
static size_t index_of(const struct visitor *visitor, int64_t number)
{
    size_t count = visitor->crowd->forms->len, first = (size_t)number % count;
    for (size_t i = 0; i < count; i++)
        if (visitor->failed[(first + i) % count] < SHUT_AFTER)
            return (first + i) % count;
    return first;
}

static void keep_errors(struct crowd *crowd, struct form_run *run)
{
    pthread_mutex_lock(&crowd->lock);
    for (size_t i = 0; i < json_array_size(run->errors) && json_array_size(crowd->errors) < FAILURES_MOST; i++) {
        json_t *error = json_deep_copy(json_array_get(run->errors, i));
        json_set_str(error, STR("form"), run->form->slug);
        json_array_append_new(crowd->errors, error);
    }
    json_array_clear(run->errors);
    pthread_mutex_unlock(&crowd->lock);
}

/* Drawn answers may meet a page that refuses their mixture: then plausible ones, which were found to pass. */
static bool file_number(struct visitor *visitor, int64_t number)
{
    struct crowd *crowd = visitor->crowd;
    size_t index = index_of(visitor, number);
    struct form_run *run = run_of(visitor, index);
    struct filed filed;
    for (int i = 0; i < RETRIES; i++) {
        struct plan plan = {.style = i == 0 ? STYLE_VARIED : STYLE_PLAUSIBLE,
                            .seed = crowd->seed + (uint64_t)number * RETRIES + (uint64_t)i};
        plan.has_account = form_wants_account(run->form);
        if (file_one(run, &plan, &filed)) {
            json_array_clear(run->errors);
            visitor->failed[index] = INT_MIN;
            return true;
        }
    }
    if (run->closed.len > 0)
        run_error(run, "closed", run->form->slug, "%.*s", STR_ARG(run->closed));
    keep_errors(crowd, run);
    visitor->failed[index]++;
    return false;
}

static void *file_some(void *arg)
{
    struct visitor *visitor = arg;
    struct crowd *crowd = visitor->crowd;
    for (int64_t number; (number = atomic_fetch_add(&crowd->next, 1)) < crowd->count;) {
        bool ok = file_number(visitor, number);
        int64_t filed = atomic_fetch_add(ok ? &crowd->filed : &crowd->failed, 1) + 1;
        if (ok && filed % TELL_EVERY == 0)
            fprintf(stderr, "%lld demandes déposées\n", (long long)filed);
    }
    return NULL;
}

static void run_visitors(struct crowd *crowd)
{
    pthread_t threads[VISITORS];
    struct visitor visitors[VISITORS];
    for (size_t i = 0; i < VISITORS; i++) {
        struct arena *arena = arena_new();
        visitors[i] = (struct visitor){crowd, arena, arena_array_of(arena, struct form_run, crowd->forms->len),
                                       arena_array_of(arena, bool, crowd->forms->len),
                                       arena_array_of(arena, int, crowd->forms->len)};
        pthread_create(&threads[i], NULL, file_some, &visitors[i]);
    }
    for (size_t i = 0; i < VISITORS; i++) {
        pthread_join(threads[i], NULL);
        for (size_t j = 0; j < crowd->forms->len; j++)
            if (visitors[i].is_begun[j])
                arena_free(visitors[i].runs[j].arena);
        arena_free(visitors[i].arena);
    }
}

bool crowd_file(struct stage *stage, const struct catalogue_forms *forms, const struct rehearsal *rehearsal,
                json_t *report, struct err *err)
{
    (void)err;
    struct crowd crowd = {.stage = stage,
                          .forms = forms,
                          .seed = rehearsal->seed,
                          .count = rehearsal->count,
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .errors = json_array()};
    int64_t began = steady_now();
    run_visitors(&crowd);
    double seconds = (double)(steady_now() - began) / (double)INSTANT_SECOND;
    stage_run_jobs(stage);
    json_set(report, STR("count"), json_integer(crowd.count));
    json_set(report, STR("filed"), json_integer(crowd.filed));
    json_set(report, STR("failed"), json_integer(crowd.failed));
    json_set(report, STR("filing_seconds"), json_real(seconds));
    json_set(report, STR("errors"), crowd.errors);
    json_set(report, STR("journal"), record_journal());
    return true;
}

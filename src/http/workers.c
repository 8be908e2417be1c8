/* Workers: threads that run the handlers which may block. Those that wait for other servers have threads of their own,
 * so that a server that hangs holds up nothing but the pages that ask it. Each queue is bounded: beyond it the answer
 * is 503, at once. */
#include "http/internal.h"

static struct exchange *take(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->first == NULL && !atomic_load(&pool->server->stopping))
        pthread_cond_wait(&pool->has_work, &pool->lock);
    struct exchange *exchange = pool->first;
    if (exchange != NULL) {
        pool->first = exchange->next;
        pool->queued--;
        if (pool->first == NULL)
            pool->last = &pool->first;
    }
    pthread_mutex_unlock(&pool->lock);
    return exchange;
}

/* As if nothing had been done: what a run has answered, and what its guard has found. */
static void forget_run(struct exchange *exchange)
{
    const struct http_app *app = exchange->server->app;
    if (app->done != NULL)
        app->done(&exchange->request);
    exchange->request.context = NULL;
    exchange->must_wait = false;
    response_forget(&exchange->request);
}

static void run(struct worker_pool *pool, struct exchange *exchange)
{
    if (exchange->stage == STAGE_SENT) { /* its body is made while it is sent */
        stream_make_piece(exchange->request.response.stream);
        exchange_resume(exchange);
        return;
    }
    exchange->request.may_wait = pool->may_wait;
    if (exchange->must_wait)
        forget_run(exchange);
    exchange_run_handler(exchange);
    if (exchange->must_wait)
        exchange_hand_over(exchange, &pool->server->waiters);
    else
        exchange_resume(exchange);
}

static void *work(void *arg)
{
    struct worker_pool *pool = arg;
    for (struct exchange *exchange; (exchange = take(pool)) != NULL;)
        run(pool, exchange);
    return NULL;
}

static void start(struct http_server *server, struct worker_pool *pool, int count, bool may_wait)
{
    *pool = (struct worker_pool){.server = server, .may_wait = may_wait, .count = count};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->has_work, NULL);
    pool->last = &pool->first;
    pool->threads = arena_array_of(server->arena, pthread_t, (size_t)count);
    for (int i = 0; i < count; i++)
        pthread_create(&pool->threads[i], NULL, work, pool);
}

static void stop(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->has_work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->has_work);
    pthread_mutex_destroy(&pool->lock);
}

void workers_start(struct http_server *server)
{
    start(server, &server->waiters, server->app->limits.waiters, true);
    start(server, &server->workers, server->app->limits.workers, false);
}

void workers_stop(struct http_server *server)
{
    stop(&server->workers); /* they may still hand over to the others */
    stop(&server->waiters);
}

bool workers_queue(struct worker_pool *pool, struct exchange *exchange)
{
    pthread_mutex_lock(&pool->lock);
    bool has_room = pool->queued < pool->server->app->limits.queue && !atomic_load(&pool->server->stopping);
    if (has_room) {
        exchange->next = NULL;
        *pool->last = exchange;
        pool->last = &exchange->next;
        pool->queued++;
        pthread_cond_signal(&pool->has_work);
    }
    pthread_mutex_unlock(&pool->lock);
    return has_room;
}

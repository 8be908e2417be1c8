/* Workers: threads that run the handlers which may block. The queue is bounded: beyond it the answer is 503, at once.
 */
#include "http/internal.h"

static struct exchange *take(struct http_server *server)
{
    pthread_mutex_lock(&server->queue_lock);
    while (server->first == NULL && !atomic_load(&server->stopping))
        pthread_cond_wait(&server->has_work, &server->queue_lock);
    struct exchange *exchange = server->first;
    if (exchange != NULL) {
        server->first = exchange->next;
        server->queued--;
        if (server->first == NULL)
            server->last = &server->first;
    }
    pthread_mutex_unlock(&server->queue_lock);
    return exchange;
}

static void *work(void *arg)
{
    struct http_server *server = arg;
    for (struct exchange *exchange; (exchange = take(server)) != NULL;) {
        exchange_run_handler(exchange);
        exchange_resume(exchange);
    }
    return NULL;
}

void workers_start(struct http_server *server)
{
    int count = server->app->limits.workers;
    pthread_mutex_init(&server->queue_lock, NULL);
    pthread_cond_init(&server->has_work, NULL);
    server->last = &server->first;
    server->workers = arena_array_of(server->arena, pthread_t, (size_t)count);
    for (int i = 0; i < count; i++)
        pthread_create(&server->workers[i], NULL, work, server);
}

void workers_stop(struct http_server *server)
{
    pthread_mutex_lock(&server->queue_lock);
    pthread_cond_broadcast(&server->has_work);
    pthread_mutex_unlock(&server->queue_lock);
    for (int i = 0; i < server->app->limits.workers; i++)
        pthread_join(server->workers[i], NULL);
    pthread_cond_destroy(&server->has_work);
    pthread_mutex_destroy(&server->queue_lock);
}

bool workers_queue(struct http_server *server, struct exchange *exchange)
{
    pthread_mutex_lock(&server->queue_lock);
    bool has_room = server->queued < server->app->limits.queue && !atomic_load(&server->stopping);
    if (has_room) {
        exchange->next = NULL;
        *server->last = exchange;
        server->last = &exchange->next;
        server->queued++;
        pthread_cond_signal(&server->has_work);
    }
    pthread_mutex_unlock(&server->queue_lock);
    return has_room;
}

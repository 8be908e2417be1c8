/* The watch: a connection that takes too long over its head or its body is shut. The library bounds the silence of a
 * client, not a client that sends a byte now and then. */
#include "http/internal.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

void watch_set(struct peer *peer, int seconds)
{
    if (peer != NULL)
        atomic_store(&peer->deadline, seconds == 0 ? INT64_MAX : instant_now() + seconds * INSTANT_SECOND);
}

void watch_connection(void *arg, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = arg;
    struct peer *peer = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        peer = calloc(1, sizeof *peer);
        if (peer == NULL)
            abort();
        peer->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        watch_set(peer, server->app->limits.header_seconds);
        pthread_mutex_lock(&server->peers_lock);
        peer->next = server->peers;
        peer->link = &server->peers;
        if (peer->next != NULL)
            peer->next->link = &peer->next;
        server->peers = peer;
        pthread_mutex_unlock(&server->peers_lock);
        *socket_context = peer;
        return;
    }
    pthread_mutex_lock(&server->peers_lock);
    *peer->link = peer->next;
    if (peer->next != NULL)
        peer->next->link = peer->link;
    pthread_mutex_unlock(&server->peers_lock);
    free(peer);
    *socket_context = NULL;
}

static void *watch(void *arg)
{
    struct http_server *server = arg;
    while (!atomic_load(&server->stopping)) {
        nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
        instant now = instant_now();
        pthread_mutex_lock(&server->peers_lock); /* a peer in the list has an open descriptor */
        for (struct peer *peer = server->peers; peer != NULL; peer = peer->next)
            if (atomic_load(&peer->deadline) < now)
                shutdown(peer->fd, SHUT_RDWR);
        pthread_mutex_unlock(&server->peers_lock);
    }
    return NULL;
}

void watch_start(struct http_server *server)
{
    pthread_mutex_init(&server->peers_lock, NULL);
    pthread_create(&server->watch, NULL, watch, server);
}

void watch_stop(struct http_server *server)
{
    pthread_join(server->watch, NULL);
    pthread_mutex_destroy(&server->peers_lock);
}

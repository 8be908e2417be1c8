/* clamd's INSTREAM: the file in pieces, each behind its length, an empty one at the end; then one line of answer. */
#include "received/received.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, SECONDS = 30 };

static int connected(int family, const struct sockaddr *address, socklen_t length)
{
    struct timeval bound = {.tv_sec = SECONDS};
    int connection = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0)
        return -1;
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
    if (connect(connection, address, length) == 0)
        return connection;
    close(connection);
    return -1;
}

static int connect_unix(str path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path.len >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path.ptr, path.len);
    return connected(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
}

static int connect_tcp(struct arena *arena, str host, str port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int connection = -1;
    if (getaddrinfo(str_z(arena, host), str_z(arena, port), &hints, &found) != 0)
        return -1;
    for (const struct addrinfo *at = found; at != NULL && connection < 0; at = at->ai_next)
        connection = connected(at->ai_family, at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return connection;
}

static int connect_to(str address)
{
    str host, port;
    if (str_starts(address, STR("unix:")))
        return connect_unix(str_slice(address, 5, address.len));
    struct arena *arena = arena_new();
    int connection = str_cut(address, ':', &host, &port) ? connect_tcp(arena, host, port) : -1;
    arena_free(arena);
    return connection;
}

static bool send_whole(int connection, const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t sent = send(connection, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool send_file(int connection, int fd)
{
    char chunk[CHUNK];
    uint32_t length = 0;
    ssize_t got;
    if (!send_whole(connection, "zINSTREAM", 10)) /* its NUL too */
        return false;
    for (off_t at = 0; (got = pread(fd, chunk, sizeof chunk, at)) > 0; at += got) {
        length = htonl((uint32_t)got);
        if (!send_whole(connection, &length, sizeof length) || !send_whole(connection, chunk, (size_t)got))
            return false; /* it is longer than clamd takes, say: there is no verdict */
    }
    length = 0;
    return got == 0 && send_whole(connection, &length, sizeof length);
}

static str answer_of(int connection, char *out, size_t size)
{
    size_t used = 0;
    ssize_t got;
    while (used < size && ((got = recv(connection, out + used, size - used, 0)) > 0 || (got < 0 && errno == EINTR)))
        used += got > 0 ? (size_t)got : 0;
    return str_slice((str){out, used}, 0, strnlen(out, used));
}

enum verdict received_scan(str address, int fd)
{
    char buffer[512];
    int connection = connect_to(address);
    if (connection < 0) {
        log_line(LOG_ERROR, "scan", "address=%.*s message=\"clamd does not answer\"", STR_ARG(address));
        return VERDICT_NONE;
    }
    bool sent = send_file(connection, fd);
    str answer = answer_of(connection, buffer, sizeof buffer);
    close(connection);
    if (sent && str_eq(answer, STR("stream: OK")))
        return VERDICT_CLEAN;
    if (str_starts(answer, STR("stream: ")) && str_ends(answer, STR(" FOUND"))) {
        log_line(LOG_WARNING, "scan", "message=\"a file was refused: %.*s\"", STR_ARG(answer));
        return VERDICT_INFECTED;
    }
    log_line(LOG_ERROR, "scan", "message=\"clamd gives no verdict: %.*s\"", STR_ARG(answer));
    return VERDICT_NONE;
}

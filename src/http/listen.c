/* The socket on which the server listens: there before the server is, so that its port is known before the first
 * request. */
#include "http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static bool socket_address(const char *address, int port, struct sockaddr_in *four, struct err *err)
{
    *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, address, &four->sin_addr) == 1 ||
           err_set(err, ERR_INVALID, "%s n’est pas une adresse IPv4.", address);
}

/* By errno. */
static int refuse(const char *address, int port, struct err *err)
{
    char reason[128];
    const char *why =
        errno == EADDRINUSE ? "un autre programme occupe ce port" : strerror_r(errno, reason, sizeof reason);
    err_set(err, ERR_UNAVAILABLE, "Impossible d’écouter sur %s:%d : %s.", address, port, why);
    return -1;
}

int http_listen(const char *address, int port, struct err *err)
{
    struct sockaddr_in where;
    if (!socket_address(address, port, &where, err))
        return -1;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (listening < 0)
        return refuse(address, port, err);
    if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(listening, (const struct sockaddr *)&where, sizeof where) == 0 && listen(listening, BACKLOG) == 0)
        return listening;
    refuse(address, port, err);
    close(listening);
    return -1;
}

int http_port(int listening)
{
    struct sockaddr_in where = {0};
    socklen_t size = sizeof where;
    getsockname(listening, (struct sockaddr *)&where, &size);
    return ntohs(where.sin_port);
}

/* load: sends each request of a file once, over so many keep-alive connections, and tells how long all took.
 *
 *     load PORT CONNECTIONS FILE [EXPECTED_STATUS [ANSWERS]]
 *
 * FILE is a sequence of « LENGTH\n » and LENGTH bytes: whole HTTP/1.1 requests whose answers carry a Content-Length.
 * ANSWERS is a file to make: the answers, written alike, in the order of the requests.
 * Prints one JSON object: requests, expected (answers with the expected status), seconds, p50_ms, p99_ms. */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MOST = 1 << 18 };

struct requests VEC_OF(str);

struct client {
    int fd;
    size_t number; /* of the request under way */
    str rest;      /* of it, to send */
    char answer[ANSWER_MOST];
    size_t got;
    double began;
};

struct run {
    const struct requests *requests;
    size_t next, done, expected;
    int status;
    double *milliseconds;
    int epoll, port;
    struct arena *kept;
    str *answers; /* in kept; NULL: they are thrown away */
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static struct requests requests_of(struct arena *arena, str file)
{
    struct requests requests = {0};
    str length_text;
    while (file.len > 0) {
        int64_t length;
        str_cut(file, '\n', &length_text, &file);
        if (!str_to_int64(length_text, &length) || (size_t)length > file.len)
            die("load: the file is not as it should be");
        *vec_push(arena, &requests) = str_slice(file, 0, (size_t)length);
        file = str_slice(file, (size_t)length, file.len);
    }
    return requests;
}

static void connect_client(struct run *run, struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)run->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("load: connect");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->fd, &event);
}

/* Requests are small: a blocking send of one never waits long. */
static bool send_next(struct run *run, struct client *client)
{
    if (run->next == run->requests->len)
        return false;
    client->number = run->next;
    client->rest = run->requests->at[run->next++];
    client->got = 0;
    client->began = now();
    while (client->rest.len > 0) {
        ssize_t put = send(client->fd, client->rest.ptr, client->rest.len, MSG_NOSIGNAL);
        if (put < 0)
            die("load: send");
        client->rest = str_slice(client->rest, (size_t)put, client->rest.len);
    }
    return true;
}

static int64_t content_length(str head)
{
    for (str line, rest = head; str_next(&rest, '\n', &line);) {
        str name, value;
        int64_t length;
        if (str_cut(line, ':', &name, &value) && str_eq_nocase(name, STR("Content-Length")) &&
            str_to_int64(str_trim(value), &length))
            return length;
    }
    return 0;
}

static bool is_whole(const struct client *client)
{
    str answer = {client->answer, client->got};
    size_t end = str_find(answer, STR("\r\n\r\n"), 0);
    return end != SIZE_MAX && client->got >= end + 4 + (size_t)content_length(str_slice(answer, 0, end + 2));
}

static void take_answer(struct run *run, struct client *client)
{
    int64_t status = 0;
    str_to_int64(str_slice((str){client->answer, client->got}, 9, 12), &status);
    run->expected += status == run->status;
    if (status != run->status && run->done - run->expected < 3)
        fprintf(stderr, "%.300s\n…\n", client->answer);
    if (run->answers != NULL)
        run->answers[client->number] = str_dup(run->kept, (str){client->answer, client->got});
    run->milliseconds[run->done++] = (now() - client->began) * 1000;
}

static void read_answer(struct run *run, struct client *client)
{
    ssize_t got = recv(client->fd, client->answer + client->got, ANSWER_MOST - client->got, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        die("load: the server closed a connection");
    client->got += (size_t)got;
    if (!is_whole(client))
        return;
    take_answer(run, client);
    send_next(run, client);
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Seconds from the first request to the last answer. */
static double send_all(struct run *run, size_t connections)
{
    struct client *clients = arena_array_of(run->kept, struct client, connections);
    for (size_t i = 0; i < connections; i++)
        connect_client(run, &clients[i]);
    double began = now();
    for (size_t i = 0; i < connections; i++)
        send_next(run, &clients[i]);
    while (run->done < run->requests->len) {
        struct epoll_event events[256];
        int count = epoll_wait(run->epoll, events, 256, 30000);
        if (count == 0)
            die("load: no answer for 30 seconds");
        for (int i = 0; i < count; i++)
            read_answer(run, events[i].data.ptr);
    }
    return now() - began;
}

static void write_answers(const struct run *run, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        die(path);
    for (size_t i = 0; i < run->done; i++)
        if (fprintf(file, "%zu\n", run->answers[i].len) < 0 ||
            fwrite(run->answers[i].ptr, 1, run->answers[i].len, file) < run->answers[i].len)
            die(path);
    if (fclose(file) != 0)
        die(path);
}

static void print(const struct run *run, double seconds)
{
    qsort(run->milliseconds, run->done, sizeof(double), by_size);
    printf("{\"requests\": %zu, \"expected\": %zu, \"seconds\": %.4f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", run->done,
           run->expected, seconds, run->milliseconds[run->done / 2], run->milliseconds[run->done * 99 / 100]);
}

int main(int argc, char **argv)
{
    int64_t port, connections, status = 303;
    if (argc < 4 || !str_to_int64(str_of(argv[1]), &port) || !str_to_int64(str_of(argv[2]), &connections) ||
        (argc > 4 && !str_to_int64(str_of(argv[4]), &status)))
        return fputs("usage: load PORT CONNECTIONS FILE [EXPECTED_STATUS [ANSWERS]]\n", stderr), 2;
    struct arena *arena = arena_new();
    struct err err;
    str file;
    if (!file_read(arena, argv[3], SIZE_MAX / 2, &file, &err))
        return fprintf(stderr, "%s\n", err.message), 1;
    struct requests requests = requests_of(arena, file);
    struct run run = {.requests = &requests, .status = (int)status, .port = (int)port, .kept = arena};
    run.milliseconds = arena_array_of(arena, double, requests.len + 1);
    run.answers = argc > 5 ? arena_array_of(arena, str, requests.len) : NULL;
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    print(&run, send_all(&run, (size_t)connections));
    if (run.answers != NULL)
        write_answers(&run, argv[5]);
    arena_free(arena);
    return run.expected == run.done ? 0 : 1;
}

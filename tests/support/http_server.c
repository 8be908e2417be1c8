/* A small server for the black-box tests of src/http: its routes say back what they got. */
#include "http/http.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void hello(struct request *request)
{
    response_text(request, 200, STR("text/plain; charset=utf-8"), STR("hello"));
}

static json_t *pairs_of(const struct http_params *params)
{
    json_t *list = json_array();
    for (size_t i = 0; i < params->len; i++) {
        json_t *pair = json_array();
        json_array_append_new(pair, json_from_str(params->at[i].name));
        json_array_append_new(pair, json_from_str(params->at[i].value));
        json_array_append_new(list, pair);
    }
    return list;
}

static void echo(struct request *request)
{
    json_t *out = json_keep(request->arena, json_object()), *files = json_array();
    json_set(out, STR("form"), pairs_of(&request->form));
    json_set(out, STR("query"), pairs_of(&request->query_params));
    json_set(out, STR("path"), pairs_of(&request->path_params));
    json_set_str(out, STR("host"), request->host);
    for (size_t i = 0; i < request->uploads.len; i++) {
        const struct http_upload *upload = &request->uploads.at[i];
        json_t *file = json_object();
        str bytes;
        if (!file_read(request->arena, upload->path, 1 << 24, &bytes, NULL))
            continue;
        struct buf hex = buf_new(request->arena, bytes.len * 2);
        for (size_t j = 0; j < bytes.len; j++)
            buf_fmt(&hex, "%02x", (unsigned char)bytes.ptr[j]);
        json_set_str(file, STR("field"), upload->field);
        json_set_str(file, STR("name"), upload->file_name);
        json_set_str(file, STR("hex"), buf_str(&hex));
        json_array_append_new(files, file);
    }
    json_set(out, STR("files"), files);
    response_json(request, 200, out);
}

static void take_json(struct request *request)
{
    response_json(request, 200, request->json);
}

static void slow(struct request *request)
{
    usleep(300000);
    hello(request);
}

static void page(struct request *request)
{
    static char text[8192];
    memset(text, 'x', sizeof text);
    response_html(request, 200, (str){text, sizeof text});
}

/* N pieces of a MB; piece K is a « breaks »: the connection is cut there. How many were made: /made/. */
struct pieces {
    int64_t left, breaks;
};
static _Atomic int64_t made;

static enum piece make_piece(void *arg, struct arena *arena, struct buf *out)
{
    static char text[1 << 20];
    struct pieces *pieces = arg;
    memset(arena_alloc(arena, sizeof text), 1, sizeof text); /* what is computed on the way */
    memset(text, 'x', sizeof text);
    buf_add(out, (str){text, sizeof text});
    made++;
    if (--pieces->left == pieces->breaks)
        return PIECE_BROKEN;
    return pieces->left > 0 ? PIECE_MORE : PIECE_LAST;
}

static void stream(struct request *request)
{
    struct pieces *pieces = arena_new_of(request->arena, struct pieces);
    int64_t left = request_path_int(request, "n"), breaks = -1;
    str_to_int64(request_query(request, "breaks"), &breaks);
    *pieces = (struct pieces){left, breaks};
    response_stream(request, STR("text/plain"), STR("é.txt"), make_piece, pieces);
}

static void count_made(struct request *request)
{
    response_text(request, 200, STR("text/plain"), str_fmt(request->arena, "%lld", (long long)made));
}

static const struct route routes[] = {
    {HTTP_GET, "/stream/{n:int}/", 0, 0, BODY_NONE, stream},
    {HTTP_GET, "/made/", 0, 0, BODY_NONE, count_made},
    {HTTP_GET, "/", 0, 0, BODY_NONE, hello},
    {HTTP_GET, "/page/", 0, 0, BODY_NONE, page},
    {HTTP_GET, "/echo/{slug}/{n:int}/", 0, 0, BODY_NONE, echo},
    {HTTP_GET, "/rest/{path*}", 0, 0, BODY_NONE, echo},
    {HTTP_POST, "/form/", 0, 0, BODY_UPLOADS, echo},
    {HTTP_POST, "/slow/", ROUTE_WORKER, 0, BODY_FORM, slow},
    {HTTP_POST, "/json/", 0, 0, BODY_JSON, take_json},
    {HTTP_GET, "/url", 0, 0, BODY_NONE, echo},
    {HTTP_POST, "/url", 0, 0, BODY_FORM, echo},
};

int main(int argc, char **argv)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    struct http_app app = {.routes = routes,
                           .route_count = sizeof routes / sizeof *routes,
                           .upload_folder = argc > 1 ? argv[1] : "/tmp",
                           .limits = http_limits_default};
    app.limits.header_seconds = 2;
    app.limits.body_seconds = 3;
    app.limits.queue = 20;
    struct err err;
    int listening = http_listen("127.0.0.1", 0, &err);
    struct http_server *server = listening < 0 ? NULL : http_start(&app, listening, &err);
    if (server == NULL)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("http://127.0.0.1:%d\n", http_port(listening));
    fflush(stdout);
    int signal;
    sigwait(&signals, &signal);
    http_stop(server);
    return 0;
}

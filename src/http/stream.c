/* Bodies that are made while they are sent. The library asks for bytes on the event loop, where nothing may block: the
 * connection then rests, a worker makes the next piece, and the loop goes on with it. So a reader that is slow holds
 * one piece and nothing else, and one that has left is noticed before the next. */
#include "http/internal.h"

enum { PIECE_MOST = 64 << 20 };

struct stream {
    struct exchange *exchange;
    response_piece *next;
    void *arg;
    struct arena *arena; /* of the piece, and of what makes it */
    str piece;
    size_t sent; /* of it */
    enum piece state;
};

void response_stream(struct request *request, str type, str name, response_piece *next, void *arg)
{
    struct stream *stream = arena_new_of(request->arena, struct stream);
    *stream = (struct stream){.exchange = request->exchange, .next = next, .arg = arg, .state = PIECE_MORE};
    response_text(request, 200, type, STR_EMPTY);
    if (name.len > 0)
        response_save_as(request, name);
    request->response.stream = stream;
}

/* On a worker. */
void stream_make_piece(struct stream *stream)
{
    if (stream->arena == NULL)
        stream->arena = arena_new();
    arena_reset(stream->arena);
    struct buf out = buf_new(stream->arena, PIECE_MOST);
    stream->state = stream->next(stream->arg, stream->arena, &out);
    if (out.overflowed) {
        log_line(LOG_ERROR, "http.stream", "message=\"a piece was too long\"");
        stream->state = PIECE_BROKEN;
    }
    stream->piece = buf_str(&out);
    stream->sent = 0;
}

/* The connection rests until the piece is there. */
static ssize_t wait_for_piece(struct stream *stream)
{
    struct exchange *exchange = stream->exchange;
    struct http_server *server = exchange->server;
    if (!server_enter(server))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    exchange_suspend(exchange);
    if (!workers_queue(&server->workers, exchange)) {
        stream->state = PIECE_BROKEN; /* too many wait already */
        exchange_resume(exchange);
    }
    server_leave(server);
    return 0;
}

static ssize_t give(void *arg, uint64_t at, char *out, size_t most)
{
    (void)at;
    struct stream *stream = arg;
    size_t left = stream->piece.len - stream->sent;
    if (left == 0 && stream->state == PIECE_MORE)
        return wait_for_piece(stream);
    if (stream->state == PIECE_BROKEN)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (left == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    size_t given = left < most ? left : most;
    memcpy(out, stream->piece.ptr + stream->sent, given);
    stream->sent += given;
    return (ssize_t)given;
}

struct MHD_Response *stream_response(struct stream *stream)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, (size_t)32 << 10, give, stream, NULL);
}

void stream_end(struct stream *stream)
{
    if (stream == NULL)
        return;
    arena_free(stream->arena);
    stream->arena = NULL;
}

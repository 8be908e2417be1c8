/* All files of a request or a card, as one archive, made while it is sent. */
#include "base/zip.h"

#include "store/blobs.h"
#include "web/visit.h"

#include <unistd.h>

enum { PIECE = 1 << 20, NAME_MOST = 120 /* signs */ };

struct sending {
    struct stores *stores;
    struct request *request;
    struct zip *zip;
    struct dossier_files files;
    const str *names;
    size_t at;      /* which file */
    int64_t offset; /* what of it is sent */
    struct buf left_out;
};

/* ---- Names ---- */

/* What no system takes in a name, or shows it as another one: signs of paths, controls, marks of direction. */
static bool is_kept(uint32_t sign)
{
    bool is_direction =
        (sign >= 0x200E && sign <= 0x200F) || (sign >= 0x202A && sign <= 0x202E) || (sign >= 0x2066 && sign <= 0x2069);
    return sign >= 0x20 && (sign < 0x7F || sign > 0x9F) && !is_direction && sign != 0x2028 && sign != 0x2029 &&
           (sign > 0x7F || strchr("/\\:*?\"<>|", (int)sign) == NULL);
}

static str safe_name(struct arena *arena, str name)
{
    struct buf out = buf_new(arena, 64 << 10);
    for (size_t at = 0; at < name.len;) {
        size_t from = at;
        bool is_sign_kept = is_kept(utf8_next(name, &at));
        buf_add(&out, is_sign_kept ? str_slice(name, from, at) : STR("_"));
    }
    str safe = str_trim(buf_str(&out));
    while (str_starts(safe, STR(".")))
        safe = str_trim(str_slice(safe, 1, safe.len));
    while (str_ends(safe, STR("."))) /* Windows drops it */
        safe = str_trim(str_slice(safe, 0, safe.len - 1));
    return safe.len > 0 ? safe : STR("fichier");
}

/* « piece (2).pdf »; number 1: as it is. */
static str numbered(struct arena *arena, str name, size_t number)
{
    size_t dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    bool has_end = dot > 1 && name.len - dot <= 10;
    str bare = utf8_slice(has_end ? str_slice(name, 0, dot - 1) : name, 0, NAME_MOST);
    str end = has_end ? str_slice(name, dot - 1, name.len) : STR_EMPTY;
    return number == 1 ? str_fmt(arena, "%.*s%.*s", STR_ARG(bare), STR_ARG(end))
                       : str_fmt(arena, "%.*s (%zu)%.*s", STR_ARG(bare), number, STR_ARG(end));
}

static bool is_taken(struct arena *arena, const str *names, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(utf8_lower(arena, names[i]), utf8_lower(arena, name))) /* what some systems take for the same */
            return true;
    return false;
}

static const str *names_of(struct arena *arena, const struct dossier_files *files)
{
    str *names = arena_array_of(arena, str, files->len);
    for (size_t i = 0; i < files->len; i++) {
        str safe = safe_name(arena, files->at[i].name);
        size_t number = 1;
        while (is_taken(arena, names, i, numbered(arena, safe, number)))
            number++;
        names[i] = numbered(arena, safe, number);
    }
    return names;
}

/* The same file named twice, in an answer and in the history, is sent once. */
static void keep_first(struct dossier_files *files)
{
    size_t kept = 0;
    for (size_t i = 0; i < files->len; i++) {
        bool is_known = false;
        for (size_t j = 0; j < kept; j++)
            is_known = is_known ||
                       (str_eq(files->at[j].blob, files->at[i].blob) && str_eq(files->at[j].name, files->at[i].name));
        if (!is_known)
            files->at[kept++] = files->at[i];
    }
    files->len = kept;
}

/* ---- Pieces ---- */

static void leave_out(struct sending *sending, const struct err *err)
{
    buf_fmt(&sending->left_out, "%.*s : %s\r\n", STR_ARG(sending->names[sending->at]), err->message);
}

/* False: the file is left out. */
static bool open_file(struct sending *sending, int *fd, struct err *err)
{
    int64_t size;
    if (!blob_open(sending->stores, sending->files.at[sending->at].blob, fd, &size, err))
        return false;
    if (sending->offset > 0 || visit_refuses_file(sending->request, *fd, err) == 0)
        return true;
    close(*fd);
    return false;
}

/* True: the file is done. Nothing stays open from one piece to the next. */
static bool send_part(struct sending *sending, struct arena *arena, struct buf *out)
{
    struct err err = {0};
    int fd;
    if (!open_file(sending, &fd, &err)) {
        leave_out(sending, &err);
        return true;
    }
    char *piece = arena_alloc(arena, PIECE);
    ssize_t got = pread(fd, piece, PIECE, sending->offset);
    close(fd);
    if (sending->offset == 0)
        zip_begin(sending->zip, out, sending->names[sending->at]);
    if (got < 0)
        log_line(LOG_ERROR, "files", "blob=%.*s message=\"cannot be read\"",
                 STR_ARG(sending->files.at[sending->at].blob));
    if (got > 0) {
        zip_add(sending->zip, out, (str){piece, (size_t)got});
        sending->offset += got;
    }
    if (got == PIECE)
        return false;
    zip_close(sending->zip, out);
    return true;
}

static enum piece next_piece(void *arg, struct arena *arena, struct buf *out)
{
    struct sending *sending = arg;
    if (sending->at < sending->files.len) {
        int64_t before = sending->offset;
        if (send_part(sending, arena, out)) {
            sending->at++;
            sending->offset = 0;
        } else if (sending->offset == before) {
            return PIECE_BROKEN;
        }
        return PIECE_MORE;
    }
    if (sending->left_out.len > 0)
        zip_store(sending->zip, out, STR("Fichiers absents.txt"), buf_str(&sending->left_out));
    return zip_end(sending->zip, out) ? PIECE_LAST : PIECE_BROKEN;
}

void send_all_files(struct request *request, const struct dossier *dossier)
{
    struct arena *arena = request->arena;
    struct dossier_files files;
    dossier_files(place_of(request), dossier, &files);
    if (files.len == 0) {
        response_error(request, 404, NULL);
        return;
    }
    keep_first(&files);
    struct sending *sending = arena_new_of(arena, struct sending);
    *sending = (struct sending){.stores = visit_of(request)->installation->stores,
                                .request = request,
                                .zip = zip_new(arena, request->now),
                                .files = files,
                                .names = names_of(arena, &files),
                                .left_out = buf_new(arena, 1 << 20)};
    str number = dossier->identifier.len > 0 ? dossier->identifier : dossier_number(arena, dossier);
    response_stream(request, STR("application/zip"), str_fmt(arena, "%.*s.zip", STR_ARG(safe_name(arena, number))),
                    next_piece, sending);
}

/* multipart/form-data (RFC 7578), as it comes: fields are kept in memory, files go to temporary files. What has come
 * and is not yet decided (perhaps the beginning of a boundary, a header that is not whole) waits in a bounded window.
 */
#include "http/internal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 64 * 1024, HEADERS_MOST = 8 * 1024, BOUNDARY_MOST = 70, FIELD_MOST = 1 << 20 };

struct multipart {
    struct arena *arena;
    const struct http_limits *limits;
    const char *folder;
    str boundary; /* CR LF - - and the boundary itself */
    enum { AT_START, IN_HEADERS, IN_BODY, AFTER_BOUNDARY, AT_END } state;
    char *window;
    size_t used;
    struct http_params form;
    struct http_uploads uploads;
    /* The part under way. */
    str name, file_name, type;
    bool is_file;
    struct buf field;
    int fd;
    int64_t size;
    size_t field_bytes;
};

static bool refuse(struct err *err, const char *why)
{
    err_set(err, ERR_INVALID, "Le formulaire est arrivé abîmé. Revenez en arrière et envoyez-le à nouveau.");
    return err_detail(err, "multipart: %s", why);
}

/* name="…" of a header's parameters; quoted texts take \" and \\ (and browsers' %22). */
static bool parameter(struct arena *arena, str header, const char *name, str *out)
{
    str needle = str_fmt(arena, "%s=", name);
    for (size_t at = 0; (at = str_find(header, needle, at)) != SIZE_MAX; at += needle.len) {
        if (at == 0 || strchr("; \t", header.ptr[at - 1]) == NULL)
            continue;
        str rest = str_slice(header, at + needle.len, header.len);
        if (rest.len == 0 || rest.ptr[0] != '"') {
            str_cut(rest, ';', out, &rest);
            *out = str_trim(*out);
            return true;
        }
        struct buf text = buf_new(arena, rest.len);
        for (size_t i = 1; i < rest.len && rest.ptr[i] != '"'; i++) {
            if (rest.ptr[i] == '\\' && i + 1 < rest.len && (rest.ptr[i + 1] == '"' || rest.ptr[i + 1] == '\\'))
                i++;
            buf_add_char(&text, rest.ptr[i]);
        }
        *out = str_replace(arena, buf_str(&text), STR("%22"), STR("\""));
        return true;
    }
    return false;
}

static bool boundary_is_valid(str boundary)
{
    for (size_t i = 0; i < boundary.len; i++)
        if ((unsigned char)boundary.ptr[i] < 0x20 || (unsigned char)boundary.ptr[i] > 0x7E)
            return false;
    return boundary.len > 0 && boundary.len <= BOUNDARY_MOST;
}

struct multipart *multipart_new(struct arena *arena, str content_type, const char *folder,
                                const struct http_limits *limits, struct err *err)
{
    str boundary = STR_EMPTY;
    if (!parameter(arena, content_type, "boundary", &boundary) || !boundary_is_valid(boundary)) {
        refuse(err, "no boundary");
        return NULL;
    }
    struct multipart *multipart = arena_new_of(arena, struct multipart);
    *multipart = (struct multipart){.arena = arena, .limits = limits, .folder = folder, .fd = -1};
    multipart->boundary = str_fmt(arena, "\r\n--%.*s", STR_ARG(boundary));
    multipart->window = arena_alloc(arena, WINDOW);
    memcpy(multipart->window, "\r\n", 2); /* the first boundary has no line before it */
    multipart->used = 2;
    return multipart;
}

/* The last part of a path, as old browsers send whole ones; no control character, never empty for a file. */
static str clean_file_name(struct arena *arena, str name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            name = str_slice(name, i, name.len);
            break;
        }
    char *out = arena_alloc(arena, name.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < name.len && length < 200; i++)
        if ((unsigned char)name.ptr[i] >= 0x20 && name.ptr[i] != 0x7F)
            out[length++] = name.ptr[i];
    return utf8_repair(arena, (str){out, length});
}

static bool open_file(struct multipart *multipart, struct err *err)
{
    if (multipart->uploads.len >= multipart->limits->uploads)
        return err_set(err, ERR_TOO_LARGE, "Trop de fichiers à la fois : %zu au plus.", multipart->limits->uploads);
    str token = random_token(multipart->arena);
    const char *path = str_fmt(multipart->arena, "%s/upload-%.*s", multipart->folder, STR_ARG(token)).ptr;
    multipart->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (multipart->fd < 0) {
        err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être reçu. Réessayez dans quelques minutes.");
        return err_detail(err, "cannot make %s", path);
    }
    *vec_push(multipart->arena, &multipart->uploads) = (struct http_upload){
        .field = multipart->name, .file_name = multipart->file_name, .declared_type = multipart->type, .path = path};
    return true;
}

static bool begin_part(struct multipart *multipart, str headers, struct err *err)
{
    struct arena *arena = multipart->arena;
    str disposition = STR_EMPTY, file_name = STR_EMPTY;
    multipart->type = STR("application/octet-stream");
    for (str line, rest = str_dup(arena, headers); str_next(&rest, '\n', &line);) {
        str name, value;
        if (!str_cut(line, ':', &name, &value))
            continue;
        if (str_eq_nocase(str_trim(name), STR("Content-Disposition")))
            disposition = str_trim(value);
        else if (str_eq_nocase(str_trim(name), STR("Content-Type")))
            multipart->type = str_trim(value);
    }
    if (!str_eq_nocase(str_slice(disposition, 0, 9), STR("form-data")) ||
        !parameter(arena, disposition, "name", &multipart->name))
        return refuse(err, "a part without a name");
    if (!utf8_is_valid(multipart->name))
        return refuse(err, "a name that is not UTF-8");
    if (multipart->form.len + multipart->uploads.len >= multipart->limits->params)
        return refuse(err, "too many parts");
    multipart->is_file = parameter(arena, disposition, "filename", &file_name);
    multipart->file_name = clean_file_name(arena, file_name);
    multipart->size = 0;
    multipart->field = buf_new(arena, FIELD_MOST);
    return !multipart->is_file || multipart->file_name.len == 0 || open_file(multipart, err);
}

static bool add_bytes(struct multipart *multipart, str bytes, struct err *err)
{
    multipart->size += (int64_t)bytes.len;
    if (!multipart->is_file) {
        buf_add(&multipart->field, bytes);
        multipart->field_bytes += bytes.len;
        bool fits = !multipart->field.overflowed && multipart->field_bytes <= multipart->limits->body_bytes;
        return fits || err_set(err, ERR_TOO_LARGE, "Ce texte est trop long pour être envoyé.");
    }
    if (multipart->fd < 0)
        return true; /* a file control that was left empty */
    if ((size_t)multipart->size > multipart->limits->upload_bytes)
        return err_set(err, ERR_TOO_LARGE, "Le fichier « %.*s » est trop lourd : %zu Mo au plus.",
                       STR_ARG(multipart->file_name), multipart->limits->upload_bytes / 1000000);
    while (bytes.len > 0) {
        ssize_t put = write(multipart->fd, bytes.ptr, bytes.len);
        if (put < 0)
            return err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être reçu. Réessayez dans quelques minutes.");
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

static bool end_part(struct multipart *multipart, struct err *err)
{
    if (multipart->fd >= 0) {
        close(multipart->fd);
        multipart->fd = -1;
        multipart->uploads.at[multipart->uploads.len - 1].size = multipart->size;
    } else if (!multipart->is_file) {
        str value = buf_str(&multipart->field);
        if (!utf8_is_valid(value))
            return refuse(err, "a field that is not UTF-8");
        *vec_push(multipart->arena, &multipart->form) = (struct http_param){multipart->name, value};
    }
    return true;
}

static void drop(struct multipart *multipart, size_t count)
{
    memmove(multipart->window, multipart->window + count, multipart->used - count);
    multipart->used -= count;
}

static str window_of(const struct multipart *multipart)
{
    return (str){multipart->window, multipart->used};
}

/* Takes one step; *more is false where it needs more bytes. */
static bool step_body(struct multipart *multipart, bool *more, struct err *err)
{
    size_t at = str_find(window_of(multipart), multipart->boundary, 0);
    bool is_whole = at != SIZE_MAX;
    size_t safe = is_whole                                    ? at
                  : multipart->used < multipart->boundary.len ? 0
                                                              : multipart->used - multipart->boundary.len + 1;
    if (multipart->state == IN_BODY && !add_bytes(multipart, (str){multipart->window, safe}, err))
        return false;
    drop(multipart, is_whole ? at + multipart->boundary.len : safe);
    *more = is_whole;
    if (!is_whole)
        return true;
    bool ok = multipart->state != IN_BODY || end_part(multipart, err);
    multipart->state = AFTER_BOUNDARY;
    return ok;
}

static bool step_after_boundary(struct multipart *multipart, bool *more, struct err *err)
{
    str window = window_of(multipart);
    if (str_starts(window, STR("--"))) {
        multipart->state = AT_END;
        return true;
    }
    size_t blanks = 0; /* RFC 2046 lets blanks stand behind a boundary */
    while (blanks < window.len && (window.ptr[blanks] == ' ' || window.ptr[blanks] == '\t'))
        blanks++;
    if (window.len < blanks + 2) {
        *more = false;
        return true;
    }
    if (window.ptr[blanks] != '\r' || window.ptr[blanks + 1] != '\n')
        return refuse(err, "something stands behind a boundary");
    drop(multipart, blanks); /* CR LF stay: no header at all is then CR LF CR LF */
    multipart->state = IN_HEADERS;
    return true;
}

static bool step_headers(struct multipart *multipart, bool *more, struct err *err)
{
    str window = window_of(multipart);
    size_t end = str_find(window, STR("\r\n\r\n"), 0);
    if (end == SIZE_MAX) {
        *more = false;
        return window.len <= HEADERS_MOST || refuse(err, "headers too long");
    }
    if (!begin_part(multipart, str_slice(window, 0, end), err))
        return false;
    drop(multipart, end + 4);
    multipart->state = IN_BODY;
    return true;
}

static bool advance(struct multipart *multipart, struct err *err)
{
    bool more = true, ok = true;
    while (ok && more && multipart->state != AT_END) {
        if (multipart->state == AFTER_BOUNDARY)
            ok = step_after_boundary(multipart, &more, err);
        else if (multipart->state == IN_HEADERS)
            ok = step_headers(multipart, &more, err);
        else
            ok = step_body(multipart, &more, err);
    }
    return ok;
}

bool multipart_feed(struct multipart *multipart, str bytes, struct err *err)
{
    while (bytes.len > 0 && multipart->state != AT_END) {
        size_t room = WINDOW - multipart->used;
        size_t taken = bytes.len < room ? bytes.len : room;
        if (taken == 0)
            return refuse(err, "a part that never ends");
        memcpy(multipart->window + multipart->used, bytes.ptr, taken);
        multipart->used += taken;
        bytes = str_slice(bytes, taken, bytes.len);
        if (!advance(multipart, err))
            return false;
    }
    return true;
}

bool multipart_end(struct multipart *multipart, struct http_params *form, struct http_uploads *uploads, struct err *err)
{
    *form = multipart->form;
    *uploads = multipart->uploads;
    return multipart->state == AT_END || refuse(err, "the body was cut short");
}

void multipart_free(struct multipart *multipart)
{
    if (multipart == NULL)
        return;
    if (multipart->fd >= 0)
        close(multipart->fd);
    for (size_t i = 0; i < multipart->uploads.len; i++)
        unlink(multipart->uploads.at[i].path);
}

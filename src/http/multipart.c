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
    enum { AT_START, IN_HEADERS, IN_BODY, AT_END } state;
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

static bool boundary_is_valid(str boundary)
{
    for (size_t i = 0; i < boundary.len; i++)
        if ((unsigned char)boundary.ptr[i] < 0x20 || (unsigned char)boundary.ptr[i] > 0x7E)
            return false;
    return boundary.len > 0 && boundary.len <= BOUNDARY_MOST;
}

struct multipart *multipart_new(struct arena *arena, const struct media_type *type, const char *folder,
                                const struct http_limits *limits, struct err *err)
{
    str boundary = media_type_param(type, "boundary");
    if (!boundary_is_valid(boundary)) {
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

/* What a header says of the part. An encoding would have to be undone; RFC 7578 §4.7 knows nobody who sends one. */
static bool read_header(struct multipart *multipart, str line, str *disposition, struct err *err)
{
    str name, value;
    if (!str_cut(line, ':', &name, &value) || !http_is_token(name) || !http_is_field_value(value))
        return refuse(err, "a header that is none");
    value = str_trim(value);
    if (str_eq_nocase(name, STR("Content-Disposition")))
        *disposition = value;
    else if (str_eq_nocase(name, STR("Content-Type")))
        multipart->type = value;
    else if (str_eq_nocase(name, STR("Content-Transfer-Encoding")))
        return str_eq_nocase(value, STR("binary")) || str_eq_nocase(value, STR("8bit")) ||
               str_eq_nocase(value, STR("7bit")) || refuse(err, "an encoded part");
    return true;
}

/* form-data; name="…"; filename="…". Browsers write a quote as %22. */
static bool read_disposition(struct multipart *multipart, str disposition, struct err *err)
{
    struct arena *arena = multipart->arena;
    struct http_param param;
    str kind, rest, file_name = STR_EMPTY;
    bool is_named = multipart->is_file = false;
    str_cut(disposition, ';', &kind, &rest);
    if (!str_eq_nocase(str_trim(kind), STR("form-data")))
        return refuse(err, "a part that is no field");
    while (parameter_next(arena, &rest, QUOTING_FORM, &param)) {
        str value = str_replace(arena, param.value, STR("%22"), STR("\""));
        if (!is_named && str_eq(param.name, STR("name"))) {
            multipart->name = value;
            is_named = true;
        } else if (!multipart->is_file && str_eq(param.name, STR("filename"))) {
            file_name = value;
            multipart->is_file = true;
        }
    }
    multipart->file_name = clean_file_name(arena, file_name);
    if (!is_named)
        return refuse(err, "a part without a name");
    return utf8_is_valid(multipart->name) || refuse(err, "a name that is not UTF-8");
}

static bool begin_part(struct multipart *multipart, str headers, struct err *err)
{
    str disposition = STR_EMPTY, rest = str_dup(multipart->arena, headers);
    multipart->type = STR("application/octet-stream");
    while (rest.len > 0) {
        size_t end = str_find(rest, STR("\r\n"), 0);
        str line = str_slice(rest, 0, end);
        rest = end == SIZE_MAX ? STR_EMPTY : str_slice(rest, end + 2, rest.len);
        if (line.len > 0 && !read_header(multipart, line, &disposition, err))
            return false;
    }
    if (!read_disposition(multipart, disposition, err))
        return false;
    if (multipart->form.len + multipart->uploads.len >= multipart->limits->params)
        return refuse(err, "too many parts");
    multipart->size = 0;
    multipart->field = buf_new(multipart->arena, FIELD_MOST);
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
    return file_write_open(multipart->fd, bytes) ||
           err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être reçu. Réessayez dans quelques minutes.");
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

/* What follows the words of a boundary makes it one: the end of the line (RFC 2046 lets blanks stand before it), or the
 * two hyphens of the last. Anything else, and it was text. */
enum delimiter { NOT_THERE, TEXT_ALONE, PERHAPS, NEXT, LAST };

static enum delimiter delimiter_of(str behind)
{
    size_t blanks = 0;
    if (str_starts(behind, STR("--")))
        return LAST;
    while (blanks < behind.len && (behind.ptr[blanks] == ' ' || behind.ptr[blanks] == '\t'))
        blanks++;
    str rest = str_slice(behind, blanks, behind.len);
    if (rest.len == 0 || str_eq(rest, STR("\r")) || str_eq(behind, STR("-")))
        return PERHAPS;
    return str_starts(rest, STR("\r\n")) ? NEXT : TEXT_ALONE;
}

/* Where the text before the first delimiter ends, or what surely is text where there is none. */
static size_t find_delimiter(const struct multipart *multipart, enum delimiter *kind)
{
    str window = window_of(multipart), boundary = multipart->boundary;
    for (size_t at = 0; (at = str_find(window, boundary, at)) != SIZE_MAX; at++) {
        *kind = delimiter_of(str_slice(window, at + boundary.len, window.len));
        if (*kind != TEXT_ALONE)
            return at;
    }
    *kind = NOT_THERE;
    return window.len < boundary.len ? 0 : window.len - boundary.len + 1;
}

/* Nothing stands before the first boundary but ends of lines: RFC 2046's preamble is for mails. */
static bool is_blank(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r' && text.ptr[i] != '\n')
            return false;
    return true;
}

/* Takes one step; *more is false where it needs more bytes. */
static bool step_body(struct multipart *multipart, bool *more, struct err *err)
{
    enum delimiter kind;
    size_t end = find_delimiter(multipart, &kind);
    str text = str_slice(window_of(multipart), 0, end);
    if (multipart->state == AT_START && !is_blank(text))
        return refuse(err, "something stands before the first boundary");
    if (multipart->state == IN_BODY && !add_bytes(multipart, text, err))
        return false;
    *more = kind == NEXT || kind == LAST;
    drop(multipart, *more ? end + multipart->boundary.len : end);
    if (!*more)
        return true;
    bool ok = multipart->state != IN_BODY || end_part(multipart, err);
    if (kind == NEXT) /* CR LF stay: no header at all is then CR LF CR LF */
        drop(multipart, str_find(window_of(multipart), STR("\r\n"), 0));
    multipart->state = kind == LAST ? AT_END : IN_HEADERS;
    return ok;
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
    while (ok && more && multipart->state != AT_END)
        ok = multipart->state == IN_HEADERS ? step_headers(multipart, &more, err) : step_body(multipart, &more, err);
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

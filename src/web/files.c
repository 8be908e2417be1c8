/* Files that people send, on their way in and out: looked at, made smaller, kept as blobs; and opened again. */
#include "received/received.h"
#include "store/blobs.h"
#include "web/visit.h"

#include <fcntl.h>
#include <unistd.h>

enum { PICTURE_MOST = 2000 }; /* points: a page of text is read well */

/* No file is kept that the scanner, where there is one, has not found clean. */
static enum file_problem problem_of(const struct installation *installation, int fd, str type)
{
    if (installation->scanner.len > 0)
        switch (received_scan(installation->scanner, fd)) {
        case VERDICT_CLEAN:
            break;
        case VERDICT_INFECTED:
            return FILE_INFECTED;
        default:
            return FILE_UNSCANNED;
        }
    bool is_locked = str_eq(type, STR("application/pdf")) && received_is_locked(fd);
    return is_locked ? FILE_LOCKED : FILE_FINE;
}

static bool open_upload(const struct http_upload *upload, int *fd, struct err *err)
{
    *fd = open(upload->path, O_RDONLY | O_CLOEXEC);
    return *fd >= 0 ||
           err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être reçu. Réessayez dans quelques minutes.");
}

bool visit_keep_upload(struct request *request, const struct http_upload *upload, struct posted_file *out,
                       struct err *err)
{
    const struct installation *installation = visit_of(request)->installation;
    struct blob_id id;
    int fd;
    if (!open_upload(upload, &fd, err))
        return false;
    *out = (struct posted_file){.name = upload->field,
                                .file_name = upload->file_name,
                                .type = blob_sniff(request->arena, fd),
                                .size = upload->size};
    out->problem = problem_of(installation, fd, out->type);
    close(fd);
    if (out->problem != FILE_FINE)
        return true;
    if (!blob_put_file(installation->stores, upload->path, &id, err))
        return false;
    out->blob = str_dup(request->arena, str_of(id.hex));
    return true;
}

/* ---- Pictures ---- */

static str with_end(struct arena *arena, str name, str type)
{
    size_t dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    str bare = dot > 1 ? str_slice(name, 0, dot - 1) : name;
    return str_eq(type, STR("image/jpeg")) ? str_fmt(arena, "%.*s.jpg", STR_ARG(bare)) : name;
}

static bool keep_shrunk(struct stores *stores, struct arena *arena, const char *path, str type,
                        struct posted_file *file)
{
    struct err err = {0};
    struct blob_id id;
    int fd;
    if (!blob_put_file(stores, path, &id, &err) || !blob_open(stores, str_of(id.hex), &fd, &file->size, &err)) {
        log_err("picture", &err);
        return false;
    }
    close(fd);
    if (!str_eq(type, file->type))
        file->file_name = with_end(arena, file->file_name, type);
    file->type = type;
    file->blob = str_dup(arena, str_of(id.hex));
    return true;
}

static bool shrink(void *data, struct arena *arena, struct posted_file *file, bool strips)
{
    struct installation *installation = data;
    struct shrinking shrinking = {PICTURE_MOST, strips,
                                  str_fmt(arena, "%s/uploads", stores_folder(installation->stores)).ptr};
    struct err err = {0};
    const char *path;
    str type = file->type;
    int fd;
    int64_t size;
    if (!blob_open(installation->stores, file->blob, &fd, &size, &err))
        return false;
    enum shrunk shrunk = received_shrink(arena, fd, &type, &shrinking, &path);
    close(fd);
    if (shrunk != SHRUNK_MADE)
        return shrunk == SHRUNK_KEPT;
    bool ok = keep_shrunk(installation->stores, arena, path, type, file);
    unlink(path);
    return ok;
}

static bool place(void *data, struct arena *arena, const struct posted_file *file, struct position *out)
{
    const struct installation *installation = data;
    struct err err = {0};
    int fd;
    int64_t size;
    if (!blob_open(installation->stores, file->blob, &fd, &size, &err))
        return false;
    bool is_known = received_place(arena, fd, out);
    close(fd);
    return is_known;
}

const struct file_tools *visit_file_tools(struct request *request)
{
    struct file_tools *tools = arena_new_of(request->arena, struct file_tools);
    *tools = (struct file_tools){shrink, place, visit_of(request)->installation};
    return tools;
}

/* ---- Out ---- */

/* One that came before there was a scanner, or that a new signature knows, is met here. */
int visit_refuses_file(struct request *request, int fd, struct err *err)
{
    const struct installation *installation = visit_of(request)->installation;
    enum verdict verdict = installation->scanner.len == 0 ? VERDICT_CLEAN : received_scan(installation->scanner, fd);
    if (verdict == VERDICT_CLEAN)
        return 0;
    bool is_infected = verdict == VERDICT_INFECTED;
    err_set(err, ERR_FORBIDDEN,
            is_infected ? "Ce fichier contient un risque : il ne peut pas être ouvert."
                        : "Ce fichier n’a pas pu être contrôlé : réessayez dans quelques minutes.");
    return is_infected ? 403 : 503;
}

void visit_send_file(struct request *request, str blob, str type, str name)
{
    struct installation *installation = visit_of(request)->installation;
    struct err err = {0};
    int fd;
    int64_t size;
    if (!blob_open(installation->stores, blob, &fd, &size, &err)) {
        show_failure(request, &err);
        return;
    }
    int refused = visit_refuses_file(request, fd, &err);
    if (refused == 0) {
        response_file(request, fd, size, type, name);
        return;
    }
    close(fd);
    response_error(request, refused, &err);
}

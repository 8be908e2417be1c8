#include "store/blobs.h"
#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

static void name_by(const unsigned char digest[32], struct blob_id *id)
{
    str_hex(digest, 32, id->hex);
    id->hex[64] = '\0';
}

static bool is_blob_id(str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!(id.ptr[i] >= '0' && id.ptr[i] <= '9') && !(id.ptr[i] >= 'a' && id.ptr[i] <= 'f'))
            return false;
    return id.len == 64;
}

static bool fail(struct err *err, const char *what)
{
    int reason = errno;
    err_set(err, ERR_UNAVAILABLE, "Les fichiers ne sont pas accessibles. Réessayez dans quelques minutes.");
    return err_detail(err, "blob: %s: errno %d", what, reason);
}

/* An installation on PostgreSQL without its folder is a bug of who opened it. */
static const char *folder_of(const struct stores *stores)
{
    if (stores->folder == NULL) {
        log_line(LOG_ERROR, "blob.folder", "stores_set_folder was not called");
        abort();
    }
    return stores->folder;
}

static const char *path_of(struct arena *arena, const struct stores *stores, str id)
{
    return str_fmt(arena, "%s/blobs/%.2s/%.62s", folder_of(stores), id.ptr, id.ptr + 2).ptr;
}

/* The folder ab of a blob, on disk itself before something in it is promised: once a process. */
static bool make_folder_of(struct arena *arena, struct stores *stores, str id, struct err *err)
{
    unsigned number = (unsigned)strtoul(str_z(arena, str_slice(id, 0, 2)), NULL, 16);
    const char *folder = str_fmt(arena, "%s/blobs/%.2s", folder_of(stores), id.ptr).ptr;
    pthread_mutex_lock(&stores->blobs_lock);
    bool ok = stores->has_blob_folder[number] || (file_make_folder(folder, err) && file_sync_folder_of(folder));
    stores->has_blob_folder[number] = ok;
    pthread_mutex_unlock(&stores->blobs_lock);
    return ok;
}

/* Whether the blob is there, and then young again, so that blobs_sweep leaves it to the row that will name it. Who put
 * it may not have fsynced the folder yet: we do. */
static bool is_kept_already(struct stores *stores, const char *path)
{
    pthread_mutex_lock(&stores->blobs_lock);
    bool is_there = utimensat(AT_FDCWD, path, NULL, 0) == 0;
    pthread_mutex_unlock(&stores->blobs_lock);
    return is_there && file_sync_folder_of(path);
}

static bool put(struct arena *arena, struct stores *stores, str bytes, struct blob_id *id, struct err *err)
{
    unsigned char digest[32];
    EVP_Digest(bytes.len == 0 ? "" : bytes.ptr, bytes.len, digest, NULL, EVP_sha256(), NULL);
    name_by(digest, id);
    const char *path = path_of(arena, stores, str_of(id->hex));
    if (is_kept_already(stores, path))
        return true;
    if (!make_folder_of(arena, stores, str_of(id->hex), err) || !file_write_durably(path, bytes, err))
        return fail(err, "write");
    return true;
}

bool blob_put(struct stores *stores, str bytes, struct blob_id *id, struct err *err)
{
    struct arena *arena = arena_new();
    bool ok = put(arena, stores, bytes, id, err);
    arena_free(arena);
    return ok;
}

/* Reads all of from, into its digest and, where to is not -1, into it. */
static bool digest_and_copy(int from, int to, struct blob_id *id)
{
    unsigned char digest[32];
    char chunk[CHUNK];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    ssize_t got;
    bool ok = true;
    while (ok && (got = read(from, chunk, sizeof chunk)) > 0) {
        EVP_DigestUpdate(context, chunk, (size_t)got);
        ok = to < 0 || file_write_open(to, (str){chunk, (size_t)got});
    }
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    name_by(digest, id);
    return ok && got == 0;
}

/* path becomes place, on disk. */
static bool move_into(int fd, const char *path, const char *place)
{
    return file_sync(fd) && rename(path, place) == 0 && file_sync_folder_of(place);
}

/* From another disk: copied beside the place first. */
static bool copy_into(struct arena *arena, int from, const char *place)
{
    struct blob_id unused;
    const char *beside = str_fmt(arena, "%s.%.*s", place, STR_ARG(random_token(arena))).ptr;
    int to = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok =
        to >= 0 && lseek(from, 0, SEEK_SET) == 0 && digest_and_copy(from, to, &unused) && move_into(to, beside, place);
    if (!ok)
        unlink(beside);
    if (to >= 0)
        close(to);
    return ok;
}

static bool put_file(struct arena *arena, struct stores *stores, int fd, const char *path, struct blob_id *id,
                     struct err *err)
{
    if (!digest_and_copy(fd, -1, id))
        return fail(err, "read");
    const char *place = path_of(arena, stores, str_of(id->hex));
    if (is_kept_already(stores, place))
        return true;
    if (!make_folder_of(arena, stores, str_of(id->hex), err) || fchmod(fd, 0600) != 0)
        return fail(err, "folder");
    bool ok = move_into(fd, path, place) || (errno == EXDEV && copy_into(arena, fd, place));
    return ok || fail(err, "move");
}

bool blob_put_file(struct stores *stores, const char *path, struct blob_id *id, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, "open");
    struct arena *arena = arena_new();
    bool ok = put_file(arena, stores, fd, path, id, err);
    arena_free(arena);
    close(fd);
    return ok;
}

bool blob_open(struct stores *stores, str id, int *fd, int64_t *size, struct err *err)
{
    if (!is_blob_id(id))
        return err_set(err, ERR_NOT_FOUND, "Ce fichier n’existe pas.");
    struct arena *arena = arena_new();
    *fd = open(path_of(arena, stores, id), O_RDONLY | O_CLOEXEC);
    bool is_away = *fd < 0 && errno != ENOENT;
    if (is_away)
        fail(err, "open");
    arena_free(arena);
    struct stat info;
    if (is_away)
        return false;
    if (*fd < 0 || fstat(*fd, &info) != 0)
        return err_set(err, ERR_NOT_FOUND, "Ce fichier n’existe plus.");
    *size = info.st_size;
    return true;
}

bool blob_remove(struct stores *stores, str id, struct err *err)
{
    if (!is_blob_id(id))
        return err_set(err, ERR_NOT_FOUND, "There is no blob %.*s.", STR_ARG(id));
    struct arena *arena = arena_new();
    bool ok = unlink(path_of(arena, stores, id)) == 0 || errno == ENOENT;
    arena_free(arena);
    return ok || err_set(err, ERR_UNAVAILABLE, "The blob %.*s can't be removed.", STR_ARG(id));
}

#include "store/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <magic.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

static void hex_of(const unsigned char digest[32], struct blob_id *id)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 32; i++) {
        id->hex[2 * i] = digits[digest[i] >> 4];
        id->hex[2 * i + 1] = digits[digest[i] & 15];
    }
    id->hex[64] = '\0';
}

static bool is_blob_id(str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!(id.ptr[i] >= '0' && id.ptr[i] <= '9') && !(id.ptr[i] >= 'a' && id.ptr[i] <= 'f'))
            return false;
    return id.len == 64;
}

static const char *path_of(struct arena *arena, const struct stores *stores, str id)
{
    return str_fmt(arena, "%s/blobs/%.2s/%.62s", stores_folder(stores), id.ptr, id.ptr + 2).ptr;
}

static bool make_folder_of(struct arena *arena, const struct stores *stores, str id, struct err *err)
{
    return file_make_folder(str_fmt(arena, "%s/blobs/%.2s", stores_folder(stores), id.ptr).ptr, err);
}

bool blob_put(struct stores *stores, str bytes, struct blob_id *id, struct err *err)
{
    unsigned char digest[32];
    EVP_Digest(bytes.len == 0 ? "" : bytes.ptr, bytes.len, digest, NULL, EVP_sha256(), NULL);
    hex_of(digest, id);
    struct arena *arena = arena_new();
    const char *path = path_of(arena, stores, str_of(id->hex));
    bool ok = access(path, F_OK) == 0 ||
              (make_folder_of(arena, stores, str_of(id->hex), err) && file_write_durably(path, bytes, err));
    arena_free(arena);
    return ok;
}

/* Reads all of fd, into a digest and, where to is not -1, into it. */
static bool digest_and_copy(int fd, int to, unsigned char digest[32])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    char chunk[CHUNK];
    ssize_t got;
    bool ok = true;
    while (ok && (got = read(fd, chunk, sizeof chunk)) > 0) {
        EVP_DigestUpdate(context, chunk, (size_t)got);
        ok = to < 0 || write(to, chunk, (size_t)got) == got;
    }
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    return ok && got == 0;
}

bool blob_put_file(struct stores *stores, const char *path, struct blob_id *id, struct err *err)
{
    struct arena *arena = arena_new();
    str token = random_token(arena);
    const char *folder = str_fmt(arena, "%s/blobs", stores_folder(stores)).ptr;
    const char *beside = str_fmt(arena, "%s/%.*s.part", folder, STR_ARG(token)).ptr;
    unsigned char digest[32];
    int from = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = from >= 0 && file_make_folder(folder, err);
    int to = ok ? open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    ok = to >= 0 && digest_and_copy(from, to, digest) && fsync(to) == 0;
    if (ok) {
        hex_of(digest, id);
        const char *place = path_of(arena, stores, str_of(id->hex));
        ok = make_folder_of(arena, stores, str_of(id->hex), err) && rename(beside, place) == 0 &&
             file_sync_folder_of(place);
    }
    if (!ok) {
        err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être enregistré. Réessayez dans quelques minutes.");
        err_detail(err, "blob: errno %d", errno);
        unlink(beside);
    }
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    arena_free(arena);
    return ok;
}

bool blob_open(struct stores *stores, str id, int *fd, int64_t *size, struct err *err)
{
    if (!is_blob_id(id))
        return err_set(err, ERR_NOT_FOUND, "Ce fichier n’existe pas.");
    struct arena *arena = arena_new();
    *fd = open(path_of(arena, stores, id), O_RDONLY | O_CLOEXEC);
    arena_free(arena);
    struct stat info;
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

str blob_sniff(struct arena *arena, int fd)
{
    static _Thread_local magic_t cookie; /* loading the table costs a millisecond and 3 MB: once a thread that looks */
    if (cookie == NULL) {
        cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
        if (cookie == NULL || magic_load(cookie, NULL) != 0)
            return STR("application/octet-stream");
    }
    char head[CHUNK];
    ssize_t got = pread(fd, head, sizeof head, 0);
    const char *type = got > 0 ? magic_buffer(cookie, head, (size_t)got) : NULL;
    return str_dup(arena, type == NULL ? STR("application/octet-stream") : str_of(type));
}

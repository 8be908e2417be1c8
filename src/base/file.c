#include "base/file.h"

#include "base/log.h"
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct err *err, const char *what, const char *path)
{
    char reason[128];
    err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE, "Cannot %s %s: %s.", what, path,
            strerror_r(errno, reason, sizeof reason));
    return false;
}

bool file_read_open(struct arena *arena, int fd, size_t size, str *out)
{
    char *bytes = arena_alloc(arena, size + 1);
    for (size_t at = 0; at < size;) {
        ssize_t got = pread(fd, bytes + at, size - at, (off_t)at);
        if (got == 0)
            errno = EIO; /* it shrank while we read */
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    *out = (str){bytes, size};
    return true;
}

bool file_read(struct arena *arena, const char *path, size_t most, str *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, "open", path);
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return err_set(err, ERR_INVALID, "%s is not a file.", path);
    }
    size_t size = (size_t)info.st_size;
    if (size > most) {
        close(fd);
        return err_set(err, ERR_TOO_LARGE, "%s is larger than %zu bytes.", path, most);
    }
    bool ok = file_read_open(arena, fd, size, out);
    if (!ok)
        fail(err, "read", path);
    close(fd);
    return ok;
}

bool file_sync(int fd)
{
    if (fsync(fd) == 0)
        return true;
    if (errno != EIO)
        return false;
    log_line(LOG_ERROR, "file.fsync", "an fsync failed: nothing more is acknowledged, stopping");
    abort();
}

bool file_write_open(int fd, str bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0)
            return false;
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

bool file_sync_folder_of(const char *path)
{
    struct arena *arena = arena_new();
    const char *slash = strrchr(path, '/');
    const char *folder = slash == NULL ? "." : str_z(arena, (str){path, (size_t)(slash - path + 1)});
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && file_sync(fd);
    if (fd >= 0)
        close(fd);
    arena_free(arena);
    return ok;
}

bool file_write_durably(const char *path, str bytes, struct err *err)
{
    struct arena *arena = arena_new();
    str token = random_token(arena);
    const char *beside = str_fmt(arena, "%s.%.*s", path, STR_ARG(token)).ptr;
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && file_write_open(fd, bytes) && file_sync(fd);
    if (fd >= 0)
        close(fd);
    ok = ok && rename(beside, path) == 0 && file_sync_folder_of(path);
    if (!ok) {
        fail(err, "write", path);
        unlink(beside);
    }
    arena_free(arena);
    return ok;
}

bool file_make_folder(const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    str whole = str_dup(arena, str_of(path));
    bool ok = true;
    for (size_t i = 1; i <= whole.len && ok; i++) {
        if (i < whole.len && whole.ptr[i] != '/')
            continue;
        const char *part = str_z(arena, str_slice(whole, 0, i));
        ok = mkdir(part, 0700) == 0 ? file_sync_folder_of(part) : errno == EEXIST;
    }
    if (!ok)
        fail(err, "make folder", path);
    arena_free(arena);
    return ok;
}

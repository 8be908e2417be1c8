/* Preloaded into a program, it makes its disk fail while the file named by FAULTY_DISK is there: by what the file says,
 * « fsync » (every fsync fails with EIO), « write » or « read » (EIO). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool fails(const char *what)
{
    char said[16] = "";
    const char *path = getenv("FAULTY_DISK");
    int kept = errno, fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        long got = syscall(SYS_read, fd, said, sizeof said - 1);
        said[got > 0 ? got : 0] = '\0';
        syscall(SYS_close, fd);
    }
    errno = kept;
    if (strcmp(said, what) != 0)
        return false;
    errno = EIO;
    return true;
}

int fsync(int fd)
{
    return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fails("fsync") ? -1 : (int)syscall(SYS_fdatasync, fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    return fails("write") ? -1 : syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    return pwrite(fd, bytes, size, at);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
    return fails("read") ? -1 : syscall(SYS_pread64, fd, bytes, size, at);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at)
{
    return pread(fd, bytes, size, at);
}

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 24, MILLISECONDS = 30000 };

/* Bounds are set by prlimit of util-linux: between fork and exec, a program of several threads may do next to nothing.
 */
static const char *const bounds[] = {"prlimit", "--as=1073741824", "--cpu=20", "--fsize=67108864", "--core=0", "--"};
enum { BOUND_COUNT = sizeof bounds / sizeof *bounds };

/* Readers of picture formats that libvips itself calls unsafe stay shut. */
static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",    "VIPS_BLOCK_UNTRUSTED=1",
                                          "VIPS_CONCURRENCY=1", "HOME=/nonexistent", NULL};

static bool set_actions(posix_spawn_file_actions_t *actions, int fd, int printed)
{
    return posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(actions, printed, STDOUT_FILENO) == 0 &&
           posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(actions, fd, 3) == 0 &&
           posix_spawn_file_actions_addclosefrom_np(actions, 4) == 0;
}

static bool spawn(pid_t *child, const char *const *words, int fd, int printed)
{
    const char *all[BOUND_COUNT + WORDS_MOST + 1] = {0};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, restored;
    memcpy(all, bounds, sizeof bounds);
    for (size_t i = 0; i < WORDS_MOST && words[i] != NULL; i++)
        all[BOUND_COUNT + i] = words[i];
    sigemptyset(&none);
    sigemptyset(&restored);
    sigaddset(&restored, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &restored);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    bool ok = set_actions(&actions, fd, printed) &&
              posix_spawnp(child, all[0], &actions, &attributes, (char *const *)(uintptr_t)all,
                           (char *const *)(uintptr_t)environment) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

/* Reads until the program is done; false where it takes too long. */
static bool read_printed(int from, char *out, size_t size)
{
    size_t used = 0;
    char dropped[512];
    instant end = instant_now() + MILLISECONDS * INSTANT_SECOND / 1000;
    for (;;) {
        struct pollfd waiting = {from, POLLIN, 0};
        int64_t left = (end - instant_now()) / (INSTANT_SECOND / 1000);
        if (left <= 0 || poll(&waiting, 1, (int)left) == 0)
            return false;
        bool has_room = used + 1 < size;
        ssize_t got = has_room ? read(from, out + used, size - used - 1) : read(from, dropped, sizeof dropped);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            break;
        used += has_room && got > 0 ? (size_t)got : 0;
    }
    out[used] = '\0';
    return true;
}

int child_run(const char *const *words, int fd, char *out, size_t size)
{
    int ends[2], status = -1;
    pid_t child;
    out[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    bool runs = spawn(&child, words, fd, ends[1]);
    close(ends[1]);
    if (runs && !read_printed(ends[0], out, size))
        kill(child, SIGKILL);
    close(ends[0]);
    while (runs && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return runs && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

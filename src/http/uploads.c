/* The upload folder holds what is being received; each request removes its own. A process that was killed could not. */
#include "http/internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* No request lasts so long; another process may share the folder. */
enum { ABANDONED_SECONDS = 3600 };

static bool is_abandoned(int folder, const char *name)
{
    struct stat info;
    return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
           info.st_mtime + ABANDONED_SECONDS < time(NULL);
}

void uploads_sweep(const char *path)
{
    int removed = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (is_abandoned(dirfd(folder), entry->d_name))
            removed += unlinkat(dirfd(folder), entry->d_name, 0) == 0;
    if (folder != NULL)
        closedir(folder);
    if (removed > 0)
        log_line(LOG_INFO, "uploads.swept", "removed=%d", removed);
}

/* Removing the blobs that no row names. */
#include "store/blobs.h"
#include "store/engine.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sweep {
    struct stores *stores;
    instant before;
    bool (*is_named)(void *arg, str id);
    void *arg;
    int64_t removed;
};

enum { NAME_LENGTH = 62 }; /* a longer one is of a put that was interrupted */

/* Under the lock by which a put makes an old blob young: either it is young here, or gone there. */
static void sweep_file(struct sweep *sweep, int folder, unsigned number, const char *name)
{
    struct stat info;
    struct blob_id id;
    bool is_blob = strlen(name) == NAME_LENGTH;
    snprintf(id.hex, sizeof id.hex, "%02x%.62s", number, name);
    pthread_mutex_lock(&sweep->stores->blobs_lock);
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
        info.st_mtim.tv_sec * INSTANT_SECOND < sweep->before &&
        !(is_blob && sweep->is_named(sweep->arg, str_of(id.hex))))
        sweep->removed += unlinkat(folder, name, 0) == 0;
    pthread_mutex_unlock(&sweep->stores->blobs_lock);
}

static void sweep_folder(struct sweep *sweep, unsigned number)
{
    struct arena *arena = arena_new();
    const char *path = str_fmt(arena, "%s/blobs/%02x", sweep->stores->folder, number).ptr;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        sweep_file(sweep, dirfd(folder), number, entry->d_name);
    if (folder != NULL)
        closedir(folder);
    arena_free(arena);
}

bool blobs_sweep(struct stores *stores, instant before, bool (*is_named)(void *arg, str id), void *arg,
                 int64_t *removed, struct err *err)
{
    if (stores->folder == NULL)
        return err_set(err, ERR_INVALID, "The installation has no folder.");
    struct sweep sweep = {stores, before, is_named, arg, 0};
    for (unsigned number = 0; number < 256; number++)
        sweep_folder(&sweep, number);
    if (removed != NULL)
        *removed = sweep.removed;
    return true;
}

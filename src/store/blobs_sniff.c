/* What a file is, by its bytes. */
#include "store/blobs.h"

#include <magic.h>
#include <pthread.h>
#include <unistd.h>

enum { HEAD = 64 * 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Loading the table costs milliseconds and megabytes: one for all threads, who take turns for the fraction of a
 * millisecond that a look takes. NULL where the table is not installed. */
static magic_t loaded_table(void)
{
    static magic_t cookie;
    if (cookie != NULL)
        return cookie;
    cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
    if (cookie != NULL && magic_load(cookie, NULL) != 0) {
        log_line(LOG_ERROR, "blob.sniff", "libmagic: %s", magic_error(cookie));
        magic_close(cookie);
        cookie = NULL;
    }
    return cookie;
}

str blob_sniff(struct arena *arena, int fd)
{
    char head[HEAD];
    ssize_t got = pread(fd, head, sizeof head, 0);
    pthread_mutex_lock(&lock);
    magic_t table = loaded_table();
    const char *type = got > 0 && table != NULL ? magic_buffer(table, head, (size_t)got) : NULL;
    str found = type == NULL ? STR("application/octet-stream") : str_dup(arena, str_of(type));
    pthread_mutex_unlock(&lock);
    return found;
}

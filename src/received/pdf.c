/* Whether a PDF wants a password. */
#include "base/child.h"
#include "received/received.h"

#include <unistd.h>

enum { CHUNK = 64 * 1024 };

/* Most PDFs name no encryption at all: qpdf need not be asked. */
static bool says(int fd, str word)
{
    char chunk[CHUNK];
    size_t kept = 0;
    ssize_t got;
    for (off_t at = 0; (got = pread(fd, chunk + kept, sizeof chunk - kept, at)) > 0; at += got) {
        str seen = {chunk, kept + (size_t)got};
        if (str_contains(seen, word))
            return true;
        kept = seen.len < word.len - 1 ? seen.len : word.len - 1; /* it may stand across two chunks */
        memmove(chunk, chunk + seen.len - kept, kept);
    }
    return false;
}

/* One that is encrypted but opens to everybody (its printing is forbidden, say) is not locked. */
bool received_is_locked(int fd)
{
    static const char *const words[] = {"qpdf", "--requires-password", CHILD_FILE, NULL};
    char printed[64];
    return says(fd, STR("/Encrypt")) && child_run(words, fd, printed, sizeof printed) == 0;
}

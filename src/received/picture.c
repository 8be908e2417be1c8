/* Photographs, by the programs of libvips. */
#include "base/child.h"
#include "received/received.h"

#include <stdlib.h>
#include <unistd.h>

enum { POINTS_MOST = 120000000 }; /* what the largest cameras of telephones make is less */

/* What a type is written as. */
static const struct form {
    const char *type, *made, *end, *options;
} forms[] = {
    {"image/jpeg", "image/jpeg", ".jpg", "[Q=85,strip,optimize-coding]"},
    {"image/png", "image/png", ".png", "[strip]"},
    {"image/webp", "image/webp", ".webp", "[Q=85,strip]"},
    {"image/heic", "image/jpeg", ".jpg", "[Q=85,strip,optimize-coding]"},
    {"image/heif", "image/jpeg", ".jpg", "[Q=85,strip,optimize-coding]"},
};

static const struct form *form_of(str type)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_eq(type, str_of(forms[i].type)))
            return &forms[i];
    return NULL;
}

/* vipsheader prints « FILE: 4000x3000 uchar, 3 bands, srgb, jpegload ». */
static bool size_of(int fd, long *width, long *height)
{
    static const char *const words[] = {"vipsheader", CHILD_FILE, NULL};
    char printed[512], *end;
    if (child_run(words, fd, printed, sizeof printed) != 0 || strncmp(printed, CHILD_FILE ": ", 17) != 0)
        return false;
    *width = strtol(printed + 17, &end, 10);
    if (*end != 'x')
        return false;
    *height = strtol(end + 1, NULL, 10);
    return *width > 0 && *height > 0 && *width <= POINTS_MOST / *height;
}

enum shrunk received_shrink(struct arena *arena, int fd, str *type, const struct shrinking *shrinking,
                            const char **path)
{
    const struct form *form = form_of(*type);
    long width, height;
    char printed[64];
    if (form == NULL)
        return SHRUNK_KEPT;
    if (!size_of(fd, &width, &height))
        return SHRUNK_FAILED;
    bool is_small = width <= shrinking->most && height <= shrinking->most;
    if (is_small && !shrinking->strips && str_eq(*type, str_of(form->made)))
        return SHRUNK_KEPT;
    *path = str_fmt(arena, "%s/upload-%.*s%s", shrinking->folder, STR_ARG(random_token(arena)), form->end).ptr;
    const char *size = str_fmt(arena, "%dx%d>", shrinking->most, shrinking->most).ptr;
    const char *target = str_fmt(arena, "%s%s", *path, form->options).ptr;
    const char *const words[] = {"vipsthumbnail", CHILD_FILE, "--size", size, "--export-profile",
                                 "srgb",          "-o",       target,   NULL};
    if (child_run(words, fd, printed, sizeof printed) != 0) {
        unlink(*path);
        return SHRUNK_FAILED;
    }
    *type = str_of(form->made);
    return SHRUNK_MADE;
}

/* unzip: an archive that came from outside, read where it lies in memory (APPNOTE 6.3.9). What it says of itself is
 * believed nowhere: places are looked at before they are read, an entry is as long as it says and has the checksum that
 * it says, names lead nowhere else. Encrypted archives, those of several disks and those of 4 GiB are refused. */
#ifndef GUICHET_BASE_UNZIP_H
#define GUICHET_BASE_UNZIP_H

#include "base/err.h"
#include "base/vec.h"

/* Of an archive that is read: entries, bytes that they hold together. */
enum { UNZIP_ENTRIES_MOST = 2000, UNZIP_BYTES_MOST = 64 << 20 };

struct unzip_entry {
    str name; /* UTF-8; a relative path without « .. »; a folder's ends in « / » */
    unsigned method;
    uint32_t checksum;
    size_t packed, size, at; /* at: of its packed bytes */
};
struct unzip {
    str bytes;
    struct VEC_OF(struct unzip_entry) entries; /* in the order of the directory; no name twice */
};

/* Reads the directory. bytes must outlive *out, whose list lives in the arena. */
bool unzip_open(struct arena *arena, str bytes, struct unzip *out, struct err *err);
/* NULL: it has none of that name. */
const struct unzip_entry *unzip_find(const struct unzip *archive, str name);
/* The bytes of an entry, which live in the arena or are the archive's own; a NUL stands behind those of the arena. */
bool unzip_read(struct arena *arena, const struct unzip *archive, const struct unzip_entry *entry, str *out,
                struct err *err);

#endif

/* Whole files, read with a bound and written so that they are on disk. */
#ifndef GUICHET_BASE_FILE_H
#define GUICHET_BASE_FILE_H

#include "base/err.h"
#include "base/str.h"

/* The bytes of a regular file of at most the given size, followed by a NUL. */
bool file_read(struct arena *arena, const char *path, size_t most, str *out, struct err *err);

/* The first size bytes of an open file, followed by a NUL. False, with errno, where it is shorter. */
bool file_read_open(struct arena *arena, int fd, size_t size, str *out);

/* All of the bytes, where the open file stands. False, with errno, where some are not written. */
bool file_write_open(int fd, str bytes);

/* Replaces path by bytes: written beside it, fsynced, renamed over it, the folder fsynced. */
bool file_write_durably(const char *path, str bytes, struct err *err);

/* fsyncs. One that fails with an I/O error ends the process: the kernel may have dropped the pages, and the next fsync
 * would lie (PostgreSQL's lesson of 2018). False, with errno, for other reasons: no room. */
bool file_sync(int fd);

/* fsyncs the folder that path lies in, so that a rename there is on disk. */
bool file_sync_folder_of(const char *path);

/* Makes a folder and those above it, mode 0700, each on disk in the one above. */
bool file_make_folder(const char *path, struct err *err);

#endif

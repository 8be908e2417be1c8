/* blobs: files that people gave or that we made, named by the SHA-256 of their bytes, at FOLDER/blobs/ab/cdef…. Written
 * and fsynced before the row that names them; the same bytes are kept once. One that no row names is removed by a job,
 * an hour later at least (blobs_sweep). */
#ifndef GUICHET_STORE_BLOBS_H
#define GUICHET_STORE_BLOBS_H

#include "store/store.h"

/* 64 hexadecimal digits. */
struct blob_id {
    char hex[65];
};

/* Keeps bytes. On disk when it returns; until a row names it, it is safe from blobs_sweep by its age. */
bool blob_put(struct stores *stores, str bytes, struct blob_id *id, struct err *err);
/* Keeps a file that was received at path: moved where it lies on the same disk, else copied; either way the caller no
 * longer needs path, and may unlink it. */
bool blob_put_file(struct stores *stores, const char *path, struct blob_id *id, struct err *err);
/* An open descriptor for reading, and its size; the caller closes it. ERR_NOT_FOUND where there is none. */
bool blob_open(struct stores *stores, str id, int *fd, int64_t *size, struct err *err);
/* At once, for who knows that no row names it. */
bool blob_remove(struct stores *stores, str id, struct err *err);
/* What the bytes are, by looking at them (libmagic), never by the name: « image/png ». */
str blob_sniff(struct arena *arena, int fd);

/* Removes the blobs last put before the given instant that is_named does not want, and what an interrupted put left.
 * removed (may be NULL): how many. */
bool blobs_sweep(struct stores *stores, instant before, bool (*is_named)(void *arg, str id), void *arg,
                 int64_t *removed, struct err *err);

#endif

/* blobs: files that people gave or that we made, named by the SHA-256 of their bytes. Written and fsynced before the
 * row that names them; the same bytes are kept once. A blob that no row names is removed by a job, an hour later at
 * least. */
#ifndef GUICHET_STORE_BLOBS_H
#define GUICHET_STORE_BLOBS_H

#include "store/store.h"

/* 64 hexadecimal digits. */
struct blob_id {
    char hex[65];
};

/* Keeps bytes. On disk when it returns. */
bool blob_put(struct stores *stores, str bytes, struct blob_id *id, struct err *err);
/* Keeps a file that was received at path (moved if it can be). */
bool blob_put_file(struct stores *stores, const char *path, struct blob_id *id, struct err *err);
/* An open descriptor for reading, and its size; the caller closes it. ERR_NOT_FOUND where there is none. */
bool blob_open(struct stores *stores, str id, int *fd, int64_t *size, struct err *err);
bool blob_remove(struct stores *stores, str id, struct err *err);
/* What the bytes are, by looking at them (libmagic), never by the name: « image/png ». */
str blob_sniff(struct arena *arena, int fd);

#endif

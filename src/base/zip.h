/* zip: an archive written as a stream (APPNOTE 6.3.9), into bufs whose ceiling the caller looks at: what stands before
 * is never gone back to, so that it may be sent meanwhile, in constant memory but for the names of the entries.
 *
 * Names are UTF-8. An entry, and the archive, are less than 4 GiB: beyond, zip_end says so. */
#ifndef GUICHET_BASE_ZIP_H
#define GUICHET_BASE_ZIP_H

#include "base/buf.h"
#include "base/when.h"

struct zip;

/* Lives in the arena, with what deflating needs (270 KB). at: when its entries are said to be written. */
struct zip *zip_new(struct arena *arena, instant at);
/* A whole entry, as it is: what OpenDocument wants of its first one. */
void zip_store(struct zip *zip, struct buf *out, str name, str bytes);
/* An entry whose bytes come one after the other, deflated; one at a time. */
void zip_begin(struct zip *zip, struct buf *out, str name);
void zip_add(struct zip *zip, struct buf *out, str bytes);
void zip_close(struct zip *zip, struct buf *out);
/* The directory behind the entries; false where the archive is too large to be one. */
bool zip_end(struct zip *zip, struct buf *out);

#endif

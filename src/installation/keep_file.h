/* Files that jobs read and make. Private to installation/. */
#ifndef GUICHET_INSTALLATION_KEEP_FILE_H
#define GUICHET_INSTALLATION_KEEP_FILE_H

#include "installation/installation.h"

/* On disk when it returns: to be put before the row that names it. *file: {blob, type, size}, the place's; its type is
 * what its bytes say, its name the caller's to set. */
bool keep_file(struct place *place, str bytes, json_t **file, struct err *err);
/* ERR_TOO_LARGE beyond most bytes. */
bool read_kept_file(struct place *place, str blob, int64_t most, str *bytes, struct err *err);

#endif

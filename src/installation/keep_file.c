#include "installation/keep_file.h"

#include "base/file.h"
#include "store/blobs.h"

#include <unistd.h>

bool keep_file(struct place *place, str bytes, json_t **file, struct err *err)
{
    struct stores *stores = place->installation->stores;
    struct blob_id id;
    int fd;
    int64_t size;
    if (!blob_put(stores, bytes, &id, err) || !blob_open(stores, str_of(id.hex), &fd, &size, err))
        return false;
    *file = json_keep(place->dossiers.arena, json_object());
    json_set_str(*file, STR("blob"), str_of(id.hex));
    json_set_str(*file, STR("type"), blob_sniff(place->dossiers.arena, fd));
    json_set(*file, STR("size"), json_integer(size));
    close(fd);
    return true;
}

bool read_kept_file(struct place *place, str blob, int64_t most, str *bytes, struct err *err)
{
    int fd;
    int64_t size;
    if (!blob_open(place->installation->stores, blob, &fd, &size, err))
        return false;
    bool fits = size <= most, ok = fits && file_read_open(place->dossiers.arena, fd, (size_t)size, bytes);
    close(fd);
    if (!fits)
        return err_set(err, ERR_TOO_LARGE, "Un fichier dépasse %lld Mo.", (long long)(most >> 20));
    return ok || err_set(err, ERR_UNAVAILABLE, "Un fichier n’a pas pu être lu.");
}

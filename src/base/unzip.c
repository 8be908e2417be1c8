#include "base/unzip.h"

#include "base/map.h"
#include "base/utf8.h"

#include <zlib.h>

enum {
    LOCAL_MARK = 0x04034b50,
    DIRECTORY_MARK = 0x02014b50,
    END_MARK = 0x06054b50,
    LOCAL_SIZE = 30,
    DIRECTORY_SIZE = 46,
    END_SIZE = 22,
    COMMENT_MOST = 65535,
    IS_ENCRYPTED = 1,
    STORED = 0,
    DEFLATED = 8,
    NAME_MOST = 1000, /* bytes */
};

static bool refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_INVALID, "L’archive ZIP n’est pas lisible : %s.", why);
}

/* Little-endian, of so many bytes; who asks has seen that they are there. */
static uint32_t number_at(str bytes, size_t at, size_t count)
{
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++)
        number |= (uint32_t)(unsigned char)bytes.ptr[at + i] << (8 * i);
    return number;
}

static bool has(str bytes, size_t at, size_t count)
{
    return at <= bytes.len && count <= bytes.len - at;
}

/* The end record is the last thing but a comment. */
static bool find_end(str bytes, size_t *at)
{
    if (bytes.len < END_SIZE)
        return false;
    size_t last = bytes.len - END_SIZE, first = last > COMMENT_MOST ? last - COMMENT_MOST : 0;
    for (*at = last;; (*at)--) {
        if (number_at(bytes, *at, 4) == END_MARK && number_at(bytes, *at + 20, 2) == last - *at)
            return true;
        if (*at == first)
            return false;
    }
}

/* One that stays below the folder that the archive would be opened in. */
static bool is_fine_name(str name)
{
    bool is_path = name.len > 0 && name.len <= NAME_MOST && name.ptr[0] != '/' && utf8_is_valid(name);
    for (size_t i = 0; i < name.len && is_path; i++)
        is_path = (unsigned char)name.ptr[i] >= ' ' && name.ptr[i] != '\\' && name.ptr[i] != ':';
    for (str part, rest = name; is_path && str_next(&rest, '/', &part);)
        is_path = !str_eq(part, STR(".")) && !str_eq(part, STR(".."));
    return is_path;
}

/* Where the packed bytes begin: the local header has a name and an extra field of lengths of its own. */
static bool find_bytes(str bytes, size_t local, struct unzip_entry *entry)
{
    if (!has(bytes, local, LOCAL_SIZE) || number_at(bytes, local, 4) != LOCAL_MARK)
        return false;
    entry->at = local + LOCAL_SIZE + number_at(bytes, local + 26, 2) + number_at(bytes, local + 28, 2);
    return has(bytes, entry->at, entry->packed);
}

/* One line of the directory; *at moves behind it. */
static bool read_entry(str bytes, size_t *at, struct unzip_entry *entry, struct err *err)
{
    if (!has(bytes, *at, DIRECTORY_SIZE) || number_at(bytes, *at, 4) != DIRECTORY_MARK)
        return refuse(err, "sa liste est coupée");
    size_t name = number_at(bytes, *at + 28, 2);
    size_t behind = (size_t)number_at(bytes, *at + 30, 2) + number_at(bytes, *at + 32, 2);
    if (!has(bytes, *at, DIRECTORY_SIZE + name + behind))
        return refuse(err, "sa liste est coupée");
    *entry = (struct unzip_entry){
        .name = {bytes.ptr + *at + DIRECTORY_SIZE, name},
        .method = number_at(bytes, *at + 10, 2),
        .checksum = number_at(bytes, *at + 16, 4),
        .packed = number_at(bytes, *at + 20, 4),
        .size = number_at(bytes, *at + 24, 4),
    };
    if (number_at(bytes, *at + 8, 2) & IS_ENCRYPTED)
        return refuse(err, "elle est protégée par un mot de passe");
    if (entry->method != STORED && entry->method != DEFLATED)
        return refuse(err, "elle est compressée d’une façon inconnue");
    if (!is_fine_name(entry->name))
        return refuse(err, "le nom d’un de ses fichiers n’est pas admis");
    if (!find_bytes(bytes, number_at(bytes, *at + 42, 4), entry))
        return refuse(err, "un de ses fichiers est coupé");
    *at += DIRECTORY_SIZE + name + behind;
    return true;
}

bool unzip_open(struct arena *arena, str bytes, struct unzip *out, struct err *err)
{
    size_t end, total = 0;
    struct map names = map_new(arena);
    *out = (struct unzip){.bytes = bytes};
    if (!find_end(bytes, &end))
        return refuse(err, "ce n’en est pas une, ou elle est coupée");
    size_t count = number_at(bytes, end + 10, 2), at = number_at(bytes, end + 16, 4);
    if (number_at(bytes, end + 4, 4) != 0 || number_at(bytes, end + 8, 2) != count)
        return refuse(err, "elle est en plusieurs morceaux");
    if (count > UNZIP_ENTRIES_MOST)
        return refuse(err, "elle a trop de fichiers");
    for (size_t i = 0; i < count; i++) {
        struct unzip_entry entry;
        if (!read_entry(bytes, &at, &entry, err))
            return false;
        total += entry.size;
        if (total > UNZIP_BYTES_MOST)
            return err_set(err, ERR_TOO_LARGE, "L’archive ZIP contient plus de %d Mo.", UNZIP_BYTES_MOST >> 20);
        if (map_get(&names, entry.name))
            return refuse(err, "elle a deux fichiers du même nom");
        map_set(&names, entry.name, (void *)(uintptr_t)bytes.ptr);
        *vec_push(arena, &out->entries) = entry;
    }
    return true;
}

const struct unzip_entry *unzip_find(const struct unzip *archive, str name)
{
    for (size_t i = 0; i < archive->entries.len; i++)
        if (str_eq(archive->entries.at[i].name, name))
            return &archive->entries.at[i];
    return NULL;
}

/* Into exactly the bytes that it says. */
static bool inflate_all(struct arena *arena, str packed, size_t size, str *out)
{
    unsigned char *room = arena_alloc(arena, size + 1);
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed.ptr,
                       .avail_in = (uInt)packed.len,
                       .next_out = room,
                       .avail_out = (uInt)size};
    *out = (str){(const char *)room, size};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return false;
    bool ok = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == size;
    inflateEnd(&stream);
    return ok;
}

bool unzip_read(struct arena *arena, const struct unzip *archive, const struct unzip_entry *entry, str *out,
                struct err *err)
{
    str packed = str_slice(archive->bytes, entry->at, entry->at + entry->packed);
    *out = packed;
    if (entry->method == DEFLATED && !inflate_all(arena, packed, entry->size, out))
        return refuse(err, "un de ses fichiers est abîmé");
    bool is_right = out->len == entry->size && crc32_z(0, (const unsigned char *)out->ptr, out->len) == entry->checksum;
    return is_right || refuse(err, "un de ses fichiers est abîmé");
}

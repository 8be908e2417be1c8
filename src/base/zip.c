#include "base/zip.h"

#include "base/utf8.h"
#include "base/vec.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    LOCAL_MARK = 0x04034b50,
    DIRECTORY_MARK = 0x02014b50,
    END_MARK = 0x06054b50,
    DESCRIPTOR_MARK = 0x08074b50,
    VERSION = 20,
    SIZES_BEHIND = 1 << 3, /* flags: sizes stand behind the bytes */
    NAME_IS_UTF8 = 1 << 11,
    STORED = 0,
    DEFLATED = 8,
    NAME_MOST = 1000, /* signs */
    PIECE = 16 << 10,
    LEVEL = 5, /* of 9: the next ones take twice the time for a hundredth of the size */
};

struct entry {
    str name;
    unsigned method, flags;
    uint32_t checksum;
    uint64_t packed, size, offset;
};

struct zip {
    struct arena *arena;
    struct VEC_OF(struct entry) entries;
    struct entry *open;
    uint64_t written; /* of the archive, so far */
    unsigned time, date;
    z_stream stream;
};

/* MS-DOS's, local, in steps of two seconds. */
static void set_time(struct zip *zip, instant at)
{
    struct datetime local = datetime_local(at);
    if (local.date.year < 1980 || local.date.year > 2107)
        local = (struct datetime){.date = {1980, 1, 1}};
    zip->time = (unsigned)(local.hour << 11 | local.minute << 5 | local.second / 2);
    zip->date = (unsigned)((local.date.year - 1980) << 9 | local.date.month << 5 | local.date.day);
}

static voidpf take(voidpf arena, uInt count, uInt size)
{
    return arena_alloc_array(arena, count, size);
}

static void give_back(voidpf arena, voidpf block)
{
    (void)arena;
    (void)block; /* the arena's */
}

struct zip *zip_new(struct arena *arena, instant at)
{
    struct zip *zip = arena_new_of(arena, struct zip);
    zip->arena = arena;
    zip->stream = (z_stream){.zalloc = take, .zfree = give_back, .opaque = arena};
    set_time(zip, at);
    if (deflateInit2(&zip->stream, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort(); /* a wrong version of the library: a fault of how the program was built */
    return zip;
}

static void put(struct zip *zip, struct buf *out, str bytes)
{
    buf_add(out, bytes);
    zip->written += bytes.len;
}

/* Little-endian. */
static void put_number(struct zip *zip, struct buf *out, uint64_t number, size_t bytes)
{
    char encoded[8];
    for (size_t i = 0; i < bytes; i++)
        encoded[i] = (char)(number >> (8 * i) & 0xFF);
    put(zip, out, (str){encoded, bytes});
}

/* What the local header and the directory say in the same words. */
static void put_facts(struct zip *zip, struct buf *out, const struct entry *entry)
{
    put_number(zip, out, VERSION, 2);
    put_number(zip, out, entry->flags, 2);
    put_number(zip, out, entry->method, 2);
    put_number(zip, out, zip->time, 2);
    put_number(zip, out, zip->date, 2);
    put_number(zip, out, entry->checksum, 4);
    put_number(zip, out, entry->packed, 4);
    put_number(zip, out, entry->size, 4);
    put_number(zip, out, entry->name.len, 2);
    put_number(zip, out, 0, 2); /* no extra field */
}

static void begin(struct zip *zip, struct buf *out, const struct entry *entry)
{
    zip->open = vec_push(zip->arena, &zip->entries);
    *zip->open = *entry;
    zip->open->name = str_dup(zip->arena, utf8_slice(entry->name, 0, NAME_MOST));
    zip->open->flags |= NAME_IS_UTF8;
    zip->open->offset = zip->written;
    put_number(zip, out, LOCAL_MARK, 4);
    put_facts(zip, out, zip->open);
    put(zip, out, zip->open->name);
}

static uint32_t checksum_of(uint32_t before, str bytes)
{
    return (uint32_t)crc32_z(before, (const unsigned char *)bytes.ptr, bytes.len);
}

void zip_store(struct zip *zip, struct buf *out, str name, str bytes)
{
    begin(
        zip, out,
        &(struct entry){
            .name = name, .method = STORED, .checksum = checksum_of(0, bytes), .packed = bytes.len, .size = bytes.len});
    put(zip, out, bytes);
}

void zip_begin(struct zip *zip, struct buf *out, str name)
{
    deflateReset(&zip->stream);
    begin(zip, out, &(struct entry){.name = name, .method = DEFLATED, .flags = SIZES_BEHIND});
}

static void deflate_all(struct zip *zip, struct buf *out, int flush)
{
    char piece[PIECE];
    int code;
    do {
        zip->stream.next_out = (unsigned char *)piece;
        zip->stream.avail_out = sizeof piece;
        code = deflate(&zip->stream, flush);
        size_t made = sizeof piece - zip->stream.avail_out;
        zip->open->packed += made;
        put(zip, out, (str){piece, made});
    } while (code == Z_OK && (zip->stream.avail_out == 0 || flush == Z_FINISH));
}

void zip_add(struct zip *zip, struct buf *out, str bytes)
{
    zip->open->checksum = checksum_of(zip->open->checksum, bytes);
    zip->open->size += bytes.len;
    while (bytes.len > 0) {
        size_t taken = bytes.len < PIECE ? bytes.len : PIECE;
        zip->stream.next_in = (unsigned char *)(uintptr_t)bytes.ptr;
        zip->stream.avail_in = (uInt)taken;
        deflate_all(zip, out, Z_NO_FLUSH);
        bytes = str_slice(bytes, taken, bytes.len);
    }
}

void zip_close(struct zip *zip, struct buf *out)
{
    zip->stream.avail_in = 0;
    deflate_all(zip, out, Z_FINISH);
    put_number(zip, out, DESCRIPTOR_MARK, 4);
    put_number(zip, out, zip->open->checksum, 4);
    put_number(zip, out, zip->open->packed, 4);
    put_number(zip, out, zip->open->size, 4);
}

static void put_in_directory(struct zip *zip, struct buf *out, const struct entry *entry)
{
    put_number(zip, out, DIRECTORY_MARK, 4);
    put_number(zip, out, VERSION, 2);
    put_facts(zip, out, entry);
    put_number(zip, out, 0, 2); /* no comment */
    put_number(zip, out, 0, 2); /* the first disk */
    put_number(zip, out, 0, 2);
    put_number(zip, out, 0, 4);
    put_number(zip, out, entry->offset, 4);
    put(zip, out, entry->name);
}

bool zip_end(struct zip *zip, struct buf *out)
{
    uint64_t start = zip->written;
    bool fits = zip->entries.len < USHRT_MAX;
    for (size_t i = 0; i < zip->entries.len; i++) {
        put_in_directory(zip, out, &zip->entries.at[i]);
        fits = fits && zip->entries.at[i].size < UINT32_MAX;
    }
    uint64_t size = zip->written - start;
    put_number(zip, out, END_MARK, 4);
    put_number(zip, out, 0, 4); /* one disk */
    put_number(zip, out, zip->entries.len, 2);
    put_number(zip, out, zip->entries.len, 2);
    put_number(zip, out, size, 4);
    put_number(zip, out, start, 4);
    put_number(zip, out, 0, 2);
    return fits && zip->written < UINT32_MAX;
}

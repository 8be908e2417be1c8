#include "base/map.h"

#include "base/random.h"

#include <pthread.h>
#include <string.h>

static uint64_t secrets[2];
static pthread_once_t secrets_once = PTHREAD_ONCE_INIT;

static void make_secrets(void)
{
    random_bytes(secrets, sizeof secrets);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Up to eight bytes; of fewer than eight the ends overlap. */
static uint64_t word_of(const char *bytes, size_t len)
{
    uint64_t word = 0;
    uint32_t first = 0, last = 0;
    if (len >= 8) {
        memcpy(&word, bytes, 8);
    } else if (len >= 4) {
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + len - 4, 4);
        word = (uint64_t)first << 32 | last;
    } else if (len > 0) {
        word = (uint64_t)(unsigned char)bytes[0] << 16 | (uint64_t)(unsigned char)bytes[len / 2] << 8 |
               (unsigned char)bytes[len - 1];
    }
    return word;
}

/* Two words at a time, each crossed with a secret (the scheme of Wang Yi's wyhash). */
uint64_t map_hash(str key)
{
    pthread_once(&secrets_once, make_secrets);
    uint64_t hash = secrets[0] ^ key.len;
    while (key.len > 16) {
        hash = mix(word_of(key.ptr, 8) ^ secrets[1], word_of(key.ptr + 8, 8) ^ hash);
        key = (str){key.ptr + 16, key.len - 16};
    }
    uint64_t low = word_of(key.ptr, key.len), high = key.len > 8 ? word_of(key.ptr + key.len - 8, 8) : 0;
    return mix(mix(low ^ secrets[1], high ^ hash), secrets[1]);
}

struct map map_new(struct arena *arena)
{
    return (struct map){.arena = arena};
}

/* The slot that holds key, or the free one where it would go. */
static size_t slot_of(const struct map *map, str key, uint64_t hash)
{
    size_t slot = hash & (map->slot_count - 1);
    for (; map->slots[slot] != 0; slot = (slot + 1) & (map->slot_count - 1)) {
        const struct map_entry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && str_eq(entry->key, key))
            break;
    }
    return slot;
}

struct map map_copy(struct arena *arena, const struct map *map)
{
    struct map copy = *map;
    copy.arena = arena;
    copy.entries = arena_array_of(arena, struct map_entry, map->cap);
    copy.slots = arena_array_of(arena, uint32_t, map->slot_count);
    if (map->len > 0) {
        memcpy(copy.entries, map->entries, map->len * sizeof *copy.entries);
        memcpy(copy.slots, map->slots, map->slot_count * sizeof *copy.slots);
    }
    return copy;
}

/* Three slots in four are used at the most; there is room for as many entries. */
static void grow(struct map *map)
{
    map->slot_count = map->slot_count == 0 ? 16 : map->slot_count * 2;
    map->cap = map->slot_count / 4 * 3;
    map->slots = arena_array_of(map->arena, uint32_t, map->slot_count);
    struct map_entry *entries = arena_array_of(map->arena, struct map_entry, map->cap);
    if (map->len > 0)
        memcpy(entries, map->entries, map->len * sizeof *entries);
    map->entries = entries;
    for (size_t i = 0; i < map->len; i++)
        map->slots[slot_of(map, entries[i].key, entries[i].hash)] = (uint32_t)(i + 1);
}

void map_set(struct map *map, str key, void *value)
{
    if (map->len == map->cap)
        grow(map);
    uint64_t hash = map_hash(key);
    size_t slot = slot_of(map, key, hash);
    if (map->slots[slot] != 0) {
        map->entries[map->slots[slot] - 1].value = value;
        return;
    }
    map->entries[map->len++] = (struct map_entry){.key = key, .value = value, .hash = hash};
    map->slots[slot] = (uint32_t)map->len;
}

void *map_get_hashed(const struct map *map, str key, uint64_t hash)
{
    if (map->len == 0)
        return NULL;
    uint32_t found = map->slots[slot_of(map, key, hash)];
    return found == 0 ? NULL : map->entries[found - 1].value;
}

void *map_get(const struct map *map, str key)
{
    return map->len == 0 ? NULL : map_get_hashed(map, key, map_hash(key));
}

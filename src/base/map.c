#include "base/map.h"

#include "base/random.h"
#include "base/vec.h"

#include <pthread.h>

static uint64_t secret;
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void make_secret(void)
{
    random_bytes(&secret, sizeof secret);
}

/* FNV-1a from a secret start, mixed at the end (the finaliser of MurmurHash3). */
static uint64_t hash_of(str key)
{
    pthread_once(&secret_once, make_secret);
    uint64_t hash = 0xcbf29ce484222325U ^ secret;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.ptr[i]) * 0x100000001b3U;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdU;
    return hash ^ (hash >> 33);
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

static void rehash(struct map *map)
{
    map->slot_count = map->slot_count == 0 ? 16 : map->slot_count * 2;
    map->slots = arena_array_of(map->arena, uint32_t, map->slot_count);
    for (size_t i = 0; i < map->len; i++)
        map->slots[slot_of(map, map->entries[i].key, map->entries[i].hash)] = (uint32_t)(i + 1);
}

void map_set(struct map *map, str key, void *value)
{
    if ((map->len + 1) * 4 > map->slot_count * 3)
        rehash(map);
    uint64_t hash = hash_of(key);
    size_t slot = slot_of(map, key, hash);
    if (map->slots[slot] != 0) {
        map->entries[map->slots[slot] - 1].value = value;
        return;
    }
    map->entries = vec_grow(map->arena, map->entries, map->len, &map->cap, sizeof *map->entries);
    map->entries[map->len++] = (struct map_entry){.key = key, .value = value, .hash = hash};
    map->slots[slot] = (uint32_t)map->len;
}

void *map_get(const struct map *map, str key)
{
    if (map->len == 0)
        return NULL;
    uint32_t found = map->slots[slot_of(map, key, hash_of(key))];
    return found == 0 ? NULL : map->entries[found - 1].value;
}

/* map: from text to pointer, in an arena. Keys are hashed with a secret of the process, so that no one can choose
 * keys that collide. Keys are not copied. */
#ifndef GUICHET_BASE_MAP_H
#define GUICHET_BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

struct map_entry {
    str key;
    void *value;
    uint64_t hash;
};

struct map {
    struct arena *arena;
    struct map_entry *entries; /* in order of insertion */
    size_t len, cap;
    uint32_t *slots; /* open addressing: 1 + index of an entry, 0 where free */
    size_t slot_count;
};

struct map map_new(struct arena *arena);
/* The same entries in another arena. */
struct map map_copy(struct arena *arena, const struct map *map);
/* Adds or replaces. value must not be NULL. */
void map_set(struct map *map, str key, void *value);
/* NULL where the key is absent. */
void *map_get(const struct map *map, str key);
/* The same for a key that is asked for again and again: its hash, the same in every map of this process, is made once.
 */
uint64_t map_hash(str key);
void *map_get_hashed(const struct map *map, str key, uint64_t hash);

#endif

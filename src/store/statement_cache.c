#include "store/engine.h"

#include <stdlib.h>

static size_t slot_of(const struct statement_cache *cache, const char *text)
{
    size_t slot = ((uintptr_t)text >> 3) * 0x9E3779B97F4A7C15U >> 20 & (cache->size - 1);
    while (cache->slots[slot].text != NULL && cache->slots[slot].text != text)
        slot = (slot + 1) & (cache->size - 1);
    return slot;
}

void *statement_cache_get(const struct statement_cache *cache, const char *text)
{
    return cache->size == 0 ? NULL : cache->slots[slot_of(cache, text)].statement;
}

static void grow(struct statement_cache *cache)
{
    struct statement_cache larger = {.size = cache->size == 0 ? 64 : cache->size * 2};
    larger.slots = calloc(larger.size, sizeof *larger.slots);
    if (larger.slots == NULL)
        abort();
    for (size_t i = 0; i < cache->size; i++)
        if (cache->slots[i].text != NULL)
            statement_cache_set(&larger, cache->slots[i].text, cache->slots[i].statement);
    free(cache->slots);
    *cache = larger;
}

void statement_cache_set(struct statement_cache *cache, const char *text, void *statement)
{
    if ((cache->used + 1) * 2 > cache->size)
        grow(cache);
    struct statement_slot *slot = &cache->slots[slot_of(cache, text)];
    cache->used += slot->text == NULL;
    *slot = (struct statement_slot){text, statement};
}

void statement_cache_free(struct statement_cache *cache, void (*release)(void *statement))
{
    for (size_t i = 0; i < cache->size; i++)
        if (cache->slots[i].text != NULL)
            release(cache->slots[i].statement);
    free(cache->slots);
    *cache = (struct statement_cache){0};
}

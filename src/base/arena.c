#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 4096, BLOCK_MOST = 1 << 20, KEPT_MOST = 256 << 10 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    bool is_zero; /* behind what is used */
    alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *data);
    void *data;
};

struct arena {
    struct block *blocks; /* the newest first; only it has room */
    struct deferred *deferred;
    size_t used;
};

static void *or_abort(void *memory)
{
    if (memory == NULL) {
        fputs("guichet: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static struct block *block_new(size_t size)
{
    struct block *block = or_abort(malloc(sizeof(struct block) + size));
    block->next = NULL;
    block->size = size;
    block->used = 0;
    block->is_zero = false;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = or_abort(calloc(1, sizeof(struct arena)));
    arena->blocks = block_new(BLOCK_FIRST);
    return arena;
}

static void run_deferred(struct arena *arena)
{
    while (arena->deferred != NULL) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->next;
        deferred->fn(deferred->data);
    }
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    run_deferred(arena);
    free_blocks(arena->blocks);
    free(arena);
}

/* The largest block, so that the next request like the last needs no other; none that an unusual one made. */
static struct block *kept_block(struct arena *arena)
{
    struct block *kept = arena->blocks;
    while (kept->next != NULL && kept->size > KEPT_MOST)
        kept = kept->next;
    return kept;
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    struct block *kept = kept_block(arena);
    for (struct block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        if (block != kept)
            free(block);
    }
    memset(kept->bytes, 0, kept->is_zero ? kept->used : kept->size);
    kept->is_zero = true;
    kept->next = NULL;
    kept->used = 0;
    arena->blocks = kept;
    arena->used = 0;
}

/* The next block is twice as large as the last, so that a large arena is few blocks; a large request gets its own. */
static struct block *grow(struct arena *arena, size_t size)
{
    size_t wanted = arena->blocks->size * 2;
    if (wanted > BLOCK_MOST)
        wanted = BLOCK_MOST;
    if (wanted < size)
        wanted = size;
    struct block *block = block_new(wanted);
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        or_abort(NULL);
    size_t rounded = (size + align - 1) & ~(align - 1);
    struct block *block = arena->blocks;
    if (block->size - block->used < rounded)
        block = grow(arena, rounded);
    void *memory = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    return block->is_zero ? memory : memset(memory, 0, rounded);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        or_abort(NULL);
    return arena_alloc(arena, total);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

void arena_defer(struct arena *arena, void (*fn)(void *data), void *data)
{
    struct deferred *deferred = arena_new_of(arena, struct deferred);
    deferred->fn = fn;
    deferred->data = data;
    deferred->next = arena->deferred;
    arena->deferred = deferred;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

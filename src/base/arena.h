/* Arena: memory that is freed all at once.
 *
 * A request, a job and a compiled definition each own one. What is allocated in it lives exactly as long as it does;
 * nothing in it is freed alone. Running out of memory aborts: every answer given so far is on disk, the supervisor
 * starts the program again (docs/decisions/0003-memory.md). */
#ifndef GUICHET_BASE_ARENA_H
#define GUICHET_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new empty arena. Owned by the caller, who frees it with arena_free. */
struct arena *arena_new(void);

/* Runs the deferred functions (last first), then frees the arena and all that was allocated in it. NULL is allowed. */
void arena_free(struct arena *arena);

/* Like arena_free, but keeps one block, of 256 KiB at the most, for reuse: for an arena that serves one request after
 * another. */
void arena_reset(struct arena *arena);

/* size bytes, zeroed, aligned for any type. Never NULL; size may be 0. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of size bytes. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);

/* Calls fn(data) when the arena is freed or reset: how an arena owns what malloc made (a JSON tree, a handle). */
void arena_defer(struct arena *arena, void (*fn)(void *data), void *data);

/* Bytes handed out since the arena was made or reset. */
size_t arena_used(const struct arena *arena);

#define arena_new_of(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array_of(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* count * size bytes, zeroed; aborts on overflow. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

#endif

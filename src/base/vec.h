/* vec: a growing array in an arena.
 *
 *     struct fields VEC_OF(struct field);      declares: struct fields { struct field *at; size_t len, cap; }
 *     *vec_push(arena, &fields) = field;       room for one more, zeroed */
#ifndef GUICHET_BASE_VEC_H
#define GUICHET_BASE_VEC_H

#include "base/arena.h"

#define VEC_OF(type)                                                                                                   \
    {                                                                                                                  \
        type *at; /* NOLINT(bugprone-macro-parentheses): a type */                                                     \
        size_t len, cap;                                                                                               \
    }

#define vec_push(arena, vec)                                                                                           \
    ((vec)->at = vec_grow((arena), (vec)->at, (vec)->len, &(vec)->cap, sizeof *(vec)->at), &(vec)->at[(vec)->len++])

/* The array itself where it has room for one more, else a larger copy; for vec_push. */
void *vec_grow(struct arena *arena, void *at, size_t len, size_t *cap, size_t size);

#endif

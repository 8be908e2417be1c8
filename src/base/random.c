#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A thread's bytes that nobody has been given yet: a page draws some ten names, each of a few bytes. */
enum { POOL = 256 };
static _Thread_local struct {
    unsigned char bytes[POOL];
    size_t left;
} pool;

static void draw(void *bytes, size_t size)
{
    char *at = bytes;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0) {
            perror("guichet: getrandom");
            abort();
        }
        at += got;
        size -= (size_t)got;
    }
}

/* What was given is not kept. */
void random_bytes(void *bytes, size_t size)
{
    if (size > POOL) {
        draw(bytes, size);
        return;
    }
    if (size > pool.left) {
        draw(pool.bytes, POOL);
        pool.left = POOL;
    }
    unsigned char *given = pool.bytes + POOL - pool.left;
    memcpy(bytes, given, size);
    explicit_bzero(given, size);
    pool.left -= size;
}

/* Bytes at or over the largest multiple of the alphabet are thrown away: the rest is without bias. */
static char random_char(str alphabet)
{
    unsigned limit = 256U - 256U % (unsigned)alphabet.len;
    unsigned char byte;
    do
        random_bytes(&byte, 1);
    while (byte >= limit);
    return alphabet.ptr[byte % alphabet.len];
}

str random_text(struct arena *arena, size_t length, str alphabet)
{
    char *text = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = random_char(alphabet);
    return (str){text, length};
}

str random_token(struct arena *arena)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[43];
    random_bytes(bytes, sizeof bytes);
    char *text = arena_alloc(arena, sizeof bytes + 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        text[i] = alphabet[bytes[i] & 63];
    return (str){text, sizeof bytes};
}

str random_uuid(struct arena *arena)
{
    unsigned char b[16];
    random_bytes(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    char hex[32];
    str_hex(b, sizeof b, hex);
    return str_fmt(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

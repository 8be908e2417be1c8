/* Random bytes and names from the kernel's generator (getrandom), fit for secrets. */
#ifndef GUICHET_BASE_RANDOM_H
#define GUICHET_BASE_RANDOM_H

#include "base/str.h"

/* Fills size bytes; aborts where the kernel gives none. */
void random_bytes(void *bytes, size_t size);

/* length characters drawn from alphabet, each as likely as the others. */
str random_text(struct arena *arena, size_t length, str alphabet);

enum { RANDOM_TOKEN_LENGTH = 43 };
/* So many characters of URL-safe base64: 256 bits, for sessions and links. */
str random_token(struct arena *arena);

/* A version 4 UUID (RFC 9562), 36 characters. */
str random_uuid(struct arena *arena);

#endif

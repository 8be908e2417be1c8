/* Hashes of passwords: argon2id, 19 MiB, 2 passes, one lane (OWASP); a random salt. */
#ifndef GUICHET_BASE_PASSWORD_H
#define GUICHET_BASE_PASSWORD_H

#include "base/str.h"

enum { PASSWORD_MOST = 1024 }; /* bytes; a longer one matches nothing */

/* Some 20 ms. Empty, which matches nothing, where there is no memory for it. */
str password_hash(struct arena *arena, str password);
/* Takes as long for an empty hash as for a real one. */
bool password_matches(str password, str hash);

#endif

/* SHA-256 of a text, as 64 hexadecimal digits: what secrets that are random and long are kept as (one round is enough,
 * and costs nothing), and keys that must not tell what they were made of. */
#ifndef GUICHET_BASE_DIGEST_H
#define GUICHET_BASE_DIGEST_H

#include "base/str.h"

str digest_hex(struct arena *arena, str text);

#endif

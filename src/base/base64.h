/* Base 64 (RFC 4648 §4), with its padding. */
#ifndef GUICHET_BASE_BASE64_H
#define GUICHET_BASE_BASE64_H

#include "base/str.h"

str base64_encode(struct arena *arena, str bytes);
/* White space is passed over: Publik's files come in lines (RFC 2045 §6.8). False on any other sign, a length that is
 * none, or bits behind the last byte. A NUL stands behind what it gives. */
bool base64_decode(struct arena *arena, str text, str *bytes);

#endif

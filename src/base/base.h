/* base: what every other module stands on, and which knows nothing of the project.
 *
 * Memory (arena), texts (str, buf, utf8), collections (vec, map), nearness of words (near), errors (err, log), time
 * (when, steady), places on Earth (position), randomness (random), hashes (digest) and those of passwords
 * (password), JSON (json) and whole files (file). Each header can be read alone; this one brings them all. */
#ifndef GUICHET_BASE_H
#define GUICHET_BASE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/near.h"
#include "base/password.h"
#include "base/position.h"
#include "base/random.h"
#include "base/steady.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "base/when.h"

#endif

/* err: why something failed, for three readers: a code for the caller, a sentence for the person, a detail for the log.
 *
 * A function that can fail takes a struct err * as its last argument and returns bool (or a pointer): on failure it
 * fills the err and returns false (or NULL). err_set returns false so that refusing is one line. */
#ifndef GUICHET_BASE_ERR_H
#define GUICHET_BASE_ERR_H

#include "base/str.h"

enum err_code {
    ERR_NONE,
    ERR_INVALID,   /* what was given is wrong; the message says what to give */
    ERR_NOT_FOUND, /* there is no such thing, or this person may not know of it */
    ERR_FORBIDDEN,
    ERR_CONFLICT, /* somebody else changed it meanwhile; read again */
    ERR_CLOSED,   /* the service takes no requests now */
    ERR_TOO_LARGE,
    ERR_LIMIT,       /* a bound on work was reached: steps, attempts, rate */
    ERR_UNAVAILABLE, /* the store or a peer does not answer now; trying later may work */
    ERR_UNSUPPORTED,
    ERR_INTERNAL,
};

struct err {
    enum err_code code;
    char message[512]; /* a whole sentence, French for a citizen, precise for an operator */
    char detail[512];  /* for the log; empty where the message says all */
    str field;         /* the field or file concerned, empty if none; lives as long as its maker says */
    int line, column;  /* 1-based place in a source text, 0 if none */
};

/* Fills err (NULL is allowed) and returns false. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds the detail for the log and returns false. */
bool err_detail(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

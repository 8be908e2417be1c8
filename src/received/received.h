/* received: files that people send, looked at before they are kept. What reads them is another program each time, with
 * bounds on its memory and time, so that a file made to harm its reader harms nothing here. */
#ifndef GUICHET_RECEIVED_H
#define GUICHET_RECEIVED_H

#include "base/base.h"
#include "base/position.h"

/* What a virus scanner says. */
enum verdict {
    VERDICT_CLEAN,
    VERDICT_INFECTED,
    VERDICT_NONE, /* it does not answer */
};

/* Asks clamd (its INSTREAM command) of the whole file. address: « unix:/run/clamav/clamd.ctl », or « host:port ». */
enum verdict received_scan(str address, int fd);

/* Whether a PDF opens with a password only. One that is no PDF, or broken, does not. */
bool received_is_locked(int fd);

/* What a picture becomes. */
struct shrinking {
    int most;    /* points on its longer side; a larger one is made smaller */
    bool strips; /* written anew in any case, so that nothing remains of what the camera noted: place, date, make */
    const char *folder; /* where to write */
};
enum shrunk {
    SHRUNK_KEPT,   /* it is fine as it is */
    SHRUNK_MADE,   /* upright, in sRGB, without the camera's notes, at *path: the caller moves or removes it */
    SHRUNK_FAILED, /* no picture, or one that is too large to be looked at */
};
/* JPEG, PNG, WebP stay what they are, HEIC becomes JPEG (browsers do not show it); anything else is kept. type is the
 * file's, and then that of what was made. */
enum shrunk received_shrink(struct arena *arena, int fd, str *type, const struct shrinking *shrinking,
                            const char **path);

/* Where a photograph was taken; false where its camera did not note it. */
bool received_place(struct arena *arena, int fd, struct position *out);
/* The same from what vipsheader prints: also for fuzzing. */
bool received_read_place(str printed, struct position *out);

#endif

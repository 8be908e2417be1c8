/* Filling: pieces, written one after the other. Private to models/. */
#ifndef GUICHET_MODELS_FILL_H
#define GUICHET_MODELS_FILL_H

#include "models/weave.h"

/* A picture that takes a frame. */
struct picture {
    str path, bytes, type; /* path: in the archive */
};
struct filling {
    struct render *render;
    const struct model_tools *tools;
    struct VEC_OF(struct picture) pictures;
    size_t picture_bytes;
};
/* The part, filled, behind what is in out. */
void fill_part(struct filling *filling, const struct part *part, struct buf *out);

#endif

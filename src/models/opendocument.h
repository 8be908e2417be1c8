/* OpenDocument files as models. Private to models/. */
#ifndef GUICHET_MODELS_OPENDOCUMENT_H
#define GUICHET_MODELS_OPENDOCUMENT_H

#include "models/weave.h"

struct package; /* a file that was read: its parts in pieces, the rest as it is */

/* « PK » at its beginning. */
bool package_is_one(str bytes);
struct package *package_read(struct arena *arena, str bytes, struct model_texts *texts, struct model_problems *problems,
                             struct err *err);
bool package_fill(const struct package *package, struct render *render, const struct model_tools *tools, str *out,
                  struct err *err);

#endif

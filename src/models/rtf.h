/* RTF files as models. Private to models/. */
#ifndef GUICHET_MODELS_RTF_H
#define GUICHET_MODELS_RTF_H

#include "models/models.h"

struct rtf;

/* A text in it that is no template stays as it was written, and is among the problems. where: what they call the file.
 */
const struct rtf *rtf_compile(struct arena *arena, str bytes, str where, struct model_texts *texts,
                              struct model_problems *problems);
/* In the render's arena; ERR_TOO_LARGE. */
bool rtf_fill(const struct rtf *rtf, struct render *render, str *out, struct err *err);

#endif

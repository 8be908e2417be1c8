/* publik: the definitions that Publik (w.c.s.) exports as .wcs files, read into our own JSON (docs/definitions), and
 * written from it. Nothing of a file is dropped: what our format does not know is kept under Publik's own names. What
 * is written and read again is the same document.
 *
 * The three generations of Publik's format are read, mixed as they are in real files: booleans as True/False or words,
 * display_location or item, block:slug or block_slug, typed or untyped elements. */
#ifndef GUICHET_PUBLIK_H
#define GUICHET_PUBLIK_H

#include "base/base.h"

enum { PUBLIK_FILE_MOST = 8 << 20 };

struct publik_document {
    str kind;        /* of our own: « form », « workflow », « source » … */
    str publik_kind; /* the root element: « formdef » … */
    str slug;
    json_t *json;      /* owned by the arena */
    bool was_disabled; /* a form that Publik holds closed */
};

/* Whether the bytes look like a definition at all: XML with a root that Publik has. Folders hold other things too. */
bool publik_is_definition(str bytes);

/* Reads one file. ERR_INVALID with line and column where it is no XML, has another root, or lacks its name. No entity
 * is expanded but XML's own, nothing is fetched, depth and size are bounded. */
bool publik_read(struct arena *arena, str bytes, struct publik_document *out, struct err *err);

/* What the site's roles are called: empty where it has none of that slug. */
struct publik_roles {
    str (*name)(const void *of, str slug);
    const void *of;
};

/* A document as a .wcs file of the current generation. ERR_INVALID where XML can't say it (a control character in a
 * text) or Publik has no such kind. roles may be NULL. */
bool publik_write(struct arena *arena, const json_t *json, const struct publik_roles *roles, str *out, struct err *err);

#endif

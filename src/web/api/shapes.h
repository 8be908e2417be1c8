/* What the API shows, as w.c.s. shapes it. Private to web/api/. */
#ifndef GUICHET_WEB_API_SHAPES_H
#define GUICHET_WEB_API_SHAPES_H

#include "web/api/api.h"

/* {id, slug, name, text, emails …}: new references. A slug that the site does not know is named by itself. */
json_t *api_role_json(const struct site *site, str slug);

/* « 2026-12-14 09:30:00 », local time. */
str api_moment(struct arena *arena, instant at);

#endif

/* Places in values, areas and pictures. Private to forms/. */
#ifndef GUICHET_FORMS_POSITION_H
#define GUICHET_FORMS_POSITION_H

#include "forms/field.h"

/* A text, or a dict of lat and lon (or lng). */
bool position_of_value(struct arena *arena, struct value value, struct position *out);
/* Whether it is inside a GeoJSON Polygon or MultiPolygon (RFC 7946); anything else holds everything. */
bool position_is_inside(struct position position, const json_t *geometry);

/* ---- Maps ---- */

/* A picture of tiles around a position: {width, height, x, y (of the position in it), tiles: list of {url, x, y}},
 * for an SVG that needs no script. map: the site's (may be NULL); the page is told of the tiles' server. */
struct value map_picture(const struct form_context *context, struct position position, int zoom);
/* What the widget of a map is given: tiles, attribution, most_zoom, lat, lon, zoom. */
void map_view(const struct form_context *context, struct value_dict *out);

#endif

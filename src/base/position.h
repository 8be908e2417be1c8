/* Places on Earth (WGS 84), written « 45.764043;4.835659 », latitude first. */
#ifndef GUICHET_BASE_POSITION_H
#define GUICHET_BASE_POSITION_H

#include "base/str.h"

struct position {
    double lat, lon; /* degrees */
};

/* « 45.76;4.83 », and what people paste: « 45.76, 4.83 », « 45,76 ; 4,83 ». */
bool position_parse(str text, struct position *out);
/* To the decimetre: six decimals. */
str position_text(struct arena *arena, struct position position);
bool position_is_on_earth(struct position position);

#endif

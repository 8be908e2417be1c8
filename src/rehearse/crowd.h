/* Many requests filed at once, for load: by several visitors, each other answers; none is followed further. Private to
 * rehearse/. */
#ifndef GUICHET_REHEARSE_CROWD_H
#define GUICHET_REHEARSE_CROWD_H

#include "rehearse/internal.h"

/* Files rehearsal->count requests over the forms in turn; tells the report how many, how many failed, in which time. */
bool crowd_file(struct stage *stage, const struct catalogue_forms *forms, const struct rehearsal *rehearsal,
                json_t *report, struct err *err);

#endif

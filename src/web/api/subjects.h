/* The tables of operations, one file a subject. Private to web/api/. */
#ifndef GUICHET_WEB_API_SUBJECTS_H
#define GUICHET_WEB_API_SUBJECTS_H

#include "web/api/api.h"

/* Each is ended by an operation without a pattern. */
extern const struct api_operation card_operations[], definition_operations[], mine_operations[], openapi_operations[],
    people_operations[], request_operations[], submit_operations[], trigger_operations[];

#endif
